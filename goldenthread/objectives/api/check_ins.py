"""Check-ins over the API: appended, never edited."""

import datetime as dt
from collections.abc import Iterable
from typing import Annotated, Any, Literal, Self

from ninja import Query
from pydantic import Field

from goldenthread.core.api.room import Page, Room, page_of
from goldenthread.core.api.types import (
    Day,
    Digits,
    Filter,
    Id,
    Input,
    Note,
    Number,
    Output,
    Ref,
    found,
)
from goldenthread.objectives.api.objectives import key_result_of
from goldenthread.objectives.models import CheckIn, Objective
from goldenthread.objectives.services import check_ins
from goldenthread.people.access import PersonRequest

room = Room("Check-ins")
Confidence = Literal["", "low", "medium", "high"]


class CheckInOut(Output):
    """A dated value, confidence and note; `score` is the key result's as it stood with this."""

    id: Id
    key_result: Ref
    objective: Ref
    as_of: dt.date
    value: Digits | None
    milestones_done: list[int]
    confidence: Confidence
    note: str
    author: Ref | None
    recorded_at: dt.datetime
    score: float | None
    corrects_id: Id | None
    corrected: bool

    @classmethod
    def of(cls, one: CheckIn, corrected: bool = False) -> Self:
        row = one.key_result
        names = ("as_of", "value", "milestones_done", "confidence", "note", "recorded_at", "score")
        given: dict[str, Any] = {name: getattr(one, name) for name in (*names, "corrects_id")}
        return cls(
            id=one.pk,
            key_result=Ref(id=row.pk, name=row.title),
            objective=Ref(id=row.objective_id, name=row.objective.title),
            author=Ref.to(one.author),
            corrected=corrected,
            **given,
        )

    @classmethod
    def of_all(cls, rows: Iterable[CheckIn]) -> list[Self]:
        return [cls.of(one, hasattr(one, "corrected_by")) for one in rows]


class CheckInQuery(Filter):
    objective: Id | None = None
    key_result: Id | None = None
    author: Id | None = None
    since: Annotated[Day | None, Field(description="As of this day or later.")] = None
    until: Day | None = None
    recorded_since: Annotated[Day | None, Field(description="Recorded on this day or later.")] = (
        None
    )


class NewCheckIn(Input):
    """A value in the key result's own unit; one of milestones takes the ids of those done so far instead."""

    value: Number | None = None
    milestones_done: Annotated[list[Id], Field(max_length=200)] | None = None
    confidence: Confidence = ""
    note: Note = ""
    as_of: Annotated[Day | None, Field(description="Today, if left out.")] = None
    corrects_id: Annotated[Id | None, Field(description="The check-in that it corrects.")] = None


@room.listing("/check-ins", CheckInOut)
def list_check_ins(request: PersonRequest, sent: Query[CheckInQuery]) -> Page[CheckInOut]:
    """List check-ins, the latest day first, corrected ones too."""
    seen = Objective.objects.visible_to(request.person)
    rows = CheckIn.objects.filter(key_result__objective__in=seen).select_related(
        "key_result__objective", "author", "corrected_by"
    )
    wanted = {
        "key_result__objective": sent.objective,
        "key_result": sent.key_result,
        "author": sent.author,
        "as_of__gte": sent.since,
        "as_of__lte": sent.until,
        "recorded_at__date__gte": sent.recorded_since,
    }
    rows = rows.filter(**{name: value for name, value in wanted.items() if value is not None})
    rows = rows.order_by("-as_of", "-recorded_at", "-pk")
    return page_of(request, rows, sent, CheckInOut.of_all)


@room.creating("/key-results/{key_result_id}/check-ins", CheckInOut)
def check_in(request: PersonRequest, key_result_id: Id, sent: NewCheckIn) -> CheckInOut:
    """Check in on a key result.

    Its objective's owner, their line, and who reports the number.
    """
    row = key_result_of(request, key_result_id)
    given = sent.every()
    given["corrects"] = found(row.check_ins.all(), given.pop("corrects_id"), "corrects_id")
    return CheckInOut.of(check_ins.check_in(actor=request.person, key_result=row, **given))
