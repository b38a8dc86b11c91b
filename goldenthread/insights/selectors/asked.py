"""What HR has asked a person to look at, as home and letters show it."""

import datetime as dt

from django.urls import reverse

from goldenthread.insights.selectors.week import Task
from goldenthread.people.models import Person
from goldenthread.programme.selectors.nudges import Asked, asked_of


def asked_tasks(person: Person, on: dt.date) -> list[Task]:
    """What of it is still stuck. A query, and one more for each way of being stuck among it."""
    return [_task(one) for one in asked_of(person, on)]


def _task(one: Asked) -> Task:
    """Of a person without an objective it leads to a new one of theirs; of work, to that."""
    title, url = f"{one.kind.title}: {one.stuck.title}", one.stuck.url
    if one.kind.is_of_people:
        url = f"{reverse('objective-new')}?owner_person={one.stuck.about}"
    return Task("nudge", title, "See to it", f"{one.by}, HR, asks. {one.kind.help}", url)
