"""What the figures of catchball are made of: by cycle, for one unit or all. Read for everybody: sums name no title."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q, QuerySet

from goldenthread.core import clock
from goldenthread.engine.cascade import (
    DaysToAgreement,
    Link,
    LinkQuality,
    catchball_completeness,
    catchball_symmetry,
    days_to_agreement,
    link_quality,
)
from goldenthread.engine.cascade import Kind as LinkKind
from goldenthread.engine.result import Result
from goldenthread.objectives.cascade_states import SETTLED, WAITING, CascadeState
from goldenthread.objectives.models import Cascade, CascadeSide, CascadeVersion, Cycle
from goldenthread.people.models import Unit


@dataclass(frozen=True)
class CascadeFacts:
    """Counts of one cycle, drafts and what was taken back left out.

    `needing` are the links that need acceptance, `accepted` those that have it, `closed` were agreed or declined.
    `answered` are those of the closed where the unit that takes it on proposed: a change, or the whole as an offer
    upward; it was adopted, or declined with a reason, which every refusal has. `days` is how long each agreement took
    from the first proposal.
    """

    needing: int = 0
    accepted: int = 0
    closed: int = 0
    answered: int = 0
    waiting: int = 0
    overdue: int = 0
    days: tuple[int, ...] = ()

    def completeness(self, on: dt.date) -> Result:
        return catchball_completeness(self.accepted, self.needing, as_of=on)

    def symmetry(self, on: dt.date) -> Result:
        return catchball_symmetry(self.answered, self.closed, as_of=on)

    def time_to_agreement(self, on: dt.date) -> DaysToAgreement:
        return days_to_agreement(self.days, as_of=on)


def cascades_counted(cycle: Cycle, unit: Unit | None = None) -> "QuerySet[Cascade]":
    """The threads that the figures of a cycle count: put to the other side and not taken back."""
    rows = Cascade.objects.filter(cycle=cycle).exclude(
        state__in=[CascadeState.DRAFT, CascadeState.WITHDRAWN]
    )
    if unit is not None:
        rows = rows.filter(Q(giver_unit=unit) | Q(taking_unit=unit))
    return rows


def cascade_facts(cycle: Cycle, on: dt.date, unit: Unit | None = None) -> CascadeFacts:
    """The counts of a cycle; of a unit, those that it gave or took. One query."""
    return facts_of(cascades_counted(cycle, unit), on)


def facts_of(rows: "QuerySet[Cascade]", on: dt.date) -> CascadeFacts:
    """The counts over these threads. One query."""
    return _counted(_with_changes(rows), on)


def _with_changes(rows: "QuerySet[Cascade]") -> "QuerySet[Cascade]":
    """Each with whether the taking unit proposed a change: a version of its own to one of the other side."""
    asked = CascadeVersion.objects.filter(
        cascade=OuterRef("cascade"), number=OuterRef("answers"), side=CascadeSide.GIVER
    )
    countered = CascadeVersion.objects.filter(
        Exists(asked), cascade=OuterRef("pk"), side=CascadeSide.TAKER, stale=False
    )
    return rows.annotate(taker_countered=Exists(countered)).only(
        "state", "taking_unit", "answer_by", "proposed_at", "closed_at", "direction", "spoken"
    )


def _counted(rows: Iterable[Cascade], on: dt.date) -> CascadeFacts:
    needing = accepted = closed = answered = waiting = overdue = 0
    days = []
    for row in rows:
        needing += 1
        if row.state in WAITING:
            waiting += 1
            overdue += row.answer_by < on
            continue
        closed += 1
        offered = row.direction == Cascade.Direction.UP
        answered += offered or row.taker_countered  # type: ignore[attr-defined]  # annotated
        if row.state in SETTLED:
            accepted += 1
            if row.proposed_at is not None and row.closed_at is not None:
                took = clock.day_of(row.closed_at) - clock.day_of(row.proposed_at)
                days.append(max(took.days, 0))
    return CascadeFacts(needing, accepted, closed, answered, waiting, overdue, tuple(days))


def quality_of(cascade: Cascade) -> LinkQuality:
    """How good the link is that a thread made, or would make with the version that stands."""
    version = next(one for one in cascade.versions.all() if one.number == cascade.number)
    parent = cascade.parent_objective
    starts = version.starts_on or cascade.cycle.starts_on
    ends = version.ends_on or cascade.cycle.ends_on
    return link_quality(
        Link(
            cascade.parent.title,
            version.title,
            accepted=cascade.is_settled,
            kind=LinkKind(version.kind) if version.kind else None,
            parent_period=(parent.starts, parent.ends) if parent is not None else None,
            child_period=(starts, ends) if starts <= ends else None,
        )
    )
