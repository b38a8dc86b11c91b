"""Expectation changes over the API: proposed, answered, taken back."""

import datetime as dt
from collections.abc import Iterable
from typing import Annotated, Any, Literal, Self

from django.http import Http404
from ninja import Query
from pydantic import Field

from goldenthread.core.api.room import Page, Room, page_of
from goldenthread.core.api.types import (
    LEFT,
    Day,
    Filter,
    Id,
    Input,
    Line,
    Name,
    Note,
    Number,
    Prose,
    RecordOut,
    Ref,
    Short,
    found,
)
from goldenthread.core.api.versions import version_seen
from goldenthread.core.errors import DomainError
from goldenthread.objectives.api.key_result_shapes import (
    Direction,
    Enough,
    KeyResultIn,
    Weight,
    key_result_in,
)
from goldenthread.objectives.api.shapes import (
    Ambition,
    Days,
    objective_of,
    owner_in,
)
from goldenthread.objectives.models import ExpectationChange, Objective
from goldenthread.objectives.services import changes
from goldenthread.people.access import PersonRequest
from goldenthread.people.models import Person, Unit
from goldenthread.strategy.models import Kpi

room = Room("Changes")


class ChangeOut(RecordOut):
    """A proposed change to an agreed objective; `before` holds the same fields as they stood."""

    objective: Ref
    author: Ref | None
    addressee: Ref | None
    reason: str
    changes: dict[str, Any]
    before: dict[str, Any]
    state: Literal["open", "accepted", "declined", "withdrawn"]
    answer: str
    answered_by: Ref | None
    answered_at: dt.datetime | None
    created_at: dt.datetime

    @classmethod
    def of(cls, change: ExpectationChange) -> Self:
        names = ("version", "reason", "changes", "before", "state", "answer")
        given = {name: getattr(change, name) for name in (*names, "answered_at", "created_at")}
        return cls(
            id=change.pk,
            objective=Ref(id=change.objective_id, name=change.objective.title),
            author=Ref.to(change.author),
            addressee=Ref.to(change.addressee),
            answered_by=Ref.to(change.answered_by),
            **given,
        )

    @classmethod
    def of_all(cls, rows: Iterable[ExpectationChange]) -> list[Self]:
        return [cls.of(change) for change in rows]


class ChangeQuery(Filter):
    state: Literal["open", "accepted", "declined", "withdrawn", "all"] = "all"


class ObjectiveChanges(Input):
    title: Name = LEFT
    why: Prose = LEFT
    starts_on: Day | None = None
    ends_on: Day | None = None
    ambition: Ambition = LEFT
    critical: bool = LEFT
    owner_person_id: Id | None = None
    owner_unit_id: Id | None = None
    cadence_days: Days | None = None
    run_the_business: bool = LEFT


class KeyResultChanges(Input):
    id: Id
    title: Name = LEFT
    measure: Short = LEFT
    weight: Weight = LEFT
    baseline: Number | None = None
    target: Number | None = None
    commit: Number | None = None
    stretch: Number | None = None
    low: Number | None = None
    high: Number | None = None
    required_share: Annotated[Number, Field(gt=0, le=1, decimal_places=3)] = LEFT
    due_on: Day | None = None
    reporter_id: Id | None = None
    source: Line = LEFT
    not_enough: Enough = LEFT
    measure_by: Day | None = None
    direction: Direction = LEFT
    kpi_id: Id | None = None


class NewChange(Input):
    """What shall change, and why. `dropped` key results keep their history with weight 0."""

    reason: Note
    objective: ObjectiveChanges | None = None
    key_results: Annotated[list[KeyResultChanges], Field(max_length=20)] = []
    added: Annotated[list[KeyResultIn], Field(max_length=20)] = []
    dropped: Annotated[list[Id], Field(max_length=20)] = []


class Answer(Input):
    accept: bool
    answer: Annotated[Note, Field(description="Why not, when it is declined.")] = ""


def _change(request: PersonRequest, change_id: int) -> ExpectationChange:
    seen = Objective.objects.visible_to(request.person)
    rows = ExpectationChange.objects.filter(objective__in=seen)
    rows = rows.select_related("author", "addressee", "answered_by")
    change = rows.filter(pk=change_id).first()
    if change is None:
        raise Http404
    change.objective = objective_of(request, change.objective_id)
    return change


def _fields(request: PersonRequest, sent: ObjectiveChanges | None) -> dict[str, Any]:
    if sent is None:
        return {}
    given = sent.given()
    if given.keys() & {"owner_person_id", "owner_unit_id"}:
        given.pop("owner_person_id", None)
        given.pop("owner_unit_id", None)
        owner = owner_in(request, sent)
        given["owner_person"] = owner if isinstance(owner, Person) else None
        given["owner_unit"] = owner if isinstance(owner, Unit) else None
    return given


def _key_results(request: PersonRequest, sent: list[KeyResultChanges]) -> dict[int, dict[str, Any]]:
    people = Person.objects.visible_to(request.person)
    kpis = Kpi.objects.visible_to(request.person)
    wanted = {}
    for place, one in enumerate(sent):
        given = one.given()
        if "reporter_id" in given:
            at = f"key_results.{place}.reporter_id"
            given["reporter"] = found(people, given.pop("reporter_id"), at)
        if "kpi_id" in given:
            at = f"key_results.{place}.kpi_id"
            given["kpi"] = found(kpis, given.pop("kpi_id"), at)
        wanted[given.pop("id")] = given
    return wanted


@room.listing("/objectives/{objective_id}/changes", ChangeOut)
def list_changes(
    request: PersonRequest, objective_id: Id, sent: Query[ChangeQuery]
) -> Page[ChangeOut]:
    """List the changes proposed to an objective, the latest first."""
    rows = objective_of(request, objective_id).expectation_changes.select_related(
        "objective", "author", "addressee", "answered_by"
    )
    if sent.state != "all":
        rows = rows.filter(state=sent.state)
    return page_of(request, rows.order_by("-created_at", "-pk"), sent, ChangeOut.of_all)


@room.creating("/objectives/{objective_id}/changes", ChangeOut, at="changes")
def propose_change(request: PersonRequest, objective_id: Id, sent: NewChange) -> ChangeOut:
    """Propose a change to an agreed objective, with its reason.

    Its owner and their line. Until the other side answers, the agreed wording holds.
    """
    objective = objective_of(request, objective_id)
    if len({one.id for one in sent.key_results}) != len(sent.key_results):
        raise DomainError("Name each key result once.", "key_results")
    change = changes.Change(
        _fields(request, sent.objective),
        _key_results(request, sent.key_results),
        tuple(
            key_result_in(request, one, f"added.{place}", {})
            for place, one in enumerate(sent.added)
        ),
        tuple(dict.fromkeys(sent.dropped)),
    )
    made = changes.propose_change(
        actor=request.person, objective=objective, change=change, reason=sent.reason
    )
    return ChangeOut.of(_change(request, made.pk))


@room.reading("/changes/{change_id}", ChangeOut)
def read_change(request: PersonRequest, change_id: Id) -> ChangeOut:
    """Read a proposed change."""
    return ChangeOut.of(_change(request, change_id))


@room.changing("/changes/{change_id}/answer", ChangeOut, method="POST")
def answer_change(request: PersonRequest, change_id: Id, sent: Answer) -> ChangeOut:
    """Accept a change, which applies it, or decline it with a reason.

    The other side.
    """
    change = _change(request, change_id)
    version_seen(request, change)
    changes.answer_change(actor=request.person, change=change, **sent.every())
    return ChangeOut.of(_change(request, change_id))


@room.changing("/changes/{change_id}/withdraw", ChangeOut, method="POST")
def withdraw_change(request: PersonRequest, change_id: Id) -> ChangeOut:
    """Take a change back before it is answered.

    Who proposed it.
    """
    change = _change(request, change_id)
    version_seen(request, change)
    changes.withdraw_change(actor=request.person, change=change)
    return ChangeOut.of(_change(request, change_id))
