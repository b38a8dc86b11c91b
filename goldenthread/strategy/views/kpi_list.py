"""The list of KPIs: on a page, as a file, and behind a picker."""

from collections.abc import Iterable, Iterator
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_GET

from goldenthread.core import clock
from goldenthread.core.access import can
from goldenthread.core.spreadsheet import csv_file
from goldenthread.engine.pace import Health
from goldenthread.people.access import PersonRequest, signed_in
from goldenthread.people.models import Unit
from goldenthread.people.views.forms_in_pages import number_in
from goldenthread.permissions import Action
from goldenthread.strategy import selectors
from goldenthread.strategy.models import Kpi
from goldenthread.strategy.selectors import KpiFilter, Standing
from goldenthread.ui import charts

PAGE = 50
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
