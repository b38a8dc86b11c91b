"""The two sides of an agreement: who answers for the objective, and their management line."""

from enum import StrEnum

from goldenthread.objectives.models import Objective


class Side(StrEnum):
    OWNER = "owner"
    LINE = "line"


def proposer_side(objective: Objective) -> Side | None:
    """Which side made the proposal that stands; whoever does not answer for it counts as the line."""
    return side_of_word(objective, objective.proposed_by_id, objective.proposed_for_id)


def side_of_word(objective: Objective, speaker_id: int | None, for_id: int | None) -> Side | None:
    """The side of somebody who spoke; a deputy of the owner did so in the owner's place, `for_id`."""
    if speaker_id is None:
        return None
    if for_id is not None:
        return Side.OWNER
    accountable = objective.accountable
    is_owners = accountable is not None and accountable.pk == speaker_id
    return Side.OWNER if is_owners else Side.LINE
