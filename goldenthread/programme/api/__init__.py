"""The programme, handovers and leadership reviews over the API."""

from goldenthread.programme.api import handovers, programme, review_actions, reviews

ROOMS = (programme.room, handovers.room, reviews.room, review_actions.room)
