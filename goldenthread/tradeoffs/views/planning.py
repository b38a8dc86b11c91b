"""Who works on what: the grid of a leader, its file, and what goes with it."""

import datetime as dt
from decimal import Decimal, InvalidOperation
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.dateparse import parse_date
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from goldenthread.core import clock
from goldenthread.core.access import can, require
from goldenthread.core.errors import DomainError, NotAllowed, SavedMeanwhile
from goldenthread.core.prepared import Prepared
from goldenthread.objectives.models import Cycle
from goldenthread.objectives.views.answers import by_htmx, objective_or_404
from goldenthread.people.access import PersonRequest, signed_in
from goldenthread.people.models import Unit
from goldenthread.people.views.forms_in_pages import number_in
from goldenthread.permissions import Action
from goldenthread.tradeoffs.forms import EffortColumnForm, NonRoutineForm, PlanForm
from goldenthread.tradeoffs.models import Target
from goldenthread.tradeoffs.selectors.allocations import objective_effort
from goldenthread.tradeoffs.selectors.gives import gives_about, gives_context
from goldenthread.tradeoffs.selectors.grid import Grid, Plan, Row, grid, text_of
from goldenthread.tradeoffs.services import (
    allocate,
    confirm_inferred,
    declare_non_routine,
    first_day,
    fit_to_cycle,
    may_plan_for,
)
from goldenthread.tradeoffs.utilisation import EMPTY, FLOORS, LOOKS
from goldenthread.ui.locale import parse_number
from goldenthread.ui.templatetags.goldenthread import day as day_words

CYCLES, NAMED = 40, 8  # offered; named of those who work on an objective


@require_http_methods(["GET", "POST"])
@signed_in
def effort_plan(request: PersonRequest) -> HttpResponse:
    """The grid of a unit in a cycle; sent, everything typed is saved in one act or nothing is."""
    require(request.person, Action.PLAN_EFFORT)
    plan, form = _plan_of(request)
    if plan is None:
        return _page(request, form, None, {})
    if not _may_plan(request, plan):
        raise NotAllowed(
            f"You may not plan the effort of {plan.unit}. Its leader and those above may."
        )
    shown = grid(request.person, plan)
    if request.method == "GET":
        return _page(request, form, shown, {})
    if "fit" in request.POST:
        moved = fit_to_cycle(
            actor=request.person, whose=[row.whose for row in shown.rows], cycle=plan.cycle
        )
        messages.success(request, f"Moved {moved} to the dates of {plan.cycle}.")
        return redirect(request.get_full_path())
    problems = _typed(shown, request.POST)
    if not problems and not any(row.meanwhile for row in shown.rows):
        try:
            saved = _write(request, shown, request.POST)
        except DomainError as error:
            problems = [error.message]
        except SavedMeanwhile:  # between looking and writing
            shown = grid(request.person, plan)
            problems = _typed(shown, request.POST)
        else:
            messages.success(request, _saved_words(saved, plan))
            return redirect(request.get_full_path())
    return _page(request, form, shown, {"problems": problems})


def _plan_of(request: PersonRequest) -> tuple[Plan | None, PlanForm]:
    """What the address asks for; the unit that the reader leads, today and the running cycle unless it says otherwise.

    None where there is no cycle to plan in.
    """
    sent, today = request.GET, clock.today()
    unit = _named_unit(sent) or _own_unit(request)
    cycles = list(Cycle.objects.all()[:CYCLES])
    cycle = _named_cycle(cycles, number_in(sent, "cycle"), today)
    day = None if cycle is None else _day_in(sent) or first_day(cycle, today)
    initial = {"unit": unit, "cycle": cycle and cycle.pk, "from": day}
    form = PlanForm(initial=initial, cycles=cycles)
    if cycle is None or day is None:
        return None, form
    day = min(max(day, cycle.starts_on), cycle.ends_on)
    by_unit = sent.get("by") == "units" and unit is not None
    further = tuple(key for key in sent.getlist("with_id") if key)[:20]
    return Plan(cycle, day, unit, by_unit, sent.get("page"), further), form


def _day_in(sent: QueryDict) -> dt.date | None:
    try:
        return parse_date(str(sent.get("from", "")))
    except ValueError:  # 31 February
        return None


def _named_unit(sent: QueryDict) -> Unit | None:
    """By its id, or by the name that was typed."""
    pk, name = number_in(sent, "unit_id"), str(sent.get("unit", "")).strip()
    if pk is None and not name:
        return None
    if pk is not None and (found := _unit(pk=pk)):
        return found[0]
    units = Unit.objects.filter(ended_on__isnull=True, name__iexact=name)
    return units.select_related("parent", "leader").order_by("pk").first()


@Prepared
def _unit(*, pk: int) -> QuerySet[Unit]:
    return Unit.objects.filter(pk=pk, ended_on__isnull=True).select_related("parent", "leader")


def _named_cycle(cycles: list[Cycle], pk: int | None, today: dt.date) -> Cycle | None:
    """The one chosen, else the one that runs (of several the one that ends first), else the newest."""
    running = [
        one
        for one in cycles
        if one.starts_on <= today <= one.ends_on and one.state != Cycle.State.CLOSED
    ]
    running.sort(key=lambda one: one.ends_on)
    return next((one for one in cycles if one.pk == pk), next(iter([*running, *cycles]), None))


def _own_unit(request: PersonRequest) -> Unit | None:
    """The highest unit that the reader leads; for a leader without one, the unit that they work in."""
    led = Unit.objects.filter(leader__in=request.person.self_and_lenders, ended_on__isnull=True)
    found = led.select_related("parent", "leader").order_by("closure_above__depth", "pk").first()
    return found or (request.person.unit if request.person.granted_leader else None)


def _may_plan(request: PersonRequest, plan: Plan) -> bool:
    return plan.unit is None or may_plan_for(request.person, plan.unit)


def _page(
    request: PersonRequest, form: PlanForm, shown: Grid | None, more: dict[str, Any]
) -> HttpResponse:
    conflict = shown is not None and any(row.meanwhile for row in shown.rows)
    context = {
        "form": form,
        "grid": shown,
        "plan": shown and shown.plan,
        "units": _around(shown.plan.unit) if shown else None,
        "views": _views(request, shown.plan) if shown and shown.plan.unit else [],
        "column_form": EffortColumnForm(),
        "non_routine": NonRoutineForm(
            initial={"share": text_of(shown.non_routine or Decimal(0)) if shown else ""}
        ),
        "conflict": conflict,
        "floors": FLOORS,
        "looks": LOOKS,
        "empty_look": EMPTY,
        "today": clock.today(),
        "nav_here": "effort",
    } | more
    status = 409 if conflict else 422 if more.get("problems") else 200
    return render(request, "tradeoffs/effort_plan.html", context, status=status)


def _around(unit: Unit | None) -> list[Unit]:
    """The unit above, and those below: the next ones to plan."""
    if unit is None:
        return []
    below = list(unit.children.filter(ended_on__isnull=True)[:24])
    return [*([unit.parent] if unit.parent else []), *below]


def _views(request: PersonRequest, plan: Plan) -> list[dict[str, Any]]:
    found = []
    for title, by in (("People", ""), ("Units", "units")):
        query = request.GET.copy()
        for name in ("by", "page"):
            query.pop(name, None)
        if plan.unit is not None:
            query["unit_id"] = str(plan.unit.pk)
        if by:
            query["by"] = by
        here = plan.by_unit == bool(by)
        found.append({"title": title, "url": f"?{query.urlencode()}", "here": here, "count": None})
    return found


def _typed(shown: Grid, sent: QueryDict) -> list[str]:
    """Put what was typed into the cells, marking what is no share and what somebody else changed meanwhile.

    What the writer left alone follows what stands now. Returns what is wrong, in words.
    """
    problems = []
    for row in shown.rows:
        stamped, _, told = sent.get(f"seen-{row.key}", row.seen).partition("|")
        was = dict(part.split("=", 1) for part in told.split(",") if "=" in part)
        changed_since = stamped != row.seen.partition("|")[0]
        for cell in row.cells:
            if cell.name not in sent:
                continue
            before = _decimal(was.get(cell.column.key, "0"))
            text = str(sent[cell.name]).strip()[:20]
            share = _share(text)
            if share == before:
                continue  # left alone
            cell.text, cell.wrong = text, share is None
            if share is None:
                problems.append(
                    f"{row.whose}, {cell.column.title}: “{text}” is not a share in per cent."
                )
            if changed_since:
                row.meanwhile = True
                cell.meanwhile = cell.share != before
    return problems


def _decimal(text: str) -> Decimal:
    try:
        return Decimal(text)
    except InvalidOperation:
        return Decimal(0)


def _share(text: str) -> Decimal | None:
    """What a cell says: "40", "40 %", "33,3"; nothing is 0. None where it is no share from 0 to 300 %."""
    if not text:
        return Decimal(0)
    number = parse_number(text.removesuffix("%"))
    if number is None or not 0 <= number <= 300:
        return None
    return (number / 100).quantize(Decimal("0.0001"))


@transaction.atomic
def _write(request: PersonRequest, shown: Grid, sent: QueryDict) -> list[Row]:
    """Save each row that was typed in; the rows saved. Nothing at all when one of them cannot stand."""
    saved = []
    for row in shown.rows:
        shares: dict[Target, Decimal] = {}
        for cell in row.cells:
            share = _share(cell.text)
            if share is not None and share != cell.share:
                shares[cell.column.target] = share
        if shares:
            allocate(
                actor=request.person,
                whose=row.whose,
                cycle=shown.plan.cycle,
                shares=shares,
                on=shown.plan.day,
                seen=row.seen.partition("|")[0],
            )
            saved.append(row)
    return saved


def _saved_words(saved: list[Row], plan: Plan) -> str:
    if not saved:
        return "Nothing was changed."
    who = str(saved[0].whose) if len(saved) == 1 else f"{len(saved)} rows"
    return f"Saved for {who}, from {day_words(plan.day)} on."


@require_GET
@signed_in
def objective_effort_page(request: PersonRequest, pk: int) -> HttpResponse:
    """Who works on an objective: a part of its page, and a page for whoever has no script."""
    objective = objective_or_404(request, pk)
    found = objective_effort(request.person, objective, clock.today())
    givers = found.givers if found else []
    is_mine = objective.owner_person_id == request.person.pk and not objective.is_closed
    context = {
        **gives_context(
            gives_about(request.person, objective), request.person if is_mine else None
        ),
        "objective": objective,
        "effort": found,
        "named": givers[:NAMED],
        "more": len(givers) - NAMED,
        "may_plan": can(request.person, Action.PLAN_EFFORT) and not objective.is_closed,
        "nav_here": "objectives",
    }
    template = "_objective_effort.html" if by_htmx(request) else "objective_effort.html"
    return render(request, f"tradeoffs/{template}", context)


@require_POST
@signed_in
def effort_confirm(request: PersonRequest) -> HttpResponse:
    """Take on the effort that was inferred of oneself: one tap, from wherever it is shown."""
    confirm_inferred(actor=request.person, person=request.person)
    if by_htmx(request):
        answer = render(request, "tradeoffs/_effort_confirmed.html")
        answer["HX-Trigger"] = '{"say": "Your effort is entered"}'
        return answer
    messages.success(request, "Your effort is entered as it was inferred.")
    back = request.headers.get("Referer", "")
    if url_has_allowed_host_and_scheme(back, {request.get_host()}):
        return redirect(back)
    return redirect(request.person)


@require_POST
@signed_in
def effort_non_routine(request: PersonRequest) -> HttpResponse:
    """Declare which part of everybody's time is not routine."""
    require(request.person, Action.DECLARE_NON_ROUTINE)
    form = NonRoutineForm(request.POST)
    if form.is_valid():
        declare_non_routine(actor=request.person, share=form.cleaned_data["share"] / 100)
        messages.success(
            request, "Declared. Effort that nobody entered is inferred from it, and says so."
        )
        return redirect("effort-plan")
    raise DomainError("Write a share of time above 0 and at most 100 %.", "share")
