"""A StratML plan as rows of the same kinds as a table's, so that both are written in one way.

A goal is a priority, an objective an objective. An indicator is a KPI when it stands under a goal or has targets
for several periods, else a key result of its objective: what goes on from period to period is an outcome of the
organisation, what is aimed at once is how one objective is judged.
"""

import datetime as dt
import hashlib
from dataclasses import dataclass
from typing import Any

from goldenthread.interchange.own import CARRIER, read_identifier
from goldenthread.interchange.readers.stratml import (
    Goal,
    Indicator,
    Plan,
    PlanObjective,
    Result,
)
from goldenthread.interchange.services import plan_words as read
from goldenthread.interchange.services.rows import Row, fitted, paragraphs

BLANK = "An unfilled line of a template: nothing to import."
DAY = dt.timedelta(days=1)


def plan_rows(plan: Plan, today: dt.date) -> list[Row]:
    """Every part of the plan as a row; what is not to be written is among them, with the reason."""
    return _Planner(plan, today).rows


def identity(text: str) -> str:
    """An identifier that fits its field, the same at each reading."""
    text = read_identifier(text)
    return text if len(text) <= 200 else f"_gt_{hashlib.sha256(text.encode()).hexdigest()[:40]}"


@dataclass
class _Span:
    """The days that an objective covers; `why` says what was assumed."""

    start: dt.date
    end: dt.date
    why: str = ""


class _Planner:
    def __init__(self, plan: Plan, today: dt.date) -> None:
        self.plan, self.today = plan, today
        self.rows: list[Row] = []
        self._strategy()
        for goal in plan.goals:
            self._goal(goal)

    def add(self, line: int, kind: str, name: str, /, **values: Any) -> Row:
        values = {name: value for name, value in values.items() if value not in (None, "", [])}
        row = Row(line, kind, fitted(name, 300)[0], values)
        row.cells = {name: read.cell(value) for name, value in values.items()}
        self.rows.append(row)
        return row

    def leave_out(self, line: int, kind: str, title: str, why: str) -> None:
        row = self.add(line, kind, title, title=title)
        row.leave_out(why)

    def _strategy(self) -> None:
        plan = self.plan
        organisation = plan.organisations[0].name if plan.organisations else ""
        title = plan.name or (f"Strategy of {organisation}" if organisation else "Strategy")
        values = "\n".join(
            f"{one.name}: {one.description}"
            if one.name and one.description
            else one.name or one.description
            for one in plan.values
        )
        self.add(
            1,
            "strategies",
            title,
            external_id=identity(plan.id),
            title=title,
            starts_on=plan.start,
            ends_on=plan.end,
            vision=plan.vision,
            mission=paragraphs([plan.mission, "" if plan.mission else plan.description]),
            values=values,
        )

    def _goal(self, goal: Goal) -> None:
        performers, others = read.parted(goal.stakeholders)
        if not (goal.name or goal.description or goal.objectives or goal.indicators):
            self.leave_out(goal.line, "priorities", goal.title, BLANK)
            return
        self.add(
            goal.line,
            "priorities",
            goal.title,
            external_id=identity(goal.id),
            title=goal.title,
            why=paragraphs([goal.description if goal.name else "", goal.other_information, others]),
            stakeholders=performers,
        )
        for indicator in goal.indicators:
            self._indicator(indicator, goal, None)
        for objective in goal.objectives:
            if objective.is_blank:
                self.leave_out(objective.line, "objectives", objective.title, BLANK)
            elif CARRIER.fullmatch(objective.id):  # our own export, which has KPIs of a goal here
                for indicator in objective.indicators:
                    self._indicator(indicator, goal, None)
            else:
                self._objective(objective, goal)

    def _objective(self, objective: PlanObjective, goal: Goal) -> None:
        performers, others = read.parted(objective.stakeholders)
        span = self._span(objective)
        plan = self.plan
        whole = bool(plan.start and plan.end and plan.start < plan.end)
        row = self.add(
            objective.line,
            "objectives",
            objective.title,
            external_id=identity(objective.id),
            title=objective.title,
            why=paragraphs(
                [
                    objective.description if objective.name else "",
                    objective.other_information,
                    others,
                ]
            ),
            stakeholders=performers,
            serves=identity(goal.id),
            cycle_starts=plan.start if whole else span.start,
            cycle_ends=plan.end if whole else span.end,
            start=span.start,
            due=span.end,
        )
        if span.why:
            row.note(span.why)
        for indicator in objective.indicators:
            self._indicator(indicator, goal, objective)

    def _span(self, objective: PlanObjective) -> _Span:
        """From the plan's own dates, else from those of its indicators; never later than its first figure."""
        own = [one for each in objective.indicators for one in read.results(each)]
        # What a target counts from was measured the day before.
        bases = [one.end + DAY for one in own if one.is_baseline and one.end is not None]
        others = [day for one in own if not one.is_baseline for day in (one.start, one.end)]
        days = [*bases, *(day for day in others if day is not None)]
        targets = [
            day
            for each in objective.indicators
            for one in each.instances
            for target in one.targets
            for day in (target.start, target.end)
            if day is not None
        ]
        actuals = [
            read.day_of(one, self.plan)
            for each in objective.indicators
            for one in read.actuals(each)
        ]
        known = [day for day in actuals if day is not None and day <= self.today]
        start, end, why = self.plan.start, self.plan.end, ""
        if end is None:
            end = max(targets, default=None)
        if start is None:
            before = [day for day in days if end is None or day < end]
            start = min(before, default=None)
        if start is not None and end is None:
            end = dt.date(start.year, 12, 31)
            why = "The plan gives no end; the end of the year is taken."
        elif end is not None and start is None:
            start = end.replace(year=end.year - 1) + DAY if end.month != 2 else end - 364 * DAY
            why = "The plan gives no start; a year before its end is taken."
        if start is None or end is None:
            start, end = dt.date(self.today.year, 1, 1), dt.date(self.today.year, 12, 31)
            why = "The plan gives no dates; this year is taken."
        if known and min(known) < start:
            start = min(known)
        if end <= start:
            end = max([*known, dt.date(start.year, 12, 31), start + DAY])
        return _Span(start, end, why)

    # Indicators -----------------------------------------------------------------------------------------

    def _indicator(self, one: Indicator, goal: Goal, objective: PlanObjective | None) -> None:
        if one.is_blank:
            kind = "kpis" if objective is None else "key_results"
            self.leave_out(one.line, kind, one.name, BLANK)
            return
        targets = [each for part in one.instances for each in part.targets if read.says(each)]
        periods = {day for each in targets if (day := each.end or each.start)}
        if objective is None or len(periods) > 1:
            self._kpi(one, goal, objective, targets)
        else:
            self._key_result(one, objective, targets)

    def _kpi(
        self, one: Indicator, goal: Goal, objective: PlanObjective | None, targets: list[Result]
    ) -> None:
        base, actuals = read.baseline(one), read.actuals(one)
        numbers = [each for each in targets if each.value is not None and not read.label(each)]
        held = not numbers and bool(read.ends_of(targets))
        last = max(numbers, key=lambda each: each.end or each.start or dt.date.min, default=None)
        row = self.add(
            one.line,
            "kpis",
            one.name,
            external_id=identity(one.id),
            name=one.name,
            unit=read.unit(one),
            direction="hold" if held else read.direction(base, last.value if last else None),
            description=paragraphs([one.other_information, *read.undated(targets, self.plan)]),
            priority=identity(goal.id),
            decimals=read.places([*(each.value for each in (*targets, *actuals)), base]),
        )
        if objective is not None:
            row.note(
                f"Stands under the objective “{objective.title}”, with targets for several periods."
            )
        if not held and (last is None or base is None):
            row.note("Nothing says whether more or less is better: more is taken.")
        for day, each in read.by_day(targets, self.plan):
            if day is None:
                continue
            start = each.start if each.start is not None and each.start < day else None
            ends = read.ends_of(one for one in targets if (one.end or one.start) == day)
            self.add(
                each.line,
                "targets",
                f"{one.name}: target",
                kpi=identity(one.id),
                due_on=day,
                starts_on=start,
                baseline=base if each.value is not None and not ends else None,
                value=None if ends else each.value,
                text="" if each.value is not None else read.words(each),
                **ends,
            )
        self._figures(one, "observations", "kpi")

    def _key_result(self, one: Indicator, objective: PlanObjective, targets: list[Result]) -> None:
        base, ends = read.baseline(one), read.ends_of(targets)
        numbers = [each for each in targets if each.value is not None and not read.label(each)]
        target = numbers[0].value if numbers else None
        taken = [each for each in targets if each.value is not None and read.label(each)]
        words = [read.words(each) for each in targets if each not in [*numbers[:1], *taken]]
        row = self.add(
            one.line,
            "key_results",
            one.name,
            external_id=identity(one.id),
            objective=identity(objective.id),
            title=one.name,
            unit=read.unit(one),
            baseline=base if base != target else None,
            target=target,
            target_text=" · ".join(
                [*words, *([one.other_information] if one.other_information else [])]
            ),
            due=next((each.end for each in targets if each.end), None),
            **{"type": read.type_of(ends)} | ends,
        )
        if base is not None and base == target:
            row.note(
                "It starts where it shall end; the start is left out. To hold a level, make it a threshold."
            )
        if target is None and words:
            row.note("Its target is in words: give it a number, or milestones.")
        self._figures(one, "check_ins", "key_result")

    def _figures(self, one: Indicator, kind: str, names: str) -> None:
        """The actual results: a number, or words where the file has no number for the day."""
        seen: dict[dt.date, Row] = {}
        actuals = read.actuals(one)
        for each in sorted(actuals, key=lambda result: result.value is None):
            day = read.day_of(each, self.plan)
            title = f"{one.name}: {fitted(read.words(each), 80)[0]}"
            place = next((part.place for part in one.instances if each in part.actuals), "")
            if day is None:
                row = self.add(each.line, kind, title, text=read.words(each))
                row.refuse("It has no date, and neither has the plan.")
                row.unread = True
                continue
            if day in seen:
                seen[day].values["text"] = " · ".join(
                    part for part in (seen[day].text("text"), place, read.words(each)) if part
                )
                seen[day].note(
                    f"Line {each.line} is about the same day; its words are kept with this one."
                )
                continue
            row = self.add(
                each.line,
                kind,
                title,
                **{names: identity(one.id)},
                date=day,
                value=each.value,
                text=read.words(each) if each.value is None else place,
            )
            if each.end is None and each.start is None:
                row.note("It has no date; the plan's own is taken.")
            seen[day] = row
