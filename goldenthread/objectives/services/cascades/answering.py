"""Answering a cascade: another version, agreement of both sides, a refusal with its reason, taking it back."""

from typing import Any

from django.db import transaction
from django.db.models import Max

from goldenthread.core import audit, clock, versions
from goldenthread.core.access import require
from goldenthread.core.errors import DomainError, NotAllowed
from goldenthread.objectives.cascade_states import CascadeState, cascade_move
from goldenthread.objectives.models import Cascade, CascadeVersion
from goldenthread.objectives.services.agreement import put_agreed
from goldenthread.objectives.services.cascades.sides import (
    may_answer,
    sides_of,
    standing,
    why_alone,
    writes_for,
    writing_side,
)
from goldenthread.objectives.services.cascades.terms import (
    Terms,
    as_objective,
    check_ready,
    check_terms,
    for_the_trail,
    terms_of,
    write_version,
)
from goldenthread.objectives.services.drafts import Serves, put_draft
from goldenthread.people.models import Person
from goldenthread.permissions import Action


@transaction.atomic
def counter_cascade(
    *, actor: Person, cascade: Cascade, terms: Terms, answers: int
) -> CascadeVersion:
    """Answer with another version of the same; the other side has the next word.

    `answers` is the version that the writer had before them. Where another stands by now this one is kept as stale,
    beside it, and changes nothing. Asks *counter between units*. Raises `DomainError` when the thread is settled.
    """
    require(actor, Action.COUNTER_CASCADE, cascade)
    row = _locked(cascade)
    _still_waits(row)
    side = writing_side(row, actor)
    if side is None:
        raise NotAllowed("Only who speaks for one of the two units answers with a version.")
    current = standing(row)
    if not 1 <= answers <= (row.versions.aggregate(last=Max("number"))["last"] or 0):
        raise DomainError("There is no such version to answer.", "answers")
    check_terms(terms, row.cycle, row.taking_unit)
    check_ready(terms)
    stale = answers != row.number
    was, becomes = for_the_trail(terms_of(current)), for_the_trail(terms)
    if not stale and _said(was) == _said(becomes):
        raise DomainError("Nothing is changed yet. To take it as it is, agree.")
    number = (row.versions.aggregate(last=Max("number"))["last"] or 0) + 1
    made = write_version(
        row,
        terms,
        number=number,
        side=side,
        author=actor,
        author_for=writes_for(row, side, actor),
        answers=answers,
        stale=stale,
    )
    if stale:
        audit.record(actor, "counter cascade too late", row, after={"number": number} | becomes)
        return made
    own = side == row.spoken and row.state == CascadeState.PROPOSED
    state = CascadeState.PROPOSED if own else CascadeState.COUNTERED
    changes = {
        "state": state,
        "number": number,
        "spoken": side,
        "title": made.title,
        "answer_by": made.answer_by,
    }
    before = {"state": row.state, "number": row.number} | was
    versions.save(row, changes)
    verb = "rewrite cascade" if own else "counter cascade"
    after = {"state": state, "number": number} | becomes
    audit.record(actor, verb, row, before=before, after=after)
    return made


@transaction.atomic
def agree_cascade(*, actor: Person, cascade: Cascade, answers: int) -> Cascade:
    """Agree to the version that stands, for the side that did not write it: the objective is made, and agreed.

    In one act the taking unit has the objective with its key results and its contribution. `answers` is the version
    that was read; another one by now refuses. So does an open error in the criteria, and a missing key result. Asks
    *agree between units*: who speaks for the other unit, or the next above where one person speaks for both.
    """
    require(actor, Action.AGREE_CASCADE, cascade)
    row = _locked(cascade)
    _still_waits(row)
    current = standing(row)
    if not may_answer(row, current, actor):
        raise NotAllowed("This waits for the other side: who proposes does not agree alone.")
    if answers != row.number:
        raise DomainError(f"Version {row.number} stands by now. Read it before you agree.")
    alone = why_alone(row, current)
    terms = terms_of(current)
    parent = row.parent
    draft = as_objective(
        terms, row.cycle, row.taking_unit, [Serves(parent, terms.strength, terms.kind)]
    )
    made = put_draft(actor, draft)
    at = clock.now()
    proposer = f"{current.side}_agreed"
    answering = f"{row.answering_side}_agreed"
    changes: dict[str, Any] = {
        f"{proposer}_by": current.author,
        f"{proposer}_at": current.recorded_at,
        f"{answering}_by": actor,
        f"{answering}_at": at,
        "alone": alone,
        "objective": made,
    }
    before = {"state": row.state}
    _step(actor, row, CascadeState.AGREED, changes)
    after = {"state": CascadeState.AGREED, "number": row.number, "objective": made}
    audit.record(actor, "agree cascade", row, before=before, after=after, note=alone)
    put_agreed(
        actor,
        made,
        current.author,
        alone or f"agreed between {row.giver_unit} and {row.taking_unit}",
    )
    row.refresh_from_db()
    return row


@transaction.atomic
def decline_cascade(*, actor: Person, cascade: Cascade, reason: str) -> Cascade:
    """Say no, with a reason that stays on record. Asks *decline between units*.

    Who is to answer may, and whoever speaks for the unit that was asked, whosever turn it is.
    """
    require(actor, Action.DECLINE_CASCADE, cascade)
    row = _locked(cascade)
    _still_waits(row)
    was_asked = row.opening_side.other in sides_of(row, actor)
    if not was_asked and not may_answer(row, standing(row), actor):
        raise NotAllowed("This waits for the other side. Who opened it can take it back.")
    why = _reason(reason)
    if not why:
        raise DomainError("Say why, so that the other side can answer or let go.", "reason")
    before = {"state": row.state}
    _step(actor, row, CascadeState.DECLINED, {"reason": why})
    after = {"state": row.state}
    audit.record(actor, "decline cascade", row, before=before, after=after, note=why)
    return row


@transaction.atomic
def withdraw_cascade(*, actor: Person, cascade: Cascade, reason: str = "") -> Cascade:
    """Take a thread back before it is agreed, a draft too. Asks *withdraw between units*: the side that opened it."""
    require(actor, Action.WITHDRAW_CASCADE, cascade)
    row = _locked(cascade)
    if not row.is_open:
        raise DomainError(f"This is {row.get_state_display().lower()}; nothing waits any more.")
    if row.opening_side not in sides_of(row, actor):
        raise NotAllowed("Only who opened it takes it back. You can decline it, with a reason.")
    why = _reason(reason)
    before = {"state": row.state}
    _step(actor, row, CascadeState.WITHDRAWN, {"reason": why})
    after = {"state": row.state}
    audit.record(actor, "withdraw cascade", row, before=before, after=after, note=why)
    return row


def _reason(text: str) -> str:
    text = text.strip()
    if len(text) > 5000:
        raise DomainError("At most 5,000 characters fit. Shorten it.", "reason")
    return text


def _said(kept: dict[str, Any]) -> dict[str, Any]:
    """What two versions are compared by; a word to the other side, or another term, is no other proposal."""
    return {name: value for name, value in kept.items() if name not in {"word", "answer_by"}}


def _locked(cascade: Cascade) -> Cascade:
    """The thread as it stands, held until the end of the act: one answer at a time."""
    held = Cascade.objects.select_for_update(of=("self",))
    related = ("cycle", "giver_unit__leader", "taking_unit__leader", "objective")
    return held.select_related(*related, "parent_objective", "parent_priority").get(pk=cascade.pk)


def _still_waits(row: Cascade) -> None:
    if row.state == CascadeState.DRAFT:
        raise DomainError("This is not sent yet.")
    if not row.is_waiting:
        by = f" by {row.closed_by}" if row.closed_by else ""
        why = f": {row.reason}" if row.reason else ""
        raise DomainError(f"This was {row.get_state_display().lower()}{by}{why}")


def _step(actor: Person, row: Cascade, target: CascadeState, changes: dict[str, Any]) -> None:
    if cascade_move(row.state, target) is None:
        raise DomainError(
            f"It is {row.get_state_display().lower()} and cannot become {target.label.lower()}."
        )
    closing = {"state": target, "closed_by": actor, "closed_at": clock.now()}
    versions.save(row, closing | changes)
