"""How an objective comes to be agreed and how it ends, over the API: one act each."""

from typing import Annotated

from pydantic import Field

from goldenthread.core.api.room import Room
from goldenthread.core.api.types import Id, Input, Note, found
from goldenthread.core.api.versions import version_seen
from goldenthread.objectives.api.shapes import (
    ObjectiveIn,
    ObjectiveOut,
    draft_in,
    objective_of,
    told,
)
from goldenthread.objectives.models import Cycle
from goldenthread.objectives.services import agreement, closing, drafts
from goldenthread.people.access import PersonRequest

room = Room("Agreement")


class Counter(ObjectiveIn):
    note: Note = ""


class Why(Input):
    reason: Annotated[Note, Field(description="It stays on record.")]


class ObjectiveEnding(Input):
    """By the rule, unless it is dropped or carried over into another cycle."""

    learning: Note = ""
    drop: bool = False
    carry_into_id: Id | None = None


class Learning(Input):
    learning: Note


@room.changing("/objectives/{objective_id}/propose", ObjectiveOut, method="POST")
def propose_objective(request: PersonRequest, objective_id: Id) -> ObjectiveOut:
    """Put a draft to the other side; agreed at once where one person speaks for both."""
    objective = objective_of(request, objective_id)
    version = version_seen(request, objective)
    agreement.propose(actor=request.person, objective=objective, version=version)
    return told(request, objective_id)


@room.changing("/objectives/{objective_id}/agree", ObjectiveOut, method="POST")
def agree_objective(request: PersonRequest, objective_id: Id) -> ObjectiveOut:
    """Agree to what the other side proposed, as it was read."""
    objective = objective_of(request, objective_id)
    version = version_seen(request, objective)
    agreement.agree(actor=request.person, objective=objective, version=version)
    return told(request, objective_id)


@room.changing("/objectives/{objective_id}/counter", ObjectiveOut, method="POST")
def counter_objective(request: PersonRequest, objective_id: Id, sent: Counter) -> ObjectiveOut:
    """Answer a proposal with another wording; the other side has the next word."""
    objective = objective_of(request, objective_id)
    version = version_seen(request, objective)
    drafts.counter(
        actor=request.person,
        objective=objective,
        draft=draft_in(request, sent, objective),
        note=sent.note,
        version=version,
    )
    return told(request, objective_id)


@room.changing("/objectives/{objective_id}/decline", ObjectiveOut, method="POST")
def decline_objective(request: PersonRequest, objective_id: Id, sent: Why) -> ObjectiveOut:
    """Say no, with a reason: to a proposal, or to what an import put in one's name."""
    objective = objective_of(request, objective_id)
    version_seen(request, objective)
    agreement.decline(actor=request.person, objective=objective, reason=sent.reason)
    return told(request, objective_id)


@room.changing("/objectives/{objective_id}/confirm", ObjectiveOut, method="POST")
def confirm_objective(request: PersonRequest, objective_id: Id) -> ObjectiveOut:
    """Take on what an import proposed: from now on it counts, as a draft of its owner."""
    objective = objective_of(request, objective_id)
    version_seen(request, objective)
    agreement.confirm(actor=request.person, objective=objective)
    return told(request, objective_id)


@room.changing("/objectives/{objective_id}/close", ObjectiveOut, method="POST")
def close_objective(
    request: PersonRequest, objective_id: Id, sent: ObjectiveEnding
) -> ObjectiveOut:
    """Score and close an agreed objective, drop it, or carry the rest over into another cycle.

    Its owner and their line.
    """
    objective = objective_of(request, objective_id)
    version_seen(request, objective)
    into = found(Cycle.objects.all(), sent.carry_into_id, "carry_into_id")
    ending = closing.Ending(sent.learning, sent.drop, into)
    closing.close_objective(actor=request.person, objective=objective, ending=ending)
    return told(request, objective_id)


@room.changing("/objectives/{objective_id}/learning", ObjectiveOut, method="PUT")
def add_learning(request: PersonRequest, objective_id: Id, sent: Learning) -> ObjectiveOut:
    """Say what is learnt from a closed objective.

    Its owner and their line.
    """
    objective = objective_of(request, objective_id)
    version = version_seen(request, objective)
    closing.add_learning(
        actor=request.person, objective=objective, learning=sent.learning, version=version
    )
    return told(request, objective_id)
