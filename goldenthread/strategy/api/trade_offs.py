"""Trade-offs over the API: one thing even over another, and what will not be done."""

import datetime as dt
from collections.abc import Iterable
from typing import Any, Literal, Self

from django.http import Http404
from ninja import Query

from goldenthread.core.api.room import Page, Room, page_of
from goldenthread.core.api.types import (
    LEFT,
    Day,
    Digits,
    Filter,
    Id,
    Input,
    Line,
    Name,
    Note,
    Number,
    RecordOut,
    Ref,
    found,
)
from goldenthread.core.api.versions import version_seen
from goldenthread.core.errors import DomainError
from goldenthread.people.access import PersonRequest
from goldenthread.people.models import Person
from goldenthread.strategy import selectors, services
from goldenthread.strategy.api.strategies import strategy_of
from goldenthread.strategy.models import Strategy, TradeOff

room = Room("Trade-offs")
Kind = Literal["even_over", "not_doing"]


class TradeOffOut(RecordOut):
    """What a strategy chose: `this` even over `over`, or something that will not be done."""

    strategy: Ref
    priority: Ref | None
    kind: Kind
    this: str
    over: str
    note: str
    frees_fte: Digits | None
    decided_by: Ref | None
    decided_on: dt.date | None
    look_again_on: dt.date | None

    @classmethod
    def of(cls, one: TradeOff) -> Self:
        names = [
            "version",
            "kind",
            "this",
            "over",
            "note",
            "frees_fte",
            "decided_on",
            "look_again_on",
        ]
        given: dict[str, Any] = {name: getattr(one, name) for name in names}
        return cls(
            id=one.pk,
            strategy=Ref(id=one.strategy_id, name=one.strategy.title),
            priority=Ref.to(one.priority),
            decided_by=Ref.to(one.decided_by),
            **given,
        )

    @classmethod
    def of_all(cls, rows: Iterable[TradeOff]) -> list[Self]:
        return [cls.of(one) for one in rows]


class TradeOffQuery(Filter):
    kind: Literal["", "even_over", "not_doing"] = ""


class NewTradeOff(Input):
    """`over` belongs to `even_over`, `frees_fte` to `not_doing`."""

    kind: Kind
    this: Name
    over: Line = LEFT
    note: Note = ""
    frees_fte: Number | None = None
    priority_id: Id | None = None
    decided_by_id: Id | None = None
    decided_on: Day | None = None
    look_again_on: Day | None = None


class TradeOffChanges(Input):
    this: Name = LEFT
    over: Line = LEFT
    note: Note = LEFT
    frees_fte: Number | None = None
    priority_id: Id | None = None
    decided_by_id: Id | None = None
    decided_on: Day | None = None
    look_again_on: Day | None = None


def _trade_off(request: PersonRequest, trade_off_id: int) -> TradeOff:
    of = Strategy.objects.filter(trade_offs=trade_off_id).first()
    rows = selectors.trade_offs_of(of, request.person) if of else TradeOff.objects.none()
    one = rows.select_related("strategy__leader", "priority", "decided_by")
    found_one = one.filter(pk=trade_off_id).first()
    if found_one is None:
        raise Http404
    return found_one


def _fields(request: PersonRequest, strategy: Strategy, sent: Input) -> dict[str, Any]:
    given = sent.given()
    if "priority_id" in given:
        seen = selectors.priorities_of(strategy, request.person)
        given["priority"] = found(seen, given.pop("priority_id"), "priority_id")
    if "decided_by_id" in given:
        people = Person.objects.visible_to(request.person)
        given["decided_by"] = found(people, given.pop("decided_by_id"), "decided_by_id")
    return given


def _fits(kind: str, given: dict[str, Any]) -> None:
    """Refuse what the other kind of trade-off has."""
    odd = "frees_fte" if kind == TradeOff.Kind.EVEN_OVER else "over"
    if given.pop(odd, None) not in (None, ""):
        raise DomainError(f"A trade-off of the kind {kind} has no {odd}.", odd)


@room.listing("/strategies/{strategy_id}/trade-offs", TradeOffOut)
def list_trade_offs(
    request: PersonRequest, strategy_id: Id, sent: Query[TradeOffQuery]
) -> Page[TradeOffOut]:
    """List what a strategy chose.

    What belongs to a confidential priority is listed for those who may see it.
    """
    rows = selectors.trade_offs_of(strategy_of(request, strategy_id), request.person)
    if sent.kind:
        rows = rows.filter(kind=sent.kind)
    rows = rows.select_related("strategy", "priority", "decided_by")
    return page_of(request, rows.order_by("position", "pk"), sent, TradeOffOut.of_all)


@room.creating("/strategies/{strategy_id}/trade-offs", TradeOffOut, at="trade-offs")
def add_trade_off(request: PersonRequest, strategy_id: Id, sent: NewTradeOff) -> TradeOffOut:
    """Say what comes first when two good things conflict, or what will not be done.

    The strategy's leader.
    """
    strategy = strategy_of(request, strategy_id)
    given = _fields(request, strategy, sent)
    _fits(given.pop("kind"), given)
    if sent.kind == "even_over":
        given.setdefault("over", "")
        made = services.add_even_over(actor=request.person, strategy=strategy, **given)
    else:
        made = services.add_not_doing(actor=request.person, strategy=strategy, **given)
    return TradeOffOut.of(made)


@room.reading("/trade-offs/{trade_off_id}", TradeOffOut)
def read_trade_off(request: PersonRequest, trade_off_id: Id) -> TradeOffOut:
    """Read a trade-off."""
    return TradeOffOut.of(_trade_off(request, trade_off_id))


@room.changing("/trade-offs/{trade_off_id}", TradeOffOut)
def change_trade_off(
    request: PersonRequest, trade_off_id: Id, sent: TradeOffChanges
) -> TradeOffOut:
    """Change a trade-off.

    The strategy's leader.
    """
    one = _trade_off(request, trade_off_id)
    version = version_seen(request, one)
    given = _fields(request, one.strategy, sent)
    _fits(one.kind, given)
    services.edit_trade_off(actor=request.person, trade_off=one, version=version, **given)
    return TradeOffOut.of(_trade_off(request, trade_off_id))


@room.removing("/trade-offs/{trade_off_id}")
def remove_trade_off(request: PersonRequest, trade_off_id: Id) -> None:
    """Take a trade-off back.

    The strategy's leader.
    """
    one = _trade_off(request, trade_off_id)
    version_seen(request, one)
    services.remove_trade_off(actor=request.person, trade_off=one)
