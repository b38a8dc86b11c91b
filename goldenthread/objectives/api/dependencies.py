"""What objectives need of other units, over the API: listed, asked, answered, delivered, taken back."""

import datetime as dt
from collections.abc import Iterable
from typing import Annotated, Any, Literal, Self

from django.http import Http404
from ninja import Query
from pydantic import Field, StringConstraints

from goldenthread.core import clock
from goldenthread.core.api.room import Page, Room, page_of
from goldenthread.core.api.types import (
    NO_NUL,
    Day,
    Digits,
    Filter,
    Id,
    Input,
    Note,
    Number,
    RecordOut,
    Ref,
    Search,
    found,
)
from goldenthread.core.api.versions import version_seen
from goldenthread.objectives.api.shapes import objective_of
from goldenthread.objectives.models import Cycle, Dependency, Objective
from goldenthread.objectives.selectors import dependencies as selectors
from goldenthread.objectives.selectors.dependencies import DependencyFilter
from goldenthread.objectives.services import dependencies as services
from goldenthread.people.access import PersonRequest
from goldenthread.people.models import Person, Unit

room = Room("Dependencies")
State = Literal["asked", "accepted", "declined", "delivered", "withdrawn"]
Risk = Literal["", "declined", "late", "promised late", "unanswered"]
View = Literal[
    "", "unmet", "waiting", "all", "asked", "accepted", "declined", "delivered", "withdrawn"
]
Needs = Annotated[str, StringConstraints(min_length=1, max_length=300, pattern=NO_NUL)]


class DependencyOut(RecordOut):
    """What an objective needs of another unit. An objective that is restricted to others is null.

    `risk` says why it is not met today; empty where it is no risk.
    """

    needs: str
    objective: Ref | None
    unit: Ref
    delivers: Ref | None
    needed_by: dt.date
    effort_fte: Digits | None
    answer_by: dt.date
    state: State
    risk: Risk
    promised_on: dt.date | None
    delivered_on: dt.date | None
    reason: str
    asked_by: Ref | None
    asked_on: dt.date
    answered_by: Ref | None
    answered_on: dt.date | None

    @classmethod
    def of_all(cls, rows: Iterable[Dependency], reader: Person) -> list[Self]:
        shown = selectors.dependency_rows(rows, reader, clock.today())
        return [cls.of(row) for row in shown]

    @classmethod
    def of(cls, row: selectors.DependencyRow) -> Self:
        one = row.dependency
        given: dict[str, Any] = {name: getattr(one, name) for name in _PLAIN}
        return cls(
            id=one.pk,
            objective=Ref.to(row.objective),
            unit=Ref(id=one.unit_id, name=one.unit.name),
            delivers=Ref.to(row.delivers),
            risk=row.unmet.value if row.unmet else "",
            asked_by=Ref.to(one.asked_by),
            answered_by=Ref.to(one.answered_by),
            **given,
        )


_PLAIN = (
    *("version", "needs", "needed_by", "effort_fte", "answer_by", "state", "promised_on"),
    *("delivered_on", "reason", "asked_on", "answered_on"),
)


class DependencyQuery(Filter):
    q: Search = ""
    view: Annotated[
        View,
        Field(description="Those that are open, not met, wait for your answer, all, or a state."),
    ] = ""
    unit_id: Annotated[Id | None, Field(description="Asked, with the units below it.")] = None
    by_unit_id: Annotated[
        Id | None, Field(description="Whose objectives need it, with the units below it.")
    ] = None
    cycle_id: Id | None = None


class NewDependency(Input):
    """`effort_fte`: what it takes until it is there. `delivers_id`: an open objective of the unit asked."""

    needs: Needs
    unit_id: Id
    needed_by: Day
    effort_fte: Number | None = None
    answer_by: Day | None = None
    delivers_id: Id | None = None


class DependencyWording(Input):
    """The whole of what is needed: an effort that is left out is none."""

    needs: Needs
    needed_by: Day
    effort_fte: Number | None = None


class DependencyPromise(Input):
    """The day, and the objective out of which it comes; without one none is named."""

    promised_on: Day
    delivers_id: Id | None = None


class DependencyReason(Input):
    reason: Note


def dependency_of(request: PersonRequest, dependency_id: int) -> Dependency:
    one = selectors.seen_dependency(request.person, dependency_id)
    if one is None:
        raise Http404
    return one


def shown(request: PersonRequest, dependency_id: int) -> DependencyOut:
    """As it stands now."""
    return DependencyOut.of_all([dependency_of(request, dependency_id)], request.person)[0]


def _delivers(request: PersonRequest, pk: int | None) -> Any:
    rows = Objective.objects.visible_to(request.person).select_related(
        "owner_person__unit", "owner_unit"
    )
    return found(rows, pk, "delivers_id")


@room.listing("/dependencies", DependencyOut)
def list_dependencies(request: PersonRequest, sent: Query[DependencyQuery]) -> Page[DependencyOut]:
    """List what objectives need of other units: what is needed first comes first.

    Those that are open, unless `view` says otherwise.
    """
    units, cycles = Unit.objects.all(), Cycle.objects.all()
    chosen = DependencyFilter(
        text=sent.q,
        view=sent.view,
        unit=found(units, sent.unit_id, "unit_id"),
        by=found(units, sent.by_unit_id, "by_unit_id"),
        cycle=found(cycles, sent.cycle_id, "cycle_id"),
    )
    rows = selectors.dependency_list(request.person, chosen, clock.today())
    return page_of(request, rows, sent, lambda page: DependencyOut.of_all(page, request.person))


@room.creating("/objectives/{objective_id}/dependencies", DependencyOut, at="dependencies")
def ask_unit(request: PersonRequest, objective_id: Id, sent: NewDependency) -> DependencyOut:
    """Ask another unit for what an objective needs by a day.

    Its owner and their line. Who leads the unit accepts or declines.
    """
    objective = objective_of(request, objective_id)
    given = sent.every()
    given["delivers"] = _delivers(request, given.pop("delivers_id"))
    given["unit"] = found(Unit.objects.all(), given.pop("unit_id"), "unit_id")
    made = services.ask_unit(actor=request.person, objective=objective, **given)
    return shown(request, made.pk)


@room.reading("/dependencies/{dependency_id}", DependencyOut)
def read_dependency(request: PersonRequest, dependency_id: Id) -> DependencyOut:
    """Read a dependency with its days and whether it is at risk."""
    return shown(request, dependency_id)


@room.changing("/dependencies/{dependency_id}/reword", DependencyOut, method="POST")
def reword_dependency(
    request: PersonRequest, dependency_id: Id, sent: DependencyWording
) -> DependencyOut:
    """Say anew what is needed; what was accepted or declined is asked again.

    The owner of the objective that needs it, and their line.
    """
    one = dependency_of(request, dependency_id)
    version = version_seen(request, one)
    services.reword_dependency(
        actor=request.person, dependency=one, version=version, **sent.every()
    )
    return shown(request, dependency_id)


@room.changing("/dependencies/{dependency_id}/accept", DependencyOut, method="POST")
def accept_dependency(
    request: PersonRequest, dependency_id: Id, sent: DependencyPromise
) -> DependencyOut:
    """Promise it for a day; also anew, or after it was declined.

    Who leads the unit asked, or one above it.
    """
    one = dependency_of(request, dependency_id)
    version = version_seen(request, one)
    services.accept_dependency(
        actor=request.person,
        dependency=one,
        promised_on=sent.promised_on,
        delivers=_delivers(request, sent.delivers_id),
        version=version,
    )
    return shown(request, dependency_id)


@room.changing("/dependencies/{dependency_id}/decline", DependencyOut, method="POST")
def decline_dependency(
    request: PersonRequest, dependency_id: Id, sent: DependencyReason
) -> DependencyOut:
    """Say that the unit does not do it, and why.

    Who leads the unit asked, or one above it.
    """
    one = dependency_of(request, dependency_id)
    version = version_seen(request, one)
    services.decline_dependency(
        actor=request.person, dependency=one, reason=sent.reason, version=version
    )
    return shown(request, dependency_id)


@room.changing("/dependencies/{dependency_id}/deliver", DependencyOut, method="POST")
def deliver_dependency(request: PersonRequest, dependency_id: Id) -> DependencyOut:
    """Say that it is there.

    Either side, and who answers for the objective out of which it comes.
    """
    one = dependency_of(request, dependency_id)
    version = version_seen(request, one)
    services.deliver_dependency(actor=request.person, dependency=one, version=version)
    return shown(request, dependency_id)


@room.changing("/dependencies/{dependency_id}/withdraw", DependencyOut, method="POST")
def withdraw_dependency(
    request: PersonRequest, dependency_id: Id, sent: DependencyReason
) -> DependencyOut:
    """Say that it is not needed any more, and why.

    The owner of the objective that needed it, and their line.
    """
    one = dependency_of(request, dependency_id)
    version = version_seen(request, one)
    services.withdraw_dependency(
        actor=request.person, dependency=one, reason=sent.reason, version=version
    )
    return shown(request, dependency_id)
