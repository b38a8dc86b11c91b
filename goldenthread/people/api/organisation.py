"""The organisation, and who the token acts for."""

import datetime as dt
from typing import Self

from goldenthread.core import clock
from goldenthread.core.api.room import Room
from goldenthread.core.api.types import Output, Ref
from goldenthread.core.models import Organisation
from goldenthread.people.access import PersonRequest
from goldenthread.people.models import AccessToken

room = Room("Organisation")


class OrganisationOut(Output):
    """The organisation that this installation serves."""

    name: str
    time_zone: str
    currency: str
    minimum_group: int
    cadence_days: int
    today: dt.date

    @classmethod
    def of(cls, organisation: Organisation) -> Self:
        names = ("name", "time_zone", "currency", "minimum_group", "cadence_days")
        given = {name: getattr(organisation, name) for name in names}
        return cls(**given, today=clock.today())


class TokenOut(Output):
    """The token that this request came with."""

    name: str
    scope: str
    expires_at: dt.datetime


class MeOut(Output):
    """Whom the request acts for; `token` is null in a browser."""

    person: Ref
    leader: bool
    hr: bool
    administrator: bool
    token: TokenOut | None


@room.reading("/organisation", OrganisationOut)
def read_organisation(request: PersonRequest) -> OrganisationOut:
    """Read the organisation.

    `today` is the date in its time zone: due dates and cycle ends are compared with it.
    """
    return OrganisationOut.of(request.organisation)


@room.reading("/me", MeOut)
def read_me(request: PersonRequest) -> MeOut:
    """Read whom the token acts for.

    What a program may do is what this person may do, less what a token that only reads leaves out.
    """
    person = request.person
    token: AccessToken | None = getattr(request, "token", None)
    told = None
    if token is not None:
        told = TokenOut(name=token.name, scope=token.scope, expires_at=token.expires_at)
    return MeOut(
        person=Ref(id=person.pk, name=person.name),
        leader=person.is_leader,
        hr=person.is_hr,
        administrator=person.is_admin,
        token=told,
    )
