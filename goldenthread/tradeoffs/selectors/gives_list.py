"""The requests what gives, as narrowed: those that wait first, the nearest day first."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import (
    Case,
    Count,
    Exists,
    F,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Value,
    When,
)

from goldenthread.objectives.models import Objective
from goldenthread.objectives.selectors.lines import HIDDEN
from goldenthread.people.models import Person, Unit
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
    counts = {
        view or "every": Count("pk", filter=_view(reader, view, on) if view else None)
        for view in VIEWS
    }
    counted: dict[str, int] = WhatGives.objects.visible_to(reader).aggregate(**counts)
    return counted


def competing_in(reader: Person, rows: Sequence[WhatGives]) -> dict[int, list[Any]]:
    """What competes in each of them, by its id; `seen` says whether the reader may see the objective. One query."""
    found: dict[int, list[Any]] = {one.pk: [] for one in rows}
    seen = Exists(Objective.objects.visible_to(reader).filter(pk=OuterRef("objective")))
    items = CompetingItem.objects.filter(what_gives__in=found).select_related("objective")
    for item in items.annotate(seen=seen):
        found[item.what_gives_id].append(item)
    return found


def in_words(item: Any) -> str:
    """What competes, with what becomes of it once that is chosen."""
    title = item.objective.title if item.seen else HIDDEN
    return f"{title}: {item.get_choice_display()}" if item.choice else title
