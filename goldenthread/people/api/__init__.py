"""The organisation, units and people over the API."""

from goldenthread.people.api import organisation, people, units

ROOMS = (organisation.room, units.room, people.room)
