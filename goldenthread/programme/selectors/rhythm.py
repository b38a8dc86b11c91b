"""What happens when: the days of the cycle that runs and of the next one."""

import datetime as dt
from dataclasses import dataclass

from goldenthread.objectives.models import Cycle


@dataclass(frozen=True)
class Step:
    """One day of a cycle, and what is done on it; `place` is "past", "today" or "ahead"."""

    day: dt.date
    name: str
    words: str
    place: str


@dataclass(frozen=True)
class Rhythm:
    """A cycle that runs or comes next, with its days in order, today among them while it runs."""

    cycle: Cycle
    steps: list[Step]
    runs: bool
    day: int  # which day of it today is
    days: int

    @property
    def next_step(self) -> Step | None:
        return next((step for step in self.steps if step.place == "ahead"), None)


def rhythms(on: dt.date, cadence_days: int) -> list[Rhythm]:
    """The cycles that run, those that end first before the others, and the one that begins next. One query."""
    rows = list(
        Cycle.objects.filter(ends_on__gte=on)
        .exclude(state=Cycle.State.CLOSED)
        .order_by("ends_on", "starts_on")
    )
    running = [cycle for cycle in rows if cycle.starts_on <= on]
    following = min(
        (cycle for cycle in rows if cycle.starts_on > on),
        key=lambda cycle: cycle.starts_on,
        default=None,
    )
    shown = [*running, following] if following else running
    return [_rhythm(cycle, on, cadence_days) for cycle in shown]


def _rhythm(cycle: Cycle, on: dt.date, cadence_days: int) -> Rhythm:
    runs = cycle.starts_on <= on
    every = "every day" if cadence_days == 1 else f"every {cadence_days} days"
    days = [
        (cycle.opens_on, "Planning opens", "Objectives are proposed and agreed"),
        (cycle.starts_on, "Begins", f"Check-ins {every}, unless an objective says otherwise"),
        (cycle.landmark, "Landmark", "Where does each objective stand?"),
        (cycle.ends_on, "Ends", "The last check-in"),
        (cycle.closes_on, "Last day to score", "What is open gets its result"),
    ]
    steps = [
        Step(day, name, words, "past" if day < on else "ahead")
        for day, name, words in days
        if day is not None
    ]
    which, of = (on - cycle.starts_on).days + 1, (cycle.ends_on - cycle.starts_on).days + 1
    if runs:
        steps.append(Step(on, "Today", f"Day {which} of {of}", "today"))
    order = {"past": 0, "today": 1, "ahead": 2}
    steps.sort(key=lambda step: (step.day, order[step.place]))
    return Rhythm(cycle, steps, runs, which, of)
