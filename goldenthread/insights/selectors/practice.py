"""The practice and what comes of it on a day, of the whole and by unit: what the night stores for *Inputs and outputs*."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from itertools import groupby
from operator import itemgetter
from typing import Any, NamedTuple, TypeVar

from django.db.models.functions import Coalesce

from goldenthread.core import clock, history
from goldenthread.engine import adoption, practice
from goldenthread.engine.adoption import CheckIns
from goldenthread.engine.pace import Health
from goldenthread.engine.quality.rules import BY_CODE
from goldenthread.engine.result import Result, suppressed
from goldenthread.engine.scores import Ambition, achieved
from goldenthread.insights.selectors.counted import Work
from goldenthread.objectives.models import CheckIn, Cycle, Objective, ObjectiveHeld
from goldenthread.objectives.selectors.standing import standing, usual_cadence
from goldenthread.objectives.selectors.stood import as_they_stood
from goldenthread.objectives.states import CLOSED, LIVE, State
from goldenthread.people.models import Absence
from goldenthread.strategy.models import Kpi
from goldenthread.strategy.selectors import kpi_standings

CRITERIA, ADHERENCE = "criteria-quality", "check-in-adherence"
KPIS, ON_PACE = "kpis-in-range", "critical-on-pace"
ACHIEVED, LEFT_OUT = "critical-achieved", "critical-left-out"
WARNINGS = frozenset(code for code, rule in BY_CODE.items() if rule.shown_as() in {"error", "warn"})
UNJUDGED = frozenset({Health.EARLY, Health.NOT_MEASURED, Health.NOT_STARTED})
WHOLE = 0
BATCH = 2000


class Tally(NamedTuple):
    """What is counted of a unit: agreed objectives looked at, and those on which nothing is open; check-ins made and
    due; KPIs with a target, those that can be judged and those in range; critical objectives judged and on pace."""

    looked_at: int = 0
    holding: int = 0
    made: int = 0
    due: int = 0
    with_target: int = 0
    judged: int = 0
    inside: int = 0
    critical: int = 0
    on_pace: int = 0

    def __add__(self, other: tuple[int, ...]) -> "Tally":  # type: ignore[override]  # sums, column by column
        return Tally(*(one + more for one, more in zip(self, other, strict=True)))


Counts = TypeVar("Counts", "Tally", "Closing")
Figures = Iterator[tuple[str, int, Result]]
"""Measure, unit (`WHOLE`: all of them), figure."""


def practice_on(work: Work, hidden: Collection[int]) -> Figures:
    """The figures of the day of this work. `hidden` are units of too few people: what is told of those there stays
    hidden, as restricted work counts too.

    Criteria are judged as they stand, so that they are known of today and of the day before only.
    """
    day = work.day
    own: dict[int, Tally] = defaultdict(Tally)
    for unit, tally in (*_agreed(work), *_kpis(day), *_critical(work)):
        own[unit] += tally
    for unit, found in _with_those_below(own, work, Tally()).items():
        if not any(found):
            continue
        withheld = unit in hidden
        if day >= clock.today() - dt.timedelta(days=1) and found.looked_at:
            held = practice.criteria_share(found.holding, found.looked_at, as_of=day)
            yield CRITERIA, unit, _withheld(held) if withheld else held
        if found.due:
            came = practice.adherence(CheckIns(found.made, found.due), as_of=day)
            yield ADHERENCE, unit, _withheld(came) if withheld else came
        if found.with_target:
            counts = (found.inside, found.judged, found.with_target)
            yield KPIS, unit, practice.kpis_in_range(*counts, as_of=day)
        if found.critical:
            paced = practice.critical_on_pace(found.on_pace, found.critical, as_of=day)
            yield ON_PACE, unit, _withheld(paced) if withheld else paced


def _withheld(figure: Result) -> Result:
    return suppressed(unit_of_n="people", method_version=figure.method_version, as_of=figure.as_of)


def _with_those_below(own: Mapping[int, Counts], work: Work, none: Counts) -> dict[int, Counts]:
    """Each unit with everything under it, and the whole; what belongs to no unit in force counts in the whole alone."""
    found: dict[int, Counts] = {}
    for unit, counts in own.items():
        found[WHOLE] = found.get(WHOLE, none) + counts
        at = unit
        while at in work.units:
            found[at] = found.get(at, none) + counts
            at = work.units[at].parent or WHOLE
    return found


def _agreed(work: Work) -> Iterator[tuple[int, Tally]]:
    """Each agreed objective whose time it was: whether its criteria hold, and its check-ins."""
    day = work.day
    places = _places(work)
    away = _away(day)
    usual = usual_cadence()
    made = groupby(_check_ins(day), key=itemgetter(0))
    reached, days = next(made, (None, iter(())))
    for pk, starts, cadence, agreed_at, looked_at, rules in _live(day):
        while reached is not None and reached < pk:
            reached, days = next(made, (None, iter(())))
        unit, person = places.get(pk, (WHOLE, WHOLE))
        begin = max(starts, clock.day_of(agreed_at)) if agreed_at else starts
        came = adoption.check_ins_due(
            begin,
            day,
            cadence or usual,
            [on for _, on in days] if reached == pk else (),
            away.get(person, ()),
        )
        known = looked_at is not None
        yield (
            unit,
            Tally(
                looked_at=known,
                holding=known and WARNINGS.isdisjoint(rules.split()),
                made=came.held,
                due=came.due,
            ),
        )


def _places(work: Work) -> dict[int, tuple[int, int]]:
    """The unit in which each open objective is done, and who answers for it."""
    open_ones = work.objectives
    columns = (open_ones.ids.tolist(), open_ones.unit.tolist(), open_ones.person.tolist())
    return {pk: (unit, person) for pk, unit, person in zip(*columns, strict=True)}


def _live(day: dt.date) -> Iterator[tuple[int, dt.date, int | None, dt.datetime, dt.date, str]]:
    """What was agreed on the day and ran on it, by id."""
    rows = ObjectiveHeld.objects.filter(
        history.on(day), state__in=LIVE, starts_on__lte=day, ends_on__gte=day
    )
    names = ("agreed_at", "looked_at_on", "open_rules")
    columns = (*("objective_id", "starts_on", "cadence_days"), *(f"objective__{n}" for n in names))
    return rows.order_by("objective_id").values_list(*columns).iterator(chunk_size=BATCH)


def _check_ins(day: dt.date) -> Iterator[tuple[int, dt.date]]:
    """The days of the check-ins known on the day on what ran on it, by objective."""
    ran = history.on(day, "key_result__objective__periods__")
    rows = CheckIn.objects.filter(
        ran,
        key_result__objective__periods__state__in=LIVE,
        key_result__objective__periods__starts_on__lte=day,
        key_result__objective__periods__ends_on__gte=day,
        as_of__lte=day,
    )
    if day < clock.today():
        rows = rows.filter(recorded_at__lt=clock.start_of(day + dt.timedelta(days=1)))
    which = rows.order_by("key_result__objective_id").values_list(
        "key_result__objective_id", "as_of"
    )
    return which.iterator(chunk_size=BATCH)


def _away(day: dt.date) -> Mapping[int, Collection[tuple[dt.date, dt.date]]]:
    """The first and last days on which people were noted as away, up to the day."""
    away: dict[int, list[tuple[dt.date, dt.date]]] = defaultdict(list)
    for person, start, end in Absence.objects.filter(start__lte=day).values_list(
        "person_id", "start", "end"
    ):
        away[person].append((start, end))
    return away


def _kpis(day: dt.date) -> Iterator[tuple[int, Tally]]:
    """The KPIs in use that have a target or a range, as their values stand up to the day."""
    kpis = list(Kpi.objects.filter(state=Kpi.State.ACTIVE).order_by("pk"))
    for first in range(0, len(kpis), BATCH):
        for found in kpi_standings(kpis[first : first + BATCH], day).values():
            if found.has_a_number_to_meet:
                judged = bool(found.points) and found.health != Health.OUTDATED
                inside = judged and not found.out_of_range
                tally = Tally(with_target=1, judged=judged, inside=inside)
                yield found.kpi.unit_id or WHOLE, tally


def _critical(work: Work) -> Iterator[tuple[int, Tally]]:
    """The critical objectives under way, as they stood on the day."""
    day, places = work.day, _places(work)
    ran = ObjectiveHeld.objects.filter(
        history.on(day), state__in=LIVE, starts_on__lte=day, ends_on__gte=day
    )
    critical = ran.filter(objective__critical=True).order_by("pk")
    ids = list(critical.values_list("objective_id", flat=True))
    for first in range(0, len(ids), BATCH):
        rows = Objective.objects.filter(pk__in=ids[first : first + BATCH]).select_related("cycle")
        for one in as_they_stood(list(rows), day):
            health = standing(one, day).health
            if health not in UNJUDGED:
                good = health in {Health.ON_PACE, Health.DONE}
                unit, _ = places.get(one.pk, (WHOLE, WHOLE))
                yield unit, Tally(critical=1, on_pace=good)


# What closed cycles came to ---------------------------------------------------------------------------------------


class Closing(NamedTuple):
    """Critical objectives of closed cycles: how many were achieved, how many could be scored, and how many are left out
    because nothing about them could be scored or they were over before half of their cycle."""

    achieved: int = 0
    scored: int = 0
    left_out: int = 0

    def __add__(self, other: tuple[int, ...]) -> "Closing":  # type: ignore[override]  # sums, column by column
        return Closing(*(one + more for one, more in zip(self, other, strict=True)))


def closings(
    ends: Collection[dt.date], work: Work, hidden: Collection[int]
) -> Iterator[tuple[dt.date, str, int, Result]]:
    """What the critical objectives of the closed cycles that ended on these days came to: day, measure, unit, figure;
    of units of too few people it stays hidden, as in `practice_on`."""
    own: dict[dt.date, dict[int, Closing]] = defaultdict(lambda: defaultdict(Closing))
    rows = (
        Objective.objects.filter(critical=True, state__in=CLOSED, agreed_at__isnull=False)
        .filter(cycle__ends_on__in=ends, cycle__state=Cycle.State.CLOSED)
        .select_related("cycle")
        .annotate(place=Coalesce("owner_unit_id", "owner_person__unit_id", WHOLE))
    )
    one: Any
    for one in rows.order_by("pk").iterator(chunk_size=BATCH):
        own[one.cycle.ends_on][one.place] += outcome(one)
    for day, by_unit in sorted(own.items()):
        for unit, found in _with_those_below(by_unit, work, Closing()).items():
            came = practice.critical_achieved(*found[:2], as_of=day)
            left = practice.critical_left_out(found.left_out, as_of=day)
            for name, figure in ((ACHIEVED, came), (LEFT_OUT, left)):
                yield day, name, unit, _withheld(figure) if unit in hidden else figure


def outcome(one: Objective) -> Closing:
    """What a closed critical objective counts as (measures.md 1.2)."""
    early = one.closed_at is not None and clock.day_of(one.closed_at) < one.cycle.landmark
    if early or not one.measurable:
        return Closing(left_out=1)
    reached = one.state != State.DROPPED and achieved(Ambition(one.ambition), one.closing_score)
    return Closing(achieved=bool(reached), scored=1)
