"""The states of an objective, and who may move it where: one table, used by the services, shown in the docs."""

from typing import NamedTuple

from django.db import models

from goldenthread.permissions import Action


class State(models.TextChoices):
    UNCONFIRMED = "unconfirmed", "Unconfirmed"
    DRAFT = "draft", "Draft"
    PROPOSED = "proposed", "Proposed"
    COUNTERED = "countered", "Countered"
    AGREED = "agreed", "Agreed"
    ACTIVE = "active", "Active"
    ACHIEVED = "achieved", "Achieved"
    MISSED = "missed", "Missed"
    DROPPED = "dropped", "Dropped"
    CARRIED_OVER = "carried_over", "Carried over"


BEFORE_AGREEMENT = frozenset({State.UNCONFIRMED, State.DRAFT, State.PROPOSED, State.COUNTERED})
LIVE = frozenset({State.AGREED, State.ACTIVE})
CLOSED = frozenset({State.ACHIEVED, State.MISSED, State.DROPPED, State.CARRIED_OVER})
COUNTED = LIVE | {State.DRAFT, State.PROPOSED, State.COUNTERED}  # open work, confirmed by its owner


class Move(NamedTuple):
    """One permitted step: from, to, the action that permission is asked for, and what it means."""

    source: State
    target: State
    action: Action
    means: str


MOVES: tuple[Move, ...] = (
    Move(
        State.UNCONFIRMED, State.DRAFT, Action.CONFIRM_OBJECTIVE, "The owner takes on what came in"
    ),
    Move(
        State.UNCONFIRMED, State.DROPPED, Action.CONFIRM_OBJECTIVE, "The owner does not take it on"
    ),
    Move(State.DRAFT, State.PROPOSED, Action.PROPOSE_OBJECTIVE, "One side puts it to the other"),
    Move(State.DRAFT, State.DROPPED, Action.EDIT_DRAFT, "Given up before it was agreed"),
    Move(
        State.PROPOSED,
        State.COUNTERED,
        Action.AGREE_OBJECTIVE,
        "The other side answers with a change",
    ),
    Move(State.PROPOSED, State.AGREED, Action.AGREE_OBJECTIVE, "The other side agrees"),
    Move(State.PROPOSED, State.DROPPED, Action.AGREE_OBJECTIVE, "Declined, with a reason"),
    Move(State.COUNTERED, State.PROPOSED, Action.AGREE_OBJECTIVE, "Countered in turn"),
    Move(State.COUNTERED, State.AGREED, Action.AGREE_OBJECTIVE, "The counter is accepted"),
    Move(State.COUNTERED, State.DROPPED, Action.AGREE_OBJECTIVE, "Declined, with a reason"),
    Move(State.AGREED, State.ACTIVE, Action.AGREE_OBJECTIVE, "Its period has begun"),
    Move(State.AGREED, State.DROPPED, Action.CLOSE_OBJECTIVE, "Dropped before it began"),
    Move(State.ACTIVE, State.ACHIEVED, Action.CLOSE_OBJECTIVE, "Closed: the score reaches the bar"),
    Move(
        State.ACTIVE, State.MISSED, Action.CLOSE_OBJECTIVE, "Closed: the score stays below the bar"
    ),
    Move(State.ACTIVE, State.DROPPED, Action.CLOSE_OBJECTIVE, "Closed: no longer worth it"),
    Move(State.ACTIVE, State.CARRIED_OVER, Action.CLOSE_OBJECTIVE, "Closed: a successor goes on"),
)


def move(source: str, target: str) -> Move | None:
    """The step from one state to another, or None where there is none."""
    return next((step for step in MOVES if step.source == source and step.target == target), None)
