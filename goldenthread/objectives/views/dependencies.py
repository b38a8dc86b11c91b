"""What objectives need of other units: the list, one of them with its acts, and beside an objective or a unit."""

from collections.abc import Callable, Iterator
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from goldenthread.core import clock
from goldenthread.core.access import can, require
from goldenthread.core.spreadsheet import csv_file
from goldenthread.objectives.beside import cascades_around
from goldenthread.objectives.forms.dependencies import AcceptForm, AskUnitForm, RewordForm, WhyForm
from goldenthread.objectives.models import Cycle, Dependency, Objective
from goldenthread.objectives.selectors import dependencies as selectors
from goldenthread.objectives.selectors.dependencies import DependencyFilter, DependencyRow
from goldenthread.objectives.services import dependencies as services
from goldenthread.objectives.states import CLOSED, State
from goldenthread.objectives.views.answers import by_htmx, objective_or_404
from goldenthread.people.access import PersonRequest, signed_in
from goldenthread.people.models import Unit
from goldenthread.people.selectors import unit_choices
from goldenthread.people.views.forms_in_pages import number_in, page_with, saved, version_in
from goldenthread.permissions import Action
from goldenthread.ui.templatetags.goldenthread import day

PAGE, FOUND, CHUNK, SHOWN = 50, 8, 500, 20
COLUMNS = (
    *("dependency", "objective", "cycle", "needs", "unit_asked", "comes_from", "needed_by"),
    *("effort_fte", "state", "promised_on", "delivered_on", "answer_by", "asked_by", "asked_on"),
    *("answered_by", "answered_on", "reason", "risk"),
)


def chosen_of(request: PersonRequest) -> DependencyFilter:
    """The filter as the address has it; what does not exist is left out."""
    sent = request.GET

    def found(name: str, rows: Any) -> Any:
        pk = number_in(sent, name)
        return rows.filter(pk=pk).first() if pk else None

    return DependencyFilter(
        text=sent.get("q", "").strip()[:200],
        view=sent["view"] if sent.get("view") in selectors.VIEWS else "",
        unit=found("unit", Unit.objects),
        by=found("by", Unit.objects),
        cycle=found("cycle", Cycle.objects),
        sort=sent.get("sort", ""),
    )


@require_GET
@signed_in
def dependencies(request: PersonRequest) -> HttpResponse:
    """What is asked of whom, by day; filtered in the address."""
    chosen, on = chosen_of(request), clock.today()
    rows = selectors.dependency_pages(request.person, chosen, on)
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    counted = selectors.totals(request.person, on)
    query = request.GET.copy()
    query.pop("page", None)
    context = {
        "chosen": chosen,
        "page": page,
        "rows": selectors.dependency_rows(page, request.person, on),
        "totals": counted,
        "views": _views(chosen, counted),
        "units": unit_choices(chosen.unit, chosen.by),
        "cycles": Cycle.objects.exclude(state=Cycle.State.CLOSED),
        "query": query.urlencode(),
        "nav_here": "dependencies",
    }
    return render(request, "objectives/dependencies.html", context)


def _views(chosen: DependencyFilter, counted: dict[str, int]) -> list[dict[str, Any]]:
    views = [
        ("Open", "", counted["open"]),
        ("Not met", "unmet", counted["unmet"]),
        ("For you to answer", "waiting", counted["waiting"]),
    ]
    views += [
        (str(state.label), state.value, counted[state])
        for state in (Dependency.State.DELIVERED, Dependency.State.WITHDRAWN)
        if counted[state] or chosen.view == state
    ]
    views.append(("All", "all", counted["every"]))
    return [
        {
            "title": title,
            "url": f"?view={view}" if view else "?",
            "here": view == chosen.view,
            "count": count,
        }
        for title, view, count in views
    ]


@require_GET
@signed_in
def dependencies_csv(request: PersonRequest) -> HttpResponseBase:
    on = clock.today()
    rows = selectors.dependency_list(request.person, chosen_of(request), on)

    def lines() -> Iterator[tuple[Any, ...]]:
        for first in range(0, rows.count(), CHUNK):
            batch = rows[first : first + CHUNK]
            for row in selectors.dependency_rows(batch, request.person, on):
                yield _line(row)

    return csv_file("dependencies.csv", COLUMNS, lines())


def _line(row: DependencyRow) -> tuple[Any, ...]:
    one = row.dependency
    return (
        *(one.pk, row.needed_for, one.objective.cycle.name, one.needs, one.unit.name),
        *(row.comes_from, one.needed_by, one.effort_fte, one.state, one.promised_on),
        *(one.delivered_on, one.answer_by, str(one.asked_by or ""), one.asked_on),
        *(str(one.answered_by or ""), one.answered_on, one.reason, row.risk),
    )


# One of them ----------------------------------------------------------------------------------------------


def dependency_or_404(request: PersonRequest, pk: int) -> Dependency:
    found = selectors.seen_dependency(request.person, pk)
    if found is None:
        raise Http404
    return found


def _shown(request: PersonRequest, one: Dependency) -> dict[str, Any]:
    (row,) = selectors.dependency_rows([one], request.person, clock.today())
    return {"row": row, "dependency": one, "nav_here": "dependencies"}


@require_GET
@signed_in
def dependency(request: PersonRequest, pk: int) -> HttpResponse:
    found = dependency_or_404(request, pk)
    context = _shown(request, found) | {
        "rights": selectors.rights(found, request.person),
        "reworded": selectors.reworded(found),
    }
    return render(request, "objectives/dependency.html", context)


@require_http_methods(["GET", "POST"])
@signed_in
def dependency_new(request: PersonRequest, pk: int) -> HttpResponse:
    """Ask another unit for what an objective needs."""
    objective = objective_or_404(request, pk)
    require(request.person, Action.ASK_UNIT, objective)
    form = AskUnitForm(request.POST or None, reader=request.person)
    made: list[Dependency] = []

    def write() -> None:
        made.append(
            services.ask_unit(actor=request.person, objective=objective, **form.cleaned_data)
        )

    if request.method == "POST" and saved(form, write):
        one = made[0]
        who = one.unit.leader or "Whoever leads it"
        messages.success(request, f"{one.unit} is asked. {who} answers, by {day(one.answer_by)}.")
        return redirect(one)
    context = {"objective": objective, "nav_here": "dependencies"}
    return page_with(request, "objectives/dependency_new.html", form, context)


@require_http_methods(["GET", "POST"])
@signed_in
def dependency_accept(request: PersonRequest, pk: int) -> HttpResponse:
    """Promise it for a day."""
    found = dependency_or_404(request, pk)
    require(request.person, Action.ANSWER_DEPENDENCY, found)
    form = AcceptForm(request.POST or None, reader=request.person, dependency=found)
    done = _act(
        request,
        found,
        form,
        lambda version: services.accept_dependency(
            actor=request.person, dependency=found, version=version, **form.cleaned_data
        ),
        "Promised. The other side sees the day.",
    )
    return done or page_with(
        request, "objectives/dependency_accept.html", form, _shown(request, found)
    )


@require_http_methods(["GET", "POST"])
@signed_in
def dependency_decline(request: PersonRequest, pk: int) -> HttpResponse:
    """Say that the unit does not do it, and why."""
    found = dependency_or_404(request, pk)
    require(request.person, Action.ANSWER_DEPENDENCY, found)
    form = WhyForm(request.POST or None)
    done = _act(
        request,
        found,
        form,
        lambda version: services.decline_dependency(
            actor=request.person, dependency=found, version=version, **form.cleaned_data
        ),
        "Declined. It stands as a risk where it is needed.",
    )
    context = _shown(request, found) | {"act": "decline"}
    return done or page_with(request, "objectives/dependency_why.html", form, context)


@require_http_methods(["GET", "POST"])
@signed_in
def dependency_withdraw(request: PersonRequest, pk: int) -> HttpResponse:
    """Say that it is not needed any more."""
    found = dependency_or_404(request, pk)
    require(request.person, Action.WITHDRAW_DEPENDENCY, found)
    form = WhyForm(request.POST or None)
    done = _act(
        request,
        found,
        form,
        lambda version: services.withdraw_dependency(
            actor=request.person, dependency=found, version=version, **form.cleaned_data
        ),
        "Taken back. It stays readable.",
    )
    context = _shown(request, found) | {"act": "withdraw"}
    return done or page_with(request, "objectives/dependency_why.html", form, context)


@require_http_methods(["GET", "POST"])
@signed_in
def dependency_reword(request: PersonRequest, pk: int) -> HttpResponse:
    """Say anew what is needed; what was answered is asked again."""
    found = dependency_or_404(request, pk)
    require(request.person, Action.WITHDRAW_DEPENDENCY, found)
    names = ("needs", "needed_by", "effort_fte")
    form = RewordForm(request.POST or None, initial={name: getattr(found, name) for name in names})
    done = _act(
        request,
        found,
        form,
        lambda version: services.reword_dependency(
            actor=request.person, dependency=found, version=version, **form.cleaned_data
        ),
        "Saved. The other side reads it as it is now.",
    )
    return done or page_with(
        request, "objectives/dependency_reword.html", form, _shown(request, found)
    )


@require_POST
@signed_in
def dependency_deliver(request: PersonRequest, pk: int) -> HttpResponse:
    found = dependency_or_404(request, pk)
    services.deliver_dependency(actor=request.person, dependency=found, version=version_in(request))
    messages.success(request, "Delivered. Both sides see it.")
    return redirect(found)


def _act(
    request: PersonRequest,
    found: Dependency,
    form: Any,
    write: Callable[[int], object],
    said: str,
) -> HttpResponse | None:
    """The answer once it is done; None while something is to be put right, or nothing was sent."""
    if request.method != "POST" or not saved(form, lambda: write(version_in(request))):
        return None
    messages.success(request, said)
    return redirect("dependency", found.pk)


# Beside an objective or a unit ----------------------------------------------------------------------------


@require_GET
@signed_in
def objective_dependencies(request: PersonRequest, pk: int) -> HttpResponse:
    """What one objective needs of other units, and what others need of it: a page, and what its own page loads."""
    objective = objective_or_404(request, pk)
    needs, gives = selectors.of_objective(request.person, objective, clock.today())
    asks = not objective.is_closed and objective.state != State.UNCONFIRMED
    context = {
        "objective": objective,
        "needs": needs,
        "gives": gives,
        "risks": [one for one in (*needs, *gives) if one.unmet],
        "may_ask": asks and can(request.person, Action.ASK_UNIT, objective),
        "nav_here": "objectives",
    }
    page = "_objective_dependencies.html" if by_htmx(request) else "objective_dependencies.html"
    return render(request, f"objectives/{page}", context)


@require_GET
@signed_in
def unit_dependencies(request: PersonRequest, pk: int) -> HttpResponse:
    """What a unit is asked for and what it needs of others: a page, and what its own page loads."""
    unit = get_object_or_404(Unit, pk=pk)
    asked, needed = selectors.of_unit(request.person, unit, clock.today(), SHOWN)
    context = {
        "unit": unit,
        "asked": asked,
        "needed": needed,
        "risks": list({row.dependency.pk: row for row in (*asked, *needed) if row.unmet}.values()),
        "nav_here": "people",
    }
    between = cascades_around(request.person, unit)
    context |= {"between": between is not None} | (between.given if between else {})
    page = "_unit_dependencies.html" if by_htmx(request) else "unit_dependencies.html"
    return render(request, f"objectives/{page}", context)


@require_GET
@signed_in
def deliverers_pick(request: PersonRequest) -> HttpResponse:
    """What a picker shows while somebody types out of which objective something comes: open ones, of a unit where
    one is named."""
    query = request.GET.get("q", "").strip()[:200]
    unit = number_in(request.GET, "unit")
    rows = Objective.objects.visible_to(request.person).exclude(
        state__in=[*CLOSED, State.UNCONFIRMED]
    )
    for word in query.split():
        rows = rows.filter(search__contains=word.casefold())
    if unit is not None:
        its = Q(owner_unit__closure_above__ancestor=unit)
        rows = rows.filter(its | Q(owner_person__unit__closure_above__ancestor=unit)).distinct()
    found = rows.select_related("owner_person", "owner_unit", "cycle").order_by("search", "pk")
    options = [
        {"pk": one.pk, "title": one.title, "note": f"{one.owner}, {one.cycle}"}
        for one in (found[:FOUND] if query or unit else ())
    ]
    return render(request, "ui/_picker_options.html", {"options": options, "query": query})
