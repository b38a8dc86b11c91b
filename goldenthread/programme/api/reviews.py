"""Leadership reviews over the API: prepared, brought up to date, captured, closed, corrected; and their actions."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Prefetch, QuerySet
from django.http import Http404
from ninja import Query

from goldenthread.core.api.room import Page, Room, page_of
from goldenthread.core.api.types import Filter, Id, found
from goldenthread.core.api.versions import version_seen
from goldenthread.core.errors import DomainError
from goldenthread.objectives.models import Cycle
from goldenthread.people.access import PersonRequest
from goldenthread.people.models import Person, Unit
from goldenthread.people.seen import one_seen
from goldenthread.programme.api.review_shapes import (
    AddendumOut,
    AgendaPointOut,
    LeadershipReviewChanges,
    LeadershipReviewOut,
    LeadershipReviewQuery,
    NewAddendum,
    NewLeadershipReview,
    NotesIn,
    PointChoice,
    PointOutcome,
    PointQuestion,
)
from goldenthread.programme.models import Addendum, AgendaPoint, LeadershipReview
from goldenthread.programme.selectors.reviews.listing import ReviewFilter, review_list
from goldenthread.programme.selectors.reviews.page import (
    Point,
    review_page,
    seen_point,
    seen_review,
)
from goldenthread.programme.services import reviews as services
from goldenthread.tradeoffs.api.decisions import shown as decision_shown
from goldenthread.tradeoffs.api.shapes import DecisionOut

room = Room("Leadership reviews")


def review_of(request: PersonRequest, pk: int) -> LeadershipReview:
    """The review, or 404 where there is none that the reader may see."""
    review = seen_review(request.person, pk)
    if review is None:
        raise Http404
    return review


def _point(request: PersonRequest, pk: int) -> AgendaPoint:
    point = seen_point(request.person, pk)
    if point is None:
        raise Http404
    return point


def _listed(rows: "QuerySet[Any]") -> "QuerySet[Any]":
    loaded = rows.select_related("cycle", "unit", "chair", "author", "closed_by")
    addenda = Addendum.objects.select_related("author")
    return loaded.prefetch_related("attendees", Prefetch("addenda", addenda))


@one_seen
def _as_listed(reader: Person, pk: int) -> "QuerySet[Any, Any]":
    return _listed(review_list(reader, ReviewFilter()).filter(pk=pk))


def _shown(request: PersonRequest, pk: int) -> LeadershipReviewOut:
    """As it stands now."""
    one = _as_listed(request.person, pk)
    if one is None:
        raise Http404
    return LeadershipReviewOut.of_all([one])[0]


def _shown_point(request: PersonRequest, point: AgendaPoint) -> AgendaPointOut:
    page = review_page(point.review, request.person)
    return AgendaPointOut.of(next(one for one in page.points if one.point.pk == point.pk))


def _people(request: PersonRequest, ids: Sequence[int], field: str) -> list[Person]:
    """Those named, in one query."""
    known = Person.objects.visible_to(request.person).in_bulk(ids)
    for place, pk in enumerate(ids):
        if pk not in known:
            raise DomainError(f"There is no person {pk} here.", f"{field}.{place}")
    return [known[pk] for pk in ids]


# The meeting ----------------------------------------------------------------------------------------------------


@room.listing("/leadership-reviews", LeadershipReviewOut)
def list_leadership_reviews(
    request: PersonRequest, sent: Query[LeadershipReviewQuery]
) -> Page[LeadershipReviewOut]:
    """List leadership reviews, the latest first.

    Leaders all; others those that they chair, prepared or attend.
    """
    chosen = ReviewFilter(
        text=sent.q,
        view=sent.state,
        unit=found(Unit.objects.all(), sent.unit_id, "unit_id"),
        cycle=found(Cycle.objects.all(), sent.cycle_id, "cycle_id"),
    )
    rows = _listed(review_list(request.person, chosen))
    return page_of(request, rows, sent, LeadershipReviewOut.of_all)


@room.creating("/leadership-reviews", LeadershipReviewOut, at="leadership-reviews")
def prepare_leadership_review(
    request: PersonRequest, sent: NewLeadershipReview
) -> LeadershipReviewOut:
    """Set a review on a day, and make its agenda from the data.

    A leader.
    """
    cycle = found(Cycle.objects.all(), sent.cycle_id, "cycle_id")
    assert cycle is not None  # an id was sent
    people = Person.objects.visible_to(request.person)
    made = services.prepare_review(
        actor=request.person,
        cycle=cycle,
        held_on=sent.held_on,
        unit=found(Unit.objects.all(), sent.unit_id, "unit_id"),
        chair=found(people, sent.chair_id, "chair_id"),
        attendees=_people(request, sent.attendee_ids, "attendee_ids"),
    )
    return _shown(request, made.pk)


@room.reading("/leadership-reviews/{review_id}", LeadershipReviewOut)
def read_leadership_review(request: PersonRequest, review_id: Id) -> LeadershipReviewOut:
    """Read a review with its notes and corrections; its agenda is a list of its own."""
    return _shown(request, review_id)


@room.changing("/leadership-reviews/{review_id}", LeadershipReviewOut)
def change_leadership_review(
    request: PersonRequest, review_id: Id, sent: LeadershipReviewChanges
) -> LeadershipReviewOut:
    """Move it to another day, name who chairs it, say who is there.

    Who chairs or prepared it, until it is closed.
    """
    review = review_of(request, review_id)
    version, given = version_seen(request, review), sent.given()
    people = Person.objects.visible_to(request.person)
    there = given.get("attendee_ids")
    services.edit_review(
        actor=request.person,
        review=review,
        held_on=given.get("held_on", review.held_on),
        chair=found(people, given.get("chair_id"), "chair_id") or review.chair,
        attendees=list(review.attendees.all())
        if there is None
        else _people(request, there, "attendee_ids"),
        version=version,
    )
    return _shown(request, review_id)


@room.changing(
    "/leadership-reviews/{review_id}/bring-up-to-date", LeadershipReviewOut, method="POST"
)
def bring_leadership_review_up_to_date(
    request: PersonRequest, review_id: Id
) -> LeadershipReviewOut:
    """Read the agenda anew from the data; what was written about a point stays.

    Who chairs, prepared or attends it, until it is closed.
    """
    review = review_of(request, review_id)
    version_seen(request, review)
    services.bring_up_to_date(actor=request.person, review=review)
    return _shown(request, review_id)


@room.changing("/leadership-reviews/{review_id}/notes", LeadershipReviewOut, method="PUT")
def keep_review_notes(request: PersonRequest, review_id: Id, sent: NotesIn) -> LeadershipReviewOut:
    """Write what else is to stand in the minutes. Everybody who sees the review reads them.

    Who chairs, prepared or attends it, until it is closed.
    """
    review = review_of(request, review_id)
    version = version_seen(request, review)
    services.keep_notes(actor=request.person, review=review, notes=sent.notes, version=version)
    return _shown(request, review_id)


@room.changing("/leadership-reviews/{review_id}/close", LeadershipReviewOut, method="POST")
def close_leadership_review(request: PersonRequest, review_id: Id) -> LeadershipReviewOut:
    """Close the minutes: the agenda stays as it stood, with what was made of it.

    Who chairs or prepared it, from its day on.
    """
    review = review_of(request, review_id)
    version = version_seen(request, review)
    services.close_review(actor=request.person, review=review, version=version)
    return _shown(request, review_id)


@room.creating("/leadership-reviews/{review_id}/addenda", AddendumOut)
def add_review_addendum(request: PersonRequest, review_id: Id, sent: NewAddendum) -> AddendumOut:
    """Add a correction below closed minutes; what was kept stays.

    Who chaired, prepared or attended it.
    """
    review = review_of(request, review_id)
    return AddendumOut.of(
        services.add_addendum(actor=request.person, review=review, text=sent.text)
    )


# The agenda -----------------------------------------------------------------------------------------------------


@room.listing("/leadership-reviews/{review_id}/points", AgendaPointOut)
def list_agenda_points(
    request: PersonRequest, review_id: Id, sent: Query[Filter]
) -> Page[AgendaPointOut]:
    """List what stands on the agenda, in its order, as far as you may see what it is about."""
    points: list[Point] = review_page(review_of(request, review_id), request.person).points
    return page_of(request, points, sent, AgendaPointOut.of_all)


@room.reading("/agenda-points/{point_id}", AgendaPointOut)
def read_agenda_point(request: PersonRequest, point_id: Id) -> AgendaPointOut:
    """Read a point of an agenda."""
    return _shown_point(request, _point(request, point_id))


@room.changing("/agenda-points/{point_id}/settle", AgendaPointOut, method="POST", matched=False)
def settle_agenda_point(request: PersonRequest, point_id: Id, sent: PointOutcome) -> AgendaPointOut:
    """Say that there is nothing to do, and why, or that it comes again next time.

    Who chairs, prepared or attends the review, until it is closed.
    """
    point = _point(request, point_id)
    services.settle_point(actor=request.person, point=point, outcome=sent.outcome, note=sent.note)
    return _shown_point(request, _point(request, point_id))


@room.creating("/agenda-points/{point_id}/questions", DecisionOut, at="decisions")
def open_question_on_point(
    request: PersonRequest, point_id: Id, sent: PointQuestion
) -> DecisionOut:
    """Open a question that touches what the point is about, to be decided by a day.

    Leaders who take the minutes.
    """
    given = sent.given()
    people = Person.objects.visible_to(request.person)
    decider = found(people, given.pop("decider_id", None), "decider_id")
    made = services.open_decision_on_point(
        actor=request.person, point=_point(request, point_id), decider=decider, **given
    )
    return decision_shown(request, made.pk)


@room.creating("/agenda-points/{point_id}/decisions", DecisionOut, at="decisions")
def decide_on_agenda_point(request: PersonRequest, point_id: Id, sent: PointChoice) -> DecisionOut:
    """Decide here and now: the question that the point is about, or another one that touches it.

    Leaders who take the minutes; a question that is open, who decides it.
    """
    made = services.decide_on_point(
        actor=request.person, point=_point(request, point_id), **sent.given()
    )
    return decision_shown(request, made.pk)
