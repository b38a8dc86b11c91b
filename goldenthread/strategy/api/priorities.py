"""Priorities over the API: drafted, confirmed, handed to a sponsor, merged, dropped."""

from collections.abc import Iterable
from typing import Any, Literal, Self

from django.http import Http404
from ninja import Query

from goldenthread.core import clock
from goldenthread.core.api.room import Page, Room, page_of
from goldenthread.core.api.types import (
    LEFT,
    Digits,
    Filter,
    Id,
    Input,
    Name,
    Note,
    Prose,
    RecordOut,
    Ref,
    Search,
    found,
)
from goldenthread.core.api.versions import version_seen
from goldenthread.people.access import PersonRequest
from goldenthread.people.models import Person
from goldenthread.people.selectors import matches
from goldenthread.strategy import selectors, services
from goldenthread.strategy.api.strategies import leader_in, strategy_of
from goldenthread.strategy.models import Priority
from goldenthread.strategy.selectors import PriorityStanding

room = Room("Priorities")


class PriorityOut(RecordOut):
    """A strategic priority as it stands today.

    `weight` is a share in per cent, in use once the weights of its strategy are confirmed. `score` (0 to 1) is the
    mean over those of its expected results that are `measured`; null with `reason` when none is.
    """

    external_id: str
    strategy: Ref
    title: str
    why: str
    sponsor: Ref | None
    state: Literal["unconfirmed", "active", "dropped"]
    confidential: bool
    position: int
    weight: Digits | None
    source: str
    health: str
    score: float | None
    expected: float | None
    results: int
    measured: int
    reason: str

    @classmethod
    def of(cls, priority: Priority, standing: PriorityStanding) -> Self:
        names = ("version", "external_id", "title", "why", "state", "confidential", "position")
        given: dict[str, Any] = {name: getattr(priority, name) for name in names}
        return cls(
            id=priority.pk,
            strategy=Ref(id=priority.strategy_id, name=priority.strategy.title),
            sponsor=Ref.to(priority.sponsor),
            weight=priority.weight,
            source=priority.source,
            health=standing.health,
            score=standing.score,
            expected=standing.expected,
            results=standing.count,
            measured=standing.measured,
            reason=standing.reason,
            **given,
        )

    @classmethod
    def of_all(cls, priorities: Iterable[Priority]) -> list[Self]:
        listed = list(priorities)
        standings = selectors.priority_standings(listed, clock.today())
        return [cls.of(one, standings[one.pk]) for one in listed]


class PriorityQuery(Filter):
    q: Search = ""
    strategy: Id | None = None
    sponsor: Id | None = None
    state: Literal["unconfirmed", "active", "dropped", "open", "all"] = "open"
    sort: Literal["position", "-position", "title", "-title"] = "position"


class NewPriority(Input):
    title: Name
    why: Prose = ""
    sponsor_id: Id | None = None
    confidential: bool = False


class PriorityChanges(Input):
    title: Name = LEFT
    why: Prose = LEFT
    confidential: bool = LEFT


class Sponsor(Input):
    sponsor_id: Id


class Merge(Input):
    into_id: Id


class Reason(Input):
    reason: Note = ""


def priority_of(request: PersonRequest, priority_id: int) -> Priority:
    """The priority, if the reader may see it."""
    seen = Priority.objects.visible_to(request.person)
    loaded = seen.select_related(
        "strategy__leader", "strategy__unit", "sponsor", "sponsor_named_by"
    )
    priority = loaded.filter(pk=priority_id).first()
    if priority is None:
        raise Http404
    return priority


def _told(request: PersonRequest, priority_id: int) -> PriorityOut:
    return PriorityOut.of_all([priority_of(request, priority_id)])[0]


@room.listing("/priorities", PriorityOut)
def list_priorities(request: PersonRequest, sent: Query[PriorityQuery]) -> Page[PriorityOut]:
    """List priorities.

    Drafts and active ones, unless `state` says otherwise. A confidential one is listed for leaders and those named.
    """
    rows = Priority.objects.visible_to(request.person).select_related("strategy", "sponsor")
    rows = rows.filter(matches(sent.q, "title"))
    if sent.strategy is not None:
        rows = rows.filter(strategy=sent.strategy)
    if sent.sponsor is not None:
        rows = rows.filter(sponsor=sent.sponsor)
    if sent.state == "open":
        rows = rows.exclude(state=Priority.State.DROPPED)
    elif sent.state != "all":
        rows = rows.filter(state=sent.state)
    return page_of(request, rows.order_by(sent.sort, "pk"), sent, PriorityOut.of_all)


@room.creating("/strategies/{strategy_id}/priorities", PriorityOut, at="priorities")
def add_priority(request: PersonRequest, strategy_id: Id, sent: NewPriority) -> PriorityOut:
    """Add a priority to a strategy.

    Leaders: active when the strategy's leader adds it, else a draft for them to confirm.
    """
    strategy = strategy_of(request, strategy_id)
    given = sent.given()
    leader_in(request, given, "sponsor")
    priority = services.add_priority(actor=request.person, strategy=strategy, **given)
    return PriorityOut.of_all([priority])[0]


@room.reading("/priorities/{priority_id}", PriorityOut)
def read_priority(request: PersonRequest, priority_id: Id) -> PriorityOut:
    """Read a priority."""
    return _told(request, priority_id)


@room.changing("/priorities/{priority_id}", PriorityOut)
def change_priority(request: PersonRequest, priority_id: Id, sent: PriorityChanges) -> PriorityOut:
    """Change the wording of a priority, or who may see it.

    Its sponsor or the strategy's leader.
    """
    priority = priority_of(request, priority_id)
    version = version_seen(request, priority)
    person, given = request.person, sent.given()
    services.edit_priority(actor=person, priority=priority, version=version, **given)
    return _told(request, priority_id)


@room.changing("/priorities/{priority_id}/confirm", PriorityOut, method="POST")
def confirm_priority(request: PersonRequest, priority_id: Id) -> PriorityOut:
    """Confirm a draft priority: from now on it counts.

    The strategy's leader, or the sponsor whom they named.
    """
    priority = priority_of(request, priority_id)
    version_seen(request, priority)
    services.confirm_priority(actor=request.person, priority=priority)
    return _told(request, priority_id)


@room.changing("/priorities/{priority_id}/sponsor", PriorityOut, method="PUT")
def hand_priority(request: PersonRequest, priority_id: Id, sent: Sponsor) -> PriorityOut:
    """Hand a priority to a sponsor, who is a leader by that.

    The strategy's leader, or the sponsor handing it on.
    """
    priority = priority_of(request, priority_id)
    version_seen(request, priority)
    people = Person.objects.visible_to(request.person)
    sponsor = found(people, sent.sponsor_id, "sponsor_id")
    services.hand_to_sponsor(actor=request.person, priority=priority, sponsor=sponsor)
    return _told(request, priority_id)


@room.changing("/priorities/{priority_id}/merge", PriorityOut, method="POST")
def merge_priority(request: PersonRequest, priority_id: Id, sent: Merge) -> PriorityOut:
    """Merge a priority into another of its strategy; answers the one that stays.

    The strategy's leader. Expected results and trade-offs move there; what served only this one is loose.
    """
    priority = priority_of(request, priority_id)
    version_seen(request, priority)
    seen = Priority.objects.visible_to(request.person).select_related("strategy__leader")
    into = found(seen, sent.into_id, "into_id")
    services.merge_priority(actor=request.person, priority=priority, into=into)
    return _told(request, into.pk)


@room.changing("/priorities/{priority_id}/drop", PriorityOut, method="POST")
def drop_priority(request: PersonRequest, priority_id: Id, sent: Reason) -> PriorityOut:
    """Drop a priority, or refuse a draft.

    The strategy's leader; a draft also the sponsor whom they named. It stays in the history.
    """
    priority = priority_of(request, priority_id)
    version_seen(request, priority)
    services.drop_priority(actor=request.person, priority=priority, reason=sent.reason)
    return _told(request, priority_id)
