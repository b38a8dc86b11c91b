"""What is sent and answered of decisions."""

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Annotated, Any, Literal, Self

from pydantic import Field

from goldenthread.core.api.types import (
    LEFT,
    Day,
    Digits,
    Filter,
    Id,
    Input,
    Name,
    Note,
    Number,
    Output,
    RecordOut,
    Ref,
    Search,
    found,
)
from goldenthread.core.errors import DomainError
from goldenthread.objectives.models import Objective
from goldenthread.people.access import PersonRequest
from goldenthread.people.models import Person, Unit
from goldenthread.strategy.models import Kpi, Priority
from goldenthread.tradeoffs.models import Decision, Touch
from goldenthread.tradeoffs.selectors.touches import touches_of
from goldenthread.tradeoffs.services import OptionWords, Touched

State = Literal["unconfirmed", "open", "decided", "looked_back", "replaced", "withdrawn"]
AsExpected = Literal["", "yes", "partly", "no"]
Kind = Literal["priority", "objective", "unit", "kpi", "person"]


class OptionOut(Output):
    """One of the options, with what speaks for and against it."""

    id: Id
    title: str
    speaks_for: str
    speaks_against: str
    chosen: bool


class TouchOut(Output):
    """Something that the decision touches."""

    kind: Kind
    id: Id
    name: str

    @classmethod
    def of(cls, touch: Touch) -> Self:
        record = touch.record
        kind: Any = touch.name
        return cls(kind=kind, id=record.pk, name=str(record))


class DecisionOut(RecordOut):
    """A decision. What it touches and the reader may not see is left out."""

    question: str
    background: str
    state: State
    confidential: bool
    author: Ref | None
    decider: Ref
    due_on: dt.date | None
    options: list[OptionOut]
    touches: list[TouchOut]
    reason: str
    given_up: str
    freed_fte: Digits | None
    freed_until: dt.date | None
    decided_on: dt.date | None
    expected: str
    look_again_on: dt.date | None
    looked_back_on: dt.date | None
    outcome: str
    as_expected: AsExpected
    learnt: str
    replaces: Ref | None

    @classmethod
    def of_all(cls, rows: Iterable[Decision], reader: Person) -> list[Self]:
        every = list(rows)
        touched = touches_of(every, reader)
        earlier = Decision.objects.visible_to(reader).in_bulk(
            [pk for one in every if (pk := one.replaces_id)]
        )
        return [
            cls(
                id=one.pk,
                author=Ref.to(one.author),
                decider=Ref(id=one.decider_id, name=one.decider.name),
                replaces=Ref.to(earlier.get(one.replaces_id or 0)),
                options=[
                    OptionOut(
                        id=option.pk,
                        title=option.title,
                        speaks_for=option.speaks_for,
                        speaks_against=option.speaks_against,
                        chosen=option.chosen,
                    )
                    for option in one.options.all()
                ],
                touches=[TouchOut.of(touch) for touch in touched[one.pk]],
                **{name: getattr(one, name) for name in _PLAIN},
            )
            for one in every
        ]


_PLAIN: tuple[str, ...] = (
    *("version", "question", "background", "state", "confidential", "due_on", "reason"),
    *("given_up", "freed_fte", "freed_until", "decided_on", "expected", "look_again_on"),
    *("looked_back_on", "outcome", "as_expected", "learnt"),
)


class DecisionQuery(Filter):
    q: Search = ""
    state: Literal["", "unconfirmed", "open", "decided", "looked_back", "replaced", "withdrawn"] = (
        ""
    )
    due: Annotated[
        bool, Field(description="Only those overdue to be decided, or to be looked back on.")
    ] = False
    decider_id: Id | None = None
    priority_id: Id | None = None
    objective_id: Id | None = None
    unit_id: Id | None = None
    kpi_id: Id | None = None
    person_id: Id | None = None


class OptionIn(Input):
    """An option; with its `id` the words of one that stands are changed."""

    id: Id | None = None
    title: Name
    speaks_for: Note = ""
    speaks_against: Note = ""


class TouchIn(Input):
    kind: Kind
    id: Id


Options = Annotated[list[OptionIn], Field(max_length=12)]
Touches = Annotated[list[TouchIn], Field(max_length=30)]


class NewDecision(Input):
    """`replaces_id`: the decision that is asked again, and replaced once this is decided."""

    question: Name
    due_on: Day
    decider_id: Id | None = None
    background: Note = ""
    options: Options = []
    touches: Touches = []
    confidential: bool = False
    replaces_id: Id | None = None


class DecisionChanges(Input):
    """`options` and `touches` are sent whole; an option without its `id` is a new one."""

    question: Name = LEFT
    due_on: Day = LEFT
    decider_id: Id = LEFT
    background: Note = LEFT
    options: Options = LEFT
    touches: Touches = LEFT
    confidential: bool = LEFT


class WordingChanges(Input):
    """The words of what is decided. `options`: all of them, each with its `id`."""

    question: Name = LEFT
    background: Note = LEFT
    reason: Note = LEFT
    given_up: Note = LEFT
    expected: Note = LEFT
    outcome: Note = LEFT
    learnt: Note = LEFT
    options: Options = LEFT
    touches: Touches = LEFT
    confidential: bool = LEFT


class Choice(Input):
    """`choice` is one of the options by its `id`, or another one in words."""

    choice_id: Id | None = None
    choice: Name = LEFT
    given_up: Note
    look_again_on: Day
    reason: Note = ""
    freed_fte: Number | None = None
    freed_until: Day | None = None
    expected: Note = ""
    decided_on: Day | None = None


class LookBack(Input):
    outcome: Note
    as_expected: Literal["yes", "partly", "no"]
    learnt: Note = ""


class LookLater(Input):
    on: Day
    reason: Note


class Withdrawal(Input):
    reason: Note


def fields_of(request: PersonRequest, sent: Input) -> dict[str, Any]:
    """What a service takes: ids become the records that the reader sees."""
    given = sent.given()
    if "decider_id" in given:
        people = Person.objects.visible_to(request.person)
        given["decider"] = found(people, given.pop("decider_id"), "decider_id")
    if "replaces_id" in given:
        seen = Decision.objects.visible_to(request.person)
        given["replaces"] = found(seen, given.pop("replaces_id"), "replaces_id")
    if "options" in given:
        given["options"] = [
            OptionWords(one.title, one.speaks_for, one.speaks_against, one.id)
            for one in given["options"]
        ]
    if "touches" in given:
        given["touches"] = _touched(request.person, given["touches"])
    return given


def _touched(reader: Person, sent: Sequence[TouchIn]) -> list[Touched]:
    """The records named, a query a kind."""
    seen: dict[str, Any] = {
        "priority": Priority.objects.visible_to(reader),
        "objective": Objective.objects.visible_to(reader),
        "unit": Unit.objects.all(),
        "kpi": Kpi.objects.visible_to(reader),
        "person": Person.objects.visible_to(reader),
    }
    known = {
        kind: rows.in_bulk([one.id for one in sent if one.kind == kind])
        for kind, rows in seen.items()
        if any(one.kind == kind for one in sent)
    }
    for place, one in enumerate(sent):
        if one.id not in known[one.kind]:
            raise DomainError(f"There is no {one.kind} {one.id} here.", f"touches.{place}.id")
    return list(dict.fromkeys(known[one.kind][one.id] for one in sent))
