"""How an objective comes to be agreed: drafted, proposed, countered, agreed with one click; or confirmed.

An agreement has two sides: who answers for the objective, and their management line. Where nobody stands
above, or the person has no account, one side speaks for both, and the record says so.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction

from goldenthread.core import audit, versions
from goldenthread.core.access import can, relations, require
from goldenthread.core.clock import now, today
from goldenthread.core.errors import DomainError, NotAllowed
from goldenthread.objectives.cascade_states import CascadeState
from goldenthread.objectives.models import Cascade, Objective
from goldenthread.objectives.services.links import refresh_in_line
from goldenthread.objectives.services.quality import not_yet, recheck
from goldenthread.objectives.services.sides import Side as Side
from goldenthread.objectives.services.sides import proposer_side as proposer_side
from goldenthread.objectives.services.sides import side_of_word as side_of_word
from goldenthread.objectives.states import MOVES, State, move
from goldenthread.people.models import Person, Unit
from goldenthread.permissions import ABOVE, Action, Relation


def side_of(objective: Objective, person: Person) -> Side | None:
    """Which side of the agreement a person speaks for; the owner's own voice goes first."""
    return side_in(relations(person, objective))


def side_in(relations: Collection[Relation]) -> Side | None:
    """The side that these relations to an objective speak for."""
    if Relation.OWNER in relations:
        return Side.OWNER
    return Side.LINE if ABOVE & set(relations) else None


def speaks_for_both(objective: Objective, person: Person) -> str:
    """Why one person may agree alone, in words for the record; empty when the other side must answer."""
    return why_alone(objective, side_of(objective, person))


def why_alone(objective: Objective, side: Side | None) -> str:
    """Why this side speaks for both, in words; empty when it does not."""
    accountable = objective.accountable
    if side is Side.LINE and accountable is None:
        return f"spoken for: {objective.owner} has no leader"
    if side is Side.LINE and accountable is not None and accountable.user_id is None:
        return f"spoken for: {accountable} has no account"
    if side is Side.OWNER and next_above(objective) is None:
        return "agreed alone: nobody above has an account"
    return ""


def next_above(objective: Objective) -> Person | None:
    """Who answers for the line: the nearest manager above the accountable person who has an account, else the
    nearest such head of a unit above theirs."""
    accountable = objective.accountable
    unit = objective.owner_unit or (accountable.unit if accountable is not None else None)
    return nearest_above(accountable, unit)


def nearest_above(person: Person | None, unit: Unit | None) -> Person | None:
    """The nearest manager above a person who has an account, else the nearest such head of the unit or one above."""
    above = person.manager if person is not None else None
    while above is not None:
        if above.user_id is not None:
            return above
        above = above.manager
    while unit is not None:
        head = unit.leader
        if head is not None and head != person and head.user_id is not None:
            return head
        unit = unit.parent
    return None


def step(
    actor: Person,
    objective: Objective,
    target: State,
    *,
    note: str = "",
    version: int | None = None,
    **fields: object,
) -> Objective:
    """Move an objective along the table of states, asking the permission that the step names."""
    found = move(objective.state, target)
    # Who may not take the step is told so before anything about the state is.
    if leads_there := found or next((one for one in MOVES if one.target == target), None):
        require(actor, leads_there.action, objective)
    if found is None:
        raise DomainError(
            f"“{objective}” is {State(objective.state).label.lower()}; "
            f"it cannot become {target.label.lower()} from there."
        )
    before = {"state": objective.state}
    versions.save(objective, {"state": target, **fields}, version=version)
    audit.record(
        actor,
        f"{target.label.lower()}",
        objective,
        before=before,
        after={"state": target},
        note=note,
    )
    return objective


def propose(*, actor: Person, objective: Objective, version: int | None = None) -> Objective:
    """Put a draft to the other side; agreed at once where one person speaks for both.

    Refuses one without a key result, and one that would be agreed with an open error in its criteria.
    """
    require(actor, Action.PROPOSE_OBJECTIVE, objective)
    if not objective.key_results.exists():
        raise DomainError("Add a key result first: nobody can agree to what cannot be judged.")
    with transaction.atomic():
        step(
            actor,
            objective,
            State.PROPOSED,
            version=version,
            **proposal_of(actor, objective),
        )
        if alone := speaks_for_both(objective, actor):
            if refused := not_yet([objective]):
                raise refused[objective.pk]
            _agree(actor, objective, alone)
        recheck([objective])
    return objective


def agree(*, actor: Person, objective: Objective, version: int | None = None) -> Objective:
    """Agree with one click to what the other side proposed or countered.

    Refuses while one of its criteria has an open error; a warning does not keep it.
    """
    with transaction.atomic():
        alone = speaks_for_both(objective, actor)
        _require_other_side(actor, objective)
        proposed = objective.state in {State.PROPOSED, State.COUNTERED}
        if refused := not_yet([objective] if proposed else []):
            raise refused[objective.pk]
        _agree(actor, objective, alone, version)
        recheck([objective])
        return objective


@dataclass
class AllAgreed:
    """What became of a list: agreed, or not yet, with the words that say what to mend."""

    agreed: list[Objective] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)


def agree_all(*, actor: Person, objectives: Iterable[Objective]) -> AllAgreed:
    """Agree to everything in the list that waits for this person's word; the rest is left as it is.

    One whose criteria have an open error is passed over, and told.
    """
    found = AllAgreed()
    with transaction.atomic():
        waiting = [one for one in objectives if waits_for(one, actor)]
        refused = not_yet(waiting)
        found.refused = [refused[one.pk].message for one in waiting if one.pk in refused]
        for objective in waiting:
            if objective.pk not in refused:
                alone = speaks_for_both(objective, actor)
                found.agreed.append(_agree(actor, objective, alone))
        recheck(found.agreed)
    return found


def waits_for(objective: Objective, person: Person) -> bool:
    """Whether the next word on a proposal is this person's."""
    if objective.state not in {State.PROPOSED, State.COUNTERED}:
        return False
    if not can(person, Action.AGREE_OBJECTIVE, objective):
        return False
    return not waits_for_other_side(objective, person)


def decline(*, actor: Person, objective: Objective, reason: str) -> Objective:
    """Say no to a proposal, with a reason that stays on record."""
    if not reason.strip():
        raise DomainError("Say why, so that the other side can answer or let go.", "reason")
    with transaction.atomic():
        if objective.state != State.UNCONFIRMED:
            _require_other_side(actor, objective)
        step(actor, objective, State.DROPPED, note=reason, learning=reason, closed_at=now())
        refresh_in_line(objective)
    return objective


def confirm(*, actor: Person, objective: Objective) -> Objective:
    """Take on what an import or a draft proposed: from here it counts, as a draft of its owner.

    Where nobody is named, who confirms becomes the owner.
    """
    with transaction.atomic():
        _confirm(actor, objective)
        recheck([objective])
    return objective


def _confirm(actor: Person, objective: Objective) -> Objective:
    taken: dict[str, Any] = {"owner_person": actor} if objective.owner is None else {}
    step(actor, objective, State.DRAFT, **taken)
    refresh_in_line(objective)
    return objective


def confirm_all(*, actor: Person, objectives: Iterable[Objective]) -> list[Objective]:
    """Confirm everything in the list that this person may confirm."""
    with transaction.atomic():
        confirmed = [
            _confirm(actor, objective)
            for objective in objectives
            if objective.state == State.UNCONFIRMED
            and can(actor, Action.CONFIRM_OBJECTIVE, objective)
        ]
        recheck(confirmed)
    return confirmed


def waits_for_other_side(objective: Objective, person: Person) -> bool:
    """Whether a proposal lies with the other side: who made it neither agrees to it nor rewrites it alone."""
    side = side_of(objective, person)
    return not why_alone(objective, side) and side == proposer_side(objective)


def begin_if_due(objective: Objective) -> None:
    """An agreed objective becomes active on the day its period begins."""
    if objective.state == State.AGREED and objective.starts <= today():
        versions.save(objective, {"state": State.ACTIVE})
        for cascade in Cascade.objects.filter(objective=objective, state=CascadeState.AGREED):
            versions.save(cascade, {"state": CascadeState.ACTIVE})


def put_agreed(actor: Person, objective: Objective, proposed_by: Person | None, note: str) -> None:
    """A new objective on which two units have agreed in a cascade. The caller has asked permission.

    Refuses one without a key result, and while one of its criteria has an open error.
    """
    if not objective.key_results.exists():
        raise DomainError("Add a key result first: nobody can agree to what cannot be judged.")
    if refused := not_yet([objective]):
        raise refused[objective.pk]
    at = now()
    before = {"state": objective.state}
    agreed = {"state": State.AGREED, "agreed_by": actor, "agreed_at": at}
    versions.save(objective, {**agreed, "proposed_by": proposed_by, "proposed_at": at})
    after = {"state": State.AGREED}
    verb = State.AGREED.label.lower()
    audit.record(actor, verb, objective, before=before, after=after, note=note)
    begin_if_due(objective)
    recheck([objective])


def _agree(actor: Person, objective: Objective, note: str, version: int | None = None) -> Objective:
    step(
        actor,
        objective,
        State.AGREED,
        note=note,
        version=version,
        agreed_by=actor,
        agreed_at=now(),
    )
    begin_if_due(objective)
    return objective


def spoken_for(actor: Person, objective: Objective) -> Person | None:
    """The owner, when the actor speaks as their deputy."""
    accountable = objective.accountable
    if accountable is None or accountable.pk == actor.pk:
        return None
    return accountable if side_of(objective, actor) is Side.OWNER else None


def proposal_of(actor: Person, objective: Objective) -> dict[str, Any]:
    """Who proposes, for whom, when: what an objective keeps of its proposal."""
    deputised = spoken_for(actor, objective)
    return {"proposed_by": actor, "proposed_for": deputised, "proposed_at": now()}


def _require_other_side(actor: Person, objective: Objective) -> None:
    require(actor, Action.AGREE_OBJECTIVE, objective)
    if waits_for_other_side(objective, actor):
        raise NotAllowed("This waits for the other side: who proposes does not agree alone.")
