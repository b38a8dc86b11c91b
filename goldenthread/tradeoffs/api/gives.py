"""What gives over the API: listed, read, asked, answered, passed on, taken back, acknowledged."""

import datetime as dt
from collections.abc import Iterable
from typing import Annotated, Any, Literal, Self

from django.http import Http404
from ninja import Query
from pydantic import Field

from goldenthread.core import clock
from goldenthread.core.api.room import Page, Room, page_of
from goldenthread.core.api.types import (
    Day,
    Digits,
    Filter,
    Id,
    Input,
    Name,
    Note,
    Number,
    Output,
    RecordOut,
    Ref,
    found,
)
from goldenthread.core.api.versions import version_seen
from goldenthread.core.errors import DomainError
from goldenthread.objectives.models import Objective
from goldenthread.people.access import PersonRequest
from goldenthread.people.models import Person
from goldenthread.tradeoffs import services
from goldenthread.tradeoffs.models import CompetingItem, Decision, WhatGives

room = Room("What gives")
State = Literal["open", "escalated", "answered", "withdrawn"]
Choice = Literal["keep", "stop", "shrink", "later", "somebody_else", "add_capacity"]
LOADED = ("person", "author", "addressee", "escalated_by", "decision")


class CompetingItemOut(Output):
    """What competes; without `objective` the reader may not see it, nor its new target and dates. The rest is the
    answer's."""

    id: Id
    objective: Ref | None
    share: Digits | None
    choice: Literal["", "keep", "stop", "shrink", "later", "somebody_else", "add_capacity"]
    new_share: Digits | None
    starts_on: dt.date | None
    ends_on: dt.date | None
    target: Digits | None
    to: Ref | None
    fte: Digits | None
    until: dt.date | None
    change_id: Id | None


class WhatGivesOut(RecordOut):
    """The request that a leader choose what stops, shrinks or waits. `decision` is null where you may not see it."""

    person: Ref
    author: Ref | None
    ask: str
    state: State
    addressee: Ref
    asked_on: dt.date
    due_on: dt.date
    escalated_by: Ref | None
    escalated_on: dt.date | None
    escalation_reason: str
    decision: Ref | None
    acknowledged_on: dt.date | None
    withdrawal_reason: str
    items: list[CompetingItemOut]

    @classmethod
    def of_all(cls, rows: Iterable[WhatGives], reader: Person) -> list[Self]:
        every = list(rows)
        items = list(
            CompetingItem.objects.filter(what_gives__in=every).select_related("objective", "to")
        )
        objectives = Objective.objects.visible_to(reader).filter(
            pk__in={one.objective_id for one in items}
        )
        seen = set(objectives.values_list("pk", flat=True))
        made = [one.decision_id for one in every if one.decision_id]
        told = Decision.objects.visible_to(reader).in_bulk(made) if made else {}
        return [
            cls(
                id=one.pk,
                person=Ref(id=one.person.pk, name=one.person.name),
                addressee=Ref(id=one.addressee.pk, name=one.addressee.name),
                author=Ref.to(one.author),
                escalated_by=Ref.to(one.escalated_by),
                decision=Ref.to(told.get(one.decision_id or 0)),
                items=[item_out(row, seen) for row in items if row.what_gives_id == one.pk],
                **{name: getattr(one, name) for name in _PLAIN},
            )
            for one in every
        ]


_PLAIN: tuple[str, ...] = (
    *("version", "ask", "state", "asked_on", "due_on", "escalated_on", "escalation_reason"),
    *("acknowledged_on", "withdrawal_reason"),
)
_OF_ITEM: tuple[str, ...] = (
    *("share", "choice", "new_share", "starts_on", "ends_on", "target", "fte", "until"),
    "change_id",
)


def item_out(row: CompetingItem, seen: set[int]) -> CompetingItemOut:
    fields: dict[str, Any] = {name: getattr(row, name) for name in _OF_ITEM}
    objective = row.objective if row.objective_id in seen else None
    if objective is None:  # what is asked of it stays with those who may see it
        fields |= dict.fromkeys(("starts_on", "ends_on", "target", "change_id"))
    return CompetingItemOut(id=row.pk, objective=Ref.to(objective), to=Ref.to(row.to), **fields)


class WhatGivesQuery(Filter):
    state: Literal["", "open", "escalated", "answered", "withdrawn"] = ""
    overdue: Annotated[bool, Field(description="Only those that wait beyond their day.")] = False
    person_id: Id | None = None
    addressee_id: Id | None = None
    objective_id: Id | None = None


class CompetingIn(Input):
    """`share`: of the person's time, 1 all of it, where nobody entered any."""

    objective_id: Id
    share: Number | None = None


class NewWhatGives(Input):
    """`person_id`: whose time it is; yours, if left out."""

    person_id: Id | None = None
    ask: Annotated[Name, Field(max_length=200)]
    due_on: Day
    items: Annotated[list[CompetingIn], Field(min_length=1, max_length=12)]


class AnswerIn(Input):
    """What becomes of one item, by its id. Which of the rest is asked for hangs on the choice."""

    id: Id
    choice: Choice
    new_share: Number | None = None
    starts_on: Day | None = None
    ends_on: Day | None = None
    target: Number | None = None
    to_id: Id | None = None
    fte: Number | None = None
    until: Day | None = None


class Answers(Input):
    items: Annotated[list[AnswerIn], Field(max_length=12)]
    reason: Note
    look_again_on: Day


class Escalation(Input):
    sponsor_id: Id
    due_on: Day
    reason: Note


class TakeBack(Input):
    reason: Note = ""


def gives_of(request: PersonRequest, what_gives_id: int) -> WhatGives:
    rows = WhatGives.objects.visible_to(request.person).select_related(*LOADED)
    one = rows.filter(pk=what_gives_id).first()
    if one is None:
        raise Http404
    return one


def shown(request: PersonRequest, what_gives_id: int) -> WhatGivesOut:
    """As it stands now."""
    return WhatGivesOut.of_all([gives_of(request, what_gives_id)], request.person)[0]


@room.listing("/what-gives", WhatGivesOut)
def list_what_gives(request: PersonRequest, sent: Query[WhatGivesQuery]) -> Page[WhatGivesOut]:
    """List the requests that you may see: about your time or that of those below you, and addressed to you."""
    rows = WhatGives.objects.visible_to(request.person).select_related(*LOADED)
    if sent.state:
        rows = rows.filter(state=sent.state)
    if sent.overdue:
        rows = rows.waiting().filter(due_on__lt=clock.today())
    if sent.person_id is not None:
        rows = rows.filter(person=sent.person_id)
    if sent.addressee_id is not None:
        rows = rows.filter(addressee=sent.addressee_id)
    if sent.objective_id is not None:
        seen = Objective.objects.visible_to(request.person).filter(pk=sent.objective_id)
        items = CompetingItem.objects.filter(objective__in=seen)
        rows = rows.filter(pk__in=items.values("what_gives"))
    return page_of(request, rows, sent, lambda page: WhatGivesOut.of_all(page, request.person))


@room.creating("/what-gives", WhatGivesOut, at="what-gives")
def ask_what_gives(request: PersonRequest, sent: NewWhatGives) -> WhatGivesOut:
    """Ask what stops, shrinks or waits; who stands above the person answers.

    The person, or who stands above.
    """
    people = Person.objects.visible_to(request.person)
    person = found(people, sent.person_id, "person_id") or request.person
    objectives = Objective.objects.visible_to(request.person)
    chosen = [found(objectives, one.objective_id, "objective_id") for one in sent.items]
    made = services.ask_what_gives(
        actor=request.person,
        person=person,
        objectives=[one for one in chosen if one is not None],
        shares={one.objective_id: one.share for one in sent.items},
        ask=sent.ask,
        due_on=sent.due_on,
    )
    return shown(request, made.pk)


@room.reading("/what-gives/{what_gives_id}", WhatGivesOut)
def read_what_gives(request: PersonRequest, what_gives_id: Id) -> WhatGivesOut:
    """Read a request with what competes, and what becomes of it."""
    return shown(request, what_gives_id)


@room.changing("/what-gives/{what_gives_id}/answer", WhatGivesOut, method="POST")
def answer_what_gives(request: PersonRequest, what_gives_id: Id, sent: Answers) -> WhatGivesOut:
    """Choose for each item that you may see; what you may not see is kept.

    Who is to answer. The decision, the changes and the effort are written in one act.
    """
    one = gives_of(request, what_gives_id)
    version = version_seen(request, one)
    people = Person.objects.visible_to(request.person)
    answers = {}
    for row in sent.items:
        given = row.given()
        pk, to = given.pop("id"), found(people, given.pop("to_id", None), "to_id")
        if pk in answers:
            raise DomainError("Answer each item once.", "items")
        answers[pk] = services.Answer(to=to, **given)
    services.answer_what_gives(
        actor=request.person,
        what_gives=one,
        answers=answers,
        reason=sent.reason,
        look_again_on=sent.look_again_on,
        version=version,
    )
    return shown(request, what_gives_id)


@room.changing("/what-gives/{what_gives_id}/escalate", WhatGivesOut, method="POST")
def escalate_what_gives(
    request: PersonRequest, what_gives_id: Id, sent: Escalation
) -> WhatGivesOut:
    """Pass it on to who sponsors what an item serves.

    Who is to answer.
    """
    one = gives_of(request, what_gives_id)
    version = version_seen(request, one)
    sponsor = found(Person.objects.visible_to(request.person), sent.sponsor_id, "sponsor_id")
    assert sponsor is not None  # an id was sent
    services.escalate_what_gives(
        actor=request.person,
        what_gives=one,
        sponsor=sponsor,
        due_on=sent.due_on,
        reason=sent.reason,
        version=version,
    )
    return shown(request, what_gives_id)


@room.changing("/what-gives/{what_gives_id}/withdraw", WhatGivesOut, method="POST")
def withdraw_what_gives(request: PersonRequest, what_gives_id: Id, sent: TakeBack) -> WhatGivesOut:
    """Take it back before it is answered.

    The person, or who asked.
    """
    one = gives_of(request, what_gives_id)
    version = version_seen(request, one)
    services.withdraw_what_gives(
        actor=request.person, what_gives=one, reason=sent.reason, version=version
    )
    return shown(request, what_gives_id)


@room.changing("/what-gives/{what_gives_id}/acknowledge", WhatGivesOut, method="POST")
def acknowledge_what_gives(request: PersonRequest, what_gives_id: Id) -> WhatGivesOut:
    """Say that you have read the answer.

    The person whose time it is.
    """
    one = gives_of(request, what_gives_id)
    version_seen(request, one)
    services.acknowledge_answer(actor=request.person, what_gives=one)
    return shown(request, what_gives_id)
