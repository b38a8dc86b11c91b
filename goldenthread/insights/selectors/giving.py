"""What the question what gives asks of a person this week: to answer it, to read the answer, to see that it is overdue."""

import datetime as dt
from collections.abc import Iterable

from goldenthread.insights.selectors.week import Task
from goldenthread.people.models import Person
from goldenthread.tradeoffs.models import WhatGives


def gives_tasks(found: Iterable[WhatGives], person: Person, on: dt.date) -> list[Task]:
    """One for each that waits for their answer or their eye, and for each that is overdue and concerns them."""
    return [task for one in found if (task := _task(one, person, on)) is not None]


def asked_by(one: WhatGives, person: Person) -> bool:
    """Whether they asked it, or passed it on, and it waits for somebody else."""
    concerned = person.pk in {one.person_id, one.author_id, one.escalated_by_id}
    return one.is_waiting and concerned and one.addressee_id != person.pk


def _task(one: WhatGives, person: Person, on: dt.date) -> Task | None:
    url, title = one.get_absolute_url(), str(one)
    if one.state == WhatGives.State.ANSWERED:
        return Task("gives-answer", f"Answered: {title}", "Read it", one.ask, url)
    if one.addressee in person.self_and_lenders:
        whose = "" if one.addressee_id == person.pk else f"You stand in for {one.addressee}"
        passed = f"{one.escalated_by} passed it on" if one.escalated_by else ""
        note = " · ".join(filter(None, [whose, passed, one.ask]))
        return Task("gives", title, "Choose", note, url, due=one.due_on)
    if one.is_overdue(on):
        note = f"{one.addressee} was to answer"
        return Task("gives-late", title, "See it", note, url, due=one.due_on)
    return None
