"""Cycles with their counts, and what is left to score in one."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet

from goldenthread.core.prepared import Prepared
from goldenthread.engine.pace import elapsed_fraction
from goldenthread.objectives.models import Cycle, Objective
from goldenthread.objectives.selectors.listing import charges, urgency
from goldenthread.objectives.services import figures
from goldenthread.objectives.states import CLOSED, LIVE, State
from goldenthread.people.models import Person

AT_ONCE = 100  # rows that a page offers a choice for


def cycles_with_counts() -> QuerySet[Cycle]:
    """Every cycle, the latest first, with `open_count`, `closed_count` and `achieved_count`."""
    return Cycle.objects.annotate(
        open_count=Count("objectives", filter=~Q(objectives__state__in=CLOSED)),
        closed_count=Count("objectives", filter=Q(objectives__state__in=CLOSED)),
        achieved_count=Count("objectives", filter=Q(objectives__state=State.ACHIEVED)),
    ).order_by("-starts_on", "-pk")


def current_cycle(on: dt.date) -> Cycle | None:
    """The cycle that runs on the day: of several, the one that ends first."""
    return next(iter(_running(on)), None)


@Prepared
def _running(on: dt.date) -> QuerySet[Cycle]:
    running = Cycle.objects.filter(starts_on__lte=on, ends_on__gte=on)
    return running.exclude(state=Cycle.State.CLOSED).order_by("ends_on", "-starts_on")[:1]


def cycles_to_plan() -> list[Cycle]:
    """Those that are not closed, the first to begin first."""
    return list(Cycle.objects.exclude(state=Cycle.State.CLOSED).order_by("starts_on", "pk"))


def cycle_to_plan(cycles: Iterable[Cycle], on: dt.date, pk: int | None = None) -> Cycle | None:
    """The one named; else the next that is open for proposals; else the one that runs, or comes next."""
    every = list(cycles)
    if pk is not None:
        return next((one for one in every if one.pk == pk), None)
    coming = [one for one in every if one.starts_on > on]
    planned = [one for one in coming if one.opens_on is None or one.opens_on <= on]
    running = [one for one in every if one.starts_on <= on <= one.ends_on]
    return next(iter([*planned, *running, *coming]), None)


def elapsed(cycle: Cycle, on: dt.date) -> float:
    """The part of a cycle that has passed on a day."""
    return elapsed_fraction(cycle.starts_on, cycle.ends_on, on)


@dataclass(frozen=True)
class ToClose:
    """An objective as it would end when its cycle closes now."""

    objective: Objective
    score: float | None
    never_measured: int
    becomes: State
    may_decide: bool  # dropping and the learning are the line's


def to_close(cycle: Cycle, reader: Person, on: dt.date, limit: int = AT_ONCE) -> list[ToClose]:
    """What is left in a cycle, what falls short first, with how each would end by the rule. Four queries."""
    rows = list(
        Objective.objects.visible_to(reader)
        .filter(cycle=cycle)
        .exclude(state__in=CLOSED)
        .select_related("cycle", "owner_person", "owner_unit__leader")
        .prefetch_related("key_results")
        .order_by(urgency(on), "search", "pk")[:limit]
    )
    led, _ = charges(rows, reader)
    return [_ending(row, row.pk in led) for row in rows]


def closing_of(objective: Objective, may_decide: bool = True) -> ToClose:
    """How one objective would end by the rule, now."""
    return _ending(objective, may_decide)


def _ending(objective: Objective, may_decide: bool) -> ToClose:
    closing, reached = figures.closing_of(objective)
    becomes = State.DROPPED
    if objective.state in LIVE:
        becomes = State.ACHIEVED if reached else State.MISSED
    return ToClose(objective, closing.clamped, closing.never_measured, becomes, may_decide)


def following(cycle: Cycle) -> Sequence[Cycle]:
    """The cycles that something can be carried over into: open or planned, the next one first."""
    later = Cycle.objects.exclude(state=Cycle.State.CLOSED).exclude(pk=cycle.pk)
    return list(later.filter(ends_on__gt=cycle.ends_on).order_by("starts_on", "pk"))
