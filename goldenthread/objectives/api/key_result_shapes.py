"""What the API tells of a key result, and how it is written."""

import datetime as dt
from decimal import Decimal
from typing import Annotated, Any, Literal, Self

from pydantic import Field, StringConstraints

from goldenthread.core.api.types import (
    NO_NUL,
    Day,
    Digits,
    Id,
    Input,
    Line,
    Name,
    Number,
    Output,
    RecordOut,
    Ref,
    Short,
    found,
)
from goldenthread.core.errors import DomainError
from goldenthread.objectives.models import KeyResult
from goldenthread.objectives.selectors.criteria import Criterion
from goldenthread.objectives.services.drafts import KeyResultDraft, MilestoneDraft
from goldenthread.people.access import PersonRequest
from goldenthread.people.models import Person
from goldenthread.strategy.models import Kpi

Kind = Literal["metric", "threshold", "milestones", "graded"]
Direction = Literal["", "increase", "decrease"]
Enough = Annotated[str, StringConstraints(max_length=300, pattern=NO_NUL)]
Weight = Annotated[
    Number, Field(ge=0, le=999, max_digits=7, decimal_places=4, description="1 if left out.")
]


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
    not_enough: str
    measure_by: dt.date | None
    direction: Direction
    kpi: Ref | None
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
            "not_enough",
            "measure_by",
            "direction",
        ]
        given = {name: getattr(row, name) for name in (*names, "source", "latest")}
        steps = ("title", "weight", "due_on", "done_on")
        return cls(
            id=row.pk,
            objective=Ref(id=row.objective_id, name=row.objective.title),
            reporter=Ref.to(row.reporter),
            kpi=Ref.to(row.kpi),
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
    not_enough: Annotated[Enough, Field(description="What would not count, in words.")] = ""
    measure_by: Annotated[
        Day | None,
        Field(description="When a start or a target still unknown will be measured."),
    ] = None
    direction: Annotated[
        Direction, Field(description="As declared; empty: as the numbers say.")
    ] = ""
    kpi_id: Annotated[Id | None, Field(description="The KPI whose values it follows.")] = None
    decimals: Annotated[int, Field(ge=0, le=6)] = 0
    milestones: Annotated[list[MilestoneIn], Field(max_length=50)] = []


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
    for name in ("id", "weight", "required_share", "reporter_id", "kpi_id", "milestones"):
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
        kpi=found(Kpi.objects.visible_to(request.person), sent.kpi_id, f"{at}.kpi_id"),
        milestones=[
            MilestoneDraft(step.title, step.due_on, _one(step.weight), step.id)
            for step in sent.milestones
        ],
        **given,
    )


def _one(number: Any) -> Any:
    return Decimal(1) if number is None else number
