"""Inputs and outputs on one page, side by side."""

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from goldenthread.core import clock
from goldenthread.core.spreadsheet import csv_file
from goldenthread.insights.selectors import inputs_outputs
from goldenthread.people.access import PersonRequest, signed_in
from goldenthread.people.models import Unit
from goldenthread.people.views.forms_in_pages import number_in

UNITS_SHOWN = 40


@require_GET
@signed_in
def inputs_outputs_page(request: PersonRequest) -> HttpResponse:
    unit = _unit(request)
    page = inputs_outputs.inputs_outputs(unit, clock.today(), request.GET.get("page"))
    below = Unit.objects.filter(parent=unit, ended_on__isnull=True)
    context = {"page": page, "unit": unit, "below": list(below[:UNITS_SHOWN])}
    return render(request, "insights/inputs_outputs.html", context)


@require_GET
@signed_in
def inputs_outputs_csv(request: PersonRequest) -> HttpResponseBase:
    """Every figure of the page as it was stored for each day."""
    rows = inputs_outputs.csv_rows(_unit(request), clock.today())
    return csv_file("inputs-and-outputs.csv", inputs_outputs.CSV_COLUMNS, rows)


def _unit(request: PersonRequest) -> Unit | None:
    pk = number_in(request.GET, "unit")
    if pk is None:
        return None
    return get_object_or_404(Unit.objects.select_related("parent"), pk=pk)
