"""The stored figures of key results and objectives, refreshed by whatever touches them.

A key result's figures stand as of its latest check-in, so that they do not drift between two of them.
"""

import datetime as dt
from collections.abc import Iterable

from django.db import transaction
from django.db.models import prefetch_related_objects

from goldenthread.core import history, progress
from goldenthread.core.bulk import rewrite
from goldenthread.engine import pace, scores
from goldenthread.engine.result import Status
from goldenthread.objectives.models import CheckIn, KeyResult, Milestone, Objective
from goldenthread.objectives.services.counting import scores_changed

Kind = KeyResult.Kind
NOTHING = scores.Score(None, None, Status.INSUFFICIENT_DATA, 0.0, scores.NOT_MEASURED)


def in_force(check_ins: Iterable[CheckIn]) -> list[CheckIn]:
    """Check-ins that no later one corrects, in the order of the days they speak of."""
    rows = list(check_ins)
    corrected = {row.corrects_id for row in rows if row.corrects_id}
    return sorted(
        (row for row in rows if row.pk not in corrected),
        key=lambda row: (row.as_of, row.recorded_at, row.pk),
    )


def score_of(key_result: KeyResult, check_ins: list[CheckIn], as_of: dt.date) -> scores.Score:
    """The score that these check-ins in force give, as of a day (later ones are passed over)."""
    known = [row for row in check_ins if row.as_of <= as_of]
    latest = known[-1] if known else None
    value = latest.value if latest else None
    if key_result.kind == Kind.MILESTONES:
        milestones = list(key_result.milestones.all())
        if latest is None:
            return NOTHING
        done = set(latest.milestones_done)
        return scores.milestone_score(
            [milestone.weight for milestone in milestones],
            [milestone.pk in done for milestone in milestones],
        )
    if key_result.kind == Kind.THRESHOLD:
        objective = key_result.objective
        return scores.maintain_score(
            [(row.as_of, row.value) for row in known if row.value is not None],
            (key_result.low, key_result.high),
            objective.starts,
            min(as_of, objective.ends),
            objective.cadence,
        )
    if key_result.kind == Kind.GRADED:
        return scores.graded_score(
            key_result.baseline, key_result.commit, key_result.target, key_result.stretch, value
        )
    return scores.metric_score(key_result.baseline, key_result.target, value)


def bar_of(key_result: KeyResult, objective: Objective) -> float:
    """The score at which a key result has kept what was promised of it (`scores.closing_part`)."""
    if key_result.kind == Kind.THRESHOLD:
        return float(key_result.required_share)
    is_committed = objective.ambition == Objective.Ambition.COMMITTED
    return scores.AT_TARGET if key_result.kind == Kind.GRADED and is_committed else 1.0


def closing_of(objective: Objective) -> tuple[scores.Score, bool]:
    """The score with which an objective would close on its stored figures, and whether that is an achievement."""
    closing = scores.closing_score(
        (row.weight, row.score, bar_of(row, objective)) for row in objective.key_results.all()
    )
    reached = scores.achieved(scores.Ambition(objective.ambition), closing.clamped)
    return closing, bool(reached)


def can_be_scored(key_result: KeyResult) -> bool:
    """Whether a check-in would give it a score: it has the numbers, or the milestones, of its kind."""
    if key_result.kind == Kind.MILESTONES:
        return bool(key_result.milestones.all())
    if key_result.kind == Kind.THRESHOLD:
        return key_result.low is not None or key_result.high is not None
    return key_result.baseline is not None and key_result.target is not None


OBJECTIVE_FIGURES = [
    "score",
    "measured_share",
    "measurable",
    "expected_fixed",
    "expected_slope",
    "judged_from",
    "on_pace_until",
    "behind_until",
    "last_check_in_on",
]


KEY_RESULT_FIGURES = ["score", "unclamped", "latest", "last_check_in_on"]


@transaction.atomic(savepoint=False)
def refresh(objectives: Iterable[Objective]) -> dict[int, KeyResult]:
    """Bring the figures up to the check-ins in force, and the sums above them: a fixed number of queries.

    Two who refresh one objective at once wait for each other, so that each sees what the other recorded.
    Answers the key results as they stand now, by id, each with its objective; the records given are left alone.
    """
    loaded = list(
        Objective.objects.select_for_update(of=("self",))
        .filter(pk__in=[objective.pk for objective in objectives])
        .select_related("cycle")
        .prefetch_related("key_results__check_ins")
    )
    key_results = [row for objective in loaded for row in objective.key_results.all()]
    stepwise = [row for row in key_results if row.kind == Kind.MILESTONES]
    prefetch_related_objects(stepwise, "milestones")
    before = {objective.pk: objective.score for objective in loaded}
    moved: list[KeyResult] = []
    milestones: list[Milestone] = []
    for objective in progress.counted("adding up progress", loaded):
        own = list(objective.key_results.all())
        for key_result in own:
            key_result.objective = objective
            stood = _figures(key_result)
            milestones += _measure(key_result)
            if _figures(key_result) != stood:
                moved.append(key_result)
        _sum_up(objective, own)
    rewrite(moved, KEY_RESULT_FIGURES)
    rewrite(milestones, ["done_on"])
    rewrite(loaded, OBJECTIVE_FIGURES)
    history.keep(loaded, OBJECTIVE_FIGURES)
    scores_changed({one.pk: (before[one.pk], one.score) for one in loaded})
    return {row.pk: row for row in key_results}


def _figures(key_result: KeyResult) -> list[object]:
    return [getattr(key_result, name) for name in KEY_RESULT_FIGURES]


def _measure(key_result: KeyResult) -> list[Milestone]:
    """Set a key result's figures on the instance; its milestones come back with their day of completion."""
    rows = in_force(key_result.check_ins.all())
    latest = rows[-1] if rows else None
    score = score_of(key_result, rows, latest.as_of) if latest else NOTHING
    key_result.score, key_result.unclamped = score.clamped, score.unclamped
    key_result.latest = latest.value if latest else None
    key_result.last_check_in_on = latest.as_of if latest else None
    milestones = list(key_result.milestones.all()) if key_result.kind == Kind.MILESTONES else []
    for milestone in milestones:
        is_done = latest is not None and milestone.pk in latest.milestones_done
        first = next((row.as_of for row in rows if milestone.pk in row.milestones_done), None)
        milestone.done_on = first if is_done else None
    return milestones


def _sum_up(objective: Objective, key_results: list[KeyResult]) -> None:
    score = scores.objective_score([(row.weight, row.score) for row in key_results])
    expectation = pace.expectation(
        [
            (row.weight, row.required_share if row.kind == Kind.THRESHOLD else None)
            for row in key_results
            if row.score is not None
        ]
    )
    objective.score = score.clamped
    objective.measured_share = score.coverage if score.clamped is not None else 0.0
    objective.measurable = any(can_be_scored(row) for row in key_results)
    objective.expected_fixed, objective.expected_slope = expectation.fixed, expectation.slope
    objective.last_check_in_on = max(
        (row.last_check_in_on for row in key_results if row.last_check_in_on), default=None
    )
    dates = pace.verdict_dates(score.clamped, expectation, objective.starts, objective.ends)
    objective.judged_from, objective.on_pace_until, objective.behind_until = dates
