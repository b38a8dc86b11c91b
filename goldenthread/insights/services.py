"""Storing the figures of a day: by the nightly job, the command, and whoever brings the past in."""

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from goldenthread.core import clock, history
from goldenthread.core.held import Held
from goldenthread.core.jobs import enqueue
from goldenthread.engine.result import Result
from goldenthread.insights.models import Figure, Measured
from goldenthread.insights.selectors.alignment import (
    ALIGNMENT,
    Alignment,
    measure,
    packed_alignment,
)
from goldenthread.insights.selectors.counted import Work, work_on
from goldenthread.insights.selectors.effort.figures import packed_effort
from goldenthread.insights.selectors.effort.ground import ground_of
from goldenthread.insights.selectors.effort.measuring import measure_all
from goldenthread.insights.selectors.effort.reading import EFFORT, name_of
from goldenthread.insights.selectors.map_figures import STRUCTURE, packed_structure, structure_now
from goldenthread.insights.selectors.planning import cycle_to_plan, cycles_to_plan
from goldenthread.insights.selectors.planning_figures import COMPLETENESS, planning_figures
from goldenthread.insights.selectors.practice import ACHIEVED, WHOLE, closings, practice_on
from goldenthread.insights.selectors.progress import progress_by_priority
from goldenthread.objectives.models import Cycle, Objective
from goldenthread.objectives.selectors.counted_work import AT_ONCE, COUNT_WORK
from goldenthread.people.models import Person, PersonHeld, Unit, UnitHeld
from goldenthread.strategy.models import Priority, Strategy

BATCH = 500
MEDIAN_DEPTH, LONGEST_DEPTH = "depth-median", "depth-longest"
CLOSES_WITHIN = 120  # days after a cycle has ended in which what it came to may still be put right
FIELDS = ["value", "numerator", "denominator", "n", "status", "stored_at"]
KEPT = (Unit, Person, Strategy, Priority, Objective)
Step = Callable[[], AbstractContextManager[object]]
Named = tuple[str, Figure.Scope, int, Result]


def store_figures(as_of: dt.date | None = None, step: Step = transaction.atomic) -> int:
    """Store the figures of a day (today unless told), of the whole, units and priorities; how many there are.

    Needs no permission: it writes nothing that its readers could not have computed, and runs without a
    person. Run again for the same day it changes nothing but what has changed. Objectives have no row here: what
    they were is kept from change to change (`ObjectiveScore`). Refuses a day before everything was kept.
    """
    day = as_of or clock.today()
    history.refuse_unknown(day)
    work = work_on(day)
    found = measure(work)
    named = [
        *_of_alignment(found),
        *_of_practice(work, found),
        *_of_effort(work),
        *_of_planning(day),
    ]
    for priority, result in progress_by_priority(work):
        named.append((measure_of(result), Figure.Scope.PRIORITY, int(priority[1:]), result))
    figures = [*(_row(day, *one) for one in named), *_of_closed_cycles(work, found)]
    with step():
        Figure.objects.bulk_create(
            figures,
            update_conflicts=True,
            unique_fields=["measure", "scope_kind", "scope_id", "as_of", "method_version"],
            update_fields=FIELDS,
            batch_size=500,
        )
    return len(figures)


def keep_measured(step: Step = transaction.atomic) -> None:
    """Keep what pages show of all lines of a large organisation; of a small one they measure it themselves."""
    if Objective.objects.counted().order_by()[: AT_ONCE + 1].count() <= AT_ONCE:
        Measured.objects.all().delete()
        return
    work = work_on(clock.today())
    content = {
        ALIGNMENT: packed_alignment(measure(work)),
        STRUCTURE: packed_structure(structure_now()),
    }
    _keep(content, step)
    _keep_effort(work, step)


def _keep_effort(work: Work, step: Step) -> None:
    """Of each unit a row; those of units that are no more go."""
    content: dict[str, bytes] = {}
    names: set[str] = set()
    for found in measure_all(ground_of(work)):
        content[name_of(found.unit)] = packed_effort(found)
        if len(content) == BATCH:
            names |= content.keys()
            _keep(content, step)
            content = {}
    names |= content.keys()
    _keep(content, step)
    stored = Measured.objects.filter(name__startswith=EFFORT).values_list("pk", flat=True)
    gone = set(stored) - names
    if gone:
        with step():
            Measured.objects.filter(pk__in=list(gone)[:BATCH]).delete()


def _keep(content: Mapping[str, bytes], step: Step) -> None:
    today, now = clock.today(), timezone.now()
    with step():
        Measured.objects.bulk_create(
            [
                Measured(name=name, measured_on=today, measured_at=now, content=packed)
                for name, packed in content.items()
            ],
            update_conflicts=True,
            unique_fields=["name"],
            update_fields=["measured_on", "measured_at", "content"],
        )


def people_changed(model: type[Held]) -> None:
    """Ask for another measuring when people have come, moved or gone, or units; lines ask for it by themselves."""
    if model in {PersonHeld, UnitHeld} and Measured.objects.exists():
        enqueue(COUNT_WORK, key=COUNT_WORK)


def store_every_day(most: int = 31, step: Step = transaction.atomic) -> int:
    """Store yesterday, and what nights without a run left out before it, `most` days back; how many days.

    First it goes through what holds, so that a change written past the services counts from yesterday on.
    """
    yesterday = clock.today() - dt.timedelta(days=1)
    for model in KEPT:
        history.keep_all(model, yesterday, step)
    last = (
        Figure.objects.filter(scope_kind=Figure.Scope.ORGANISATION, as_of__lte=yesterday)
        .order_by("-as_of")
        .values_list("as_of", flat=True)
        .first()
    )
    begins = max(
        day
        for day in (
            yesterday - dt.timedelta(days=most - 1),
            last and last + dt.timedelta(days=1),
            history.known_from(),
        )
        if day is not None
    )
    missing = (yesterday - begins).days + 1 if last else 1
    days = [yesterday - dt.timedelta(days=back) for back in range(missing)]
    known = history.known_from()
    days = [day for day in days if known is None or day >= known]
    for day in reversed(days):
        store_figures(day, step)
    return len(days)


def _of_alignment(found: Alignment) -> Iterator[Named]:
    organisation = Figure.Scope.ORGANISATION
    for result in (found.by_count, found.by_value, found.by_people):
        yield measure_of(result), organisation, 0, result
    yield MEDIAN_DEPTH, organisation, 0, found.depth.median
    yield LONGEST_DEPTH, organisation, 0, found.depth.maximum
    for unit in found.units:
        for result in (unit.by_count, unit.by_people):
            yield measure_of(result), Figure.Scope.UNIT, unit.unit, result


def _of_practice(work: Work, found: Alignment) -> Iterator[Named]:
    for name, unit, result in practice_on(work, _hidden(found)):
        yield name, _scope(unit), unit, result


def _hidden(found: Alignment) -> set[int]:
    """The units of too few people."""
    return {unit.unit for unit in found.units if unit.withheld}


def _of_planning(day: dt.date) -> Iterator[Named]:
    """Of the round that is planned now: what stood in it on a day long gone is not known any more."""
    if day < clock.today() - dt.timedelta(days=1):
        return
    cycle = cycle_to_plan(cycles_to_plan(), day)
    figures = {} if cycle is None else planning_figures(cycle, day, at_night=True)
    if not figures or not figures[COMPLETENESS].n:
        return
    for name, result in figures.items():
        yield name, Figure.Scope.ORGANISATION, 0, result


def _scope(unit: int) -> Figure.Scope:
    return Figure.Scope.ORGANISATION if unit == WHOLE else Figure.Scope.UNIT


def _of_closed_cycles(work: Work, found: Alignment) -> Iterator[Figure]:
    """Dated on the day on which a cycle ended. What ended long ago is stored already and stays as it is."""
    closed = Cycle.objects.filter(state=Cycle.State.CLOSED, ends_on__lte=work.day)
    stored = Figure.objects.filter(
        measure=ACHIEVED, scope_kind=Figure.Scope.ORGANISATION, as_of=OuterRef("ends_on")
    )
    recent = Q(ends_on__gte=work.day - dt.timedelta(days=CLOSES_WITHIN))
    ends = set(closed.filter(recent | ~Exists(stored)).values_list("ends_on", flat=True))
    for day, name, unit, result in closings(ends, work, _hidden(found)) if ends else ():
        yield _row(day, name, _scope(unit), unit, result)


def _of_effort(work: Work) -> Iterator[Named]:
    """The figures of effort of the whole, and of each unit of which anything may be told."""
    for found in measure_all(ground_of(work)):
        if found.unit is None:
            for name, result in found.measures:
                yield name, Figure.Scope.ORGANISATION, 0, result
        elif not found.withheld:
            for name, result in found.measures:
                yield name, Figure.Scope.UNIT, found.unit, result


def measure_of(result: Result) -> str:
    return result.method_version.partition("/")[0]


def _row(day: dt.date, measure: str, scope: Figure.Scope, scope_id: int, result: Result) -> Figure:
    return Figure(
        measure=measure,
        scope_kind=scope,
        scope_id=scope_id,
        as_of=day,
        method_version=result.method_version,
        value=result.value,
        numerator=result.numerator,
        denominator=result.denominator,
        n=result.n,
        status=result.status.value,
    )
