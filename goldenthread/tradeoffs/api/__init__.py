"""Decisions, effort, what gives and plans over the API."""

from goldenthread.tradeoffs.api import acts, decisions, effort, gives, plans, scenarios

ROOMS = (decisions.room, acts.room, effort.room, gives.room, plans.room, scenarios.room)
