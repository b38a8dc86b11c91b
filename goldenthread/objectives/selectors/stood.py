"""Objectives as they stood on a day gone by: their frame and figures of then, in the words of today."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.db.models import QuerySet

from goldenthread.core import history
from goldenthread.core.models import Organisation
from goldenthread.core.prepared import Prepared
from goldenthread.objectives.models import (
    CheckIn,
    Contribution,
    KeyResult,
    Objective,
    ObjectiveHeld,
    ObjectiveScore,
)
from goldenthread.objectives.selectors.standing import Standing, standing
from goldenthread.objectives.services.figures import in_force
from goldenthread.objectives.states import CLOSED
from goldenthread.people.models import Person
from goldenthread.strategy.models import Priority
from goldenthread.ui import charts

ENOUGH = 2  # days with a score that a line needs


def as_they_stood(objectives: Sequence[Objective], day: dt.date) -> list[Objective]:
    """Those that were known on the day, each with the state, owner, dates and figures that it had then.

    For reading only: these instances are not what the database holds now. Four queries.
    """
    ids = [one.pk for one in objectives]
    then = history.on(day)
    frames = {
        row.objective_id: row
        for row in ObjectiveHeld.objects.filter(then, objective__in=ids).select_related(
            "owner_person", "owner_unit__leader"
        )
    }
    scores = {
        row.objective_id: row for row in ObjectiveScore.objects.filter(then, objective__in=ids)
    }
    found = []
    for one in objectives:
        frame, score = frames.get(one.pk), scores.get(one.pk)
        if frame is None or score is None:
            continue
        one.state = frame.state
        one.owner_person, one.owner_unit = frame.owner_person, frame.owner_unit
        one.starts_on, one.ends_on, one.cadence_days = (
            frame.starts_on,
            frame.ends_on,
            frame.cadence_days,
        )
        one.score, one.measured_share = score.score, score.measured_share
        one.expected_fixed, one.expected_slope = score.expected_fixed, score.expected_slope
        one.last_check_in_on = score.last_check_in_on
        if frame.state not in CLOSED:
            one.closed_at = one.closing_score = None
        found.append(one)
    return found


@dataclass(frozen=True)
class KeyResultThen:
    """A key result with the check-in that was the latest known."""

    key_result: KeyResult
    latest: CheckIn | None


@dataclass(frozen=True)
class ObjectiveThen:
    objective: Objective
    standing: Standing
    key_results: list[KeyResultThen]
    served: list[Objective | Priority]
    hidden: int  # what it served and the reader may not see


def objective_then(objective: Objective, day: dt.date, reader: Person) -> ObjectiveThen | None:
    """The objective as it stood on the day; None when it was not known yet. A fixed number of queries."""
    if not as_they_stood([objective], day):
        return None
    served, hidden = _served(objective, day, reader)
    return ObjectiveThen(
        objective, standing(objective, day), _key_results(objective, day), served, hidden
    )


def _key_results(objective: Objective, day: dt.date) -> list[KeyResultThen]:
    organisation = Organisation.current()
    zone = ZoneInfo(organisation.time_zone if organisation else "UTC")
    over = dt.datetime.combine(day + dt.timedelta(days=1), dt.time(), zone)
    known: dict[int, list[CheckIn]] = {}
    rows = CheckIn.objects.filter(key_result__objective=objective, recorded_at__lt=over)
    for row in rows.select_related("author"):
        known.setdefault(row.key_result_id, []).append(row)
    found = []
    for key_result in objective.key_results.filter(created_at__lt=over):
        standing_rows = in_force(known.get(key_result.pk, ()))
        found.append(KeyResultThen(key_result, standing_rows[-1] if standing_rows else None))
    return found


def _served(
    objective: Objective, day: dt.date, reader: Person
) -> tuple[list[Objective | Priority], int]:
    links = Contribution.objects.filter(history.on(day), child_objective=objective)
    pairs = list(links.values_list("parent_objective_id", "parent_priority_id"))
    above = Objective.objects.visible_to(reader).filter(pk__in=[pk for pk, _ in pairs if pk])
    priorities = Priority.objects.visible_to(reader).filter(pk__in=[pk for _, pk in pairs if pk])
    served: list[Objective | Priority] = [*priorities, *above]
    return served, len(pairs) - len(served)


def score_chart(objective: Objective, on: dt.date) -> charts.LinePlot | None:
    """Its score as it was known on each day on which that changed, with what was expected; None below two days.

    One query.
    """
    points = [
        charts.Point(max(day, objective.starts), round(score * 100, 1), "as known then")
        for day, score in _scores(objective=objective.pk)
        if day <= objective.ends
    ]
    if len(points) < ENOUGH:
        return None
    fixed, slope = 100 * objective.expected_fixed, 100 * objective.expected_slope
    return charts.line_chart(
        "Score of the objective",
        points,
        start=objective.starts,
        end=objective.ends,
        unit="%",
        path=charts.Path(objective.starts, objective.ends, fixed, fixed + slope),
        today=None if objective.is_closed else on,
        at_least=0,
        at_most=100,
    )


@Prepared
def _scores(*, objective: int) -> QuerySet[ObjectiveScore, tuple[dt.date, float]]:
    rows = ObjectiveScore.objects.filter(objective=objective, score__isnull=False)
    return rows.order_by("valid_from").values_list("valid_from", "score")
