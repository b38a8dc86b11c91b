"""The states of a cascade between two units, and who may move it where: one table, used by the services and shown
in the docs."""

from typing import NamedTuple

from django.db import models

from goldenthread.permissions import Action


class CascadeState(models.TextChoices):
    DRAFT = "draft", "Draft"
    PROPOSED = "proposed", "Proposed"
    COUNTERED = "countered", "Countered"
    AGREED = "agreed", "Agreed"
    ACTIVE = "active", "Active"
    DECLINED = "declined", "Declined"
    WITHDRAWN = "withdrawn", "Withdrawn"


WAITING = frozenset({CascadeState.PROPOSED, CascadeState.COUNTERED})
OPEN = WAITING | {CascadeState.DRAFT}
SETTLED = frozenset({CascadeState.AGREED, CascadeState.ACTIVE})


class CascadeMove(NamedTuple):
    """One permitted step: from, to, the action that permission is asked for, and what it means."""

    source: CascadeState
    target: CascadeState
    action: Action
    means: str


_S, _A = CascadeState, Action

CASCADE_MOVES: tuple[CascadeMove, ...] = (
    CascadeMove(_S.DRAFT, _S.PROPOSED, _A.PROPOSE_CASCADE, "One unit puts it to the other"),
    CascadeMove(_S.DRAFT, _S.WITHDRAWN, _A.WITHDRAW_CASCADE, "Given up before it was proposed"),
    CascadeMove(_S.PROPOSED, _S.COUNTERED, _A.COUNTER_CASCADE, "Answered with another version"),
    CascadeMove(_S.COUNTERED, _S.COUNTERED, _A.COUNTER_CASCADE, "Countered in turn"),
    CascadeMove(_S.PROPOSED, _S.AGREED, _A.AGREE_CASCADE, "The other side agrees"),
    CascadeMove(_S.COUNTERED, _S.AGREED, _A.AGREE_CASCADE, "The counter is accepted"),
    CascadeMove(_S.PROPOSED, _S.DECLINED, _A.DECLINE_CASCADE, "Declined, with a reason"),
    CascadeMove(_S.COUNTERED, _S.DECLINED, _A.DECLINE_CASCADE, "Declined, with a reason"),
    CascadeMove(_S.PROPOSED, _S.WITHDRAWN, _A.WITHDRAW_CASCADE, "Taken back by who opened it"),
    CascadeMove(_S.COUNTERED, _S.WITHDRAWN, _A.WITHDRAW_CASCADE, "Taken back by who opened it"),
    CascadeMove(
        _S.AGREED, _S.ACTIVE, _A.AGREE_CASCADE, "The period of the objective made has begun"
    ),
)


def cascade_move(source: str, target: str) -> CascadeMove | None:
    """The step from one state to another, or None where there is none."""
    steps = (one for one in CASCADE_MOVES if one.source == source and one.target == target)
    return next(steps, None)
