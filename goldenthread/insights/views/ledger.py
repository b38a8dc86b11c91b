"""The ledger of leaders: on a page, as a file, and one's own on home. It is read only: nothing is ticked off here."""

from collections.abc import Iterator
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_GET

from goldenthread.core import clock
from goldenthread.core.access import require
from goldenthread.core.spreadsheet import csv_file
from goldenthread.insights.selectors.ledger import (
    KINDS,
    LedgerFilter,
    ledger_leaders,
    with_facts,
)
from goldenthread.people.access import PersonRequest, signed_in
from goldenthread.people.models import Person, Unit
from goldenthread.people.selectors import unit_choices
from goldenthread.people.views.forms_in_pages import number_in
from goldenthread.permissions import Action

PAGE, CHUNK, ON_HOME = 20, 100, 5
COLUMNS = ("leader", "position", "unit", "kind", "what", "note", "since")


def chosen_of(request: PersonRequest) -> LedgerFilter:
    """The filter as the address has it; what does not exist is left out."""
    sent = request.GET
    unit, leader = number_in(sent, "unit"), number_in(sent, "leader")
    return LedgerFilter(
        text=sent.get("q", "").strip()[:200],
        kind=KINDS.get(sent.get("kind", "")),
        unit=Unit.objects.filter(pk=unit).first() if unit else None,
        leader=Person.objects.filter(pk=leader).first() if leader else None,
        mine=sent.get("view") == "mine",
    )


@require_GET
@signed_in
def ledger(request: PersonRequest) -> HttpResponse:
    require(request.person, Action.SEE_LEDGER)
    chosen, on = chosen_of(request), clock.today()
    page = Paginator(ledger_leaders(request.person, chosen, on), PAGE).get_page(
        request.GET.get("page")
    )
    leaders = with_facts(page, request.person, chosen, on)
    context = {
        "chosen": chosen,
        "page": page,
        "leaders": leaders,
        "own": next((one for one in leaders if chosen.mine and one.person == request.person), None),
        "views": _views(request.person, chosen) if request.person.is_leader else [],
        "kinds": KINDS.values(),
        "units": unit_choices(chosen.unit),
        "narrowed": chosen != LedgerFilter(mine=chosen.mine),
    }
    return render(request, "insights/ledger.html", context)


def _views(reader: Person, chosen: LedgerFilter) -> list[dict[str, Any]]:
    everybody = "All leaders" if reader.is_hr or reader.is_admin else "You and those below you"
    return [
        {"title": everybody, "url": "?", "here": not chosen.mine},
        {"title": "Mine", "url": "?view=mine", "here": chosen.mine},
    ]


@require_GET
@signed_in
def ledger_mine(request: PersonRequest) -> HttpResponse:
    """A part of home: the oldest of one's own, loaded once the page is there."""
    require(request.person, Action.SEE_LEDGER)
    chosen = LedgerFilter(mine=True, leader=request.person)
    (own,) = with_facts([request.person.pk], request.person, chosen, clock.today())
    return render(request, "insights/_ledger_mine.html", {"own": own, "shown": own.facts[:ON_HOME]})


@require_GET
@signed_in
def ledger_csv(request: PersonRequest) -> HttpResponseBase:
    """Every fact of every leader, as it is narrowed."""
    require(request.person, Action.SEE_LEDGER)
    chosen, on = chosen_of(request), clock.today()
    every = ledger_leaders(request.person, chosen, on)

    def lines() -> Iterator[tuple[Any, ...]]:
        for first in range(0, len(every), CHUNK):
            batch = every[first : first + CHUNK]
            for one in with_facts(batch, request.person, chosen, on):
                who = (one.person.name, one.person.position, str(one.person.unit or ""))
                for fact in one.facts:
                    yield (*who, fact.kind.title, fact.title, fact.note, fact.since)

    return csv_file("ledger.csv", COLUMNS, lines())
