"""The alignment map: the drawing, the same as a table, finding on it, and everything as a file."""

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

from django.http import HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET

from goldenthread.core import clock
from goldenthread.core.spreadsheet import csv_file
from goldenthread.insights.addresses import typed_in
from goldenthread.insights.map_drawing import draw
from goldenthread.insights.map_markup import svg, table_rows
from goldenthread.insights.selectors.map import MapNode, alignment_map
from goldenthread.insights.selectors.map_levels import DEPTHS, LOOSE, MapFilter
from goldenthread.insights.selectors.map_rows import found_on_map, map_rows
from goldenthread.objectives.models import Objective
from goldenthread.people.access import PersonRequest, signed_in
from goldenthread.people.models import Unit
from goldenthread.people.selectors import find_units
from goldenthread.people.views.forms_in_pages import number_in
from goldenthread.strategy.models import Priority
from goldenthread.ui.health import HEALTHS

NODE = re.compile(r"[op][0-9]{1,18}", re.ASCII)
MOST_OPENED = 100
COLUMNS = (
    "objective",
    "title",
    "owner",
    "cycle",
    "state",
    "health",
    "progress",
    "in_line",
    "serves",
)


def _chosen(request: PersonRequest) -> MapFilter:
    """The filter as the address has it; what does not exist there is left out."""
    sent = request.GET
    opened = [key for key in sent.getlist("open") if key == LOOSE or NODE.fullmatch(key)]
    trace = sent.get("trace", "")
    return MapFilter(
        priority=number_in(sent, "priority"),
        unit=_unit(sent),
        health=sent["health"] if sent.get("health") in HEALTHS else "",
        depth=sent["depth"] if sent.get("depth") in DEPTHS else "",
        trace=trace if NODE.fullmatch(trace) else "",
        opened=Counter(opened[:MOST_OPENED]),
    )


def _unit(sent: QueryDict) -> Unit | None:
    """The unit by its id, or by the name that was typed."""
    pk, name = number_in(sent, "unit_id") or number_in(sent, "unit"), typed_in(sent, "unit")
    if pk and (unit := Unit.objects.filter(pk=pk).first()) and name in {"", str(pk), unit.name}:
        return unit
    named = find_units(name, limit=20) if name and not name.isdigit() else []
    return next((one for one in named if one.name.casefold() == name.casefold()), None)


@require_GET
@signed_in
def alignment_map_page(request: PersonRequest) -> HttpResponse:
    typed = typed_in(request.GET, "q")
    results = found_on_map(request.person, typed, clock.today())
    if typed and len(results) == 1:
        return redirect(f"{reverse('map')}?trace=o{results[0].pk}#o{results[0].pk}")
    chosen = _chosen(request)
    found = alignment_map(request.person, chosen, clock.today())

    query = request.GET.copy()
    query.pop("q", None)
    here = f"?{query.urlencode()}&" if query else "?"
    drawing = draw(found, lambda key: f"{here}open={key}")
    context = {
        "found": found,
        "chosen": chosen,
        "drawing": svg(found, drawing),
        "rows": table_rows(found, drawing),
        "typed": typed,
        "results": results,
        "priorities": _to_choose(request) if chosen.priority else _drawn(found.nodes),
        "healths": {key: look.word for key, look in HEALTHS.items()},
        "depths": {key: words for key, (words, _) in DEPTHS.items()},
        "chips": _chips(request, chosen, found.traced),
        "legend": ("on_pace", "behind", "at_risk", "outdated", "done", "not_started"),
    }
    return render(request, "insights/map.html", context)


def _drawn(nodes: list[MapNode]) -> list[tuple[int, str]]:
    return [(int(node.key[1:]), node.title) for node in nodes if node.kind == "priority"]


def _to_choose(request: PersonRequest) -> list[tuple[int, str]]:
    rows = Priority.objects.visible_to(request.person).active().filter(strategy__unit__isnull=True)
    return list(rows.order_by("position", "pk").values_list("pk", "title"))


def _chips(
    request: PersonRequest, chosen: MapFilter, traced: Objective | None
) -> list[dict[str, str]]:
    on = {
        "trace": f"Tracing: {traced}" if traced else "",
        "unit": f"In {chosen.unit}" if chosen.unit else "",
        "health": HEALTHS[chosen.health].word if chosen.health else "",
    }
    chips = []
    for name, words in on.items():
        if words:
            query = request.GET.copy()
            for gone in (name, f"{name}_id", "open", "q"):
                query.pop(gone, None)
            chips.append({"words": words, "url": f"?{query.urlencode()}"})
    return chips


@require_GET
@signed_in
def map_find(request: PersonRequest) -> HttpResponse:
    """What fits while somebody types, each with the link that traces it."""
    typed = typed_in(request.GET, "q")
    context = {"typed": typed, "results": found_on_map(request.person, typed, clock.today())}
    return render(request, "insights/map.html#found", context)


@require_GET
@signed_in
def map_units(request: PersonRequest) -> HttpResponse:
    """The units that fit what is typed into the filter."""
    units = find_units(typed_in(request.GET, "unit"))
    return render(request, "insights/map.html#units", {"units": units})


@require_GET
@signed_in
def map_csv(request: PersonRequest) -> HttpResponseBase:
    """Every objective under the filters, whether it is drawn or not."""

    def rows() -> Iterator[tuple[Any, ...]]:
        for row in map_rows(request.person, _chosen(request), clock.today()):
            yield tuple(getattr(row, name) for name in COLUMNS)

    return csv_file("alignment-map.csv", COLUMNS, rows())
