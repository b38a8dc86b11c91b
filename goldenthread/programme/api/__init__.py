"""The programme, handovers and leadership reviews over the API."""

from goldenthread.programme.api import handovers, programme, reviews

ROOMS = (programme.room, handovers.room, reviews.room)
