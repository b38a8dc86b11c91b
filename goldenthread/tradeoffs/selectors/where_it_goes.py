"""Where the effort of the organisation or of a unit goes: into which priorities, beside what they are worth."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from goldenthread.engine.dispersion import effective_priorities, excess_dispersion
from goldenthread.engine.flow import EffortUp, effort_up, value_effort_gap
from goldenthread.engine.load import LOAD_METHOD_VERSION, Load, overload_share, unaligned_share
from goldenthread.engine.result import Result, suppressed
from goldenthread.engine.small_groups import withheld
from goldenthread.objectives.models import ObjectivePriority
from goldenthread.objectives.selectors.graph import current_graph, of_objective, of_priority
from goldenthread.people.models import Person, Unit, UnitClosure
from goldenthread.strategy.models import Priority, Strategy
from goldenthread.strategy.selectors import shares_of
from goldenthread.strategy.selectors.strategy import strategy_in_force
from goldenthread.tradeoffs.models import RUN, Allocation
from goldenthread.tradeoffs.selectors.allocations import minimum_group

UNLINKED = "unlinked"
Givers = dict[int | str, set[int]]
"""Who gives, by the id of a priority, `UNLINKED` and `RUN`."""


class Given(NamedTuple):
    """What one person gives to one thing, in full-time equivalents; `by_name` where it is entered for them."""

    person: int
    target: str
    fte: float
    by_name: bool


class Worker(NamedTuple):
    """Somebody who works here on the day."""

    unit: int | None
    fte: float


@dataclass(frozen=True)
class EffortRow:
    """One priority with the part of all effort that it gets beside its part of the value.

    `effort` is None where it would tell of too few people; `share` None while weights are not set.
    """

    priority: Priority
    seen: bool
    share: float | None
    effort: float | None
    fte: float
    people: int


@dataclass(frozen=True)
class WhereItGoes:
    """The page. What is entered counts, never what is inferred."""

    unit: Unit | None
    on: dt.date
    strategy: Strategy | None
    people: int  # with effort entered
    everybody: int
    capacity: float
    covered: float  # of it entered
    up: EffortUp
    run_the_business: float
    rows: list[EffortRow]
    tells_unlinked: bool  # whether what is unlinked, and the business, tell of enough people
    tells_run: bool
    weights: Mapping[str, float] | None
    loads: list[Load]
    minimum: int
    withheld: bool

    @property
    def coverage(self) -> float | None:
        return self.covered / self.capacity if self.capacity else None

    @property
    def amounts(self) -> list[float]:
        return [*self.up.by_priority.values(), self.up.unlinked]

    @cached_property
    def gap(self) -> Result:
        return value_effort_gap(
            self.weights, self.up, people=self.people, allocated=self.coverage, as_of=self.on
        )

    @cached_property
    def spread(self) -> Result:
        return effective_priorities(
            self.amounts,
            people=self.people,
            minimum=self.minimum,
            coverage=self.coverage,
            as_of=self.on,
        )

    @cached_property
    def excess(self) -> Result:
        return excess_dispersion(
            self.amounts,
            list((self.weights or {}).values()),
            people=self.people,
            minimum=self.minimum,
            coverage=self.coverage,
            as_of=self.on,
        )

    @cached_property
    def overload(self) -> Result:
        return overload_share(self.loads, minimum=self.minimum, as_of=self.on)

    @cached_property
    def unaligned(self) -> Result:
        linked = self.up.total - self.up.unlinked
        if not self.tells_unlinked:
            return suppressed(
                unit_of_n="people",
                method_version=LOAD_METHOD_VERSION,
                minimum=self.minimum,
                as_of=self.on,
            )
        return unaligned_share(
            linked,
            self.up.unlinked,
            self.run_the_business,
            people=self.people,
            minimum=self.minimum,
            as_of=self.on,
        )

    @property
    def total(self) -> float:
        return self.up.total + self.run_the_business

    @property
    def longest(self) -> float:
        return max([0.01, *(max(row.share or 0, row.effort or 0) for row in self.rows)])

    @property
    def first(self) -> EffortRow | None:
        """The priority into which most goes."""
        known = [row for row in self.rows if row.effort]
        return max(known, key=lambda row: row.effort or 0.0, default=None)

    @property
    def uneven(self) -> EffortRow | None:
        """The priority that the reader may see whose effort differs most from its value, to speak of first."""
        known = [row for row in self.rows if row.seen and None not in (row.effort, row.share)]
        return max(known, key=lambda row: abs(gap_of(row)), default=None)


def gap_of(row: EffortRow) -> float:
    return (row.effort or 0.0) - (row.share or 0.0)


def where_it_goes(reader: Person, unit: Unit | None, on: dt.date) -> WhereItGoes:
    """The page of the organisation, or of a unit with everything below it. A fixed number of queries.

    A unit's figures are withheld where it, or what is left of a unit above without it, is too small a group.
    """
    workers = _workers(on)
    parents = dict(Unit.objects.filter(ended_on__isnull=True).values_list("pk", "parent_id"))
    given = _given(workers, parents, on)
    entered = {one.person for one in given}
    inside = set(workers) if unit is None else _inside(workers, unit)
    minimum = minimum_group()
    hidden = _withheld(workers, entered, parents, minimum)
    strategy = strategy_in_force(on)
    active = list(strategy.priorities.active()) if strategy else []
    shares = shares_of(strategy, active) if strategy else {}
    seen = set(
        Priority.objects.visible_to(reader)
        .filter(pk__in=[one.pk for one in active])
        .values_list("pk", flat=True)
    )
    own = [one for one in given if one.person in inside]
    up, reached = _up(own, active, on)
    unseen = _unseen(reached, minimum)
    weights = {of_priority(pk): share for pk, share in shares.items() if share is not None}
    return WhereItGoes(
        unit=unit,
        on=on,
        strategy=strategy,
        people=len(entered & inside),
        everybody=len(inside),
        capacity=sum(workers[pk].fte for pk in inside),
        covered=_covered(own, workers),
        up=up,
        run_the_business=sum(one.fte for one in own if one.target == RUN),
        rows=_rows(active, shares, up, reached, seen, unseen),
        tells_unlinked=UNLINKED not in unseen,
        tells_run=RUN not in unseen,
        weights=weights or None,
        loads=_loads(own, workers),
        minimum=minimum,
        withheld=len(entered & inside) < minimum or (unit is not None and unit.pk in hidden),
    )


def _workers(on: dt.date) -> dict[int, Worker]:
    rows = Person.objects.working(on).order_by().values_list("pk", "unit_id", "fte")
    return {pk: Worker(unit, float(fte)) for pk, unit, fte in rows}


def _given(
    workers: Mapping[int, Worker], parents: Mapping[int, int | None], on: dt.date
) -> list[Given]:
    """What each gives: as entered by name, else as said of the nearest unit above that anything is said of."""
    rows = (
        Allocation.objects.in_force(on)
        .order_by()
        .values_list(*("person_id", "unit_id", "objective_id", "priority_id", "share"))
    )
    by_person: dict[int, list[tuple[str, float]]] = defaultdict(list)
    by_unit: dict[int, list[tuple[str, float]]] = defaultdict(list)
    for person, unit, objective, priority, share in rows:
        target = (
            of_objective(objective) if objective else of_priority(priority) if priority else RUN
        )
        if person is not None:
            by_person[person].append((str(target), float(share)))
        elif unit is not None:
            by_unit[unit].append((str(target), float(share)))
    found = []
    for pk, worker in workers.items():
        shares = by_person.get(pk)
        by_name = shares is not None
        if shares is None:
            at = worker.unit
            while at is not None and at not in by_unit:
                at = parents.get(at)
            shares = by_unit[at] if at is not None else []
        found += [Given(pk, target, share * worker.fte, by_name) for target, share in shares]
    return found


def _inside(workers: Mapping[int, Worker], unit: Unit) -> set[int]:
    below = set(UnitClosure.objects.filter(ancestor=unit).values_list("descendant_id", flat=True))
    return {pk for pk, worker in workers.items() if worker.unit in below}


def _withheld(
    workers: Mapping[int, Worker],
    entered: set[int],
    parents: Mapping[int, int | None],
    minimum: int,
) -> set[int]:
    """The units whose sums stay hidden, by the people in them of whom anything is entered."""
    people = dict.fromkeys(parents, 0)
    for pk in entered:
        at = workers[pk].unit
        while at is not None and at in people:
            people[at] += 1
            at = parents[at]
    below: dict[int | None, list[int]] = defaultdict(list)
    for pk, parent in parents.items():
        below[parent if parent in parents else None].append(pk)
    return withheld(below, people, minimum, len(entered))


def _up(given: Iterable[Given], active: Sequence[Priority], on: dt.date) -> tuple[EffortUp, Givers]:
    """The effort as it reaches the priorities, and who gives to each, to what is unlinked, and to the business."""
    amounts: dict[str, float] = defaultdict(float)
    givers: dict[str, set[int]] = defaultdict(set)
    for one in given:
        givers[one.target].add(one.person)
        if one.target != RUN:
            amounts[one.target] += one.fte
    roots = [of_priority(one.pk) for one in active]
    found = effort_up(amounts, current_graph().graph.edges, roots)
    reached: Givers = defaultdict(set)
    reached[RUN] = givers.pop(RUN, set())
    for named in active:
        reached[named.pk] |= givers.get(of_priority(named.pk), set())
    worked_on = Allocation.objects.in_force(on).values("objective")
    lines = ObjectivePriority.objects.filter(
        priority__in=[one.pk for one in active], objective__in=worked_on
    )
    linked = {*roots}
    for objective, priority in lines.values_list("objective_id", "priority_id"):
        linked.add(of_objective(objective))
        reached[priority] |= givers[of_objective(objective)]
    for target, people in givers.items():
        if target not in linked:
            reached[UNLINKED] |= people
    return found, reached


def _unseen(reached: Givers, minimum: int) -> set[int | str]:
    """What fewer people give to than the minimum; and more, until nobody can be told from what is left of the whole."""
    unseen = {key for key, people in reached.items() if 0 < len(people) < minimum}
    while unseen and len(set().union(*(reached[key] for key in unseen))) < minimum:
        left = [key for key, people in reached.items() if people and key not in unseen]
        if not left:
            break
        unseen.add(min(left, key=lambda key: (len(reached[key]), str(key))))
    return unseen


def _rows(
    active: Sequence[Priority],
    shares: Mapping[int, float | None],
    up: EffortUp,
    reached: Givers,
    seen: set[int],
    unseen: set[int | str],
) -> list[EffortRow]:
    return [
        EffortRow(
            priority=one,
            seen=one.pk in seen,
            share=shares.get(one.pk),
            effort=None
            if one.pk in unseen or not up.total
            else up.by_priority[of_priority(one.pk)] / up.total,
            fte=up.by_priority[of_priority(one.pk)],
            people=len(reached[one.pk]),
        )
        for one in active
    ]


def _covered(given: Iterable[Given], workers: Mapping[int, Worker]) -> float:
    """The capacity of which it is said where it goes; more than one has counts as all of it."""
    asked: dict[int, float] = defaultdict(float)
    for one in given:
        asked[one.person] += one.fte
    return sum(min(fte, workers[pk].fte) for pk, fte in asked.items())


def _loads(given: Iterable[Given], workers: Mapping[int, Worker]) -> list[Load]:
    """What those of whom effort is entered by name are asked for beside what they have."""
    asked: dict[int, float] = defaultdict(float)
    for one in given:
        if one.by_name:
            asked[one.person] += one.fte
    return [Load(fte, workers[pk].fte) for pk, fte in asked.items()]
