"""Effort over the API: every share listed; those of one person or unit in a cycle read and set."""

import datetime as dt
from collections.abc import Iterable
from decimal import Decimal
from typing import Annotated, Any, Literal, Self

from django.db.models import QuerySet
from django.http import Http404
from ninja import Query
from pydantic import Field

from goldenthread.core.access import require
from goldenthread.core.api.room import Page, Room, page_of
from goldenthread.core.api.types import (
    Day,
    Digits,
    Filter,
    Id,
    Input,
    Number,
    Output,
    RecordOut,
    Ref,
    Short,
    found,
)
from goldenthread.core.errors import DomainError
from goldenthread.objectives.models import Cycle, Objective
from goldenthread.people.access import PersonRequest
from goldenthread.people.models import Person, Unit
from goldenthread.permissions import Action
from goldenthread.strategy.models import Priority
from goldenthread.tradeoffs import services
from goldenthread.tradeoffs.models import RUN, Allocation, Target, Whose
from goldenthread.tradeoffs.selectors.allocations import hidden_targets, stamp
from goldenthread.tradeoffs.services.allocating import allocation_of

room = Room("Effort")
Kind = Literal["objective", "priority", "run"]
LOADED = ("person", "unit", "objective", "priority", "cycle")


class EffortTargetOut(Output):
    """What effort goes into; `run` keeps the business running. Without id and name: what the reader may not see."""

    kind: Kind
    id: Id | None
    name: str | None


class AllocationOut(RecordOut):
    """A share of the capacity of a person or a unit, 1 all of it, from `starts_on` up to and with `ends_on`."""

    person: Ref | None
    unit: Ref | None
    target: EffortTargetOut
    cycle: Ref
    share: Digits
    starts_on: dt.date
    ends_on: dt.date

    @classmethod
    def of_all(cls, rows: Iterable[Allocation], reader: Person) -> list[Self]:
        every = list(rows)
        hidden = hidden_targets(reader, every)
        return [
            cls(
                id=row.pk,
                version=row.version,
                person=Ref.to(row.person),
                unit=Ref.to(row.unit),
                target=_target_out(row, row.target_key in hidden),
                cycle=Ref(id=row.cycle.pk, name=row.cycle.name),
                share=row.share,
                starts_on=row.starts_on,
                ends_on=row.ends_on,
            )
            for row in every
        ]


def _target_out(row: Allocation, hidden: bool) -> EffortTargetOut:
    record = row.objective or row.priority
    kind: Kind = "run" if record is None else "objective" if row.objective else "priority"
    if record is None or hidden:
        return EffortTargetOut(kind=kind, id=None, name=None)
    return EffortTargetOut(kind=kind, id=record.pk, name=str(record))


class EffortOut(Output):
    """The shares of one person or unit in a cycle, those of days gone by too; `seen` stands for all of them."""

    seen: str
    shares: list[AllocationOut]


class AllocationQuery(Filter):
    on: Annotated[Day | None, Field(description="Only those that hold on the day.")] = None
    person_id: Id | None = None
    unit_id: Id | None = None
    objective_id: Id | None = None
    priority_id: Id | None = None
    cycle_id: Id | None = None


class ShareIn(Input):
    """`share` is a part of that one's capacity, 1 all of it; 0 ends it. `id` names the objective or priority."""

    kind: Kind
    id: Id | None = None
    share: Number


class EffortIn(Input):
    """What is not named stays. `seen` is what was read with the shares, or `*` for whatever stands there."""

    seen: Short
    shares: Annotated[list[ShareIn], Field(min_length=1, max_length=100)]
    on: Annotated[Day | None, Field(description="From which day on; today, unless named.")] = None
    until: Annotated[Day | None, Field(description="The last day; that of the cycle.")] = None


@room.listing("/allocations", AllocationOut)
def list_allocations(request: PersonRequest, sent: Query[AllocationQuery]) -> Page[AllocationOut]:
    """List shares of effort: your own, of those below you, and for leaders who were granted all.

    What a share goes into and you may not see is not named.
    """
    rows = Allocation.objects.visible_to(request.person).select_related(*LOADED)
    if sent.on is not None:
        rows = rows.in_force(sent.on)
    for name in ("person_id", "unit_id", "cycle_id"):
        if (pk := getattr(sent, name)) is not None:
            rows = rows.filter(**{name: pk})
    if sent.objective_id is not None:
        seen = Objective.objects.visible_to(request.person).filter(pk=sent.objective_id)
        rows = rows.filter(objective__in=seen)
    if sent.priority_id is not None:
        shown = Priority.objects.visible_to(request.person).filter(pk=sent.priority_id)
        rows = rows.filter(priority__in=shown)
    rows = rows.order_by("pk")
    return page_of(request, rows, sent, lambda page: AllocationOut.of_all(page, request.person))


@room.reading("/people/{person_id}/effort/{cycle_id}", EffortOut)
def read_person_effort(request: PersonRequest, person_id: Id, cycle_id: Id) -> EffortOut:
    """Read where a person's time goes in a cycle.

    They themself, those above, leaders who were granted.
    """
    return _shown(request, _person(request, person_id), _cycle(cycle_id))


@room.changing("/people/{person_id}/effort/{cycle_id}", EffortOut, method="PUT", matched=False)
def set_person_effort(
    request: PersonRequest, person_id: Id, cycle_id: Id, sent: EffortIn
) -> EffortOut:
    """Say where a person's time goes from a day on.

    Who leads and stands above them, and leaders who were granted.
    """
    return _set(request, _person(request, person_id), _cycle(cycle_id), sent)


@room.reading("/units/{unit_id}/effort/{cycle_id}", EffortOut)
def read_unit_effort(request: PersonRequest, unit_id: Id, cycle_id: Id) -> EffortOut:
    """Read where the time of a unit goes as a whole, for those of its people of whom nothing is entered.

    Its leader, those of units above, leaders who were granted.
    """
    return _shown(request, _unit(unit_id), _cycle(cycle_id))


@room.changing("/units/{unit_id}/effort/{cycle_id}", EffortOut, method="PUT", matched=False)
def set_unit_effort(request: PersonRequest, unit_id: Id, cycle_id: Id, sent: EffortIn) -> EffortOut:
    """Say where the time of a unit goes as a whole from a day on.

    Its leader, those of units above, leaders who were granted.
    """
    return _set(request, _unit(unit_id), _cycle(cycle_id), sent)


def _person(request: PersonRequest, pk: int) -> Person:
    person = Person.objects.visible_to(request.person).filter(pk=pk).first()
    if person is None:
        raise Http404
    return person


def _unit(pk: int) -> Unit:
    unit = Unit.objects.filter(pk=pk).first()
    if unit is None:
        raise Http404
    return unit


def _cycle(pk: int) -> Cycle:
    cycle = Cycle.objects.filter(pk=pk).first()
    if cycle is None:
        raise Http404
    return cycle


def _shown(request: PersonRequest, whose: Whose, cycle: Cycle) -> EffortOut:
    require(request.person, Action.SEE, allocation_of(whose))
    rows = list(Allocation.objects.of([whose]).filter(cycle=cycle).select_related(*LOADED))
    return EffortOut(seen=stamp(rows), shares=AllocationOut.of_all(rows, request.person))


def _set(request: PersonRequest, whose: Whose, cycle: Cycle, sent: EffortIn) -> EffortOut:
    require(request.person, Action.ALLOCATE, allocation_of(whose))
    shares: dict[Target, Decimal] = {}
    for place, one in enumerate(sent.shares):
        shares[_target(request.person, one, place)] = one.share
    services.allocate(
        actor=request.person,
        whose=whose,
        cycle=cycle,
        shares=shares,
        on=sent.on,
        until=sent.until,
        seen=None if sent.seen == "*" else sent.seen,
    )
    return _shown(request, whose, cycle)


def _target(reader: Person, sent: ShareIn, place: int) -> Target:
    if sent.kind == RUN:
        return RUN
    if sent.id is None:
        raise DomainError(f"Name the {sent.kind} by its id.", f"shares.{place}.id")
    seen: QuerySet[Any] = (
        Objective.objects.visible_to(reader)
        if sent.kind == "objective"
        else Priority.objects.visible_to(reader)
    )
    target: Target = found(seen, sent.id, f"shares.{place}.id")
    return target
