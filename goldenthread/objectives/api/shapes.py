"""What the API tells of an objective and its key results, and how both are written."""

import datetime as dt
from collections.abc import Iterable
from typing import Annotated, Any, Literal, Self

from django.db.models import Prefetch, prefetch_related_objects
from django.http import Http404
from pydantic import Field

from goldenthread.core import clock
from goldenthread.core.api.types import (
    Day,
    Id,
    Input,
    Name,
    Output,
    Prose,
    RecordOut,
    Ref,
    found,
)
from goldenthread.core.errors import DomainError
from goldenthread.objectives.api.key_result_shapes import (
    KeyResultIn,
    KeyResultOut,
    key_result_in,
)
from goldenthread.objectives.models import Cycle, KeyResult, Objective
from goldenthread.objectives.selectors import lines, listing
from goldenthread.objectives.selectors.criteria import criteria
from goldenthread.objectives.selectors.page import seen_objective
from goldenthread.objectives.services.drafts import ObjectiveDraft
from goldenthread.people.access import PersonRequest
from goldenthread.people.models import Person, Unit
from goldenthread.strategy.models import Kpi

Ambition = Literal["committed", "aspirational"]
State = Literal[
    "unconfirmed", "draft", "proposed", "countered", "agreed", "active",
    "achieved", "missed", "dropped", "carried_over",
]  # fmt: skip
Days = Annotated[int, Field(ge=1, le=1000)]


class OwnerOut(Output):
    """A person, or a unit."""

    kind: Literal["person", "unit"]
    id: Id
    name: str

    @classmethod
    def of(cls, owner: Person | Unit | None) -> Self | None:
        if owner is None:
            return None
        kind: Literal["person", "unit"] = "person" if isinstance(owner, Person) else "unit"
        return cls(kind=kind, id=owner.pk, name=owner.name)


class StepOut(Output):
    """One step of a line; `hidden` where you may not see what stands there."""

    kind: Literal["priority", "objective", "hidden"]
    id: Id | None
    title: str


class LineOut(Output):
    """The strongest way up, the priority first; `loose` says why it reaches none, empty when it does."""

    steps: list[StepOut]
    loose: str

    @classmethod
    def of(cls, line: lines.Line) -> Self:
        steps = []
        for step in line.steps:
            kind: Literal["priority", "objective", "hidden"] = "hidden"
            if step.node is not None:
                kind = "priority" if step.is_priority else "objective"
            pk = step.node.pk if step.node is not None else None
            steps.append(StepOut(kind=kind, id=pk, title=step.title))
        return cls(steps=steps, loose=line.loose)


class ObjectiveRowOut(RecordOut):
    """An objective as it stands today. `score` and `expected` run from 0 to 1; `score` is null while nothing is
    measured, and `measured_share` says how much of the weight is."""

    external_id: str
    title: str
    owner: OwnerOut | None
    cycle: Ref
    state: State
    ambition: Ambition
    critical: bool
    restricted: bool
    run_the_business: bool
    starts_on: dt.date
    ends_on: dt.date
    health: str
    score: float | None
    expected: float
    measured_share: float
    last_check_in_on: dt.date | None
    next_check_in_on: dt.date | None
    line: LineOut

    @classmethod
    def fields_of(cls, row: listing.ObjectiveRow) -> dict[str, Any]:
        one, stands = row.objective, row.standing
        names = [
            "version",
            "external_id",
            "title",
            "state",
            "ambition",
            "critical",
            "restricted",
            "run_the_business",
            "measured_share",
        ]
        return {name: getattr(one, name) for name in names} | {
            "id": one.pk,
            "owner": OwnerOut.of(one.owner),
            "cycle": Ref(id=one.cycle_id, name=one.cycle.name),
            "starts_on": one.starts,
            "ends_on": one.ends,
            "health": stands.health,
            "score": stands.score,
            "expected": stands.expected,
            "last_check_in_on": stands.last_check_in_on,
            "next_check_in_on": stands.next_check_in_on,
            "line": LineOut.of(row.line),
        }

    @classmethod
    def of_all(cls, objectives: Iterable[Objective], reader: Person) -> list[Self]:
        rows = listing.objective_rows(objectives, reader, clock.today())
        return [cls(**cls.fields_of(row)) for row in rows]


class ObjectiveOut(ObjectiveRowOut):
    """An objective with what is promised, how it is judged, and how it came to be agreed."""

    why: str
    cadence_days: int
    recovers: Ref | None
    author: Ref | None
    proposed_by: Ref | None
    proposed_at: dt.datetime | None
    agreed_by: Ref | None
    agreed_at: dt.datetime | None
    closed_at: dt.datetime | None
    learning: str
    key_results: list[KeyResultOut]

    @classmethod
    def of(cls, one: Objective, reader: Person) -> Self:
        (row,) = listing.objective_rows([one], reader, clock.today())
        names = ("why", "proposed_at", "agreed_at", "closed_at", "learning")
        return cls(
            cadence_days=one.cadence,
            recovers=Ref.to(one.recovers),
            author=Ref.to(one.author),
            proposed_by=Ref.to(one.proposed_by),
            agreed_by=Ref.to(one.agreed_by),
            key_results=[KeyResultOut.of(each) for each in criteria(one, clock.today())],
            **{name: getattr(one, name) for name in names},
            **cls.fields_of(row),
        )


def objective_of(request: PersonRequest, objective_id: int) -> Objective:
    """The objective, if the reader may see it."""
    objective = seen_objective(request.person, objective_id)
    if objective is None:
        raise Http404
    whole = KeyResult.objects.select_related("reporter", "kpi__owner")
    prefetch_related_objects([objective], Prefetch("key_results", whole))
    return objective


def told(request: PersonRequest, objective_id: int) -> ObjectiveOut:
    """The objective anew, after something was written."""
    return ObjectiveOut.of(objective_of(request, objective_id), request.person)


# What is written ----------------------------------------------------------------------------------------------
class ObjectiveIn(Input):
    """An objective as a whole. Without an owner it is yours."""

    title: Name
    why: Prose = ""
    cycle_id: Id
    owner_person_id: Id | None = None
    owner_unit_id: Id | None = None
    ambition: Ambition = "committed"
    critical: bool = False
    restricted: bool = False
    run_the_business: bool = False
    starts_on: Day | None = None
    ends_on: Day | None = None
    cadence_days: Days | None = None
    recovers_id: Annotated[Id | None, Field(description="The KPI that it brings back.")] = None
    key_results: Annotated[list[KeyResultIn], Field(max_length=20)] = []


def owner_in(request: PersonRequest, sent: Any) -> Person | Unit | None:
    """The owner that was named: a person or a unit, not both."""
    if sent.owner_person_id is not None and sent.owner_unit_id is not None:
        raise DomainError("Name one owner: a person or a unit.", "owner_unit_id")
    units = Unit.objects.filter(ended_on__isnull=True).select_related("leader")
    people = Person.objects.visible_to(request.person).select_related("unit")
    person: Person | None = found(people, sent.owner_person_id, "owner_person_id")
    unit: Unit | None = found(units, sent.owner_unit_id, "owner_unit_id")
    return person or unit


def draft_in(
    request: PersonRequest, sent: ObjectiveIn, objective: Objective | None = None
) -> ObjectiveDraft:
    """The draft that the services take."""
    rows = {row.pk: row for row in objective.key_results.all()} if objective else {}
    owner = owner_in(request, sent) or (objective and objective.owner) or request.person
    names = ("title", "why", "ambition", "critical", "restricted", "run_the_business")
    given = {name: getattr(sent, name) for name in (*names, "starts_on", "ends_on", "cadence_days")}
    return ObjectiveDraft(
        cycle=found(Cycle.objects.all(), sent.cycle_id, "cycle_id"),
        owner=owner,
        recovers=found(Kpi.objects.visible_to(request.person), sent.recovers_id, "recovers_id"),
        key_results=[
            key_result_in(request, one, f"key_results.{place}", rows)
            for place, one in enumerate(sent.key_results)
        ],
        **given,
    )
