"""Where does our effort go? Of the organisation and of a unit: the page, and its tables as files."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_GET

from goldenthread.core import clock
from goldenthread.core.access import can, require
from goldenthread.core.paths import path_to
from goldenthread.core.spreadsheet import csv_file
from goldenthread.engine.bands import band_above
from goldenthread.engine.dispersion import EXCESS_BANDS, reading
from goldenthread.engine.flow import GAP_BANDS, leverage
from goldenthread.engine.load import OVERACTIVITY_BANDS
from goldenthread.insights.effort_drawing import Addresses, Drawing, draw
from goldenthread.insights.effort_markup import svg
from goldenthread.insights.selectors.effort import EffortFigures, effort_figures
from goldenthread.insights.selectors.effort.figures import IntoPriority
from goldenthread.insights.selectors.effort.person import persons_effort
from goldenthread.insights.selectors.effort.reading import Named, named
from goldenthread.insights.selectors.over_time import effort_over_time
from goldenthread.people.access import PersonRequest, signed_in
from goldenthread.people.models import Person, Unit
from goldenthread.people.views.forms_in_pages import number_in
from goldenthread.permissions import Action
from goldenthread.tradeoffs.services import may_plan_for
from goldenthread.tradeoffs.services.allocating import allocation_of
from goldenthread.tradeoffs.utilisation import look_of


@require_GET
@signed_in
def effort(request: PersonRequest) -> HttpResponse:
    unit = _unit(request)
    found = effort_figures(unit.pk if unit else None)
    names = named(found, request.person)
    opened = request.GET.get("open") == "1"
    drawing = _drawing(found, names, unit, opened=opened)
    rows = [_row(one, found, names) for one in found.into]
    context: dict[str, Any] = {
        "page": found,
        "unit": unit,
        "rows": rows,
        "longest": max([0.01, *(max(row["share"] or 0, row["effort"] or 0) for row in rows)]),
        "first": max(
            (row for row in rows if row["seen"] and row["effort"]), key=_effort, default=None
        ),
        "uneven": _uneven(rows),
        "drawing": drawing,
        "svg": svg(drawing) if drawing else "",
        "opened": opened,
        "open_url": _here(unit, opened=True),
        "gap_band": band_above(found.gap.value, GAP_BANDS),
        "excess_band": band_above(found.excess.value, EXCESS_BANDS),
        "over_band": band_above(found.overactivity.value, OVERACTIVITY_BANDS),
        "reading": reading(found.within.value, found.spread.value),
        "histories": effort_over_time(found.unit, clock.today()),
        "may_plan": can(request.person, Action.PLAN_EFFORT)
        and (unit is None or may_plan_for(request.person, unit)),
        "may_decide": can(request.person, Action.OPEN_DECISION),
        "nav_here": "effort",
    }
    return render(request, "insights/effort.html", context)


def _unit(request: PersonRequest) -> Unit | None:
    pk = number_in(request.GET, "unit")
    if pk is None:
        return None
    units = Unit.objects.filter(ended_on__isnull=True).select_related("parent")
    return get_object_or_404(units, pk=pk)


def _row(one: IntoPriority, found: EffortFigures, names: Named) -> dict[str, Any]:
    effort = found.share_of(one.fte)
    return {
        "pk": one.priority,
        "title": names.priority(one.priority),
        "seen": one.priority in names.seen,
        "share": one.share,
        "effort": effort,
        "gap": None if effort is None or one.share is None else effort - one.share,
        "leverage": None if effort is None else leverage(effort, one.share or 0.0),
        "fte": one.fte,
        "people": one.people,
    }


def _effort(row: dict[str, Any]) -> float:
    return row["effort"] or 0.0


def _uneven(rows: list[dict[str, Any]]) -> dict[str, Any] | None:
    """The priority that the reader may see whose effort differs most from its value, to speak of first."""
    known = [row for row in rows if row["seen"] and row["gap"] is not None]
    return max(known, key=lambda row: abs(row["gap"]), default=None)


def _drawing(
    found: EffortFigures, names: Named, unit: Unit | None, *, opened: bool
) -> Drawing | None:
    if found.chart is None or not found.chart.flows:
        return None
    base = reverse("effort")
    return draw(
        found,
        names,
        Addresses(
            unit=lambda pk: f"{base}?unit={pk}",
            all_open=_here(unit, opened=True),
            loose=f"{reverse('objectives')}?loose=1",
            routine=f"{reverse('effort-entries')}?run=1",
            objective=lambda pk: path_to("objective", pk),
            priority=lambda pk: path_to("priority", pk),
        ),
        opened=opened,
    )


def _here(unit: Unit | None, *, opened: bool) -> str:
    sent = ({"unit": unit.pk} if unit else {}) | ({"open": 1} if opened else {})
    return f"{reverse('effort')}?{urlencode(sent)}#flow"


@require_GET
@signed_in
def effort_flow_csv(request: PersonRequest) -> HttpResponseBase:
    """Everything that the chart shows, in full: from which unit, through what, into what."""
    unit = _unit(request)
    found = effort_figures(unit.pk if unit else None)
    drawing = _drawing(found, named(found, request.person), unit, opened=True)
    rows = [
        (one.unit, one.through, one.into, round(one.fte, 2))
        for one in (drawing.lines if drawing else ())
    ]
    return csv_file("effort-flow.csv", ("unit", "through", "into", "fte"), rows)


@require_GET
@signed_in
def effort_priorities_csv(request: PersonRequest) -> HttpResponseBase:
    """The table of priorities: value beside effort; what would tell of too few people is empty."""
    unit = _unit(request)
    found = effort_figures(unit.pk if unit else None)
    names = named(found, request.person)

    def rows() -> Iterator[tuple[Any, ...]]:
        for row in (_row(one, found, names) for one in found.into):
            yield tuple(
                row[name]
                for name in ("title", "share", "effort", "gap", "leverage", "fte", "people")
            )
        yield (
            "Without a line to a priority",
            "",
            found.share_of(found.unlinked),
            "",
            "",
            found.unlinked,
            "",
        )
        yield "Runs the business", "", "", "", "", found.run_the_business, ""

    names_of = ("priority", "value_share", "effort_share", "gap", "leverage", "fte", "people")
    return csv_file("effort-into-priorities.csv", names_of, rows())


@require_GET
@signed_in
def person_effort(request: PersonRequest, pk: int) -> HttpResponse:
    """One person's own: for themselves, those above them, and leaders who were granted."""
    people = Person.objects.visible_to(request.person).select_related("unit", "manager")
    shown = get_object_or_404(people, pk=pk)
    require(request.person, Action.SEE, allocation_of(shown))
    found = persons_effort(request.person, shown, clock.today())
    context = {
        "shown": shown,
        "is_me": shown == request.person,
        "effort": found,
        "look": look_of(found.load.utilisation),
        "may_ask": can(request.person, Action.ASK_WHAT_GIVES, shown),
        "nav_here": "effort",
    }
    return render(request, "insights/person_effort.html", context)
