"""Decisions, effort and what gives over the API."""

from goldenthread.tradeoffs.api import acts, decisions, effort, gives

ROOMS = (decisions.room, acts.room, effort.room, gives.room)
