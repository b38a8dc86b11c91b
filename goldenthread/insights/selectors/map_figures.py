"""What the alignment map shows beside its lines: kept while the structure stands, so that a page costs little."""

import datetime as dt
import io
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
    alignment,
    alignment_of_the_whole,
    structure,
)
from goldenthread.insights.selectors.graph import KEPT_SECONDS
from goldenthread.insights.selectors.kept import kept
from goldenthread.insights.selectors.map_levels import Links, drawn, links, node_of, number_of
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
    """One query while nothing has changed. Pass the priorities with their strategy loaded.

    In a large organisation the structure is kept by the job that counts the work; the healths are asked for.
    """
    if (stored := kept(STRUCTURE, _unpacked)) is not None:
        return MapFigures(alignment(), stored[0], _healths(priorities, on))
    mark = structure()
    structure_key, health_key = f"structure-{mark}", f"health-{on:%Y%m%d}-{mark}"
    cached = cache.get_many([structure_key, health_key])
    found: Structure | None = cached.get(structure_key)
    if found is None:
        found = structure_now()
        cache.set(structure_key, found, KEPT_SECONDS)
    healths: dict[int, Health] = cached.get(health_key, {})
    if any(one.pk not in healths for one in priorities):
        healths = _healths(priorities, on)
        cache.set(health_key, healths, KEPT_SECONDS)
    return MapFigures(alignment_of_the_whole(mark), found, healths)


def _healths(priorities: Sequence[Priority], on: dt.date) -> dict[int, Health]:
    stands = priority_standings(priorities, on)
    return {pk: (one.health.value, one.score) for pk, one in stands.items()}


STRUCTURE = "structure"


def packed_structure(found: Structure) -> bytes:
    """As it is kept, to be read by `_unpacked`."""
    names = list(found.below)
    arrays: dict[str, Any] = {
        "parents": found.links.parents,
        "children": found.links.children,
        "below": np.array(list(found.below.values()), np.int64),
        "below_of": np.array([number_of(name) for name in names], np.int64),
        "counted": np.array(found.loose.counted, np.int64),
        "waiting": np.array(found.loose.waiting, np.int64),
        "value_of": np.array([number_of(name) for name in found.priority_values], np.int64),
        "priority_values": np.array(list(found.priority_values.values()), np.float64),
    }
    if found.values is not None:
        arrays["values"] = found.values
    packed = io.BytesIO()
    np.savez_compressed(packed, **arrays)
    return packed.getvalue()


def _unpacked(content: bytes) -> Structure:
    with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
        read = {name: arrays[name] for name in arrays.files}

    def by_name(numbers: str, values: str) -> dict[Node, Any]:
        names = map(node_of, read[numbers].tolist())
        return dict(zip(names, read[values].tolist(), strict=True))

    return Structure(
        Links(read["parents"], read["children"]),
        by_name("below_of", "below"),
        read.get("values"),
        by_name("value_of", "priority_values"),
        Loose(tuple(read["counted"].tolist()), tuple(read["waiting"].tolist())),
    )


def structure_now() -> Structure:
    """Everything that the map draws from, read anew."""
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
