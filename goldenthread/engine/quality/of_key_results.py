"""The rules about single key results, K01 to K18. Each answers with the figures of its message, or that it holds."""

from bisect import bisect_right
from collections.abc import Sequence
from datetime import date, timedelta
from math import fsum, sqrt

from goldenthread.engine.quality.facts import (
    Answer,
    Asked,
    Direction,
    KeyResultFacts,
    Kind,
    Verdict,
    fires_if,
)
from goldenthread.engine.quality.words import Bounds, Words, begins_with, first_of
from goldenthread.engine.result import TOLERANCE, Number

WEIGHTS_WITHIN = 0.01
DOMINANT = 0.70
ENOUGH_POINTS = 8
LEAP, NOISE = 3, 2
FEWEST_MEASUREMENTS = 3


def no_unit(asked: Asked) -> Answer:
    if not asked.one.is_numeric:
        return Verdict.LEFT_OUT
    return fires_if(not asked.one.unit.strip() or not asked.one.title.strip())


def no_baseline(asked: Asked) -> Answer:
    if not asked.one.moves:
        return Verdict.LEFT_OUT
    return fires_if(asked.one.baseline is None and not _to_be_measured(asked))


def no_target(asked: Asked) -> Answer:
    one = asked.one
    if not one.is_numeric:
        return Verdict.LEFT_OUT
    missing = (
        one.low is None and one.high is None if one.kind is Kind.THRESHOLD else one.target is None
    )
    return fires_if(missing and not _to_be_measured(asked))


def flat_target(asked: Asked) -> Answer:
    if not asked.one.moves or not asked.one.is_judged:
        return Verdict.LEFT_OUT
    return fires_if(_flat(asked.one))


def direction(asked: Asked) -> Answer:
    one = asked.one
    if one.direction is None or not one.moves or one.baseline is None or one.target is None:
        return Verdict.LEFT_OUT
    if _flat(one):
        return Verdict.LEFT_OUT
    rises = float(one.target) > float(one.baseline)
    return fires_if(
        rises is not (one.direction is Direction.INCREASE),
        direction=str(one.direction),
        side="higher" if rises else "lower",
    )


def output_wording(asked: Asked) -> Answer:
    return Verdict.LEFT_OUT if asked.words is None else fires_if(is_output(asked.one, asked.words))


def hold_wording(asked: Asked) -> Answer:
    if asked.words is None:
        return Verdict.LEFT_OUT
    holds = begins_with(asked.one.tokens, asked.words.hold_beginnings)
    return fires_if(holds and asked.one.kind is not Kind.THRESHOLD)


def due(asked: Asked) -> Answer:
    starts, ends = asked.objective.starts, asked.objective.ends
    if starts is None or ends is None or ends <= starts:
        return Verdict.LEFT_OUT
    days = [asked.one.due_on, *(due for due in asked.one.milestones_due if due is not None)]
    outside = any(day is None or not starts <= day <= ends for day in days)
    return fires_if(outside, start=starts, end=ends)


def no_source(asked: Asked) -> Answer:
    if not asked.one.is_numeric:
        return Verdict.LEFT_OUT
    return fires_if(not asked.one.source.strip() or not asked.one.reporter.strip())


def bounds(asked: Asked) -> Answer:
    one = asked.one
    found = None if asked.words is None else _bounds_of(one, asked.words)
    values = (one.baseline, one.target, one.commit, one.stretch, one.low, one.high, one.latest)
    given = [value for value in values if value is not None]
    if found is None or not given:
        return Verdict.LEFT_OUT
    outside = [
        value
        for value in given
        if (found.low is not None and float(value) < found.low)
        or (found.high is not None and float(value) > found.high)
    ]
    return fires_if(bool(outside), value=outside[0] if outside else None, unit=one.unit)


def vague_qualifier(asked: Asked) -> Answer:
    if asked.words is None:
        return Verdict.LEFT_OUT
    word = first_of(asked.one.title, asked.words.vague_qualifiers)
    has_digit = any(sign.isdigit() for sign in asked.one.title)
    return fires_if(word is not None and not has_digit, word=(word or "").capitalize())


def weights(asked: Asked) -> Answer:
    """Asked of the objective: the shares of its key results make a whole."""
    rows = asked.objective.counting
    if not rows:
        return Verdict.LEFT_OUT
    total = fsum(float(row.share) for row in rows)
    return fires_if(abs(total - 1) > WEIGHTS_WITHIN + TOLERANCE, sum=f"{total * 100:.0f} %")


def dominant_weight(asked: Asked) -> Answer:
    """Asked of the objective: no key result outweighs all others."""
    rows = asked.objective.counting
    if len(rows) < 2:
        return Verdict.LEFT_OUT
    return fires_if(any(float(row.share) > DOMINANT + TOLERANCE for row in rows))


def already_met(asked: Asked) -> Answer:
    one = asked.one
    if not one.moves or one.target is None or one.value_before is None:
        return Verdict.LEFT_OUT
    before, target = float(one.value_before), float(one.target)
    if one.baseline is not None and not _flat(one):
        rises = target > float(one.baseline)
    elif one.direction is not None:
        rises = one.direction is Direction.INCREASE
    else:
        return Verdict.LEFT_OUT
    return fires_if(before >= target if rises else before <= target)


def leap(asked: Asked) -> Answer:
    change, days = _change(asked), _days(asked)
    if change is None or days is None:
        return Verdict.LEFT_OUT
    largest = largest_change(asked.one.points, days)
    return Verdict.LEFT_OUT if largest is None else fires_if(change > LEAP * largest + TOLERANCE)


def noise(asked: Asked) -> Answer:
    change = _change(asked)
    if change is None or _flat(asked.one):
        return Verdict.LEFT_OUT
    spread = spread_about_trend(asked.one.points)
    return Verdict.LEFT_OUT if spread is None else fires_if(change < NOISE * spread - TOLERANCE)


def too_rare(asked: Asked) -> Answer:
    days = _days(asked)
    if not asked.one.is_numeric or not asked.one.measured_every or days is None:
        return Verdict.LEFT_OUT
    n = days // asked.one.measured_every
    return fires_if(n < FEWEST_MEASUREMENTS, n=n)


def late_retarget(asked: Asked) -> Answer:
    starts, ends = asked.objective.starts, asked.objective.ends
    if starts is None or ends is None or ends <= starts:
        return Verdict.LEFT_OUT
    changed = asked.one.retargeted
    if changed is None or changed.on <= starts + (ends - starts) / 2:
        return Verdict.HOLDS
    return fires_if(True, date=changed.on, who=changed.by)


def is_output(one: KeyResultFacts, words: Words | None) -> bool:
    """Whether the key result counts work done: its title begins so, and its unit is yes or no, or a count of things made."""
    if words is None or not begins_with(one.tokens, words.output_beginnings):
        return False
    unit = one.unit.strip().lower()
    return (
        one.kind is Kind.MILESTONES or unit in words.yes_no_units or unit in words.deliverable_units
    )


def largest_change(points: Sequence[tuple[date, Number]], days: int) -> float | None:
    """The largest difference between two values at most `days` apart; None where the values do not reach so far.

    Shapes: dated values in the order of their days.
    """
    if not points or (points[-1][0] - points[0][0]).days < days:
        return None
    at = [day for day, _ in points]
    values = [float(value) for _, value in points]
    found = 0.0
    for place, day in enumerate(at):
        within = values[place : bisect_right(at, day + timedelta(days))]
        found = max(found, max(within) - values[place], values[place] - min(within))
    return found


def spread_about_trend(points: Sequence[tuple[date, Number]]) -> float | None:
    """The standard deviation of what is left of the values about their straight line over time (n − 2 in the denominator).

    Missing: fewer than three values, or all on one day.
    """
    n = len(points)
    if n < 3:
        return None
    x = [float((day - points[0][0]).days) for day, _ in points]
    y = [float(value) for _, value in points]
    mean_x, mean_y = fsum(x) / n, fsum(y) / n
    across = fsum((one - mean_x) ** 2 for one in x)
    if across == 0:
        return None
    slope = fsum((a - mean_x) * (b - mean_y) for a, b in zip(x, y, strict=True)) / across
    left = [b - mean_y - slope * (a - mean_x) for a, b in zip(x, y, strict=True)]
    return sqrt(fsum(one * one for one in left) / (n - 2))


def _to_be_measured(asked: Asked) -> bool:
    """Whether what is unknown has a day by which it is measured, which is not past."""
    by = asked.one.measure_by
    return by is not None and by >= asked.as_of


def _bounds_of(one: KeyResultFacts, words: Words) -> Bounds | None:
    unit, own = one.unit.strip().lower(), set(one.tokens)
    fitting = (row for row in words.bounds if unit in row.units)
    return next((row for row in fitting if not row.titles or row.titles & own), None)


def _flat(one: KeyResultFacts) -> bool:
    """Whether its target is its start. Both are known."""
    return (
        one.baseline is not None
        and one.target is not None
        and float(one.baseline) == float(one.target)
    )


def _change(asked: Asked) -> float | None:
    """The change that is asked for, where its KPI has enough values to judge it by."""
    one = asked.one
    if not one.moves or one.baseline is None or one.target is None:
        return None
    if len(one.points) < ENOUGH_POINTS:
        return None
    return abs(float(one.target) - float(one.baseline))


def _days(asked: Asked) -> int | None:
    """The days of the objective's period, both ends counted."""
    starts, ends = asked.objective.starts, asked.objective.ends
    return None if starts is None or ends is None or ends <= starts else (ends - starts).days + 1
