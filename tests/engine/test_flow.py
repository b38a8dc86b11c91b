"""Value flow and effort: nothing is lost or made on the way, whatever the graph."""

from dataclasses import dataclass
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goldenthread.engine.coverage import alignment_coverage
from goldenthread.engine.flow import ValueFlow, effort_up, value_flow, ways_up
from goldenthread.engine.graph import Edge, Graph, find_loop, linked_nodes
from goldenthread.engine.result import Result, Status

NEAR = 1e-9


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


@given(plans())
def test_all_value_is_kept_somewhere(plan: Plan) -> None:
    flow = flow_of(plan)
    assert sum(flow.kept.values()) == pytest.approx(1, abs=NEAR)
    total = sum(plan.weights.values())
    for priority, kept in flow.kept_by_priority.items():
        assert sum(kept.values()) == pytest.approx(plan.weights[priority] / total, abs=NEAR)
    assert set(flow.value) == plan.active | plan.weights.keys()
    assert all(-NEAR <= value <= 1 + NEAR for value in flow.value.values())


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


@given(plans())
def test_effort_is_conserved(plan: Plan) -> None:
    up = effort_up(plan.effort, plan.edges, plan.weights, plan.active)
    assert sum(up.by_priority.values()) + up.unlinked == pytest.approx(up.total, abs=1e-6)
    linked = linked_nodes(
        Graph(plan.edges, plan.weights).restricted_to({*plan.weights, *plan.active}), plan.weights
    )
    unlinked = sum(amount for node, amount in plan.effort.items() if node not in linked)
    assert up.unlinked == pytest.approx(unlinked, abs=1e-6)


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
