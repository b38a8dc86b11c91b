"""Units over the API."""

import datetime as dt
from collections.abc import Iterable
from typing import Literal, Self

from django.db.models import QuerySet
from django.http import Http404
from ninja import Query

from goldenthread.core.api.room import Page, Room, page_of
from goldenthread.core.api.types import (
    LEFT,
    Day,
    Digits,
    Filter,
    Id,
    Input,
    Line,
    Name,
    Number,
    RecordOut,
    Ref,
    Search,
    found,
)
from goldenthread.core.api.versions import version_seen
from goldenthread.people import selectors, services
from goldenthread.people.access import PersonRequest
from goldenthread.people.models import Person, Unit

room = Room("Units")


class UnitOut(RecordOut):
    """A part of the organisation."""

    external_id: str
    name: str
    parent: Ref | None
    leader: Ref | None
    fte: Digits | None
    ended_on: dt.date | None

    @classmethod
    def of(cls, unit: Unit) -> Self:
        return cls(
            id=unit.pk,
            version=unit.version,
            external_id=unit.external_id,
            name=unit.name,
            parent=Ref.to(unit.parent),
            leader=Ref.to(unit.leader),
            fte=unit.fte,
            ended_on=unit.ended_on,
        )

    @classmethod
    def of_all(cls, units: Iterable[Unit]) -> list[Self]:
        return [cls.of(unit) for unit in units]


class UnitQuery(Filter):
    q: Search = ""
    parent: Id | None = None
    leader: Id | None = None
    state: Literal["in_force", "ended", "all"] = "in_force"
    sort: Literal["name", "-name"] = "name"


class NewUnit(Input):
    name: Name
    parent_id: Id | None = None
    leader_id: Id | None = None
    external_id: Line = ""
    fte: Number | None = None


class UnitChanges(Input):
    name: Name = LEFT
    parent_id: Id | None = None
    leader_id: Id | None = None
    fte: Number | None = None


class LastDay(Input):
    on: Day


def _units() -> "QuerySet[Unit]":
    return Unit.objects.select_related("parent", "leader")


def _unit(unit_id: int) -> Unit:
    unit = _units().filter(pk=unit_id).first()
    if unit is None:
        raise Http404
    return unit


@room.listing("/units", UnitOut)
def list_units(request: PersonRequest, sent: Query[UnitQuery]) -> Page[UnitOut]:
    """List units.

    Those in force, unless `state` says otherwise.
    """
    units = _units().filter(selectors.matches(sent.q, "name"))
    if sent.parent is not None:
        units = units.filter(parent=sent.parent)
    if sent.leader is not None:
        units = units.filter(leader=sent.leader)
    if sent.state != "all":
        units = units.filter(ended_on__isnull=sent.state == "in_force")
    return page_of(request, units.order_by(sent.sort, "pk"), sent, UnitOut.of_all)


@room.creating("/units", UnitOut, at="units")
def add_unit(request: PersonRequest, sent: NewUnit) -> UnitOut:
    """Add a unit.

    Leaders, HR partners and administrators. Who heads it is a leader by that.
    """
    people = Person.objects.visible_to(request.person)
    unit = services.add_unit(
        actor=request.person,
        name=sent.name,
        parent=found(_units(), sent.parent_id, "parent_id"),
        leader=found(people, sent.leader_id, "leader_id"),
        external_id=sent.external_id,
        fte=sent.fte,
    )
    return UnitOut.of(unit)


@room.reading("/units/{unit_id}", UnitOut)
def read_unit(request: PersonRequest, unit_id: Id) -> UnitOut:
    """Read a unit."""
    return UnitOut.of(_unit(unit_id))


@room.changing("/units/{unit_id}", UnitOut)
def change_unit(request: PersonRequest, unit_id: Id, sent: UnitChanges) -> UnitOut:
    """Change a unit: its name, what it is part of, who leads it, its full-time equivalents.

    HR partners and administrators. What is left out stays; null for `parent_id` hangs it at the top. `fte` is what
    it has itself where its people are not entered here.
    """
    unit = _unit(unit_id)
    version = version_seen(request, unit)
    given = sent.given()
    people = Person.objects.visible_to(request.person)
    parent, leader = unit.parent, unit.leader
    if "parent_id" in given:
        parent = found(_units(), sent.parent_id, "parent_id")
    if "leader_id" in given:
        leader = found(people, sent.leader_id, "leader_id")
    services.edit_unit(
        actor=request.person,
        unit=unit,
        name=given.get("name", unit.name),
        parent=parent,
        leader=leader,
        fte=given.get("fte", unit.fte),
        version=version,
    )
    return UnitOut.of(_unit(unit_id))


@room.changing("/units/{unit_id}/end", UnitOut, method="POST")
def end_unit(request: PersonRequest, unit_id: Id, sent: LastDay) -> UnitOut:
    """End a unit on a day.

    HR partners and administrators. Refused while people work in it or other units stand under it.
    """
    unit = _unit(unit_id)
    version_seen(request, unit)
    services.end_unit(actor=request.person, unit=unit, on=sent.on)
    return UnitOut.of(_unit(unit_id))
