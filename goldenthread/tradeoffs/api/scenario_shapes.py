"""What is sent and answered of the scenarios of a plan: what each assumes, what follows, and adopting one."""

import datetime as dt
from decimal import Decimal
from typing import Annotated, Any, Literal, Self

from pydantic import Field

from goldenthread.core.api.figures import FigureOut
from goldenthread.core.api.types import (
    Count,
    Day,
    Digits,
    Id,
    Input,
    Name,
    Note,
    Number,
    Output,
    RecordOut,
    Ref,
)
from goldenthread.people.models import Unit
from goldenthread.strategy.models import Priority
from goldenthread.tradeoffs.api.plan_shapes import TeamFte, TeamFteOut
from goldenthread.tradeoffs.selectors.plan_page import LoadShown, PlanPage, ScenarioShown


class ScenarioWeightOut(Output):
    """The weight that a scenario gives a priority, in per cent."""

    priority: Ref
    weight: Digits


class ForcedOut(Output):
    """A candidate that a scenario runs, or leaves out, whatever it is worth."""

    number: int
    runs: bool


class ScenarioOut(RecordOut):
    """The candidates under other assumptions; `capacity` is how much more, or fewer, a team has; `keeps_priorities`: every
    priority keeps at least one. `version` is that of the plan. `total` is null until it is worked out; `more` is beside the first scenario. `problem`: why it is no plan, or
    not proven to be the best."""

    plan_id: Id
    name: str
    capacity: list[TeamFteOut]
    weights: list[ScenarioWeightOut]
    forced: list[ForcedOut]
    keeps_priorities: bool
    state: Literal["new", "worked_out", "outdated"]
    worked_out_on: dt.date | None
    outcome: Literal["", "optimal", "best_found", "overloaded", "contradictory", "not_found"]
    problem: str
    total: FigureOut | None
    more: float | None
    adopted: bool

    @classmethod
    def of(cls, shown: ScenarioShown, page: PlanPage, weights: dict[int, Priority]) -> Self:
        """`weights`: the priorities that the reader sees, by id."""
        one, worked = shown.scenario, shown.worked
        teams = {str(team.pk): team for team in page.rows.teams}
        state: Any = "outdated" if shown.outdated else "worked_out" if worked else "new"
        outcome: Any = worked.outcome.value if worked else ""
        return cls(
            id=one.pk,
            version=page.plan.version,
            plan_id=page.plan.pk,
            name=one.name,
            capacity=[
                TeamFteOut.of(teams[pk].unit, teams[pk].skill, Decimal(fte))
                for pk, fte in one.capacity.items()
                if pk in teams
            ],
            weights=[
                ScenarioWeightOut(
                    priority=Ref(id=int(pk), name=weights[int(pk)].title), weight=Decimal(weight)
                )
                for pk, weight in one.weights.items()
                if int(pk) in weights
            ],
            forced=[ForcedOut(number=int(key), runs=runs) for key, runs in one.forced.items()],
            keeps_priorities=one.keeps_priorities,
            state=state,
            worked_out_on=one.worked_out_on,
            outcome=outcome,
            problem=shown.problem,
            total=FigureOut.of("total", worked.total) if worked else None,
            more=shown.more,
            adopted=one.adopted,
        )


class VerdictOut(Output):
    """What a scenario proposes for a candidate and why. `price`: what forcing it costs, where it is forced."""

    number: int
    title: str
    verdict: Literal["continue", "stop", "start", "defer"]
    why: str
    price: FigureOut | None


class LoadOut(Output):
    """What a scenario takes of a team, in full-time equivalents, and what one more or fewer would be worth."""

    unit: Ref
    skill: str
    capacity: Digits
    used: Digits
    one_more: FigureOut | None
    one_fewer: FigureOut | None

    @classmethod
    def of(cls, unit: Unit, skill: str, shown: LoadShown) -> Self:
        return cls(
            unit=Ref(id=unit.pk, name=str(unit)),
            skill=skill,
            capacity=shown.load.capacity,
            used=shown.load.used,
            one_more=FigureOut.of("one more", shown.more) if shown.more else None,
            one_fewer=FigureOut.of("one fewer", shown.fewer) if shown.fewer else None,
        )


class ScenarioResultOut(RecordOut):
    """What follows from a scenario, of when it was worked out; empty until then. `version` is that of the plan. `keeping`:
    what it costs that every priority keeps one, where that is asked; `bare`: which keep none, as nothing stands under them."""

    state: Literal["new", "worked_out", "outdated"]
    outcome: Literal["", "optimal", "best_found", "overloaded", "contradictory", "not_found"]
    problem: str
    total: FigureOut | None
    keeping: FigureOut | None
    bare: str
    candidates: list[VerdictOut]
    teams: list[LoadOut]

    @classmethod
    def of(cls, place: int, page: PlanPage) -> Self:
        """Of the scenario at this place of the page."""
        about = ScenarioOut.of(page.scenarios[place], page, {})
        names = ("id", "version", "state", "outcome", "problem", "total")
        verdicts = [
            VerdictOut(
                number=row.candidate.number,
                title=row.title,
                verdict=_verdict(cell.verdict),
                why=cell.why,
                price=FigureOut.of("price", cell.price) if cell.price else None,
            )
            for row in page.candidates
            if (cell := row.cells[place]) is not None
        ]
        loads = [
            LoadOut.of(row.team.unit, row.team.skill, load)
            for row in page.teams
            if (load := row.loads[place]) is not None
        ]
        keeping = page.scenarios[place].keeping
        return cls(
            candidates=verdicts,
            teams=loads,
            keeping=FigureOut.of("keeping", keeping.price) if keeping else None,
            bare=page.scenarios[place].bare,
            **{one: getattr(about, one) for one in names},
        )


def _verdict(given: Any) -> Any:
    return given.value


class WeightIn(Input):
    priority_id: Id
    weight: Number


class ForcedIn(Input):
    number: Count
    runs: bool


class ScenarioIn(Input):
    """What it assumes, sent whole; `capacity` says how much more, or fewer, a team has. `keeps_priorities`: of what leads to
    each priority of the strategy in force at least one runs."""

    name: Annotated[Name, Field(max_length=80)]
    capacity: Annotated[list[TeamFte], Field(max_length=80)] = []
    weights: Annotated[list[WeightIn], Field(max_length=100)] = []
    forced: Annotated[list[ForcedIn], Field(max_length=400)] = []
    keeps_priorities: bool = False


class AdoptIn(Input):
    """What goes on record with the choice."""

    given_up: Note
    reason: Note
    look_again_on: Day
    confidential: bool = False
