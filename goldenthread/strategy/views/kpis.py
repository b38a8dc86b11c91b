"""KPIs: the list, the page of one, and its forms."""

import datetime as dt
from collections.abc import Iterable, Iterator
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from goldenthread.core import clock
from goldenthread.core.access import allowed, can, require
from goldenthread.core.spreadsheet import csv_file
from goldenthread.engine.pace import Health
from goldenthread.people.access import PersonRequest, signed_in
from goldenthread.people.models import Unit
from goldenthread.people.views.forms_in_pages import number_in, saved
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
from goldenthread.strategy.selectors import KpiFilter, Standing
from goldenthread.strategy.views.strategies import status_of, version_in
from goldenthread.ui import charts

PAGE = 50
VALUES = 25  # rows of history at a time
COLUMNS = (
    "external_id",
    "name",
    "measure",
    "direction",
    "unit",
    "owner",
    "state",
    "priorities",
    "latest_on",
    "latest",
    "baseline",
    "target",
    "low",
    "high",
    "due_on",
    "health",
    "out_of_range",
)
HEALTH_WORDS = {
    "out": "Out of range",
    Health.ON_PACE: "On pace",
    Health.BEHIND: "Behind",
    Health.AT_RISK: "At risk",
    Health.OUTDATED: "Outdated",
    Health.DONE: "Done",
    Health.NOT_MEASURED: "Not measured",
}


# The list ---------------------------------------------------------------------------------------------------
def _chosen(request: PersonRequest) -> KpiFilter:
    """The filter as the address has it; what does not exist there is left out."""
    sent = request.GET
    unit_id = number_in(sent, "unit")
    states = {*Kpi.State.values, "all"}
    return KpiFilter(
        text=sent.get("q", "").strip()[:200],
        state=sent["state"] if sent.get("state") in states else Kpi.State.ACTIVE,
        health=sent["health"] if sent.get("health") in HEALTH_WORDS else "",
        unit=Unit.objects.filter(pk=unit_id).first() if unit_id else None,
        mine=sent.get("owner") == "me",
        sort=sent.get("sort", "name"),
    )


def _standings(
    request: PersonRequest, chosen: KpiFilter
) -> tuple[list[Kpi], dict[int, Standing] | None]:
    """The KPIs chosen; with their standings where the health had to be worked out to choose them."""
    kpis = selectors.kpi_list(request.person, chosen)
    if not chosen.health:
        return list(kpis), None
    standings = selectors.kpi_standings(kpis, clock.today())
    return [kpi for kpi in kpis if chosen.holds(standings[kpi.pk])], standings


@require_GET
@signed_in
def kpis(request: PersonRequest) -> HttpResponse:
    chosen = _chosen(request)
    if chosen.health:
        found, standings = _standings(request, chosen)
        page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    else:
        rows = selectors.kpi_list(request.person, chosen)
        page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
        standings = selectors.kpi_standings(page, clock.today())
    visible = Kpi.objects.visible_to(request.person)
    totals = visible.aggregate(
        active=Count("pk", filter=Q(state=Kpi.State.ACTIVE)),
        unconfirmed=Count("pk", filter=Q(state=Kpi.State.UNCONFIRMED)),
        retired=Count("pk", filter=Q(state=Kpi.State.RETIRED)),
        mine=Count("pk", filter=Q(state=Kpi.State.ACTIVE, owner=request.person)),
    )
    context = {
        "chosen": chosen,
        "page": page,
        "rows": [_row(kpi, (standings or {})[kpi.pk]) for kpi in page],
        "totals": totals,
        "views": _views(chosen, totals),
        "chips": _chips(request, chosen),
        "healths": HEALTH_WORDS,
        "may_add": can(request.person, Action.ADD_KPI),
    }
    return render(request, "strategy/kpis.html", context)


def _row(kpi: Kpi, standing: Standing) -> dict[str, Any]:
    aim = standing.aim
    crossed = aim.high if standing.out_of_range == "above its range" else aim.low
    goal = crossed if aim.target is None else aim.target
    values = [float(value) for _, value in standing.points[-24:]]
    return {
        "kpi": kpi,
        "standing": standing,
        "priorities": {one.priority_id: one.priority for one in kpi.expected_results.all()},
        "spark": charts.spark(values, None if goal is None else float(goal)),
    }


def _views(chosen: KpiFilter, totals: dict[str, int]) -> list[dict[str, Any]]:
    plain = not chosen.health and not chosen.mine
    views = [
        ("In use", "?", plain and chosen.state == Kpi.State.ACTIVE, totals["active"]),
        ("Mine", "?owner=me", chosen.mine and not chosen.health, totals["mine"]),
        ("Out of range", "?health=out", chosen.health == "out", None),
        ("Outdated", "?health=outdated", chosen.health == "outdated", None),
    ]
    for state in (Kpi.State.UNCONFIRMED, Kpi.State.RETIRED):
        if totals[state]:
            here = plain and chosen.state == state
            views.append((str(state.label), f"?state={state}", here, totals[state]))
    return [
        {"title": title, "url": url, "here": here, "count": count}
        for title, url, here, count in views
    ]


def _chips(request: PersonRequest, chosen: KpiFilter) -> list[dict[str, str]]:
    """The filters that are on, each with the address that takes it off."""
    on = [
        ("q", f"“{chosen.text}”" if chosen.text else ""),
        ("unit", f"Unit: {chosen.unit}" if chosen.unit else ""),
    ]
    chips = []
    for name, words in on:
        if words:
            query = request.GET.copy()
            query.pop(name, None)
            query.pop("page", None)
            chips.append({"words": words, "url": f"?{query.urlencode()}"})
    return chips


@require_GET
@signed_in
def kpis_csv(request: PersonRequest) -> HttpResponseBase:
    found, standings = _standings(request, _chosen(request))
    if standings is None:
        standings = selectors.kpi_standings(found, clock.today())
    return csv_file("kpis.csv", COLUMNS, _csv_rows(found, standings))


def _csv_rows(found: Iterable[Kpi], standings: dict[int, Standing]) -> Iterator[list[Any]]:
    for kpi in found:
        stands = standings[kpi.pk]
        last = stands.points[-1] if stands.points else (None, None)
        served = dict.fromkeys(one.priority.title for one in kpi.expected_results.all())
        aim = stands.aim
        yield [
            kpi.external_id,
            kpi.name,
            kpi.measure,
            kpi.direction,
            kpi.unit and kpi.unit.name,
            kpi.owner and kpi.owner.name,
            kpi.state,
            "; ".join(served),
            *last,
            *(aim.baseline, aim.target, aim.low, aim.high, aim.due),
            stands.health.value,
            stands.out_of_range,
        ]


@require_GET
@signed_in
def kpis_pick(request: PersonRequest) -> HttpResponse:
    """What a picker shows while somebody types the name of a KPI."""
    query = request.GET.get("q", "")[:200]
    options = [
        {"pk": kpi.pk, "title": kpi.name, "note": kpi.unit.name if kpi.unit else ""}
        for kpi in selectors.find_kpis(request.person, query)
    ]
    return render(request, "ui/_picker_options.html", {"options": options, "query": query})


# One KPI ----------------------------------------------------------------------------------------------------
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
        "plot": _plot(kpi, standing, today),
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


def _plot(kpi: Kpi, standing: Standing, today: dt.date) -> charts.LinePlot | None:
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
            goals = [charts.Goal(start, end, float(low if high is None else high))]  # type: ignore[arg-type]
        else:
            goals = [charts.Goal(start, end, low, high)]
    path = None
    if None not in (aim.start, aim.due, aim.baseline, aim.target):
        path = charts.Path(aim.start, aim.due, float(aim.baseline), float(aim.target))  # type: ignore[arg-type]
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
    """Set the target of a date; `?target=ID` begins with the one that stands there."""
    kpi = _kpi_or_404(request, pk)
    require(request.person, Action.EDIT_KPI, kpi)
    kind = RangeForm if kpi.direction == Kpi.Direction.HOLD else TargetForm
    chosen = kpi.targets.filter(pk=number_in(request.GET, "target") or 0).first()
    initial = initial_of(kind, chosen) if chosen else {}
    form = kind(request.POST or None, initial=initial)

    def write() -> None:
        version = number_in(request.POST, "version")
        services.set_target(actor=request.person, kpi=kpi, version=version, **form.cleaned_data)

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
