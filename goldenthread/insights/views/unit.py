"""The page of a unit."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from goldenthread.insights.selectors.unit_page import unit_page, unit_rows
from goldenthread.people.access import PersonRequest, signed_in
from goldenthread.permissions import ALLOWED, Action


@require_GET
@signed_in
def unit(request: PersonRequest, pk: int) -> HttpResponse:
    shown = get_object_or_404(unit_rows(), pk=pk)
    relations = shown.relations_to(request.person) | request.person.office

    def may(action: Action) -> bool:
        return bool(ALLOWED[action] & relations)

    context = {
        "page": unit_page(shown, request.person),
        "unit": shown,
        "nav_here": "people",
        "may_edit": may(Action.EDIT_UNIT),
        "may_draft": may(Action.DRAFT_OBJECTIVE),
        "may_start": may(Action.START_UNIT_STRATEGY),
    }
    return render(request, "insights/unit.html", context)
