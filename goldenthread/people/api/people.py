"""People over the API: the list, one person, their reporting line, their days away."""

import datetime as dt
from collections.abc import Iterable
from typing import Annotated, Any, Literal, Self

from django.http import Http404
from ninja import Query
from pydantic import Field, StringConstraints

from goldenthread.core.access import require
from goldenthread.core.api.room import Page, Room, page_of
from goldenthread.core.api.types import (
    LEFT,
    NO_NUL,
    Day,
    Digits,
    Filter,
    Id,
    Input,
    Line,
    Name,
    Number,
    Output,
    RecordOut,
    Ref,
    Search,
    found,
)
from goldenthread.core.api.versions import version_seen
from goldenthread.people import selectors, services
from goldenthread.people.access import PersonRequest
from goldenthread.people.api.units import LastDay
from goldenthread.people.models import Absence, Person, Unit
from goldenthread.permissions import Action

room = Room("People")
Email = Annotated[str, StringConstraints(max_length=254, pattern=NO_NUL)]
Level = Annotated[str, StringConstraints(max_length=60, pattern=NO_NUL)]
Account = Literal["with", "invited", "without"]


class PersonOut(RecordOut):
    """Somebody who works here, or did. `leader`: head of a unit, sponsor of a priority, or granted."""

    external_id: str
    name: str
    email: str
    unit: Ref | None
    manager: Ref | None
    position: str
    level: str
    fte: Digits
    start: dt.date | None
    end: dt.date | None
    leader: bool
    account: Account

    @classmethod
    def of(cls, person: Person) -> Self:
        names = ("external_id", "name", "email", "position", "level", "fte", "start", "end")
        account: Account = "without"
        if person.user_id:
            account = "with"
        elif person.invited_at:
            account = "invited"
        return cls(
            id=person.pk,
            version=person.version,
            unit=Ref.to(person.unit),
            manager=Ref.to(person.manager),
            leader=person.is_leader,
            account=account,
            **{name: getattr(person, name) for name in names},
        )

    @classmethod
    def of_all(cls, people: Iterable[Person]) -> list[Self]:
        return [cls.of(person) for person in people]


class PersonQuery(Filter):
    q: Search = ""
    unit: Annotated[Id | None, Field(description="With the units below it.")] = None
    manager: Annotated[Id | None, Field(description="Who reports to this person directly.")] = None
    no_manager: bool = False
    state: Literal["working", "left", "all"] = "working"
    account: Literal["", "with", "invited", "without"] = ""
    sort: Literal[
        "name", "unit", "manager", "position", "fte", "start",
        "-name", "-unit", "-manager", "-position", "-fte", "-start",
    ] = "name"  # fmt: skip


class NewPerson(Input):
    name: Name
    email: Email = ""
    unit_id: Id | None = None
    manager_id: Id | None = None
    position: Line = ""
    level: Level = ""
    fte: Number = LEFT
    start: Day | None = None
    end: Day | None = None
    external_id: Line = ""


class PersonChanges(Input):
    name: Name = LEFT
    email: Email = LEFT
    unit_id: Id | None = None
    manager_id: Id | None = None
    position: Line = LEFT
    level: Level = LEFT
    fte: Number = LEFT
    start: Day | None = None
    end: Day | None = None
    external_id: Line = LEFT


class ReportingLineOut(Output):
    """Who stands above a person, the highest first, and how many report to them."""

    above: list[Ref]
    direct_reports: int
    everybody_below: int


class AbsenceOut(Output):
    """Days away, for planning; never why."""

    id: Id
    start: dt.date
    end: dt.date

    @classmethod
    def of(cls, absence: Absence) -> Self:
        return cls(id=absence.pk, start=absence.start, end=absence.end)

    @classmethod
    def of_all(cls, absences: Iterable[Absence]) -> list[Self]:
        return [cls.of(absence) for absence in absences]


class NewAbsence(Input):
    start: Day
    end: Day


def person_of(request: PersonRequest, person_id: int) -> Person:
    seen = Person.objects.visible_to(request.person)
    person = seen.select_related("unit", "manager", "user").filter(pk=person_id).first()
    if person is None:
        raise Http404
    return person


def _fields(request: PersonRequest, sent: Input) -> dict[str, Any]:
    """What was sent, with the records that it names by id."""
    given = sent.given()
    if "unit_id" in given:
        given["unit"] = found(Unit.objects.all(), given.pop("unit_id"), "unit_id")
    if "manager_id" in given:
        people = Person.objects.visible_to(request.person)
        given["manager"] = found(people, given.pop("manager_id"), "manager_id")
    return given


@room.listing("/people", PersonOut)
def list_people(request: PersonRequest, sent: Query[PersonQuery]) -> Page[PersonOut]:
    """List people.

    Those who work here today, unless `state` says otherwise.
    """
    seen = Person.objects.visible_to(request.person)
    chosen = selectors.PeopleFilter(
        text=sent.q,
        unit=found(Unit.objects.all(), sent.unit, "unit"),
        manager=found(seen, sent.manager, "manager"),
        no_manager=sent.no_manager,
        state=sent.state,
        account=sent.account,
        sort=sent.sort,
    )
    return page_of(request, selectors.people_list(request.person, chosen), sent, PersonOut.of_all)


@room.creating("/people", PersonOut, at="people")
def add_person(request: PersonRequest, sent: NewPerson) -> PersonOut:
    """Add a person, without an account.

    Leaders, HR partners and administrators.
    """
    return PersonOut.of(services.add_person(actor=request.person, **_fields(request, sent)))


@room.reading("/people/{person_id}", PersonOut)
def read_person(request: PersonRequest, person_id: Id) -> PersonOut:
    """Read a person."""
    return PersonOut.of(person_of(request, person_id))


@room.changing("/people/{person_id}", PersonOut)
def change_person(request: PersonRequest, person_id: Id, sent: PersonChanges) -> PersonOut:
    """Change a person: what is left out stays.

    HR partners and administrators; the e-mail of somebody with an account administrators alone. Nobody comes to
    stand above somebody by their own change.
    """
    person = person_of(request, person_id)
    version = version_seen(request, person)
    services.edit_person(
        actor=request.person, person=person, version=version, **_fields(request, sent)
    )
    return PersonOut.of(person_of(request, person_id))


@room.changing("/people/{person_id}/leave", PersonOut, method="POST")
def note_leaving(request: PersonRequest, person_id: Id, sent: LastDay) -> PersonOut:
    """Note somebody's last day here.

    HR partners and administrators. To take it back, change the person with `end` null.
    """
    person = person_of(request, person_id)
    version_seen(request, person)
    services.leave(actor=request.person, person=person, on=sent.on)
    return PersonOut.of(person_of(request, person_id))


@room.reading("/people/{person_id}/reporting-line", ReportingLineOut)
def read_reporting_line(request: PersonRequest, person_id: Id) -> ReportingLineOut:
    """Read who stands above a person, and how many report to them.

    Those who report to them directly are listed by `/people?manager=`.
    """
    person = person_of(request, person_id)
    above = [Ref(id=one.pk, name=one.name) for one in selectors.managers_above(person)]
    direct = person.reports.count()
    below = selectors.people_below(person).count()
    return ReportingLineOut(above=above, direct_reports=direct, everybody_below=below)


# Days away ----------------------------------------------------------------------------------------------------
@room.listing("/people/{person_id}/absences", AbsenceOut)
def list_absences(request: PersonRequest, person_id: Id, sent: Query[Filter]) -> Page[AbsenceOut]:
    """List the days away that a person has noted.

    They, the line above and HR partners.
    """
    person = person_of(request, person_id)
    require(request.person, Action.RECORD_ABSENCE, person)
    return page_of(request, person.absences.order_by("start", "pk"), sent, AbsenceOut.of_all)


@room.creating("/people/{person_id}/absences", AbsenceOut)
def note_absence(request: PersonRequest, person_id: Id, sent: NewAbsence) -> AbsenceOut:
    """Note days on which somebody is away, never why.

    They, the line above and HR partners.
    """
    person = person_of(request, person_id)
    absence = services.record_absence(actor=request.person, person=person, **sent.given())
    return AbsenceOut.of(absence)


@room.removing("/absences/{absence_id}", matched=False)
def remove_absence(request: PersonRequest, absence_id: Id) -> None:
    """Take back days noted as away.

    Whoever may note them.
    """
    absence = Absence.objects.select_related("person").filter(pk=absence_id).first()
    if absence is None:
        raise Http404
    services.remove_absence(actor=request.person, absence=absence)
