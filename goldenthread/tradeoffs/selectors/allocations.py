"""What is entered of effort, as one reader may see it: of one person, and into one objective."""

import datetime as dt
import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from math import ceil
from typing import Any

from django.db.models import (
    BooleanField,
    Count,
    Exists,
    ExpressionWrapper,
    F,
    OuterRef,
    Q,
    QuerySet,
    Sum,
)

from goldenthread.core.models import Organisation
from goldenthread.core.paths import path_to
from goldenthread.engine.result import MINIMUM_GROUP
from goldenthread.objectives.models import Cycle, Objective
from goldenthread.people.models import Person, Unit, UnitClosure
from goldenthread.strategy.models import Priority
from goldenthread.tradeoffs.models import Allocation, NonRoutineShare, Target
from goldenthread.tradeoffs.selectors.inferring import inferred_shares
from goldenthread.tradeoffs.utilisation import look_of
from goldenthread.ui.health import Look

ZERO = Decimal(0)


@dataclass(frozen=True)
class Part:
    """A share of somebody's time; without a target it goes into what the reader may not see."""

    target: Target | None
    share: Decimal

    @property
    def url(self) -> str:
        if isinstance(self.target, Objective | Priority):
            name = "objective" if isinstance(self.target, Objective) else "priority"
            return path_to(name, self.target.pk)
        return ""

    @property
    def words(self) -> str:
        if self.target is None:
            return "What you may not see"
        return "Run the business" if self.target == "run" else str(self.target)


@dataclass(frozen=True)
class PersonEffort:
    """Where a person's time goes on a day: as entered, or inferred from what they own."""

    parts: list[Part]
    inferred: bool

    @property
    def total(self) -> Decimal:
        return sum((part.share for part in self.parts), ZERO)

    @property
    def look(self) -> Look:
        return look_of(float(self.total))


def stamp(rows: Sequence[Allocation]) -> str:
    """What somebody has seen of one person's or unit's shares in a cycle, to tell whether they changed since."""
    seen = sorted(f"{row.target_key} {row.share:f} {row.starts_on} {row.ends_on}" for row in rows)
    return hashlib.sha256("\n".join(seen).encode()).hexdigest()[:16]


def left_behind(rows: Sequence[Allocation], cycle: Cycle) -> list[Allocation]:
    """Those of a cycle's shares that its dates have moved away from: that lie outside it in part, or end on the last
    day of them all where that is before the cycle ends."""
    own = [row for row in rows if row.cycle_id == cycle.pk]
    last = max((row.ends_on for row in own), default=cycle.ends_on)
    return [
        row
        for row in own
        if row.starts_on < cycle.starts_on
        or row.ends_on > cycle.ends_on
        or (row.ends_on == last < cycle.ends_on)
    ]


def minimum_group() -> int:
    organisation = Organisation.current()
    return organisation.minimum_group if organisation else MINIMUM_GROUP


def hidden_targets(reader: Person, rows: Iterable[Allocation]) -> set[str]:
    """The keys of what effort goes into and the reader may not see. A query each where any is closed to some."""
    every = list(rows)
    secret = {row.objective.pk for row in every if row.objective and row.objective.restricted}
    closed = {row.priority.pk for row in every if row.priority and row.priority.confidential}
    if secret:
        seen = Objective.objects.visible_to(reader).filter(pk__in=secret)
        secret -= set(seen.values_list("pk", flat=True))
    if closed:
        shown = Priority.objects.visible_to(reader).filter(pk__in=closed)
        closed -= set(shown.values_list("pk", flat=True))
    return {f"o{pk}" for pk in secret} | {f"p{pk}" for pk in closed}


def parts_of(reader: Person, rows: Sequence[Allocation]) -> list[Part]:
    """The shares by what they go into, the largest first; what the reader may not see is one sum."""
    hidden = hidden_targets(reader, rows)
    sums: dict[str, Part] = {}
    for row in rows:
        unseen = row.target_key in hidden
        key = "" if unseen else row.target_key
        before = sums[key].share if key in sums else ZERO
        sums[key] = Part(None if unseen else row.target, before + row.share)
    return sorted(sums.values(), key=lambda part: -part.share)


def person_effort(reader: Person, person: Person, on: dt.date) -> PersonEffort | None:
    """Where the person's time goes, for themself, those above and planners; None for others, or where nobody knows.

    What is inferred is shown to the person alone: it is theirs to confirm. One query for others, three for oneself.
    """
    rows = Allocation.objects.visible_to(reader).in_force(on).filter(person=person)
    entered = list(rows.select_related("objective", "priority"))
    if entered:
        return PersonEffort(parts_of(reader, entered), inferred=False)
    if reader != person:
        return None
    found = inferred_shares([person.pk], on, NonRoutineShare.now()).get(person.pk)
    parts = [Part(one.target, one.share) for one in found or ()]
    return PersonEffort(parts, inferred=True) if parts else None


@dataclass(frozen=True)
class Giver:
    """Whose effort goes into an objective, and how much."""

    whose: Person | Unit
    share: Decimal
    fte: Decimal


@dataclass(frozen=True)
class ObjectiveEffort:
    """The effort that goes into one objective, in full-time equivalents.

    `fte` is None where it would tell of too few people whom the reader may not see; `people` counts all.
    """

    fte: Decimal | None
    people: int
    givers: list[Giver]  # whom the reader may see, the most first
    minimum: int


def objective_effort(reader: Person, objective: Objective, on: dt.date) -> ObjectiveEffort | None:
    """What goes into an objective; None where nothing is entered. One query, two more where units give.

    A sum that names fewer than the minimum of people, and one from which the few that the reader does not see could
    be told by subtraction, is not shown.
    """
    seen = ExpressionWrapper(Allocation.objects.seen_by(reader), output_field=BooleanField())
    rows = list(
        Allocation.objects.in_force(on)
        .filter(objective=objective)
        .filter(Q(person__isnull=True) | Q(person__end__isnull=True) | Q(person__end__gte=on))
        .annotate(seen=seen)
        .select_related("person", "unit")
    )
    if not rows:
        return None
    free = free_capacity([row.unit for row in rows if row.unit is not None], on)
    givers, people, hidden, fte = [], 0, 0, ZERO
    for row in rows:
        if row.person is not None:
            count, given = 1, row.share * row.person.fte
        else:
            capacity = free[row.unit_id or 0]
            count, given = capacity.people, row.share * capacity.fte
        people += count
        fte += given
        if getattr(row, "seen"):  # noqa: B009  annotated
            givers.append(Giver(row.whose, row.share, given))
        else:
            hidden += count
    minimum = minimum_group()
    shown = hidden == 0 or hidden >= minimum
    givers.sort(key=lambda one: (-one.fte, str(one.whose)))
    return ObjectiveEffort(fte if shown else None, people, givers, minimum)


@dataclass(frozen=True)
class Capacity:
    """How many people, and how much of their time in full-time equivalents."""

    people: int = 0
    fte: Decimal = ZERO


def free_capacity(units: Sequence[Unit], on: dt.date) -> dict[int, Capacity]:
    """The capacity that the shares of each unit speak of, by its id: of everybody in it and below, without those of
    whom something is entered and those in a lower unit that has shares of its own. The nearer word counts. A unit whose
    people are not entered counts as what it has.

    No query without units, three with.
    """
    if not units:
        return {}
    with_shares = Allocation.objects.in_force(on).filter(unit__isnull=False).values("unit")
    nearest: dict[int, tuple[int, int]] = {}
    above = UnitClosure.objects.filter(ancestor__in=with_shares)
    for row in above.values_list("descendant_id", "ancestor_id", "depth"):
        descendant, ancestor, depth = row
        nearest[descendant] = min(nearest.get(descendant, (depth, ancestor)), (depth, ancestor))
    entered = Allocation.objects.in_force(on).filter(person=OuterRef("pk"))
    people = (
        Person.objects.working(on)
        .filter(~Exists(entered), unit__in=list(nearest))
        .order_by()
        .values_list("unit")
        .annotate(fte_sum=Sum(F("fte")), people=Count("pk"))
    )
    bare = without_people(on).filter(pk__in=list(nearest)).values_list("pk", "fte")
    found = {unit.pk: Capacity() for unit in units}
    for pk, fte, count in [*people, *((pk, fte, ceil(fte)) for pk, fte in bare)]:
        ancestor = nearest[pk][1]
        if ancestor in found:
            before = found[ancestor]
            found[ancestor] = Capacity(before.people + count, before.fte + fte)
    return found


def without_people(on: dt.date) -> "QuerySet[Any]":
    """The units in force that say what they have because their people are not entered."""
    working = Person.objects.working(on).filter(unit=OuterRef("pk"))
    return Unit.objects.filter(~Exists(working), fte__isnull=False, ended_on__isnull=True)
