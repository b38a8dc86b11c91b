"""The objectives as a tree: priorities, what serves them, at any depth; what is loose in a group of its own.

What is open is said by the address, so that a branch needs the same few queries however deep it is opened.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace

from django.db.models import Count, F, Q, Window
from django.db.models.functions import RowNumber

from goldenthread.objectives.models import Contribution, Objective
from goldenthread.objectives.selectors.lines import Step
from goldenthread.objectives.selectors.listing import (
    LOOSE,
    ObjectiveFilter,
    ObjectiveRow,
    charges,
    narrowed,
    objective_rows,
)
from goldenthread.objectives.selectors.standing import Standing, standing
from goldenthread.objectives.states import State
from goldenthread.people.models import Person
from goldenthread.strategy.models import Priority
from goldenthread.strategy.selectors import PriorityStanding, priority_standings
from goldenthread.ui.tree import rails

FEW, MANY = 8, 200  # children shown at once, and when asked for all of them
MOST_OPEN = 60  # what one address may open
LOOSE_SHOWN = 12


@dataclass(frozen=True)
class Opened:
    """Which nodes the reader opened, shut or wants to see whole, by their keys ("o12", "p3")."""

    open: frozenset[str] = frozenset()
    shut: frozenset[str] = frozenset()
    whole: frozenset[str] = frozenset()


@dataclass
class TreeRow:
    """One row. A node with several parents stands under each of them."""

    key: str
    depth: int
    node: Objective | Priority
    standing: Standing | None = None
    may_check_in: bool = False
    children: int = 0
    is_open: bool = False
    more: int = 0  # instead of a node's row: how many more there are under it
    rails: list[str] = field(default_factory=list)

    @property
    def is_objective(self) -> bool:
        return isinstance(self.node, Objective)


@dataclass(frozen=True)
class Branch:
    """A priority of the organisation and the rows under it."""

    priority: Priority
    standing: PriorityStanding
    rows: list[TreeRow]
    children: int
    is_open: bool


@dataclass(frozen=True)
class LooseEnd:
    """An objective whose line breaks off, why, and what would tie it (an address is the page's)."""

    row: ObjectiveRow
    reason: str
    tie: Objective  # what is to be tied: itself, or what it serves
    to: Objective | None = None  # what follows the closed one that it serves
    may_tie: bool = False

    @property
    def panel(self) -> str:
        """Where on the page its check-in opens."""
        return f"ci-loose-{self.row.objective.pk}"


@dataclass(frozen=True)
class LooseEnds:
    ends: list[LooseEnd]
    total: int


def branches(
    reader: Person,
    chosen: ObjectiveFilter,
    on: dt.date,
    opened: Opened,
    only: int | None = None,
) -> list[Branch]:
    """The tree under each active priority of the organisation, or under one of them.

    Nine queries, whatever the size and depth.
    """
    roots = Priority.objects.visible_to(reader).active().filter(strategy__unit__isnull=True)
    if only is not None:
        roots = roots.filter(pk=only)
    priorities = list(roots.select_related("strategy", "sponsor"))
    standings = priority_standings(priorities, on)
    below = _children(
        reader,
        chosen,
        on,
        [_key(root) for root in priorities if _key(root) not in opened.shut],
        opened,
    )
    first = {_key(child) for rows, _ in below.values() for child in rows}
    below |= _children(reader, chosen, on, (first - opened.shut) | opened.open, opened)
    shown = {_key(child): child for rows, _ in below.values() for child in rows}
    counts = {parent: total for parent, (_, total) in below.items()}
    counts |= _counts(reader, chosen, on, shown.keys() - below.keys())
    objectives = [node for node in shown.values() if isinstance(node, Objective)]
    led, reported = charges(objectives, reader) if objectives else (set(), set())
    found = []
    for root in priorities:
        rows: list[TreeRow] = []
        _walk(_key(root), 1, below, counts, rows, on, led | reported)
        for row, its in zip(rows, rails([0, *(row.depth for row in rows)])[1:], strict=True):
            row.rails = its
        key = _key(root)
        found.append(
            Branch(root, standings[root.pk], rows, counts.get(key, 0), key not in opened.shut)
        )
    return found


def _key(node: Objective | Priority) -> str:
    return f"{'o' if isinstance(node, Objective) else 'p'}{node.pk}"


Below = dict[str, tuple[list[Objective | Priority], int]]


def _walk(
    parent: str,
    depth: int,
    below: Below,
    counts: dict[str, int],
    rows: list[TreeRow],
    on: dt.date,
    may_check_in: Collection[int],
) -> None:
    nodes, total = below.get(parent, ([], 0))
    for node in nodes:
        key = _key(node)
        is_open = key in below
        row = TreeRow(key, depth, node, children=counts.get(key, 0), is_open=is_open)
        if isinstance(node, Objective):
            row.standing = standing(node, on)
            row.may_check_in = node.pk in may_check_in and not (
                node.is_closed or node.state == State.UNCONFIRMED
            )
        rows.append(row)
        if is_open and depth < MOST_OPEN:
            _walk(key, depth + 1, below, counts, rows, on, may_check_in)
    if nodes and total > len(nodes):
        rows.append(TreeRow(parent, depth, nodes[-1], more=total - len(nodes)))


def _links(reader: Person, chosen: ObjectiveFilter, on: dt.date, parents: Collection[str]) -> Q:
    """Links from what the reader may see and the filter leaves up to these nodes."""
    seen = narrowed(Objective.objects.visible_to(reader), reader, chosen, on)
    priorities = Priority.objects.visible_to(reader).active()
    ids = {
        kind: [int(key[1:]) for key in parents if key[0] == kind and key[1:].isdigit()]
        for kind in "op"
    }
    return (
        Q(valid_to__isnull=True)
        & (Q(parent_objective_id__in=ids["o"]) | Q(parent_priority_id__in=ids["p"]))
        & (Q(child_objective__in=seen) | Q(child_priority__in=priorities))
    )


def _children(
    reader: Person,
    chosen: ObjectiveFilter,
    on: dt.date,
    parents: Collection[str],
    opened: Opened,
) -> Below:
    """The first few children of each node, the strongest link first, with how many there are; one query."""
    if not parents:
        return {}
    each = [F("parent_objective_id"), F("parent_priority_id")]
    limit = MANY if opened.whole & set(parents) else FEW
    rows = (
        Contribution.objects.filter(_links(reader, chosen, on, parents))
        .annotate(
            place=Window(
                RowNumber(),
                partition_by=each,
                order_by=[F("strength").desc(), F("child_objective__search").asc(), F("pk").asc()],
            ),
            total=Window(Count("pk"), partition_by=each),
        )
        .filter(place__lte=limit)
        .select_related(
            "child_objective__cycle",
            "child_objective__owner_person",
            "child_objective__owner_unit__leader",
            "child_priority__strategy__unit",
            "child_priority__sponsor",
        )
        .order_by("place")
    )
    found: dict[str, list[Objective | Priority]] = defaultdict(list)
    totals: dict[str, int] = {}
    for row in rows:
        parent = (
            f"o{row.parent_objective_id}"
            if row.parent_objective_id
            else f"p{row.parent_priority_id}"
        )
        child = row.child
        if child is not None and (parent in opened.whole or row.place <= FEW):
            found[parent].append(child)
            totals[parent] = row.total
    return {parent: (nodes, totals[parent]) for parent, nodes in found.items()}


def _counts(
    reader: Person, chosen: ObjectiveFilter, on: dt.date, nodes: Collection[str]
) -> dict[str, int]:
    """How many children each of these nodes has, for those that are shut; one query."""
    if not nodes:
        return {}
    rows = (
        Contribution.objects.filter(_links(reader, chosen, on, nodes))
        .order_by()
        .values_list("parent_objective_id", "parent_priority_id")
        .annotate(n=Count("pk"))
    )
    return {f"o{o}" if o else f"p{p}": n for o, p, n in rows}


# Loose ends ---------------------------------------------------------------------------------------------------


def loose_ends(
    reader: Person, chosen: ObjectiveFilter, on: dt.date, limit: int = LOOSE_SHOWN
) -> LooseEnds:
    """The open objectives that reach no priority, the latest first, each with the act that would tie it."""
    seen = narrowed(Objective.objects.visible_to(reader), reader, chosen, on).filter(LOOSE)
    rows = list(
        seen.annotate(total=Window(Count("pk")))
        .select_related("cycle", "owner_person", "owner_unit__leader")
        .order_by("-pk")[:limit]
    )
    return LooseEnds(_ends(rows, reader, on), rows[0].total if rows else 0)


def _ends(rows: Sequence[Objective], reader: Person, on: dt.date) -> list[LooseEnd]:
    if not rows:
        return []
    listed = objective_rows(rows, reader, on)
    parents = [step.node for row in listed for step in row.line.steps[-1:]]
    closed = [node.pk for node in parents if isinstance(node, Objective) and node.is_closed]
    following = {
        row.carried_from_id: row
        for row in (
            Objective.objects.visible_to(reader).filter(carried_from__in=closed) if closed else ()
        )
    }
    ends = [loose_end(row, following) for row in listed]
    led, _ = charges([end.tie for end in ends], reader)
    return [replace(end, may_tie=end.tie.pk in led) for end in ends]


def loose_end(row: ObjectiveRow, following: dict[int | None, Objective]) -> LooseEnd:
    """What would tie it: what follows the closed one it serves, itself to another, or what it serves itself."""
    last: Step | None = row.line.steps[-1] if row.line.steps else None
    parent = last.node if last is not None else None
    if isinstance(parent, Objective) and parent.pk in following:
        return LooseEnd(row, row.line.loose, row.objective, following[parent.pk])
    if isinstance(parent, Objective) and not parent.is_closed and not parent.in_line:
        return LooseEnd(row, row.line.loose, parent)
    return LooseEnd(row, row.line.loose, row.objective)
