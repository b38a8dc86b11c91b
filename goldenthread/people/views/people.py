"""The list of people, adding them, and everything about one person that is edited."""

import datetime as dt
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from goldenthread.core import clock
from goldenthread.core.access import can, require
from goldenthread.core.spreadsheet import csv_file
from goldenthread.people import selectors, services
from goldenthread.people.access import PersonRequest, signed_in
from goldenthread.people.account_selectors import protection_of
from goldenthread.people.forms import (
    AbsenceForm,
    DayForm,
    PersonForm,
    RolesForm,
)
from goldenthread.people.models import Absence, Person, Unit
from goldenthread.people.selectors import PeopleFilter
from goldenthread.people.views.forms_in_pages import number_in, page_with, saved, version_in
from goldenthread.permissions import Action

PAGE = 50
STATES = {"working": "Working here", "left": "Have left", "all": "Everybody"}
ACCOUNTS = {"with": "Have an account", "invited": "Invited", "without": "Not invited"}
COLUMNS = (
    "external_id",
    "name",
    "email",
    "unit",
    "manager",
    "manager_email",
    "position",
    "level",
    "fte",
    "start",
    "end",
)


def _chosen(request: PersonRequest) -> PeopleFilter:
    """The filter as the address has it; what does not exist there is left out."""
    sent = request.GET
    unit_id, manager_id = number_in(sent, "unit"), number_in(sent, "manager")
    return PeopleFilter(
        text=sent.get("q", "").strip()[:200],
        unit=Unit.objects.filter(pk=unit_id).first() if unit_id else None,
        manager=Person.objects.visible_to(request.person).filter(pk=manager_id).first()
        if manager_id
        else None,
        no_manager=sent.get("manager") == "none",
        no_unit=sent.get("unit") == "none",
        state=sent["state"] if sent.get("state") in STATES else "working",
        account=sent["account"] if sent.get("account") in ACCOUNTS else "",
        sort=sent.get("sort", "name"),
    )


@require_GET
@signed_in
def people(request: PersonRequest) -> HttpResponse:
    chosen = _chosen(request)
    page = Paginator(selectors.people_list(request.person, chosen), PAGE).get_page(
        request.GET.get("page")
    )
    context = {
        "chosen": chosen,
        "page": page,
        "gaps": selectors.people_gaps(request.person),
        "units": selectors.unit_choices(chosen.unit),
        "states": STATES,
        "accounts": ACCOUNTS,
        "chips": _chips(request, chosen),
        "may_add": can(request.person, Action.ADD_PEOPLE),
        "may_edit": can(request.person, Action.EDIT_PERSON),
        "may_invite": can(request.person, Action.INVITE),
    }
    return render(request, "people/people.html", context)


def _chips(request: PersonRequest, chosen: PeopleFilter) -> list[dict[str, str]]:
    on = {
        "q": f"“{chosen.text}”" if chosen.text else "",
        "unit": "In no unit" if chosen.no_unit else f"In {chosen.unit}" if chosen.unit else "",
        "manager": "Report to nobody"
        if chosen.no_manager
        else f"Report to {chosen.manager}"
        if chosen.manager
        else "",
        "state": STATES[chosen.state] if chosen.state != "working" else "",
        "account": ACCOUNTS.get(chosen.account, ""),
    }
    chips = []
    for name, words in on.items():
        if words:
            query = request.GET.copy()
            query.pop("page", None)
            query.pop(name, None)
            chips.append({"words": words, "url": f"?{query.urlencode()}"})
    return chips


@require_GET
@signed_in
def people_csv(request: PersonRequest) -> HttpResponseBase:
    """The list as narrowed on the page, whole, in the columns that the import reads."""

    def rows() -> Iterator[tuple[Any, ...]]:
        found = selectors.people_list(request.person, _chosen(request))
        for person in found.iterator(chunk_size=1000):
            yield (
                person.external_id,
                person.name,
                person.email,
                person.unit.name if person.unit else "",
                person.manager.name if person.manager else "",
                person.manager.email if person.manager else "",
                person.position,
                person.level,
                person.fte,
                person.start,
                person.end,
            )

    return csv_file("people.csv", COLUMNS, rows())


@require_GET
@signed_in
def people_pick(request: PersonRequest) -> HttpResponse:
    """What a picker shows while somebody types a name."""
    query = request.GET.get("q", "")[:200]
    options = [
        {"pk": person.pk, "title": person.name, "note": _note(person)}
        for person in selectors.find_people(request.person, query)
    ]
    return render(request, "ui/_picker_options.html", {"options": options, "query": query})


def _note(person: Person) -> str:
    return ", ".join(words for words in (person.position, str(person.unit or "")) if words)


@require_http_methods(["GET", "POST"])
@signed_in
def person_add(request: PersonRequest) -> HttpResponse:
    require(request.person, Action.ADD_PEOPLE)
    unit = Unit.objects.filter(pk=number_in(request.GET, "unit") or 0).first()
    form = PersonForm(request.POST or None, initial={"unit": unit, "manager": None})
    if request.method == "POST" and saved(
        form, lambda: services.add_person(actor=request.person, **form.cleaned_data)
    ):
        name = form.cleaned_data["name"]
        messages.success(request, f"{name} is here now. They can be invited when you like.")
        return redirect(f"{reverse('people')}?{urlencode({'q': name})}")
    return page_with(request, "people/person_add.html", form, {})


@require_http_methods(["GET", "POST"])
@signed_in
def person_edit(request: PersonRequest, pk: int) -> HttpResponse:
    person = _one(request, pk)
    require(request.person, Action.EDIT_PERSON, person)
    form = PersonForm(request.POST or None, initial=PersonForm.initial_of(person))

    def write() -> None:
        services.edit_person(
            actor=request.person,
            person=person,
            version=version_in(request),
            **form.cleaned_data,
        )

    if request.method == "POST" and saved(form, write):
        messages.success(request, f"{person} is saved.")
        return redirect("person-edit", person.pk)
    return page_with(request, "people/person_edit.html", form, _about(request, person))


@require_POST
@signed_in
def person_leave(request: PersonRequest, pk: int) -> HttpResponse:
    """The last day of somebody here, or with `stay` that they stay after all."""
    person = _one(request, pk)
    form = DayForm(request.POST)
    if "stay" in request.POST:
        services.edit_person(actor=request.person, person=person, end=None)
        messages.success(request, f"{person} stays.")
        return redirect("person-edit", person.pk)
    if saved(
        form,
        lambda: services.leave(actor=request.person, person=person, on=form.cleaned_data["on"]),
    ):
        messages.success(request, f"The last day of {person} is noted.")
        return redirect("person-edit", person.pk)
    context = {**_about(request, person), "leave_form": form}
    unbound = PersonForm(initial=PersonForm.initial_of(person))
    return render(request, "people/person_edit.html", {**context, "form": unbound}, status=422)


@require_http_methods(["GET", "POST"])
@signed_in
def person_roles(request: PersonRequest, pk: int) -> HttpResponse:
    require(request.person, Action.GRANT_ROLES)
    person = _one(request, pk)
    held = {"leader": person.granted_leader, "hr": person.is_hr, "admin": person.is_admin}
    form = RolesForm(request.POST if request.method == "POST" else None, initial=held)
    if request.method == "POST" and saved(
        form,
        lambda: services.grant_roles(actor=request.person, person=person, **form.cleaned_data),
    ):
        messages.success(request, f"The roles of {person} are saved.")
        return redirect("person-roles", person.pk)
    context = _about(request, person) | {
        "led": person.led_units.filter(ended_on__isnull=True),
        "tokens": person.tokens.good(timezone.now(), clock.today()),
    }
    if person.user is not None:
        context["protection"] = protection_of(person.user)
    return page_with(request, "people/person_roles.html", form, context)


@require_http_methods(["GET", "POST"])
@signed_in
def person_absences(request: PersonRequest, pk: int) -> HttpResponse:
    """Days away: noted, and taken back, by the person, the line above and HR partners."""
    person = _one(request, pk)
    require(request.person, Action.RECORD_ABSENCE, person)
    form = AbsenceForm(request.POST or None)
    if request.method == "POST" and saved(
        form,
        lambda: services.record_absence(actor=request.person, person=person, **form.cleaned_data),
    ):
        messages.success(request, "The days away are noted.")
        return redirect("person-absences", person.pk)
    context = {"person": person, "absences": selectors.absences_ahead(person)}
    return page_with(request, "people/person_absences.html", form, context)


@require_POST
@signed_in
def absence_remove(request: PersonRequest, pk: int) -> HttpResponse:
    absence = get_object_or_404(Absence.objects.select_related("person"), pk=pk)
    services.remove_absence(actor=request.person, absence=absence)
    messages.success(request, "The days away are taken back.")
    return redirect("person-absences", absence.person_id)


def _one(request: PersonRequest, pk: int) -> Person:
    seen = Person.objects.visible_to(request.person).select_related("unit", "manager", "user")
    return get_object_or_404(seen, pk=pk)


def _about(request: PersonRequest, person: Person) -> dict[str, Any]:
    today: dt.date = clock.today()
    return {
        "person": person,
        "has_left": person.end is not None and person.end < today,
        "may_grant": can(request.person, Action.GRANT_ROLES),
        "may_invite": can(request.person, Action.INVITE),
        "may_note_absence": can(request.person, Action.RECORD_ABSENCE, person),
        "leave_form": DayForm(initial={"on": person.end}),
    }
