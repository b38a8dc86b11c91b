"""The list of cascades: on a page, as a file of threads, and as a file of all their versions."""

from collections.abc import Iterator
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_GET

from goldenthread.core import clock
from goldenthread.core.spreadsheet import csv_file
from goldenthread.objectives.cascade_states import CascadeState
from goldenthread.objectives.models import CascadeVersion, Cycle, Objective
from goldenthread.objectives.selectors.cascades.listing import (
    VIEWS,
    CascadeFilter,
    cascade_list,
    cascade_pages,
    to_answer,
    totals,
)
from goldenthread.objectives.selectors.cascades.thread import served
from goldenthread.objectives.services.cascades import terms_of
from goldenthread.objectives.services.drafts import in_words
from goldenthread.people.access import PersonRequest, signed_in
from goldenthread.people.models import Person, Unit
from goldenthread.people.views.forms_in_pages import number_in
from goldenthread.strategy.models import Priority

PAGE, CHUNK = 50, 500
COLUMNS = (
    *("cascade", "title", "state", "direction", "given_by", "taken_by", "serves", "cycle"),
    *("version", "answer_by", "proposed_on", "closed_on", "objective", "reason"),
)
VERSION_COLUMNS = (
    *("cascade", "version", "answers", "stale", "side", "author", "on", "title", "why"),
    *("strength", "kind", "starts_on", "ends_on", "key_results", "mandate", "resources", "fte"),
    *("answer_by", "word"),
)


def served_by_key(reader: Person, key: str) -> Objective | Priority | None:
    """What a key such as "o12" or "p3" names, where the reader may see it."""
    number = key[1:]
    if key[:1] not in {"o", "p"} or not (number.isascii() and number.isdigit()):
        return None
    if len(number) > 18:
        return None
    model: Any = Objective if key[0] == "o" else Priority
    related = (
        ("cycle", "owner_unit__leader", "owner_person__unit") if key[0] == "o" else ("strategy",)
    )
    found: Objective | Priority | None = (
        model.objects.visible_to(reader).select_related(*related).filter(pk=number).first()
    )
    return found


def chosen_of(request: PersonRequest) -> CascadeFilter:
    """The filter as the address has it; what does not exist, or the reader may not see, is left out."""
    sent = request.GET
    unit, cycle = number_in(sent, "unit"), number_in(sent, "cycle")
    return CascadeFilter(
        text=sent.get("q", "").strip()[:200],
        view=sent["view"] if sent.get("view") in VIEWS else "",
        unit=Unit.objects.filter(pk=unit).first() if unit else None,
        cycle=Cycle.objects.filter(pk=cycle).first() if cycle else None,
        serves=served_by_key(request.person, sent.get("serves", "")),
        sort=sent.get("sort", ""),
    )


@require_GET
@signed_in
def cascades(request: PersonRequest) -> HttpResponse:
    chosen, on = chosen_of(request), clock.today()
    rows = cascade_pages(request.person, chosen, on)
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    counted = totals(request.person, on)
    serves = served(request.person, page)
    mine = {one.pk for one in to_answer(request.person)} if counted["waiting"] else set()
    context = {
        "chosen": chosen,
        "page": page,
        "rows": [(one, serves[one.pk], one.pk in mine, one.is_overdue(on)) for one in page],
        "totals": counted | {"mine": len(mine)},
        "views": _views(chosen, counted | {"mine": len(mine)}),
        "chips": _chips(request, chosen),
        "may_propose": may_propose(request.person),
    }
    return render(request, "objectives/cascades.html", context)


def may_propose(person: Person) -> bool:
    """Whether they lead a unit, or lead one today as a deputy."""
    return person.heads_unit or any(one.heads_unit for one in person.stands_in_for)


def _views(chosen: CascadeFilter, counted: dict[str, int]) -> list[dict[str, Any]]:
    views = [("All", "", counted["every"]), ("Mine to answer", "mine", counted["mine"])]
    views += [("Waiting", "waiting", counted["waiting"])]
    if counted["overdue"] or chosen.view == "overdue":
        views.append(("Overdue", "overdue", counted["overdue"]))
    shown = [one for one in CascadeState if one not in {"proposed", "countered"}]
    views += [
        (str(one.label), one.value, counted[one])
        for one in shown
        if counted[one] or chosen.view == one
    ]
    return [
        {
            "title": title,
            "url": f"?view={view}" if view else "?",
            "here": view == chosen.view,
            "count": count,
        }
        for title, view, count in views
    ]


def _chips(request: PersonRequest, chosen: CascadeFilter) -> list[dict[str, str]]:
    """The filters that are on, each with the address that takes it off."""
    on = [
        ("q", f"“{chosen.text}”" if chosen.text else ""),
        ("unit", f"Unit: {chosen.unit}" if chosen.unit else ""),
        ("cycle", f"Cycle: {chosen.cycle}" if chosen.cycle else ""),
        ("serves", f"Serves: {chosen.serves}" if chosen.serves else ""),
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
def cascades_csv(request: PersonRequest) -> HttpResponseBase:
    rows = cascade_list(request.person, chosen_of(request), clock.today())

    def lines() -> Iterator[tuple[Any, ...]]:
        for first in range(0, rows.count(), CHUNK):
            batch = list(rows[first : first + CHUNK])
            serves = served(request.person, batch)
            for one in batch:
                yield (
                    *(one.pk, one.title, one.state, one.direction, one.giver_unit.name),
                    *(one.taking_unit.name, serves[one.pk].words, one.cycle.name, one.number),
                    *(one.answer_by, _day(one.proposed_at), _day(one.closed_at)),
                    *(one.objective_id or "", one.reason),
                )

    return csv_file("cascades.csv", COLUMNS, lines())


@require_GET
@signed_in
def versions_csv(request: PersonRequest) -> HttpResponseBase:
    """Every version of the same threads, a stale one too."""
    threads = cascade_list(request.person, chosen_of(request), clock.today())
    rows = CascadeVersion.objects.filter(cascade__in=threads.order_by().values("pk"))
    rows = rows.select_related("author").order_by("cascade", "number")

    def lines() -> Iterator[tuple[Any, ...]]:
        for first in range(0, rows.count(), CHUNK):
            for one in rows[first : first + CHUNK]:
                yield (
                    *(one.cascade_id, one.number, one.answers, "yes" if one.stale else ""),
                    *(one.side, one.author.name if one.author else "", _day(one.recorded_at)),
                    *(one.title, one.why, one.strength, one.kind, one.starts_on, one.ends_on),
                    "; ".join(in_words(terms_of(one).key_results)),
                    *(one.mandate, one.resources, one.fte, one.answer_by, one.word),
                )

    return csv_file("cascade-versions.csv", VERSION_COLUMNS, lines())


def _day(moment: Any) -> Any:
    return clock.day_of(moment) if moment else None
