"""Which units are asked for more than they can give."""

from collections.abc import Iterator
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_GET

from goldenthread.core import clock
from goldenthread.core.access import can
from goldenthread.core.spreadsheet import csv_file
from goldenthread.insights.selectors.dependency_teams import TeamRow, teams
from goldenthread.people.access import PersonRequest, signed_in
from goldenthread.people.models import Unit
from goldenthread.people.views.forms_in_pages import number_in
from goldenthread.permissions import Action

PAGE = 50
COLUMNS = (
    *("unit", "asked", "accepted", "effort_asked_fte", "effort_said_of", "free_fte", "people"),
    *("objectives_under_way", "needs_and_objectives_per_person", "more_than_it_can_give"),
)


def _found(request: PersonRequest) -> tuple[Unit | None, bool, list[TeamRow]]:
    pk = number_in(request.GET, "unit")
    unit = Unit.objects.filter(pk=pk).first() if pk else None
    only = request.GET.get("show") == "over"
    return unit, only, teams(request.person, clock.today(), unit, only_too_much=only)


@require_GET
@signed_in
def dependency_teams(request: PersonRequest) -> HttpResponse:
    unit, only, found = _found(request)
    query = request.GET.copy()
    query.pop("page", None)
    context = {
        "page": Paginator(found, PAGE).get_page(request.GET.get("page")),
        "every": found,
        "over": [one for one in found if one.is_too_much],
        "unit": unit,
        "only": only,
        "may_decide": can(request.person, Action.OPEN_DECISION),
        "query": query.urlencode(),
        "nav_here": "dependencies",
    }
    return render(request, "insights/dependency_teams.html", context)


@require_GET
@signed_in
def dependency_teams_csv(request: PersonRequest) -> HttpResponseBase:
    _, _, found = _found(request)

    def lines() -> Iterator[tuple[Any, ...]]:
        for one in found:
            effort, per_person = one.demand
            said = round((effort.coverage or 0) * one.needs)
            yield (
                *(one.unit.name, one.asked, one.accepted, effort.numerator, said),
                *(one.room.free, one.room.people, one.under_way, per_person.value),
                "yes" if one.is_too_much else "no",
            )

    return csv_file("dependencies-by-unit.csv", COLUMNS, lines())
