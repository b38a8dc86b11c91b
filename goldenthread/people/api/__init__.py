"""The organisation, units, people, who stands in for them, their roles and tokens over the API."""

from goldenthread.people.api import accounts, deputies, organisation, people, tokens, units

ROOMS = (
    organisation.room,
    units.room,
    people.room,
    deputies.room,
    accounts.room,
    tokens.room,
)
