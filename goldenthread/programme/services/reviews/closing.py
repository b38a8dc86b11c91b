"""Closing the minutes, and correcting them afterwards without changing what was kept."""

from django.db import transaction

from goldenthread.core import audit, clock, versions
from goldenthread.core.access import require
from goldenthread.core.errors import DomainError
from goldenthread.people.models import Person
from goldenthread.permissions import Action
from goldenthread.programme.models import Addendum, LeadershipReview
from goldenthread.programme.services.reviews.preparing import still_open
from goldenthread.tradeoffs.services.parts import said

State = LeadershipReview.State


@transaction.atomic
def close_review(
    *, actor: Person, review: LeadershipReview, version: int | None = None
) -> LeadershipReview:
    """Close the minutes: the agenda stays as it stood, with what was made of it. Who chairs or prepared it.

    Raises `SavedMeanwhile`, `DomainError`.
    """
    require(actor, Action.RUN_REVIEW, review)
    still_open(review)
    if review.held_on > clock.today():
        raise DomainError("It is still to come. Close it on its day, or move it.")
    changes = {"state": State.CLOSED, "closed_at": clock.now(), "closed_by": actor}
    before = {"state": review.state}
    versions.save(review, changes, version=version)
    audit.record(
        actor, "close leadership review", review, before=before, after={"state": review.state}
    )
    return review


@transaction.atomic
def add_addendum(*, actor: Person, review: LeadershipReview, text: str) -> Addendum:
    """Add a correction below closed minutes. Whoever was there. Raises `DomainError`."""
    require(actor, Action.TAKE_MINUTES, review)
    if not review.is_closed:
        raise DomainError("Its minutes are open: correct them where they stand.")
    made = Addendum.objects.create(
        review=review,
        author=actor,
        added_at=clock.now(),
        text=said(text, "text", "Say what is to be corrected."),
    )
    audit.record(actor, "add to the minutes", review, after={"addendum": made.text})
    return made
