"""What a plan is made of: its candidates in a grid, its teams and limits, its scenarios."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from goldenthread.core.access import require
from goldenthread.core.errors import DomainError, SavedMeanwhile
from goldenthread.people.access import PersonRequest, signed_in
from goldenthread.people.models import Person, Unit
from goldenthread.people.views.forms_in_pages import saved, version_in
from goldenthread.permissions import Action
from goldenthread.strategy.models import Priority
from goldenthread.tradeoffs.models import Candidate, Plan
from goldenthread.tradeoffs.plan_forms import (
    PasteForm,
    ScenarioForm,
    amount_in,
    effort_in,
    effort_text,
    needs_in,
    pasted,
    units_by_name,
)
from goldenthread.tradeoffs.selectors.plan_page import names_for
from goldenthread.tradeoffs.selectors.plan_words import Names
from goldenthread.tradeoffs.selectors.portfolio import PlanRows, rows_of
from goldenthread.tradeoffs.services import planning
from goldenthread.tradeoffs.services.plan_rows import CandidateRow, Team
from goldenthread.tradeoffs.views.plans import plan_or_404, scenario_or_404
from goldenthread.ui.locale import format_number

PAGE, FREE_ROWS = 40, 3
CELLS = ("value", "effort", "stop_cost", "start_cost", "alternative", "needs")
Rows = list[dict[str, Any]]


def _writable(request: PersonRequest, pk: int) -> Plan:
    found = plan_or_404(request, pk)
    require(request.person, Action.PLAN_CYCLE, found)
    return found


@require_http_methods(["GET", "POST"])
@signed_in
def plan_candidates(request: PersonRequest, pk: int) -> HttpResponse:
    """The grid: sent, everything typed is saved in one act or nothing is."""
    found = _writable(request, pk)
    rows = rows_of(found)
    names = names_for(request.person, rows)
    problem, conflict, typed = "", False, request.POST or None
    page = Paginator([one for one in rows.candidates if names.is_seen(one)], PAGE).get_page(
        request.GET.get("page")
    )
    if typed is not None:
        try:
            given, removed = _sent(typed, rows, page)
            planning.write_candidates(
                actor=request.person,
                plan=found,
                rows=given,
                removed=removed,
                version=version_in(request),
            )
        except DomainError as error:
            problem = _named(error, given if "given" in locals() else [])
        except SavedMeanwhile:
            conflict = True
        else:
            messages.success(request, "Saved.")
            return redirect(request.get_full_path())
    return _grid(request, rows, names, page, typed, problem=problem, conflict=conflict)


def _grid(
    request: PersonRequest,
    rows: PlanRows,
    names: Names,
    page: Page[Candidate],
    typed: QueryDict | None,
    paste: PasteForm | None = None,
    *,
    problem: str = "",
    conflict: bool = False,
) -> HttpResponse:
    bad = paste is not None
    context = {
        "plan": rows.plan,
        "page": page,
        "grid": [_cells(one, rows, typed) for one in page],
        "free": [_free(f"new{n}", typed) for n in range(FREE_ROWS)],
        "hidden": len(rows.candidates) - page.paginator.count,
        "from_strategy": any(one.from_strategy for one in rows.candidates),
        "paste": paste or PasteForm(),
        "problem": problem,
        "conflict": conflict,
        "version": rows.plan.version if typed is None or conflict else typed.get("version"),
        "names": names,
    }
    status = 409 if conflict else 422 if problem or bad else 200
    return render(request, "tradeoffs/plan_candidates.html", context, status=status)


def _cells(one: Candidate, rows: PlanRows, typed: QueryDict | None) -> dict[str, Any]:
    """A row of the grid: what stands, or what was typed and could not be kept."""
    key = str(one.number)
    texts = {
        "value": format_number(one.value),
        "effort": effort_text(one, rows.units),
        "stop_cost": format_number(one.stop_cost) if one.stop_cost else "",
        "start_cost": format_number(one.start_cost) if one.start_cost else "",
        "alternative": one.alternative,
        "needs": "; ".join(f"#{other.number}" for other in one.needs.all()),
    }
    flags = {"running": one.running, "mandatory": one.mandatory, "remove": False}
    if typed is not None:
        texts = {name: typed.get(f"{name}-{key}", text) for name, text in texts.items()}
        flags = {name: f"{name}-{key}" in typed for name in flags}
    return {"one": one, "key": key, **texts, **flags}


def _free(key: str, typed: QueryDict | None) -> dict[str, Any]:
    sent = typed or QueryDict()
    row: dict[str, Any] = {
        name: sent.get(f"{name}-{key}", "") for name in ("title", "owner", *CELLS)
    }
    return {"key": key, "mandatory": f"mandatory-{key}" in sent, **row}


def _sent(
    sent: QueryDict, rows: PlanRows, page: Sequence[Candidate] | Page[Candidate]
) -> tuple[list[CandidateRow], list[int]]:
    """What the grid says: the rows that differ, the new ones, and those to take out. Raises `DomainError`."""
    units, found, removed = units_by_name(), list[CandidateRow](), list[int]()
    for one in page:
        if f"remove-{one.number}" in sent:
            removed.append(one.number)
        elif f"value-{one.number}" in sent:
            row = _row_of(sent, str(one.number), units, one)
            if _differs(row, one):
                found.append(row)
    for n in range(FREE_ROWS):
        key = f"new{n}"
        if str(sent.get(f"title-{key}", "")).strip():
            found.append(_row_of(sent, key, units, None))
    return found, removed


def _row_of(
    sent: QueryDict, key: str, units: dict[str, Unit], one: Candidate | None
) -> CandidateRow:
    texts = {name: str(sent.get(f"{name}-{key}", ""))[:500] for name in CELLS}
    owner: Person | Unit | None = None if one is None else one.owner
    title = str(sent.get(f"title-{key}", ""))[:300] if one is None else one.title
    if one is None and (name := str(sent.get(f"owner-{key}", "")).strip()):
        owner = units.get(name.casefold()) or Person.objects.filter(name__iexact=name).first()
        if owner is None:
            raise DomainError(f"Nobody and no unit is called “{name}”.", f"owner-{key}")
    return CandidateRow(
        title=title,
        owner=owner,
        priority=None if one is None else one.priority,
        value=amount_in(texts["value"], "the value", f"value-{key}"),
        running=f"running-{key}" in sent,
        mandatory=f"mandatory-{key}" in sent,
        stop_cost=amount_in(texts["stop_cost"], "the cost", f"stop_cost-{key}"),
        start_cost=amount_in(texts["start_cost"], "the cost", f"start_cost-{key}"),
        alternative=texts["alternative"],
        needs=needs_in(texts["needs"]),
        effort=effort_in(texts["effort"], units, f"effort-{key}"),
        number=None if one is None else one.number,
    )


def _differs(row: CandidateRow, one: Candidate) -> bool:
    effort = {(part.unit_id, part.skill): part.fte for part in one.effort.all()}
    asked = {(unit.pk, skill): fte for (unit, skill), fte in (row.effort or {}).items()}
    needs = {f"#{other.number}" for other in one.needs.all()}
    return (
        (row.value, row.running, row.mandatory, row.stop_cost, row.start_cost, row.alternative)
        != (one.value, one.running, one.mandatory, one.stop_cost, one.start_cost, one.alternative)
        or effort != asked
        or needs != set(row.needs)
    )


def _named(error: DomainError, given: Sequence[CandidateRow]) -> str:
    """The refusal with the candidate that it is about."""
    parts = (error.field or "").split(".")
    if parts[0] == "rows" and len(parts) > 1 and parts[1].isdigit() and int(parts[1]) < len(given):
        row = given[int(parts[1])]
        name = f"#{row.number}" if row.number is not None else f"“{row.title}”"
        return f"{name}: {error.message}"
    key = (error.field or "").partition("-")[2]
    return f"#{key}: {error.message}" if key.isdigit() else error.message


@require_POST
@signed_in
def plan_paste(request: PersonRequest, pk: int) -> HttpResponse:
    """Rows of a sheet: all of them, or none."""
    found = _writable(request, pk)
    rows = rows_of(found)
    names = names_for(request.person, rows)
    form = PasteForm(request.POST)
    count: list[int] = []

    def write() -> None:
        given = pasted(form.cleaned_data["rows"], rows, request.person, names.seen)
        planning.write_candidates(actor=request.person, plan=found, rows=given)
        count.append(len(given))

    if saved(form, write):
        messages.success(request, f"Taken in: {count[0]} rows.")
        return redirect("plan-candidates", pk)
    page = Paginator([one for one in rows.candidates if names.is_seen(one)], PAGE).get_page(1)
    return _grid(request, rows, names, page, None, form)


@require_http_methods(["GET", "POST"])
@signed_in
def plan_teams(request: PersonRequest, pk: int) -> HttpResponse:
    """What each team has, and how many an owner may run at most."""
    found = _writable(request, pk)
    rows = rows_of(found)
    owned = names_for(request.person, rows).owners
    typed, problem, conflict = request.POST or None, "", False
    if typed is not None:
        try:
            capacity, limits = _teams_sent(typed, rows, owned)
            planning.set_teams(
                actor=request.person,
                plan=found,
                capacity=capacity,
                limits=limits,
                version=version_in(request),
            )
        except DomainError as error:
            problem = error.message
        except SavedMeanwhile:
            conflict = True
        else:
            messages.success(request, "Saved.")
            return redirect("plan-teams", pk)
    limits_now = {one.owner: one.most for one in rows.limits}
    owners = sorted(owned.items(), key=lambda one: str(one[1]))
    context = {
        "plan": found,
        "teams": [
            (team, typed.get(f"team-{team.pk}", "") if typed else format_number(team.fte))
            for team in rows.teams
        ],
        "owners": [
            (key, owner, typed.get(f"limit-{key}", "") if typed else limits_now.get(owner, ""))
            for key, owner in owners
        ],
        "new": {name: typed.get(f"new-{name}", "") if typed else "" for name in ("team", "fte")},
        "problem": problem,
        "conflict": conflict,
        "version": found.version if typed is None or conflict else typed.get("version"),
    }
    status = 409 if conflict else 422 if problem else 200
    return render(request, "tradeoffs/plan_teams.html", context, status=status)


def _teams_sent(
    sent: QueryDict, rows: PlanRows, owned: Mapping[str, Person | Unit]
) -> tuple[dict[Team, Decimal], dict[Person | Unit, int]]:
    capacity: dict[Team, Decimal] = {}
    for team in rows.teams:
        text = str(sent.get(f"team-{team.pk}", ""))
        if f"drop-{team.pk}" not in sent:
            capacity[team.unit, team.skill] = amount_in(text, "how many people", f"team-{team.pk}")
    if new := str(sent.get("new-team", "")).strip():
        text = f"{new} {str(sent.get('new-fte', '')).strip() or '0'}"
        capacity |= effort_in(text, units_by_name(), "new-team")
    limits: dict[Person | Unit, int] = {}
    for key, owner in owned.items():
        text = str(sent.get(f"limit-{key}", "")).strip()
        if text and not (text.isascii() and text.isdigit() and len(text) < 4):
            raise DomainError(f"{owner}: a limit is a whole number.", f"limit-{key}")
        if text:
            limits[owner] = int(text)
    return capacity, limits


@require_http_methods(["GET", "POST"])
@signed_in
def scenario_new(request: PersonRequest, pk: int) -> HttpResponse:
    return _scenario(request, _writable(request, pk), None)


@require_http_methods(["GET", "POST"])
@signed_in
def scenario_edit(request: PersonRequest, pk: int, scenario: int) -> HttpResponse:
    return _scenario(request, _writable(request, pk), scenario)


def _scenario(request: PersonRequest, found: Plan, scenario: int | None) -> HttpResponse:
    rows = rows_of(found)
    names = names_for(request.person, rows)
    one = None if scenario is None else scenario_or_404(request, found, scenario)
    moved = {int(key) for key in rows.weights}
    priorities = list(Priority.objects.visible_to(request.person).filter(pk__in=moved))
    shown = [(row, str(row)) for row in rows.candidates if names.is_seen(row)]
    initial: dict[str, Any] = {}
    if one is not None:
        initial = {
            "name": one.name,
            "keeps_priorities": one.keeps_priorities,
            **{f"team-{key}": Decimal(fte) for key, fte in one.capacity.items()},
            **{f"weight-{key}": Decimal(weight) for key, weight in one.weights.items()},
            **{f"force-{key}": "in" if runs else "out" for key, runs in one.forced.items()},
        }
    form = ScenarioForm(
        request.POST or None, rows=rows, priorities=priorities, candidates=shown, initial=initial
    )

    def write() -> None:
        planning.write_scenario(
            actor=request.person,
            plan=found,
            scenario=one,
            name=form.cleaned_data["name"],
            moves=form.moves(),
            version=None if one is None else version_in(request),
        )

    typed, conflict = request.method == "POST", False
    try:
        if typed and saved(form, write):
            messages.success(request, "Saved. Have it worked out to see what follows.")
            return redirect(found)
    except SavedMeanwhile:
        conflict = True
    context = {
        "plan": found,
        "one": one,
        "form": form,
        "several": len(rows.scenarios) > 1,
        "conflict": conflict,
        "version": request.POST.get("version") if typed and not conflict else found.version,
    }
    status = 409 if conflict else 422 if form.errors else 200
    return render(request, "tradeoffs/plan_scenario.html", context, status=status)


@require_POST
@signed_in
def scenario_remove(request: PersonRequest, pk: int, scenario: int) -> HttpResponse:
    found = _writable(request, pk)
    one = scenario_or_404(request, found, scenario)
    try:
        planning.remove_scenario(actor=request.person, scenario=one)
        messages.success(request, f"“{one.name}” is gone.")
    except DomainError as error:
        messages.error(request, error.message)
    return redirect(found)
