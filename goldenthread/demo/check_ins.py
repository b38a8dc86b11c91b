"""Check-ins of a whole quarter at once: written in bulk, day by day, with the records that the service leaves."""

import datetime as dt
import random
from collections.abc import Iterable
from decimal import Decimal
from itertools import groupby

from django.utils import timezone

from goldenthread.core import audit
from goldenthread.core.models import AuditRecord
from goldenthread.demo.days import day, standing_on
from goldenthread.demo.people import Company
from goldenthread.demo.tables.rows import Held, Measured, Result, Row, Steps
from goldenthread.engine.pace import BEHIND_GAP, ON_PACE_GAP, elapsed_fraction
from goldenthread.objectives.models import CheckIn, KeyResult, Objective
from goldenthread.objectives.services.figures import refresh, score_of
from goldenthread.people.models import Person

Confidence = CheckIn.Confidence


def record_check_ins(
    company: Company, rows: Iterable[tuple[Objective, Row, dt.date]], every: dt.timedelta
) -> None:
    """Check in on every key result, from the begin of its objective to the day given; figures follow day by day."""
    made: list[CheckIn] = []
    for objective, row, last in rows:
        author = company.speaker_for(objective)
        begins = objective.starts
        if objective.agreed_at is not None:
            begins = max(begins, objective.agreed_at.date())
        key_results = objective.key_results.prefetch_related("milestones").order_by("position")
        for place, (key_result, result) in enumerate(zip(key_results, row.results, strict=True)):
            key_result.objective = objective
            note = row.note if place == 0 else ""
            made += _series(key_result, result, _days(begins, last, every, result), note, author)
    made.sort(key=lambda one: (one.as_of, one.key_result_id))
    for on, group in groupby(made, key=lambda one: one.as_of):
        _store(on, list(group))


def _days(starts: dt.date, last: dt.date, every: dt.timedelta, result: Result) -> list[dt.date]:
    days = [last]
    given = len(result.values.split()) if isinstance(result, Held | Measured) else 0
    while days[0] - every > starts and (not given or len(days) < given):
        days.insert(0, days[0] - every)
    return days


def _series(
    key_result: KeyResult, result: Result, days: list[dt.date], note: str, author: Person
) -> list[CheckIn]:
    made: list[CheckIn] = []
    milestones = [one.pk for one in key_result.milestones.all()]
    values = [] if isinstance(result, Steps) else _values(result, len(days))
    for place, on in enumerate(days):
        done: list[int] = []
        if isinstance(result, Steps):
            done = milestones[: _done(result, on, days)]
            value = Decimal(len(done))
        else:
            value = values[place]
        one = CheckIn(
            key_result=key_result,
            as_of=on,
            value=value,
            milestones_done=done,
            note=note if on == days[-1] else "",
            author=author,
        )
        made.append(one)
        one.score = score_of(key_result, made, on).clamped
        one.confidence = _confidence(key_result, one)
    return made


def _done(result: Steps, on: dt.date, days: list[dt.date]) -> int:
    """How many of the steps done were done by a day: when they were due, or evenly where no day was set."""
    if on == days[-1]:
        return result.done
    due = [day(text) for _, text in result.steps if text]
    if due:
        return min(result.done, sum(one <= on for one in due))
    return result.done * (days.index(on) + 1) // len(days)


def _values(result: Measured | Held, count: int) -> list[Decimal]:
    if result.values:
        return [Decimal(text) for text in result.values.split()]
    assert isinstance(result, Measured)
    start, now = Decimal(result.start), Decimal(result.now)
    places = max(len(text.partition(".")[2]) for text in (result.start, result.target, result.now))
    drawn = random.Random(f"{result.title} {result.now}")  # noqa: S311  the same each time
    steps = [Decimal(drawn.randint(6, 14)) for _ in range(count)]
    gone = [sum(steps[: place + 1], Decimal(0)) / sum(steps) for place in range(count)]
    return [round(start + (now - start) * part, places) for part in gone]


def _confidence(key_result: KeyResult, one: CheckIn) -> str:
    """As people judge: by how far it is against the time that has gone."""
    objective = key_result.objective
    expected = elapsed_fraction(objective.starts, objective.ends, one.as_of)
    if key_result.kind == KeyResult.Kind.THRESHOLD:
        expected = float(key_result.required_share)
    gap = (one.score or 0.0) - expected
    if gap >= ON_PACE_GAP / 2:
        return Confidence.HIGH
    return Confidence.MEDIUM if gap >= BEHIND_GAP else Confidence.LOW


def _store(on: dt.date, made: list[CheckIn]) -> None:
    with standing_on(on, hour=10):
        for one in made:
            one.recorded_at = timezone.now()
        CheckIn.objects.bulk_create(made)
        AuditRecord.objects.bulk_create(
            AuditRecord(
                actor_id=one.author_id,
                verb="check in",
                subject_type=KeyResult._meta.label_lower,
                subject_id=one.key_result_id,
                after={
                    "value": audit.plain(one.value),
                    "as_of": audit.plain(one.as_of),
                    "confidence": one.confidence,
                },
            )
            for one in made
        )
        refresh({one.key_result.objective_id: one.key_result.objective for one in made}.values())
