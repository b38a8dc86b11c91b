"""The tables of an export that are for readers alone."""

from goldenthread.interchange.writers.scope import Scope
from goldenthread.interchange.writers.tables import CHUNK, Cells, Table
from goldenthread.interchange.writers.what_gives import what_gives


def review_actions(scope: Scope) -> Cells:
    """What leadership reviews had somebody do."""
    rows = scope.actions.select_related("owner", "review__unit")
    for one in rows.order_by("pk").iterator(CHUNK):
        yield (
            scope.name(one.review.unit),
            one.review.held_on,
            one.title,
            scope.name_of_person(one.owner),
            one.due_on,
            one.get_state_display(),
            one.ended_on,
            one.outcome,
        )


# For readers alone: what was asked, answered and promised between people is no table that anybody brings in.
TO_READ = (
    Table(
        "what_gives",
        "",
        what_gives,
        told="person ask state addressee asked_on due_on escalated_by escalated_on items "
        "answered_on acknowledged_on",
    ),
    Table(
        "review_actions",
        "",
        review_actions,
        told="review_of held_on action owner due_on state ended_on outcome",
    ),
)
