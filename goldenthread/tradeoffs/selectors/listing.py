"""The decision log, as narrowed; what stands beside a record; what waits for a person."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import (
    Case,
    Count,
    F,
    IntegerField,
    Model,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce

from goldenthread.core.prepared import Prepared
from goldenthread.objectives.models import Objective
from goldenthread.people.models import Person, Unit, stand_in
from goldenthread.people.selectors import matches
from goldenthread.strategy.models import Kpi, Priority
from goldenthread.tradeoffs.models import (
    MADE,
    Decision,
    DecisionQuerySet,
    Option,
    touched_by,
)

State = Decision.State
VIEWS = ("", "open", "due", "overdue", "mine", *State.values)
SORTS = {"question": "question", "decider": "decider__name", "day": "day", "due": "due_on"}
KEYS: Mapping[str, type[Model]] = {
    "o": Objective,
    "p": Priority,
    "u": Unit,
    "k": Kpi,
    "n": Person,
}


@dataclass(frozen=True)
class DecisionFilter:
    """What the log is narrowed to; the address of the page says it."""

    text: str = ""
    view: str = ""  # one of VIEWS: open, due to be looked at, overdue, mine, or a state
    touches: Model | None = None
    decider: Person | None = None
    sort: str = ""  # a key of SORTS, with "-" for the other way; else what waits comes first


def listed(rows: DecisionQuerySet) -> "QuerySet[Any]":
    """With the words of the choice, as `chosen`, and who decides."""
    chosen = Option.objects.filter(decision=OuterRef("pk"), chosen=True)
    return rows.select_related("decider").annotate(
        chosen=Subquery(chosen.values("title")[:1]),
        day=Coalesce("decided_on", "due_on"),
    )


def decision_list(reader: Person, chosen: DecisionFilter, on: dt.date) -> "QuerySet[Any]":
    """The decisions that the reader may see, as narrowed and sorted: what waits first, then the newest."""
    rows = Decision.objects.visible_to(reader)
    if chosen.text:
        option = Option.objects.filter(matches(chosen.text, "title")).values("decision")
        words = matches(chosen.text, "question", "given_up", "background", "decider__name")
        rows = rows.filter(words | Q(pk__in=option))
    if chosen.view == "due":
        rows = rows.to_look_at(on)
    elif chosen.view == "overdue":
        rows = rows.overdue(on)
    elif chosen.view == "mine":
        rows = rows.filter(decider=reader)
    elif chosen.view in State.values:
        rows = rows.filter(state=chosen.view)
    if chosen.touches is not None:
        rows = rows.touching(chosen.touches)
    if chosen.decider is not None:
        rows = rows.filter(decider=chosen.decider)
    name = SORTS.get(chosen.sort.removeprefix("-"))
    if name is not None:
        by = F(name).desc(nulls_last=True) if chosen.sort.startswith("-") else F(name).asc()
        return listed(rows).order_by(by, "pk")
    waits = Case(
        When(state__in=[State.OPEN, State.UNCONFIRMED], then=Value(0)),
        When(state=State.DECIDED, look_again_on__lte=on, then=Value(1)),
        default=Value(2),
        output_field=IntegerField(),
    )
    return listed(rows).order_by(waits, F("decided_on").desc(nulls_first=True), "due_on", "-pk")


def to_decide(reader: Person, on: dt.date, most: int) -> "tuple[list[Decision], list[Decision]]":
    """Of those that the reader may see: the questions that are open, the nearest day first, and the decisions whose day
    to look back has come. Two queries."""
    rows = Decision.objects.visible_to(reader).select_related("decider")
    open_ones = rows.filter(state=State.OPEN).order_by(F("due_on").asc(nulls_last=True), "pk")
    back = rows.to_look_at(on).order_by("look_again_on", "pk")
    return list(open_ones[:most]), list(back[:most])


def totals(reader: Person, on: dt.date) -> dict[str, int]:
    """How many there are, wait, are due and are the reader's. One query."""
    due = Q(state=State.DECIDED, look_again_on__lte=on)
    states = {state: Count("pk", filter=Q(state=state)) for state in State.values}
    counted: dict[str, int] = Decision.objects.visible_to(reader).aggregate(
        every=Count("pk"),
        made=Count("pk", filter=Q(state__in=MADE)),
        overdue=Count("pk", filter=Q(state=State.OPEN, due_on__lt=on)),
        due=Count("pk", filter=due),
        mine=Count("pk", filter=Q(decider=reader)),
        **states,
    )
    return counted


def find_decisions(reader: Person, text: str, limit: int = 10) -> list[Decision]:
    """Decisions whose question, or what they give up, holds every word; the newest first."""
    rows = Decision.objects.visible_to(reader).exclude(state=State.WITHDRAWN)
    rows = rows.filter(matches(text, "question", "given_up"))
    return list(rows.select_related("decider").order_by("-pk")[:limit])


def decisions_touching(reader: Person, record: Model, limit: int) -> list[Any]:
    """Those that touch the record and the reader may see, the newest first; withdrawn ones left out. One query."""
    named = [one.pk for one in reader.self_and_lenders]
    return _touching(touched_by(record), reader.is_leader, limit, named=named, record=record.pk)


@Prepared
def _touching(
    name: str, is_leader: bool, limit: int, *, named: Sequence[int], record: int
) -> "QuerySet[Any]":
    rows = Decision.objects.visible_to(stand_in(named, is_leader)).touching_one(name, record)
    rows = rows.exclude(state=State.WITHDRAWN)
    open_first = Case(
        When(state__in=[State.OPEN, State.UNCONFIRMED], then=Value(0)),
        default=Value(1),
        output_field=IntegerField(),
    )
    return listed(rows).order_by(open_first, F("decided_on").desc(), "-pk")[:limit]


def waiting_for(person: Person, on: dt.date, until: dt.date) -> list[Decision]:
    """What they, or those whom they stand in for, are to confirm, decide by `until`, or look back on. One query."""
    return list(
        Decision.objects.filter(decider__in=person.self_and_lenders)
        .filter(
            Q(state=State.UNCONFIRMED)
            | Q(state=State.OPEN, due_on__lte=until)
            | Q(state=State.DECIDED, look_again_on__lte=on)
        )
        .select_related("decider")
        .order_by("pk")
    )
