"""How far a key result, an objective and a priority are, from 0 (not begun) to 1 (reached).

A key result that was never measured has no score: None, never 0. Its weight is left out and
lowers the coverage, except at closing.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from math import fsum, isfinite
from typing import NamedTuple

from goldenthread.engine.bands import Band
from goldenthread.engine.flow import WEIGHTS_NOT_SET
from goldenthread.engine.graph import Node
from goldenthread.engine.result import (
    TOLERANCE,
    Number,
    Result,
    Status,
    insufficient_data,
    measured,
    undefined,
)

METHOD_VERSION = "progress/2"
CONTRIBUTION_METHOD_VERSION = "contribution-progress/1"
PRIORITY_METHOD_VERSION = "priority-progress/1"

NOT_MEASURED = "not measured"
COMMITTED_ACHIEVED, ASPIRATIONAL_ACHIEVED = 1.0, 0.7
AT_COMMIT, AT_TARGET, AT_STRETCH = 0.3, 0.7, 1.0
CARRIED_CADENCES = 2
"""A value stands for this many cadences after the day it was measured."""
CLOSING_BANDS = (Band("high", 0.7), Band("middle", 0.4), Band("low", 0.0))


class Ambition(StrEnum):
    """What reaching the target means: a promise, or a stretch."""

    COMMITTED = "committed"
    ASPIRATIONAL = "aspirational"


@dataclass(frozen=True)
class Score:
    """A score within 0 to 1, and the same before it was cut off there.

    Missing: both are None and `status` and `reason` say why. `coverage` is the share of the weight
    (of the elapsed days, for a threshold to hold) that had a value.
    """

    clamped: float | None
    unclamped: float | None
    status: Status = Status.OK
    coverage: float = 1.0
    reason: str = ""
    never_measured: int = 0


def metric_score(baseline: Number | None, target: Number | None, value: Number | None) -> Score:
    """The part of the way from baseline to target that is done, rising or falling.

    Missing: no value, not measured; no baseline or no target, or both the same, invalid.
    """
    if baseline is None or target is None:
        return _invalid("no target" if target is None else "no baseline")
    if value is None:
        return _not_measured()
    b, t, x = float(baseline), float(target), float(value)
    if not (isfinite(b) and isfinite(t) and isfinite(x)):
        return _invalid("not a number")
    if b == t:
        return _invalid("the target equals the baseline")
    return _score((x - b) / (t - b))


def maintain_score(
    observations: Iterable[tuple[date, Number]],
    bounds: tuple[Number | None, Number | None],
    start: date,
    as_of: date,
    cadence_days: int,
) -> Score:
    """The share of days, from `start` to `as_of` (both counted), on which a threshold was held.

    Shapes: dated values in any order; bounds (low, high), both inclusive, either may be None.
    A value stands from its day until the next one, but for 2 × cadence days after its day at
    most; days without a standing value are left out and lower the coverage. Of two values of one
    day the one given last counts. A value from before the start is carried in the same way.
    Missing: no day with a value is not measured; no bound, or low above high, is invalid.
    Pass min(as_of, end of the period) once the period is over.
    """
    low, high = (None if bound is None else float(bound) for bound in bounds)
    if low is None and high is None:
        return _invalid("no threshold")
    if low is not None and high is not None and low > high:
        return _invalid("the lower bound is above the upper")
    by_day = {day: float(value) for day, value in observations if day <= as_of}
    days = sorted(by_day)
    carried = timedelta(days=CARRIED_CADENCES * cadence_days)
    held = known = 0
    for place, day in enumerate(days):
        last = min(day + carried, as_of)
        if place + 1 < len(days):
            last = min(last, days[place + 1] - timedelta(days=1))
        standing = max(0, (last - max(day, start)).days + 1)
        known += standing
        if (low is None or by_day[day] >= low) and (high is None or by_day[day] <= high):
            held += standing
    elapsed = (as_of - start).days + 1
    if known == 0:
        return _not_measured()
    return _score(held / known, coverage=known / elapsed)


def milestone_score(weights: Sequence[Number], done: Sequence[bool]) -> Score:
    """The weight of the milestones done; none is given for one part-done.

    Missing: no milestones, not measured. Invalid: a weight below 0, or all of them 0.
    """
    parts = [float(weight) for weight in weights]
    if not parts:
        return _not_measured()
    if any(part < 0 for part in parts) or not any(parts):
        return _invalid("the weights do not add up to more than 0")
    reached = fsum(part for part, is_done in zip(parts, done, strict=True) if is_done)
    return _score(reached / fsum(parts))


def yes_no(done: bool | None) -> Score:
    """1 when done, 0 when not; None when nobody has said."""
    return _not_measured() if done is None else _score(float(done))


def graded_score(
    baseline: Number | None,
    commit: Number | None,
    target: Number | None,
    stretch: Number | None,
    value: Number | None,
) -> Score:
    """0.3 at commit, 0.7 at target, 1.0 at stretch, in a straight line between them.

    The four figures rise or fall step by step; otherwise invalid. Beyond the baseline and the
    stretch the outer lines go on, unclamped.
    """
    if baseline is None or commit is None or target is None or stretch is None:
        return _invalid("a step is missing")
    steps = [float(step) for step in (baseline, commit, target, stretch)]
    sign = -1.0 if steps[3] < steps[0] else 1.0
    rising = [sign * step for step in steps]
    if not rising[0] < rising[1] < rising[2] < rising[3]:
        return _invalid("baseline, commit, target and stretch are not in order")
    if value is None:
        return _not_measured()
    x = sign * float(value)
    marks = (0.0, AT_COMMIT, AT_TARGET, AT_STRETCH)
    line = 0 if x < rising[1] else 1 if x < rising[2] else 2
    part = (x - rising[line]) / (rising[line + 1] - rising[line])
    return _score(marks[line] + part * (marks[line + 1] - marks[line]))


def objective_score(key_results: Iterable[tuple[Number, float | None]]) -> Score:
    """The weighted mean of the key results that have a score; pairs of weight and score.

    Missing: key results without a score are left out and lower the coverage; when none has one,
    not measured.
    """
    pairs = [(float(weight), score) for weight, score in key_results]
    if any(weight < 0 for weight, _ in pairs):
        return _invalid("a weight is below 0")
    never = sum(score is None for _, score in pairs)
    scored = [(weight, score) for weight, score in pairs if score is not None]
    weight_scored = fsum(weight for weight, _ in scored)
    if not scored:
        return _not_measured(never)
    if weight_scored == 0:
        return Score(None, None, Status.UNDEFINED, 0.0, "the weights add up to 0", never)
    mean = fsum(weight * score for weight, score in scored) / weight_scored
    coverage = weight_scored / fsum(weight for weight, _ in pairs)
    return _score(mean, coverage=coverage, never_measured=never)


def closing_part(score: float | None, bar: Number = 1) -> float:
    """What a key result counts when its objective closes: the part of its bar that it reached, 1 at most.

    The bar is the score that was promised: the required share of a threshold to hold, `AT_TARGET` for a
    graded key result of a committed objective, 1 for all others.
    Missing: never measured counts 0. Raises: ValueError for a bar that is not above 0.
    """
    if not float(bar) > 0:
        raise ValueError("the bar is not above 0")
    part = (score or 0.0) / float(bar)
    return 1.0 if part >= 1 - TOLERANCE else part


def closing_score(key_results: Iterable[tuple[Number, float | None, Number]]) -> Score:
    """The score with which an objective closes: each key result against its bar, never measured as 0.

    Shapes: weight, score and bar (see `closing_part`) of each key result.
    `coverage` still says how much of the weight was measured.
    """
    rows = list(key_results)
    measured_part = objective_score([(weight, score) for weight, score, _ in rows])
    closed = objective_score([(weight, closing_part(score, bar)) for weight, score, bar in rows])
    return Score(
        closed.clamped,
        closed.unclamped,
        closed.status,
        measured_part.coverage,
        "never measured" if measured_part.never_measured else closed.reason,
        measured_part.never_measured,
    )


def achieved(kind: Ambition, score: float | None) -> bool | None:
    """Whether a closing score is an achievement: 1.0 for committed, 0.7 for aspirational.

    Missing: no score, no answer.
    """
    if score is None:
        return None
    needed = COMMITTED_ACHIEVED if kind is Ambition.COMMITTED else ASPIRATIONAL_ACHIEVED
    return score >= needed - TOLERANCE


class WorkDone(NamedTuple):
    """Sums over the work below something, so that one score can change without adding all up again.

    `total` is the value below it, `measured` the part of that which sits on `n` measured nodes, `done` the same
    times their scores.
    """

    total: float
    measured: float
    done: float
    n: int


def work_done(values: Mapping[Node, float], scores: Mapping[Node, float | None]) -> WorkDone:
    """The sums of nodes with these values; one without a score, or without value, is not measured."""
    scored = [
        (value, score)
        for node, value in values.items()
        if value > 0 and (score := scores.get(node)) is not None
    ]
    return WorkDone(
        fsum(values.values()),
        fsum(value for value, _ in scored),
        fsum(value * score for value, score in scored),
        len(scored),
    )


def contribution_progress(
    values: Mapping[Node, float] | None,
    scores: Mapping[Node, float | None],
    *,
    as_of: date | None = None,
) -> Result:
    """How far the work below an objective is: its children's scores, weighted by their value.

    Shown beside the objective's own score and never mixed into it. `values` are v(child) of
    `flow.value_flow` for the children alone, None while weights are not set.
    """
    sums = None if values is None else work_done(values, scores)
    return _weighted_progress(sums, CONTRIBUTION_METHOD_VERSION, as_of)


def priority_progress(
    kept_p: Mapping[Node, float] | None,
    scores: Mapping[Node, float | None],
    *,
    as_of: date | None = None,
) -> Result:
    """How far the work that serves a priority is, weighted by what each node keeps of its value.

    `kept_p` is `ValueFlow.kept_by_priority[p]`, None while weights are not set. Coverage is the
    part of the priority's value that sits on measured work: stranded value counts against it.
    """
    return progress_of(None if kept_p is None else work_done(kept_p, scores), as_of=as_of)


def progress_of(sums: WorkDone | None, *, as_of: date | None = None) -> Result:
    """`priority_progress` from its sums, None while weights are not set."""
    return _weighted_progress(sums, PRIORITY_METHOD_VERSION, as_of)


def _weighted_progress(sums: WorkDone | None, version: str, as_of: date | None) -> Result:
    unit_of_n = "objectives"
    if sums is None:
        return insufficient_data(
            WEIGHTS_NOT_SET, unit_of_n=unit_of_n, method_version=version, as_of=as_of
        )
    if sums.total == 0:
        return undefined(
            "no value flows here", unit_of_n=unit_of_n, method_version=version, as_of=as_of
        )
    if sums.n == 0:
        return insufficient_data(
            NOT_MEASURED, unit_of_n=unit_of_n, method_version=version, as_of=as_of
        )
    return measured(
        sums.done / sums.measured,
        n=sums.n,
        unit_of_n=unit_of_n,
        method_version=version,
        numerator=sums.done,
        denominator=sums.measured,
        coverage=sums.measured / sums.total,
        as_of=as_of,
    )


def _score(unclamped: float, *, coverage: float = 1.0, never_measured: int = 0) -> Score:
    return Score(
        min(1.0, max(0.0, unclamped)), unclamped, coverage=coverage, never_measured=never_measured
    )


def _not_measured(never_measured: int = 0) -> Score:
    return Score(None, None, Status.INSUFFICIENT_DATA, 0.0, NOT_MEASURED, never_measured)


def _invalid(reason: str) -> Score:
    return Score(None, None, Status.INVALID_INPUT, 0.0, reason)
