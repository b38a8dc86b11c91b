"""The page of a unit."""

import datetime as dt

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from goldenthread.core import clock
from goldenthread.core.access import allowed
from goldenthread.insights.selectors.over_time import unit_over_time
from goldenthread.insights.selectors.stood import unit_then
from goldenthread.insights.selectors.unit_page import unit_page, unit_row
from goldenthread.people.access import PersonRequest, signed_in
from goldenthread.people.models import Unit
from goldenthread.permissions import Action
from goldenthread.ui.as_of import as_it_stood


def unit_as_it_stood(request: PersonRequest, pk: int, *, day: dt.date) -> HttpResponse:
    """A unit on a day gone by: who led it, its place, its objectives and how many were in line."""
    shown = get_object_or_404(Unit, pk=pk)
    page = unit_then(shown, day, request.person)
    context = {"page": page, "unit": shown, "day": day, "nav_here": "people"}
    return render(request, "insights/unit_then.html", context)


@require_GET
@signed_in
@as_it_stood(unit_as_it_stood)
def unit(request: PersonRequest, pk: int) -> HttpResponse:
    shown = unit_row(pk)
    if shown is None:
        raise Http404
    may_do = allowed(request.person, shown)

    def may(action: Action) -> bool:
        return action in may_do

    # A deputy is lent what is asked of the unit, not what is asked of its people.
    leads = may(Action.START_UNIT_STRATEGY) and not request.person.stands_in_for
    context = {
        "page": unit_page(shown, request.person, leads=leads),
        "unit": shown,
        "nav_here": "people",
        "histories": unit_over_time(shown.pk, clock.today()),
        "may_edit": may(Action.EDIT_UNIT),
        "may_see_ledger": may(Action.SEE_LEDGER),
        "may_draft": may(Action.DRAFT_OBJECTIVE),
        "may_start": may(Action.START_UNIT_STRATEGY),
    }
    return render(request, "insights/unit.html", context)
