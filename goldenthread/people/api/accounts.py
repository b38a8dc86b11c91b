"""Roles and accounts over the API: who holds which office, and who may sign in."""

from typing import Annotated, Self

from pydantic import Field

from goldenthread.core.access import require
from goldenthread.core.api.room import Room
from goldenthread.core.api.types import LEFT, Id, Input, Output, RecordOut, Ref
from goldenthread.core.api.versions import version_seen
from goldenthread.people import services
from goldenthread.people.access import PersonRequest
from goldenthread.people.api.people import person_of
from goldenthread.people.models import Person
from goldenthread.permissions import Action

room = Room("Roles and accounts")


class RolesOut(RecordOut):
    """What somebody holds by grant, and whether they can sign in. `leads`: a leader by that, or as head of a unit or sponsor."""

    name: str
    leader: bool
    hr: bool
    administrator: bool
    leads: bool
    signs_in: bool

    @classmethod
    def of(cls, person: Person) -> Self:
        return cls(
            id=person.pk,
            version=person.version,
            name=person.name,
            leader=person.granted_leader,
            hr=person.is_hr,
            administrator=person.is_admin,
            leads=person.is_leader,
            signs_in=person.user is not None and person.user.is_active,
        )


class RoleChanges(Input):
    leader: bool = LEFT
    hr: bool = LEFT
    administrator: bool = LEFT


class InvitationOut(Output):
    """With the link somebody chooses a password, within seven days. `mailed`: it is on its way to them as well."""

    person: Ref
    link: Annotated[
        str | None,
        Field(description="Shown this once; null where a request is repeated by its key."),
    ]
    mailed: bool

    def to_keep(self) -> Self:
        """Nobody reads the link again."""
        return self.model_copy(update={"link": None})


@room.reading("/people/{person_id}/roles", RolesOut)
def read_roles(request: PersonRequest, person_id: Id) -> RolesOut:
    """Read the roles that somebody holds by grant.

    Administrators. Its `version` is that of the person.
    """
    person = person_of(request, person_id)
    require(request.person, Action.GRANT_ROLES)
    return RolesOut.of(person)


@room.changing("/people/{person_id}/roles", RolesOut)
def grant_roles(request: PersonRequest, person_id: Id, sent: RoleChanges) -> RolesOut:
    """Grant somebody roles, or take them back; what is left out stays.

    Administrators. Who heads a unit or sponsors a priority leads without a grant. The last administrator who can sign
    in stays one.
    """
    person = person_of(request, person_id)
    version_seen(request, person)
    given = sent.given()
    services.grant_roles(
        actor=request.person,
        person=person,
        leader=given.get("leader", person.granted_leader),
        hr=given.get("hr", person.is_hr),
        admin=given.get("administrator", person.is_admin),
    )
    return RolesOut.of(person_of(request, person_id))


@room.creating("/people/{person_id}/invitation", InvitationOut)
def invite_person(request: PersonRequest, person_id: Id) -> InvitationOut:
    """Invite somebody without an account; an earlier invitation opens nothing any more.

    Leaders, HR partners and administrators; who holds an office, or stands above others, is invited by administrators,
    leaders and managers also by those above them.
    """
    person = person_of(request, person_id)
    site = request.build_absolute_uri("/")
    made = services.invite(actor=request.person, person=person, site=site)
    return InvitationOut(
        person=Ref(id=person.pk, name=person.name), link=made.link, mailed=made.job is not None
    )


@room.changing("/people/{person_id}/account/close", RolesOut, method="POST", matched=False)
def close_account(request: PersonRequest, person_id: Id) -> RolesOut:
    """Stop somebody from signing in, at once; their tokens open nothing any more.

    Administrators.
    """
    person = person_of(request, person_id)
    services.deactivate_account(actor=request.person, person=person)
    return RolesOut.of(person_of(request, person_id))


@room.changing("/people/{person_id}/account/open", RolesOut, method="POST", matched=False)
def open_account(request: PersonRequest, person_id: Id) -> RolesOut:
    """Let somebody sign in again.

    Administrators.
    """
    person = person_of(request, person_id)
    services.reactivate_account(actor=request.person, person=person)
    return RolesOut.of(person_of(request, person_id))
