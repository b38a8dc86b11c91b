"""Looking back: at its date a decision asks what happened."""

import datetime as dt

from django.db import transaction

from goldenthread.core import clock
from goldenthread.core.access import require
from goldenthread.core.errors import DomainError
from goldenthread.people.models import Person
from goldenthread.permissions import Action
from goldenthread.strategy.services.checks import words
from goldenthread.tradeoffs.models import Decision
from goldenthread.tradeoffs.services.parts import prose, said, save, to_come

State = Decision.State


@transaction.atomic
def look_back(
    *,
    actor: Person,
    decision: Decision,
    outcome: str,
    as_expected: str,
    learnt: str = "",
    version: int | None = None,
) -> Decision:
    """Say what happened, whether it is what was expected, and what to take from it; also before its date.

    Permission: who decided. Raises `SavedMeanwhile`, `DomainError`.
    """
    require(actor, Action.LOOK_BACK, decision)
    _still_stands(decision)
    if as_expected not in Decision.AsExpected.values:
        raise DomainError("Say whether it came as expected.", "as_expected")
    changes = {
        "state": State.LOOKED_BACK,
        "looked_back_on": clock.today(),
        "outcome": said(outcome, "outcome", "Say what happened."),
        "as_expected": as_expected,
        "learnt": prose(learnt, "learnt"),
    }
    return save(actor, "look back", decision, changes, version=version)


@transaction.atomic
def look_again_later(
    *, actor: Person, decision: Decision, on: dt.date, reason: str, version: int | None = None
) -> Decision:
    """Put off the look back where it is too early to tell, and say why. Permission: who decided."""
    require(actor, Action.LOOK_BACK, decision)
    _still_stands(decision)
    changes = {"look_again_on": to_come(on, "on")}
    note = words(reason, "reason", at_most=500)
    return save(actor, "put off looking back", decision, changes, version=version, note=note)


def _still_stands(decision: Decision) -> None:
    if decision.state == State.LOOKED_BACK:
        raise DomainError("This was looked back on already.")
    if decision.state != State.DECIDED:
        raise DomainError("Only a decision that stands is looked back on.")
