"""Cycles over the API: planned, changed, closed."""

import datetime as dt
from collections.abc import Iterable
from typing import Annotated, Any, Literal, Self

from django.http import Http404
from ninja import Query
from pydantic import Field, StringConstraints

from goldenthread.core.api.room import Page, Room, page_of
from goldenthread.core.api.types import (
    LEFT,
    NO_NUL,
    Day,
    Filter,
    Id,
    Input,
    Line,
    Note,
    RecordOut,
    found,
)
from goldenthread.core.api.versions import version_seen
from goldenthread.objectives.models import Cycle, Objective
from goldenthread.objectives.services.closing import Ending, add_cycle, close_cycle, edit_cycle
from goldenthread.people.access import PersonRequest
from goldenthread.people.services.person import checked_external_id

room = Room("Cycles")
CycleName = Annotated[str, StringConstraints(min_length=1, max_length=60, pattern=NO_NUL)]


class CycleOut(RecordOut):
    """A period in which objectives are set and closed. `landmark_on` is half-way unless it was set."""

    external_id: str
    name: str
    starts_on: dt.date
    ends_on: dt.date
    opens_on: dt.date | None
    landmark_on: dt.date
    closes_on: dt.date | None
    state: Literal["planned", "open", "closed"]

    @classmethod
    def of(cls, cycle: Cycle) -> Self:
        names = ("version", "external_id", "name", "starts_on", "ends_on", "opens_on")
        given: dict[str, Any] = {
            name: getattr(cycle, name) for name in (*names, "closes_on", "state")
        }
        return cls(id=cycle.pk, landmark_on=cycle.landmark, **given)

    @classmethod
    def of_all(cls, cycles: Iterable[Cycle]) -> list[Self]:
        return [cls.of(cycle) for cycle in cycles]


class CycleQuery(Filter):
    state: Literal["planned", "open", "closed", "all"] = "all"
    on: Annotated[Day | None, Field(description="Those that run on this day.")] = None
    sort: Literal["starts_on", "-starts_on", "name", "-name"] = "-starts_on"


class NewCycle(Input):
    name: CycleName
    starts_on: Day
    ends_on: Day
    opens_on: Day | None = None
    landmark_on: Day | None = None
    closes_on: Day | None = None
    external_id: Line = ""


class CycleChanges(Input):
    name: CycleName = LEFT
    starts_on: Day = LEFT
    ends_on: Day = LEFT
    opens_on: Day | None = None
    landmark_on: Day | None = None
    closes_on: Day | None = None


class EndingInCycle(Input):
    """How one objective ends otherwise than by the rule."""

    objective_id: Id
    learning: Note = ""
    drop: bool = False
    carry_into_id: Id | None = None


class Closing(Input):
    """What is not named is scored by the rule; what was never agreed is dropped."""

    endings: Annotated[list[EndingInCycle], Field(max_length=1_000)] = []


def _cycle(cycle_id: int) -> Cycle:
    cycle = Cycle.objects.filter(pk=cycle_id).first()
    if cycle is None:
        raise Http404
    return cycle


@room.listing("/cycles", CycleOut)
def list_cycles(request: PersonRequest, sent: Query[CycleQuery]) -> Page[CycleOut]:
    """List cycles, the latest first."""
    rows = Cycle.objects.all()
    if sent.state != "all":
        rows = rows.filter(state=sent.state)
    if sent.on is not None:
        rows = rows.filter(starts_on__lte=sent.on, ends_on__gte=sent.on)
    return page_of(request, rows.order_by(sent.sort, "-pk"), sent, CycleOut.of_all)


@room.creating("/cycles", CycleOut, at="cycles")
def plan_cycle(request: PersonRequest, sent: NewCycle) -> CycleOut:
    """Add a cycle.

    Leaders and HR partners.
    """
    given = sent.every() | {"external_id": checked_external_id(Cycle, sent.external_id)}
    return CycleOut.of(add_cycle(actor=request.person, **given))


@room.reading("/cycles/{cycle_id}", CycleOut)
def read_cycle(request: PersonRequest, cycle_id: Id) -> CycleOut:
    """Read a cycle."""
    return CycleOut.of(_cycle(cycle_id))


@room.changing("/cycles/{cycle_id}", CycleOut)
def change_cycle(request: PersonRequest, cycle_id: Id, sent: CycleChanges) -> CycleOut:
    """Change the name or the dates of a cycle that is not closed.

    Leaders and HR partners.
    """
    cycle = _cycle(cycle_id)
    version = version_seen(request, cycle)
    edit_cycle(actor=request.person, cycle=cycle, version=version, **sent.given())
    return CycleOut.of(_cycle(cycle_id))


@room.changing("/cycles/{cycle_id}/close", CycleOut, method="POST")
def end_cycle(request: PersonRequest, cycle_id: Id, sent: Closing) -> CycleOut:
    """Close a cycle that is over: every objective is scored by the rule.

    Leaders and HR partners. Dropping one and saying what was learnt are its owner's and their line's.
    """
    cycle = _cycle(cycle_id)
    version_seen(request, cycle)
    seen = Objective.objects.visible_to(request.person).filter(cycle=cycle)
    endings = {}
    for place, one in enumerate(sent.endings):
        objective = found(seen, one.objective_id, f"endings.{place}.objective_id")
        into = found(Cycle.objects.all(), one.carry_into_id, f"endings.{place}.carry_into_id")
        endings[objective.pk] = Ending(one.learning, one.drop, into)
    close_cycle(actor=request.person, cycle=cycle, endings=endings)
    return CycleOut.of(_cycle(cycle_id))
