"""What becomes of an action: done, put off with a reason, dropped with a reason, passed on."""

import datetime as dt
from typing import Any

from django.db import transaction

from goldenthread.core import audit, clock, versions
from goldenthread.core.access import require
from goldenthread.core.errors import DomainError
from goldenthread.people.models import Person
from goldenthread.people.services import require_pass_on
from goldenthread.permissions import Action
from goldenthread.programme.models import ReviewAction
from goldenthread.tradeoffs.services.parts import prose, said, to_come

State = ReviewAction.State


@transaction.atomic
def finish_action(
    *, actor: Person, action: ReviewAction, outcome: str = "", version: int | None = None
) -> ReviewAction:
    """Say that it is done, and what came of it. Whose it is, who gave it, who chairs the review."""
    changes = {
        "state": State.DONE,
        "ended_on": clock.today(),
        "outcome": prose(outcome, "outcome"),
    }
    return _save(actor, "finish action", action, changes, version)


@transaction.atomic
def drop_action(
    *, actor: Person, action: ReviewAction, reason: str, version: int | None = None
) -> ReviewAction:
    """Give it up, and say why. Whose it is, who gave it, who chairs the review."""
    why = said(reason, "reason", "Say why it is dropped.")
    changes = {"state": State.DROPPED, "ended_on": clock.today(), "outcome": why}
    return _save(actor, "drop action", action, changes, version)


@transaction.atomic
def move_action(
    *,
    actor: Person,
    action: ReviewAction,
    due_on: dt.date,
    reason: str,
    version: int | None = None,
) -> ReviewAction:
    """Put it off to another day, and say why. Whose it is, who gave it, who chairs the review."""
    why = said(reason, "reason", "Say why it takes longer.")
    changes = {"due_on": to_come(due_on, "due_on")}
    return _save(actor, "put off action", action, changes, version, note=why)


@transaction.atomic
def pass_action(*, actor: Person, action: ReviewAction, to: Person) -> ReviewAction:
    """Name who does it next, when whose it was leaves, moves or is away."""
    require_pass_on(actor, action.owner, to)
    before = {"owner": action.owner}
    versions.save(action, {"owner": to})
    note = f"Handover from {before['owner']}"
    audit.record(actor, "hand over", action, before=before, after={"owner": to}, note=note)
    return action


def _save(
    actor: Person,
    verb: str,
    action: ReviewAction,
    changes: dict[str, Any],
    version: int | None,
    note: str = "",
) -> ReviewAction:
    require(actor, Action.DO_ACTION, action)
    if not action.is_open:
        raise DomainError("This action is not open any more.")
    before, after = audit.changed(action, changes)
    versions.save(action, after, version=version)
    audit.record(actor, verb, action, before=before, after=after, note=note)
    return action
