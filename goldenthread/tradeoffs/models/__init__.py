"""Decisions, and where the effort goes."""

from goldenthread.tradeoffs.models.allocation import (
    MOST,
    RUN,
    Allocation,
    AllocationQuerySet,
    NonRoutineShare,
    Target,
    Whose,
    key_of_target,
)
from goldenthread.tradeoffs.models.decision import (
    MADE,
    TO_COME,
    TOUCHED,
    Decision,
    DecisionQuerySet,
    Option,
    Touch,
    touched_by,
)

__all__ = [
    "MADE",
    "MOST",
    "RUN",
    "TOUCHED",
    "TO_COME",
    "Allocation",
    "AllocationQuerySet",
    "Decision",
    "DecisionQuerySet",
    "NonRoutineShare",
    "Option",
    "Target",
    "Touch",
    "Whose",
    "key_of_target",
    "touched_by",
]
