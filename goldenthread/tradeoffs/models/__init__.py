"""Decisions, where the effort goes, the question what gives, and plans of a cycle."""

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
from goldenthread.tradeoffs.models.plan import (
    Candidate,
    CandidateEffort,
    OwnerLimit,
    Plan,
    PlanQuerySet,
    Scenario,
    TeamCapacity,
)
from goldenthread.tradeoffs.models.what_gives import (
    WAITING,
    CompetingItem,
    WhatGives,
    WhatGivesQuerySet,
)

__all__ = [
    "MADE",
    "MOST",
    "RUN",
    "TOUCHED",
    "TO_COME",
    "WAITING",
    "Allocation",
    "AllocationQuerySet",
    "Candidate",
    "CandidateEffort",
    "CompetingItem",
    "Decision",
    "DecisionQuerySet",
    "NonRoutineShare",
    "Option",
    "OwnerLimit",
    "Plan",
    "PlanQuerySet",
    "Scenario",
    "Target",
    "TeamCapacity",
    "Touch",
    "WhatGives",
    "WhatGivesQuerySet",
    "Whose",
    "key_of_target",
    "touched_by",
]
