"""The history of a record in words: who, when, before and after, newest first.

The trail keeps ids. They become names here, in one query for each model that occurs on the page, and only of
what the reader may see: a line that names anything else says so and shows none of its values.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any
from zoneinfo import ZoneInfo

from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.utils.dateparse import parse_date, parse_datetime

from goldenthread.core.audit import ERASED, WITHHELD
from goldenthread.core.models import Organisation
from goldenthread.core.selectors import Change, Entry
from goldenthread.objectives.models import (
    CheckIn,
    Contribution,
    Cycle,
    KeyResult,
    Objective,
)
from goldenthread.people.models import Absence, Person, Unit
from goldenthread.strategy.models import (
    ExpectedResult,
    Kpi,
    KpiTarget,
    Observation,
    Priority,
    Strategy,
    TradeOff,
)
from goldenthread.strategy.selectors import trade_offs_of
from goldenthread.ui.labels import label
from goldenthread.ui.locale import format_number
from goldenthread.ui.templatetags.goldenthread import MISSING, day

Model = type[models.Model]
Seen = dict[Model, dict[int, str]]


@dataclass(frozen=True)
class Kind:
    """A kind of record that has a history page: its word, which of it one sees, what belongs to it."""

    word: str
    visible: Callable[[Person], models.QuerySet[Any]]
    parts: Callable[[Any, Person], Iterable[Any]] = lambda record, reader: ()


KINDS: dict[str, Kind] = {
    "objective": Kind(
        "Objective",
        lambda reader: (
            Objective.objects.visible_to(reader)
            .select_related("owner_person", "owner_unit__leader", "cycle")
            .prefetch_related("key_results")
        ),
        lambda record, reader: record.key_results.all(),
    ),
    "priority": Kind(
        "Priority",
        lambda reader: Priority.objects.visible_to(reader).select_related("strategy", "sponsor"),
        lambda record, reader: record.expected_results.all(),
    ),
    "kpi": Kind("KPI", lambda reader: Kpi.objects.visible_to(reader).select_related("owner")),
    "strategy": Kind(
        "Strategy",
        lambda reader: Strategy.objects.visible_to(reader).select_related("unit"),
        lambda record, reader: trade_offs_of(record, reader),
    ),
    "person": Kind("Person", lambda reader: Person.objects.visible_to(reader)),
    "unit": Kind("Unit", lambda reader: Unit.objects.all()),
    "cycle": Kind("Cycle", lambda reader: Cycle.objects.all()),
}

# Whose fields a line about a record may speak of: its own, then those of what belongs to it.
FIELDS_OF: dict[str, tuple[Model, ...]] = {
    "objectives.objective": (Objective, Contribution),
    "objectives.keyresult": (KeyResult, CheckIn),
    "objectives.cycle": (Cycle,),
    "people.person": (Person, Absence),
    "people.unit": (Unit,),
    "strategy.kpi": (Kpi, KpiTarget, Observation),
    "strategy.priority": (Priority, ExpectedResult, Contribution, TradeOff),
    "strategy.expectedresult": (ExpectedResult,),
    "strategy.strategy": (Strategy, TradeOff),
    "strategy.tradeoff": (TradeOff,),
}
VISIBLE: dict[Model, Callable[[Person], models.QuerySet[Any]]] = {
    type(kind.visible(Person()).model()): kind.visible for kind in KINDS.values()
}
NEVER_SHOWN = frozenset({"search", "position", "version"})
DONE = {
    "accept": "accepted",
    "add": "added",
    "carry": "carried",
    "check": "checked",
    "close": "closed",
    "close:": "closed:",
    "confirm": "confirmed",
    "correct": "corrected",
    "deactivate": "deactivated",
    "decline": "declined",
    "draft": "drafted",
    "drop": "dropped",
    "edit": "edited",
    "end": "ended",
    "found": "founded",
    "grant": "granted",
    "hand": "handed",
    "invite": "invited",
    "leave": "noted the last day",
    "link": "linked",
    "make": "made",
    "merge": "merged",
    "move": "moved",
    "name": "named",
    "open": "opened",
    "order": "ordered",
    "propose": "proposed",
    "put": "put",
    "reactivate": "reactivated",
    "record": "recorded",
    "remove": "removed",
    "rename": "renamed",
    "retire": "retired",
    "set": "set",
    "start": "started",
    "take": "took",
    "unconfirm": "took back the confirmation of",
    "unlink": "unlinked",
    "withdraw": "withdrew",
}


@dataclass(frozen=True)
class Words:
    """One field in words. `closed` says why neither value is shown: "erased" or "withheld"."""

    field: str
    before: str
    after: str
    closed: str = ""


@dataclass(frozen=True)
class Line:
    """One line of the page. `hidden`: it names a record that the reader may not see, so only its verb shows."""

    at: dt.datetime
    who: Person | None
    verb: str
    part: (
        str  # which key result, expected result or trade-off it is about; "" for the record itself
    )
    note: str
    changes: tuple[Words, ...]
    hidden: bool = False


@dataclass(frozen=True)
class _Value:
    """One value still as the trail keeps it, with the model whose field it is."""

    field: str
    prefix: str
    before: Any
    after: Any
    type: models.Field[Any, Any] | None
    target: Model | None


def lines_in_words(
    entries: Sequence[Entry], parts: Iterable[models.Model], reader: Person
) -> list[Line]:
    """The lines of one page, readable. One query for each model that the lines name."""
    flat = {entry.pk: list(_values(entry)) for entry in entries}
    named: dict[Model, set[int]] = {Person: {e.actor_id for e in entries if e.actor_id is not None}}
    for values in flat.values():
        for value in values:
            if value.target is not None:
                named.setdefault(value.target, set()).update(_ids(value.before, value.after))
    people = Person.objects.in_bulk(named[Person])
    seen: Seen = {Person: {pk: person.name for pk, person in people.items()}}
    for model, ids in named.items():
        if model is not Person and ids:
            rows = VISIBLE[model](reader).prefetch_related(None).select_related(None)
            seen[model] = {row.pk: str(row) for row in rows.filter(pk__in=ids)}
    names = {(part._meta.label_lower, part.pk): str(part) for part in parts}
    zone = ZoneInfo(organisation.time_zone if (organisation := Organisation.current()) else "UTC")
    return [
        _line(
            entry,
            flat[entry.pk],
            seen,
            people.get(entry.actor_id or 0),
            names.get((entry.subject_type, entry.subject_id), ""),
            zone,
        )
        for entry in entries
    ]


def _line(
    entry: Entry, values: list[_Value], seen: Seen, who: Person | None, part: str, zone: ZoneInfo
) -> Line:
    named = (
        (value.target, pk)
        for value in values
        if value.target is not None
        for pk in _ids(value.before, value.after)
    )
    hidden = any(pk not in seen.get(target, {}) for target, pk in named)
    first, _, rest = entry.verb.partition(" ")
    verb = f"{DONE.get(first, first)} {rest}".strip()
    return Line(
        at=entry.at.astimezone(zone),
        who=who,
        verb=verb[0].upper() + verb[1:],
        part=part,
        note="" if hidden else entry.note,
        changes=() if hidden else tuple(_in_words(value, seen) for value in values),
        hidden=hidden,
    )


def _values(entry: Entry) -> Iterator[_Value]:
    """The changes of a line, one value at a time: what is kept together (weights, criteria) is taken apart."""
    for change in entry.changes:
        if change.field in NEVER_SHOWN:
            continue
        if change.field == "objective":
            yield from _nested("objectives.objective", "", change.before, change.after)
        elif change.field == "key_results":
            was, becomes = change.before or {}, change.after or {}
            for pk in {**was, **becomes}:
                prefix = "Key result, "
                yield from _nested("objectives.keyresult", prefix, was.get(pk), becomes.get(pk))
        elif change.field == "added":
            for one in change.after or ():
                yield _Value("title", "New key result, ", None, one.get("title"), None, None)
        elif change.field == "dropped":
            for title in (change.before or {}).values():
                yield _Value("title", "Key result given up, ", title, None, None, None)
        elif change.field == "order":
            yield _Value("order", "", change.before, change.after, None, Priority)
        elif change.field.isdigit():  # a weight, kept under the id of its priority
            yield _Value(change.field, "Weight of ", change.before, change.after, None, Priority)
        else:
            yield _one(entry.subject_type, "", change)


def _nested(label_of: str, prefix: str, before: Any, after: Any) -> Iterator[_Value]:
    was, becomes = before or {}, after or {}
    for name in {**was, **becomes}:
        yield _one(label_of, prefix, Change(name, was.get(name), becomes.get(name)))


def _one(label_of: str, prefix: str, change: Change) -> _Value:
    for model in FIELDS_OF.get(label_of, ()):
        try:
            found = model._meta.get_field(change.field)
        except FieldDoesNotExist:
            continue
        target = found.related_model if isinstance(found, models.ForeignKey) else None
        if target not in VISIBLE:
            target = None  # an account: nobody's to read
        field = found if isinstance(found, models.Field) else None
        return _Value(change.field, prefix, change.before, change.after, field, target)
    return _Value(change.field, prefix, change.before, change.after, None, None)


def _ids(*values: Any) -> set[int]:
    found = set()
    for value in values:
        for one in value if isinstance(value, list) else [value]:
            if isinstance(one, int) and not isinstance(one, bool):
                found.add(one)
    return found


def _in_words(value: _Value, seen: Seen) -> Words:
    if value.field.isdigit():
        name = seen[Priority][int(value.field)]
        return Words(f"Weight of “{name}”", _share(value.before), _share(value.after))
    words = f"{value.prefix}{label(value.field).lower()}" if value.prefix else label(value.field)
    if {value.before, value.after} & {ERASED, WITHHELD} if _plain(value) else False:
        closed = ERASED if ERASED in (value.before, value.after) else WITHHELD
        return Words(words, "", "", closed)
    return Words(words, _shown(value, value.before, seen), _shown(value, value.after, seen))


def _plain(value: _Value) -> bool:
    return not any(isinstance(one, list | dict) for one in (value.before, value.after))


def _share(value: Any) -> str:
    return MISSING if value is None else f"{format_number(Decimal(value))} %"


def _shown(value: _Value, kept: Any, seen: Seen) -> str:
    if kept is None or kept == "" or kept == []:
        return MISSING
    if value.target is not None:
        names = seen.get(value.target, {})
        return ", ".join(names[pk] for pk in (kept if isinstance(kept, list) else [kept]))
    if isinstance(kept, bool):
        return "Yes" if kept else "No"
    if isinstance(kept, list | dict):
        return f"{len(kept)}"
    choices = dict(getattr(value.type, "flatchoices", None) or ())
    if kept in choices:
        return str(choices[kept])
    if isinstance(value.type, models.DateTimeField):
        return _moment(str(kept))
    if isinstance(value.type, models.DateField):
        return _day(str(kept))
    if isinstance(value.type, models.DecimalField | models.IntegerField | models.FloatField):
        return _number(str(kept))
    return str(kept)


def _day(text: str) -> str:
    try:
        found = parse_date(text)
    except ValueError:
        return text
    return day(found, "full") if found else text


def _moment(text: str) -> str:
    try:
        found = parse_datetime(text)
    except ValueError:
        return text
    return day(found, "full") if found else text


def _number(text: str) -> str:
    try:
        return format_number(Decimal(text))
    except InvalidOperation:
        return text
