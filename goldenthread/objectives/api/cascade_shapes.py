"""What the API tells of a cascade between units and its versions."""

import datetime as dt
from collections.abc import Iterable
from decimal import Decimal
from typing import Any, Literal, Self

from goldenthread.core import clock
from goldenthread.core.api.types import Digits, Id, Output, RecordOut, Ref
from goldenthread.objectives.api.key_result_shapes import Direction, Kind
from goldenthread.objectives.models import Cascade, CascadeVersion, Objective
from goldenthread.objectives.selectors.cascades.thread import served
from goldenthread.people.models import Person
from goldenthread.strategy.models import Priority

State = Literal["draft", "proposed", "countered", "agreed", "active", "declined", "withdrawn"]
Side = Literal["giver", "taker"]
Contributes = Literal["", "component", "driver", "enabler"]
Strength = Literal[1, 3, 9]
NUMBERS = ("weight", "baseline", "target", "commit", "stretch", "low", "high", "required_share")


class ProposedMilestoneOut(Output):
    title: str
    due_on: dt.date | None
    weight: Digits


class ProposedKeyResultOut(Output):
    """A key result as it is proposed; it has no record of its own before both sides agree."""

    title: str
    kind: Kind
    measure: str
    decimals: int
    weight: Digits | None
    baseline: Digits | None
    target: Digits | None
    commit: Digits | None
    stretch: Digits | None
    low: Digits | None
    high: Digits | None
    required_share: Digits | None
    due_on: dt.date | None
    measure_by: dt.date | None
    source: str
    not_enough: str
    direction: Direction
    reporter_id: Id | None
    kpi_id: Id | None
    milestones: list[ProposedMilestoneOut]

    @classmethod
    def of(cls, kept: dict[str, Any]) -> Self:
        texts = ("measure", "source", "not_enough", "direction")
        given = {name: kept.get(name, "") for name in texts}
        for name in NUMBERS:
            given[name] = Decimal(kept[name]) if name in kept else None
        for name in ("due_on", "measure_by"):
            given[name] = dt.date.fromisoformat(kept[name]) if name in kept else None
        return cls(
            title=kept["title"],
            kind=kept["kind"],
            decimals=kept.get("decimals", 0),
            reporter_id=kept.get("reporter"),
            kpi_id=kept.get("kpi"),
            milestones=[
                ProposedMilestoneOut(
                    title=one["title"],
                    due_on=dt.date.fromisoformat(one["due_on"]) if one.get("due_on") else None,
                    weight=Decimal(one["weight"]),
                )
                for one in kept.get("milestones", ())
            ],
            **given,
        )


class CascadeVersionOut(Output):
    """What one side proposed. `stale`: another version stood by the time it came, so that it changes nothing."""

    id: Id
    number: int
    answers: int | None
    stale: bool
    side: Side
    author: Ref | None
    author_for: Ref | None
    recorded_at: dt.datetime
    title: str
    why: str
    strength: Strength
    kind: Contributes
    starts_on: dt.date | None
    ends_on: dt.date | None
    key_results: list[ProposedKeyResultOut]
    mandate: str
    resources: str
    fte: Digits | None
    answer_by: dt.date
    word: str

    @classmethod
    def of(cls, row: CascadeVersion) -> Self:
        return cls(
            id=row.pk,
            author=Ref.to(row.author),
            author_for=Ref.to(row.author_for),
            key_results=[ProposedKeyResultOut.of(one) for one in row.key_results],
            **{name: getattr(row, name) for name in _OF_VERSION},
        )


_OF_VERSION: tuple[str, ...] = (
    *("number", "answers", "stale", "side", "recorded_at", "title", "why", "strength", "kind"),
    *("starts_on", "ends_on", "mandate", "resources", "fte", "answer_by", "word"),
)


class CascadeRowOut(RecordOut):
    """A thread between two units. `number` is the version that stands, `spoken` the side that wrote it.

    Without `parent_objective` and `parent_priority` you may not see what it serves.
    """

    title: str
    state: State
    direction: Literal["down", "up"]
    giver_unit: Ref
    taking_unit: Ref
    parent_objective: Ref | None
    parent_priority: Ref | None
    cycle: Ref
    number: int
    spoken: Side
    answer_by: dt.date
    overdue: bool
    objective_id: Id | None
    alone: str
    reason: str

    @classmethod
    def of_all(cls, rows: Iterable[Cascade], reader: Person) -> list[Self]:
        every, on = list(rows), clock.today()
        parents = served(reader, every)
        return [cls(**row_of(one, parents[one.pk].record, on)) for one in every]


_PLAIN: tuple[str, ...] = (
    *("version", "title", "state", "direction", "number", "spoken", "answer_by", "alone"),
    *("reason", "objective_id"),
)


def row_of(one: Cascade, parent: Objective | Priority | None, on: dt.date) -> dict[str, Any]:
    return {
        "id": one.pk,
        "giver_unit": Ref(id=one.giver_unit.pk, name=one.giver_unit.name),
        "taking_unit": Ref(id=one.taking_unit.pk, name=one.taking_unit.name),
        "cycle": Ref(id=one.cycle.pk, name=one.cycle.name),
        "parent_objective": Ref.to(parent) if isinstance(parent, Objective) else None,
        "parent_priority": Ref.to(parent) if isinstance(parent, Priority) else None,
        "overdue": one.is_overdue(on),
        **{name: getattr(one, name) for name in _PLAIN},
    }


class CascadeOut(CascadeRowOut):
    """A thread with every version of it, the oldest first."""

    versions: list[CascadeVersionOut]


class CascadesOut(Output):
    """What was opened at once, a thread for each unit."""

    cascades: list[CascadeRowOut]
