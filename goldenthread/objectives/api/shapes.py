"""What the API tells of an objective and its key results, and how both are written."""

import datetime as dt
from collections.abc import Iterable
from typing import Annotated, Any, Literal, Self

from django.http import Http404
from pydantic import Field

from goldenthread.core import clock
from goldenthread.core.api.types import (
    Day,
    Digits,
    Id,
    Input,
    Line,
    Name,
    Number,
    Output,
    Prose,
    RecordOut,
    Ref,
    Short,
    found,
)
from goldenthread.core.errors import DomainError
from goldenthread.objectives.models import Cycle, KeyResult, Objective
from goldenthread.objectives.selectors import lines, listing
from goldenthread.objectives.selectors.criteria import Criterion, criteria
from goldenthread.objectives.selectors.page import seen_objectives
from goldenthread.objectives.services.drafts import KeyResultDraft, MilestoneDraft, ObjectiveDraft
from goldenthread.people.access import PersonRequest
from goldenthread.people.models import Person, Unit
from goldenthread.strategy.models import Kpi

Kind = Literal["metric", "threshold", "milestones", "graded"]
Ambition = Literal["committed", "aspirational"]
State = Literal[
    "unconfirmed", "draft", "proposed", "countered", "agreed", "active",
    "achieved", "missed", "dropped", "carried_over",
]  # fmt: skip
Weight = Annotated[
    Number, Field(ge=0, le=999, max_digits=7, decimal_places=4, description="1 if left out.")
]
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


class MilestoneOut(Output):
    """One dated step; `done_on` as of the latest check-in."""

    id: Id
    title: str
    weight: Digits
    due_on: dt.date | None
    done_on: dt.date | None


class KeyResultOut(RecordOut):
    """One success criterion, as it stands today. Which of the numbers count depends on its kind."""

    objective: Ref
    title: str
    kind: Kind
    measure: str
    decimals: int
    weight: Digits
    baseline: Digits | None
    target: Digits | None
    target_text: str
    commit: Digits | None
    stretch: Digits | None
    low: Digits | None
    high: Digits | None
    required_share: Digits
    due_on: dt.date | None
    source: str
    reporter: Ref | None
    milestones: list[MilestoneOut]
    latest: Digits | None
    last_check_in_on: dt.date | None
    health: str
    score: float | None
    expected: float

    @classmethod
    def of(cls, one: Criterion) -> Self:
        row = one.key_result
        names = [
            "version",
            "title",
            "kind",
            "measure",
            "decimals",
            "weight",
            "baseline",
            "target",
            "target_text",
            "commit",
            "stretch",
            "low",
            "high",
            "required_share",
            "due_on",
        ]
        given = {name: getattr(row, name) for name in (*names, "source", "latest")}
        steps = ("title", "weight", "due_on", "done_on")
        return cls(
            id=row.pk,
            objective=Ref(id=row.objective_id, name=row.objective.title),
            reporter=Ref.to(row.reporter),
            milestones=[
                MilestoneOut(id=step.pk, **{name: getattr(step, name) for name in steps})
                for step in one.milestones
            ],
            last_check_in_on=row.last_check_in_on,
            health=one.standing.health,
            score=one.standing.score,
            expected=one.standing.expected,
            **given,
        )


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
    seen = seen_objectives(request.person).prefetch_related("key_results__reporter")
    objective = seen.filter(pk=objective_id).first()
    if objective is None:
        raise Http404
    return objective


def told(request: PersonRequest, objective_id: int) -> ObjectiveOut:
    """The objective anew, after something was written."""
    return ObjectiveOut.of(objective_of(request, objective_id), request.person)


# What is written ----------------------------------------------------------------------------------------------
class MilestoneIn(Input):
    id: Annotated[Id | None, Field(description="The one that it replaces.")] = None
    title: Name
    due_on: Day | None = None
    weight: Weight | None = None


class KeyResultIn(Input):
    """A metric has `baseline` and `target`; a threshold `low`, `high`; a graded one also `commit`, `stretch`."""

    id: Annotated[Id | None, Field(description="The one that it replaces.")] = None
    title: Name
    kind: Kind = "metric"
    measure: Short = ""
    weight: Weight | None = None
    baseline: Number | None = None
    target: Number | None = None
    target_text: Line = ""
    commit: Number | None = None
    stretch: Number | None = None
    low: Number | None = None
    high: Number | None = None
    required_share: Annotated[
        Number | None,
        Field(description="Of the days on which a level is to be held; 1 if left out."),
    ] = None
    due_on: Day | None = None
    source: Line = ""
    reporter_id: Id | None = None
    decimals: Annotated[int, Field(ge=0, le=6)] = 0
    milestones: Annotated[list[MilestoneIn], Field(max_length=50)] = []


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


def key_result_in(
    request: PersonRequest, sent: KeyResultIn, at: str, rows: dict[int, KeyResult]
) -> KeyResultDraft:
    """A key result as the services take it; `rows` are those that it may replace."""
    row = rows.get(sent.id) if sent.id is not None else None
    if sent.id is not None and row is None:
        raise DomainError(f"There is no key result {sent.id} here.", f"{at}.id")
    held = {one.pk for one in row.milestones.all()} if row else set()
    for place, step in enumerate(sent.milestones):
        if step.id is not None and step.id not in held:
            raise DomainError(f"There is no milestone {step.id} here.", f"{at}.milestones.{place}")
    people = Person.objects.visible_to(request.person)
    given = sent.every()
    for name in ("id", "weight", "required_share", "reporter_id", "milestones"):
        given.pop(name)
    share = 1 if sent.required_share is None else sent.required_share
    if not 0 <= share <= 1 or share != round(share, 3):
        raise DomainError(
            "A share lies between 0 and 1, with three decimal places at most.",
            f"{at}.required_share",
        )
    return KeyResultDraft(
        pk=sent.id,
        weight=_one(sent.weight),
        required_share=_one(sent.required_share),
        reporter=found(people, sent.reporter_id, f"{at}.reporter_id"),
        milestones=[
            MilestoneDraft(step.title, step.due_on, _one(step.weight), step.id)
            for step in sent.milestones
        ],
        **given,
    )


def _one(number: Any) -> Any:
    from decimal import Decimal

    return Decimal(1) if number is None else number
