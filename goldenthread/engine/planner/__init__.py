"""The planner: which candidates to run with the people there are, why, and what one person or one choice is worth."""

from goldenthread.engine.planner.facts import (
    METHOD_VERSION,
    Candidate,
    Cell,
    Conflict,
    ConflictKind,
    Key,
    Line,
    Load,
    Marginal,
    NotAPortfolio,
    Outcome,
    Plan,
    Portfolio,
    Price,
    Reason,
    Verdict,
    Why,
)
from goldenthread.engine.planner.planning import forced_price, plan

__all__ = [
    "METHOD_VERSION",
    "Candidate",
    "Cell",
    "Conflict",
    "ConflictKind",
    "Key",
    "Line",
    "Load",
    "Marginal",
    "NotAPortfolio",
    "Outcome",
    "Plan",
    "Portfolio",
    "Price",
    "Reason",
    "Verdict",
    "Why",
    "forced_price",
    "plan",
]
