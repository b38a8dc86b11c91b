"""Plans of a cycle: the list, one with its scenarios side by side, its file, and adopting a scenario."""

from collections.abc import Iterator
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from goldenthread.core.access import require
from goldenthread.core.errors import DomainError, SavedMeanwhile
from goldenthread.core.spreadsheet import csv_file
from goldenthread.objectives.models import Cycle
from goldenthread.people.access import PersonRequest, signed_in
from goldenthread.people.models import Unit
from goldenthread.people.views.forms_in_pages import number_in, page_with, saved, version_in
from goldenthread.permissions import Action
from goldenthread.tradeoffs.models import Plan, Scenario
from goldenthread.tradeoffs.plan_forms import COLUMNS, CYCLES, AdoptForm, PlanForm, effort_text
from goldenthread.tradeoffs.selectors.plan_page import plan_list, plan_page
from goldenthread.tradeoffs.selectors.portfolio import PlanRows
from goldenthread.tradeoffs.selectors.prefilled import to_take_in
from goldenthread.tradeoffs.services import adopting, planning

PAGE = 50


def plan_or_404(request: PersonRequest, pk: int) -> Plan:
    rows = Plan.objects.visible_to(request.person)
    found = rows.select_related("cycle", "unit", "author", "decision", "job").filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def scenario_or_404(request: PersonRequest, plan: Plan, pk: int) -> Scenario:
    found = plan.scenarios.filter(pk=pk).first()
    if found is None:
        raise Http404
    found.plan = plan
    return found


@require_GET
@signed_in
def plans(request: PersonRequest) -> HttpResponse:
    require(request.person, Action.PLAN_CYCLE)
    text = request.GET.get("q", "").strip()[:200]
    cycle = Cycle.objects.filter(pk=number_in(request.GET, "cycle") or 0).first()
    page = Paginator(plan_list(request.person, text, cycle.pk if cycle else None), PAGE).get_page(
        request.GET.get("page")
    )
    context = {"page": page, "text": text, "cycle": cycle, "filtered": bool(text or cycle)}
    return render(request, "tradeoffs/plans.html", context)


@require_GET
@signed_in
def plans_csv(request: PersonRequest) -> HttpResponseBase:
    require(request.person, Action.PLAN_CYCLE)
    text = request.GET.get("q", "").strip()[:200]
    rows = plan_list(request.person, text, number_in(request.GET, "cycle"))

    def lines() -> Iterator[tuple[Any, ...]]:
        for one in rows:
            yield (
                *(one.pk, one.name, one.cycle.name, one.unit and one.unit.name),
                *(one.author and one.author.name, one.decision_id),
            )

    columns = ("plan", "name", "cycle", "unit", "author", "decision")
    return csv_file("plans.csv", columns, lines())


@require_http_methods(["GET", "POST"])
@signed_in
def plan_new(request: PersonRequest) -> HttpResponse:
    """Name, cycle, whose teams; the rest is filled in and can be changed."""
    require(request.person, Action.PLAN_CYCLE)
    cycles = list(Cycle.objects.exclude(state=Cycle.State.CLOSED).order_by("starts_on")[:CYCLES])
    coming = (
        next((one for one in cycles if one.state == Cycle.State.PLANNED), None) if cycles else None
    )
    chosen = coming or (cycles[-1] if cycles else None)
    unit = _own_unit(request)
    initial = {
        "cycle": chosen and chosen.pk,
        "unit": unit,
        "name": f"Plan for {chosen}" if chosen else "",
    }
    form = PlanForm(request.POST or None, cycles=cycles, initial=initial)
    made: list[Plan] = []

    def write() -> None:
        sent = form.cleaned_data
        cycle = form.cycles[sent["cycle"]]
        made.append(
            planning.begin_plan(
                actor=request.person,
                name=sent["name"],
                cycle=cycle,
                unit=sent["unit"],
                objectives=to_take_in(request.person, cycle, sent["unit"])
                if sent["take_in"]
                else (),
            )
        )

    if request.method == "POST" and saved(form, write):
        messages.success(request, "Begun. Look through the candidates, then have it worked out.")
        return redirect("plan-candidates", made[0].pk)
    return page_with(request, "tradeoffs/plan_new.html", form, {"cycles": cycles})


def _own_unit(request: PersonRequest) -> Unit | None:
    led = Unit.objects.filter(leader=request.person, ended_on__isnull=True)
    return led.order_by("closure_above__depth", "pk").first()


@require_GET
@signed_in
def plan(request: PersonRequest, pk: int) -> HttpResponse:
    found = plan_or_404(request, pk)
    page = plan_page(request.person, found)
    chosen = request.GET.get("show") == "differing"
    shown = [one for one in page.candidates if one.differs] if chosen else page.candidates
    context = {"page": page, "plan": found, "shown": shown, "only_differing": chosen}
    return render(request, "tradeoffs/plan.html", context)


@require_POST
@signed_in
def plan_work_out(request: PersonRequest, pk: int) -> HttpResponse:
    found = plan_or_404(request, pk)
    try:
        planning.work_out(actor=request.person, plan=found)
    except DomainError as error:
        messages.error(request, error.message)
    return redirect(found)


@require_POST
@signed_in
def plan_values(request: PersonRequest, pk: int) -> HttpResponse:
    found = plan_or_404(request, pk)
    try:
        planning.take_values_anew(actor=request.person, plan=found)
        messages.success(request, "Values from the strategy are those of today.")
    except DomainError as error:
        messages.error(request, error.message)
    return redirect("plan-candidates", pk)


@require_http_methods(["GET", "POST"])
@signed_in
def plan_adopt(request: PersonRequest, pk: int, scenario: int) -> HttpResponse:
    """What goes on record and what is proposed, before anything is."""
    found = plan_or_404(request, pk)
    require(request.person, Action.PLAN_CYCLE, found)
    one = scenario_or_404(request, found, scenario)
    page = plan_page(request.person, found)
    place = next(at for at, shown in enumerate(page.scenarios) if shown.scenario.pk == one.pk)
    try:
        first = adopting.adoption_of(page.rows, one)
    except DomainError as error:
        messages.error(request, error.message)
        return redirect(found)
    form = AdoptForm(request.POST or None, initial={"given_up": first.given_up})

    def write() -> None:
        adopting.adopt_scenario(
            actor=request.person, scenario=one, version=version_in(request), **form.cleaned_data
        )

    if request.method == "POST":
        try:
            if saved(form, write):
                messages.success(request, "On record. What it changes waits for the owners.")
                return redirect(found)
        except SavedMeanwhile:
            form.add_error(None, "Somebody changed this plan meanwhile. Look at it once more.")
    lines = [(row, row.cells[place]) for row in page.candidates if row.cells[place] is not None]
    changed = [(row, cell) for row, cell in lines if cell and cell.verdict != "continue"]
    context = {
        "plan": found,
        "one": one,
        "shown": page.scenarios[place],
        "changed": changed,
        "freed": first.freed_fte,
    }
    return page_with(request, "tradeoffs/plan_adopt.html", form, context)


@require_GET
@signed_in
def plan_csv(request: PersonRequest, pk: int) -> HttpResponseBase:
    """The candidates in the columns that pasting reads, and what each scenario proposes with its reason."""
    found = plan_or_404(request, pk)
    page = plan_page(request.person, found)
    names = [one.scenario.name for one in page.scenarios]
    heads = [*COLUMNS, *(part for name in names for part in (name, f"{name}: why"))]

    def lines() -> Iterator[tuple[Any, ...]]:
        for row in page.candidates:
            if row.seen:
                told = [(cell.word.lower(), cell.why) if cell else ("", "") for cell in row.cells]
                yield (
                    *cells_of(row.candidate, page.rows),
                    *(part for pair in told for part in pair),
                )

    return csv_file(f"plan-{found.pk}.csv", heads, lines())


def cells_of(one: Any, rows: PlanRows) -> tuple[Any, ...]:
    """A candidate in the columns of a sheet."""
    return (
        *(one.number, str(one), one.owner and str(one.owner), one.priority and str(one.priority)),
        *(one.value, "yes" if one.running else "no", "yes" if one.mandatory else "no"),
        *(one.stop_cost, one.start_cost, one.alternative),
        "; ".join(f"#{other.number}" for other in one.needs.all()),
        effort_text(one, rows.units),
    )
