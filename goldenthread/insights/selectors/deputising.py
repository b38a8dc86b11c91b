"""What waits for those whom a person stands in for."""

import datetime as dt
from dataclasses import replace

from goldenthread.insights.selectors.held import held_by, key_results_for
from goldenthread.insights.selectors.week import Task, objective_tasks
from goldenthread.people.models import Person


def deputy_tasks(person: Person, on: dt.date) -> list[Task]:
    """What the objectives of each of them ask this week, but for what is the deputy's own to answer.

    Two queries for each; none for who stands in for nobody.
    """
    found: list[Task] = []
    for one in person.stands_in_for:
        held = [
            row
            for row in held_by(one)
            if row.objective.accountable is None or row.objective.accountable.pk != person.pk
        ]
        owned = [row.objective for row in held if row.is_mine or row.is_spoken_for]
        key_results, _ = key_results_for(one, owned)
        for task in objective_tasks(held, key_results, on):
            note = " · ".join(filter(None, [f"You stand in for {one}", task.note]))
            found.append(replace(task, note=note))
    return found
