"""What the alignment map shows beside its lines: kept while the structure stands, so that a page costs little."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from django.core.cache import cache
from django.db.models import Count, Q, QuerySet
from numpy.typing import NDArray

from goldenthread.core import clock
from goldenthread.engine.flow import ValueFlow
from goldenthread.engine.graph import Node
from goldenthread.insights.selectors.alignment import (
    Alignment,
    alignment_of_the_whole,
    structure,
)
from goldenthread.insights.selectors.graph import KEPT_SECONDS
from goldenthread.insights.selectors.map_levels import Links, drawn, links
from goldenthread.objectives.models import (
    Objective,
    ObjectiveAncestor,
    ObjectivePriority,
    ObjectiveQuerySet,
    begun,
)
from goldenthread.objectives.selectors.graph import current_graph, of_objective, of_priority
from goldenthread.objectives.states import COUNTED, State
from goldenthread.strategy.models import Priority
from goldenthread.strategy.selectors import priority_standings, strategy_in_force, weights_of

Health = tuple[str, float | None]


@dataclass(frozen=True)
class Loose:
    """What hangs loose, by id: first what counts, then what waits to be confirmed."""

    counted: tuple[int, ...]
    waiting: tuple[int, ...]


@dataclass(frozen=True)
class Structure:
    """The links, what hangs loose, how many serve each node at all, and what value reaches it.

    Nodes that nothing serves are not counted. The values of objectives stand at the place of their id, in
    an array, because reading thirty thousand numbers one by one costs more than the page; None: weights not set.
    """

    links: Links
    below: Mapping[Node, int]
    values: NDArray[np.float64] | None
    priority_values: Mapping[Node, float]
    loose: Loose

    def value(self, node: Node) -> float | None:
        """The share of the strategy's value that reaches the node; None while weights are not set."""
        if self.values is None:
            return None
        if node[0] == "p":
            return self.priority_values.get(node, 0.0)
        pk = int(node[1:])
        return float(self.values[pk]) if pk < len(self.values) else 0.0


@dataclass(frozen=True)
class MapFigures:
    """The figures of today, the structure, and each priority's health and score by its expected results."""

    alignment: Alignment
    structure: Structure
    healths: Mapping[int, Health]


def map_figures(priorities: Sequence[Priority], on: dt.date) -> MapFigures:
    """One query while nothing has changed. Pass the priorities with their strategy loaded."""
    mark = structure()
    structure_key, health_key = f"structure-{mark}", f"health-{on:%Y%m%d}-{mark}"
    kept = cache.get_many([structure_key, health_key])
    found: Structure | None = kept.get(structure_key)
    if found is None:
        found = _structure()
        cache.set(structure_key, found, KEPT_SECONDS)
    healths: dict[int, Health] = kept.get(health_key, {})
    if any(one.pk not in healths for one in priorities):
        stands = priority_standings(priorities, on)
        healths = {pk: (one.health.value, one.score) for pk, one in stands.items()}
        cache.set(health_key, healths, KEPT_SECONDS)
    return MapFigures(alignment_of_the_whole(mark), found, healths)


def _structure() -> Structure:
    today = clock.today()
    counts = Q(objective__state__in=COUNTED) & begun(today, "objective__")
    under = ObjectiveAncestor.objects.filter(counts).order_by()
    below = _counts(of_objective, under.values_list("ancestor"))
    reached = ObjectivePriority.objects.filter(counts).order_by()
    below |= _counts(of_priority, reached.values_list("priority"))
    loose = loose_among(Objective.objects.filter(drawn(today)))
    flow = _flow()
    if flow is None:
        return Structure(links(today), below, None, {}, loose)
    objectives = {int(node[1:]): value for node, value in flow.items() if node[0] == "o"}
    values = np.zeros(max(objectives, default=0) + 1)
    values[list(objectives)] = list(objectives.values())
    rest = {node: value for node, value in flow.items() if node[0] == "p"}
    return Structure(links(today), below, values, rest, loose)


def loose_among(rows: ObjectiveQuerySet) -> Loose:
    """Those of the objectives that reach no priority, what keeps the business running left out. One query."""
    found = rows.filter(in_line=False, run_the_business=False).order_by("pk")
    states = found.values_list("pk", "state")
    pairs = [(pk, state == State.UNCONFIRMED) for pk, state in states]
    return Loose(
        tuple(pk for pk, waits in pairs if not waits), tuple(pk for pk, waits in pairs if waits)
    )


def _counts(name: Callable[[int], Node], rows: QuerySet[Any, Any]) -> dict[Node, int]:
    return {name(pk): count for pk, count in rows.annotate(n=Count("pk"))}


def _flow() -> Mapping[Node, float] | None:
    """What reaches every node; None while weights are not set."""
    strategy = strategy_in_force()
    weights = weights_of(strategy) if strategy else None
    if not weights:
        return None
    flow = current_graph().flow({of_priority(pk): weight for pk, weight in weights.items()})
    return flow.value if isinstance(flow, ValueFlow) else None
