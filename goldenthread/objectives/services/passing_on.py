"""Passing objectives on from somebody who leaves, moves or is away: with their word, never past it."""

from django.db import transaction

from goldenthread.core import audit, versions
from goldenthread.core.errors import DomainError
from goldenthread.objectives.models import ExpectationChange, KeyResult, Objective
from goldenthread.objectives.services.agreement import Side, side_of, side_of_word
from goldenthread.objectives.services.changes import propose_owner
from goldenthread.objectives.services.drafts import folded
from goldenthread.objectives.states import BEFORE_AGREEMENT, LIVE
from goldenthread.people.models import Person
from goldenthread.people.services import require_pass_on


def pass_objective(*, actor: Person, objective: Objective, to: Person) -> ExpectationChange | None:
    """Pass on somebody's objective. One that is not agreed yet is `to`'s at once.

    What was agreed waits as an expectation change for `to` to take it on; until then, and when they decline, who
    stands above the owner answers for it. Asks whether the actor may pass on what the owner holds.
    """
    holder = objective.owner_person
    if holder is None:
        raise DomainError("A unit owns this objective; name who leads the unit instead.", "to")
    require_pass_on(actor, holder, to)
    return give_objective(actor, objective, to, f"Handover from {holder}")


def give_objective(
    actor: Person, objective: Objective, to: Person, reason: str
) -> ExpectationChange | None:
    """`pass_objective` for a caller that has asked its own permission."""
    holder = objective.owner_person
    if objective.state in LIVE:
        return propose_owner(actor, objective, to, reason)
    if objective.state not in BEFORE_AGREEMENT:
        raise DomainError(f"“{objective}” is closed and stays as it was.")
    changes = {"owner_person": to, "search": folded(objective.title, to)}
    proposer = side_of_word(objective, objective.proposed_by_id, objective.proposed_for_id)
    if proposer is Side.OWNER:
        changes["proposed_for"] = to
    with transaction.atomic():
        versions.save(objective, changes)
        before, after = {"owner_person": holder}, {"owner_person": to}
        audit.record(actor, "hand over", objective, before=before, after=after, note=reason)
    return None


@transaction.atomic
def pass_reporting(*, actor: Person, key_result: KeyResult, to: Person) -> KeyResult:
    """Let somebody else report the number of a key result; nothing of what was agreed changes by it."""
    holder = key_result.reporter
    if holder is None:
        raise DomainError(f"Nobody reports “{key_result}” but its owner.", "to")
    require_pass_on(actor, holder, to)
    versions.save(key_result, {"reporter": to})
    audit.record(
        actor,
        "hand over",
        key_result.objective,
        before={"reporter": holder},
        after={"reporter": to},
        note=f"“{key_result}”: handover from {holder}",
    )
    return key_result


@transaction.atomic
def pass_answer(*, actor: Person, change: ExpectationChange, to: Person) -> ExpectationChange:
    """Let somebody else answer a change that waits; only who speaks for that side of the objective can."""
    holder = change.addressee
    if holder is None:
        raise DomainError("This change is addressed to nobody.", "to")
    require_pass_on(actor, holder, to)
    side = side_of(change.objective, to)
    if side is None or side == side_of_word(
        change.objective, change.author_id, change.author_for_id
    ):
        raise DomainError(
            f"{to} does not answer for “{change.objective}”. Choose somebody above its owner.", "to"
        )
    versions.save(change, {"addressee": to})
    before, after = {"addressee": holder}, {"addressee": to}
    note = f"Handover from {holder}"
    audit.record(actor, "hand over", change.objective, before=before, after=after, note=note)
    return change
