"""The alignment page, its lists as files, and proposing a stranded priority to a unit."""

import datetime as dt
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET

from goldenthread.core import clock
from goldenthread.core.access import can
from goldenthread.core.spreadsheet import csv_file
from goldenthread.insights import method
from goldenthread.insights.reports import UnitLine, lines_of
from goldenthread.insights.selectors.alignment import Alignment, UnitFigures, alignment
from goldenthread.insights.selectors.loose_ends import (
    loose_ends,
    loose_objectives,
    loose_pages,
    stranded_priorities,
    stranded_then,
    waiting_to_be_confirmed,
)
from goldenthread.insights.selectors.over_time import alignment_over_time
from goldenthread.insights.selectors.stood import stood
from goldenthread.objectives.models import Objective
from goldenthread.people.access import PersonRequest, signed_in
from goldenthread.people.models import Unit
from goldenthread.people.selectors import find_units
from goldenthread.people.views.forms_in_pages import number_in
from goldenthread.permissions import Action
from goldenthread.strategy.models import Priority
from goldenthread.ui.as_of import as_it_stood

LOOSE_PAGE = 20
UNIT_PAGE = 20
UNIT_SORTS = {
    "unit": lambda one: one.name.casefold(),
    "coverage": lambda one: one.by_count.value if one.by_count.value is not None else 2.0,
    "loose": lambda one: one.loose,
    "people": lambda one: one.by_people.value if one.by_people.value is not None else 2.0,
}


def alignment_as_it_stood(request: PersonRequest, *, day: dt.date) -> HttpResponse:
    """The figures of a day gone by, of the whole and by unit."""
    found = stood(day).alignment
    units = Paginator(_sorted(found, request.GET.get("sort", "")), UNIT_PAGE).get_page(
        request.GET.get("units")
    )
    context = {
        "found": found,
        "day": day,
        "figures": lines_of(found),
        "stranded": stranded_then(found, request.person),
        "units_page": units,
        "units": [UnitLine(unit) for unit in units],
    }
    return render(request, "insights/alignment_then.html", context)


@require_GET
@signed_in
@as_it_stood(alignment_as_it_stood)
def alignment_page(request: PersonRequest) -> HttpResponse:
    found = alignment()
    loose = Paginator(loose_pages(clock.today()), LOOSE_PAGE).get_page(request.GET.get("page"))
    units = Paginator(_sorted(found, request.GET.get("sort", "")), UNIT_PAGE).get_page(
        request.GET.get("units")
    )
    context = {
        "found": found,
        "figures": lines_of(found),
        "loose_page": loose,
        "loose": loose_ends(list(loose), request.person),
        "stranded": stranded_priorities(found, request.person),
        "unconfirmed": waiting_to_be_confirmed(),
        "units_page": units,
        "units": [UnitLine(unit) for unit in units],
        "histories": alignment_over_time(found.as_of),
        "may_propose": request.person.is_leader,
    }
    return render(request, "insights/alignment.html", context)


def _sorted(found: Alignment, sort: str) -> list[UnitFigures]:
    """Those with most loose ends first, unless the address says otherwise."""
    name = sort.removeprefix("-")
    if name not in UNIT_SORTS:
        return found.units_by_loose
    return sorted(found.units, key=UNIT_SORTS[name], reverse=sort.startswith("-"))


@require_GET
@signed_in
def loose_csv(request: PersonRequest) -> HttpResponseBase:
    """Every loose end, with its reason; restricted ones without title or owner."""

    def rows() -> Iterator[tuple[Any, ...]]:
        objectives = list(loose_objectives())
        for first in range(0, len(objectives), 500):
            for end in loose_ends(objectives[first : first + 500], request.person):
                one = end.objective
                yield (one.pk if end.visible else "", end.title, end.owner, one.cycle, end.reason)

    return csv_file("loose-ends.csv", ("objective", "title", "owner", "cycle", "reason"), rows())


@require_GET
@signed_in
def units_csv(request: PersonRequest) -> HttpResponseBase:
    """The table by unit, whole."""
    rows = (
        (
            one.name,
            one.parent,
            one.objectives,
            one.in_line,
            "" if one.withheld else one.people,
            "" if one.withheld else one.people_in_line,
        )
        for one in alignment().units
    )
    names = ("unit", "part_of", "objectives", "in_line", "people", "people_in_line")
    return csv_file("alignment-by-unit.csv", names, rows)


@require_GET
@signed_in
def stranded_csv(request: PersonRequest) -> HttpResponseBase:
    """The priorities without work, with why; confidential ones without their title."""
    rows = (
        (one.priority.pk if one.visible else "", one.title, one.priority.strategy, one.reason)
        for one in stranded_priorities(alignment(), request.person)
    )
    return csv_file("without-work.csv", ("priority", "title", "strategy", "reason"), rows)


class ProposeForm(forms.Form):
    """To which unit a priority is proposed."""

    unit = forms.CharField(label="Unit", max_length=200)


@require_GET
@signed_in
def propose(request: PersonRequest, pk: int) -> HttpResponse:
    """Choose the unit that is to serve a priority; the draft is then written on the page for a new objective."""
    rows = Priority.objects.visible_to(request.person).active().select_related("strategy")
    priority = get_object_or_404(rows, pk=pk)
    form = ProposeForm(request.GET if "unit" in request.GET else None)
    if form.is_bound and form.is_valid():
        unit = _unit(request, form)
        if unit is not None:
            query = urlencode({"owner_unit": unit.pk, "serves": f"p{priority.pk}"})
            return redirect(f"{reverse('objective-new')}?{query}")
    context = {"priority": priority, "form": form}
    return render(request, "insights/propose.html", context, status=422 if form.errors else 200)


def _unit(request: PersonRequest, form: ProposeForm) -> Unit | None:
    """The unit that was picked or typed, if this person may draft for it; else the form says why not."""
    typed = form.cleaned_data["unit"]
    picked = Unit.objects.filter(pk=number_in(request.GET, "unit_id") or 0, ended_on__isnull=True)
    unit = picked.select_related("leader").first()
    if unit is None or unit.name != typed:
        named = [one for one in find_units(typed) if one.name.casefold() == typed.casefold()]
        unit = named[0] if len(named) == 1 else None
    if unit is None:
        form.add_error("unit", "Pick a unit from the list that appears while you type.")
    elif not can(request.person, Action.DRAFT_OBJECTIVE, Objective(owner_unit=unit)):
        leader = f" Ask {unit.leader}." if unit.leader else ""
        form.add_error("unit", f"Only those who lead {unit} may draft for it.{leader}")
        unit = None
    return unit


@require_GET
@signed_in
def methods(request: PersonRequest) -> HttpResponse:
    """All pages that define a figure."""
    return _method_page(request, method.INDEX)


@require_GET
@signed_in
def method_page(request: PersonRequest, slug: str) -> HttpResponse:
    """The page that defines a figure."""
    if slug not in method.slugs():
        raise Http404
    return _method_page(request, slug)


def _method_page(request: PersonRequest, slug: str) -> HttpResponse:
    title, body = method.method_page(slug)
    context = {"title": title, "body": body, "is_index": slug == method.INDEX}
    return render(request, "insights/method.html", context)
