"""Where one person's time goes, and how much they have under way: for themselves and those above them."""

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from django.db.models import Q

from goldenthread.engine import dispersion, load
from goldenthread.engine.bands import Band, band_of
from goldenthread.engine.flow import ways_up
from goldenthread.engine.graph import Node
from goldenthread.engine.result import Result
from goldenthread.objectives.models import Contribution, Objective, ObjectiveAncestor, begun
from goldenthread.objectives.selectors.graph import of_objective, of_priority
from goldenthread.objectives.states import COUNTED, LIVE
from goldenthread.people.models import Person
from goldenthread.strategy.models import Priority
from goldenthread.strategy.selectors import shares_of
from goldenthread.strategy.selectors.strategy import strategy_in_force
from goldenthread.tradeoffs.models import RUN, Allocation
from goldenthread.tradeoffs.selectors.allocations import Part, parts_of


class Into(NamedTuple):
    """One priority beside its value: the part of the person's effort, without routine, that reaches it."""

    priority: Priority | None  # None: the reader may not see it
    share: float | None
    effort: float


@dataclass(frozen=True)
class PersonsEffort:
    """What is entered of one person, never what is inferred."""

    parts: Sequence[Part]
    load: load.Load
    into: Sequence[Into]
    unlinked: float  # of all effort without routine
    spread: Result
    focus: float | None
    unaligned: Result
    under_way: Sequence[Objective]  # those that the reader may see
    wip: int
    wip_band: Band | None

    @property
    def longest(self) -> float:
        return max([0.01, *(max(one.share or 0, one.effort) for one in self.into)])

    @property
    def overcommitted(self) -> float:
        return load.overcommitted_fte([self.load])


def persons_effort(reader: Person, person: Person, on: dt.date) -> PersonsEffort:
    """The caller has asked whether the reader may. Nine queries, one more for each kind that is closed to some."""
    rows = list(
        Allocation.objects.in_force(on)
        .filter(person=person)
        .select_related("objective", "priority")
    )
    strategy = strategy_in_force(on)
    active = list(strategy.priorities.active()) if strategy else []
    shares = shares_of(strategy, active) if strategy else {}
    reached, unlinked, routine = _reached(rows, active, on)
    total = sum(reached.values()) + unlinked
    seen = set(
        Priority.objects.visible_to(reader)
        .filter(pk__in=[one.pk for one in active])
        .values_list("pk", flat=True)
    )
    asked = float(sum((row.share for row in rows), Decimal(0)) * person.fte)
    named = [row.objective_id for row in rows if row.share >= Decimal(str(load.WIP_FROM_SHARE))]
    open_ones = Objective.objects.filter(Q(owner_person=person) | Q(pk__in=named)).filter(
        begun(on), state__in=LIVE
    )
    under_way = list(open_ones.order_by("pk").distinct())
    hidden = {one.pk for one in under_way if one.restricted}
    if hidden:
        shown = Objective.objects.visible_to(reader).filter(pk__in=hidden)
        hidden -= set(shown.values_list("pk", flat=True))
    amounts = [*reached.values(), unlinked]
    return PersonsEffort(
        parts=parts_of(reader, rows),
        load=load.Load(asked, float(person.fte)),
        into=[
            Into(
                one if one.pk in seen else None,
                shares.get(one.pk),
                reached[of_priority(one.pk)] / total if total else 0.0,
            )
            for one in active
        ],
        unlinked=unlinked / total if total else 0.0,
        spread=dispersion.effective_priorities(amounts, people=1, minimum=1, as_of=on),
        focus=dispersion.focus_index(amounts),
        unaligned=load.unaligned_share(
            total - unlinked, unlinked, routine, people=1, minimum=1, as_of=on
        ),
        under_way=[one for one in under_way if one.pk not in hidden],
        wip=len(under_way),
        wip_band=band_of(len(under_way), load.WIP_BANDS),
    )


def _reached(
    rows: Sequence[Allocation], active: Sequence[Priority], on: dt.date
) -> tuple[dict[Node, float], float, float]:
    """What reaches each priority, what reaches none, and routine, as parts of the person's time."""
    roots = [of_priority(one.pk) for one in active]
    objectives = [row.objective_id for row in rows if row.objective_id is not None]
    ways = ways_up([_target(row) for row in rows], _lines_above(objectives, on), roots)
    reached = dict.fromkeys(roots, 0.0)
    unlinked = routine = 0.0
    for row in rows:
        share = float(row.share)
        over = ways[_target(row)]
        if row.run_the_business:
            routine += share
        elif not over:
            unlinked += share
        for way, part in over.items():
            reached[way.priority] += share * part
    return reached, unlinked, routine


def _target(row: Allocation) -> Node:
    if row.objective_id is not None:
        return of_objective(row.objective_id)
    return of_priority(row.priority_id) if row.priority_id is not None else RUN


def _lines_above(objectives: Sequence[int], on: dt.date) -> dict[Node, list[tuple[Node, float]]]:
    """The links of these and of all above them, to what is open. Two queries, none without objectives."""
    if not objectives:
        return {}
    above = ObjectiveAncestor.objects.filter(objective__in=objectives).values_list("ancestor_id")
    every = {*objectives, *(pk for (pk,) in above)}
    to_open = Q(parent_objective__state__in=COUNTED) & begun(on, "parent_objective__") | Q(
        parent_priority__state=Priority.State.ACTIVE
    )
    links = Contribution.objects.filter(
        to_open, valid_to__isnull=True, child_objective__in=every
    ).order_by("pk")
    found: dict[Node, list[tuple[Node, float]]] = defaultdict(list)
    for child, objective, priority, strength in links.values_list(
        "child_objective_id", "parent_objective_id", "parent_priority_id", "strength"
    ):
        parent = of_objective(objective) if objective else of_priority(priority)
        found[of_objective(child)].append((parent, float(strength)))
    return found
