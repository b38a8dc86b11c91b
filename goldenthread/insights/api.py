"""Figures over the API: each with its status, how much it is made of, and its interval."""

import datetime as dt
from collections.abc import Iterable
from typing import Annotated, Any, Literal, Self

from ninja import Query
from pydantic import Field

from goldenthread.core import clock
from goldenthread.core.api.figures import FigureOut, Status
from goldenthread.core.api.room import Page, Room, page_of
from goldenthread.core.api.types import Day, Filter, Id, Output, Ref, found
from goldenthread.insights.models import Figure
from goldenthread.insights.selectors.alignment import UnitFigures, alignment
from goldenthread.insights.selectors.inputs_outputs import both_sides
from goldenthread.insights.selectors.loose_ends import (
    LooseEnd,
    loose_ends,
    loose_objectives,
    stranded_priorities,
)
from goldenthread.people.access import PersonRequest
from goldenthread.people.models import Unit
from goldenthread.strategy.models import Priority

room = Room("Alignment")


class StrandedOut(Output):
    """A priority that nothing serves; null where you may not see which."""

    priority: Ref | None
    reason: str


class AlignmentOut(Output):
    """How much of the work, the value and the people has a line to the strategy.

    `loose` counts open objectives without a line, `declared` those among them that keep the business running.
    """

    as_of: dt.date
    figures: list[FigureOut]
    loose: int
    declared: int
    stranded: list[StrandedOut]


class InputsOutputsOut(Output):
    """Both sides, as last stored. What is not stored yet is left out."""

    unit: Ref | None
    inputs: list[FigureOut]
    outputs: list[FigureOut]


class UnitAlignmentOut(Output):
    """A unit with every unit below it. People are withheld where they are too few."""

    unit: Ref
    part_of: str
    depth: int
    objectives: int
    in_line: int
    loose: int
    by_count: FigureOut
    by_people: FigureOut

    @classmethod
    def of(cls, one: UnitFigures) -> Self:
        return cls(
            unit=Ref(id=one.unit, name=one.name),
            part_of=one.parent,
            depth=one.depth,
            objectives=one.objectives,
            in_line=one.in_line,
            loose=one.loose,
            by_count=FigureOut.of("Objectives in line", one.by_count),
            by_people=FigureOut.of("People in line of sight", one.by_people),
        )

    @classmethod
    def of_all(cls, units: Iterable[UnitFigures]) -> list[Self]:
        return [cls.of(one) for one in units]


class LooseOut(Output):
    """An open objective without a line, and why; `objective` is null where you may not see which."""

    objective: Ref | None
    owner: str
    cycle: Ref
    reason: str

    @classmethod
    def of(cls, end: LooseEnd) -> Self:
        one = end.objective
        cycle = Ref(id=one.cycle_id, name=one.cycle.name)
        shown = Ref(id=one.pk, name=end.title) if end.visible else None
        return cls(objective=shown, owner=end.owner, cycle=cycle, reason=end.reason)


class StoredOut(Output):
    """A figure as it was stored for a day."""

    measure: str
    scope: Literal["organisation", "unit", "priority"]
    scope_id: Annotated[int | None, Field(description="The unit’s or priority’s.")]
    as_of: dt.date
    value: float | None
    status: Status
    n: int
    numerator: float | None
    denominator: float | None
    method_version: str

    @classmethod
    def of_all(cls, rows: Iterable[Any]) -> list[Self]:
        names = ("measure", "as_of", "value", "status", "n", "numerator", "denominator")
        return [
            cls(
                scope=one.scope_kind,
                scope_id=one.scope_id or None,
                method_version=one.method_version,
                **{name: getattr(one, name) for name in names},
            )
            for one in rows
        ]


class AlignmentQuery(Filter):
    as_of: Annotated[Day | None, Field(description="As it stood on this day.")] = None


class StoredQuery(Filter):
    measure: Annotated[str, Field(max_length=60, pattern=r"^[a-z0-9-]*$")] = ""
    scope: Literal["organisation", "unit", "priority"] = "organisation"
    unit: Id | None = None
    priority: Id | None = None
    since: Day | None = None
    until: Day | None = None


@room.reading("/alignment", AlignmentOut)
def read_alignment(
    request: PersonRequest,
    as_of: Annotated[
        Day | None, Query(None, description="As it stood on this day; today if left out.")
    ],
) -> AlignmentOut:
    """Read how much has a line to the strategy."""
    found = alignment(as_of)
    return AlignmentOut(
        as_of=found.as_of,
        figures=[FigureOut.of(name, result) for name, result in found.figures],
        loose=found.loose,
        declared=found.declared,
        stranded=[
            StrandedOut(
                priority=Ref(id=one.priority.pk, name=one.title) if one.visible else None,
                reason=one.reason,
            )
            for one in stranded_priorities(found, request.person)
        ],
    )


@room.listing("/alignment/units", UnitAlignmentOut)
def list_unit_alignment(
    request: PersonRequest, sent: Query[AlignmentQuery]
) -> Page[UnitAlignmentOut]:
    """List how much of each unit has a line, with every unit below it, in the order of the tree."""
    return page_of(request, alignment(sent.as_of).units, sent, UnitAlignmentOut.of_all)


@room.listing("/alignment/loose-ends", LooseOut)
def list_loose_ends(request: PersonRequest, sent: Query[Filter]) -> Page[LooseOut]:
    """List open objectives without a line to a priority, and why."""

    def shown(rows: Iterable[Any]) -> list[LooseOut]:
        return [LooseOut.of(end) for end in loose_ends(list(rows), request.person)]

    return page_of(request, loose_objectives(), sent, shown)


@room.reading("/inputs-outputs", InputsOutputsOut)
def read_inputs_outputs(
    request: PersonRequest,
    unit: Annotated[
        Id | None, Query(None, description="With every unit below it; the whole if left out.")
    ],
) -> InputsOutputsOut:
    """Read how the work is led beside what comes of it.

    Side by side, as stored for the last day: nothing says that one moves the other. Days before are in `/figures`.
    """
    chosen = found(Unit.objects.all(), unit, "unit")
    inputs, outputs = both_sides(chosen, clock.today())
    return InputsOutputsOut(
        unit=None if chosen is None else Ref(id=chosen.pk, name=chosen.name),
        inputs=[FigureOut.of(one.shown.name, one.latest) for one in inputs if one.latest],
        outputs=[FigureOut.of(one.shown.name, one.latest) for one in outputs if one.latest],
    )


@room.listing("/figures", StoredOut)
def list_figures(request: PersonRequest, sent: Query[StoredQuery]) -> Page[StoredOut]:
    """List figures as they were stored for each day, the latest first."""
    rows = Figure.objects.filter(scope_kind=sent.scope)
    if sent.scope == "priority":
        seen = Priority.objects.visible_to(request.person)
        rows = rows.filter(scope_id__in=seen.values("pk"))
    wanted = {
        "measure": sent.measure or None,
        "scope_id": {"unit": sent.unit, "priority": sent.priority}.get(sent.scope),
        "as_of__gte": sent.since,
        "as_of__lte": sent.until,
    }
    rows = rows.filter(**{name: value for name, value in wanted.items() if value is not None})
    return page_of(request, rows.order_by("-as_of", "measure", "pk"), sent, StoredOut.of_all)
