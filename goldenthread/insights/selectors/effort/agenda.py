"""What effort brings to the agenda of a leadership review: priorities with clearly less of it than of the value."""

import datetime as dt
from collections.abc import Iterator

from goldenthread.insights.selectors.effort.reading import effort_figures
from goldenthread.programme.models import LeadershipReview
from goldenthread.programme.selectors.reviews.agenda import Fact
from goldenthread.strategy.models import Priority
from goldenthread.ui.templatetags.goldenthread import percent

UNEVEN = 0.05  # so much less effort than value, of the whole, is worth a word


def value_without_effort(review: LeadershipReview, on: dt.date) -> Iterator[Fact]:
    """The widest gap first; nothing while weights or effort are not set. One query more than the figures take."""
    found = effort_figures(review.unit_id)
    gaps = []
    for one in found.into:
        effort = found.share_of(one.fte)
        if one.share is not None and effort is not None and one.share - effort >= UNEVEN:
            gaps.append((one.share - effort, one.priority, one.share, effort))
    priorities = Priority.objects.in_bulk([priority for _, priority, _, _ in gaps])
    for _, pk, share, effort in sorted(gaps, reverse=True):
        yield Fact(
            "priority",
            priorities[pk],
            f"{priorities[pk]} has less effort than value",
            f"{percent(share)} of the value, {percent(effort)} of the effort",
        )
