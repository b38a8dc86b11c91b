"""The leadership reviews and their actions: as lists, as files."""

from collections.abc import Iterator
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_GET

from goldenthread.core import clock
from goldenthread.core.access import can
from goldenthread.core.spreadsheet import csv_file
from goldenthread.objectives.models import Cycle
from goldenthread.people.access import PersonRequest, signed_in
from goldenthread.people.models import Unit
from goldenthread.people.views.forms_in_pages import number_in
from goldenthread.permissions import Action
from goldenthread.programme.models import LeadershipReview
from goldenthread.programme.selectors.reviews.listing import (
    ACTION_VIEWS,
    REVIEW_VIEWS,
    ActionFilter,
    ReviewFilter,
    action_list,
    action_totals,
    review_list,
)

PAGE = 50
TITLES = ("All", "Open", "Overdue", "Mine", "Done", "Dropped")
COLUMNS = (
    *("review", "held_on", "of", "cycle", "chair", "state", "decisions", "actions"),
    "actions_open",
)
ACTION_COLUMNS = (
    *("action", "title", "owner", "due_on", "state", "ended_on", "outcome", "review", "held_on"),
    "of",
)


def _reviews_chosen(request: PersonRequest) -> ReviewFilter:
    sent = request.GET
    unit, cycle = number_in(sent, "unit"), number_in(sent, "cycle")
    return ReviewFilter(
        text=sent.get("q", "").strip()[:200],
        view=sent["view"] if sent.get("view") in REVIEW_VIEWS else "",
        unit=Unit.objects.filter(pk=unit).first() if unit else None,
        cycle=Cycle.objects.filter(pk=cycle).first() if cycle else None,
    )


@require_GET
@signed_in
def leadership_reviews(request: PersonRequest) -> HttpResponse:
    chosen = _reviews_chosen(request)
    page = Paginator(review_list(request.person, chosen), PAGE).get_page(request.GET.get("page"))
    context = {
        "chosen": chosen,
        "page": page,
        "cycles": list(Cycle.objects.order_by("-starts_on", "-pk")[:40]),
        "may_prepare": can(request.person, Action.PREPARE_REVIEW),
        "narrowed": chosen != ReviewFilter(),
        "views": [
            {"title": title, "url": f"?view={view}" if view else "?", "here": view == chosen.view}
            for view, title in zip(REVIEW_VIEWS, ("All", "To come", "Held"), strict=True)
        ],
    }
    return render(request, "programme/reviews/list.html", context)


@require_GET
@signed_in
def leadership_reviews_csv(request: PersonRequest) -> HttpResponseBase:
    rows = review_list(request.person, _reviews_chosen(request))
    lines = (
        (
            *(one.pk, one.held_on, str(one.unit or ""), one.cycle.name, one.chair.name, one.state),
            *(one.decisions, one.actions_given, one.actions_open),
        )
        for one in rows
    )
    return csv_file("leadership-reviews.csv", COLUMNS, lines)


def _actions_chosen(request: PersonRequest) -> ActionFilter:
    sent, review = request.GET, number_in(request.GET, "review")
    seen = LeadershipReview.objects.visible_to(request.person).select_related("unit", "cycle")
    return ActionFilter(
        text=sent.get("q", "").strip()[:200],
        view=sent["view"] if sent.get("view") in ACTION_VIEWS else "",
        review=seen.filter(pk=review).first() if review else None,
        sort=sent.get("sort", ""),
    )


@require_GET
@signed_in
def review_actions(request: PersonRequest) -> HttpResponse:
    chosen, on = _actions_chosen(request), clock.today()
    rows = action_list(request.person, chosen, on)
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    counted = action_totals(request.person, on)
    context = {
        "chosen": chosen,
        "page": page,
        "rows": [(one, one.is_overdue(on)) for one in page],
        "totals": counted,
        "views": [
            {
                "title": title,
                "url": f"?view={view}" if view else "?",
                "here": view == chosen.view,
                "count": counted[view or "every"],
            }
            for view, title in zip(ACTION_VIEWS, TITLES, strict=True)
        ],
        "nav_here": "leadership-reviews",
    }
    return render(request, "programme/reviews/actions.html", context)


@require_GET
@signed_in
def review_actions_csv(request: PersonRequest) -> HttpResponseBase:
    rows = action_list(request.person, _actions_chosen(request), clock.today())

    def lines() -> Iterator[tuple[Any, ...]]:
        for one in rows:
            yield (
                *(one.pk, one.title, one.owner.name, one.due_on, one.state, one.ended_on),
                *(one.outcome, one.review_id, one.review.held_on, str(one.review.unit or "")),
            )

    return csv_file("actions.csv", ACTION_COLUMNS, lines())
