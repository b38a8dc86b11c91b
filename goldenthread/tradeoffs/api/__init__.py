"""Decisions over the API."""

from goldenthread.tradeoffs.api import acts, decisions

ROOMS = (decisions.room, acts.room)
