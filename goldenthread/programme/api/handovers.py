"""Handovers over the API: what somebody holds when they leave, move or are away, passed on to others."""

import datetime as dt
from collections.abc import Iterable
from typing import Annotated, Literal, Self

from django.http import Http404
from ninja import Query
from pydantic import Field

from goldenthread.core.access import require
from goldenthread.core.api.room import Page, Room, page_of
from goldenthread.core.api.types import (
    Filter,
    Id,
    Input,
    Note,
    Output,
    RecordOut,
    Ref,
    Short,
    found,
)
from goldenthread.core.api.versions import version_seen
from goldenthread.core.errors import DomainError
from goldenthread.people.access import PersonRequest
from goldenthread.people.models import Person
from goldenthread.permissions import Action
from goldenthread.programme import selectors, services
from goldenthread.programme.models import Handover
from goldenthread.programme.selectors.unowned import Unowned

room = Room("Handovers")


class HandoverOut(RecordOut):
    """Why, and from which day, what a person holds is passed on. `until` is the last day of a long leave, `note` why it
    was closed with something left."""

    person: Ref
    reason: Literal["leaves", "moved", "away", "manager"]
    day: dt.date
    until: dt.date | None
    closed_at: dt.datetime | None
    closed_by: Ref | None
    note: str

    @classmethod
    def of(cls, one: Handover) -> Self:
        names = ("version", "reason", "day", "until", "closed_at", "note")
        return cls(
            id=one.pk,
            person=Ref(id=one.person_id, name=one.person.name),
            closed_by=Ref.to(one.closed_by),
            **{name: getattr(one, name) for name in names},
        )

    @classmethod
    def of_all(cls, rows: Iterable[Handover]) -> list[Self]:
        return [cls.of(one) for one in rows]


class HandoverItemOut(Output):
    """One thing that is to be passed on, by the `key` that passing on takes. `waits_for`: who was asked to take it on.
    A cascade goes along with its unit, and is not passed on by itself."""

    key: str
    kind: Literal[
        "objective",
        "key_result",
        "change",
        "decision",
        "what_gives",
        "action",
        "kpi",
        "priority",
        "strategy",
        "unit",
        "cascade",
        "report",
    ]
    id: Id
    title: str
    note: str
    waits_for: str

    @classmethod
    def of_all(cls, items: Iterable[selectors.Item]) -> list[Self]:
        names = ("key", "kind", "title", "note", "waits_for")
        return [cls(id=one.record.pk, **{n: getattr(one, n) for n in names}) for one in items]


class UnownedOut(Output):
    """Something open that nobody who works here answers for, and why; `address` is its page."""

    title: str
    why: str
    address: str

    @classmethod
    def of_all(cls, rows: Iterable[Unowned]) -> list[Self]:
        return [cls(title=one.title, why=one.why, address=one.url) for one in rows]


class HandoverQuery(Filter):
    person: Id | None = None
    state: Literal["open", "closed", "all"] = "open"


class PassOn(Input):
    """`items` are keys out of the list of the handover."""

    items: Annotated[list[Short], Field(min_length=1, max_length=1_000)]
    to_id: Id


class WhyClosed(Input):
    reason: Note


def _handover(request: PersonRequest, handover_id: int) -> Handover:
    seen = Handover.objects.visible_to(request.person).select_related(
        "person__manager", "person__unit__leader", "closed_by"
    )
    handover = seen.filter(pk=handover_id).first()
    if handover is None:
        raise Http404
    return handover


def _items(request: PersonRequest, handover: Handover) -> list[selectors.Item]:
    """What is still to be passed on, as far as the reader sees it; nothing of a closed one."""
    items = selectors.items_of(handover) if handover.closed_at is None else []
    return selectors.seen_by(request.person, items)


@room.listing("/handovers", HandoverOut)
def list_handovers(request: PersonRequest, sent: Query[HandoverQuery]) -> Page[HandoverOut]:
    """List handovers, the nearest day first; those that are open, unless `state` says otherwise.

    Your own and those below you; HR partners and administrators see all.
    """
    rows = Handover.objects.visible_to(request.person).select_related("person", "closed_by")
    if sent.state != "all":
        rows = rows.filter(closed_at__isnull=sent.state == "open")
    if sent.person is not None:
        rows = rows.filter(person=sent.person)
    return page_of(request, rows, sent, HandoverOut.of_all)


@room.listing("/owned-by-nobody", UnownedOut)
def list_owned_by_nobody(request: PersonRequest, sent: Query[Filter]) -> Page[UnownedOut]:
    """List what is open and has nobody here who answers for it.

    HR partners and administrators. What is restricted or confidential stands here for those who may see it.
    """
    require(request.person, Action.EDIT_PERSON)
    rows = selectors.owned_by_nobody(request.person).rows
    return page_of(request, rows, sent, UnownedOut.of_all)


@room.reading("/handovers/{handover_id}", HandoverOut)
def read_handover(request: PersonRequest, handover_id: Id) -> HandoverOut:
    """Read a handover."""
    return HandoverOut.of(_handover(request, handover_id))


@room.listing("/handovers/{handover_id}/items", HandoverItemOut)
def list_handover_items(
    request: PersonRequest, handover_id: Id, sent: Query[Filter]
) -> Page[HandoverItemOut]:
    """List what is still to be passed on."""
    items = _items(request, _handover(request, handover_id))
    return page_of(request, items, sent, HandoverItemOut.of_all)


@room.changing("/handovers/{handover_id}/pass-on", HandoverOut, method="POST")
def pass_on(request: PersonRequest, handover_id: Id, sent: PassOn) -> HandoverOut:
    """Pass on some of it to one person; all of what is named, or nothing.

    Work: the person and the lines above them, HR partners where nobody above is left. People and units: who edits
    these. An agreed objective waits until its next owner has taken it on. With nothing left the handover is closed.
    """
    handover = _handover(request, handover_id)
    version_seen(request, handover)
    to = found(Person.objects.visible_to(request.person), sent.to_id, "to_id")
    known = {one.key for one in _items(request, handover)}
    if unknown := sorted(set(sent.items) - known):
        raise DomainError(f"There is no {unknown[0]} to be passed on here.", "items")
    services.pass_on(actor=request.person, handover=handover, keys=sent.items, to=to)
    return HandoverOut.of(_handover(request, handover_id))


@room.changing("/handovers/{handover_id}/take-on", HandoverOut, method="POST")
def take_on_handover(request: PersonRequest, handover_id: Id) -> HandoverOut:
    """Take on, as somebody's new manager, what is agreed with them.

    Their new manager alone.
    """
    handover = _handover(request, handover_id)
    version_seen(request, handover)
    services.take_on(actor=request.person, handover=handover)
    return HandoverOut.of(_handover(request, handover_id))


@room.changing("/handovers/{handover_id}/close", HandoverOut, method="POST")
def close_handover(request: PersonRequest, handover_id: Id, sent: WhyClosed) -> HandoverOut:
    """Close a handover with something left, and say why.

    The person and the lines above them; HR partners where nobody above is left.
    """
    handover = _handover(request, handover_id)
    version_seen(request, handover)
    services.close_handover(actor=request.person, handover=handover, reason=sent.reason)
    return HandoverOut.of(_handover(request, handover_id))
