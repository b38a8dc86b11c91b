"""What counted on a day: the work, its links, its scores and the people, as the measures take them.

Of today it is read from the records as they stand. Of a day gone by it is read from the rows that tell what held
on that day, as it was known then: a value or a correction recorded later changes nothing of it.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
from django.db import connection
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Coalesce
from numpy.typing import NDArray

from goldenthread.core import clock, history
from goldenthread.engine.flow import Floats, normalised_weights
from goldenthread.engine.graph import Edge, Graph, Node
from goldenthread.engine.net import Indices, Mask, Net
from goldenthread.engine.result import Result
from goldenthread.objectives.models import (
    Contribution,
    Objective,
    ObjectiveHeld,
    ObjectiveScore,
)
from goldenthread.objectives.selectors.graph import of_objective, of_priority
from goldenthread.objectives.states import COUNTED
from goldenthread.people.models import Person, PersonHeld, Unit, UnitHeld
from goldenthread.strategy.models import Priority, PriorityHeld, Strategy, StrategyHeld

IN_FORCE, ENDED = Strategy.State.IN_FORCE, Strategy.State.ENDED


class Open(NamedTuple):
    """The open objectives that their owners have confirmed, as arrays in one order: who answers for each (0:
    nobody), the unit that it is done in (0: none), what its owner declared to keep the business running, whether it
    can be scored, and its score (no number: none)."""

    ids: Indices
    person: Indices
    unit: Indices
    declared: Mask
    measurable: Mask
    score: Floats


class Links(NamedTuple):
    """Which node serves which, as arrays. An objective stands as its id, a priority as its id below zero."""

    parents: Indices
    children: Indices
    strengths: Floats


class Place(NamedTuple):
    """A unit in force: its name, the unit above it, and what it has itself where its people are not entered."""

    name: str
    parent: int | None
    fte: float | None


@dataclass(frozen=True)
class Work:
    """Everything that the figures of a day are made of, as arrays: there may be hundreds of thousands of each.

    `numbers` are the nodes, open objectives and active priorities; `links` run between two of them. `strategy` is the
    organisation's strategy in force, `roots` the organisation's active priorities, `weights` those of the strategy
    in force, None while they are not confirmed. `shares` names every priority in use, of the organisation or a unit,
    with its part of its own strategy's value, None while that is not confirmed. `people` who worked here, and
    `their_units` (0: none).
    """

    day: dt.date
    objectives: Open
    numbers: Indices
    links: Links
    own_shares: Mapping[Node, Decimal]
    strategy: int | None
    roots: tuple[Node, ...]
    weights: Mapping[Node, Decimal] | None
    shares: Mapping[Node, float | None]
    people: Indices
    their_units: Indices
    units: Mapping[int, Place]

    @cached_property
    def net(self) -> Net:
        """The links between positions in `numbers`."""
        parents, children, _ = self.links
        return Net(len(self.numbers), self.places(parents), self.places(children))

    def places(self, numbers: Indices) -> Indices:
        return np.searchsorted(self.numbers, numbers)

    @property
    def root_places(self) -> Indices:
        return self.places(np.array([-int(root[1:]) for root in self.roots], np.int64))

    @property
    def edges(self) -> Iterator[Edge]:
        """The same links by name."""
        rows = zip(*(column.tolist() for column in self.links), strict=True)
        return (Edge(_name(parent), _name(child), strength) for parent, child, strength in rows)

    @cached_property
    def graph(self) -> Graph:
        """The same links, for what walks them one by one."""
        return Graph(self.edges)

    @property
    def scores(self) -> dict[Node, float]:
        """Those of the objectives that have one."""
        measured = ~np.isnan(self.objectives.score)
        ids, scores = (
            self.objectives.ids[measured].tolist(),
            self.objectives.score[measured].tolist(),
        )
        return {of_objective(pk): score for pk, score in zip(ids, scores, strict=True)}

    @property
    def answers_for(self) -> dict[Node, int]:
        """Who answers for each open objective; 0 where nobody does."""
        rows = zip(self.objectives.ids.tolist(), self.objectives.person.tolist(), strict=True)
        return {of_objective(pk): person for pk, person in rows}


def _name(number: int) -> Node:
    return of_objective(number) if number > 0 else of_priority(-number)


def work_on(day: dt.date) -> Work:
    """What counted on the day. A fixed number of queries; a day to come counts as today."""
    return _today() if day >= clock.today() else work_then(day)


def _today() -> Work:
    day = clock.today()
    counted = Objective.objects.counted(day).order_by()
    objectives = counted.values_list(
        "pk",
        Coalesce("owner_person_id", "owner_unit__leader_id", 0),
        Coalesce("owner_unit_id", "owner_person__unit_id", 0),
        "run_the_business",
        "measurable",
        "score",
    )
    own_shares = counted.filter(own_share__isnull=False).values_list("pk", "own_share")
    holding = Contribution.objects.filter(valid_to__isnull=True).filter(
        Q(child_objective__state__in=COUNTED) | Q(child_priority__isnull=False)
    )
    strategies = Strategy.objects.exclude(state=ENDED).order_by()
    priorities = Priority.objects.active().order_by("position", "pk")
    units = Unit.objects.filter(ended_on__isnull=True).order_by("name", "pk")
    people = Person.objects.working(day).order_by()
    return _work(
        day,
        objectives,
        own_shares,
        holding,
        strategies.values_list(
            "pk", "unit_id", "state", "starts_on", "ends_on", "weights_confirmed_at"
        ),
        list(priorities.values_list("pk", "strategy_id", "weight")),
        people.values_list("pk", Coalesce("unit_id", 0)),
        places_of(units),
    )


def places_of(units: QuerySet[Unit]) -> dict[int, Place]:
    """Where these units stand, in their order."""
    rows = units.values_list("pk", "name", "parent_id", "fte")
    return {pk: _place(name, parent, fte) for pk, name, parent, fte in rows}


def _place(name: str, parent: int | None, fte: Decimal | None) -> Place:
    return Place(name, parent, None if fte is None else float(fte))


Rows = Iterable[tuple[Any, ...]]  # or a query of them


def _work(
    day: dt.date,
    objectives: Rows,
    own_shares: Rows,
    holding: QuerySet[Contribution],
    strategies: Rows,
    priorities: Sequence[tuple[Any, ...]],
    people: Rows,
    units: Mapping[int, Place],
) -> Work:
    """Put the rows together: `own_shares` are (objective, share), `people` (person, unit)."""
    direction = _direction(day, strategies, priorities)
    found = Open(*_columns(objectives, "i8,i8,i8,?,?,f8"))
    active = np.array([-pk for pk, _, _ in priorities], np.int64)
    numbers = np.sort(np.concatenate([active, found.ids]))
    who, where = _columns(people, "i8,i8")
    return Work(
        day=day,
        objectives=found,
        numbers=numbers,
        links=_between(numbers, holding),
        own_shares={of_objective(pk): share for pk, share in own_shares},
        strategy=direction.strategy,
        roots=direction.roots,
        weights=direction.weights,
        shares=direction.shares,
        people=who,
        their_units=where,
        units=units,
    )


def _columns(rows: Rows, types: str) -> list[NDArray[Any]]:
    if isinstance(rows, QuerySet):
        rows = _as_they_come(rows)
    table = np.fromiter(rows, np.dtype(types))
    return [np.ascontiguousarray(table[name]) for name in table.dtype.names or ()]


def _as_they_come(rows: QuerySet[Any, Any]) -> list[tuple[Any, ...]]:
    """Rows of numbers as the database gives them: handing them on one by one takes longer than reading them."""
    with connection.cursor() as cursor:
        cursor.execute(*rows.query.sql_with_params())
        found: list[tuple[Any, ...]] = cursor.fetchall()
    return found


def _between(numbers: Indices, holding: QuerySet[Contribution]) -> Links:
    """The links between two of the nodes, among those that held."""
    rows = holding.order_by().values_list(
        Coalesce("parent_objective_id", -F("parent_priority_id")),
        Coalesce("child_objective_id", -F("child_priority_id")),
        "strength",
    )
    parents, children, strengths = _columns(rows, "i8,i8,f8")
    kept = _are_in(numbers, parents) & _are_in(numbers, children)
    return Links(parents[kept], children[kept], strengths[kept])


def _are_in(numbers: Indices, asked: Indices) -> Mask:
    """Which of those asked about are among the numbers, which rise."""
    if not len(numbers):
        return np.zeros(len(asked), np.bool_)
    places = np.minimum(np.searchsorted(numbers, asked), len(numbers) - 1)
    found: Mask = numbers[places] == asked
    return found


# A day gone by ------------------------------------------------------------------------------------------------


def work_then(day: dt.date) -> Work:
    """What counted on a day gone by, by the rows that held then."""
    then = history.on(day)
    placed = UnitHeld.objects.filter(then).select_related("unit").order_by("unit__name", "unit_id")
    leaders: dict[int, int | None] = {}
    units: dict[int, Place] = {}
    for row in placed:
        leaders[row.unit_id] = row.leader_id
        if row.ended_on is None:
            units[row.unit_id] = _place(row.unit.name, row.parent_id, row.fte)
    membership, people = {}, []
    for person, unit, start, end in (
        PersonHeld.objects.filter(then)
        .values_list("person_id", "unit_id", "start", "end")
        .iterator()
    ):
        membership[person] = unit
        if (start is None or start <= day) and (end is None or end >= day):
            people.append((person, unit or 0))
    scores = {
        pk: (able, score)
        for pk, able, score in ObjectiveScore.objects.filter(then).values_list(
            "objective_id", "measurable", "score"
        )
    }
    objectives, own_shares = [], []
    counted = ObjectiveHeld.objects.filter(then, state__in=COUNTED, counts_from__lte=day)
    for pk, person, unit, declared, own_share in counted.values_list(
        "objective_id", "owner_person_id", "owner_unit_id", "run_the_business", "own_share"
    ).iterator():
        who = person or leaders.get(unit) or 0
        where = unit or membership.get(person) or 0
        objectives.append((pk, who, where, declared, *scores.get(pk, (False, None))))
        if own_share is not None:
            own_shares.append((pk, own_share))
    active = PriorityHeld.objects.filter(then, state=Priority.State.ACTIVE).order_by(
        "priority__position", "priority_id"
    )
    strategies = StrategyHeld.objects.filter(then).exclude(state=ENDED)
    return _work(
        day,
        objectives,
        own_shares,
        Contribution.objects.filter(then),
        strategies.values_list(
            "strategy_id",
            "strategy__unit_id",
            "state",
            "starts_on",
            "ends_on",
            "weights_confirmed_at",
        ),
        list(active.values_list("priority_id", "priority__strategy_id", "weight")),
        people,
        units,
    )


class _Direction(NamedTuple):
    strategy: int | None
    roots: tuple[Node, ...]
    weights: Mapping[Node, Decimal] | None
    shares: Mapping[Node, float | None]


def _direction(
    day: dt.date,
    strategies: Rows,
    priorities: Rows,
) -> _Direction:
    """What the strategies that have not ended, and their active priorities, say of value."""
    of_unit: dict[int, int | None] = {}
    confirmed: set[int] = set()
    in_force: list[tuple[dt.date, int]] = []
    for pk, unit, state, starts_on, ends_on, confirmed_at in strategies:
        of_unit[pk] = unit
        if confirmed_at is not None:
            confirmed.add(pk)
        if unit is None and state == IN_FORCE and (ends_on is None or ends_on >= day):
            in_force.append((starts_on or dt.date.min, pk))
    strategy = max(in_force)[1] if in_force else None
    weights: dict[int, dict[Node, Decimal]] = defaultdict(dict)
    roots: list[Node] = []
    shares: dict[Node, float | None] = {}
    for pk, its_strategy, weight in priorities:
        if its_strategy not in of_unit:
            continue
        node = of_priority(pk)
        shares[node] = None
        if of_unit[its_strategy] is None:
            roots.append(node)
        if weight is not None:
            weights[its_strategy][node] = weight
    for pk in confirmed:
        parts = normalised_weights(weights[pk])
        if not isinstance(parts, Result):
            shares |= {node: parts.get(node, 0.0) for node in weights[pk]}
    of_the_whole = weights[strategy] if strategy in confirmed and strategy else {}
    return _Direction(strategy, tuple(roots), of_the_whole or None, shares)
