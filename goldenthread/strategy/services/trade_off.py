"""Trade-offs: one thing even over another, and what will not be done."""

import datetime as dt
from decimal import Decimal
from typing import TypedDict, Unpack

from django.db import transaction
from django.db.models import Max

from goldenthread.core import audit, clock
from goldenthread.core.access import require
from goldenthread.core.errors import DomainError
from goldenthread.people.models import Person
from goldenthread.permissions import Action
from goldenthread.strategy.models import Priority, Strategy, TradeOff
from goldenthread.strategy.services.checks import kept, still_open, words, write

FIELDS = ("kind", "this", "over", "note", "frees_fte", "priority", "decided_on", "look_again_on")


class TradeOffChanges(TypedDict, total=False):
    """The fields that `edit_trade_off` may change."""

    this: str
    over: str
    note: str
    priority: Priority | None
    frees_fte: Decimal | None
    decided_by: Person | None
    decided_on: dt.date | None
    look_again_on: dt.date | None


@transaction.atomic
def add_even_over(
    *,
    actor: Person,
    strategy: Strategy,
    this: str,
    over: str,
    note: str = "",
    priority: Priority | None = None,
    decided_by: Person | None = None,
    decided_on: dt.date | None = None,
    look_again_on: dt.date | None = None,
) -> TradeOff:
    """Say what comes first when two good things conflict: `this` even over `over`.

    Permission: the strategy's leader. Raises `DomainError` when one of the two is empty.
    """
    return _add(
        actor,
        strategy,
        kind=TradeOff.Kind.EVEN_OVER,
        this=words(this, "this"),
        over=words(over, "over"),
        note=note.strip(),
        priority=priority,
        decided_by=decided_by or actor,
        decided_on=decided_on or clock.today(),
        look_again_on=look_again_on,
    )


@transaction.atomic
def add_not_doing(
    *,
    actor: Person,
    strategy: Strategy,
    this: str,
    note: str = "",
    priority: Priority | None = None,
    frees_fte: Decimal | None = None,
    decided_by: Person | None = None,
    decided_on: dt.date | None = None,
    look_again_on: dt.date | None = None,
) -> TradeOff:
    """Say what will not be done, and how many FTE that sets free (None when nobody knows).

    Permission: the strategy's leader. Raises `DomainError` for empty words or a negative FTE.
    """
    return _add(
        actor,
        strategy,
        kind=TradeOff.Kind.NOT_DOING,
        this=words(this, "this"),
        note=note.strip(),
        priority=priority,
        frees_fte=_fte(frees_fte),
        decided_by=decided_by or actor,
        decided_on=decided_on or clock.today(),
        look_again_on=look_again_on,
    )


def _add(actor: Person, strategy: Strategy, **fields: object) -> TradeOff:
    require(actor, Action.EDIT_STRATEGY, strategy)
    still_open(strategy)
    _of(strategy, fields.get("priority"))
    last = strategy.trade_offs.aggregate(last=Max("position"))["last"]
    trade_off = TradeOff.objects.create(
        strategy=strategy, position=0 if last is None else last + 1, **fields
    )
    audit.record(actor, "add trade-off", trade_off, after=kept(trade_off, "strategy", *FIELDS))
    return trade_off


@transaction.atomic
def edit_trade_off(
    *, actor: Person, trade_off: TradeOff, version: int, **changes: Unpack[TradeOffChanges]
) -> TradeOff:
    """Change a trade-off; only the fields given.

    Permission: the strategy's leader. Raises `SavedMeanwhile`, and `DomainError` as when adding it.
    """
    require(actor, Action.EDIT_STRATEGY, trade_off)
    still_open(trade_off.strategy)
    if "this" in changes:
        changes["this"] = words(changes["this"], "this")
    if "over" in changes and trade_off.kind == TradeOff.Kind.EVEN_OVER:
        changes["over"] = words(changes["over"], "over")
    if "frees_fte" in changes:
        changes["frees_fte"] = _fte(changes["frees_fte"])
    _of(trade_off.strategy, changes.get("priority"))
    return write(actor, "edit trade-off", trade_off, changes, version=version)


@transaction.atomic
def remove_trade_off(*, actor: Person, trade_off: TradeOff) -> None:
    """Take a trade-off back; its words stay in the audit trail of its priority, or else of the strategy.

    Permission: the strategy's leader.
    """
    require(actor, Action.EDIT_STRATEGY, trade_off)
    still_open(trade_off.strategy)
    subject = trade_off.priority or trade_off.strategy
    audit.record(actor, "remove trade-off", subject, before=kept(trade_off, "id", *FIELDS))
    trade_off.delete()


def _fte(value: Decimal | None) -> Decimal | None:
    if value is not None and not (value.is_finite() and 0 <= value < 10_000):
        raise DomainError("An FTE lies between 0 and 9,999.", "frees_fte")
    return value


def _of(strategy: Strategy, priority: object) -> None:
    if isinstance(priority, Priority) and priority.strategy_id != strategy.pk:
        raise DomainError("This priority belongs to another strategy.", "priority")
