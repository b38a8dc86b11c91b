"""The handovers that a person meets on home: their own, and those of who reports to them."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from goldenthread.core.prepared import Prepared
from goldenthread.insights.selectors.week import Task
from goldenthread.people.models import Person
from goldenthread.programme.models import Handover

Reason = Handover.Reason


def reports_and_handovers(person: Person, on: dt.date) -> tuple[list[Person], list[Task]]:
    """Who reports to the person and works here, and what of the open handovers asks the person. Two queries,
    the second only where one is open."""
    found = _reports(on, person=person.pk)
    reports = [one for one in found if one.pk != person.pk and not (one.end and one.end < on)]
    concerned = [one for one in found if one.hands_over]
    if not concerned:
        return reports, []
    opened = Handover.objects.open().filter(person__in=concerned).select_related("person")
    return reports, _tasks(opened, person)


@Prepared
def _reports(on: dt.date, *, person: int) -> QuerySet[Any]:
    is_open = Exists(Handover.objects.open().filter(person=OuterRef("pk")))
    here = Q(end__isnull=True) | Q(end__gte=on)
    return (
        Person.objects.annotate(hands_over=is_open)
        .filter(Q(manager=person) & (here | Q(hands_over=True)) | Q(pk=person))
        .filter(Q(start__isnull=True) | Q(start__lte=on) | Q(pk=person))
    )


def _tasks(opened: Iterable[Handover], person: Person) -> list[Task]:
    found = []
    for one in opened:
        mine = one.person_id == person.pk
        if one.reason == Reason.MANAGER:
            if mine:
                continue  # waits for the new manager
            title, word = f"Take on what is agreed with {one.person}", "Read, take on"
        elif mine:
            title, word = "Pass on what you hold", "Pass on"
        else:
            title, word = f"Pass on what {one.person} holds", "Pass on"
        note = f"Handover: {one.get_reason_display().lower()}"
        found.append(Task("handover", title, word, note, one.get_absolute_url(), due=one.day))
    return found
