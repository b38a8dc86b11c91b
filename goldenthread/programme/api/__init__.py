"""The programme and handovers over the API."""

from goldenthread.programme.api import handovers, programme

ROOMS = (programme.room, handovers.room)
