"""What is entered of effort, row by row: on a page, and as a file in the columns that the import reads."""

from collections.abc import Iterable, Iterator
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from goldenthread.core import clock
from goldenthread.core.access import can
from goldenthread.core.spreadsheet import csv_file
from goldenthread.objectives.models import Cycle, Objective
from goldenthread.people.access import PersonRequest, signed_in
from goldenthread.people.models import Person, Unit
from goldenthread.people.views.forms_in_pages import number_in
from goldenthread.permissions import Action
from goldenthread.strategy.models import Priority
from goldenthread.tradeoffs.models import Allocation
from goldenthread.tradeoffs.selectors.allocations import hidden_targets
from goldenthread.tradeoffs.selectors.entries import EntryFilter, entries

PAGE = 50
HIDDEN = "something that you may not see"
COLUMNS = (
    *("person", "whole_unit", "objective", "priority", "run_the_business", "cycle"),
    *("share", "from", "until"),
)


def _chosen(request: PersonRequest, unless_named: str = "") -> EntryFilter:
    """The filter as the address has it; what does not exist, or the reader may not see, is left out."""
    sent, reader = request.GET, request.person
    kinds: dict[str, Any] = {
        "person": Person.objects.visible_to(reader),
        "unit": Unit.objects,
        "objective": Objective.objects.visible_to(reader),
        "priority": Priority.objects.visible_to(reader),
        "cycle": Cycle.objects,
    }
    named = {
        name: rows.filter(pk=pk).first()
        for name, rows in kinds.items()
        if (pk := number_in(sent, name)) is not None
    }
    return EntryFilter(
        **named,
        run=sent.get("run") == "1",
        every=sent.get("when", unless_named) == "all",
        text=sent.get("q", "").strip()[:200],
    )


@require_GET
@signed_in
def effort_entries(request: PersonRequest) -> HttpResponse:
    """What holds today, or with `?when=all` everything that held, holds and will hold."""
    chosen = _chosen(request)
    page = Paginator(entries(request.person, chosen, clock.today()), PAGE).get_page(
        request.GET.get("page")
    )
    rows = list(page)
    hidden = hidden_targets(request.person, rows)
    context = {
        "chosen": chosen,
        "page": page,
        "rows": [(row, row.target_key not in hidden) for row in rows],
        "views": _views(request, chosen),
        "chips": _chips(request, chosen),
        "csv": _csv(request, chosen),
        "today": clock.today(),
        "nav_here": "effort",
    }
    if not rows:
        context["entered"] = Allocation.objects.visible_to(request.person).exists()
        context["may_plan"] = can(request.person, Action.PLAN_EFFORT)
    return render(request, "tradeoffs/effort_entries.html", context)


def _views(request: PersonRequest, chosen: EntryFilter) -> list[dict[str, Any]]:
    found = []
    for title, when in (("Today", ""), ("All along", "all")):
        query = request.GET.copy()
        query.pop("page", None)
        query["when"] = when
        here = chosen.every == bool(when)
        found.append({"title": title, "url": f"?{query.urlencode()}", "here": here, "count": None})
    return found


def _csv(request: PersonRequest, chosen: EntryFilter) -> str:
    query = request.GET.copy()
    query.pop("page", None)
    query["when"] = "all" if chosen.every else "today"
    return f"{reverse('effort-csv')}?{query.urlencode()}"


def _chips(request: PersonRequest, chosen: EntryFilter) -> list[dict[str, str]]:
    on = {name: f"{name.capitalize()}: {record}" for name, record in chosen.named.items()}
    on |= {"run": "Runs the business"} if chosen.run else {}
    on |= {"q": f"“{chosen.text}”"} if chosen.text else {}
    chips = []
    for name, words in on.items():
        query = request.GET.copy()
        query.pop(name, None)
        query.pop("page", None)
        chips.append({"words": words, "url": f"?{query.urlencode()}"})
    return chips


@require_GET
@signed_in
def effort_csv(request: PersonRequest) -> HttpResponseBase:
    """The same rows whole. Without any filter everything that the reader may see, of every day."""
    chosen = _chosen(request, "all")
    rows = entries(request.person, chosen, clock.today())
    return csv_file("effort.csv", COLUMNS, _lines(request.person, rows))


def _lines(reader: Person, rows: Iterable[Allocation]) -> Iterator[tuple[Any, ...]]:
    every = list(rows)
    hidden = hidden_targets(reader, every)
    for row in every:
        named = HIDDEN if row.target_key in hidden else row.target_words
        yield (
            row.person and (row.person.email or row.person.name),
            row.unit and row.unit.name,
            named if row.objective else "",
            named if row.priority else "",
            "yes" if row.run_the_business else "",
            *(row.cycle.name, row.share * 100, row.starts_on, row.ends_on),
        )
