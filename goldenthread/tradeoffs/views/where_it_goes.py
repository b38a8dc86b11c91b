"""Where does our effort go? Of the organisation, and of a unit."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from goldenthread.core import clock
from goldenthread.core.access import can
from goldenthread.engine.bands import band_above
from goldenthread.engine.dispersion import EXCESS_BANDS
from goldenthread.engine.flow import GAP_BANDS
from goldenthread.people.access import PersonRequest, signed_in
from goldenthread.people.models import Unit
from goldenthread.people.views.forms_in_pages import number_in
from goldenthread.permissions import Action
from goldenthread.tradeoffs.selectors.where_it_goes import gap_of, where_it_goes
from goldenthread.tradeoffs.services import may_plan_for


@require_GET
@signed_in
def effort(request: PersonRequest) -> HttpResponse:
    unit, pk = None, number_in(request.GET, "unit")
    if pk is not None:
        unit = get_object_or_404(Unit.objects.select_related("parent"), pk=pk)
    found = where_it_goes(request.person, unit, clock.today())
    uneven = found.uneven
    below = Unit.objects.filter(parent=unit, ended_on__isnull=True)
    context: dict[str, Any] = {
        "page": found,
        "unit": unit,
        "below": list(below[:40]),
        "uneven": uneven,
        "first": found.first if found.first and found.first.seen else None,
        "gap": gap_of(uneven) if uneven else None,
        "gap_band": band_above(found.gap.value, GAP_BANDS),
        "excess_band": band_above(found.excess.value, EXCESS_BANDS),
        "may_plan": can(request.person, Action.PLAN_EFFORT)
        and (unit is None or may_plan_for(request.person, unit)),
        "may_decide": can(request.person, Action.OPEN_DECISION),
        "nav_here": "effort",
    }
    return render(request, "tradeoffs/effort.html", context)
