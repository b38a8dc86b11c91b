"""What a letter reminds somebody of: of this week's things those that are due or wait, and the days that are near."""

import datetime as dt
from collections.abc import Iterable, Sequence

from goldenthread.insights.selectors.deputising import deputy_tasks
from goldenthread.insights.selectors.handing_over import reports_and_handovers
from goldenthread.insights.selectors.held import held_by, key_results_for
from goldenthread.insights.selectors.home import coming_up
from goldenthread.insights.selectors.planned import planned_tasks
from goldenthread.insights.selectors.week import (
    Task,
    cycle_tasks,
    in_order,
    objective_tasks,
    reporting_tasks,
)
from goldenthread.objectives.models import Cycle
from goldenthread.people.models import Person
from goldenthread.programme.services.reminders import Due
from goldenthread.ui.templatetags.goldenthread import day

# What would be good, and is due on no day, stays on home: loose ends, dispersion, weights.
REMINDED = frozenset(
    {
        *("check-in", "change", "agree", "confirm", "kpi", "handover", "cycle", "nudge"),
        *("decision", "look-back", "gives", "gives-answer", "gives-late", "dependency"),
        *("cascade", "cascade-late", "action", "agenda", "review", "minutes", "plan"),
    }
)
NEAR_DAYS = 7
FRIDAY = 4


def due_for(person: Person, cycles: Sequence[Cycle], on: dt.date) -> list[Due]:
    """What is due for the person, in the order of home. `cycles` are all that are not closed.

    Four queries, and more only for deputies, handovers, decisions, KPIs, other units and what HR asks. Before a weekend what falls on it counts too.
    """
    until = on + dt.timedelta(days=2 if on.weekday() == FRIDAY else 0)
    held = held_by(person)
    owned = [one.objective for one in held if one.is_mine or one.is_spoken_for]
    key_results, reported = key_results_for(person, owned)
    _, programme, _ = reports_and_handovers(person, on)
    tasks = [
        *objective_tasks(held, key_results, on),
        *planned_tasks(held),
        *reporting_tasks(reported.values(), on),
        *(cycle_tasks(cycles, on) if person.is_hr else ()),
        *programme,
        *deputy_tasks(person, on),
    ]
    waits = [
        task
        for task in in_order(tasks, on)
        if task.kind in REMINDED and (task.due is None or task.due <= until)
    ]
    return [*_of_tasks(waits, on), *_near(cycles, {one.cycle_id for one in owned}, on)]


def _of_tasks(tasks: Iterable[Task], on: dt.date) -> list[Due]:
    found = []
    for task in tasks:
        late = task.due is not None and task.due < on
        when = f"{'Was due' if late else 'Due'} on {day(task.due, 'full')}" if task.due else ""
        note = " · ".join(filter(None, [when, task.note]))
        found.append(Due(f"{task.kind} {task.url} {task.due or ''}", task.title, task.url, note))
    return found


def _near(cycles: Iterable[Cycle], mine: set[int], on: dt.date) -> list[Due]:
    """The days of the next week of the cycles in which they hold something, and from when the next is planned."""
    return [
        Due(
            f"day {one.cycle.pk} {one.words}",
            one.words,
            one.cycle.get_absolute_url(),
            day(one.day, "full"),
        )
        for one in coming_up(cycles, on, NEAR_DAYS)
        if one.cycle.pk in mine or one.day == one.cycle.opens_on
    ]
