"""The requests what gives, as narrowed: those that wait first, the nearest day first."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.db.models import (
    Case,
    Count,
    F,
    IntegerField,
    Q,
    QuerySet,
    Value,
    When,
)

from goldenthread.core.prepared import Pages, Prepared, how_many, sums
from goldenthread.objectives.models import Objective
from goldenthread.objectives.selectors.lines import HIDDEN
from goldenthread.people.models import Person, Unit, stand_in
from goldenthread.people.selectors import matches
from goldenthread.tradeoffs.models import WAITING, CompetingItem, WhatGives

State = WhatGives.State
VIEWS = ("", "waiting", "overdue", "mine", "answered", "withdrawn")
SORTS = {"person": "person__name", "addressee": "addressee__name", "due": "due_on"}
LOADED = ("person", "addressee", "escalated_by", "decision")


@dataclass(frozen=True)
class GivesFilter:
    """What the list is narrowed to; the address of the page says it."""

    text: str = ""
    view: str = ""  # one of VIEWS: waiting, overdue, for the reader to answer, answered, withdrawn
    unit: Unit | None = None  # of whose time it is, with those below it
    sort: str = ""  # a key of SORTS, with "-" for the other way


def gives_list(reader: Person, chosen: GivesFilter, on: dt.date) -> "QuerySet[WhatGives]":
    """Those that the reader may see, as narrowed and sorted."""
    rows = WhatGives.objects.visible_to(reader)
    if chosen.text:
        rows = rows.filter(matches(chosen.text, "person__name", "ask", "addressee__name"))
    if chosen.unit is not None:
        rows = rows.filter(person__unit__closure_above__ancestor=chosen.unit)
    narrowed = _view(reader, chosen.view, on)
    rows = rows.filter(narrowed).select_related(*LOADED)
    name = SORTS.get(chosen.sort.removeprefix("-"))
    if name is not None:
        by = F(name).desc() if chosen.sort.startswith("-") else F(name).asc()
        return rows.order_by(by, "pk")
    waits = Case(
        When(state__in=WAITING, then=Value(0)), default=Value(1), output_field=IntegerField()
    )
    nearest = Case(When(state__in=WAITING, then=F("due_on")))
    return rows.order_by(waits, nearest, "-asked_on", "-pk")


def gives_pages(
    reader: Person, chosen: GivesFilter, on: dt.date
) -> "Pages[WhatGives] | QuerySet[WhatGives]":
    """`gives_list` for a paginator."""
    if chosen.text:
        return gives_list(reader, chosen, on)
    named = [one.pk for one in reader.self_and_lenders]
    return Pages(
        partial(_count, chosen, on, named=named),
        partial(_page, chosen, on, named=named),
    )


@Prepared
def _count(chosen: GivesFilter, on: dt.date, *, named: Sequence[int]) -> QuerySet[Any, tuple[int]]:
    return how_many(gives_list(stand_in(named, False), chosen, on))


@Prepared
def _page(
    chosen: GivesFilter, on: dt.date, start: int, stop: int, *, named: Sequence[int]
) -> QuerySet[WhatGives]:
    return gives_list(stand_in(named, False), chosen, on)[start:stop]


def _view(reader: Person, view: str, on: dt.date) -> Q:
    views = {
        "waiting": Q(state__in=WAITING),
        "overdue": Q(state__in=WAITING, due_on__lt=on),
        "mine": Q(state__in=WAITING, addressee__in=reader.self_and_lenders),
        "answered": Q(state=State.ANSWERED),
        "withdrawn": Q(state=State.WITHDRAWN),
    }
    return views.get(view, Q())


def gives_totals(reader: Person, on: dt.date) -> dict[str, int]:
    """How many there are in each view. One query."""
    named = [one.pk for one in reader.self_and_lenders]
    none = dict.fromkeys((view or "every" for view in VIEWS), 0)
    return next(iter(_totals(on, named=named)), none)


@Prepared
def _totals(on: dt.date, *, named: Sequence[int]) -> QuerySet[WhatGives, dict[str, int]]:
    reader = stand_in(named, False)
    counts = {
        view or "every": Count("pk", filter=_view(reader, view, on) if view else None)
        for view in VIEWS
    }
    return sums(WhatGives.objects.visible_to(reader), **counts)


def competing_in(reader: Person, rows: Sequence[WhatGives]) -> dict[int, list[Any]]:
    """What competes in each of them, by its id; `seen` says whether the reader may see the objective. One query, and one
    more where any is restricted."""
    found: dict[int, list[Any]] = {one.pk: [] for one in rows}
    items: list[Any] = _items(gives=sorted(found))
    closed = {item.objective_id for item in items if item.objective.restricted}
    if closed:
        shown = Objective.objects.visible_to(reader).filter(pk__in=closed)
        closed -= set(shown.values_list("pk", flat=True))
    for item in items:
        item.seen = item.objective_id not in closed
        found[item.what_gives_id].append(item)
    return found


@Prepared
def _items(*, gives: Sequence[int]) -> QuerySet[CompetingItem]:
    items = CompetingItem.objects.filter(what_gives__in=gives).select_related("objective")
    return items.only(
        "what_gives", "objective", "choice", "objective__title", "objective__restricted"
    )


def in_words(item: Any) -> str:
    """What competes, with what becomes of it once that is chosen."""
    title = item.objective.title if item.seen else HIDDEN
    return f"{title}: {item.get_choice_display()}" if item.choice else title
