"""Handovers, what HR asked somebody to look at, what mail told each person last; leadership reviews with their minutes."""

from goldenthread.programme.models.handover import (
    Handover,
    HandoverQuerySet,
    Nudge,
    Reminder,
)
from goldenthread.programme.models.review import (
    ABOUT,
    Addendum,
    AgendaPoint,
    AgendaPointQuerySet,
    LeadershipReview,
    LeadershipReviewQuerySet,
    ReviewAction,
    ReviewActionQuerySet,
)

__all__ = [
    "ABOUT",
    "Addendum",
    "AgendaPoint",
    "AgendaPointQuerySet",
    "Handover",
    "HandoverQuerySet",
    "LeadershipReview",
    "LeadershipReviewQuerySet",
    "Nudge",
    "Reminder",
    "ReviewAction",
    "ReviewActionQuerySet",
]
