"""Everything that reads the strategy and its KPIs, in a fixed number of queries."""

from goldenthread.strategy.selectors.kpi import (
    Aim,
    Point,
    Standing,
    kpi_history,
    kpi_standings,
)
from goldenthread.strategy.selectors.kpi_list import KpiFilter, find_kpis, kpi_list
from goldenthread.strategy.selectors.strategy import (
    Dispersion,
    PriorityStanding,
    ResultStanding,
    dispersion_of,
    priorities_of,
    priority_standings,
    shares_of,
    strategy_in_force,
    trade_offs_of,
    weights_of,
)

__all__ = [
    "Aim",
    "Dispersion",
    "KpiFilter",
    "Point",
    "PriorityStanding",
    "ResultStanding",
    "Standing",
    "dispersion_of",
    "find_kpis",
    "kpi_history",
    "kpi_list",
    "kpi_standings",
    "priorities_of",
    "priority_standings",
    "shares_of",
    "strategy_in_force",
    "trade_offs_of",
    "weights_of",
]
