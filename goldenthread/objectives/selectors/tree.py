"""The objectives as a tree: priorities, what serves them, at any depth; what is loose in a group of its own.

What is open is said by the address, so that a branch needs the same few queries however deep it is opened.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery, Window
from django.db.models.functions import Coalesce, RowNumber

from goldenthread.core.prepared import Prepared
from goldenthread.objectives.models import (
    Contribution,
    KeyResult,
    Objective,
    ObjectiveQuerySet,
)
from goldenthread.objectives.selectors.listing import (
    LOOSE,
    ObjectiveFilter,
    ObjectiveRow,
    narrowed,
    objective_rows,
)
from goldenthread.objectives.selectors.seen import rows_seen
from goldenthread.objectives.selectors.standing import Standing, standing
from goldenthread.people.models import Person, stand_in
from goldenthread.strategy.models import Priority
from goldenthread.strategy.selectors import PriorityStanding, priority_standings
from goldenthread.ui.tree import rails

FEW, MANY = 6, 200  # children shown at once, and when asked for all of them
MOST_OPEN = 60  # what one address may open
OPEN_AT_ONCE = 300  # up to so many objectives two levels stand open, beyond it one
LOOSE_SHOWN = 8


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


@dataclass(frozen=True)
class Tree:
    branches: list[Branch]
    loose: LooseEnds


def tree(
    reader: Person,
    chosen: ObjectiveFilter,
    on: dt.date,
    opened: Opened,
    total: int,
    only: int | None = None,
) -> Tree:
    """What hangs on each active priority of the organisation, and what hangs loose; or one branch of it alone.

    `total` is how many there are in all: where there are many, only what serves the priorities directly is shown
    until more is opened, so that the page stays as small at ten thousand as at a hundred. Nine queries, whatever the size and depth; one or two more where a step is not open to everybody.
    """
    named = [one.pk for one in reader.self_and_lenders]
    priorities = _roots(reader.is_leader, named=named)
    if only is not None:
        priorities = [one for one in priorities if one.pk == only]
    standings = priority_standings(priorities, on)
    keys = [_key(root) for root in priorities if _key(root) not in opened.shut]
    below = _children(reader, chosen, on, keys, opened)
    first: set[str] = set()
    if total <= OPEN_AT_ONCE:
        first = {child for its in below.values() for child in its.children}
    below |= _children(reader, chosen, on, (first - opened.shut) | opened.open, opened)
    loose, hanging = _loose(reader, chosen, on) if only is None else ([], 0)
    shown = {child for its in below.values() for child in its.children}
    charges = _charges(reader, chosen, on, [*_numbers(shown, "o"), *loose])
    nodes: dict[str, Objective | Priority] = {
        f"o{pk}": one.objective for pk, one in charges.items()
    }
    if within := _numbers(shown, "p"):
        of_units = Priority.objects.filter(pk__in=within)
        nodes |= {_key(one): one for one in of_units.select_related("strategy__unit", "sponsor")}
    counts = {key: 1 for key in shown if key[0] == "p"}  # a unit's priority can always be opened
    counts |= {f"o{pk}": one.children for pk, one in charges.items()}
    counts |= {parent: its.total for parent, its in below.items()}
    branches = []
    for root in priorities:
        rows: list[TreeRow] = []
        _walk(_key(root), 1, below, nodes, counts, rows, on, charges)
        for row, its in zip(rows, rails([0, *(row.depth for row in rows)])[1:], strict=True):
            row.rails = its
        key = _key(root)
        is_open = key not in opened.shut
        branches.append(Branch(root, standings[root.pk], rows, counts.get(key, 0), is_open))
    ends = [charges[pk].objective for pk in loose if pk in charges]
    return Tree(branches, _loose_ends(ends, hanging, reader, on, charges))


@Prepared
def _roots(is_leader: bool, *, named: Sequence[int]) -> QuerySet[Priority]:
    seen = Priority.objects.visible_to(stand_in(named, is_leader))
    rows = seen.in_use().filter(strategy__unit__isnull=True)
    return rows.select_related("strategy", "sponsor")


@dataclass(frozen=True)
class Charge:
    """An objective, what the reader has to do with it, and how many there are under it."""

    objective: Objective
    leads: bool
    reports: bool
    children: int


def _charges(
    reader: Person, chosen: ObjectiveFilter, on: dt.date, objectives: Sequence[int]
) -> dict[int, Charge]:
    """The objectives with these ids, as a list shows them; one query."""
    if not objectives:
        return {}
    named = [one.pk for one in reader.self_and_lenders]
    rows = rows_seen(
        _charge_rows, reader, chosen, on, person=reader.pk, named=named, among=objectives
    )
    return {row.pk: Charge(row, row.leads, row.reports, row.under) for row in rows}


def _charge_rows(
    chosen: ObjectiveFilter,
    on: dt.date,
    *,
    seen: ObjectiveQuerySet,
    person: int,
    named: Sequence[int],
    among: Sequence[int],
) -> QuerySet[Any]:
    seen = narrowed(seen, None, chosen, on)
    # Asked of the objectives and not of the links, so that only those just below are looked at: ten times as fast.
    under = (
        seen.filter(links_up__parent_objective=OuterRef("pk"), links_up__valid_to__isnull=True)
        .order_by()
        .values("links_up__parent_objective")
        .annotate(n=Count("pk"))
        .values("n")
    )
    led = Objective.objects.in_charge_of(named).filter(pk=OuterRef("pk"))
    reports = KeyResult.objects.filter(objective=OuterRef("pk"), reporter=person)
    return (
        Objective.objects.filter(pk__in=among)
        .listed()
        .annotate(leads=Exists(led), reports=Exists(reports), under=Coalesce(Subquery(under), 0))
        .order_by()
    )


def _numbers(keys: Collection[str], kind: str) -> list[int]:
    return [int(key[1:]) for key in keys if key[0] == kind and key[1:].isdigit()]


def _key(node: Objective | Priority) -> str:
    return f"{'o' if isinstance(node, Objective) else 'p'}{node.pk}"


@dataclass
class Below:
    """The keys of the first children of a node, the strongest link first, and how many there are in all."""

    children: list[str] = field(default_factory=list)
    total: int = 0


def _walk(
    parent: str,
    depth: int,
    below: Mapping[str, Below],
    nodes: Mapping[str, Objective | Priority],
    counts: dict[str, int],
    rows: list[TreeRow],
    on: dt.date,
    charges: Mapping[int, Charge],
) -> None:
    its = below.get(parent, Below())
    for key in its.children:
        node, is_open = nodes[key], key in below
        row = TreeRow(key, depth, node, children=counts.get(key, 0), is_open=is_open)
        if isinstance(node, Objective):
            row.standing = standing(node, on)
            charge = charges[node.pk]
            row.may_check_in = (charge.leads or charge.reports) and node.takes_check_ins(on)
        rows.append(row)
        if is_open and depth < MOST_OPEN:
            _walk(key, depth + 1, below, nodes, counts, rows, on, charges)
    if its.children and its.total > len(its.children):
        last = nodes[its.children[-1]]
        rows.append(TreeRow(parent, depth, last, more=its.total - len(its.children)))


def _children(
    reader: Person,
    chosen: ObjectiveFilter,
    on: dt.date,
    parents: Collection[str],
    opened: Opened,
) -> dict[str, Below]:
    """The first few children of each node, the strongest link first, with how many there are; one query."""
    if not parents:
        return {}
    limit = MANY if opened.whole & set(parents) else FEW
    rows = rows_seen(
        _child_rows,
        reader,
        chosen,
        on,
        limit,
        reader.is_leader,
        named=[one.pk for one in reader.self_and_lenders],
        objectives=_numbers(parents, "o"),
        priorities=_numbers(parents, "p"),
    )
    found: dict[str, Below] = defaultdict(Below)
    for above, priority, child, within, place, total in rows:
        parent = f"o{above}" if above else f"p{priority}"
        if parent in opened.whole or place <= FEW:
            found[parent].children.append(f"o{child}" if child else f"p{within}")
            found[parent].total = total
    return dict(found)


def _child_rows(
    chosen: ObjectiveFilter,
    on: dt.date,
    limit: int,
    is_leader: bool,
    *,
    seen: ObjectiveQuerySet,
    named: Sequence[int],
    objectives: Sequence[int],
    priorities: Sequence[int],
) -> QuerySet[Contribution, Any]:
    """Links from what the reader may see and the filter leaves up to these nodes."""
    seen = narrowed(seen, None, chosen, on)
    within = Priority.objects.visible_to(stand_in(named, is_leader)).in_use()
    each = [F("parent_objective_id"), F("parent_priority_id")]
    up = Q(parent_objective_id__in=objectives) | Q(parent_priority_id__in=priorities)
    # Asked of each child alone, as on the page of an objective.
    down = Q(Exists(seen.filter(pk=OuterRef("child_objective"))))
    down |= Q(Exists(within.filter(pk=OuterRef("child_priority"))))
    return (
        Contribution.objects.filter(up & down, valid_to__isnull=True)
        .annotate(
            place=Window(
                RowNumber(),
                partition_by=each,
                order_by=[F("strength").desc(), F("child_objective__search").asc(), F("pk").asc()],
            ),
            total=Window(Count("pk"), partition_by=each),
        )
        .filter(place__lte=limit)
        .order_by("place")
        .values_list(
            "parent_objective",
            "parent_priority",
            "child_objective",
            "child_priority",
            "place",
            "total",
        )
    )


# Loose ends ---------------------------------------------------------------------------------------------------


def _loose(reader: Person, chosen: ObjectiveFilter, on: dt.date) -> tuple[list[int], int]:
    """The first of the open objectives that reach no priority, the latest first, and how many; one query."""
    rows = rows_seen(_loose_rows, reader, chosen, on)
    return [pk for pk, _ in rows], rows[0][1] if rows else 0


def _loose_rows(
    chosen: ObjectiveFilter, on: dt.date, *, seen: ObjectiveQuerySet
) -> QuerySet[Objective, Any]:
    # By a number worked out and not by the key: PostgreSQL would go through all objectives to count in the key's order.
    rows = narrowed(seen, None, chosen, on).filter(LOOSE).order_by(-F("pk"))
    return rows.values_list("pk", Window(Count("pk")))[:LOOSE_SHOWN]


def _loose_ends(
    objectives: Sequence[Objective],
    total: int,
    reader: Person,
    on: dt.date,
    charges: Mapping[int, Charge],
) -> LooseEnds:
    if not objectives:
        return LooseEnds([], 0)
    led = {pk for pk, one in charges.items() if one.leads}
    reported = {pk for pk, one in charges.items() if one.reports}
    rows = objective_rows(objectives, reader, on, (led, reported))
    return LooseEnds([loose_end(row) for row in rows], total)


def loose_end(row: ObjectiveRow) -> LooseEnd:
    """What would tie it: what follows the closed one it serves, what it serves itself, or another."""
    parent = row.line.steps[-1].node if row.line.steps else None
    if isinstance(parent, Objective) and parent.is_closed:
        following = getattr(parent, "successor", None)
        if following is not None and not following.restricted:
            return LooseEnd(row, row.line.loose, row.objective, following, row.may_link)
    if isinstance(parent, Objective) and not parent.is_closed and not parent.in_line:
        return LooseEnd(row, row.line.loose, parent)
    return LooseEnd(row, row.line.loose, row.objective, None, row.may_link)
