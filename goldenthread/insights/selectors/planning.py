"""Where the planning round of a cycle stands: per unit what is proposed, countered, agreed and missing; what nobody took."""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from goldenthread.core.for_a_minute import ForAMinute
from goldenthread.core.prepared import Prepared
from goldenthread.insights.selectors.graph import last_change
from goldenthread.objectives.cascade_states import SETTLED, WAITING, CascadeState
from goldenthread.objectives.models import (
    Cascade,
    CascadeSide,
    Cycle,
    Objective,
    ObjectivePriority,
)
from goldenthread.objectives.selectors.cycles import cycle_to_plan as cycle_to_plan
from goldenthread.objectives.selectors.cycles import cycles_to_plan as cycles_to_plan
from goldenthread.objectives.states import BEFORE_AGREEMENT, COUNTED, LIVE, State
from goldenthread.people.models import Person, Unit, UnitClosure
from goldenthread.strategy.models import Priority
from goldenthread.strategy.selectors import strategy_in_force

_KEPT: "ForAMinute[tuple[int | None, list[UnitPlan]]]" = ForAMinute()
AGREED, WAITS, WRITES, MISSING = "agreed", "waits", "writes", "missing"
STANDS = {
    WAITS: "Waits for a word",
    MISSING: "Nothing yet",
    WRITES: "Still a draft",
    AGREED: "Agreed",
}


@dataclass
class UnitPlan:
    """The plan of one unit for a cycle: the threads in which it takes something on, and its own objectives by state.

    `to_answer` are threads in which the unit itself has the next word, `to_hear` those in which the other side has.
    Own objectives are those of the unit and of its people. `address` narrows a list to both.
    """

    unit: Unit
    address: str
    threads: Counter[str] = field(default_factory=Counter)
    own: Counter[str] = field(default_factory=Counter)
    to_answer: int = 0
    to_hear: int = 0
    overdue: int = 0

    @property
    def proposed(self) -> int:
        return self.threads[CascadeState.PROPOSED]

    @property
    def countered(self) -> int:
        return self.threads[CascadeState.COUNTERED]

    @property
    def agreed(self) -> int:
        return sum(self.threads[state] for state in SETTLED)

    @property
    def declined(self) -> int:
        return self.threads[CascadeState.DECLINED]

    @property
    def own_agreed(self) -> int:
        return sum(self.own[state] for state in LIVE)

    @property
    def own_waiting(self) -> int:
        return self.own[State.PROPOSED] + self.own[State.COUNTERED]

    @property
    def own_drafts(self) -> int:
        return self.own[State.DRAFT] + self.own[State.UNCONFIRMED]

    @property
    def waiting(self) -> int:
        return self.proposed + self.countered + self.own_waiting

    @cached_property
    def stands(self) -> str:
        """Agreed once something is and nothing waits; a key of STANDS. Asked once all is counted."""
        if self.waiting:
            return WAITS
        if self.agreed or self.own_agreed:
            return AGREED
        return WRITES if self.own_drafts else MISSING

    @property
    def words(self) -> str:
        return STANDS[self.stands]

    @property
    def next_word(self) -> str:
        """Whose word is next, in words."""
        with_whom = ((self.to_answer, "here"), (self.to_hear, "with others"))
        return ", ".join(f"{n} {words}" for n, words in with_whom if n)

    @property
    def own_words(self) -> str:
        every = (
            (self.own_agreed, "agreed"),
            (self.own_waiting, "proposed"),
            (self.own_drafts, "drafted"),
        )
        return ", ".join(f"{n} {words}" for n, words in every if n)


@dataclass(frozen=True)
class Untaken:
    """An active priority that nobody has taken on for the cycle; `priority` None where the reader may not see it."""

    priority: Priority | None


@dataclass(frozen=True)
class Round:
    """The page of a planning round."""

    cycle: Cycle
    units: Sequence[UnitPlan]
    untaken: Sequence[Untaken]
    priorities: int

    def standing(self, how: str) -> list[UnitPlan]:
        return [one for one in self.units if one.stands == how]

    @property
    def agreed(self) -> int:
        return len(self.standing(AGREED))

    @property
    def waits(self) -> int:
        return len(self.standing(WAITS))

    @property
    def missing(self) -> int:
        return len(self.standing(MISSING))

    @property
    def overdue(self) -> int:
        return sum(one.overdue for one in self.units)

    @property
    def on_whom(self) -> list[UnitPlan]:
        """Those with the next word in most threads."""
        found = [one for one in self.units if one.to_answer]
        return sorted(found, key=lambda one: (-one.to_answer, one.unit.name))[:3]

    @property
    def has_begun(self) -> bool:
        return any(one.threads or one.own for one in self.units)


def planning_round(reader: Person, cycle: Cycle, on: dt.date, below: Unit | None = None) -> Round:
    """Where the round stands, of the whole or of a unit and those below it. Counted of everybody: sums name no title.

    Seven queries, each grouped by unit; one more for a part of the tree. What a large organisation has counted is kept for a
    minute, unless anything but a check-in changes: then three.
    """
    what = (cycle.pk, below and below.pk, on)
    mark = last_change().values_list("pk", flat=True).first()
    kept = _KEPT.of(what)
    if kept is not None and kept[0] == mark:
        rows = kept[1]
    else:
        rows = _plans(cycle, on, below)
        _KEPT.keep(what, (mark, rows), sum(one.own.total() for one in rows))
    untaken, priorities = _untaken(reader, cycle, on)
    return Round(cycle, rows, untaken, priorities)


def _plans(cycle: Cycle, on: dt.date, below: Unit | None) -> list[UnitPlan]:
    """The plan of each unit, those first in which an answer is overdue, then those that wait."""
    units = _units() if below is None else _units(below=below.pk)
    plans = {one.pk: UnitPlan(one, f"?cycle={cycle.pk}&unit={one.pk}") for one in units}
    _count_threads(plans, cycle, on)
    _count_own(plans, cycle)
    order = list(STANDS)
    return sorted(
        plans.values(),
        key=lambda one: (-one.overdue, order.index(one.stands), one.unit.name.casefold()),
    )


@Prepared
def _units(*, below: int | None = None) -> QuerySet[Unit]:
    units = Unit.objects.filter(ended_on__isnull=True).select_related("leader")
    if below is not None:
        inside = UnitClosure.objects.filter(ancestor=below, descendant=OuterRef("pk"))
        units = units.filter(Exists(inside))
    return units.only("name", "leader", "leader__name")


def _count_threads(plans: dict[int, UnitPlan], cycle: Cycle, on: dt.date) -> None:
    for giver, taker, state, spoken, n, late in _threads(on, cycle=cycle.pk):
        if taker in plans:
            plans[taker].threads[state] += n
        if state not in WAITING:
            continue
        answers, hears = (taker, giver) if spoken == CascadeSide.GIVER else (giver, taker)
        if answers in plans:
            plans[answers].to_answer += n
            plans[answers].overdue += late
        if hears in plans:
            plans[hears].to_hear += n


@Prepared
def _threads(on: dt.date, *, cycle: int) -> QuerySet[Cascade, tuple[Any, ...]]:
    rows = Cascade.objects.filter(cycle=cycle).order_by()
    rows = rows.exclude(state__in=[CascadeState.DRAFT, CascadeState.WITHDRAWN])
    return rows.values_list("giver_unit_id", "taking_unit_id", "state", "spoken").annotate(
        n=Count("pk"), late=Count("pk", filter=Q(answer_by__lt=on))
    )


def _count_own(plans: dict[int, UnitPlan], cycle: Cycle) -> None:
    for name in ("owner_unit", "owner_person__unit"):
        for pk, state, n in _owned(name, cycle=cycle.pk):
            if pk in plans:
                plans[pk].own[state] += n


@Prepared
def _owned(by: str, *, cycle: int) -> QuerySet[Objective, tuple[Any, ...]]:
    rows = Objective.objects.filter(cycle=cycle, state__in=[*BEFORE_AGREEMENT, *LIVE]).order_by()
    return rows.values_list(by, "state").annotate(n=Count("pk"))


def _untaken(reader: Person, cycle: Cycle, on: dt.date) -> tuple[list[Untaken], int]:
    """The active priorities of the strategy in force that no open objective of the cycle serves (one that its owner has
    not confirmed serves nothing yet) and no thread is about; and how many there are in all."""
    strategy = strategy_in_force(on)
    if strategy is None:
        return [], 0
    every = _active(strategy=strategy.pk, cycle=cycle.pk)
    seen = defaultdict(bool, {one.pk: True for one in every if not one.confidential})
    closed = [one.pk for one in every if one.confidential and not one.taken]
    if closed:
        shown = Priority.objects.visible_to(reader).filter(pk__in=closed)
        seen |= dict.fromkeys(shown.values_list("pk", flat=True), True)
    found = [Untaken(one if seen[one.pk] else None) for one in every if not one.taken]
    return found, len(every)


@Prepared
def _active(*, strategy: int, cycle: int) -> QuerySet[Any]:
    """The active priorities of a strategy, each with `taken`."""
    reached = ObjectivePriority.objects.filter(
        priority=OuterRef("pk"), objective__cycle=cycle, objective__state__in=COUNTED
    )
    about = Cascade.objects.filter(
        parent_priority=OuterRef("pk"), cycle=cycle, state__in=[*WAITING, *SETTLED]
    )
    rows = Priority.objects.active().filter(strategy=strategy)
    return rows.annotate(taken=Exists(reached) | Exists(about)).select_related("strategy")
