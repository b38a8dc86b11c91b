"""Asking what gives, passing the question on to a sponsor, taking it back, and taking note of the answer."""

import datetime as dt
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from django.db import transaction

from goldenthread.core import audit, clock, versions
from goldenthread.core.access import require
from goldenthread.core.errors import DomainError
from goldenthread.objectives.models import Objective
from goldenthread.objectives.services.agreement import nearest_above
from goldenthread.people.models import Person
from goldenthread.people.services import require_pass_on, works_here
from goldenthread.permissions import Action
from goldenthread.strategy.services.checks import words
from goldenthread.tradeoffs.models import MOST, CompetingItem, WhatGives
from goldenthread.tradeoffs.selectors.competing import MOST_ITEMS, competing, sponsors_of
from goldenthread.tradeoffs.services.parts import said, to_come

State = WhatGives.State
FINEST = Decimal("0.0001")
LONGEST_ASK = 500


@transaction.atomic
def ask_what_gives(
    *,
    actor: Person,
    person: Person,
    objectives: Iterable[Objective],
    ask: str,
    due_on: dt.date,
    shares: Mapping[int, Decimal | None] | None = None,
) -> WhatGives:
    """Ask which of these stops, shrinks or waits, by a day. It goes to who stands above the person.

    `shares` are of the person's time, by objective, where nobody entered any. Where nobody above has an account, who
    asks answers. Permission: the person, or who stands above. Raises `DomainError`; one question waits at a time.
    """
    require(actor, Action.ASK_WHAT_GIVES, person)
    works_here(person, "person")
    _lock(person)
    if WhatGives.objects.waiting().filter(person=person).exists():
        raise DomainError("This is asked already, and waits for its answer.")
    chosen = list(dict.fromkeys(objectives))
    if not chosen:
        raise DomainError("Choose what competes: at least one.", "items")
    if len(chosen) > MOST_ITEMS:
        raise DomainError(f"At most {MOST_ITEMS} fit. Choose what weighs most.", "items")
    known = {one.objective.pk: one for one in competing(actor, person, clock.today()).items}
    if any(one.pk not in known for one in chosen):
        raise DomainError("One of these does not compete for this person’s time any more.", "items")
    made = WhatGives.objects.create(
        person=person,
        author=actor,
        ask=words(ask, "ask", at_most=LONGEST_ASK),
        addressee=nearest_above(person, person.unit) or actor,
        asked_on=clock.today(),
        due_on=to_come(due_on, "due_on"),
    )
    typed = shares or {}
    CompetingItem.objects.bulk_create(
        CompetingItem(
            what_gives=made,
            objective=one,
            position=place,
            share=_share(known[one.pk].share, typed.get(one.pk)),
        )
        for place, one in enumerate(chosen)
    )
    after = {name: getattr(made, name) for name in ("person", "ask", "addressee", "due_on")}
    audit.record(actor, "ask what gives", made, after=after)
    return made


def _share(entered: Decimal | None, typed: Decimal | None) -> Decimal | None:
    """What is entered holds; else what was typed."""
    share = typed if entered is None else entered
    if share is not None and not 0 <= share <= MOST:
        raise DomainError("A share is between 0 and 300 % of one’s time.", "items")
    return None if share is None else share.quantize(FINEST)


@transaction.atomic
def escalate_what_gives(
    *,
    actor: Person,
    what_gives: WhatGives,
    sponsor: Person,
    due_on: dt.date,
    reason: str,
    version: int | None = None,
) -> WhatGives:
    """Pass the question on to who sponsors what an item serves, to be answered by a day.

    Permission: who is to answer. Raises `SavedMeanwhile`, `DomainError`.
    """
    require(actor, Action.ESCALATE_WHAT_GIVES, what_gives)
    _lock(what_gives)
    if what_gives.state != State.OPEN:
        raise DomainError("Only what is asked and not passed on yet is escalated.")
    items = list(what_gives.items.values_list("objective_id", flat=True))
    if sponsor not in sponsors_of(actor, items) or sponsor == what_gives.person:
        raise DomainError("Choose somebody who sponsors what one of these serves.", "sponsor")
    changes = {
        "state": State.ESCALATED,
        "addressee": sponsor,
        "due_on": to_come(due_on, "due_on"),
        "escalated_by": actor,
        "escalated_on": clock.today(),
        "escalation_reason": said(reason, "reason", "Say why it needs the sponsor."),
    }
    return _save(actor, "escalate what gives", what_gives, changes, version)


@transaction.atomic
def withdraw_what_gives(
    *, actor: Person, what_gives: WhatGives, reason: str = "", version: int | None = None
) -> WhatGives:
    """Take the question back before it is answered. Permission: the person, or who asked."""
    require(actor, Action.WITHDRAW_WHAT_GIVES, what_gives)
    _lock(what_gives)
    _still_waits(what_gives)
    changes = {"state": State.WITHDRAWN, "withdrawal_reason": reason.strip()}
    return _save(actor, "withdraw what gives", what_gives, changes, version)


@transaction.atomic
def acknowledge_answer(*, actor: Person, what_gives: WhatGives) -> WhatGives:
    """Say that one has read the answer. Permission: the person whose time it is."""
    require(actor, Action.ACKNOWLEDGE_ANSWER, what_gives)
    if what_gives.state != State.ANSWERED:
        raise DomainError("It is not answered yet.")
    if what_gives.acknowledged_on is not None:
        return what_gives
    changes = {"acknowledged_on": clock.today()}
    return _save(actor, "acknowledge what gives", what_gives, changes, None)


@transaction.atomic
def pass_what_gives(*, actor: Person, what_gives: WhatGives, to: Person) -> WhatGives:
    """Name who answers next, when whoever was to answer leaves or is away. Raises `DomainError`."""
    require_pass_on(actor, what_gives.addressee, to)
    _still_waits(what_gives)
    if to == what_gives.person:
        raise DomainError(
            "Nobody chooses what gives of their own time. Choose somebody else.", "to"
        )
    before = {"addressee": what_gives.addressee}
    versions.save(what_gives, {"addressee": to})
    note = f"Handover from {before['addressee']}"
    audit.record(actor, "hand over", what_gives, before=before, after={"addressee": to}, note=note)
    return what_gives


def _still_waits(what_gives: WhatGives) -> None:
    if not what_gives.is_waiting:
        raise DomainError("This does not wait for an answer any more.")


def _lock(record: Person | WhatGives) -> None:
    """One writer at a time; what was read before stays as it was, so that a version tells."""
    type(record)._default_manager.select_for_update().filter(pk=record.pk).first()


def _save(
    actor: Person,
    verb: str,
    what_gives: WhatGives,
    changes: dict[str, Any],
    version: int | None,
) -> WhatGives:
    before, after = audit.changed(what_gives, changes)
    versions.save(what_gives, after, version=version)
    audit.record(actor, verb, what_gives, before=before, after=after)
    return what_gives
