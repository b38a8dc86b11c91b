"""The planning round of a cycle over the API: where it stands, its figures, and each unit."""

from typing import Annotated, Literal, Self

from ninja import Query
from pydantic import Field

from goldenthread.core import clock
from goldenthread.core.api.figures import FigureOut
from goldenthread.core.api.room import Page, Room, page_of
from goldenthread.core.api.types import Filter, Id, Output, Ref
from goldenthread.core.api.types import found as found_by_id
from goldenthread.core.errors import DomainError
from goldenthread.insights.selectors.planning import (
    UnitPlan,
    planning_round,
)
from goldenthread.insights.selectors.planning_figures import (
    NAMES,
    planning_figures,
    sums_of_parts,
    unit_figures,
)
from goldenthread.objectives.models import Cycle
from goldenthread.objectives.selectors.cycles import cycle_to_plan, cycles_to_plan
from goldenthread.people.access import PersonRequest
from goldenthread.people.models import Unit

room = Room("Planning")


class PlanningOut(Output):
    """Where a round stands. `untaken` are active priorities that nothing serves; null where you may not see which."""

    cycle: Ref
    units: int
    agreed: int
    waiting: int
    missing: int
    overdue: int
    untaken: list[Ref | None]
    figures: list[FigureOut]
    short_of_plan: Annotated[
        list[FigureOut],
        Field(description="Key results that you may see, whose parts plan less than they do."),
    ]


class UnitPlanOut(Output):
    """A unit's plan: its threads with other units by state, whose word is next, and its own objectives."""

    unit: Ref
    stands: Literal["agreed", "waits", "writes", "missing"]
    proposed: int
    countered: int
    agreed: int
    to_answer: int
    to_hear: int
    overdue: int
    own_drafts: int
    own_waiting: int
    own_agreed: int

    @classmethod
    def of(cls, one: UnitPlan) -> Self:
        names = set(cls.model_fields) - {"unit"}
        unit = Ref(id=one.unit.pk, name=one.unit.name)
        return cls(unit=unit, **{name: getattr(one, name) for name in names})


class PlanningQuery(Filter):
    cycle: Annotated[Id | None, Field(description="Without one, the cycle that is planned.")] = None


def _cycle(pk: int | None) -> Cycle:
    found = cycle_to_plan(cycles_to_plan(), clock.today(), pk)
    if found is None:
        raise DomainError(
            "No cycle is planned." if pk is None else f"There is no cycle {pk} to plan.", "cycle"
        )
    return found


@room.reading("/planning", PlanningOut)
def read_planning(
    request: PersonRequest,
    cycle: Annotated[Id | None, Query(None, description="Without one, the cycle that is planned.")],
    unit: Annotated[Id | None, Query(None, description="Only this unit and those below it.")],
) -> PlanningOut:
    """Read where the planning round of a cycle stands, with its figures."""
    chosen, on = _cycle(cycle), clock.today()
    part = found_by_id(Unit.objects.all(), unit, "unit")
    found = planning_round(request.person, chosen, on, part)
    sums = sums_of_parts(request.person, chosen, on, part)
    if part is None:
        figures = planning_figures(chosen, on)
    else:
        figures = unit_figures(request.person, chosen, part, on)
    return PlanningOut(
        cycle=Ref(id=chosen.pk, name=chosen.name),
        units=len(found.units),
        agreed=found.agreed,
        waiting=found.waits,
        missing=found.missing,
        overdue=found.overdue,
        untaken=[Ref.to(one.priority) for one in found.untaken],
        figures=[FigureOut.of(NAMES[name], result) for name, result in figures.items()],
        short_of_plan=[
            FigureOut.of(f"{one.objective}: {one.key_result}", one.result)
            for one in sums
            if not one.adds_up
        ],
    )


@room.listing("/planning/units", UnitPlanOut)
def list_planning_units(request: PersonRequest, sent: Query[PlanningQuery]) -> Page[UnitPlanOut]:
    """List the units of a planning round: what is overdue or missing comes first."""
    found = planning_round(request.person, _cycle(sent.cycle), clock.today())
    return page_of(request, found.units, sent, lambda page: [UnitPlanOut.of(one) for one in page])
