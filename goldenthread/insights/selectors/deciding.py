"""What decisions ask of a person this week: to take on, to decide, to say what happened."""

import datetime as dt

from django.urls import reverse

from goldenthread.insights.selectors.week import Task, end_of_week
from goldenthread.people.models import Person
from goldenthread.tradeoffs.models import Decision
from goldenthread.tradeoffs.selectors.listing import waiting_for


def decision_tasks(person: Person, on: dt.date) -> list[Task]:
    """What they are to decide by the end of the week, or later than it was due, and to look back on. One query.

    For those whom they stand in for too.
    """
    return [_task(one, person) for one in waiting_for(person, on, end_of_week(on))]


def _task(one: Decision, person: Person) -> Task:
    whose = "" if one.decider_id == person.pk else f"You stand in for {one.decider}"
    if one.state == Decision.State.UNCONFIRMED:
        source = f"From {one.source}" if one.source else "Brought in for you"
        title = f"Confirm the decision “{one}”"
        url = one.get_absolute_url()
        return Task("confirm", title, "Read, confirm", whose or source, url)
    if one.is_open:
        url = reverse("decision-decide", args=[one.pk])
        return Task("decision", f"Decide: {one}", "Decide", whose, url, due=one.due_on)
    url = reverse("decision-look-back", args=[one.pk])
    note = " · ".join(filter(None, [whose, f"Expected: {one.expected}" if one.expected else ""]))
    title = f"What happened? {one}"
    return Task("look-back", title, "Say it", note[:200], url, due=one.look_again_on)
