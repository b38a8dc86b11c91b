"""Who stands in for somebody: named for some days, and ended early."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_http_methods, require_POST

from goldenthread.core import clock
from goldenthread.core.access import require
from goldenthread.people import selectors, services
from goldenthread.people.access import PersonRequest, signed_in
from goldenthread.people.forms import DeputyForm
from goldenthread.people.models import Deputy, Person
from goldenthread.people.views.forms_in_pages import page_with, saved
from goldenthread.permissions import Action


@require_http_methods(["GET", "POST"])
@signed_in
def person_deputies(request: PersonRequest, pk: int) -> HttpResponse:
    """Named, and ended, by the person, the line above and HR partners."""
    seen = Person.objects.visible_to(request.person).select_related("manager", "unit")
    person = get_object_or_404(seen, pk=pk)
    require(request.person, Action.NAME_DEPUTY, person)
    away = next(iter(selectors.absences_ahead(person)), None)
    first = max(away.start, clock.today()) if away else clock.today()
    given = {"starts_on": first, "ends_on": away.end if away else None}
    form = DeputyForm(request.POST or None, initial=given)
    if request.method == "POST" and saved(
        form,
        lambda: services.name_deputy(actor=request.person, person=person, **form.cleaned_data),
    ):
        messages.success(request, f"{form.cleaned_data['deputy']} stands in for {person}.")
        return redirect("person-deputies", person.pk)
    context = {
        "person": person,
        "deputies": selectors.deputies_ahead(person),
        "is_me": person.pk == request.person.pk,
        "away": away,
    }
    return page_with(request, "people/person_deputies.html", form, context)


@require_POST
@signed_in
def deputy_end(request: PersonRequest, pk: int) -> HttpResponse:
    seen = Deputy.objects.visible_to(request.person).select_related("person", "deputy")
    deputy = get_object_or_404(seen, pk=pk)
    services.end_deputy(actor=request.person, deputy=deputy)
    messages.success(request, f"{deputy.deputy} no longer stands in for {deputy.person}.")
    return redirect("person-deputies", deputy.person_id)
