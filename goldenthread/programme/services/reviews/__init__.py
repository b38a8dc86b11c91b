"""Everything that is written about leadership reviews: the meeting, its agenda, what it decides, who does what."""

from goldenthread.programme.services.reviews.actions import (
    drop_action,
    finish_action,
    move_action,
    pass_action,
)
from goldenthread.programme.services.reviews.capturing import (
    add_action,
    decide_on_point,
    keep_notes,
    open_decision_on_point,
    settle_point,
)
from goldenthread.programme.services.reviews.closing import add_addendum, close_review
from goldenthread.programme.services.reviews.preparing import (
    bring_up_to_date,
    edit_review,
    prepare_review,
)

__all__ = [
    "add_action",
    "add_addendum",
    "bring_up_to_date",
    "close_review",
    "decide_on_point",
    "drop_action",
    "edit_review",
    "finish_action",
    "keep_notes",
    "move_action",
    "open_decision_on_point",
    "pass_action",
    "prepare_review",
    "settle_point",
]
