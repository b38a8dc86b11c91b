"""The decision log: on a page, as a file; and the picker of what a decision touches."""

from collections.abc import Iterator
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_GET

from goldenthread.core import clock
from goldenthread.core.access import can
from goldenthread.core.spreadsheet import csv_file
from goldenthread.objectives.fields import key_of
from goldenthread.objectives.models import Objective
from goldenthread.people.access import PersonRequest, signed_in
from goldenthread.people.models import Person
from goldenthread.people.selectors import find_people, find_units
from goldenthread.people.views.forms_in_pages import number_in
from goldenthread.permissions import Action
from goldenthread.strategy.models import Priority
from goldenthread.strategy.selectors import find_kpis
from goldenthread.tradeoffs.forms import TouchField
from goldenthread.tradeoffs.models import Decision
from goldenthread.tradeoffs.selectors.listing import (
    VIEWS,
    DecisionFilter,
    decision_list,
    totals,
)
from goldenthread.tradeoffs.selectors.touches import touches_of

PAGE, FOUND, CHUNK = 50, 6, 500
COLUMNS = (
    *("decision", "question", "state", "options", "chosen", "given_up", "freed_fte"),
    *("freed_until", "decider", "due_on", "decided_on", "expected", "look_again_on"),
    *("looked_back_on", "as_expected", "outcome", "learnt", "confidential", "touches"),
)


def chosen_of(request: PersonRequest) -> DecisionFilter:
    """The filter as the address has it; what does not exist, or the reader may not see, is left out."""
    sent = request.GET
    decider = number_in(sent, "decider")
    return DecisionFilter(
        text=sent.get("q", "").strip()[:200],
        view=sent["view"] if sent.get("view") in VIEWS else "",
        touches=touched_by_key(request.person, sent.get("touches", "")),
        decider=Person.objects.filter(pk=decider).first() if decider else None,
        sort=sent.get("sort", ""),
    )


def touched_by_key(reader: Person, key: str) -> Any:
    """The record that a key such as "o12" names, where the reader may see it."""
    field = TouchField(required=False)
    field.reader = reader
    kinds, number = field.kinds(), key[1:]
    if key[:1] not in kinds or not (number.isascii() and number.isdigit() and len(number) < 19):
        return None
    return kinds[key[:1]].filter(pk=number).first()


@require_GET
@signed_in
def decisions(request: PersonRequest) -> HttpResponse:
    chosen, on = chosen_of(request), clock.today()
    page = Paginator(decision_list(request.person, chosen, on), PAGE).get_page(
        request.GET.get("page")
    )
    counted = totals(request.person, on)
    touched = touches_of(list(page), request.person)
    context = {
        "chosen": chosen,
        "page": page,
        "rows": [(one, touched[one.pk]) for one in page],
        "totals": counted,
        "views": _views(chosen, counted),
        "chips": _chips(request, chosen),
        "today": on,
        "may_open": can(request.person, Action.OPEN_DECISION),
    }
    return render(request, "tradeoffs/decisions.html", context)


def _views(chosen: DecisionFilter, counted: dict[str, int]) -> list[dict[str, Any]]:
    views = [
        ("All", "", counted["every"]),
        ("To decide", "open", counted["open"]),
        ("To look at again", "due", counted["due"]),
        ("Mine", "mine", counted["mine"]),
    ]
    if counted["overdue"] or chosen.view == "overdue":
        views.insert(2, ("Overdue", "overdue", counted["overdue"]))
    views += [
        (str(state.label), state.value, counted[state])
        for state in Decision.State
        if state != Decision.State.OPEN and (counted[state] or chosen.view == state)
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


def _chips(request: PersonRequest, chosen: DecisionFilter) -> list[dict[str, str]]:
    """The filters that are on, each with the address that takes it off."""
    on = [
        ("q", f"“{chosen.text}”" if chosen.text else ""),
        ("touches", f"Touches: {chosen.touches}" if chosen.touches else ""),
        ("decider", f"Decides: {chosen.decider}" if chosen.decider else ""),
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
def decisions_csv(request: PersonRequest) -> HttpResponseBase:
    rows = decision_list(request.person, chosen_of(request), clock.today())

    def lines() -> Iterator[tuple[Any, ...]]:
        every = rows.prefetch_related("options")
        for first in range(0, every.count(), CHUNK):
            batch = list(every[first : first + CHUNK])
            touched = touches_of(batch, request.person)
            for one in batch:
                yield (
                    *(one.pk, one.question, one.state),
                    "; ".join(option.title for option in one.options.all()),
                    *(one.chosen, one.given_up, one.freed_fte, one.freed_until),
                    *(one.decider.name, one.due_on, one.decided_on, one.expected),
                    *(one.look_again_on, one.looked_back_on, one.as_expected, one.outcome),
                    *(one.learnt, "yes" if one.confidential else ""),
                    "; ".join(str(touch.record) for touch in touched[one.pk]),
                )

    return csv_file("decisions.csv", COLUMNS, lines())


@require_GET
@signed_in
def touched_pick(request: PersonRequest) -> HttpResponse:
    """What a picker shows while somebody types what a decision touches: a few of each kind."""
    query = request.GET.get("q", "").strip()[:200]
    options: list[dict[str, str]] = []
    if query:
        reader = request.person
        priorities = Priority.objects.visible_to(reader).in_use()
        objectives = Objective.objects.visible_to(reader)
        for word in query.split():
            priorities = priorities.filter(title__icontains=word)
            objectives = objectives.filter(search__contains=word.casefold())
        found = [
            *((one, "Priority") for one in priorities.order_by("position", "pk")[:FOUND]),
            *(
                (one, f"Objective, {one.owner or 'nobody yet'}")
                for one in objectives.select_related("owner_person", "owner_unit").order_by("-pk")[
                    :FOUND
                ]
            ),
            *((one, "Unit") for one in find_units(query, FOUND)),
            *((one, "KPI") for one in find_kpis(reader, query, FOUND)),
            *((one, one.position or "Person") for one in find_people(reader, query, FOUND)),
        ]
        options = [{"pk": key_of(one), "title": str(one), "note": note} for one, note in found]
    return render(request, "ui/_picker_options.html", {"options": options, "query": query})
