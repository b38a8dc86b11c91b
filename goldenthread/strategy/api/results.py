"""Expected results over the API, and the KPI that shows each."""

import datetime as dt
from collections.abc import Iterable
from typing import Annotated, Any, Self

from django.http import Http404
from ninja import Query
from pydantic import StringConstraints

from goldenthread.core.api.room import Page, Room, page_of
from goldenthread.core.api.types import (
    LEFT,
    NO_NUL,
    Day,
    Digits,
    Filter,
    Id,
    Input,
    Number,
    RecordOut,
    Ref,
    found,
)
from goldenthread.core.api.versions import version_seen
from goldenthread.people.access import PersonRequest
from goldenthread.strategy import services
from goldenthread.strategy.api.priorities import priority_of
from goldenthread.strategy.models import ExpectedResult, Kpi, Priority

room = Room("Expected results")
Words = Annotated[str, StringConstraints(min_length=1, max_length=300, pattern=NO_NUL)]


class ResultOut(RecordOut):
    """What a priority shall bring about: words, and the KPI that shows it, with its target by a date."""

    priority: Ref
    text: str
    kpi: Ref | None
    baseline: Digits | None
    target: Digits | None
    starts_on: dt.date | None
    due_on: dt.date | None
    position: int

    @classmethod
    def of(cls, result: ExpectedResult) -> Self:
        names = ("version", "text", "baseline", "target", "starts_on", "due_on", "position")
        given: dict[str, Any] = {name: getattr(result, name) for name in names}
        priority = Ref(id=result.priority_id, name=result.priority.title)
        return cls(id=result.pk, priority=priority, kpi=Ref.to(result.kpi), **given)

    @classmethod
    def of_all(cls, results: Iterable[ExpectedResult]) -> list[Self]:
        return [cls.of(result) for result in results]


class NewResult(Input):
    text: Words
    kpi_id: Id | None = None
    baseline: Number | None = None
    target: Number | None = None
    starts_on: Day | None = None
    due_on: Day | None = None


class ResultChanges(Input):
    text: Words = LEFT
    kpi_id: Id | None = None
    baseline: Number | None = None
    target: Number | None = None
    starts_on: Day | None = None
    due_on: Day | None = None


def _result(request: PersonRequest, result_id: int) -> ExpectedResult:
    seen = Priority.objects.visible_to(request.person)
    rows = ExpectedResult.objects.filter(priority__in=seen).select_related(
        "priority__strategy__leader", "priority__sponsor", "kpi"
    )
    result = rows.filter(pk=result_id).first()
    if result is None:
        raise Http404
    return result


def _fields(request: PersonRequest, sent: Input) -> dict[str, Any]:
    given = sent.given()
    if "kpi_id" in given:
        kpis = Kpi.objects.visible_to(request.person)
        given["kpi"] = found(kpis, given.pop("kpi_id"), "kpi_id")
    return given


@room.listing("/priorities/{priority_id}/expected-results", ResultOut)
def list_expected_results(
    request: PersonRequest, priority_id: Id, sent: Query[Filter]
) -> Page[ResultOut]:
    """List what a priority shall bring about."""
    priority = priority_of(request, priority_id)
    rows = priority.expected_results.select_related("priority", "kpi")
    return page_of(request, rows.order_by("position", "pk"), sent, ResultOut.of_all)


@room.creating("/priorities/{priority_id}/expected-results", ResultOut, at="expected-results")
def add_expected_result(request: PersonRequest, priority_id: Id, sent: NewResult) -> ResultOut:
    """Say what a priority shall bring about.

    Its sponsor or the strategy's leader. Missing dates are the strategy's, a missing target is the KPI's own.
    """
    priority, given = priority_of(request, priority_id), _fields(request, sent)
    return ResultOut.of(
        services.add_expected_result(actor=request.person, priority=priority, **given)
    )


@room.reading("/expected-results/{result_id}", ResultOut)
def read_expected_result(request: PersonRequest, result_id: Id) -> ResultOut:
    """Read an expected result."""
    return ResultOut.of(_result(request, result_id))


@room.changing("/expected-results/{result_id}", ResultOut)
def change_expected_result(request: PersonRequest, result_id: Id, sent: ResultChanges) -> ResultOut:
    """Change an expected result, or name the KPI that shows it.

    The priority's sponsor or the strategy's leader.
    """
    result = _result(request, result_id)
    version, given = version_seen(request, result), _fields(request, sent)
    services.edit_expected_result(actor=request.person, result=result, version=version, **given)
    return ResultOut.of(_result(request, result_id))


@room.removing("/expected-results/{result_id}")
def remove_expected_result(request: PersonRequest, result_id: Id) -> None:
    """Remove an expected result; its KPI stays.

    The priority's sponsor or the strategy's leader.
    """
    result = _result(request, result_id)
    version_seen(request, result)
    services.remove_expected_result(actor=request.person, result=result)
