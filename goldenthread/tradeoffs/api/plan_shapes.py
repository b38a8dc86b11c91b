"""What is sent and answered of plans: their candidates, teams and limits."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Annotated, Any, Literal, Self

from pydantic import Field

from goldenthread.core.api.types import (
    LEFT,
    Count,
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
    Short,
)
from goldenthread.people.models import Person, Unit
from goldenthread.tradeoffs.selectors.plan_page import (
    CandidateShown,
    PlanPage,
)

Skill = Annotated[Line, Field(max_length=60, description="“” is anybody of the unit.")]


class PlanOut(RecordOut):
    """A plan of a cycle. `unit` null: its teams are those of the whole organisation. `job`: which job worked on it last;
    `decision`: what adopting one of its scenarios put on record, from then on it stays as it is."""

    name: str
    cycle: Ref
    unit: Ref | None
    author: Ref | None
    decision: Ref | None
    job: Id | None
    candidates: int
    scenarios: int

    @classmethod
    def of_all(cls, rows: Iterable[Any]) -> list[Self]:
        return [
            cls(
                id=one.pk,
                version=one.version,
                name=one.name,
                cycle=Ref(id=one.cycle.pk, name=str(one.cycle)),
                unit=Ref.to(one.unit),
                author=Ref.to(one.author),
                decision=Ref.to(one.decision),
                job=one.job_id,
                candidates=one.candidate_count,
                scenarios=one.scenario_count,
            )
            for one in rows
        ]


class PlanOwnerOut(Output):
    """Who answers for a candidate: a person or a unit."""

    kind: Literal["person", "unit"]
    id: Id
    name: str

    @classmethod
    def of(cls, owner: Person | Unit) -> Self:
        kind: Any = "person" if isinstance(owner, Person) else "unit"
        return cls(kind=kind, id=owner.pk, name=str(owner))


class TeamFteOut(Output):
    """Full-time equivalents of a unit, or of one skill in it."""

    unit: Ref
    skill: str
    fte: Digits

    @classmethod
    def of(cls, unit: Unit, skill: str, fte: Decimal) -> Self:
        return cls(unit=Ref(id=unit.pk, name=str(unit)), skill=skill, fte=fte)


class CandidateOut(Output):
    """What could run. `objective` and `owner` are null where there is none or the reader may not see it. `needs` are
    numbers of others. `proposed`: what adopting the plan put to its owner."""

    number: int
    objective: Ref | None
    title: str
    owner: PlanOwnerOut | None
    priority: Ref | None
    value: Digits
    from_strategy: bool
    running: bool
    mandatory: bool
    stop_cost: Digits
    start_cost: Digits
    alternative: str
    needs: list[int]
    effort: list[TeamFteOut]
    proposed: str

    @classmethod
    def of(cls, shown: CandidateShown, page: PlanPage) -> Self:
        one, units = shown.candidate, page.rows.units
        owner = one.owner if shown.seen else None
        return cls(
            title=shown.title,
            objective=Ref.to(one.objective) if shown.seen else None,
            owner=None if owner is None else PlanOwnerOut.of(owner),
            priority=Ref.to(one.priority) if shown.seen else None,
            needs=[other.number for other in one.needs.all()],
            effort=[
                TeamFteOut.of(units[part.unit_id], part.skill, part.fte)
                for part in one.effort.all()
            ],
            proposed=shown.proposed,
            **{name: getattr(one, name) for name in _OF_CANDIDATE},
        )


_OF_CANDIDATE: tuple[str, ...] = (
    *("number", "value", "from_strategy", "running", "mandatory", "stop_cost", "start_cost"),
    "alternative",
)


class OwnerLimitOut(Output):
    """How many of the candidates one owner may run at most."""

    owner: PlanOwnerOut
    most: int


class PlanTeamsOut(RecordOut):
    """What the teams of a plan have for its candidates, and its limits. `version` is that of the plan."""

    teams: list[TeamFteOut]
    limits: list[OwnerLimitOut]

    @classmethod
    def of(cls, page: PlanPage) -> Self:
        plan, rows = page.plan, page.rows
        return cls(
            id=plan.pk,
            version=plan.version,
            teams=[TeamFteOut.of(one.unit, one.skill, one.fte) for one in rows.teams],
            limits=[
                OwnerLimitOut(owner=PlanOwnerOut.of(one.owner), most=one.most)
                for one in rows.limits
                if one.owner is not None
            ],
        )


class PlanQuery(Filter):
    q: Search = ""
    cycle_id: Id | None = None


class NewPlan(Input):
    """`unit_id` left out: the teams right below the top. `take_in`: begin with the objectives that run now or stand in
    the cycle, beside those named."""

    name: Name
    cycle_id: Id
    unit_id: Id | None = None
    take_in: bool = False
    objective_ids: Annotated[list[Id], Field(max_length=400)] = []


class TeamFte(Input):
    unit_id: Id
    skill: Skill = ""
    fte: Number


class CandidateIn(Input):
    """An objective, or the title of one that does not exist yet; with its `number` one that stands, of which what is left
    out stays. `value` null takes it from the strategy, `effort` null what is allocated to it."""

    number: Count = LEFT
    objective_id: Id = LEFT
    title: Name = LEFT
    owner_person_id: Id = LEFT
    owner_unit_id: Id = LEFT
    priority_id: Id | None = None
    value: Number | None = None
    running: bool = LEFT
    mandatory: bool = LEFT
    stop_cost: Number = LEFT
    start_cost: Number = LEFT
    alternative: Short = LEFT
    needs: Annotated[list[Count], Field(max_length=400)] = LEFT
    effort: Annotated[list[TeamFte], Field(max_length=80)] | None = None


class CandidatesIn(Input):
    """All of it in one act, or nothing. `removed`: numbers of those that are taken out."""

    rows: Annotated[list[CandidateIn], Field(max_length=400)] = []
    removed: Annotated[list[Count], Field(max_length=400)] = []


class OwnerLimitIn(Input):
    """Of a person or of a unit."""

    person_id: Id = LEFT
    unit_id: Id = LEFT
    most: Count


class PlanTeamsIn(Input):
    """Teams and limits are sent whole; `limits` null leaves these as they are."""

    teams: Annotated[list[TeamFte], Field(max_length=80)]
    limits: Annotated[list[OwnerLimitIn], Field(max_length=400)] | None = None
