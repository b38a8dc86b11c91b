"""The organisation chart: a nested list, a level at a time."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from goldenthread.core import clock
from goldenthread.people import selectors
from goldenthread.people.access import PersonRequest, signed_in
from goldenthread.people.forms import ChartForm
from goldenthread.people.models import Person
from goldenthread.people.views.forms_in_pages import number_in

SHOWN_BESIDE = 12


@require_GET
@signed_in
def chart(request: PersonRequest) -> HttpResponse:
    """The whole chart from its top, or from one person (`?from=12`), the first level open."""
    form = ChartForm(request.GET) if request.GET.get("person") else ChartForm()
    focus = None
    if form.is_bound and form.is_valid():
        focus = form.cleaned_data["person"]
    elif from_id := number_in(request.GET, "from"):
        focus = get_object_or_404(Person.objects.visible_to(request.person), pk=from_id)
    if focus is not None:
        level = selectors.chart_person(request.person, focus)
    else:
        level = selectors.chart_level(request.person, None, number_in(request.GET, "after") or 0)
    opened = level.people[0] if level.people else None
    beside = selectors.people_without_line(request.person)
    context = {
        "form": form,
        "focus": focus,
        "above": selectors.managers_above(focus) if focus else [],
        "level": level,
        "opened": opened,
        "opened_level": selectors.chart_level(request.person, opened) if opened else None,
        "beside": list(beside[: SHOWN_BESIDE + 1]) if focus is None else [],
        "shown_beside": SHOWN_BESIDE,
        "working": Person.objects.visible_to(request.person).working(clock.today()).count(),
    }
    return render(request, "people/chart.html", context)


@require_GET
@signed_in
def person_reports(request: PersonRequest, pk: int) -> HttpResponse:
    """Who reports to somebody: one level of the chart, loaded when it is opened."""
    person = get_object_or_404(Person.objects.visible_to(request.person), pk=pk)
    level = selectors.chart_level(request.person, person, number_in(request.GET, "after") or 0)
    return render(request, "people/_chart_level.html", {"level": level})
