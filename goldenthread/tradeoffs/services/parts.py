"""The options of a decision and what it touches, as written; and what every service asks of its words."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from django.db.models import Model

from goldenthread.core import audit, clock, versions
from goldenthread.core.errors import DomainError, SavedMeanwhile
from goldenthread.objectives.models import Objective
from goldenthread.people.models import Person, Unit
from goldenthread.strategy.models import Kpi, Priority
from goldenthread.strategy.services.checks import words
from goldenthread.tradeoffs.models import Decision, Option, Touch, touched_by
from goldenthread.tradeoffs.selectors.touches import seen_touches

Touched = Priority | Objective | Unit | Kpi | Person

MOST_OPTIONS, MOST_TOUCHED = 12, 30
LONGEST = 5000
MOST_FTE = Decimal(9999)


@dataclass(frozen=True)
class OptionWords:
    """An option as written; `pk` is that of the one it rewrites."""

    title: str
    speaks_for: str = ""
    speaks_against: str = ""
    pk: int | None = None


def prose(text: str, field: str) -> str:
    """The text without blanks around it, its lines kept; refused when too long."""
    text = text.strip()
    if len(text) > LONGEST:
        raise DomainError(f"This is {len(text)} characters long; at most {LONGEST} fit.", field)
    return text


def said(text: str, field: str, ask: str) -> str:
    """The same, and refused with `ask` when empty."""
    text = prose(text, field)
    if not text:
        raise DomainError(ask, field)
    return text


def fte(value: Decimal | None, field: str) -> Decimal | None:
    if value is None:
        return None
    if not value.is_finite() or not 0 <= value <= MOST_FTE:
        raise DomainError("FTE lies between 0 and 9,999.", field)
    if value != round(value, 2):
        raise DomainError("At most two decimal places are kept.", field)
    return value


def to_come(day: dt.date, field: str) -> dt.date:
    """A day that is not over."""
    if day < clock.today():
        raise DomainError("This day is over. Choose one to come.", field)
    return day


def clean_options(options: Iterable[OptionWords]) -> list[OptionWords]:
    """The options with their words put right; refused when there are too many or two are called the same."""
    found, seen = [], set[str]()
    for place, one in enumerate(options):
        title = words(one.title, f"options-{place}-title")
        if title.casefold() in seen:
            raise DomainError("Two options are called the same.", f"options-{place}-title")
        seen.add(title.casefold())
        for_it = prose(one.speaks_for, f"options-{place}-speaks_for")
        against = prose(one.speaks_against, f"options-{place}-speaks_against")
        found.append(replace(one, title=title, speaks_for=for_it, speaks_against=against))
    if len(found) > MOST_OPTIONS:
        raise DomainError(f"At most {MOST_OPTIONS} options fit. Leave the weakest out.", "options")
    return found


def in_words(options: Iterable[OptionWords | Option]) -> list[str]:
    """Each option on a line, for the trail and for comparing two versions."""
    found = []
    for one in options:
        sides = (("for it", one.speaks_for), ("against it", one.speaks_against))
        about = ", ".join(f"{word}: {text.rstrip('.')}" for word, text in sides if text)
        found.append(f"{one.title} ({about})" if about else one.title)
    return found


def save(
    actor: Person,
    verb: str,
    decision: Decision,
    changes: Mapping[str, Any],
    *,
    options: Sequence[OptionWords] | None = None,
    touches: Sequence[Touched] | None = None,
    version: int | None = None,
    note: str = "",
) -> Decision:
    """Save what differs of a decision, its options and what it touches, under the version that the writer saw.

    What it touches and the actor does not see stays. Raises `SavedMeanwhile` with the options of both versions.
    """
    before, after = audit.changed(decision, changes)
    held = list(decision.options.all())
    was, becomes = in_words(held), in_words(options if options is not None else held)
    apart = [] if touches is None else _differ(actor, decision, touches)
    if not (after or was != becomes or apart):
        return decision
    try:
        versions.save(decision, after, version=version)
    except SavedMeanwhile as error:
        raise SavedMeanwhile(
            error.current, error.mine | {"options": becomes}, {"options": was}
        ) from error
    if was != becomes and options is not None:
        before["options"], after["options"] = was, becomes
        write_options(decision, options)
    if after:
        audit.record(actor, verb, decision, before=before, after=after, note=note)
    for touch in apart:
        _tell(actor, decision, touch)
    return decision


def write_options(decision: Decision, options: Sequence[OptionWords]) -> None:
    """Make them the options of the decision, in this order; one that is left out is gone."""
    held = {one.pk: one for one in decision.options.all()}
    kept = {one.pk for one in options}
    decision.options.exclude(pk__in=[pk for pk in kept if pk in held]).delete()
    for pk in held.keys() & kept:  # two may change places, and each title stands once
        Option.objects.filter(pk=pk).update(title=f"\x1f{pk}")
    for place, one in enumerate(options):
        row = held.get(one.pk or 0) or Option(decision=decision)
        row.title, row.position = one.title, place
        row.speaks_for, row.speaks_against = one.speaks_for, one.speaks_against
        row.save()


def add_touches(actor: Person | None, decision: Decision, records: Iterable[Touched]) -> None:
    """Say what a new decision touches."""
    for record in dict.fromkeys(records):
        _tell(actor, decision, Touch(decision=decision, **{touched_by(record): record}))


def _differ(actor: Person, decision: Decision, records: Sequence[Touched]) -> list[Touch]:
    """What comes in addition (not stored yet) and what goes, of what the actor sees."""
    if len(records) > MOST_TOUCHED:
        raise DomainError(f"At most {MOST_TOUCHED} fit. Name what it touches most.", "touches")
    wanted = {_key(record): record for record in records}
    held = {_key(touch.record): touch for touch in seen_touches(decision, actor)}
    new = [
        Touch(decision=decision, **{touched_by(record): record})
        for key, record in wanted.items()
        if key not in held
    ]
    return [*new, *(touch for key, touch in held.items() if key not in wanted)]


def _key(record: Model) -> tuple[str, int]:
    return touched_by(record), record.pk


def _tell(actor: Person | None, decision: Decision, touch: Touch) -> None:
    """Store a new one of this decision, remove an old one; a line each, so that a line names nothing besides."""
    named = {touch.name: touch.record}
    if touch.pk is None:
        touch.save()
        audit.record(actor, "name what it touches", decision, after=named)
    else:
        touch.delete()
        audit.record(actor, "remove what it touches", decision, before=named)
