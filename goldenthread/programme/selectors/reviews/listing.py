"""The leadership reviews and their actions, as narrowed."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, F, OuterRef, Q, QuerySet

from goldenthread.core.counts import count_of
from goldenthread.objectives.models import Cycle
from goldenthread.people.models import Person, Unit
from goldenthread.people.selectors import matches
from goldenthread.programme.models import AgendaPoint, LeadershipReview, ReviewAction

REVIEW_VIEWS = ("", "prepared", "closed")
ACTION_VIEWS = ("", "open", "overdue", "mine", "done", "dropped")
ACTION_SORTS = {"owner": "owner__name", "due": "due_on", "title": "title"}
State = ReviewAction.State


@dataclass(frozen=True)
class ReviewFilter:
    """What the list of reviews is narrowed to; the address of the page says it."""

    text: str = ""
    view: str = ""  # one of REVIEW_VIEWS
    unit: Unit | None = None
    cycle: Cycle | None = None


@dataclass(frozen=True)
class ActionFilter:
    """What the list of actions is narrowed to."""

    text: str = ""
    view: str = ""  # one of ACTION_VIEWS
    review: LeadershipReview | None = None
    sort: str = ""  # a key of ACTION_SORTS, with "-" for the other way


def review_list(reader: Person, chosen: ReviewFilter) -> "QuerySet[Any]":
    """Those that the reader may see, the latest first, with how many decisions they made and actions they gave."""
    rows = LeadershipReview.objects.visible_to(reader)
    if chosen.text:
        rows = rows.filter(
            matches(chosen.text, "cycle__name", "unit__name", "chair__name", "notes")
        )
    if chosen.view:
        rows = rows.filter(state=chosen.view)
    if chosen.unit is not None:
        rows = rows.filter(unit=chosen.unit)
    if chosen.cycle is not None:
        rows = rows.filter(cycle=chosen.cycle)
    points = AgendaPoint.objects.seen_by(reader).filter(review=OuterRef("pk"))
    actions = ReviewAction.objects.visible_to(reader).filter(review=OuterRef("pk"))
    return (
        rows.select_related("cycle", "unit", "chair")
        .annotate(
            decisions=count_of(points.filter(made__isnull=False)),
            actions_given=count_of(actions),
            actions_open=count_of(actions.filter(state=State.OPEN)),
        )
        .order_by("-held_on", "-pk")
    )


def action_list(reader: Person, chosen: ActionFilter, on: dt.date) -> "QuerySet[Any]":
    """Those that the reader may see, as narrowed: open ones first, the nearest day first."""
    rows = ReviewAction.objects.visible_to(reader)
    if chosen.text:
        rows = rows.filter(matches(chosen.text, "title", "owner__name"))
    if chosen.review is not None:
        rows = rows.filter(review=chosen.review)
    rows = rows.filter(_view(reader, chosen.view, on))
    rows = rows.select_related("owner", "review__unit", "review__cycle")
    name = ACTION_SORTS.get(chosen.sort.removeprefix("-"))
    if name is not None:
        by = F(name).desc() if chosen.sort.startswith("-") else F(name).asc()
        return rows.order_by(by, "pk")
    return rows.order_by(F("ended_on").desc(nulls_first=True), "due_on", "pk")


def _view(reader: Person, view: str, on: dt.date) -> Q:
    views = {
        "open": Q(state=State.OPEN),
        "overdue": Q(state=State.OPEN, due_on__lt=on),
        "mine": Q(state=State.OPEN, owner__in=reader.self_and_lenders),
        "done": Q(state=State.DONE),
        "dropped": Q(state=State.DROPPED),
    }
    return views.get(view, Q())


def action_totals(reader: Person, on: dt.date) -> dict[str, int]:
    """How many there are in each view. One query."""
    counts = {
        view or "every": Count("pk", filter=_view(reader, view, on) if view else None)
        for view in ACTION_VIEWS
    }
    counted: dict[str, int] = ReviewAction.objects.visible_to(reader).aggregate(**counts)
    return counted


def actions_waiting_for(person: Person, until: dt.date) -> list[ReviewAction]:
    """What they, or those whom they stand in for, are to have done by `until`, or earlier. One query."""
    rows = ReviewAction.objects.open().filter(owner__in=person.self_and_lenders, due_on__lte=until)
    return list(
        rows.select_related("owner", "review__unit", "review__cycle").order_by("due_on", "pk")
    )


def reviews_at_hand(person: Person, on: dt.date) -> list[LeadershipReview]:
    """Those that they, or those whom they stand in for, chair: soon, today, or gone by and not closed. One query."""
    rows = LeadershipReview.objects.at_hand(on).filter(chair__in=person.self_and_lenders)
    return list(rows.select_related("cycle", "unit", "chair").order_by("held_on", "pk"))
