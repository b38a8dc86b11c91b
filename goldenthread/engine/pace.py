"""Whether progress keeps up with time, in the words that screens show."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date, timedelta
from enum import StrEnum
from math import fsum
from typing import NamedTuple

from goldenthread.engine.result import TOLERANCE, Number

METHOD_VERSION = "pace-and-health/1"

ON_PACE_GAP = -0.10
BEHIND_GAP = -0.25
EARLY_UNTIL = 0.15
"""Before this part of the period has passed nothing is judged."""
OUTDATED_CADENCES = 2


class Health(StrEnum):
    """The verdict on an objective or a key result."""

    ON_PACE = "on_pace"
    BEHIND = "behind"
    AT_RISK = "at_risk"
    OUTDATED = "outdated"
    DONE = "done"
    NOT_MEASURED = "not_measured"
    NOT_STARTED = "not_started"
    EARLY = "early"


class HealthCuts(NamedTuple):
    """The lowest scores that are still on pace, and still behind; below them it is at risk."""

    on_pace: float
    behind: float


class Expectation(NamedTuple):
    """What an objective is expected to score: `fixed` + `slope` × elapsed fraction."""

    fixed: float
    slope: float

    def at(self, tau: float) -> float:
        """The expected score when the fraction `tau` of the period has passed."""
        return self.fixed + self.slope * tau


def elapsed_fraction(start: date, end: date, as_of: date) -> float:
    """The part of the period that has passed when the day `as_of` begins, 0 to 1.

    The period runs from the first moment of `start` to the last of `end`.
    Raises: ValueError when it ends before it starts.
    """
    if end < start:
        raise ValueError("the period ends before it starts")
    return min(1.0, max(0.0, (as_of - start).days / ((end - start).days + 1)))


def expected(
    start: date,
    end: date,
    as_of: date,
    plan: Sequence[tuple[date, Number]] | None = None,
) -> float:
    """The score expected on a day: the elapsed fraction, or the owner's plan curve.

    Shapes: plan points (day, expected score 0 to 1), in any order, joined by straight lines that
    begin at 0 on `start` and end at 1 after `end` where the plan has no point of its own.
    Raises: ValueError for a plan point outside the period or outside 0 to 1.
    """
    if not plan:
        return elapsed_fraction(start, end, as_of)
    over = end + timedelta(days=1)
    points = {start: 0.0, over: 1.0} | {day: float(score) for day, score in plan}
    days = sorted(points)
    if days[0] < start or days[-1] > over or not all(0 <= s <= 1 for s in points.values()):
        raise ValueError("a plan point is outside the period or outside 0 to 1")
    if as_of <= start:
        return points[start]
    if as_of >= over:
        return points[over]
    before = max(day for day in days if day <= as_of)
    after = min(day for day in days if day > as_of)
    part = (as_of - before) / (after - before)
    return points[before] + part * (points[after] - points[before])


def expectation(key_results: Iterable[tuple[Number, Number | None]]) -> Expectation:
    """What an objective is expected to score over time, from its key results.

    Shapes: pairs of weight and required share; the share of the time that a threshold must be
    held, None for every other kind, which is expected to follow the elapsed fraction.
    Pass the key results that the objective's score is made of: the measured ones.
    Missing: without any weight the elapsed fraction alone.
    """
    pairs = [(float(weight), required) for weight, required in key_results]
    total = fsum(weight for weight, _ in pairs)
    if total == 0:
        return Expectation(0.0, 1.0)
    held = fsum(weight * float(required) for weight, required in pairs if required is not None)
    timed = fsum(weight for weight, required in pairs if required is None)
    return Expectation(held / total, timed / total)


def pace_gap(score: float, expected_score: float) -> float:
    """Score minus expectation: below 0 is less than expected.

    For a threshold to hold, the expectation is its required share.
    """
    return score - expected_score


def health_cuts(expected_score: float) -> HealthCuts:
    """The limits that `health` compares a score with (`>=`), for filters made elsewhere.

    They lie a hair under the exact figures, so that a gap of exactly −0.10 is on pace whatever
    floats make of it.
    """
    return HealthCuts(
        expected_score + ON_PACE_GAP - TOLERANCE, expected_score + BEHIND_GAP - TOLERANCE
    )


def is_outdated(last_check_in: date, cadence_days: int, as_of: date) -> bool:
    """Whether the last check-in is more than 2 × cadence days old."""
    return (as_of - last_check_in).days > OUTDATED_CADENCES * cadence_days


def health(
    score: float | None,
    expected: float,
    tau: float,
    last_check_in: date | None,
    cadence_days: int,
    as_of: date,
    start: date,
    achieved: bool = False,
    *,
    still_open: bool = False,
) -> Health:
    """The one word for where an objective or key result stands; the first that fits.

    Done (closed as achieved, or score 1), not started, not measured, outdated, early, then the
    pace. `still_open` is true while a threshold has yet to be held to the end, or a key result
    has no score: then a score of 1 so far is not done.
    Missing: no score is not measured; without a check-in its age counts from `start`.
    """
    if achieved or (score is not None and score >= 1 - TOLERANCE and not still_open):
        return Health.DONE
    if as_of < start:
        return Health.NOT_STARTED
    if score is None:
        return Health.NOT_MEASURED
    if is_outdated(last_check_in or start, cadence_days, as_of):
        return Health.OUTDATED
    if tau < EARLY_UNTIL - TOLERANCE:
        return Health.EARLY
    cuts = health_cuts(expected)
    if score >= cuts.on_pace:
        return Health.ON_PACE
    return Health.BEHIND if score >= cuts.behind else Health.AT_RISK


class VerdictDates(NamedTuple):
    """The days on which the pace verdict of an unchanged score changes, for filters over many.

    Judged from `judged_from`; on pace up to and with `on_pace_until`, behind up to and with
    `behind_until`, at risk after it. `date.max` where the verdict lasts.
    """

    judged_from: date
    on_pace_until: date
    behind_until: date


def verdict_dates(
    score: float | None, expectation: Expectation, start: date, end: date
) -> VerdictDates:
    """When `health` would change its pace verdict on this score, so that a stored date answers for it.

    Found with the same cuts as `health` uses, day by day in the period, so that the two agree.
    Missing: without a score every date is the day before the start.
    """
    before = start - timedelta(days=1)
    days = (end - start).days + 2  # the day after the end has the whole period behind it
    judged = _first_day(
        days,
        start,
        lambda day: elapsed_fraction(start, end, day) >= EARLY_UNTIL - TOLERANCE,
    )
    if score is None:
        return VerdictDates(judged, before, before)

    def cuts(day: date) -> HealthCuts:
        return health_cuts(expectation.at(elapsed_fraction(start, end, day)))

    behind = _first_day(days, start, lambda day: score < cuts(day).on_pace)
    at_risk = _first_day(days, start, lambda day: score < cuts(day).behind)
    return VerdictDates(judged, _day_before(behind), _day_before(at_risk))


def _first_day(days: int, start: date, holds: Callable[[date], bool]) -> date:
    """The first day on which something holds that goes on holding; `date.max` when it never does."""
    low, high = 0, days
    while low < high:
        middle = (low + high) // 2
        if holds(start + timedelta(days=middle)):
            high = middle
        else:
            low = middle + 1
    return start + timedelta(days=low) if low < days else date.max


def _day_before(day: date) -> date:
    return day if day == date.max else day - timedelta(days=1)
