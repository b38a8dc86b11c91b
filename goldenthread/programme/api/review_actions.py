"""What leadership reviews have somebody do, over the API: given, listed, finished, put off, dropped."""

from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.http import Http404
from ninja import Query

from goldenthread.core import clock
from goldenthread.core.api.room import Page, Room, page_of
from goldenthread.core.api.types import Id, found
from goldenthread.core.api.versions import version_seen
from goldenthread.people.access import PersonRequest
from goldenthread.people.models import Person
from goldenthread.programme.api.review_shapes import (
    ActionDone,
    ActionDropped,
    ActionLater,
    NewReviewAction,
    ReviewActionOut,
    ReviewActionQuery,
)
from goldenthread.programme.api.reviews import review_of
from goldenthread.programme.models import AgendaPoint, LeadershipReview, ReviewAction
from goldenthread.programme.selectors.reviews.listing import ActionFilter, action_list
from goldenthread.programme.selectors.reviews.page import seen_action, seen_point
from goldenthread.programme.services import reviews as services

room = Room("Leadership reviews")


def _action(request: PersonRequest, pk: int) -> ReviewAction:
    action = seen_action(request.person, pk)
    if action is None:
        raise Http404
    return action


def _actions(request: PersonRequest, chosen: ActionFilter) -> "QuerySet[Any]":
    """With whether the reader sees the point that each is about."""
    reviews = LeadershipReview.objects.visible_to(request.person)
    points = AgendaPoint.objects.seen_by(request.person).filter(review__in=reviews)
    rows: QuerySet[Any] = action_list(request.person, chosen, clock.today())
    rows = rows.annotate(sees_point=Exists(points.filter(pk=OuterRef("point"))))
    return rows.select_related("owner", "author", "review__unit", "review__cycle", "review__chair")


def _shown_action(request: PersonRequest, pk: int) -> ReviewActionOut:
    action: Any = _action(request, pk)
    about = action.point_id
    action.sees_point = about is not None and seen_point(request.person, about) is not None
    return ReviewActionOut.of_all([action])[0]


@room.creating("/leadership-reviews/{review_id}/actions", ReviewActionOut, at="review-actions")
def add_review_action(
    request: PersonRequest, review_id: Id, sent: NewReviewAction
) -> ReviewActionOut:
    """Have somebody do something by a day. They find it on home.

    Who chairs, prepared or attends the review, until it is closed.
    """
    review = review_of(request, review_id)
    owner = found(Person.objects.visible_to(request.person), sent.owner_id, "owner_id")
    assert owner is not None  # an id was sent
    points = AgendaPoint.objects.seen_by(request.person).filter(review=review)
    made = services.add_action(
        actor=request.person,
        review=review,
        title=sent.title,
        owner=owner,
        due_on=sent.due_on,
        point=found(points, sent.point_id, "point_id"),
    )
    return _shown_action(request, made.pk)


@room.listing("/review-actions", ReviewActionOut)
def list_review_actions(
    request: PersonRequest, sent: Query[ReviewActionQuery]
) -> Page[ReviewActionOut]:
    """List what reviews have somebody do, open ones first, the nearest day first.

    Your own, those that you gave, and those of reviews that you may see.
    """
    seen = LeadershipReview.objects.visible_to(request.person)
    chosen = ActionFilter(
        text=sent.q,
        view=sent.state,
        review=found(seen, sent.review_id, "review_id"),
        sort=sent.sort,
    )
    return page_of(request, _actions(request, chosen), sent, ReviewActionOut.of_all)


@room.reading("/review-actions/{action_id}", ReviewActionOut)
def read_review_action(request: PersonRequest, action_id: Id) -> ReviewActionOut:
    """Read an action."""
    return _shown_action(request, action_id)


@room.changing("/review-actions/{action_id}/finish", ReviewActionOut, method="POST")
def finish_review_action(
    request: PersonRequest, action_id: Id, sent: ActionDone
) -> ReviewActionOut:
    """Say that it is done, and what came of it.

    Whose it is, who gave it, who chairs the review.
    """
    action = _action(request, action_id)
    version = version_seen(request, action)
    services.finish_action(
        actor=request.person, action=action, outcome=sent.outcome, version=version
    )
    return _shown_action(request, action_id)


@room.changing("/review-actions/{action_id}/put-off", ReviewActionOut, method="POST")
def put_off_review_action(
    request: PersonRequest, action_id: Id, sent: ActionLater
) -> ReviewActionOut:
    """Put it off to another day, and say why.

    Whose it is, who gave it, who chairs the review.
    """
    action = _action(request, action_id)
    version = version_seen(request, action)
    services.move_action(actor=request.person, action=action, version=version, **sent.given())
    return _shown_action(request, action_id)


@room.changing("/review-actions/{action_id}/drop", ReviewActionOut, method="POST")
def drop_review_action(
    request: PersonRequest, action_id: Id, sent: ActionDropped
) -> ReviewActionOut:
    """Give it up, and say why.

    Whose it is, who gave it, who chairs the review.
    """
    action = _action(request, action_id)
    version = version_seen(request, action)
    services.drop_action(actor=request.person, action=action, reason=sent.reason, version=version)
    return _shown_action(request, action_id)
