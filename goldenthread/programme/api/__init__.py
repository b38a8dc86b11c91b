"""Handovers over the API."""

from goldenthread.programme.api import handovers

ROOMS = (handovers.room,)
