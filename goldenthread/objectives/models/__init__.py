"""Cycles, objectives, key results, contributions, check-ins and expectation changes."""

from goldenthread.objectives.models.cascade import (
    Cascade,
    CascadeQuerySet,
    CascadeSide,
    CascadeVersion,
)
from goldenthread.objectives.models.contribution import Contribution
from goldenthread.objectives.models.cycle import Cycle
from goldenthread.objectives.models.dependency import Dependency, DependencyQuerySet
from goldenthread.objectives.models.expectation_change import ExpectationChange
from goldenthread.objectives.models.held import ObjectiveHeld, ObjectiveScore
from goldenthread.objectives.models.key_result import CheckIn, KeyResult, Milestone
from goldenthread.objectives.models.line import ObjectiveAncestor, ObjectivePriority
from goldenthread.objectives.models.objective import Objective, ObjectiveQuerySet, begun
from goldenthread.objectives.models.template import ObjectiveTemplate, TemplateKeyResult
from goldenthread.objectives.models.waiver import RuleWaiver
from goldenthread.objectives.models.work import PriorityWork, StrategyWork

__all__ = [
    "Cascade",
    "CascadeQuerySet",
    "CascadeSide",
    "CascadeVersion",
    "CheckIn",
    "Contribution",
    "Cycle",
    "Dependency",
    "DependencyQuerySet",
    "ExpectationChange",
    "KeyResult",
    "Milestone",
    "Objective",
    "ObjectiveAncestor",
    "ObjectiveHeld",
    "ObjectivePriority",
    "ObjectiveQuerySet",
    "ObjectiveScore",
    "ObjectiveTemplate",
    "PriorityWork",
    "RuleWaiver",
    "StrategyWork",
    "TemplateKeyResult",
    "begun",
]
