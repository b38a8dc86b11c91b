"""The contribution graph: loops, order, paths; laws by property."""

from collections.abc import Iterable
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from goldenthread.engine import net
from goldenthread.engine.coverage import covered_priorities
from goldenthread.engine.graph import (
    Edge,
    Graph,
    LoopFound,
    ancestors,
    depth_to_priority,
    descendants,
    find_loop,
    linked_nodes,
    reachable_priorities,
    topological_order,
)
from goldenthread.engine.net import Indices, Net

NODES = [f"o{i}" for i in range(8)]
LINKS = st.lists(st.tuples(st.sampled_from(NODES), st.sampled_from(NODES)), max_size=30)


def test_loop_names_the_shortest_path_from_the_child_down_to_the_parent() -> None:
    edges = [Edge("a", "b"), Edge("b", "c"), Edge("c", "d"), Edge("a", "d")]
    assert find_loop(edges, parent="d", child="a") == ["a", "d"]
    assert find_loop(edges, parent="c", child="a") == ["a", "b", "c"]
    assert find_loop({"c": ["b"], "b": ["a"]}, parent="c", child="a") == ["a", "b", "c"]
    assert find_loop(edges, parent="a", child="d") is None


def test_order_raises_with_the_path_of_a_loop() -> None:
    graph = Graph([Edge("p", "a"), Edge("a", "b"), Edge("b", "c"), Edge("c", "a"), Edge("c", "z")])
    with pytest.raises(LoopFound) as caught:
        topological_order(graph)
    path = caught.value.path
    assert set(path) == {"a", "b", "c"}
    assert all(
        child in graph.children[parent]
        for parent, child in zip(path, [*path[1:], path[0]], strict=True)
    )


def test_strength_must_be_above_zero() -> None:
    with pytest.raises(ValueError, match="above 0"):
        Graph([Edge("p", "a", 0)])


def test_restricting_breaks_paths_through_what_is_left_out() -> None:
    graph = Graph([Edge("p", "a"), Edge("a", "b"), Edge("p", "c")])
    assert linked_nodes(graph, ["p"]) == {"a", "b", "c"}
    assert linked_nodes(graph.restricted_to({"p", "b", "c"}), ["p"]) == {"c"}


@given(LINKS)
def test_links_accepted_one_by_one_never_make_a_loop(links: list[tuple[str, str]]) -> None:
    stored: list[Edge] = []
    for parent, child in links:
        loop = find_loop(stored, parent, child)
        attempt = [*stored, Edge(parent, child)]
        if loop is None:
            topological_order(Graph(attempt))
            stored = attempt
        else:
            assert (loop[0], loop[-1]) == (child, parent)
            assert all(any(edge[:2] == step for edge in stored) for step in pairwise(loop))
            with pytest.raises(LoopFound):
                topological_order(Graph(attempt))


@given(LINKS, st.sets(st.sampled_from(NODES)))
def test_reach_depth_and_kin_agree(links: list[tuple[str, str]], priorities: set[str]) -> None:
    graph = Graph((Edge(min(pair), max(pair)) for pair in links if pair[0] != pair[1]), nodes=NODES)
    order = topological_order(graph)
    assert sorted(order) == NODES
    assert all(order.index(edge.parent) < order.index(edge.child) for edge in graph.edges)
    reach = reachable_priorities(graph, priorities)
    depth = depth_to_priority(graph, priorities)
    for node in NODES:
        above = ancestors(graph, node)
        assert reach[node] == (above | {node}) & priorities
        assert (node in depth) == bool(reach[node])
        assert all(node in descendants(graph, higher) for higher in above)


@given(LINKS, st.sets(st.sampled_from(NODES)), st.sets(st.sampled_from(NODES)))
def test_walks_over_arrays_answer_the_same(
    links: list[tuple[str, str]], priorities: set[str], measurable: set[str]
) -> None:
    graph = Graph((Edge(min(pair), max(pair)) for pair in links if pair[0] != pair[1]), nodes=NODES)
    place = {node: number for number, node in enumerate(NODES)}

    def places(nodes: Iterable[str]) -> Indices:
        return np.array([place[node] for node in nodes], np.int64)

    found = Net(
        len(NODES),
        places(edge.parent for edge in graph.edges),
        places(edge.child for edge in graph.edges),
    )
    ranked = sorted(priorities)
    depths = dict(zip(NODES, net.depths(found, places(ranked)).tolist(), strict=True))
    assert {node: depth for node, depth in depths.items() if depth >= 0} == depth_to_priority(
        graph, priorities
    )
    above = net.above(found, found.mask(places(measurable)))
    assert {node for node in NODES if above[place[node]]} == {
        higher for node in measurable for higher in ancestors(graph, node)
    }
    covered = net.covered(found, places(ranked), found.mask(places(measurable)))
    assert {node for node, yes in zip(ranked, covered, strict=True) if yes} == covered_priorities(
        graph, priorities, measurable
    )
