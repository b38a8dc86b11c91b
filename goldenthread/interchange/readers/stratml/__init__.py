"""Reading StratML, the interchange format of strategic plans and performance reports."""

from goldenthread.interchange.readers.stratml.plan import (
    Goal,
    Indicator,
    KeptText,
    MeasurementInstance,
    Organisation,
    Plan,
    PlanObjective,
    PlanValue,
    Relationship,
    Repair,
    Result,
    Role,
    Stakeholder,
    Submitter,
)
from goldenthread.interchange.readers.stratml.read import read_stratml

__all__ = [
    "Goal",
    "Indicator",
    "KeptText",
    "MeasurementInstance",
    "Organisation",
    "Plan",
    "PlanObjective",
    "PlanValue",
    "Relationship",
    "Repair",
    "Result",
    "Role",
    "Stakeholder",
    "Submitter",
    "read_stratml",
]
