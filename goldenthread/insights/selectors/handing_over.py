"""What the programme and the decision log ask a person on home: handovers of them and their reports, what HR asked
about, what they are to decide, what gives, what their units are asked for and proposed, and leadership reviews."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from goldenthread.core.prepared import Prepared
from goldenthread.insights.selectors.asked import asked_tasks
from goldenthread.insights.selectors.cascading import (
    cascade_tasks,
    drafts_brought_in,
    drafts_task,
)
from goldenthread.insights.selectors.deciding import decision_tasks
from goldenthread.insights.selectors.depending import dependency_tasks
from goldenthread.insights.selectors.giving import asked_by, gives_tasks
from goldenthread.insights.selectors.reviewing import action_tasks, review_tasks
from goldenthread.insights.selectors.week import Task, kpi_tasks
from goldenthread.objectives.models import Cascade, Dependency
from goldenthread.objectives.selectors.cascades.listing import waiting_near
from goldenthread.objectives.selectors.dependencies import asked_of_leader
from goldenthread.people.models import Person
from goldenthread.programme.models import Handover, LeadershipReview, Nudge, ReviewAction
from goldenthread.programme.selectors.nudges import STANDS_FOR
from goldenthread.strategy.models import Kpi
from goldenthread.tradeoffs.models import TO_COME, Decision, WhatGives
from goldenthread.tradeoffs.selectors.gives import gives_concern, gives_for

Reason = Handover.Reason


def reports_and_handovers(
    person: Person, on: dt.date
) -> tuple[list[Person], list[Task], list[WhatGives]]:
    """Who reports to the person and works here; what open handovers, HR, decisions and what gives ask of the person,
    or of those whom they stand in for; and what they asked that waits. One query, and more only where something is
    open."""
    found = _reports(on, person=person.pk)
    reports = [one for one in found if one.pk != person.pk and not (one.end and one.end < on)]
    concerned = [one for one in found if one.hands_over]
    asked = any(one.is_asked for one in found if one.pk == person.pk)
    decides = any(one.decides for one in found if one.pk == person.pk)
    tasks = asked_tasks(person, on) if asked else []
    if decides or person.stands_in_for:
        tasks += decision_tasks(person, on)
    if any(one.plays for one in found if one.pk == person.pk) or person.stands_in_for:
        tasks += cascade_tasks(person, on)
    if any(one.drafts for one in found if one.pk == person.pk):
        tasks.append(drafts_task())
    if any(one.takes_on for one in found if one.pk == person.pk):
        tasks += kpi_tasks(person)
    asks = []
    if any(one.gives for one in found if one.pk == person.pk) or person.stands_in_for:
        gives = gives_for(person, on)
        tasks += gives_tasks(gives, person, on)
        asks = [one for one in gives if asked_by(one, person)]
    if any(one.answers for one in found if one.pk == person.pk) or person.stands_in_for:
        tasks += dependency_tasks(person)
    if any(one.acts for one in found if one.pk == person.pk) or person.stands_in_for:
        tasks += action_tasks(person, on)
    if any(one.chairs for one in found if one.pk == person.pk) or person.stands_in_for:
        tasks += review_tasks(person, on)
    if concerned:
        opened = Handover.objects.open().filter(person__in=concerned).select_related("person")
        tasks += _tasks(opened, person)
    return reports, tasks, asks


@Prepared
def _reports(on: dt.date, *, person: int) -> QuerySet[Any]:
    is_open = Exists(Handover.objects.open().filter(person=OuterRef("pk")))
    is_asked = Exists(Nudge.objects.filter(to=OuterRef("pk"), day__gt=on - STANDS_FOR))
    decides = Exists(Decision.objects.filter(decider=OuterRef("pk"), state__in=TO_COME))
    acts = Exists(ReviewAction.objects.open().filter(owner=OuterRef("pk")))
    chairs = Exists(LeadershipReview.objects.at_hand(on).filter(chair=OuterRef("pk")))
    waiting = WhatGives.objects.filter(gives_concern("pk", on))
    answers = Dependency.objects.filter(asked_of_leader(OuterRef("pk")))
    plays = Exists(waiting_near([person]))  # of the person alone, so asked once
    named = Kpi.objects.filter(owner=OuterRef("pk"), state=Kpi.State.UNCONFIRMED)
    here = Q(end__isnull=True) | Q(end__gte=on)
    return (
        Person.objects.only("name", "position", "unit", "manager", "user", "end")
        .annotate(
            hands_over=is_open,
            is_asked=is_asked,
            decides=decides,
            gives=Exists(waiting),
            answers=Exists(answers),
            plays=plays,
            drafts=Exists(Cascade.objects.filter(drafts_brought_in("pk"))),
            acts=acts,
            chairs=chairs,
            takes_on=Exists(named),
        )
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
