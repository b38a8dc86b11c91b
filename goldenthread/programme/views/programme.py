"""HR's page: the rhythm, adoption, and who is stuck; never a form that writes somebody's objective."""

from collections.abc import Iterator
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from goldenthread.core import clock
from goldenthread.core.access import can, require
from goldenthread.core.spreadsheet import csv_file
from goldenthread.engine.result import Result
from goldenthread.people.access import PersonRequest, signed_in
from goldenthread.people.models import Unit
from goldenthread.people.selectors import unit_choices
from goldenthread.people.views.forms_in_pages import number_in
from goldenthread.permissions import Action
from goldenthread.programme.selectors.adoption import Adoption, adoption_today
from goldenthread.programme.selectors.nudges import nudged
from goldenthread.programme.selectors.rhythm import rhythms
from goldenthread.programme.selectors.stuck import KINDS, Kind, stuck_counts
from goldenthread.programme.services import nudge

PAGE = 50
UNIT_PAGE = 20
SORTS = {
    "unit": lambda one: one.name.casefold(),
    "people": lambda one: _low_first(one.with_one),
    "judged": lambda one: _low_first(one.measurable),
    "rhythm": lambda one: _low_first(one.rhythm),
}


def _low_first(result: Result) -> float:
    return 2.0 if result.value is None else result.value


@require_GET
@signed_in
def programme(request: PersonRequest) -> HttpResponse:
    require(request.person, Action.SEE_PROGRAMME)
    on = clock.today()
    found = adoption_today()
    units = Paginator(_sorted(found.units, request.GET.get("sort", "")), UNIT_PAGE).get_page(
        request.GET.get("units")
    )
    counts = stuck_counts(request.person)
    context = {
        "today": on,
        "rhythms": rhythms(on, request.organisation.cadence_days),
        "may_run": can(request.person, Action.RUN_CYCLES),
        "whole": found.whole,
        "units": units,
        "stuck": [(kind, count) for kind, count in counts if count],
        "stuck_count": sum(count for _, count in counts),
    }
    return render(request, "programme/programme.html", context)


def _sorted(units: tuple[Adoption, ...], sort: str) -> list[Adoption]:
    """In the order of the tree, unless the address says otherwise; units without a figure come last."""
    name = sort.removeprefix("-")
    if name not in SORTS:
        return list(units)
    return sorted(units, key=SORTS[name], reverse=sort.startswith("-"))


@require_GET
@signed_in
def adoption_csv(request: PersonRequest) -> HttpResponseBase:
    """The table by unit, whole; of a unit that is withheld, its name alone."""
    require(request.person, Action.SEE_PROGRAMME)
    columns = ("people", "with_agreed", "agreed", "can_be_judged", "check_in_due", "kept")
    rows = (
        (one.name, one.parent, *(("",) * len(columns) if one.withheld else one.tally))
        for one in adoption_today().units
    )
    return csv_file("adoption-by-unit.csv", ("unit", "part_of", *columns), rows)


@require_GET
@signed_in
def stuck(request: PersonRequest, kind: str) -> HttpResponse:
    """Everybody, or everything, that is stuck in one way."""
    require(request.person, Action.SEE_PROGRAMME)
    found = _kind(kind)
    unit = Unit.objects.filter(pk=number_in(request.GET, "unit") or 0).first()
    text = request.GET.get("q", "").strip()[:200]
    on = clock.today()
    rows = found.narrowed(request.person, on, unit, text)
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    shown = [found.row(one) for one in page]
    asked = nudged(found, [one.about for one in shown], on) if found.asks else {}
    context = {
        "kind": found,
        "page": page,
        "rows": [(one, asked.get(one.about)) for one in shown],
        "may_nudge": found.asks is not None and can(request.person, Action.NUDGE),
        "left": [one.about for one in shown if one.about not in asked],
        "unit": unit,
        "text": text,
        "units": unit_choices(unit),
        "may_name": can(request.person, Action.EDIT_PERSON),
        "nav_here": "programme",
    }
    return render(request, "programme/stuck.html", context)


@require_GET
@signed_in
def stuck_csv(request: PersonRequest, kind: str) -> HttpResponseBase:
    """The whole list, as it is narrowed."""
    require(request.person, Action.SEE_PROGRAMME)
    found = _kind(kind)
    unit = Unit.objects.filter(pk=number_in(request.GET, "unit") or 0).first()
    rows = found.narrowed(request.person, clock.today(), unit, request.GET.get("q", "").strip())

    def lines() -> Iterator[tuple[Any, ...]]:
        for record in rows:
            one = found.row(record)
            yield (one.title, str(one.whom or ""), one.note, one.since)

    return csv_file(f"{found.key}.csv", ("what", "whose", "note", "since"), lines())


@require_POST
@signed_in
def stuck_nudge(request: PersonRequest, kind: str) -> HttpResponse:
    """Ask whoever has the next step, of one row or of all on the page."""
    require(request.person, Action.NUDGE)
    found = _kind(kind)
    about = {int(one) for one in request.POST.getlist("item") if one.isdecimal() and len(one) < 19}
    made = nudge(actor=request.person, kind=found, about=about)
    names = {str(one.to) for one in made}
    who = names.pop() if len(names) == 1 else f"{len(names)} people"
    messages.success(request, f"{who} will find it on their home, and in their next letter.")
    query = request.GET.urlencode()
    here = reverse("programme-stuck", args=[found.key])
    return redirect(f"{here}?{query}" if query else here)


def _kind(key: str) -> Kind:
    found = KINDS.get(key)
    if found is None:
        raise Http404
    return found
