"""The page of one objective, and its history."""

import datetime as dt

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from goldenthread.core import clock
from goldenthread.objectives.selectors.criteria import Criterion, pace_chart
from goldenthread.objectives.selectors.mending import kept_summary
from goldenthread.objectives.selectors.page import ObjectivePage, objective_page
from goldenthread.objectives.selectors.stood import objective_then, score_chart
from goldenthread.objectives.views.answers import objective_or_404
from goldenthread.people.access import PersonRequest, signed_in
from goldenthread.ui.as_of import as_it_stood


def objective_as_it_stood(request: PersonRequest, pk: int, *, day: dt.date) -> HttpResponse:
    """An objective on a day gone by: its state and owner, how far it was, what was known of its key results."""
    shown = objective_or_404(request, pk)
    page = objective_then(shown, day, request.person)
    context = {"page": page, "objective": shown, "day": day}
    return render(request, "objectives/objective_then.html", context)


@require_GET
@signed_in
@as_it_stood(objective_as_it_stood)
def objective(request: PersonRequest, pk: int) -> HttpResponse:
    shown = objective_or_404(request, pk)
    found = objective_page(shown, request.person, clock.today())
    whole = score_chart(found.objective, clock.today()) if len(found.criteria) > 1 else None
    return render(request, "objectives/objective.html", page_context(found) | {"whole": whole})


def page_context(page: ObjectivePage) -> dict[str, object]:
    primary, checks_in = _primary(page), page.rights.check_in
    theirs = [one.key_result.pk for one in page.criteria if one.key_result.pk in checks_in]
    return {
        "page": page,
        "objective": page.objective,
        "rights": page.rights,
        "charts": [chart_of(one) for one in page.criteria],
        "primary": primary,
        "checks_in": checks_in,
        "mending": kept_summary(page.objective),
        "first": theirs[0] if theirs and primary == "check_in" else None,
    }


def chart_of(one: Criterion) -> dict[str, object]:
    return {"criterion": one, "plot": pace_chart(one, clock.today())}


def _primary(page: ObjectivePage) -> str:
    """The one act that the page puts first."""
    may = page.rights
    if page.open_change is not None and page.open_change.may_answer:
        return "change"
    for name in ("answer", "confirm", "propose", "check_in"):
        if getattr(may, name):
            return name
    return ""
