"""How an objective is judged: each key result in words and figures, its check-ins and its pace over time."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import QuerySet, prefetch_related_objects

from goldenthread.core.prepared import Prepared, prefetched
from goldenthread.objectives.models import CheckIn, KeyResult, Milestone, Objective
from goldenthread.objectives.selectors.standing import Standing, standing_of_key_result
from goldenthread.objectives.services.figures import in_force
from goldenthread.ui import charts
from goldenthread.ui.templatetags.goldenthread import day as day_words
from goldenthread.ui.templatetags.goldenthread import percent
from goldenthread.ui.templatetags.goldenthread import value as in_unit

Kind = KeyResult.Kind
SHORT = 3  # letters of a unit that fit beside the figures of a chart; its heading names longer ones


@dataclass(frozen=True)
class Criterion:
    """A key result as a row of "How it is judged"."""

    key_result: KeyResult
    standing: Standing
    check_ins: Sequence[CheckIn]  # those in force, the oldest first
    milestones: Sequence[Milestone]
    weight_share: float | None  # of the objective's weights; None when they add up to nothing

    @property
    def latest(self) -> CheckIn | None:
        return self.check_ins[-1] if self.check_ins else None

    @property
    def start(self) -> str:
        if self.key_result.kind == Kind.MILESTONES:
            return f"0 of {len(self.milestones)}"
        return (
            "" if self.key_result.kind == Kind.THRESHOLD else self._number(self.key_result.baseline)
        )

    @property
    def now(self) -> str:
        """The latest value in words; "" when nothing is measured yet."""
        if self.latest is None:
            return ""
        if self.key_result.kind == Kind.MILESTONES:
            return f"{len(self.latest.milestones_done)} of {len(self.milestones)}"
        return self._number(self.latest.value)

    @property
    def target(self) -> str:
        row = self.key_result
        if row.kind == Kind.MILESTONES:
            return f"{len(self.milestones)} of {len(self.milestones)}"
        if row.kind == Kind.THRESHOLD:
            return threshold_words(row)
        return self._number(row.target) if row.target is not None else row.target_text

    @property
    def detail(self) -> str:
        """What else has to be known: the steps, the share of time, the dates, where the number comes from."""
        row, parts = self.key_result, list[str]()
        if row.kind == Kind.MILESTONES:
            done = [one.title for one in self.milestones if one.done_on]
            due = [
                one.title + (f" (due {day_words(one.due_on, 'short')})" if one.due_on else "")
                for one in self.milestones
                if not one.done_on
            ]
            parts += [f"Done: {', '.join(done)}"] if done else []
            parts += [f"Open: {', '.join(due)}"] if due else []
        if row.kind == Kind.THRESHOLD:
            share = percent(row.required_share)
            parts.append(
                "Held throughout" if row.required_share == 1 else f"Held on {share} of days"
            )
        if row.kind == Kind.GRADED and row.commit is not None and row.stretch is not None:
            parts.append(f"Commit {self._number(row.commit)}, stretch {self._number(row.stretch)}")
        if row.due_on:
            parts.append(f"Due {day_words(row.due_on)}")
        if row.measure_by and (row.baseline is None or row.target is None):
            parts.append(f"Measured by {day_words(row.measure_by)}")
        if row.kpi:
            parts.append(f"KPI {row.kpi}")
        if row.source:
            parts.append(row.source)
        if row.reporter:
            parts.append(f"Reported by {row.reporter}")
        if row.target is not None and row.target_text:
            parts.append(f"“{row.target_text}”")
        if row.not_enough:
            parts.append(f"Not enough: {row.not_enough}")
        return "; ".join(parts)

    @property
    def question(self) -> str:
        """What the confidence answers."""
        if self.key_result.kind == Kind.MILESTONES:
            return "Will all be done in time?"
        if self.key_result.kind == Kind.THRESHOLD:
            return "Will it hold?"
        return f"Will it reach {self.target}?" if self.target else "Will it be reached?"

    def _number(self, number: Decimal | None) -> str:
        if number is None:
            return ""
        row = self.key_result
        typed = -int(
            number.normalize().as_tuple().exponent
        )  # a value is never shown rounder than given
        return in_unit(number, row.measure, min(6, max(row.decimals, typed)))


def threshold_words(row: KeyResult) -> str:
    """The level to hold: "at least 95 %", "at most 3 days", "20 to 22 °C"."""
    low, high = (
        None if one is None else in_unit(one, row.measure, row.decimals)
        for one in (row.low, row.high)
    )
    if low is not None and high is not None:
        return f"{in_unit(row.low, '', row.decimals)} to {high}"
    if low is not None:
        return f"at least {low}"
    return f"at most {high}" if high is not None else row.target_text


def criteria(objective: Objective, on: dt.date) -> list[Criterion]:
    """Every key result with its standing and what was checked in. One query more than the key results themselves,
    two where one has milestones; pass an objective with `key_results` prefetched to save that."""
    rows = list(objective.key_results.all())
    known: dict[int, list[CheckIn]] = {row.pk: [] for row in rows}
    for check_in in _check_ins(key_results=list(known)):
        known[check_in.key_result_id].append(check_in)
    for row in rows:
        prefetched(row, "check_ins", known[row.pk])
    if any(row.kind == Kind.MILESTONES for row in rows):
        prefetch_related_objects(rows, "milestones")
    total = float(sum(row.weight for row in rows))
    return [_criterion(row, objective, on, total) for row in rows]


@Prepared
def _check_ins(*, key_results: Sequence[int]) -> QuerySet[CheckIn]:
    return CheckIn.objects.filter(key_result__in=key_results).select_related("author")


def criterion(key_result: KeyResult, on: dt.date) -> Criterion:
    """One key result alone, as its row shows it."""
    rows = {one.key_result.pk: one for one in criteria(key_result.objective, on)}
    return rows[key_result.pk]


def _criterion(row: KeyResult, objective: Objective, on: dt.date, total: float) -> Criterion:
    row.objective = objective
    return Criterion(
        row,
        standing_of_key_result(row, objective, on),
        in_force(row.check_ins.all()),
        list(row.milestones.all()) if row.kind == Kind.MILESTONES else [],
        float(row.weight) / total if total else None,
    )


def every_check_in(found: Sequence[Criterion]) -> list[CheckIn]:
    """All check-ins of an objective, corrected ones too, the latest day first."""
    rows = [row for one in found for row in one.key_result.check_ins.all()]
    return sorted(rows, key=lambda row: (row.as_of, row.recorded_at, row.pk), reverse=True)


def pace_chart(one: Criterion, on: dt.date) -> charts.LinePlot:
    """The values of a key result over its objective's period, with the way expected from start to target."""
    row = one.key_result
    objective = row.objective
    start, end = objective.starts, objective.ends
    points = [
        charts.Point(
            check_in.as_of,
            None if check_in.value is None else float(check_in.value),
            str(check_in.author or "Import"),
        )
        for check_in in one.check_ins
    ]
    path, goals = _way(one, start, end)
    if row.kind in {Kind.METRIC, Kind.GRADED} and row.baseline is not None:
        if not points or points[0].day > start:
            points.insert(0, charts.Point(start, float(row.baseline), "Start"))
    elif row.kind == Kind.MILESTONES and (not points or points[0].day > start):
        points.insert(0, charts.Point(start, 0.0, "Start"))
    return charts.line_chart(
        row.title,
        points,
        start=start,
        end=end,
        unit=row.measure if len(row.measure) <= SHORT and row.kind != Kind.MILESTONES else "",
        goals=goals,
        path=path,
        today=None if objective.is_closed else on,
    )


def _way(
    one: Criterion, start: dt.date, end: dt.date
) -> tuple[charts.Path | None, list[charts.Goal]]:
    row = one.key_result
    if row.kind == Kind.MILESTONES:
        return charts.Path(start, end, 0.0, float(len(one.milestones))), []
    if row.kind == Kind.THRESHOLD:
        low, high = (None if side is None else float(side) for side in (row.low, row.high))
        if low is not None and high is not None:
            return None, [charts.Goal(start, end, low, high)]
        level = low if low is not None else high
        return None, [] if level is None else [charts.Goal(start, end, level)]
    if row.target is None:
        return None, []
    target = float(row.target)
    if row.kind == Kind.METRIC and row.baseline is not None:
        return charts.Path(start, end, float(row.baseline), target), []
    return None, [charts.Goal(start, end, target)]
