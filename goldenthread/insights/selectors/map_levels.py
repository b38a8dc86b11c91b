"""How the alignment map grows from the priorities down: which boxes are drawn, and in whose band.

Each level takes the strongest contributions of every parent; what is opened takes more. So the cost follows what
is drawn, never the size of the organisation.
"""

import datetime as dt
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from django.db.models import Q
from numpy.typing import NDArray

from goldenthread.engine.graph import Node
from goldenthread.objectives.models import (
    Contribution,
    Objective,
    ObjectiveAncestor,
    ObjectivePriority,
    ObjectiveQuerySet,
    begun,
)
from goldenthread.objectives.selectors.graph import of_objective, of_priority
from goldenthread.objectives.selectors.standing import with_health
from goldenthread.objectives.states import COUNTED, State
from goldenthread.people.models import Unit
from goldenthread.strategy.models import Priority

Ids = NDArray[np.int64]
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
CROWD = 8  # where a parent has more children drawn than this, theirs are not until they are opened
STEP = 20  # how many more each opening brings
MOST = 260  # boxes at once


def drawn(on: dt.date, objective: str = "") -> Q:
    """What the map holds: the objectives that count on the day, and those that nobody has confirmed yet.

    What is planned for a cycle still to come is in no figure, and not on the map. `objective` leads to it.
    """
    counts = Q((f"{objective}state__in", COUNTED)) & begun(on, objective)
    return counts | Q((f"{objective}state", State.UNCONFIRMED))


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
    rows = Objective.objects.filter(drawn(on))
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


@dataclass(frozen=True)
class Links:
    """What the map may draw between two boxes, each parent's strongest child first.

    Two arrays of the same length, sorted by parent, because they are kept and read whole; an objective stands
    in them as its id, a priority as its id below zero.
    """

    parents: Ids
    children: Ids

    def below(self, node: Node) -> Ids:
        """The children of a node, the strongest first."""
        first, last = np.searchsorted(self.parents, [number_of(node), number_of(node) + 1])
        return self.children[first:last]


def number_of(node: Node) -> int:
    """How a node stands in the arrays: an objective as its id, a priority as its id below zero."""
    return int(node[1:]) if node[0] == "o" else -int(node[1:])


def node_of(number: int) -> Node:
    """The node that a number stands for."""
    return of_objective(number) if number > 0 else of_priority(-number)


def links(on: dt.date) -> Links:
    """The links that hold, from what is in line and open, or still unconfirmed. One query.

    What hangs loose, or serves something that nobody has confirmed, stands in the lane of loose ends instead.
    """
    rows = Contribution.objects.filter(valid_to__isnull=True).filter(
        drawn(on, "child_objective__") & Q(child_objective__in_line=True)
        | Q(child_priority__state=Priority.State.ACTIVE)
    )
    found = [
        (parent_o or -(parent_p or 0), child_o or -(child_p or 0), -strength)
        for parent_o, parent_p, child_o, child_p, strength in rows.order_by().values_list(
            "parent_objective_id",
            "parent_priority_id",
            "child_objective_id",
            "child_priority_id",
            "strength",
        )
    ]
    parents, children, weakness = np.array(found, np.int64).reshape(-1, 3).T
    order = np.lexsort((children, weakness, parents))
    return Links(parents[order], children[order])


def grow(
    priorities: Sequence[Node],
    found: Links,
    chosen: MapFilter,
    left: Kept | None = None,
    line: Collection[Node] = (),
) -> Tree:
    """Take level after level of what contributes, until there is nothing more to draw.

    `line` is the traced line: it is drawn whatever else is not. The number of boxes stays about `MOST`.
    """
    tree = Tree({ROOT: "", **dict.fromkeys(priorities, ROOT)})
    levels = DEPTHS.get(chosen.depth, DEPTHS[""])[1]
    frontier, level = list(priorities), 0
    while frontier:
        first = AT_FIRST[min(level, len(AT_FIRST) - 1)] if level < levels else 0
        siblings = Counter(tree.parent[node] for node in frontier)
        following = []
        for parent in frontier:
            crowded = siblings[tree.parent[parent]] > CROWD and tree.parent[parent] != ROOT
            limit = (0 if crowded else first) + STEP * chosen.opened.get(parent, 0)
            for child in _drawn(found.below(parent), limit, left, line):
                if child in tree.parent:
                    continue
                if len(tree.parent) >= MOST and child not in line:
                    tree.is_full = True
                    continue
                tree.parent[child] = parent
                following.append(child)
        frontier, level = following, level + 1
    return tree


def _drawn(below: Ids, limit: int, left: Kept | None, line: Collection[Node]) -> list[Node]:
    """The traced children first, then the strongest of those that are left."""
    if not limit and not line:
        return []
    children = [node_of(number) for number in below.tolist()]
    traced = [child for child in children if child in line]
    fitting = [child for child in children if left is None or child in left.nodes]
    return [*traced, *(child for child in fitting[:limit] if child not in traced)]


def links_among(nodes: Iterable[Node], found: Links) -> list[tuple[Node, Node]]:
    """Every link between two of these nodes, the strongest of each parent first."""
    known = [node for node in nodes if node != ROOT]
    ids = np.array([number_of(node) for node in known], np.int64)
    below = {node: found.below(node) for node in known}
    return [
        (node, node_of(number))
        for node, children in below.items()
        for number in children[np.isin(children, ids)].tolist()
    ]


def children_left(nodes: Iterable[Node], found: Links, left: Kept | None) -> Counter[Node]:
    """How many serve each of these directly, of those that the filters leave."""
    if left is None:
        return Counter({node: len(found.below(node)) for node in nodes if node != ROOT})
    ids = np.array([number_of(node) for node in left.nodes], np.int64)
    return Counter(
        {node: int(np.isin(found.below(node), ids).sum()) for node in nodes if node != ROOT}
    )
