"""Handovers: what is open, and the page of one, where it is passed on."""

from itertools import groupby
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from goldenthread.core import clock
from goldenthread.core.access import can, require
from goldenthread.core.spreadsheet import csv_file
from goldenthread.people.access import PersonRequest, signed_in
from goldenthread.people.services import may_pass_on
from goldenthread.people.views.forms_in_pages import saved
from goldenthread.permissions import Action
from goldenthread.programme import selectors, services
from goldenthread.programme.forms import CloseHandoverForm, PassOnForm
from goldenthread.programme.models import Handover

PAGE = 50
STRUCTURE = {"unit": Action.EDIT_UNIT, "report": Action.EDIT_PERSON}


@require_GET
@signed_in
def handovers(request: PersonRequest) -> HttpResponse:
    """What is open for the reader; for who looks after the whole, also what is owned by nobody."""
    person = request.person
    found = Paginator(selectors.handovers(person), PAGE).get_page(request.GET.get("page"))
    context: dict[str, Any] = {
        "page": found,
        "today": clock.today(),
        "nav_here": "handovers" if can(person, Action.EDIT_PERSON) else "people",
    }
    if person.is_hr or person.is_admin:
        context["unowned"] = selectors.owned_by_nobody(person)
    return render(request, "programme/handovers.html", context)


@require_GET
@signed_in
def handovers_csv(request: PersonRequest) -> HttpResponseBase:
    """What is open for the reader, as a file."""
    lines = (
        (
            *(one.pk, one.person.name, one.get_reason_display(), one.day, one.until),
            one.person.manager and one.person.manager.name,
        )
        for one in selectors.handovers(request.person)
    )
    columns = ("handover", "from", "why", "by", "until", "manager")
    return csv_file("handovers.csv", columns, lines)


@require_GET
@signed_in
def unowned_csv(request: PersonRequest) -> HttpResponseBase:
    """What is owned by nobody, as far as the reader sees it, as a file."""
    require(request.person, Action.EDIT_PERSON)
    lines = ((one.title, one.why) for one in selectors.owned_by_nobody(request.person).rows)
    return csv_file("owned-by-nobody.csv", ("what", "why"), lines)


@require_http_methods(["GET", "POST"])
@signed_in
def handover(request: PersonRequest, pk: int) -> HttpResponse:
    """What is to be passed on; ticked and sent to one person, all at once or one by one."""
    found = _one(request, pk)
    form = PassOnForm(request.POST or None)
    if request.method == "POST":
        _refuse_others(request, found)
        passed: list[selectors.Item] = []

        def write() -> None:
            to = form.cleaned_data["to"]
            keys = set(request.POST.getlist("item"))
            passed.extend(services.pass_on(actor=request.person, handover=found, keys=keys, to=to))

        if saved(form, write):
            n = len(passed)
            what = f"“{passed[0].title}” is" if n == 1 else f"{n} things are"
            messages.success(request, f"{what} passed on to {form.cleaned_data['to']}.")
            return redirect("handover", pk)
    return _page(request, found, form)


@require_POST
@signed_in
def handover_take_on(request: PersonRequest, pk: int) -> HttpResponse:
    found = _one(request, pk)
    services.take_on(actor=request.person, handover=found)
    messages.success(request, f"You have taken on what is agreed with {found.person}.")
    return redirect("handover", pk)


@require_POST
@signed_in
def handover_close(request: PersonRequest, pk: int) -> HttpResponse:
    found = _one(request, pk)
    if not may_pass_on(request.person, found.person):
        require(request.person, Action.HAND_OVER, found.person)
    form = CloseHandoverForm(request.POST)
    if saved(
        form,
        lambda: services.close_handover(
            actor=request.person, handover=found, reason=form.cleaned_data["reason"]
        ),
    ):
        messages.success(request, f"The handover from {found.person} is closed.")
        return redirect("handover", pk)
    return _page(request, found, PassOnForm(), form)


def _page(
    request: PersonRequest,
    found: Handover,
    form: PassOnForm,
    close_form: CloseHandoverForm | None = None,
) -> HttpResponse:
    items = selectors.items_of(found) if found.closed_at is None else []
    items = selectors.seen_by(request.person, items)
    may_pass = may_pass_on(request.person, found.person)
    edits = {kind: can(request.person, action) for kind, action in STRUCTURE.items()}
    edits["cascade"] = False
    ticked = set(request.POST.getlist("item")) if form.is_bound else None
    groups = [
        (
            selectors.GROUPS[kind],
            edits.get(kind, may_pass),
            [(one, ticked is None or one.key in ticked) for one in rows],
        )
        for kind, rows in groupby(items, key=lambda one: one.kind)
    ]
    context = {
        "handover": found,
        "groups": groups,
        "left": sum(not one.waits_for and not one.goes_along for one in items),
        "asked": sum(bool(one.waits_for) for one in items),
        "may_pass": any(edits.get(one.kind, may_pass) and not one.waits_for for one in items),
        "may_close": may_pass,
        "is_new_manager": found.reason == Handover.Reason.MANAGER
        and found.person.manager_id == request.person.pk,
        "offices": selectors.last_offices(found.person)
        if found.reason == Handover.Reason.LEAVES
        else [],
        "form": form,
        "close_form": close_form or CloseHandoverForm(),
        "is_me": found.person_id == request.person.pk,
        "today": clock.today(),
        "nav_here": "handovers" if edits["report"] else "people",
    }
    bad = form.is_bound or close_form is not None
    return render(request, "programme/handover.html", context, status=422 if bad else 200)


def _one(request: PersonRequest, pk: int) -> Handover:
    seen = Handover.objects.visible_to(request.person).select_related(
        "person__manager", "person__unit__leader", "closed_by"
    )
    return get_object_or_404(seen, pk=pk)


def _refuse_others(request: PersonRequest, found: Handover) -> None:
    """Who neither passes on work nor edits people has nothing to send here."""
    if not (may_pass_on(request.person, found.person) or can(request.person, Action.EDIT_PERSON)):
        require(request.person, Action.HAND_OVER, found.person)
