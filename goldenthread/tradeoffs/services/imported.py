"""What an import brings in: decisions, unconfirmed until who decides, or has decided, takes them on."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction

from goldenthread.core import audit
from goldenthread.core.access import require
from goldenthread.core.errors import DomainError, NotAllowed
from goldenthread.people.models import Person
from goldenthread.permissions import Action
from goldenthread.strategy.services.checks import in_order, kept, words
from goldenthread.tradeoffs.models import Decision
from goldenthread.tradeoffs.services.parts import (
    OptionWords,
    Touched,
    add_touches,
    clean_options,
    fte,
    in_words,
    prose,
    save,
    write_options,
)

FIELDS = (
    *("question", "background", "decider", "due_on", "confidential", "decided_on", "reason"),
    *("given_up", "freed_fte", "freed_until", "expected", "look_again_on", "looked_back_on"),
    *("outcome", "as_expected", "learnt", "replaces"),
)
DAYS = ("due_on", "decided_on", "look_again_on", "looked_back_on")
PROSE = ("background", "reason", "given_up", "expected", "outcome", "learnt")


@transaction.atomic
def bring_in_decision(
    *,
    actor: Person,
    options: Sequence[OptionWords] = (),
    choice: str = "",
    touches: Sequence[Touched] = (),
    source: str = "",
    external_id: str = "",
    **fields: Any,
) -> Decision:
    """Write a decision as unconfirmed, addressed to who decides; nobody here is its author.

    Permission: who may import. Raises `DomainError` where it is neither due nor decided, or decided without a choice.
    """
    require(actor, Action.IMPORT)
    fields = _checked(fields)
    cleaned = _with_choice(options, choice)
    _whole(fields, choice)
    made = Decision.objects.create(
        **fields, state=Decision.State.UNCONFIRMED, source=source[:200], external_id=external_id
    )
    write_options(made, cleaned)
    chosen = _choose(made, choice)
    after = kept(made, *FIELDS) | ({"options": in_words(cleaned)} if cleaned else {})
    note = f"Chosen: {chosen}" if chosen else ""
    audit.record(actor, "import decision", made, after=after, note=note)
    add_touches(actor, made, touches)
    return made


@transaction.atomic
def redraft_decision(
    *,
    actor: Person,
    decision: Decision,
    options: Sequence[OptionWords],
    choice: str,
    touches: Sequence[Touched],
    **changes: Any,
) -> Decision:
    """Bring a decision that nobody has taken on to what the file says now. Permission: who may import."""
    require(actor, Action.IMPORT)
    if decision.state != Decision.State.UNCONFIRMED:
        raise NotAllowed("It was taken on here. Change it on its page.")
    changes = _checked(changes)
    _whole({name: getattr(decision, name) for name in DAYS} | changes, choice)
    cleaned = _with_choice(options, choice)
    was = _chosen(decision)
    save(actor, "redraft decision", decision, changes, options=cleaned, touches=touches)
    becomes = _choose(decision, choice)
    if was != becomes:
        before, after = {"choice": was}, {"choice": becomes}
        audit.record(actor, "redraft decision", decision, before=before, after=after)
    return decision


def _checked(fields: dict[str, Any]) -> dict[str, Any]:
    found = dict(fields)
    if "question" in found:
        found["question"] = words(found["question"], "question")
    found |= {name: prose(found[name], name) for name in PROSE if name in found}
    if "freed_fte" in found:
        found["freed_fte"] = fte(found["freed_fte"], "freed_fte")
    return found


def _whole(fields: Mapping[str, Any], choice: str) -> None:
    """Refuse what could not be taken on as it is."""
    due, decided, look, looked = (fields.get(name) for name in DAYS)
    if decided is None and due is None:
        raise DomainError("Say by when it is decided, or when it was.", "due_on")
    if decided is not None and not choice:
        raise DomainError("Say what was chosen.", "choice")
    if decided is None and (choice or looked):
        raise DomainError("Say when it was decided.", "decided_on")
    in_order(decided, look, "look_again_on")
    in_order(decided, looked, "looked_back_on")


def _with_choice(options: Sequence[OptionWords], choice: str) -> list[OptionWords]:
    cleaned = clean_options(options)
    known = {one.title.casefold() for one in cleaned}
    if choice and words(choice, "choice").casefold() not in known:
        cleaned.append(OptionWords(words(choice, "choice")))
    return cleaned


def _choose(decision: Decision, choice: str) -> str:
    """Mark the option of that title, and answer with it."""
    chosen = words(choice, "choice").casefold() if choice else ""
    decision.options.filter(chosen=True).update(chosen=False)
    for one in decision.options.all():
        if one.title.casefold() == chosen:
            one.chosen = True
            one.save()
    return _chosen(decision)


def _chosen(decision: Decision) -> str:
    return decision.options.filter(chosen=True).values_list("title", flat=True).first() or ""
