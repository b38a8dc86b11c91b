"""The page of a KPI, and its forms."""

import datetime as dt

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from goldenthread.core import clock
from goldenthread.core.access import allowed, require
from goldenthread.core.spreadsheet import csv_file
from goldenthread.people.access import PersonRequest, signed_in
from goldenthread.people.views.forms_in_pages import number_in, saved, version_in
from goldenthread.permissions import Action
from goldenthread.strategy import selectors, services
from goldenthread.strategy.forms import (
    CorrectForm,
    KpiForm,
    ObserveForm,
    RangeForm,
    ReasonForm,
    TargetForm,
    initial_of,
)
from goldenthread.strategy.models import ExpectedResult, Kpi, KpiTarget, Observation, Priority
from goldenthread.strategy.selectors import Standing
from goldenthread.strategy.views.strategies import status_of
from goldenthread.ui import charts

VALUES = 25  # rows of history at a time


def _kpi_or_404(request: PersonRequest, pk: int) -> Kpi:
    found = Kpi.objects.visible_to(request.person).select_related("unit", "owner")
    return get_object_or_404(found, pk=pk)


@require_GET
@signed_in
def kpi(request: PersonRequest, pk: int) -> HttpResponse:
    return _page(request, _kpi_or_404(request, pk))


def _page(request: PersonRequest, kpi: Kpi, form: ObserveForm | None = None) -> HttpResponse:
    person, today = request.person, clock.today()
    standing = selectors.kpi_standings([kpi], today)[kpi.pk]
    seen = Priority.objects.visible_to(person).exclude(state=Priority.State.DROPPED)
    history = Paginator(selectors.kpi_history(kpi), VALUES)
    in_use, may = kpi.state != Kpi.State.RETIRED, allowed(person, kpi)
    context = {
        "kpi": kpi,
        "standing": standing,
        "plot": kpi_plot(kpi, standing, today),
        "results": ExpectedResult.objects.filter(kpi=kpi, priority__in=seen).select_related(
            "priority"
        ),
        "targets": kpi.targets.all(),
        "history": history.get_page(request.GET.get("page")),
        "form": form or ObserveForm(initial={"on": today}),
        "may_observe": in_use and Action.OBSERVE in may,
        "may_edit": in_use and Action.EDIT_KPI in may,
        "may_confirm": Action.CONFIRM_KPI in may,
        "unconfirmed": kpi.state == Kpi.State.UNCONFIRMED,
        "retired": not in_use,
    }
    return render(request, "strategy/kpi.html", context, status=status_of(form))


@require_GET
@signed_in
def kpi_values_csv(request: PersonRequest, pk: int) -> HttpResponseBase:
    """Every value of a KPI as the page lists them, corrected ones included and marked."""
    kpi = _kpi_or_404(request, pk)
    lines = (
        (
            one.on,
            one.value,
            one.text,
            one.note,
            one.author and one.author.name,
            f"{one.recorded_at:%Y-%m-%d %H:%M}",
            "yes" if hasattr(one, "corrected_by") else "",
        )
        for one in selectors.kpi_history(kpi)
    )
    columns = ("date", "value", "text", "note", "by", "recorded_at", "corrected_since")
    return csv_file(f"kpi-{kpi.pk}-values.csv", columns, lines)


def kpi_plot(kpi: Kpi, standing: Standing, today: dt.date) -> charts.LinePlot | None:
    """The chart of the values since the period of the target began, or all when there is none."""
    aim, points = standing.aim, standing.points
    if not points:
        return None
    first = points[0][0] if aim.start is None else min(aim.start, points[-1][0])
    start = min(first, today - dt.timedelta(days=30))
    end = max(aim.due or today, today)
    goals: list[charts.Goal] = []
    if aim.low is not None or aim.high is not None:
        low, high = (None if one is None else float(one) for one in (aim.low, aim.high))
        if low is None or high is None:
            goals = [charts.Goal(start, end, float(low if high is None else high))]  # type: ignore[arg-type]  # asked for just above
        else:
            goals = [charts.Goal(start, end, low, high)]
    path = None
    if None not in (aim.start, aim.due, aim.baseline, aim.target):
        path = charts.Path(aim.start, aim.due, float(aim.baseline), float(aim.target))  # type: ignore[arg-type]  # asked for just above
    return charts.line_chart(
        kpi.name,
        [charts.Point(on, float(value)) for on, value in points],
        start=start,
        end=end,
        unit=kpi.measure,
        goals=goals,
        path=path,
        today=today,
    )


@require_http_methods(["GET", "POST"])
@signed_in
def kpi_new(request: PersonRequest) -> HttpResponse:
    require(request.person, Action.ADD_KPI)
    form = KpiForm(request.POST or None, initial={"owner": request.person})
    made: list[Kpi] = []

    def write() -> None:
        made.append(services.add_kpi(actor=request.person, **form.cleaned_data))

    if request.method == "POST" and saved(form, write):
        messages.success(request, f"“{made[0]}” is added. Set its target and record a value.")
        return redirect("kpi", made[0].pk)
    return render(request, "strategy/kpi_new.html", {"form": form}, status=status_of(form))


@require_http_methods(["GET", "POST"])
@signed_in
def kpi_edit(request: PersonRequest, pk: int) -> HttpResponse:
    kpi = _kpi_or_404(request, pk)
    require(request.person, Action.EDIT_KPI, kpi)
    form = KpiForm(request.POST or None, initial=initial_of(KpiForm, kpi))
    if request.method == "POST" and saved(
        form,
        lambda: services.edit_kpi(
            actor=request.person, kpi=kpi, version=version_in(request), **form.cleaned_data
        ),
    ):
        messages.success(request, "Saved.")
        return redirect("kpi", kpi.pk)
    context = {"form": form, "kpi": kpi}
    return render(request, "strategy/kpi_edit.html", context, status=status_of(form))


@require_POST
@signed_in
def kpi_confirm(request: PersonRequest, pk: int) -> HttpResponse:
    kpi = services.confirm_kpi(actor=request.person, kpi=_kpi_or_404(request, pk))
    messages.success(request, f"“{kpi}” is confirmed.")
    return redirect("kpi", kpi.pk)


@require_http_methods(["GET", "POST"])
@signed_in
def kpi_retire(request: PersonRequest, pk: int) -> HttpResponse:
    kpi = _kpi_or_404(request, pk)
    require(request.person, Action.EDIT_KPI, kpi)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and saved(
        form,
        lambda: services.retire_kpi(
            actor=request.person, kpi=kpi, reason=form.cleaned_data["reason"]
        ),
    ):
        messages.success(request, f"“{kpi}” is retired. Its history stays.")
        return redirect("kpi", kpi.pk)
    context = {"form": form, "kpi": kpi}
    return render(request, "strategy/kpi_retire.html", context, status=status_of(form))


# Values -----------------------------------------------------------------------------------------------------
@require_POST
@signed_in
def kpi_observe(request: PersonRequest, pk: int) -> HttpResponse:
    kpi = _kpi_or_404(request, pk)
    require(request.person, Action.OBSERVE, kpi)
    form = ObserveForm(request.POST)
    if saved(form, lambda: services.observe(actor=request.person, kpi=kpi, **form.cleaned_data)):
        messages.success(request, "Recorded.")
        return redirect("kpi", kpi.pk)
    return _page(request, kpi, form)


@require_http_methods(["GET", "POST"])
@signed_in
def observation_correct(request: PersonRequest, pk: int) -> HttpResponse:
    seen = Observation.objects.filter(kpi__in=Kpi.objects.visible_to(request.person))
    observation = get_object_or_404(seen.select_related("kpi__owner", "kpi__unit"), pk=pk)
    kpi = observation.kpi
    require(request.person, Action.OBSERVE, kpi)
    form = CorrectForm(request.POST or None)
    if request.method == "POST" and saved(
        form,
        lambda: services.correct(
            actor=request.person, observation=observation, **form.cleaned_data
        ),
    ):
        messages.success(request, "Corrected. The old value stays readable.")
        return redirect("kpi", kpi.pk)
    context = {"form": form, "kpi": kpi, "observation": observation}
    return render(request, "strategy/observation_correct.html", context, status=status_of(form))


# Targets ----------------------------------------------------------------------------------------------------
@require_http_methods(["GET", "POST"])
@signed_in
def kpi_target(request: PersonRequest, pk: int) -> HttpResponse:
    """Set the target of a date, or change the one that `?target=ID` names."""
    kpi = _kpi_or_404(request, pk)
    require(request.person, Action.EDIT_KPI, kpi)
    kind = RangeForm if kpi.direction == Kpi.Direction.HOLD else TargetForm
    chosen = kpi.targets.filter(pk=number_in(request.GET, "target") or 0).first()
    initial = initial_of(kind, chosen) if chosen else {}
    form = kind(request.POST or None, initial=initial)

    def write() -> None:
        services.set_target(
            actor=request.person,
            kpi=kpi,
            target=chosen,
            version=version_in(request),
            **form.cleaned_data,
        )

    if request.method == "POST" and saved(form, write):
        messages.success(request, "The target is set.")
        return redirect("kpi", kpi.pk)
    context = {"form": form, "kpi": kpi, "target": chosen}
    return render(request, "strategy/kpi_target.html", context, status=status_of(form))


@require_POST
@signed_in
def target_remove(request: PersonRequest, pk: int) -> HttpResponse:
    seen = KpiTarget.objects.filter(kpi__in=Kpi.objects.visible_to(request.person))
    target = get_object_or_404(seen.select_related("kpi__owner"), pk=pk)
    services.remove_target(actor=request.person, target=target)
    messages.success(request, "The target is removed.")
    return redirect("kpi", target.kpi_id)
