"""The page of a priority."""

from dataclasses import replace

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from goldenthread.core import clock
from goldenthread.core.access import can
from goldenthread.insights.selectors.over_time import progress_over_time
from goldenthread.insights.selectors.priority_page import priority_page
from goldenthread.people.access import PersonRequest, signed_in
from goldenthread.permissions import Action
from goldenthread.strategy.models import Priority
from goldenthread.strategy.views.kpis import kpi_plot


@require_GET
@signed_in
def priority(request: PersonRequest, pk: int) -> HttpResponse:
    """Confidential ones are not found by those who may not see them."""
    found = Priority.objects.visible_to(request.person).select_related(
        "strategy__leader", "strategy__unit", "sponsor__unit", "sponsor_named_by"
    )
    shown = get_object_or_404(found, pk=pk)
    today = clock.today()
    page = priority_page(shown, request.person, today)
    person = request.person
    context = {
        "page": page,
        "row": page.row,
        "priority": shown,
        "nav_here": "strategy",
        "strategy": shown.strategy,
        "results": [
            (one, kpi_plot(stands.kpi, stands, today) if stands is not None else None)
            for one in page.row.results
            for stands in [one.standing.standing]
        ],
        "histories": [
            replace(one, name="Work below, over time") for one in progress_over_time([shown], today)
        ],
        "may_edit": can(person, Action.EDIT_PRIORITY, shown),
        "may_confirm": can(person, Action.CONFIRM_PRIORITY, shown),
        "leads": can(person, Action.EDIT_STRATEGY, shown.strategy),
    }
    return render(request, "insights/priority.html", context)
