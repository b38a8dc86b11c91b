"""Reminders: one letter a day and person at most, of everything that is due, when something of it is new."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings
from django.db import transaction
from django.template.loader import render_to_string

from goldenthread.core import outbox
from goldenthread.people.models import Person, User
from goldenthread.programme.models import Reminder

AGAIN_AFTER = dt.timedelta(days=7)  # when nothing is new but something still waits
MOST = 20  # named in one letter
MONDAY, SATURDAY = 0, 5


@dataclass(frozen=True)
class Due:
    """One thing that a letter tells of. `key` is the same from day to day until it is done."""

    key: str
    title: str
    url: str
    note: str = ""


def is_a_day_for_letters(on: dt.date) -> bool:
    """From Monday to Friday."""
    return on.weekday() < SATURDAY


def wants_letter(user: User, on: dt.date) -> bool:
    """Whether this account is to be told on this day at all, by its owner's choice."""
    if user.reminders == User.Reminders.WEEKLY:
        return on.weekday() == MONDAY
    return bool(user.reminders == User.Reminders.DAILY)


@transaction.atomic
def remind(*, person: Person, due: Sequence[Due], on: dt.date) -> bool:
    """Write the person's letter of the day, unless there was one, or there is nothing new; whether it was written.

    Needs no permission: it runs without a person. What the last letter told of is new again after a week. Done twice
    on one day, also at the same moment, there is one letter.
    """
    if not due or person.user is None:
        return False
    keys = [one.key for one in due]
    last, made = Reminder.objects.select_for_update().get_or_create(
        person=person, defaults={"day": on, "told": keys}
    )
    if not made:
        if last.day >= on or (set(keys) <= set(last.told) and last.day > on - AGAIN_AFTER):
            return False
        last.day, last.told = on, keys
        last.save()
    n = len(due)
    context = {
        "person": person,
        "due": due[:MOST],
        "more": max(n - MOST, 0),
        "site": settings.SITE_URL.rstrip("/"),
    }
    outbox.post(
        "Reminder",
        to=person.user.email,
        subject="One thing waits for you" if n == 1 else f"{n} things wait for you",
        body=render_to_string("programme/reminder.txt", context),
    )
    return True
