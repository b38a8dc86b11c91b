"""Cycles: the list, the page of one, adding, editing and closing it."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from goldenthread.core import clock
from goldenthread.core.access import can, require
from goldenthread.core.errors import DomainError
from goldenthread.core.spreadsheet import csv_file
from goldenthread.objectives.forms.acts import CARRY, DROP, CycleForm
from goldenthread.objectives.models import Cycle, Objective
from goldenthread.objectives.selectors import cycles as reads
from goldenthread.objectives.selectors import listing, sums
from goldenthread.objectives.services.closing import Ending, add_cycle, close_cycle, edit_cycle
from goldenthread.objectives.states import CLOSED, State
from goldenthread.objectives.views.answers import version_in
from goldenthread.objectives.views.closing import by_rule
from goldenthread.people.access import PersonRequest, signed_in
from goldenthread.people.views.forms_in_pages import saved
from goldenthread.permissions import Action


@require_GET
@signed_in
def cycles(request: PersonRequest) -> HttpResponse:
    today = clock.today()
    context = {
        "cycles": reads.cycles_with_counts(),
        "current": reads.current_cycle(today),
        "today": today,
        "may_run": can(request.person, Action.RUN_CYCLES),
    }
    return render(request, "objectives/cycles.html", context)


@require_GET
@signed_in
def cycles_csv(request: PersonRequest) -> HttpResponseBase:
    """Every cycle, with how many of its objectives are open, closed and achieved."""
    days = ("starts_on", "ends_on", "opens_on", "landmark_on", "closes_on")
    counts = ("open", "closed", "achieved")
    lines = (
        (
            one.external_id,
            one.name,
            *(getattr(one, day) for day in days),
            one.get_state_display(),
            *(getattr(one, f"{name}_count") for name in counts),
        )
        for one in reads.cycles_with_counts()
    )
    columns = ("external_id", "name", *days, "state", *counts)
    return csv_file("cycles.csv", columns, lines)


@require_http_methods(["GET", "POST"])
@signed_in
def cycle_new(request: PersonRequest) -> HttpResponse:
    require(request.person, Action.RUN_CYCLES)
    form = CycleForm(request.POST or None)
    made: list[Cycle] = []
    if request.method == "POST" and saved(
        form, lambda: made.append(add_cycle(actor=request.person, **form.cleaned_data))
    ):
        messages.success(request, f"{made[0]} is added.")
        return redirect("cycle", made[0].pk)
    status = 422 if form.is_bound else 200
    return render(request, "objectives/cycle_edit.html", {"form": form}, status=status)


@require_GET
@signed_in
def cycle(request: PersonRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Cycle, pk=pk)
    today = clock.today()
    seen = Objective.objects.visible_to(request.person).filter(cycle=found)
    open_rows = listing.objective_list(request.person, listing.ObjectiveFilter(cycle=found), today)[
        :15
    ]
    closed = seen.filter(state__in=CLOSED).select_related("owner_person", "owner_unit__leader")
    over = found.ends_on < today
    context = {
        "cycle": found,
        "counts": sums.summary(request.person, today, seen),
        "closed_count": closed.count(),
        "closed": closed.order_by("-closing_score", "search")[:15],
        "rows": listing.objective_rows(open_rows, request.person, today),
        "elapsed": reads.elapsed(found, today),
        "over": over,
        "may_run": can(request.person, Action.RUN_CYCLES, found),
        "may_close": found.state != Cycle.State.CLOSED and found.ends_on <= today,
        "today": today,
    }
    return render(request, "objectives/cycle.html", context)


@require_http_methods(["GET", "POST"])
@signed_in
def cycle_edit(request: PersonRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Cycle, pk=pk)
    require(request.person, Action.RUN_CYCLES, found)
    initial = {name: getattr(found, name) for name in CycleForm.base_fields}
    form = CycleForm(request.POST or None, initial=initial)
    if request.method == "POST" and saved(
        form,
        lambda: edit_cycle(
            actor=request.person,
            cycle=found,
            version=version_in(request) or 0,
            **form.cleaned_data,
        ),
    ):
        messages.success(request, "Saved.")
        return redirect("cycle", found.pk)
    status = 422 if form.is_bound else 200
    context = {"form": form, "cycle": found}
    return render(request, "objectives/cycle_edit.html", context, status=status)


@require_http_methods(["GET", "POST"])
@signed_in
def cycle_close(request: PersonRequest, pk: int) -> HttpResponse:
    """Score what is left by the rule; drop or carry over what is chosen."""
    found = get_object_or_404(Cycle, pk=pk)
    require(request.person, Action.RUN_CYCLES, found)
    into = reads.following(found)
    rows = reads.to_close(found, request.person, clock.today())
    wrong = ""
    if request.method == "POST":
        try:
            endings = _endings(request, rows, {one.pk: one for one in into})
            close_cycle(actor=request.person, cycle=found, endings=endings)
        except DomainError as error:
            wrong = error.message
        else:
            messages.success(request, f"{found} is closed. Every objective has its score.")
            return redirect("cycle", found.pk)
    left = found.objectives.exclude(state__in=CLOSED).count()
    context = {
        "cycle": found,
        "rows": [
            {
                "ends": row,
                "words": by_rule(row) if row.objective.is_live else "Dropped: never agreed",
                "how": request.POST.get(f"how-{row.objective.pk}", "rule"),
                "learning": request.POST.get(
                    f"learning-{row.objective.pk}", row.objective.learning
                ),
            }
            for row in rows
        ],
        "into": into,
        "left": left,
        "more": left - len(rows),
        "achieved": sum(row.becomes == State.ACHIEVED for row in rows),
        "wrong": wrong,
        "too_early": found.ends_on > clock.today(),
    }
    return render(request, "objectives/cycle_close.html", context, status=422 if wrong else 200)


def _endings(
    request: PersonRequest, rows: list[reads.ToClose], into: dict[int, Cycle]
) -> dict[int, Ending]:
    """What was chosen for the rows shown; the rest ends by the rule."""
    target: Any = request.POST.get("carry_into", "")
    cycle = into.get(int(target)) if target.isascii() and target.isdigit() else None
    found = {}
    for row in rows:
        how = request.POST.get(f"how-{row.objective.pk}", "")
        learning = request.POST.get(f"learning-{row.objective.pk}", "").strip()[:2000]
        learning = learning if row.may_decide and learning != row.objective.learning else ""
        if how == CARRY and cycle is None:
            raise DomainError("Choose the cycle that it is carried over into.")
        if how in {DROP, CARRY} or learning:
            found[row.objective.pk] = Ending(
                learning, how == DROP and row.objective.is_live, cycle if how == CARRY else None
            )
    return found
