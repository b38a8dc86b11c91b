"""The planning round of a cycle."""

from collections.abc import Iterator
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_GET

from goldenthread.core import clock
from goldenthread.core.spreadsheet import csv_file
from goldenthread.insights.models import Figure
from goldenthread.insights.selectors.planning import (
    STANDS,
    Round,
    UnitPlan,
    planning_round,
)
from goldenthread.insights.selectors.planning_figures import (
    NAMES,
    planning_figures,
    stored_before,
    sums_of_parts,
    unit_figures,
)
from goldenthread.objectives.beside import leads_a_unit
from goldenthread.objectives.models import Cycle
from goldenthread.objectives.selectors.cycles import cycle_to_plan, cycles_to_plan
from goldenthread.objectives.views.answers import by_htmx
from goldenthread.people.access import PersonRequest, signed_in
from goldenthread.people.models import Unit
from goldenthread.people.views.forms_in_pages import number_in

PAGE = 50
COLUMNS = (
    *("unit", "leader", "stands", "threads_proposed", "threads_countered", "threads_agreed"),
    "threads_declined",
    *("for_the_unit_to_answer", "for_others_to_answer", "overdue", "own_drafts", "own_waiting"),
    "own_agreed",
)


def _cycle(request: PersonRequest) -> tuple[Cycle | None, list[Cycle]]:
    cycles, pk = cycles_to_plan(), number_in(request.GET, "cycle")
    found = cycle_to_plan(cycles, clock.today(), pk)
    if found is None and pk is not None:
        raise Http404
    return found, cycles


def _narrowed(request: PersonRequest, found: Round) -> tuple[str, str, list[UnitPlan]]:
    stands = request.GET.get("stands", "")
    text = request.GET.get("q", "").strip()[:200]
    rows = found.standing(stands) if stands in STANDS else list(found.units)
    words = text.casefold().split()
    rows = [one for one in rows if all(word in one.unit.name.casefold() for word in words)]
    return stands, text, rows


def _unit(request: PersonRequest) -> Unit | None:
    pk = number_in(request.GET, "unit")
    return Unit.objects.filter(pk=pk).first() if pk else None


@require_GET
@signed_in
def planning(request: PersonRequest) -> HttpResponse:
    """Where the round stands; `?cycle=`, `?unit=` and those below it, `?stands=`, `?q=`."""
    cycle, cycles = _cycle(request)
    context: dict[str, Any] = {"cycle": cycle, "cycles": cycles, "nav_here": "planning"}
    if cycle is not None:
        unit = _unit(request)
        found = planning_round(request.person, cycle, clock.today(), unit)
        stands, text, rows = _narrowed(request, found)
        query = request.GET.copy()
        query.pop("page", None)
        context |= {
            "round": found,
            "page": Paginator(rows, PAGE).get_page(request.GET.get("page")),
            "unit": unit,
            "stands": stands,
            "text": text,
            "kinds": STANDS,
            "query": query.urlencode(),
            "may_lead": leads_a_unit(request.person),
        }
    return render(request, "insights/planning.html", context)


@require_GET
@signed_in
def planning_csv(request: PersonRequest) -> HttpResponseBase:
    cycle, _ = _cycle(request)

    def lines() -> Iterator[tuple[Any, ...]]:
        if cycle is None:
            return
        found = planning_round(request.person, cycle, clock.today(), _unit(request))
        for one in _narrowed(request, found)[2]:
            yield (
                *(one.unit.name, str(one.unit.leader or ""), one.words, one.proposed),
                *(one.countered, one.agreed, one.declined),
                *(one.to_answer, one.to_hear, one.overdue),
                *(one.own_drafts, one.own_waiting, one.own_agreed),
            )

    return csv_file("planning.csv", COLUMNS, lines())


@require_GET
@signed_in
def planning_measures(request: PersonRequest) -> HttpResponse:
    """The figures of the round, and the plans that do not add up: a page, and what the round's page loads. Of a
    unit and those below it with `?unit=`."""
    cycle, _ = _cycle(request)
    if cycle is None:
        raise Http404
    on, unit = clock.today(), _unit(request)
    sums = sums_of_parts(request.person, cycle, on, unit)
    before: dict[str, Figure] = {}
    if unit is None:
        figures, before = planning_figures(cycle, on), stored_before(on)
    else:
        figures = unit_figures(request.person, cycle, unit, on)
    context = {
        "cycle": cycle,
        "unit": unit,
        "figures": [(key, NAMES[key], result, before.get(key)) for key, result in figures.items()],
        "sums": sums,
        "short": [one for one in sums if not one.adds_up],
        "whole": [one for one in sums if one.adds_up],
        "nav_here": "planning",
    }
    page = "_planning_measures.html" if by_htmx(request) else "planning_measures.html"
    return render(request, f"insights/{page}", context)
