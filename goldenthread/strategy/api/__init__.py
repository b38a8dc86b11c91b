"""Strategies, priorities, trade-offs and KPIs over the API."""

from goldenthread.strategy.api import (
    kpi_values,
    kpis,
    priorities,
    results,
    strategies,
    trade_offs,
)

ROOMS = (
    strategies.room,
    priorities.room,
    results.room,
    trade_offs.room,
    kpis.room,
    kpi_values.room,
)
