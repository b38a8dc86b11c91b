"""How the alignment map grows from the priorities down: which boxes are drawn, and in whose band.

Each level is one query that takes the strongest contributions of every parent; what is opened takes more. So
the cost follows what is drawn, never the size of the organisation.
"""

import datetime as dt
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from django.db.models import F, Q, QuerySet, Window
from django.db.models.functions import RowNumber

from goldenthread.engine.graph import Node
from goldenthread.insights.selectors.graph import of_objective, of_priority
from goldenthread.objectives.models import (
    Contribution,
    Objective,
    ObjectiveAncestor,
    ObjectivePriority,
    ObjectiveQuerySet,
)
from goldenthread.objectives.selectors.standing import with_health
from goldenthread.objectives.states import COUNTED, State
from goldenthread.people.models import Unit
from goldenthread.strategy.models import Priority

ROOT = "strategy"
LOOSE = "loose"  # the lane of loose ends, where it is opened
DEPTHS = {  # how many levels below the priorities are drawn, whatever else is opened
    "priorities": ("To priorities", 0),
    "units": ("To unit objectives", 1),
    "": ("To teams and people", 2),
    "all": ("Everything below", 5),
}
AT_FIRST = (
    6,
    2,
)  # contributions of one parent that are drawn at once, by level; further down as the last
STEP = 20  # how many more each opening brings
MOST = 260  # boxes at once
SHOWN = (*COUNTED, State.UNCONFIRMED)


@dataclass(frozen=True)
class MapFilter:
    """What the address of the map says. `opened` counts how often each node's *n more* was followed."""

    priority: int | None = None
    unit: Unit | None = None
    health: str = ""
    depth: str = ""
    trace: str = ""
    opened: Mapping[str, int] = field(default_factory=Counter)

    @property
    def narrows(self) -> bool:
        """Whether it asks for some objectives only."""
        return self.unit is not None or bool(self.health)


@dataclass
class Tree:
    """The parent in whose band each box lies, in the order in which they were found."""

    parent: dict[Node, Node]
    is_full: bool = False


@dataclass(frozen=True)
class Kept:
    """What the filters leave on the map: the objectives asked for with everything that they serve."""

    nodes: frozenset[Node]
    asked_for: ObjectiveQuerySet


def matching(chosen: MapFilter, on: dt.date) -> ObjectiveQuerySet | None:
    """The objectives that the filters ask for; None when they ask for all."""
    if not chosen.narrows:
        return None
    rows = Objective.objects.filter(state__in=SHOWN)
    if chosen.unit is not None:
        below = Unit.objects.filter(closure_above__ancestor=chosen.unit)
        rows = rows.filter(Q(owner_unit__in=below) | Q(owner_person__unit__in=below))
    return with_health(rows, chosen.health, on) if chosen.health else rows


def kept(chosen: MapFilter, on: dt.date) -> Kept | None:
    """The nodes that are left; None when the filters ask for everything. Two queries."""
    rows = matching(chosen, on)
    if rows is None:
        return None
    ids = rows.order_by().values_list("pk")
    above = ObjectiveAncestor.objects.filter(objective__in=ids).values_list("ancestor")
    reached = ObjectivePriority.objects.filter(objective__in=ids).values_list("priority")
    nodes = {of_objective(pk) for (pk,) in ids.union(above)}
    nodes |= {of_priority(pk) for (pk,) in reached.distinct()}
    return Kept(frozenset(nodes), rows)


def grow(
    priorities: Sequence[Node], chosen: MapFilter, left: Kept | None, line: Collection[Node]
) -> Tree:
    """Take level after level of what contributes, until there is nothing more to draw.

    `line` is the traced line: it is drawn whatever else is not.
    """
    tree = Tree({ROOT: "", **dict.fromkeys(priorities, ROOT)})
    levels = DEPTHS.get(chosen.depth, DEPTHS[""])[1]
    frontier, level = list(priorities), 0
    while frontier:
        first = AT_FIRST[min(level, len(AT_FIRST) - 1)] if level < levels else 0
        limits = {node: first + STEP * chosen.opened.get(node, 0) for node in frontier}
        wanted = [node for node in frontier if limits[node] or node in line]
        following = []
        for parent, child in _children(wanted, limits, left, line) if wanted else ():
            if child in tree.parent:
                continue
            if len(tree.parent) >= MOST and child not in line:
                tree.is_full = True
                continue
            tree.parent[child] = parent
            following.append(child)
        frontier, level = following, level + 1
    return tree


def contributions() -> QuerySet[Contribution]:
    """The links that the map may draw: those that hold, from what is in line and open, or still unconfirmed.

    What hangs loose, or serves something that nobody has confirmed, stands in the lane of loose ends instead.
    """
    return Contribution.objects.filter(valid_to__isnull=True).filter(
        Q(child_objective__state__in=SHOWN, child_objective__in_line=True)
        | Q(child_priority__state=Priority.State.ACTIVE)
    )


def _children(
    parents: Sequence[Node],
    limits: Mapping[Node, int],
    left: Kept | None,
    line: Collection[Node],
) -> list[tuple[Node, Node]]:
    """The strongest children of each parent up to its limit, in the order of the parents.

    One query, and one more for a traced line.
    """
    place = Window(
        RowNumber(),
        partition_by=[F("parent_objective"), F("parent_priority")],
        order_by=[F("strength").desc(), F("child_priority"), F("child_objective")],
    )
    rows = contributions().filter(either("parent_", parents)).annotate(place=place)
    if left is None:
        rows = rows.filter(place__lte=max(limits[node] for node in parents))
    seat = {node: number for number, node in enumerate(parents)}
    found = []
    taken: Counter[Node] = Counter()
    for *columns, number in rows.order_by("place").values_list(*ENDS, "place"):
        parent, child = ends(*columns)
        if left is not None and child not in left.nodes:
            continue
        taken[parent] += 1
        if taken[parent] <= limits[parent]:
            found.append((seat[parent], number, parent, child))
    if line:
        traced = Contribution.objects.filter(valid_to__isnull=True).filter(
            either("parent_", parents), either("child_", line)
        )
        for columns in traced.values_list(*ENDS):
            parent, child = ends(*columns)
            found.append((seat[parent], -1, parent, child))
    return [(parent, child) for _, _, parent, child in sorted(found)]


def children_left(parents: Iterable[Node], left: Kept) -> Counter[Node]:
    """How many of the nodes left serve each of these directly. One query."""
    rows = contributions().filter(either("parent_", (node for node in parents if node != ROOT)))
    pairs = (ends(*columns) for columns in rows.values_list(*ENDS))
    return Counter(parent for parent, child in pairs if child in left.nodes)


def links_among(nodes: Iterable[Node]) -> list[tuple[Node, Node]]:
    """Every link that holds between two of these nodes, the strongest first. One query."""
    known = [node for node in nodes if node != ROOT]
    rows = Contribution.objects.filter(valid_to__isnull=True)
    rows = rows.filter(either("parent_", known), either("child_", known))
    return [ends(*row) for row in rows.order_by("-strength", "pk").values_list(*ENDS)]


ENDS = ("parent_objective_id", "parent_priority_id", "child_objective_id", "child_priority_id")


def ends(
    parent_o: int | None, parent_p: int | None, child_o: int | None, child_p: int | None
) -> tuple[Node, Node]:
    """A link's parent and child, out of its four columns."""
    return (
        of_objective(parent_o) if parent_o else of_priority(parent_p or 0),
        of_objective(child_o) if child_o else of_priority(child_p or 0),
    )


def either(end: str, nodes: Iterable[Node]) -> Q:
    """One end of a link is among these nodes."""
    nodes = list(nodes)
    objectives = [int(node[1:]) for node in nodes if node[0] == "o"]
    priorities = [int(node[1:]) for node in nodes if node[0] == "p"]
    return Q((f"{end}objective__in", objectives)) | Q((f"{end}priority__in", priorities))
