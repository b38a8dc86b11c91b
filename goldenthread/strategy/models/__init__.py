"""Strategy, priorities, trade-offs and KPIs, and what held of them on a day."""

from goldenthread.strategy.models.held import PriorityHeld, StrategyHeld
from goldenthread.strategy.models.plan import (
    MANY_PRIORITIES,
    ExpectedResult,
    Kpi,
    KpiQuerySet,
    KpiTarget,
    Observation,
    Priority,
    PriorityQuerySet,
    Strategy,
    StrategyQuerySet,
    TradeOff,
    sponsored_by,
)

__all__ = [
    "MANY_PRIORITIES",
    "ExpectedResult",
    "Kpi",
    "KpiQuerySet",
    "KpiTarget",
    "Observation",
    "Priority",
    "PriorityHeld",
    "PriorityQuerySet",
    "Strategy",
    "StrategyHeld",
    "StrategyQuerySet",
    "TradeOff",
    "sponsored_by",
]
