"""Decisions and effort over the API."""

from goldenthread.tradeoffs.api import acts, decisions, effort

ROOMS = (decisions.room, acts.room, effort.room)
