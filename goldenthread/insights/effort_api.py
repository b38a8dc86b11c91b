"""Where effort goes, over the API: the figures of the organisation or a unit, the same as its page shows."""

import datetime as dt
from typing import Annotated, Literal

from ninja import Query

from goldenthread.core.api.figures import FigureOut
from goldenthread.core.api.room import Room
from goldenthread.core.api.types import Id, Output, Ref
from goldenthread.core.api.types import found as found_by_id
from goldenthread.insights.selectors.effort import effort_figures
from goldenthread.insights.selectors.effort.reading import named
from goldenthread.people.access import PersonRequest
from goldenthread.people.models import Unit

room = Room("Effort figures")


class IntoOut(Output):
    """What goes into one priority. Null where you may not see which, or where it would tell of too few people."""

    priority: Ref | None
    value_share: float | None
    effort_share: float | None
    fte: float | None
    people: int | None


class FlowOut(Output):
    """Full-time equivalents from a unit, through an objective, into a priority. `apart` is what may not be told by
    unit, `few` what may not be told by priority, because of too few people; `rest` are other units and a unit itself."""

    unit: Ref | None
    from_kind: Literal["unit", "rest", "apart"]
    through: Ref | None
    through_kind: Literal["objective", "others", "straight", "unlinked", "run", "few"]
    priority: Ref | None
    fte: float


class EffortFiguresOut(Output):
    """Entered effort only, never inferred. `measured_at` is set while something has changed since it was counted."""

    as_of: dt.date
    measured_at: dt.datetime | None
    unit: Ref | None
    people: int | None
    coverage: float | None
    withheld: bool
    figures: list[FigureOut]
    into: list[IntoOut]
    unlinked_fte: float | None
    run_the_business_fte: float | None
    overcommitted_fte: float | None
    flows: list[FlowOut]


@room.reading("/effort", EffortFiguresOut)
def read_effort(
    request: PersonRequest,
    unit: Annotated[
        Id | None, Query(None, description="Of a unit with everything below it; else the whole.")
    ],
) -> EffortFiguresOut:
    """Read where effort goes and how it is spread.

    Everybody; of too few people nothing is told.
    """
    shown = found_by_id(Unit.objects.filter(ended_on__isnull=True), unit, "unit")
    found = effort_figures(shown.pk if shown else None)
    names = named(found, request.person)

    def priority(pk: int | None) -> Ref | None:
        return Ref(id=pk, name=names.priority(pk)) if pk is not None and pk in names.seen else None

    def objective(pk: int | None) -> Ref | None:
        return Ref(id=pk, name=names.objective(pk)) if pk in names.objectives and pk else None

    chart = found.chart
    return EffortFiguresOut(
        as_of=found.as_of,
        measured_at=found.measured_at,
        unit=Ref(id=shown.pk, name=shown.name) if shown else None,
        people=None if found.withheld else found.people,
        coverage=None if found.withheld else found.coverage,
        withheld=found.withheld,
        figures=[FigureOut.of(name, result) for name, result in found.results],
        into=[
            IntoOut(
                priority=priority(one.priority),
                value_share=one.share,
                effort_share=found.share_of(one.fte),
                fte=one.fte,
                people=one.people,
            )
            for one in found.into
        ],
        unlinked_fte=found.unlinked,
        run_the_business_fte=found.run_the_business,
        overcommitted_fte=found.overcommitted,
        flows=[
            FlowOut(
                unit=Ref(id=band.unit, name=band.name)
                if band.kind == "unit" and band.unit is not None
                else None,
                from_kind=band.kind,
                through=objective(stream.objective),
                through_kind=stream.kind,
                priority=priority(stream.priority),
                fte=flow.fte,
            )
            for flow in (chart.flows if chart else ())
            for band, stream in [(chart.bands[flow.band], chart.streams[flow.stream])]
        ]
        if chart
        else [],
    )
