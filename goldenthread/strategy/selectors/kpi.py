"""Where a KPI stands: its latest value, its target, its pace, and whether it is in range."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from django.db.models import QuerySet

from goldenthread.core.prepared import Prepared
from goldenthread.engine.pace import Health, elapsed_fraction, health, is_outdated
from goldenthread.engine.result import Status
from goldenthread.engine.scores import NOT_MEASURED, Score, maintain_score, metric_score
from goldenthread.strategy.models import Kpi, KpiTarget, Observation

Point = tuple[dt.date, Decimal]


@dataclass(frozen=True)
class Aim:
    """What a KPI is held against: from a baseline to a target, or within a range, over a period.

    Missing ends are None; `text` is a target that was only given in words.
    """

    start: dt.date | None = None
    due: dt.date | None = None
    baseline: Decimal | None = None
    target: Decimal | None = None
    low: Decimal | None = None
    high: Decimal | None = None
    text: str = ""


class Seen(NamedTuple):
    """An observation that stands, as it is read: a KPI may have hundreds."""

    on: dt.date
    value: Decimal | None
    text: str


@dataclass(frozen=True)
class Standing:
    """A KPI on a day, against an aim.

    `score` runs from 0 (baseline) to 1 (target), for a range it is the share of days within it; `expected` is
    the score due today. `out_of_range` says in words what is wrong, "" when nothing is.
    """

    kpi: Kpi
    aim: Aim
    points: tuple[Point, ...]  # standing values up to the day, the oldest first
    latest: Seen | None
    score: Score
    expected: float | None
    health: Health
    out_of_range: str = ""

    @property
    def has_a_number_to_meet(self) -> bool:
        """Whether it has a target or a range in numbers."""
        return (self.aim.target, self.aim.low, self.aim.high) != (None, None, None)

    @property
    def is_missing(self) -> bool:
        return self.score.clamped is None


def kpi_standings(kpis: Iterable[Kpi], as_of: dt.date) -> dict[int, Standing]:
    """Where each KPI stands against its own target of the day. Two queries, however many KPIs."""
    kpis = list(kpis)
    seen = observations_of([kpi.pk for kpi in kpis], as_of)
    aims: dict[int, list[KpiTarget]] = defaultdict(list)
    for target in KpiTarget.objects.filter(kpi__in=[kpi.pk for kpi in kpis]).order_by("due_on"):
        aims[target.kpi_id].append(target)
    return {
        kpi.pk: standing(kpi, aim_of(kpi, aims[kpi.pk], as_of), seen[kpi.pk], as_of) for kpi in kpis
    }


def observations_of(kpi_ids: Collection[int], as_of: dt.date) -> dict[int, list[Seen]]:
    """The values that stand (corrected ones left out) up to the day, the oldest first. One query."""
    found: dict[int, list[Seen]] = defaultdict(list)
    for kpi, on, value, text in _standing_values(as_of, kpis=sorted(kpi_ids)):
        found[kpi].append(Seen(on, value, text))
    return found


@Prepared
def _standing_values(
    as_of: dt.date, *, kpis: Sequence[int]
) -> QuerySet[Observation, tuple[int, dt.date, Decimal | None, str]]:
    rows = Observation.objects.filter(kpi__in=kpis, on__lte=as_of, corrected_by__isnull=True)
    rows = rows.order_by("on", "recorded_at", "pk")
    return rows.values_list("kpi_id", "on", "value", "text")


def aim_of(kpi: Kpi, targets: Sequence[KpiTarget], as_of: dt.date) -> Aim:
    """The target that holds on the day: the next one due that has begun, else the last past, else the first."""
    target = (
        next((one for one in targets if one.starts_on <= as_of <= one.due_on), None)
        or next((one for one in reversed(targets) if one.due_on < as_of), None)
        or next(iter(targets), None)
    )
    if target is None:
        return Aim(low=kpi.low, high=kpi.high)
    ranged = target.low is not None or target.high is not None
    return Aim(
        start=target.starts_on,
        due=target.due_on,
        baseline=target.baseline,
        target=target.value,
        low=target.low if ranged else kpi.low,
        high=target.high if ranged else kpi.high,
        text=target.text,
    )


def standing(kpi: Kpi, aim: Aim, observations: Sequence[Seen], as_of: dt.date) -> Standing:
    """Work out where a KPI stands against an aim, from its standing observations up to the day.

    A missing baseline is the last value seen by the start of the period; without one there is no score.
    """
    points = tuple((row.on, row.value) for row in observations if row.value is not None)
    latest = observations[-1] if observations else None
    only_range = aim.target is None and not aim.text and (aim.low, aim.high) != (None, None)
    if kpi.direction == Kpi.Direction.HOLD or only_range:
        return _held(kpi, aim, points, latest, as_of)
    return _moved(kpi, aim, points, latest, as_of)


def _moved(
    kpi: Kpi, aim: Aim, points: tuple[Point, ...], latest: Seen | None, as_of: dt.date
) -> Standing:
    value = points[-1][1] if points else None
    if aim.baseline is None and aim.start is not None:
        before = [seen for on, seen in points if on <= aim.start]
        aim = Aim(**{**aim.__dict__, "baseline": before[-1] if before else None})
    score = metric_score(aim.baseline, aim.target, value)
    if value is None:
        score = Score(None, None, Status.INSUFFICIENT_DATA, 0.0, NOT_MEASURED)
    elif aim.target is None:
        reason = "the target is in words only" if aim.text else "no target"
        score = Score(None, None, Status.INSUFFICIENT_DATA, 0.0, reason)
    start = aim.start or (points[0][0] if points else as_of)
    due = aim.due or as_of
    tau = elapsed_fraction(start, max(start, due), as_of)
    verdict = health(
        score.clamped,
        tau,
        tau,
        points[-1][0] if points else None,
        kpi.cadence_days,
        as_of,
        start,
    )
    return Standing(
        kpi,
        aim,
        points,
        latest,
        score,
        None if aim.due is None else tau,
        verdict,
        _limits(aim, value) or _missed(aim, score, verdict, as_of),
    )


def _held(
    kpi: Kpi, aim: Aim, points: tuple[Point, ...], latest: Seen | None, as_of: dt.date
) -> Standing:
    start = aim.start or (points[0][0] if points else as_of)
    end = min(as_of, aim.due) if aim.due else as_of
    bounds = (aim.low, aim.high)
    if not points:
        score = Score(None, None, Status.INSUFFICIENT_DATA, 0.0, NOT_MEASURED)
    elif end < start:
        score = Score(None, None, Status.INSUFFICIENT_DATA, 0.0, "the period has not begun")
    else:
        score = maintain_score(points, bounds, start, end, kpi.cadence_days)
    wrong = _limits(aim, points[-1][1] if points else None)
    if not points or bounds == (None, None):
        verdict = Health.NOT_MEASURED
    elif is_outdated(points[-1][0], kpi.cadence_days, as_of):
        verdict = Health.OUTDATED
    else:
        verdict = Health.AT_RISK if wrong else Health.ON_PACE
    expected = None if score.clamped is None else 1.0
    return Standing(kpi, aim, points, latest, score, expected, verdict, wrong)


def _limits(aim: Aim, value: Decimal | None) -> str:
    if value is not None and aim.low is not None and value < aim.low:
        return "below its range"
    if value is not None and aim.high is not None and value > aim.high:
        return "above its range"
    return ""


def _missed(aim: Aim, score: Score, verdict: Health, as_of: dt.date) -> str:
    if verdict == Health.AT_RISK:
        return "far from its target"
    over = aim.due is not None and aim.due < as_of
    if over and score.clamped is not None and verdict != Health.DONE:
        return "short of its target, whose date has passed"
    return ""


def kpi_history(kpi: Kpi) -> QuerySet[Observation]:
    """Every value of a KPI, the newest day first, a correction above what it corrects."""
    rows = Observation.objects.filter(kpi=kpi).select_related(
        "author", "corrected_by__author", "corrects"
    )
    return rows.order_by("-on", "-recorded_at", "-pk")
