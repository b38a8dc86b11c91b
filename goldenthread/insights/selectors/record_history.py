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

from goldenthread.core.audit import ERASED, WITHHELD
from goldenthread.core.models import Organisation
from goldenthread.core.selectors import Change, Entry
from goldenthread.insights.selectors.verbs import told
from goldenthread.objectives.models import (
    Cascade,
    CascadeVersion,
    CheckIn,
    Contribution,
    Cycle,
    Dependency,
    KeyResult,
    Objective,
    ObjectiveTemplate,
)
from goldenthread.people.models import Absence, Person, Unit
from goldenthread.programme.models import AgendaPoint, LeadershipReview, ReviewAction
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
from goldenthread.tradeoffs.models import Candidate, Decision, Plan, Touch, WhatGives
from goldenthread.ui.labels import label
from goldenthread.ui.locale import format_number
from goldenthread.ui.templatetags.goldenthread import MISSING, day

Model = type[models.Model]
Seen = dict[Model, dict[int, str]]


@dataclass(frozen=True)
class Kind:
    """A kind of record that has a history page: its word, its own page, what of it one sees, its parts."""

    word: str
    page: str
    visible: Callable[[Person], models.QuerySet[Any]]
    parts: Callable[[Any, Person], Iterable[Any]] = lambda record, reader: ()


KINDS: dict[str, Kind] = {
    "objective": Kind(
        "Objective",
        "objective",
        lambda reader: (
            Objective.objects.visible_to(reader)
            .select_related("owner_person", "owner_unit__leader", "cycle")
            .prefetch_related("key_results")
        ),
        lambda record, reader: record.key_results.all(),
    ),
    "priority": Kind(
        "Priority",
        "priority",
        lambda reader: Priority.objects.visible_to(reader).select_related("strategy", "sponsor"),
        lambda record, reader: record.expected_results.all(),
    ),
    "kpi": Kind(
        "KPI", "kpi", lambda reader: Kpi.objects.visible_to(reader).select_related("owner")
    ),
    "strategy": Kind(
        "Strategy",
        "priorities",
        lambda reader: Strategy.objects.visible_to(reader).select_related("unit"),
        lambda record, reader: trade_offs_of(record, reader),
    ),
    "person": Kind("Person", "person", lambda reader: Person.objects.visible_to(reader)),
    "unit": Kind("Unit", "unit", lambda reader: Unit.objects.all()),
    "template": Kind("Template", "template", ObjectiveTemplate.objects.visible_to),
    "decision": Kind(
        "Decision",
        "decision",
        lambda reader: Decision.objects.visible_to(reader).select_related("decider"),
    ),
    "dependency": Kind(
        "Dependency",
        "dependency",
        lambda reader: Dependency.objects.visible_to(reader).select_related("unit"),
    ),
    "what-gives": Kind(
        "What gives?",
        "what-gives",
        lambda reader: WhatGives.objects.visible_to(reader).select_related("person"),
    ),
    "cascade": Kind(
        "Cascade",
        "cascade",
        lambda reader: Cascade.objects.visible_to(reader).select_related(
            "giver_unit__leader", "taking_unit__leader"
        ),
    ),
    "leadership-review": Kind(
        "Leadership review",
        "leadership-review",
        lambda reader: LeadershipReview.objects.visible_to(reader).select_related("unit", "cycle"),
    ),
    "review-action": Kind("Action", "review-action", ReviewAction.objects.visible_to),
    "plan": Kind("Plan", "plan", lambda reader: Plan.objects.visible_to(reader)),
    "cycle": Kind("Cycle", "cycle", lambda reader: Cycle.objects.all()),
}

# Whose fields a line about a record may speak of: its own, then those of what belongs to it.
FIELDS_OF: dict[str, tuple[Model, ...]] = {
    "objectives.objective": (Objective, Contribution),
    "objectives.keyresult": (KeyResult, CheckIn),
    "objectives.cascade": (Cascade, CascadeVersion),
    "objectives.cycle": (Cycle,),
    "objectives.dependency": (Dependency,),
    "objectives.objectivetemplate": (ObjectiveTemplate,),
    "people.person": (Person, Absence),
    "people.unit": (Unit,),
    "strategy.kpi": (Kpi, KpiTarget, Observation),
    "strategy.priority": (Priority, ExpectedResult, Contribution, TradeOff),
    "strategy.expectedresult": (ExpectedResult,),
    "strategy.strategy": (Strategy, TradeOff),
    "strategy.tradeoff": (TradeOff,),
    "tradeoffs.decision": (Decision, Touch),
    "tradeoffs.plan": (Plan, Candidate),
    "tradeoffs.whatgives": (WhatGives,),
    "programme.leadershipreview": (LeadershipReview, AgendaPoint),
    "programme.reviewaction": (ReviewAction,),
}
VISIBLE: dict[Model, Callable[[Person], models.QuerySet[Any]]] = {
    Objective: Objective.objects.visible_to,
    Priority: Priority.objects.visible_to,
    Kpi: Kpi.objects.visible_to,
    Strategy: Strategy.objects.visible_to,
    Decision: Decision.objects.visible_to,
    WhatGives: WhatGives.objects.visible_to,
    Dependency: Dependency.objects.visible_to,
    LeadershipReview: LeadershipReview.objects.visible_to,
    ReviewAction: ReviewAction.objects.visible_to,
    Person: Person.objects.visible_to,
    Unit: lambda reader: Unit.objects.all(),
    Cycle: lambda reader: Cycle.objects.all(),
}
NEVER_SHOWN = frozenset({"id", "search", "version"})


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

    @property
    def is_new(self) -> bool:
        """Whether nothing stood before: then there is nothing to compare."""
        return all(one.closed or one.before == MISSING for one in self.changes)


@dataclass(frozen=True)
class _Value:
    """One value as the trail keeps it: the field it belongs to, and the records that it names.

    A line is hidden when one of them may not be seen; of a list (`listed`) only that one is left out.
    """

    words: str
    before: Any
    after: Any
    type: Any = None
    target: Model | None = None
    ids: frozenset[int] = frozenset()
    listed: bool = False


def lines_in_words(
    entries: Sequence[Entry], parts: Iterable[models.Model], reader: Person
) -> list[Line]:
    """The lines of one page, readable. One query for each model that the lines name."""
    flat = {entry.pk: list(_values(entry)) for entry in entries}
    named: dict[Model, set[int]] = {Person: {one.actor_id for one in entries if one.actor_id}}
    for value in (value for values in flat.values() for value in values):
        if value.target is not None:
            named.setdefault(value.target, set()).update(value.ids)
    people = Person.objects.in_bulk(named[Person])
    seen: Seen = {Person: {pk: person.name for pk, person in people.items()}}
    for model, ids in named.items():
        if model is not Person and ids:
            seen[model] = {row.pk: str(row) for row in VISIBLE[model](reader).filter(pk__in=ids)}
    names = {(part._meta.label_lower, part.pk): str(part) for part in parts}
    organisation = Organisation.current()
    zone = ZoneInfo(organisation.time_zone if organisation else "UTC")
    lines = []
    for entry in entries:
        values = flat[entry.pk]
        hidden = not all(
            value.ids <= seen.get(value.target, {}).keys()
            for value in values
            if value.target is not None and not value.listed
        )
        lines.append(
            Line(
                at=entry.at.astimezone(zone),
                who=people.get(entry.actor_id or 0),
                verb=told(entry.verb),
                part=names.get((entry.subject_type, entry.subject_id), ""),
                note="" if hidden else entry.note,
                changes=() if hidden else tuple(_all_in_words(values, seen)),
                hidden=hidden,
            )
        )
    return lines


# One value at a time ----------------------------------------------------------------------------------------
def _values(entry: Entry) -> Iterator[_Value]:
    """The values of a line; what is kept together (weights, criteria) is taken apart."""
    for change in entry.changes:
        was, becomes = change.before, change.after
        if change.field == "objective" and isinstance(becomes or was, dict):
            yield from _nested("objectives.objective", "", was, becomes)
        elif change.field == "key_results":
            for pk in {**(was or {}), **(becomes or {})}:
                pair = (was or {}).get(pk), (becomes or {}).get(pk)
                yield from _nested("objectives.keyresult", "Key result, ", *pair)
        elif change.field == "added":
            for one in becomes or ():
                yield _Value("New key result", None, one.get("title"))
        elif change.field == "dropped":
            for title in was.values() if isinstance(was, dict) else ():
                yield _Value("Key result given up", title, None)
        elif change.field == "order":
            ids = frozenset([*(was or ()), *(becomes or ())])
            yield _Value("Order", was, becomes, None, Priority, ids, listed=True)
        elif change.field.isdigit():  # a weight, kept under the id of its priority
            ids = frozenset({int(change.field)})
            yield _Value("Weight", was, becomes, None, Priority, ids, listed=True)
        elif change.field not in NEVER_SHOWN and not _is_a_place(change):
            yield _one(entry.subject_type, "", change)


def _is_a_place(change: Change) -> bool:
    """Where a row stands in its list; of a person `position` is what they do."""
    return change.field == "position" and isinstance(change.after, int)


def _nested(kind: str, prefix: str, before: Any, after: Any) -> Iterator[_Value]:
    was, becomes = before or {}, after or {}
    for name in {**was, **becomes}:
        yield _one(kind, prefix, Change(name, was.get(name), becomes.get(name)))


def _one(kind: str, prefix: str, change: Change) -> _Value:
    words = f"{prefix}{label(change.field).lower()}" if prefix else label(change.field)
    for model in FIELDS_OF.get(kind, ()):
        try:
            found = model._meta.get_field(change.field)
        except FieldDoesNotExist:
            continue
        target = found.related_model if isinstance(found, models.ForeignKey) else None
        if target in VISIBLE:
            kept = (change.before, change.after)
            ids = frozenset(one for one in kept if isinstance(one, int))
            return _Value(words, change.before, change.after, found, target, ids)
        return _Value(words, change.before, change.after, found)
    return _Value(words, change.before, change.after)


def _all_in_words(values: Iterable[_Value], seen: Seen) -> Iterator[Words]:
    for value in values:
        closed = next((one for one in (ERASED, WITHHELD) if one in (value.before, value.after)), "")
        if closed:
            yield Words(value.words, "", "", closed)
        elif value.words == "Weight" and value.listed:
            for pk in value.ids & seen[Priority].keys():
                words = f"Weight of “{seen[Priority][pk]}”"
                yield Words(words, _share(value.before), _share(value.after))
        else:
            shown = (_shown(value, kept, seen) for kept in (value.before, value.after))
            yield Words(value.words, *shown)


def _share(kept: Any) -> str:
    return MISSING if kept is None else f"{format_number(Decimal(kept))} %"


def _shown(value: _Value, kept: Any, seen: Seen) -> str:
    if kept is None or kept == "" or kept == []:
        return MISSING
    if value.target is not None:
        names = seen.get(value.target, {})
        return ", ".join(names[pk] for pk in (kept if value.listed else [kept]) if pk in names)
    if isinstance(kept, bool):
        return "Yes" if kept else "No"
    if isinstance(kept, list):
        return "; ".join(map(str, kept))
    choices = dict(getattr(value.type, "flatchoices", None) or ())
    if kept in choices:
        return str(choices[kept])
    if isinstance(value.type, models.DateField):  # a moment is one too
        return _day(str(kept))
    if isinstance(value.type, models.DecimalField | models.IntegerField | models.FloatField):
        return _number(str(kept))
    return str(kept)


def _day(text: str) -> str:
    try:
        return day(dt.date.fromisoformat(text[:10]), "full")
    except ValueError:
        return text


def _number(text: str) -> str:
    try:
        return format_number(Decimal(text))
    except InvalidOperation:
        return text
