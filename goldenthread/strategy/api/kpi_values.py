"""What a KPI shall reach and what it was, over the API: targets, dated values, corrections."""

import datetime as dt
from collections.abc import Iterable
from typing import Annotated, Any, Self

from django.http import Http404
from ninja import Query
from pydantic import Field, StringConstraints

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
    Output,
    RecordOut,
    Ref,
)
from goldenthread.core.api.versions import version_seen
from goldenthread.people.access import PersonRequest
from goldenthread.strategy import selectors, services
from goldenthread.strategy.api.kpis import kpi_of
from goldenthread.strategy.models import Kpi, KpiTarget, Observation

room = Room("KPI targets and values")
AsFound = Annotated[
    str,
    StringConstraints(max_length=500, pattern=NO_NUL),
    Field(description="What is no number, as it was found."),
]


class TargetOut(RecordOut):
    """What a KPI shall reach by a date, from where; of a range its two ends."""

    starts_on: dt.date
    due_on: dt.date
    baseline: Digits | None
    value: Digits | None
    low: Digits | None
    high: Digits | None
    text: str

    @classmethod
    def of(cls, target: KpiTarget) -> Self:
        names = ("version", "starts_on", "due_on", "baseline", "value", "low", "high", "text")
        given: dict[str, Any] = {name: getattr(target, name) for name in names}
        return cls(id=target.pk, **given)

    @classmethod
    def of_all(cls, targets: Iterable[KpiTarget]) -> list[Self]:
        return [cls.of(target) for target in targets]


class NewTarget(Input):
    """A KPI held in a range has `low` and `high`, the others `baseline` and `value`."""

    due_on: Day
    starts_on: Day | None = None
    baseline: Number | None = None
    value: Number | None = None
    low: Number | None = None
    high: Number | None = None
    text: AsFound = ""


class ObservationOut(Output):
    """A dated value. Never edited: a correction is a new one that names the old."""

    id: Id
    on: dt.date
    value: Digits | None
    text: str
    note: str
    author: Ref | None
    recorded_at: dt.datetime
    corrects_id: Id | None
    corrected: bool

    @classmethod
    def of(cls, one: Observation, corrected: bool = False) -> Self:
        names = ("on", "value", "text", "note", "recorded_at", "corrects_id")
        given: dict[str, Any] = {name: getattr(one, name) for name in names}
        return cls(id=one.pk, author=Ref.to(one.author), corrected=corrected, **given)

    @classmethod
    def of_all(cls, rows: Iterable[Observation]) -> list[Self]:
        return [cls.of(one, hasattr(one, "corrected_by")) for one in rows]


class ObservationQuery(Filter):
    since: Day | None = None
    until: Day | None = None
    corrected: Annotated[bool, Field(description="Those that were corrected too.")] = True


class NewObservation(Input):
    on: Day
    value: Number | None = None
    text: AsFound = ""
    note: Note = ""


class Correction(Input):
    value: Number | None = None
    text: AsFound = ""
    note: Annotated[Note, Field(description="Why it is corrected.")]


# Targets ------------------------------------------------------------------------------------------------------
def _target(request: PersonRequest, target_id: int) -> KpiTarget:
    seen = KpiTarget.objects.filter(kpi__in=Kpi.objects.visible_to(request.person))
    target = seen.select_related("kpi__owner", "kpi__unit").filter(pk=target_id).first()
    if target is None:
        raise Http404
    return target


@room.listing("/kpis/{kpi_id}/targets", TargetOut)
def list_targets(request: PersonRequest, kpi_id: Id, sent: Query[Filter]) -> Page[TargetOut]:
    """List the targets of a KPI, by their date."""
    rows = kpi_of(request, kpi_id).targets.order_by("due_on", "pk")
    return page_of(request, rows, sent, TargetOut.of_all)


@room.creating("/kpis/{kpi_id}/targets", TargetOut, at="targets")
def set_target(request: PersonRequest, kpi_id: Id, sent: NewTarget) -> TargetOut:
    """Set what a KPI shall reach by a date; the target of that date, if there is one, is written over.

    Whoever may change the KPI.
    """
    kpi = kpi_of(request, kpi_id)
    return TargetOut.of(services.set_target(actor=request.person, kpi=kpi, **sent.every()))


@room.reading("/targets/{target_id}", TargetOut)
def read_target(request: PersonRequest, target_id: Id) -> TargetOut:
    """Read a target."""
    return TargetOut.of(_target(request, target_id))


@room.changing("/targets/{target_id}", TargetOut, method="PUT")
def change_target(request: PersonRequest, target_id: Id, sent: NewTarget) -> TargetOut:
    """Write a target anew.

    Whoever may change the KPI.
    """
    target = _target(request, target_id)
    version = version_seen(request, target)
    services.set_target(
        actor=request.person, kpi=target.kpi, target=target, version=version, **sent.every()
    )
    return TargetOut.of(_target(request, target_id))


@room.removing("/targets/{target_id}")
def remove_target(request: PersonRequest, target_id: Id) -> None:
    """Remove a target.

    Whoever may change the KPI.
    """
    target = _target(request, target_id)
    version_seen(request, target)
    services.remove_target(actor=request.person, target=target)


# Values -------------------------------------------------------------------------------------------------------
@room.listing("/kpis/{kpi_id}/observations", ObservationOut)
def list_observations(
    request: PersonRequest, kpi_id: Id, sent: Query[ObservationQuery]
) -> Page[ObservationOut]:
    """List the values of a KPI, the newest day first, a correction above what it corrects."""
    rows = selectors.kpi_history(kpi_of(request, kpi_id))
    if sent.since is not None:
        rows = rows.filter(on__gte=sent.since)
    if sent.until is not None:
        rows = rows.filter(on__lte=sent.until)
    if not sent.corrected:
        rows = rows.filter(corrected_by__isnull=True)
    return page_of(request, rows, sent, ObservationOut.of_all)


@room.creating("/kpis/{kpi_id}/observations", ObservationOut)
def observe(request: PersonRequest, kpi_id: Id, sent: NewObservation) -> ObservationOut:
    """Record what a KPI was on a day.

    Its owner, their line, a unit's leader above, or the sponsor it serves. One value a day: correct it instead.
    """
    kpi = kpi_of(request, kpi_id)
    return ObservationOut.of(services.observe(actor=request.person, kpi=kpi, **sent.every()))


@room.creating("/observations/{observation_id}/corrections", ObservationOut)
def correct_observation(
    request: PersonRequest, observation_id: Id, sent: Correction
) -> ObservationOut:
    """Correct a value by a new one for the same day; the old one stays readable.

    Whoever may record values.
    """
    seen = Observation.objects.filter(kpi__in=Kpi.objects.visible_to(request.person))
    one = seen.select_related("kpi__owner", "kpi__unit").filter(pk=observation_id).first()
    if one is None:
        raise Http404
    made = services.correct(actor=request.person, observation=one, **sent.every())
    return ObservationOut.of(made)
