"""The requests what gives: on a page, as a file."""

from collections.abc import Iterator
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_GET

from goldenthread.core import clock
from goldenthread.core.spreadsheet import csv_file
from goldenthread.people.access import PersonRequest, signed_in
from goldenthread.people.models import Unit
from goldenthread.people.selectors import unit_choices
from goldenthread.people.views.forms_in_pages import number_in
from goldenthread.tradeoffs.selectors.gives_list import (
    VIEWS,
    GivesFilter,
    competing_in,
    gives_list,
    gives_pages,
    gives_totals,
    in_words,
)

PAGE, CHUNK = 50, 500
TITLES = ("All", "Waiting", "Overdue", "For me to answer", "Answered", "Taken back")
COLUMNS = (
    *("what_gives", "person", "ask", "state", "addressee", "asked_on", "due_on"),
    *("escalated_by", "escalated_on", "items", "answered_on", "acknowledged_on"),
)


def chosen_of(request: PersonRequest) -> GivesFilter:
    """The filter as the address has it; what does not exist is left out."""
    sent, unit = request.GET, number_in(request.GET, "unit")
    return GivesFilter(
        text=sent.get("q", "").strip()[:200],
        view=sent["view"] if sent.get("view") in VIEWS else "",
        unit=Unit.objects.filter(pk=unit).first() if unit else None,
        sort=sent.get("sort", ""),
    )


@require_GET
@signed_in
def what_gives_list(request: PersonRequest) -> HttpResponse:
    chosen, on = chosen_of(request), clock.today()
    rows = gives_pages(request.person, chosen, on)
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    counted = gives_totals(request.person, on)
    competing = competing_in(request.person, list(page))
    context = {
        "chosen": chosen,
        "page": page,
        "rows": [(one, competing[one.pk], one.is_overdue(on)) for one in page],
        "totals": counted,
        "views": [
            {
                "title": title,
                "url": f"?view={view}" if view else "?",
                "here": view == chosen.view,
                "count": counted[view or "every"],
            }
            for view, title in zip(VIEWS, TITLES, strict=True)
            if view in {"", "waiting", chosen.view} or counted[view]
        ],
        "units": unit_choices(chosen.unit) if counted["every"] else [],
        "nav_here": "decisions",
    }
    return render(request, "tradeoffs/what_gives_list.html", context)


@require_GET
@signed_in
def what_gives_csv(request: PersonRequest) -> HttpResponseBase:
    """The whole list, as it is narrowed; a restricted objective without its title."""
    rows = gives_list(request.person, chosen_of(request), clock.today())

    def lines() -> Iterator[tuple[Any, ...]]:
        for first in range(0, rows.count(), CHUNK):
            batch = list(rows[first : first + CHUNK])
            competing = competing_in(request.person, batch)
            for one in batch:
                yield (
                    *(one.pk, one.person.name, one.ask, one.state, one.addressee.name),
                    *(one.asked_on, one.due_on, str(one.escalated_by or ""), one.escalated_on),
                    "; ".join(in_words(item) for item in competing[one.pk]),
                    one.decision.decided_on if one.decision else None,
                    one.acknowledged_on,
                )

    return csv_file("what-gives.csv", COLUMNS, lines())
