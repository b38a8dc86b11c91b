"""Expectation changes: an agreed objective is never silently changed.

A change is proposed with its reason, answered by the other side, and stays on record with the old wording.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction

from goldenthread.core import audit, clock, versions
from goldenthread.core.access import require
from goldenthread.core.errors import DomainError, NotAllowed
from goldenthread.objectives.models import ExpectationChange, KeyResult, Objective
from goldenthread.objectives.services.agreement import (
    Side,
    next_above,
    side_of,
    side_of_word,
    speaks_for_both,
    spoken_for,
)
from goldenthread.objectives.services.drafts import (
    KeyResultDraft,
    MilestoneDraft,
    check_key_result,
    folded,
    write_key_result,
)
from goldenthread.objectives.services.figures import refresh
from goldenthread.objectives.services.kept import (
    KEY_RESULT_FIELDS,
    OWNERS,
    kept_key_result,
    key_result_of,
    value_of,
)
from goldenthread.objectives.services.quality import not_yet, recheck
from goldenthread.objectives.states import LIVE
from goldenthread.people.models import Person
from goldenthread.permissions import Action

OBJECTIVE_FIELDS = frozenset(
    [
        "title",
        "why",
        "starts_on",
        "ends_on",
        "ambition",
        "critical",
        "owner_person",
        "owner_unit",
        "cadence_days",
        "run_the_business",
    ]
)
State = ExpectationChange.State


@dataclass(frozen=True)
class Change:
    """What shall change: fields of the objective, fields of its key results by id, new ones, dropped ones."""

    objective: Mapping[str, Any] = field(default_factory=dict)
    key_results: Mapping[int, Mapping[str, Any]] = field(default_factory=dict)
    added: tuple[KeyResultDraft, ...] = ()
    dropped: tuple[int, ...] = ()


def propose_change(
    *, actor: Person, objective: Objective, change: Change, reason: str
) -> ExpectationChange:
    """Propose a change to an agreed objective; accepted at once where one person speaks for both sides.

    Asks *propose change*. Refuses a change without a reason, without a difference, or while another waits.
    """
    require(actor, Action.PROPOSE_CHANGE, objective)
    return put_change(actor, objective, change, reason)


def put_change(
    actor: Person, objective: Objective, change: Change, reason: str
) -> ExpectationChange:
    """`propose_change` for a service of a room above that has asked its own permission: who answers what gives may
    stand outside the line. Accepted at once too where the owner has no account."""
    if objective.state not in LIVE:
        raise DomainError("Only an agreed objective needs a change; edit the draft itself.")
    if not reason.strip():
        raise DomainError("Say why: the reason stays on record.", "reason")
    if objective.expectation_changes.filter(state=State.OPEN).exists():
        raise DomainError("Another change waits for its answer. Withdraw it or wait.")
    before, after = difference(objective, change)
    if not after:
        raise DomainError("Nothing is changed yet.")
    with transaction.atomic():
        row = open_change(actor, objective, before, after, reason)
        owner = objective.accountable
        alone = speaks_for_both(objective, actor)
        if not alone and row.addressee == owner and owner is not None and owner.user_id is None:
            alone = f"spoken for: {owner} has no account"
        if alone:
            _accept(actor, row, alone)
    return row


def open_change(
    actor: Person,
    objective: Objective,
    before: dict[str, Any],
    after: dict[str, Any],
    reason: str,
    addressee: Person | None = None,
) -> ExpectationChange:
    """Write a change that waits for its answer. The caller has asked permission."""
    row = ExpectationChange.objects.create(
        objective=objective,
        author=actor,
        author_for=spoken_for(actor, objective),
        reason=reason.strip(),
        changes=after,
        before=before,
        addressee=addressee or _addressee(actor, objective),
    )
    audit.record(actor, "propose change", objective, before=before, after=after, note=row.reason)
    return row


def answer_change(
    *, actor: Person, change: ExpectationChange, accept: bool, answer: str = ""
) -> ExpectationChange:
    """Accept, which applies it, or decline with a reason. Only the other side answers."""
    require(actor, Action.ANSWER_CHANGE, change)
    if change.state != State.OPEN:
        raise DomainError("This change has been answered already.")
    objective = change.objective
    if (to := taken_on_by(change)) is not None:
        if to != actor.pk:
            raise NotAllowed(f"This waits for {change.addressee}, who would own it.")
    elif not speaks_for_both(objective, actor) and side_of(objective, actor) == author_side(change):
        raise NotAllowed("This waits for the other side.")
    if not accept and not answer.strip():
        raise DomainError("Say why not.", "answer")
    with transaction.atomic():
        if accept:
            _accept(actor, change, answer.strip())
        else:
            close_change(actor, change, State.DECLINED, answer.strip())
            audit.record(actor, "decline change", objective, note=answer.strip())
    return change


def withdraw_change(*, actor: Person, change: ExpectationChange) -> ExpectationChange:
    """Take a change back before it is answered; who proposed it may."""
    require(actor, Action.PROPOSE_CHANGE, change.objective)
    if change.state != State.OPEN:
        raise DomainError("This change has been answered already.")
    if not may_withdraw(change, actor):
        raise NotAllowed("Only who proposed a change takes it back.")
    with transaction.atomic():
        close_change(actor, change, State.WITHDRAWN, "")
        audit.record(actor, "withdraw change", change.objective)
    return change


def propose_owner(
    actor: Person, objective: Objective, to: Person, reason: str
) -> ExpectationChange:
    """Offer an agreed objective to its next owner, who takes it on or declines with a reason.

    At once where `to` is the actor, or has no account and so is spoken for. The caller has asked permission.
    """
    if objective.expectation_changes.filter(state=State.OPEN).exists():
        raise DomainError(f"A change of “{objective}” waits for its answer. Settle that first.")
    before = {"objective": {"owner_person": objective.owner_person_id}}
    after = {"objective": {"owner_person": to.pk}}
    with transaction.atomic():
        row = open_change(actor, objective, before, after, reason, addressee=to)
        if to == actor:
            _accept(actor, row, "taken on")
        elif to.user_id is None:
            _accept(actor, row, f"spoken for: {to} has no account")
    return row


def taken_on_by(change: ExpectationChange) -> int | None:
    """Who would own the objective and alone answers whether they take it on; None for any other change."""
    to: int | None = change.changes.get("objective", {}).get("owner_person")
    return to if to is not None and to == change.addressee_id else None


def may_withdraw(change: ExpectationChange, person: Person) -> bool:
    """Whoever proposed it, in whose place a deputy did, and their deputy."""
    return change.author_for_id == person.pk or change.author_id in {
        one.pk for one in person.self_and_lenders
    }


def author_side(change: ExpectationChange) -> Side | None:
    """Which side proposed a change."""
    return side_of_word(change.objective, change.author_id, change.author_for_id)


def _addressee(actor: Person, objective: Objective) -> Person | None:
    speaks_as_owner = side_of(objective, actor) is Side.OWNER
    return next_above(objective) if speaks_as_owner else objective.accountable


def close_change(actor: Person, change: ExpectationChange, state: str, answer: str) -> None:
    versions.save(
        change,
        {
            "state": state,
            "answered_by": actor,
            "answered_at": clock.now(),
            "answer": answer,
        },
    )


def difference(objective: Objective, change: Change) -> tuple[dict[str, Any], dict[str, Any]]:
    """Before and after as they are kept: only what differs, as plain values."""
    if unknown := set(change.objective) - OBJECTIVE_FIELDS:
        raise DomainError(f"{', '.join(sorted(unknown))} cannot be changed this way.")
    was, becomes = audit.changed(objective, change.objective)
    if not str(becomes.get("title", objective.title)).strip():
        raise DomainError("An objective needs a title.", "title")
    owners = [becomes.get(name, getattr(objective, name)) for name in OWNERS]
    if owners.count(None) != 1:
        raise DomainError("Name one owner: a person or a unit.", "owner")
    before: dict[str, Any] = {"objective": {k: audit.plain(v) for k, v in was.items()}}
    after: dict[str, Any] = {"objective": {k: audit.plain(v) for k, v in becomes.items()}}
    rows = {row.pk: row for row in objective.key_results.select_related("reporter", "kpi")}
    for pk, fields in change.key_results.items():
        if pk not in rows:
            raise DomainError("One of the key results belongs to another objective.")
        if unknown := set(fields) - KEY_RESULT_FIELDS:
            raise DomainError(f"{', '.join(sorted(unknown))} cannot be changed this way.")
        was, becomes = audit.changed(rows[pk], fields)
        if becomes:
            _check(rows[pk], fields)
            names = before.setdefault("key_results", {}), after.setdefault("key_results", {})
            names[0][str(pk)] = {k: audit.plain(v) for k, v in was.items()}
            names[1][str(pk)] = {k: audit.plain(v) for k, v in becomes.items()}
    for draft in change.added:
        check_key_result(draft)
        after.setdefault("added", []).append(kept_key_result(draft))
    for pk in change.dropped:
        if pk not in rows:
            raise DomainError("One of the key results belongs to another objective.")
        before.setdefault("dropped", {})[str(pk)] = rows[pk].title
        after.setdefault("dropped", []).append(pk)
    if len(rows) + len(change.added) - len(change.dropped) < 1:
        raise DomainError("One key result has to stay, or there is no way to tell success.")
    before = {k: v for k, v in before.items() if v}
    after = {k: v for k, v in after.items() if v}
    return before, after


def _check(row: KeyResult, fields: Mapping[str, Any]) -> None:
    """The key result as it would be with the change has to pass what a new one has to."""
    names = ["kind", *KEY_RESULT_FIELDS]
    draft = KeyResultDraft(
        **{name: fields.get(name, getattr(row, name)) for name in names},
        milestones=[
            MilestoneDraft(one.title, one.due_on, one.weight) for one in row.milestones.all()
        ],
    )
    try:
        check_key_result(draft)
    except DomainError as error:
        raise DomainError(f"“{row}”: {error.message}", f"{row.pk}-{error.field}") from error


def _accept(actor: Person, change: ExpectationChange, answer: str) -> None:
    """Apply every part in one act; what was dropped keeps its history with weight 0.

    Refuses a change that would leave the criteria with an open error where they had none.
    """
    objective = change.objective
    had_errors = bool(not_yet([objective]))
    fields = {k: value_of(k, v) for k, v in change.changes.get("objective", {}).items()}
    if fields:
        probe = Objective(
            title=fields.get("title", objective.title),
            cycle=objective.cycle,
            starts_on=fields.get("starts_on", objective.starts_on),
            ends_on=fields.get("ends_on", objective.ends_on),
        )
        if probe.ends <= probe.starts:
            raise DomainError("The end must come after the start.", "ends_on")
        owner = fields.get("owner_person") or fields.get("owner_unit") or objective.owner
        fields["search"] = folded(probe.title, owner)
        versions.save(objective, fields)
    for pk, changed in change.changes.get("key_results", {}).items():
        row = objective.key_results.get(pk=pk)
        versions.save(row, {k: value_of(k, v) for k, v in changed.items()})
    position = objective.key_results.count()
    for place, kept in enumerate(change.changes.get("added", [])):
        write_key_result(objective, key_result_of(kept), position + place)
    KeyResult.objects.filter(objective=objective, pk__in=change.changes.get("dropped", [])).update(
        weight=0
    )
    close_change(actor, change, State.ACCEPTED, answer)
    audit.record(
        actor,
        "accept change",
        objective,
        before=change.before,
        after=change.changes,
        note=answer,
    )
    refresh([objective])
    if not had_errors and (refused := not_yet([objective])):
        raise refused[objective.pk]
    recheck([objective])
    objective.refresh_from_db()
