"""What counted on a day: the work, its links, its scores and the people, as the measures take them.

Of today it is read from the records as they stand. Of a day gone by it is read from the rows that tell what held
on that day, as it was known then: a value or a correction recorded later changes nothing of it.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from django.db.models.functions import Coalesce

from goldenthread.core import clock, history
from goldenthread.engine.flow import normalised_weights
from goldenthread.engine.graph import Edge, Graph, Node
from goldenthread.engine.result import Result
from goldenthread.objectives.models import (
    Contribution,
    Objective,
    ObjectiveHeld,
    ObjectiveScore,
)
from goldenthread.objectives.selectors.graph import current_graph, of_objective, of_priority
from goldenthread.objectives.states import COUNTED
from goldenthread.people.models import Person, PersonHeld, Unit, UnitHeld
from goldenthread.strategy.models import Priority, PriorityHeld, Strategy, StrategyHeld

IN_FORCE, ENDED = Strategy.State.IN_FORCE, Strategy.State.ENDED


@dataclass(frozen=True)
class Held:
    """An open objective that its owner has confirmed: who answers for it, and the unit that it is done in."""

    person: int | None
    unit: int | None
    run_the_business: bool


class Place(NamedTuple):
    """A unit in force: its name, and the unit above it."""

    name: str
    parent: int | None


@dataclass(frozen=True)
class Work:
    """Everything that the figures of a day are made of.

    `strategy` is the organisation's strategy in force, `roots` the organisation's active priorities, `weights`
    those of the strategy in force, None while they are not confirmed. `shares` names every priority in use, of
    the organisation or a unit, with its part of its own strategy's value, None while that is not confirmed.
    `measurable` are the objectives with a key result that can be scored; `scores` those that have a score;
    `people` who worked here, each with their unit.
    """

    day: dt.date
    graph: Graph
    own_shares: Mapping[Node, Decimal]
    objectives: Mapping[Node, Held]
    strategy: int | None
    roots: tuple[Node, ...]
    weights: Mapping[Node, Decimal] | None
    shares: Mapping[Node, float | None]
    measurable: frozenset[Node]
    scores: Mapping[Node, float]
    people: Mapping[int, int | None]
    units: Mapping[int, Place]


def work_on(day: dt.date) -> Work:
    """What counted on the day. A fixed number of queries; a day to come counts as today."""
    return _today() if day >= clock.today() else work_then(day)


def _today() -> Work:
    day = clock.today()
    rows = (
        Objective.objects.counted(day)
        .order_by()
        .values_list(
            "pk",
            Coalesce("owner_person_id", "owner_unit__leader_id"),
            Coalesce("owner_unit_id", "owner_person__unit_id"),
            "run_the_business",
            "score",
            "measurable",
        )
    )
    objectives, scores, measurable = {}, {}, set()
    for pk, person, unit, declared, score, able in rows.iterator():
        node = of_objective(pk)
        objectives[node] = Held(person, unit, declared)
        if score is not None:
            scores[node] = score
        if able:
            measurable.add(node)
    current = current_graph()
    strategies = Strategy.objects.exclude(state=ENDED).order_by()
    priorities = Priority.objects.active().order_by("position", "pk")
    units = Unit.objects.filter(ended_on__isnull=True).order_by("name", "pk")
    direction = _direction(
        day,
        strategies.values_list(
            "pk", "unit_id", "state", "starts_on", "ends_on", "weights_confirmed_at"
        ),
        priorities.values_list("pk", "strategy_id", "weight"),
    )
    return Work(
        day=day,
        graph=current.graph,
        own_shares=current.own_shares,
        objectives=objectives,
        strategy=direction.strategy,
        roots=direction.roots,
        weights=direction.weights,
        shares=direction.shares,
        measurable=frozenset(measurable),
        scores=scores,
        people=dict(Person.objects.working(day).order_by().values_list("pk", "unit_id")),
        units={
            pk: Place(name, up) for pk, name, up in units.values_list("pk", "name", "parent_id")
        },
    )


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
            units[row.unit_id] = Place(row.unit.name, row.parent_id)
    membership, people = {}, {}
    for person, unit, start, end in (
        PersonHeld.objects.filter(then)
        .values_list("person_id", "unit_id", "start", "end")
        .iterator()
    ):
        membership[person] = unit
        if (start is None or start <= day) and (end is None or end >= day):
            people[person] = unit
    objectives, own_shares = {}, {}
    counted = ObjectiveHeld.objects.filter(then, state__in=COUNTED, counts_from__lte=day)
    for pk, person, unit, declared, own_share in counted.values_list(
        "objective_id", "owner_person_id", "owner_unit_id", "run_the_business", "own_share"
    ).iterator():
        node = of_objective(pk)
        objectives[node] = Held(
            person or leaders.get(unit), unit or membership.get(person), declared
        )
        if own_share is not None:
            own_shares[node] = own_share
    scores, measurable = {}, set()
    for pk, score, able in (
        ObjectiveScore.objects.filter(then)
        .values_list("objective_id", "score", "measurable")
        .iterator()
    ):
        node = of_objective(pk)
        if node in objectives:
            if score is not None:
                scores[node] = score
            if able:
                measurable.add(node)
    active = list(
        PriorityHeld.objects.filter(then, state=Priority.State.ACTIVE)
        .order_by("priority__position", "priority_id")
        .values_list("priority_id", "priority__strategy_id", "weight")
    )
    strategies = StrategyHeld.objects.filter(then).exclude(state=ENDED)
    direction = _direction(
        day,
        strategies.values_list(
            "strategy_id",
            "strategy__unit_id",
            "state",
            "starts_on",
            "ends_on",
            "weights_confirmed_at",
        ),
        active,
    )
    return Work(
        day=day,
        graph=_links_on(day, objectives.keys() | {of_priority(pk) for pk, _, _ in active}),
        own_shares=own_shares,
        objectives=objectives,
        strategy=direction.strategy,
        roots=direction.roots,
        weights=direction.weights,
        shares=direction.shares,
        measurable=frozenset(measurable),
        scores=scores,
        people=people,
        units=units,
    )


class _Direction(NamedTuple):
    strategy: int | None
    roots: tuple[Node, ...]
    weights: Mapping[Node, Decimal] | None
    shares: Mapping[Node, float | None]


def _direction(
    day: dt.date,
    strategies: Iterable[tuple[int, int | None, str, dt.date | None, dt.date | None, object]],
    priorities: Iterable[tuple[int, int, Decimal | None]],
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


def _links_on(day: dt.date, nodes: set[Node]) -> Graph:
    """The links that held on the day, between these nodes."""
    rows = Contribution.objects.filter(history.on(day))
    edges = []
    for parent_o, parent_p, child_o, child_p, strength in rows.order_by().values_list(
        "parent_objective_id",
        "parent_priority_id",
        "child_objective_id",
        "child_priority_id",
        "strength",
    ):
        parent = of_objective(parent_o) if parent_o else of_priority(parent_p)
        child = of_objective(child_o) if child_o else of_priority(child_p)
        if parent in nodes and child in nodes:
            edges.append(Edge(parent, child, strength))
    return Graph(edges)
