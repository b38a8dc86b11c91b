"""KPIs over the API, with their targets and dated values."""

import datetime as dt
from collections.abc import Iterable
from typing import Annotated, Any, Literal, Self

from django.http import Http404
from ninja import Query
from pydantic import Field

from goldenthread.core import clock
from goldenthread.core.api.room import Page, Room, page_of
from goldenthread.core.api.types import (
    LEFT,
    Digits,
    Filter,
    Id,
    Input,
    Line,
    Name,
    Number,
    Prose,
    RecordOut,
    Ref,
    Search,
    Short,
    found,
)
from goldenthread.core.api.versions import version_seen
from goldenthread.people.access import PersonRequest
from goldenthread.people.models import Unit
from goldenthread.strategy import selectors, services
from goldenthread.strategy.api.priorities import Reason
from goldenthread.strategy.api.strategies import leader_in
from goldenthread.strategy.models import Kpi
from goldenthread.strategy.selectors import Standing

room = Room("KPIs")
Direction = Literal["up", "down", "hold"]


class KpiOut(RecordOut):
    """An outcome of the organisation measured over time, as it stands today.

    `score` runs from 0 (baseline) to 1 (target), of a range it is the share of days within it; null with `reason`.
    """

    external_id: str
    name: str
    definition: str
    measure: str
    decimals: int
    direction: Direction
    low: Digits | None
    high: Digits | None
    unit: Ref | None
    owner: Ref | None
    source: str
    cadence_days: int
    state: Literal["unconfirmed", "active", "retired"]
    latest: Digits | None
    latest_on: dt.date | None
    baseline: Digits | None
    target: Digits | None
    due_on: dt.date | None
    score: float | None
    expected: float | None
    health: str
    out_of_range: str
    reason: str

    @classmethod
    def of(cls, standing: Standing) -> Self:
        kpi, aim = standing.kpi, standing.aim
        names = [
            "version",
            "external_id",
            "name",
            "definition",
            "measure",
            "decimals",
            "direction",
            "low",
            "high",
            "source",
            "cadence_days",
            "state",
        ]
        given: dict[str, Any] = {name: getattr(kpi, name) for name in names}
        latest_on, latest = standing.points[-1] if standing.points else (None, None)
        return cls(
            id=kpi.pk,
            unit=Ref.to(kpi.unit),
            owner=Ref.to(kpi.owner),
            latest=latest,
            latest_on=latest_on,
            baseline=aim.baseline,
            target=aim.target,
            due_on=aim.due,
            score=standing.score.clamped,
            expected=standing.expected,
            health=standing.health,
            out_of_range=standing.out_of_range,
            reason=standing.score.reason,
            **given,
        )

    @classmethod
    def of_all(cls, kpis: Iterable[Kpi]) -> list[Self]:
        listed = list(kpis)
        standings = selectors.kpi_standings(listed, clock.today())
        return [cls.of(standings[one.pk]) for one in listed]


class KpiQuery(Filter):
    q: Search = ""
    state: Literal["unconfirmed", "active", "retired", "all"] = "active"
    health: Literal[
        "", "out", "on_pace", "behind", "at_risk", "outdated", "done", "not_measured"
    ] = ""
    unit: Annotated[Id | None, Field(description="With the units below it.")] = None
    mine: bool = False
    sort: Literal["name", "unit", "owner", "-name", "-unit", "-owner"] = "name"


class NewKpi(Input):
    name: Name
    definition: Prose = ""
    measure: Annotated[Short, Field(description="The unit of its values, such as “%”.")] = ""
    decimals: Annotated[int, Field(ge=0, le=6)] = 0
    direction: Direction = "up"
    low: Number | None = None
    high: Number | None = None
    unit_id: Id | None = None
    owner_id: Id | None = None
    source: Line = ""
    cadence_days: Annotated[int, Field(ge=1, le=1000)] = 30


class KpiChanges(Input):
    name: Name = LEFT
    definition: Prose = LEFT
    measure: Short = LEFT
    decimals: Annotated[int, Field(ge=0, le=6)] = LEFT
    direction: Direction = LEFT
    low: Number | None = None
    high: Number | None = None
    unit_id: Id | None = None
    owner_id: Id | None = None
    source: Line = LEFT
    cadence_days: Annotated[int, Field(ge=1, le=1000)] = LEFT


def kpi_of(request: PersonRequest, kpi_id: int) -> Kpi:
    seen = Kpi.objects.visible_to(request.person).select_related("unit", "owner")
    kpi = seen.filter(pk=kpi_id).first()
    if kpi is None:
        raise Http404
    return kpi


def _told(request: PersonRequest, kpi_id: int) -> KpiOut:
    return KpiOut.of_all([kpi_of(request, kpi_id)])[0]


def _fields(request: PersonRequest, sent: Input) -> dict[str, Any]:
    given = sent.given()
    leader_in(request, given, "owner")
    if "unit_id" in given:
        given["unit"] = found(Unit.objects.all(), given.pop("unit_id"), "unit_id")
    return given


@room.listing("/kpis", KpiOut)
def list_kpis(request: PersonRequest, sent: Query[KpiQuery]) -> Page[KpiOut]:
    """List KPIs, each as it stands today.

    `health=out` lists those out of their range or far from their target.
    """
    chosen = selectors.KpiFilter(
        text=sent.q,
        state=sent.state,
        health=sent.health,
        unit=found(Unit.objects.all(), sent.unit, "unit"),
        mine=sent.mine,
        sort=sent.sort,
    )
    kpis = selectors.kpi_list(request.person, chosen)
    if not sent.health:
        return page_of(request, kpis, sent, KpiOut.of_all)
    standings = selectors.kpi_standings(kpis, clock.today())
    held = [kpi for kpi in kpis if chosen.holds(standings[kpi.pk])]
    return page_of(request, held, sent, lambda rows: [KpiOut.of(standings[one.pk]) for one in rows])


@room.creating("/kpis", KpiOut, at="kpis")
def add_kpi(request: PersonRequest, sent: NewKpi) -> KpiOut:
    """Define a KPI.

    Leaders. Who adds it owns it unless somebody is named.
    """
    kpi = services.add_kpi(actor=request.person, **_fields(request, sent))
    return KpiOut.of_all([kpi])[0]


@room.reading("/kpis/{kpi_id}", KpiOut)
def read_kpi(request: PersonRequest, kpi_id: Id) -> KpiOut:
    """Read a KPI."""
    return _told(request, kpi_id)


@room.changing("/kpis/{kpi_id}", KpiOut)
def change_kpi(request: PersonRequest, kpi_id: Id, sent: KpiChanges) -> KpiOut:
    """Change the definition of a KPI.

    Its owner, a unit's leader above, or the sponsor it serves.
    """
    kpi = kpi_of(request, kpi_id)
    version, given = version_seen(request, kpi), _fields(request, sent)
    services.edit_kpi(actor=request.person, kpi=kpi, version=version, **given)
    return _told(request, kpi_id)


@room.changing("/kpis/{kpi_id}/confirm", KpiOut, method="POST")
def confirm_kpi(request: PersonRequest, kpi_id: Id) -> KpiOut:
    """Take on a KPI that an import proposes.

    The owner named, the sponsor it serves, or, when nobody is named, any leader.
    """
    kpi = kpi_of(request, kpi_id)
    version_seen(request, kpi)
    services.confirm_kpi(actor=request.person, kpi=kpi)
    return _told(request, kpi_id)


@room.changing("/kpis/{kpi_id}/retire", KpiOut, method="POST")
def retire_kpi(request: PersonRequest, kpi_id: Id, sent: Reason) -> KpiOut:
    """Stop using a KPI; its history stays.

    Whoever may change it.
    """
    kpi = kpi_of(request, kpi_id)
    version_seen(request, kpi)
    services.retire_kpi(actor=request.person, kpi=kpi, reason=sent.reason)
    return _told(request, kpi_id)
