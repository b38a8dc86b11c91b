"""Where an objective or a key result stands on a day: score, expectation, health. From stored figures."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import (
    Case,
    CharField,
    DateField,
    F,
    Func,
    IntegerField,
    Q,
    Value,
    When,
)
from django.db.models.functions import Cast
from django.db.models.lookups import GreaterThan

from goldenthread.core.clock import day_of
from goldenthread.core.models import Organisation
from goldenthread.engine import pace
from goldenthread.engine.pace import Health
from goldenthread.engine.result import TOLERANCE
from goldenthread.engine.scores import closing_part
from goldenthread.objectives.models import KeyResult, Objective, ObjectiveQuerySet
from goldenthread.objectives.services.figures import bar_of
from goldenthread.objectives.states import CLOSED, State

UNCONFIRMED = "unconfirmed"


@dataclass(frozen=True)
class Standing:
    """What a row or a page shows. `health` is an engine word, or "unconfirmed" before anybody took it on.

    `score` and `expected` are 0 to 1; `score` is None when nothing is measured.
    """

    health: str
    score: float | None
    expected: float
    last_check_in_on: dt.date | None
    next_check_in_on: dt.date | None

    @property
    def is_worrying(self) -> bool:
        return self.health in {Health.AT_RISK, Health.BEHIND, Health.OUTDATED}


def standing(objective: Objective, on: dt.date) -> Standing:
    """An objective's standing on a day; a closed one as it stood when it closed."""
    day = min(on, day_of(objective.closed_at)) if objective.closed_at else on
    tau = pace.elapsed_fraction(objective.starts, objective.ends, day)
    expectation = pace.Expectation(objective.expected_fixed, objective.expected_slope)
    score = objective.closing_score if objective.is_closed else objective.score
    health: str = pace.health(
        score,
        expectation.at(tau),
        tau,
        objective.last_check_in_on,
        objective.cadence,
        day,
        objective.starts,
        achieved=objective.state == State.ACHIEVED,
        still_open=objective.expected_fixed > 0 or objective.measured_share < 1 - TOLERANCE,
    )
    return _shown(objective, health, score, expectation.at(tau), objective.last_check_in_on)


def standing_of_key_result(key_result: KeyResult, objective: Objective, on: dt.date) -> Standing:
    """A key result's standing within its objective's period."""
    day = min(on, day_of(objective.closed_at)) if objective.closed_at else on
    tau = pace.elapsed_fraction(objective.starts, objective.ends, day)
    holding = key_result.kind == KeyResult.Kind.THRESHOLD
    expected = float(key_result.required_share) if holding else tau
    health: str = pace.health(
        key_result.score,
        expected,
        tau,
        key_result.last_check_in_on,
        objective.cadence,
        day,
        objective.starts,
        achieved=objective.is_closed
        and closing_part(key_result.score, bar_of(key_result, objective)) >= 1,
        still_open=holding and not objective.is_closed,
    )
    return _shown(objective, health, key_result.score, expected, key_result.last_check_in_on)


def _shown(
    objective: Objective, health: str, score: float | None, expected: float, last: dt.date | None
) -> Standing:
    if objective.state == State.UNCONFIRMED:
        return Standing(UNCONFIRMED, score, expected, last, None)
    due = (last or objective.starts) + dt.timedelta(days=objective.cadence)
    return Standing(
        health, score, expected, last, None if objective.is_closed else min(due, objective.ends)
    )


def with_health(rows: ObjectiveQuerySet, health: str, on: dt.date) -> ObjectiveQuerySet:
    """Those that stand so on the day. Closed ones are never among them."""
    return rows.alias(stands=verdict(on)).filter(stands=health)


def verdict(on: dt.date, cadence: int | None = None) -> Case:
    """The health on a day as the database can tell it, by the stored dates on which the pace verdict changes.

    `cadence` is the usual one, where a query that is kept has to know it (`core.prepared`). Agrees with `standing` for every objective that is not closed; "" for closed ones.
    """
    done = Q(score__gte=1 - TOLERANCE, expected_fixed__lte=0, measured_share__gte=1 - TOLERANCE)
    to_come = Q(starts_on__gt=on) | Q(starts_on__isnull=True, cycle__starts_on__gt=on)
    first_that_fits = [
        (Q(state__in=CLOSED), ""),
        (Q(state=State.UNCONFIRMED), UNCONFIRMED),
        (done, Health.DONE),
        (to_come, Health.NOT_STARTED),
        (Q(score__isnull=True), Health.NOT_MEASURED),
        (long_silent(on, "last_check_in_on", cadence), Health.OUTDATED),
        (Q(judged_from__gt=on), Health.EARLY),
        (Q(on_pace_until__gte=on), Health.ON_PACE),
        (Q(behind_until__gte=on), Health.BEHIND),
    ]
    return Case(
        *(When(condition, then=Value(str(word))) for condition, word in first_that_fits),
        default=Value(str(Health.AT_RISK)),
        output_field=CharField(),
    )


class DaysSince(Func):
    """Whole days from a stored date to a given one."""

    output_field = IntegerField()

    def __init__(self, since: str, on: dt.date) -> None:
        super().__init__(Cast(Value(on), DateField()), F(since))

    def as_sqlite(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        return self.as_sql(
            compiler,
            connection,
            template="CAST(julianday(%(expressions)s) AS INTEGER)",
            arg_joiner=") - julianday(",
            **extra,
        )

    def as_postgresql(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        template = "(%(expressions)s)"
        return self.as_sql(compiler, connection, template=template, arg_joiner=" - ", **extra)


def usual_cadence() -> int:
    """Days between two check-ins where an objective names none of its own."""
    organisation = Organisation.current()
    return organisation.cadence_days if organisation else 7


def long_silent(on: dt.date, since: str, cadence: int | None = None) -> Q:
    """More than twice the cadence has gone by since the day that stands there."""
    gone_by = (cadence or usual_cadence()) * pace.OUTDATED_CADENCES
    last = on - dt.timedelta(days=gone_by)  # reckoned once, not in each row
    usual = Q((f"{since}__lt", last), cadence_days__isnull=True)
    of_its_own = GreaterThan(DaysSince(since, on), F("cadence_days") * pace.OUTDATED_CADENCES)
    return usual | Q(of_its_own, cadence_days__isnull=False)
