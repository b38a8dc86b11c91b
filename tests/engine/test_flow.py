"""Value flow and effort: nothing is lost or made on the way, whatever the graph."""

from collections import Counter
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from goldenthread.engine.coverage import alignment_coverage
from goldenthread.engine.flow import (
    EffortUp,
    ValueFlow,
    effort_up,
    gap_by_priority,
    kept_shares,
    value_effort_gap,
    value_flow,
    ways_up,
)
from goldenthread.engine.graph import Edge, Graph, find_loop, linked_nodes
from goldenthread.engine.load import unaligned_share
from goldenthread.engine.result import Result, Status

NEAR = 1e-9
many = settings(max_examples=500, deadline=None)


@dataclass(frozen=True)
class Plan:
    weights: dict[str, float]
    edges: list[Edge]
    objectives: list[str]
    own_shares: dict[str, float]
    effort: dict[str, float]
    active: set[str]


@st.composite
def plans(draw: st.DrawFn) -> Plan:
    """Random plans without loops: a link runs from an earlier node to a later objective."""
    priorities = [f"p{i}" for i in range(draw(st.integers(1, 4)))]
    objectives = [f"o{i}" for i in range(draw(st.integers(1, 12)))]
    nodes = [*priorities, *objectives]
    ends = st.tuples(
        st.integers(0, len(nodes) - 1), st.integers(len(priorities), len(nodes) - 1)
    ).filter(lambda ends: ends[0] < ends[1])
    links = draw(st.lists(st.tuples(ends, st.sampled_from([1.0, 3.0, 9.0])), max_size=30))
    numbers = st.floats(0, 50)
    weights = draw(st.lists(st.floats(0.01, 100), min_size=len(priorities), max_size=4))
    return Plan(
        weights=dict(zip(priorities, weights, strict=False)),
        edges=[Edge(nodes[above], nodes[below], strength) for (above, below), strength in links],
        objectives=objectives,
        own_shares=draw(st.dictionaries(st.sampled_from(objectives), st.floats(0, 1))),
        effort=draw(st.dictionaries(st.sampled_from(objectives), numbers)),
        active=draw(st.sets(st.sampled_from(objectives))),
    )


def flow_of(plan: Plan, edges: list[Edge] | None = None) -> ValueFlow:
    flow = value_flow(plan.weights, edges or plan.edges, plan.own_shares, plan.active)
    assert isinstance(flow, ValueFlow)
    return flow


@many
@given(plans())
def test_all_value_is_kept_somewhere(plan: Plan) -> None:
    flow = flow_of(plan)
    assert sum(flow.kept.values()) == pytest.approx(1, abs=NEAR)
    total = sum(plan.weights.values())
    for priority, kept in flow.kept_by_priority.items():
        assert sum(kept.values()) == pytest.approx(plan.weights[priority] / total, abs=NEAR)
    assert set(flow.value) == plan.active | plan.weights.keys()
    assert all(-NEAR <= value <= 1 + NEAR for value in flow.value.values())
    assert all(0 <= kept <= flow.value[node] + NEAR for node, kept in flow.kept.items())


def active_edges(plan: Plan) -> list[Edge]:
    nodes = plan.active | plan.weights.keys()
    return [edge for edge in plan.edges if edge.parent in nodes and edge.child in nodes]


@given(plans())
def test_at_every_node_what_comes_in_is_kept_or_goes_on(plan: Plan) -> None:
    flow, edges, total = flow_of(plan), active_edges(plan), sum(plan.weights.values())
    arrives, leaves = Counter[str](), Counter[str]()
    for parent, child, strength in edges:
        siblings = sum(float(edge.strength) for edge in edges if edge.parent == parent)
        passed = flow.value[parent] * (1 - plan.own_shares.get(parent, 0)) * strength / siblings
        arrives[child] += passed
        leaves[parent] += passed
    for node, value in flow.value.items():
        begins = plan.weights.get(node, 0) / total
        assert value == pytest.approx(begins + arrives[node], abs=NEAR)
        assert value == pytest.approx(flow.kept[node] + leaves[node], abs=NEAR)


@given(plans())
def test_what_is_kept_of_a_priority_is_its_weight_shared_out(plan: Plan) -> None:
    flow = flow_of(plan)
    whole = Graph(plan.edges, plan.weights).restricted_to(plan.active | plan.weights.keys())
    every = [*plan.weights, *plan.active]
    total = sum(plan.weights.values())
    for priority, shares in kept_shares(Graph(whole.edges, every), plan.weights, plan.own_shares):
        weight = plan.weights[priority] / total
        assert sum(shares.values()) == pytest.approx(1, abs=NEAR)
        shared = {node: part * weight for node, part in shares.items()}
        assert shared == pytest.approx(flow.kept_by_priority[priority], abs=NEAR)


@given(plans())
def test_stranded_priorities_keep_their_weight_and_nothing_else_does(plan: Plan) -> None:
    flow = flow_of(plan)
    for priority in plan.weights:
        if priority in flow.stranded:
            assert flow.kept[priority] == pytest.approx(flow.stranded[priority], abs=NEAR)
        else:
            assert flow.kept[priority] == 0


@given(plans(), st.floats(0.01, 1000))
def test_scaling_all_strengths_changes_nothing(plan: Plan, factor: float) -> None:
    scaled = [Edge(parent, child, strength * factor) for parent, child, strength in plan.edges]
    assert flow_of(plan, scaled).kept == pytest.approx(flow_of(plan).kept, abs=NEAR)


@given(plans(), st.data())
def test_order_of_links_changes_nothing(plan: Plan, data: st.DataObject) -> None:
    shuffled = data.draw(st.permutations(plan.edges))
    assert flow_of(plan, shuffled).value == pytest.approx(flow_of(plan).value, abs=NEAR)


@many
@given(plans())
def test_effort_is_conserved(plan: Plan) -> None:
    up = effort_up(plan.effort, plan.edges, plan.weights, plan.active)
    assert min(up.unlinked, *up.by_priority.values()) >= 0
    assert up.by_priority.keys() == plan.weights.keys()
    assert up.total == pytest.approx(sum(plan.effort.values()))
    assert sum(up.by_priority.values()) + up.unlinked == pytest.approx(up.total, abs=1e-6)
    linked = linked_nodes(
        Graph(plan.edges, plan.weights).restricted_to({*plan.weights, *plan.active}), plan.weights
    )
    unlinked = sum(amount for node, amount in plan.effort.items() if node not in linked)
    assert up.unlinked == pytest.approx(unlinked, abs=1e-6)


@given(plans())
def test_effort_goes_up_as_reckoned_node_by_node_in_fractions(plan: Plan) -> None:
    up = effort_up(plan.effort, plan.edges, plan.weights, plan.active)
    edges = active_edges(plan)
    linked = linked_nodes(Graph(edges, plan.weights), plan.weights) | plan.weights.keys()
    at = {node: Fraction(amount) for node, amount in plan.effort.items()}
    for node in reversed([one for one in plan.objectives if one in linked]):  # children come later
        above = [edge for edge in edges if edge.child == node and edge.parent in linked]
        parted = sum(Fraction(edge.strength) for edge in above)
        for parent, _, strength in above:
            share = at.get(node, Fraction()) * Fraction(strength) / parted
            at[parent] = at.get(parent, Fraction()) + share
    by_hand = {priority: float(at.get(priority, 0)) for priority in plan.weights}
    assert up.by_priority == pytest.approx(by_hand, abs=1e-6)


@given(plans(), st.floats(0.01, 1000))
def test_scaling_all_strengths_moves_no_effort(plan: Plan, factor: float) -> None:
    scaled = [Edge(parent, child, strength * factor) for parent, child, strength in plan.edges]
    as_it_is, then = (effort_up(plan.effort, one, plan.weights) for one in (plan.edges, scaled))
    assert then.by_priority == pytest.approx(as_it_is.by_priority, abs=1e-6)
    assert then.unlinked == pytest.approx(as_it_is.unlinked, abs=1e-6)


@given(plans(), st.floats(0.01, 50), st.floats(0, 50))
def test_effort_that_serves_nothing_stays_in_sight(plan: Plan, more: float, routine: float) -> None:
    before = effort_up(plan.effort, plan.edges, plan.weights)
    after = effort_up({**plan.effort, "by the way": more}, plan.edges, plan.weights)
    assert after.by_priority == before.by_priority
    assert after.unlinked == pytest.approx(before.unlinked + more)
    assert after.total == pytest.approx(before.total + more)
    share = unaligned_share(after.total - after.unlinked, after.unlinked, routine, people=5)
    assert share.value == pytest.approx(after.unlinked / (after.total + routine))


@given(plans())
def test_gaps_and_what_is_unlinked_even_out(plan: Plan) -> None:
    up = effort_up(plan.effort, plan.edges, plan.weights, plan.active)
    found = value_effort_gap(plan.weights, up, people=5, allocated=0.8)
    if up.total == 0:
        assert found.status is Status.UNDEFINED
        return
    total = sum(plan.weights.values())
    gaps = gap_by_priority({p: weight / total for p, weight in plan.weights.items()}, up)
    loose = up.unlinked / up.total
    assert sum(gaps.values()) + loose == pytest.approx(0, abs=NEAR)
    assert found.value is not None
    assert -NEAR <= found.value <= 1 + NEAR
    moving = sum(gap for gap in gaps.values() if gap > 0) + loose  # what has too much gives it up
    assert found.value == pytest.approx(moving, abs=NEAR)
    matching = EffortUp(plan.weights, 0.0, total)
    assert value_effort_gap(plan.weights, matching, people=5, allocated=1).value == pytest.approx(
        0, abs=NEAR
    )


@given(plans(), st.data())
def test_adding_a_link_never_lowers_count_coverage(plan: Plan, data: st.DataObject) -> None:
    parent = data.draw(st.sampled_from([*plan.weights, *plan.objectives]))
    child = data.draw(st.sampled_from(plan.objectives))
    if find_loop(plan.edges, parent, child):
        return
    before, after = (
        alignment_coverage(plan.objectives, linked_nodes(Graph(edges), plan.weights)).value
        for edges in (plan.edges, [*plan.edges, Edge(parent, child)])
    )
    assert before is not None
    assert after is not None
    assert after >= before


@pytest.mark.parametrize("weights", [None, {}, {"p": 0}])
def test_without_weights_there_is_no_flow_but_a_reason(weights: dict[str, float] | None) -> None:
    answer = value_flow(weights, [Edge("p", "a")])
    assert isinstance(answer, Result)
    assert (answer.status, answer.reason) == (Status.INSUFFICIENT_DATA, "weights not set")


def test_weight_below_zero_is_invalid() -> None:
    answer = value_flow({"p": -1, "q": 2}, [])
    assert isinstance(answer, Result)
    assert answer.status is Status.INVALID_INPUT


def test_decimals_are_taken() -> None:
    flow = value_flow({"p": Decimal(60), "q": Decimal(40)}, [Edge("p", "a")], {"a": Decimal("0.2")})
    assert isinstance(flow, ValueFlow)
    assert flow.kept["a"] == pytest.approx(0.6)
    assert flow.stranded == {"q": pytest.approx(0.4)}


def test_a_units_priority_passes_value_on_and_keeps_it_when_nobody_takes_it() -> None:
    edges = [Edge("p", "unit"), Edge("unit", "a"), Edge("p", "unit2")]
    flow = value_flow({"p": 1}, edges)
    assert isinstance(flow, ValueFlow)
    assert flow.kept == {"p": 0, "unit": 0, "a": 0.5, "unit2": 0.5}
    assert flow.stranded == {}


def test_effort_prefers_the_parent_that_reaches_a_priority() -> None:
    edges = [Edge("p", "a"), Edge("loose", "a", 9)]
    up = effort_up({"a": 2, "loose": 1}, edges, ["p", "q"])
    assert up == ({"p": 2, "q": 0}, 1, 3)


@given(plans())
def test_ways_up_add_up_to_what_goes_up(plan: Plan) -> None:
    up = effort_up(plan.effort, plan.edges, plan.weights)
    graph = Graph((one for one in plan.edges if one.child not in plan.weights), plan.weights)
    parents: dict[str, list[tuple[str, float]]] = {}
    for parent, child, strength in graph.edges:
        parents.setdefault(child, []).append((parent, float(strength)))
    ways = ways_up(plan.effort, parents, plan.weights)
    for priority in plan.weights:
        got = sum(
            plan.effort[node] * part
            for node, over in ways.items()
            for way, part in over.items()
            if way.priority == priority
        )
        assert got == pytest.approx(up.by_priority[priority], abs=NEAR)
    loose = sum(plan.effort[node] for node, over in ways.items() if not over)
    assert loose == pytest.approx(up.unlinked, abs=NEAR)
    assert all(sum(over.values()) == pytest.approx(1) for over in ways.values() if over)


def test_a_node_that_serves_itself_has_no_ways() -> None:
    with pytest.raises(ValueError, match="serves itself"):
        ways_up(["a"], {"a": [("b", 1.0)], "b": [("a", 1.0)]}, [])
