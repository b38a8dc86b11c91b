"""Where an objective or a key result stands on a day: score, expectation, health. From stored figures."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Q

from goldenthread.core.models import Organisation
from goldenthread.engine import pace
from goldenthread.engine.pace import Health
from goldenthread.engine.result import TOLERANCE
from goldenthread.objectives.models import KeyResult, Objective, ObjectiveQuerySet
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
    day = min(on, objective.closed_at.date()) if objective.closed_at else on
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
    day = min(on, objective.closed_at.date()) if objective.closed_at else on
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
    """Those that stand so on the day, by the stored dates on which the verdict changes.

    Agrees with `standing` for every objective that is not closed; closed ones are never among them.
    """
    if health == UNCONFIRMED:
        return rows.filter(state=State.UNCONFIRMED)
    rows = rows.exclude(state__in=[*CLOSED, State.UNCONFIRMED])
    done = Q(score__gte=1 - TOLERANCE, expected_fixed__lte=0, measured_share__gte=1 - TOLERANCE)
    if health == Health.DONE:
        return rows.filter(done)
    rows = rows.exclude(done & Q(score__isnull=False))
    to_come = Q(starts_on__gt=on) | Q(starts_on__isnull=True, cycle__starts_on__gt=on)
    if health == Health.NOT_STARTED:
        return rows.filter(to_come)
    rows = rows.exclude(to_come)
    if health == Health.NOT_MEASURED:
        return rows.filter(score__isnull=True)
    rows = rows.filter(score__isnull=False)
    outdated = is_outdated(on)
    if health == Health.OUTDATED:
        return rows.filter(outdated)
    rows = rows.exclude(outdated)
    if health == Health.EARLY:
        return rows.filter(judged_from__gt=on)
    rows = rows.filter(judged_from__lte=on)
    if health == Health.ON_PACE:
        return rows.filter(on_pace_until__gte=on)
    rows = rows.filter(on_pace_until__lt=on)
    if health == Health.BEHIND:
        return rows.filter(behind_until__gte=on)
    return rows.filter(behind_until__lt=on)


def is_outdated(on: dt.date) -> Q:
    """Last check-in more than twice the cadence ago: one condition for each cadence in use."""
    organisation = Organisation.current()
    default = organisation.cadence_days if organisation else 7
    found = Q(cadence_days__isnull=True, last_check_in_on__lt=_oldest(on, default))
    own = Objective.objects.filter(cadence_days__isnull=False).values_list(
        "cadence_days", flat=True
    )
    for cadence in own.distinct().order_by():
        if cadence is not None:
            found |= Q(cadence_days=cadence, last_check_in_on__lt=_oldest(on, cadence))
    return found


def _oldest(on: dt.date, cadence: int) -> dt.date:
    return on - dt.timedelta(days=pace.OUTDATED_CADENCES * cadence)
