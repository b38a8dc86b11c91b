"""Deciding: the choice, what it gives up, the capacity that it frees, what is expected, when to look again."""

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.db import transaction

from goldenthread.core import clock
from goldenthread.core.access import require
from goldenthread.core.errors import DomainError
from goldenthread.people.models import Person
from goldenthread.people.services import require_pass_on
from goldenthread.permissions import Action
from goldenthread.strategy.services.checks import leads, words
from goldenthread.tradeoffs.models import MADE, Decision, Option
from goldenthread.tradeoffs.services.opening import opened
from goldenthread.tradeoffs.services.parts import OptionWords, Touched, fte, prose, said, save

State = Decision.State


@transaction.atomic
def decide(
    *,
    actor: Person,
    decision: Decision,
    choice: Option | str,
    given_up: str,
    look_again_on: dt.date,
    reason: str = "",
    freed_fte: Decimal | None = None,
    freed_until: dt.date | None = None,
    expected: str = "",
    decided_on: dt.date | None = None,
    version: int | None = None,
) -> Decision:
    """Choose one of the options, or another one in words, and say what is given up for it.

    What it replaces counts as replaced from then on. Permission: who decides. Raises `SavedMeanwhile`, `DomainError`.
    """
    require(actor, Action.DECIDE, decision)
    if not decision.is_open:
        raise DomainError("This is no longer open. Decide anew by a decision that replaces it.")
    on = decided_on or clock.today()
    changes: dict[str, Any] = {
        "state": State.DECIDED,
        "decided_on": _past(on),
        "reason": prose(reason, "reason"),
        "given_up": said(given_up, "given_up", "Say what is given up, even if it is little."),
        "freed_fte": fte(freed_fte, "freed_fte"),
        "freed_until": _until(freed_until, on, freed_fte),
        "expected": prose(expected, "expected"),
        "look_again_on": _after(look_again_on, on),
    }
    chosen = _chosen(decision, choice)
    note = f"Chosen: {chosen.title}"
    save(actor, "decide", decision, changes, version=version, note=note)
    chosen.chosen = True
    chosen.save()
    replace_earlier(actor, decision)
    return decision


@transaction.atomic
def put_on_record(
    *,
    actor: Person,
    question: str,
    choice: str,
    given_up: str,
    look_again_on: dt.date,
    options: Sequence[OptionWords] = (),
    touches: Sequence[Touched] = (),
    background: str = "",
    confidential: bool = False,
    reason: str = "",
    freed_fte: Decimal | None = None,
    freed_until: dt.date | None = None,
    expected: str = "",
) -> Decision:
    """Open and decide in one act what the actor has decided just now.

    For a service of a room above that has asked its own permission: a manager answers what an own report asks
    without being a leader. Raises `DomainError`.
    """
    made = opened(
        actor=actor,
        question=question,
        due_on=clock.today(),
        decider=actor,
        background=background,
        confidential=confidential,
        options=options,
        touches=touches,
    )
    return decide(
        actor=actor,
        decision=made,
        choice=choice,
        given_up=given_up,
        look_again_on=look_again_on,
        reason=reason,
        freed_fte=freed_fte,
        freed_until=freed_until,
        expected=expected,
    )


@transaction.atomic
def confirm_decision(*, actor: Person, decision: Decision, version: int | None = None) -> Decision:
    """Take on a decision that an import brought in. Permission: who decides, or has decided, it."""
    require(actor, Action.CONFIRM_DECISION, decision)
    if decision.state != State.UNCONFIRMED:
        raise DomainError("This is confirmed already.")
    replaced = decision.replacements.filter(state__in=MADE).exists()
    state = State.REPLACED if replaced else decision.own_state
    changes = {"state": state, "source": ""}
    save(actor, "confirm decision", decision, changes, version=version)
    replace_earlier(actor, decision)
    return decision


@transaction.atomic
def pass_decision(*, actor: Person, decision: Decision, to: Person) -> Decision:
    """Name the next leader to decide, or to look back, when the one named leaves, moves or is away."""
    require_pass_on(actor, decision.decider, to)
    leads(to, "to")
    note = f"Handover from {decision.decider}"
    return save(actor, "hand over", decision, {"decider": to}, note=note)


def replace_earlier(actor: Person, decision: Decision) -> None:
    """Once it is decided, what it replaces no longer holds. The line names nothing: the new one may be confidential."""
    if decision.replaces_id is None or decision.state not in MADE:
        return
    old = Decision.objects.select_for_update().get(pk=decision.replaces_id)
    if old.state in {State.UNCONFIRMED, State.REPLACED}:
        return  # brought in with it: it counts as replaced once it is taken on
    if old.state not in {State.DECIDED, State.LOOKED_BACK}:
        raise DomainError("What this replaces does not stand any more.")
    save(actor, "replace decision", old, {"state": State.REPLACED})


def _chosen(decision: Decision, choice: Option | str) -> Option:
    """The option that is meant; words that none of them has become another one."""
    held = list(decision.options.all())
    if isinstance(choice, Option):
        if choice not in held:
            raise DomainError("This is no option of this question.", "choice")
        return choice
    title = words(choice, "choice")
    for one in held:
        if one.title.casefold() == title.casefold():
            return one
    return Option(decision=decision, title=title, position=len(held))


def _past(on: dt.date) -> dt.date:
    if on > clock.today():
        raise DomainError(
            "This day is still to come. Decide then, or give the day it was.", "decided_on"
        )
    return on


def _after(look: dt.date, on: dt.date) -> dt.date:
    if look <= on:
        raise DomainError("Look again on a day after the decision.", "look_again_on")
    return look


def _until(until: dt.date | None, on: dt.date, freed: Decimal | None) -> dt.date | None:
    if until is None:
        return None
    if freed is None:
        raise DomainError("Say how much is freed until then.", "freed_fte")
    if until < on:
        raise DomainError("This day lies before the decision.", "freed_until")
    return until
