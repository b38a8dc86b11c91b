"""Opening a question, writing on while it is open, correcting the words of what is decided, withdrawing."""

import datetime as dt
from collections.abc import Sequence
from typing import Any, TypedDict, Unpack

from django.db import transaction

from goldenthread.core import audit
from goldenthread.core.access import not_as_deputy, require
from goldenthread.core.errors import DomainError
from goldenthread.people.models import Person
from goldenthread.permissions import Action
from goldenthread.strategy.services.checks import kept, leads, words
from goldenthread.tradeoffs.models import MADE, Decision
from goldenthread.tradeoffs.services.parts import (
    OptionWords,
    Touched,
    add_touches,
    clean_options,
    in_words,
    prose,
    said,
    save,
    to_come,
    write_options,
)

State = Decision.State
FIELDS = ("question", "background", "decider", "due_on", "confidential", "replaces")
PROSE = ("background", "reason", "given_up", "expected", "outcome", "learnt")


class DecisionChanges(TypedDict, total=False):
    """What `edit_decision` may change while it is open."""

    question: str
    background: str
    decider: Person
    due_on: dt.date
    confidential: bool
    options: Sequence[OptionWords]
    touches: Sequence[Touched]


class Wording(TypedDict, total=False):
    """What `correct_decision` may change of what is decided: words, what it touches, who reads it."""

    question: str
    background: str
    reason: str
    given_up: str
    expected: str
    outcome: str
    learnt: str
    confidential: bool
    options: Sequence[OptionWords]
    touches: Sequence[Touched]


@transaction.atomic
def open_decision(
    *,
    actor: Person,
    question: str,
    due_on: dt.date,
    decider: Person | None = None,
    background: str = "",
    options: Sequence[OptionWords] = (),
    touches: Sequence[Touched] = (),
    confidential: bool = False,
    replaces: Decision | None = None,
) -> Decision:
    """Put a question to be decided by a day; by the actor, unless another leader is named.

    With `replaces` it asks again what was decided, and takes its place once it is decided. Permission: a leader, and
    for `replaces` also who may edit that one. Raises `DomainError`.
    """
    require(actor, Action.OPEN_DECISION)
    if decider is not None and decider != actor:
        leads(decider, "decider")
    if replaces is not None:
        require(actor, Action.EDIT_DECISION, replaces)
        _may_be_replaced(replaces)
    return opened(
        actor=actor,
        question=question,
        due_on=to_come(due_on, "due_on"),
        decider=decider or actor,
        background=background,
        options=options,
        touches=touches,
        confidential=confidential,
        replaces=replaces,
    )


def opened(
    *,
    actor: Person,
    options: Sequence[OptionWords],
    touches: Sequence[Touched],
    **fields: Any,
) -> Decision:
    """The question as it is written, with its lines in the trail; who may is asked before."""
    fields["question"] = words(fields["question"], "question")
    fields["background"] = prose(fields["background"], "background")
    cleaned = clean_options(options)
    made = Decision.objects.create(author=actor, **fields)
    write_options(made, cleaned)
    after = kept(made, *FIELDS) | ({"options": in_words(cleaned)} if cleaned else {})
    audit.record(actor, "open decision", made, after=after)
    add_touches(actor, made, touches)
    return made


def _may_be_replaced(decision: Decision) -> None:
    state = Decision.objects.select_for_update().get(pk=decision.pk).state  # one asks at a time
    if state not in {State.DECIDED, State.LOOKED_BACK}:
        raise DomainError("Only what is decided, and not yet replaced, is asked again.", "replaces")
    if decision.replacements.exclude(state=State.WITHDRAWN).exists():
        raise DomainError("This is asked again already.", "replaces")


@transaction.atomic
def edit_decision(
    *,
    actor: Person,
    decision: Decision,
    version: int | None = None,
    **changes: Unpack[DecisionChanges],
) -> Decision:
    """Write on an open question. What is decided is corrected (`correct_decision`) or replaced instead.

    Permission: its author or decider. Raises `SavedMeanwhile`, `DomainError`.
    """
    require(actor, Action.EDIT_DECISION, decision)
    if not decision.is_open:
        raise DomainError("This is no longer open. Correct its words, or decide anew.")
    if "decider" in changes and changes["decider"] != decision.decider:
        not_as_deputy(actor, "who decides", "decider")
        leads(changes["decider"], "decider")
    if "due_on" in changes and changes["due_on"] != decision.due_on:
        to_come(changes["due_on"], "due_on")
    return _rewritten(actor, "edit decision", decision, dict(changes), version)


@transaction.atomic
def correct_decision(
    *, actor: Person, decision: Decision, version: int | None = None, **changes: Unpack[Wording]
) -> Decision:
    """Correct the words of what is decided, what it touches, and whether it is confidential.

    The choice, the figures, the dates and who decided stay: another decision replaces them. Options can be reworded,
    not added or left out. Permission: its author or decider. Raises `SavedMeanwhile`, `DomainError`.
    """
    require(actor, Action.EDIT_DECISION, decision)
    if decision.state not in MADE:
        raise DomainError("Only what is decided is corrected.")
    if "given_up" in changes:
        said(changes["given_up"], "given_up", "Say what is given up.")
    if "outcome" in changes and decision.looked_back_on is not None:
        said(changes["outcome"], "outcome", "Say what happened.")
    if "options" in changes:
        held = set(decision.options.values_list("pk", flat=True))
        if {one.pk for one in changes["options"]} != held:
            raise DomainError("The options stay as they were; correct their words.", "options")
    return _rewritten(actor, "correct decision", decision, dict(changes), version)


def _rewritten(
    actor: Person,
    verb: str,
    decision: Decision,
    changes: dict[str, Any],
    version: int | None,
) -> Decision:
    options, touches = changes.pop("options", None), changes.pop("touches", None)
    if "question" in changes:
        changes["question"] = words(changes["question"], "question")
    changes |= {name: prose(changes[name], name) for name in PROSE if name in changes}
    cleaned = None if options is None else clean_options(options)
    return save(
        *(actor, verb, decision, changes),
        options=cleaned,
        touches=touches,
        version=version,
    )


@transaction.atomic
def withdraw_decision(
    *, actor: Person, decision: Decision, reason: str, version: int | None = None
) -> Decision:
    """Take back a question that nobody needs to decide any more, and say why. Its author or decider."""
    require(actor, Action.EDIT_DECISION, decision)
    if decision.state not in {State.OPEN, State.UNCONFIRMED}:
        raise DomainError("What is decided stays on record. Replace it by another decision.")
    note = said(reason, "reason", "Say why it is no longer asked.")
    changes = {"state": State.WITHDRAWN, "reason": note}
    return save(actor, "withdraw decision", decision, changes, version=version)
