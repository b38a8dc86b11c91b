"""What objectives are worth in points: hundredths of the value of the strategy in force."""

from collections.abc import Collection, Mapping
from decimal import Decimal

from goldenthread.core import clock
from goldenthread.engine.flow import WEIGHTS_NOT_SET, value_flow
from goldenthread.engine.graph import Graph, Node
from goldenthread.engine.result import Result
from goldenthread.objectives.selectors.graph import current_graph, of_objective, of_priority
from goldenthread.strategy.models import Priority
from goldenthread.strategy.selectors.strategy import strategy_in_force

CENT = Decimal("0.01")
Points = dict[int, dict[int, Decimal]]
"""By the id of an objective: the points from each priority, by its id."""


def points_of(objectives: Collection[int]) -> Points | str:
    """The points of those that count now; in words why nobody can say.

    An objective is worth what reaches it, less what it passes on to others of these: what serves it and is not among
    them counts as part of it, so nothing is counted twice.
    """
    strategy = strategy_in_force(clock.today())
    if strategy is None or not strategy.weights_confirmed:
        return WEIGHTS_NOT_SET
    active = Priority.objects.filter(strategy=strategy, state=Priority.State.ACTIVE)
    weights = {of_priority(one.pk): one.weight or Decimal(0) for one in active}
    found = current_graph()
    among = {of_objective(pk) for pk in objectives}
    flow = value_flow(
        weights,
        found.graph.edges,
        found.own_shares,
        active=set(found.graph.nodes) - _parts(found.graph, among) | set(weights),
    )
    if isinstance(flow, Result):
        return flow.reason
    points: Points = {}
    for pk in objectives:
        node = of_objective(pk)
        if node in flow.kept:
            points[pk] = _by_priority(flow.kept_by_priority, node)
    return points


def _by_priority(kept: Mapping[Node, Mapping[Node, float]], node: Node) -> dict[int, Decimal]:
    found = {}
    for priority, shares in kept.items():
        points = Decimal(shares.get(node, 0.0) * 100).quantize(CENT)
        if points:
            found[int(priority[1:])] = points
    return found


def _parts(graph: Graph, among: Collection[Node]) -> set[Node]:
    """What serves one of these, directly or further down, is none of them and leads to none of them."""
    return reached(graph.children, among) - reached(graph.parents, among) - set(among)


def reached(links: Mapping[Node, list[Node]], among: Collection[Node]) -> set[Node]:
    """What these lead to by the links, step by step."""
    found: set[Node] = set()
    new = set(among)
    while new:
        new = {other for node in new for other in links.get(node, ())} - found
        found |= new
    return found
