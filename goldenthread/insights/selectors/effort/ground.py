"""What effort of a day is made of: people and units, what each gives to what, the lines up, and the strategies."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from operator import itemgetter
from typing import NamedTuple

from django.db.models import FilteredRelation, Q
from django.db.models.functions import Coalesce

from goldenthread.core import clock, history
from goldenthread.engine.graph import Edge, Node
from goldenthread.insights.selectors.counted import Place, Work, places_of
from goldenthread.objectives.models import Objective, ObjectiveHeld
from goldenthread.objectives.selectors.graph import current_graph, of_objective, of_priority
from goldenthread.objectives.states import CLOSED, LIVE, State
from goldenthread.people.models import Person, Unit
from goldenthread.strategy.models import Priority, Strategy
from goldenthread.tradeoffs.models import RUN, Allocation
from goldenthread.tradeoffs.selectors.allocations import minimum_group

Parents = Mapping[Node, Sequence[tuple[Node, float]]]
PERIOD, PERIODS = 91, 4
"""Days of a period of flow, and how many of them are looked back on: a year of quarters."""


class Worker(NamedTuple):
    """Somebody who works here on the day; or, without a person, all of a unit whose people are not entered."""

    person: int | None
    unit: int | None
    fte: float


class Given(NamedTuple):
    """What one worker, by their place, gives to one thing, as a part of their time; `by_name` where entered for them."""

    worker: int
    target: Node
    share: float
    by_name: bool


class Plan(NamedTuple):
    """A strategy that has not ended, with its active priorities in order and its confirmed weights."""

    strategy: int
    unit: int | None
    in_force: bool
    priorities: tuple[int, ...]
    weights: Mapping[Node, float] | None


class Goal(NamedTuple):
    """An objective that was under way within the last `PERIODS`. What is carried over goes on: it has neither left
    nor does the one that `follows` begin."""

    pk: int
    person: int | None
    unit: int | None
    starts: dt.date
    ends: dt.date
    closed: dt.date | None
    state: str
    follows: bool

    @property
    def has_left(self) -> bool:
        return self.closed is not None and self.state != State.CARRIED_OVER


@dataclass(frozen=True)
class Ground:
    """Everything, of the whole organisation."""

    on: dt.date
    units: Mapping[int, Place]
    workers: Sequence[Worker]
    given: Sequence[Given]
    parents: Parents
    plans: Sequence[Plan]
    goals: Sequence[Goal]
    minimum: int

    def plan_for(self, unit: int | None) -> Plan | None:
        """What effort of a unit is held against: the organisation's strategy in force; where there is none, the
        nearest one of the unit or a unit above, in force or still a draft."""
        whole = [one for one in self.plans if one.unit is None and one.in_force]
        if whole:
            return whole[0]
        while unit is not None:
            own = [one for one in self.plans if one.unit == unit and one.priorities]
            if own:
                return max(own, key=lambda one: one.in_force)
            place = self.units.get(unit)
            unit = place.parent if place else None
        return None


def ground_today(on: dt.date) -> Ground:
    """As the records stand. Seven queries."""
    units = Unit.objects.filter(ended_on__isnull=True).order_by("name", "pk")
    people = Person.objects.working(on).order_by().values_list("pk", "unit_id", "fte")
    return _ground(on, places_of(units), people, current_graph().graph.edges, _plans(on))


def ground_of(work: Work) -> Ground:
    """As the work of a day has it, also of a day gone by; how much of their time somebody works is today's."""
    ftes = dict(Person.objects.order_by().values_list("pk", "fte"))
    members = zip(work.people.tolist(), work.their_units.tolist(), strict=True)
    people = [(pk, unit or None, ftes[pk]) for pk, unit in members if pk in ftes]
    plans = [one for one in _plans(work.day) if one.unit is not None]
    if work.strategy is not None:
        plans.append(_plan_of(work, work.strategy))
    ground = _ground(work.day, work.units, people, work.edges, plans)
    return replace(ground, goals=_as_held(ground.goals, work))


def _as_held(goals: Sequence[Goal], work: Work) -> Sequence[Goal]:
    """What was open on a day gone by, whose it was then; the rest as it stands. One query, none for today."""
    if work.day >= clock.today():
        return goals
    names = ("objective_id", "owner_person_id", "owner_unit_id")
    running = ObjectiveHeld.objects.filter(history.on(work.day), state__in=LIVE)
    held = {pk: (person, unit) for pk, person, unit in running.values_list(*names)}
    units = dict(zip(work.people.tolist(), work.their_units.tolist(), strict=True))
    found = []
    for one in goals:
        if one.closed is not None:
            found.append(one)
        elif one.pk in held:
            person, unit = held[one.pk]
            found.append(one._replace(person=person, unit=unit or units.get(person) or None))
    return found


def _plan_of(work: Work, strategy: int) -> Plan:
    """The organisation's strategy in force, as it was on the day."""
    of_it = set(Priority.objects.filter(strategy=strategy).values_list("pk", flat=True))
    roots = [int(root[1:]) for root in work.roots if int(root[1:]) in of_it]
    shares = {of_priority(pk): work.shares.get(of_priority(pk)) for pk in roots}
    weights = {node: share for node, share in shares.items() if share is not None}
    return Plan(strategy, None, True, tuple(roots), weights or None)


def _ground(
    on: dt.date,
    units: Mapping[int, Place],
    people: Iterable[tuple[int, int | None, object]],
    edges: Iterable[Edge],
    plans: Sequence[Plan],
) -> Ground:
    # In one order whatever the database, or the last digits of the sums differ.
    workers = [
        Worker(pk, unit, float(str(fte))) for pk, unit, fte in sorted(people, key=itemgetter(0))
    ]
    with_people = {one.unit for one in workers}
    workers += [
        Worker(None, pk, place.fte)
        for pk, place in sorted(units.items())
        if place.fte is not None and pk not in with_people
    ]
    given = _given(workers, units, on)
    return Ground(
        on=on,
        units=units,
        workers=workers,
        given=given,
        parents=_parents(edges),
        plans=plans,
        goals=_goals(on),
        minimum=minimum_group(),
    )


def _given(workers: Sequence[Worker], units: Mapping[int, Place], on: dt.date) -> list[Given]:
    """What each gives: as entered by name, else as said of the nearest unit above that anything is said of."""
    rows = Allocation.objects.in_force(on).order_by("pk")
    by_person: dict[int, list[tuple[Node, float]]] = defaultdict(list)
    by_unit: dict[int, list[tuple[Node, float]]] = defaultdict(list)
    for person, unit, objective, priority, share in rows.values_list(
        *("person_id", "unit_id", "objective_id", "priority_id", "share")
    ):
        target = (
            of_objective(objective) if objective else of_priority(priority) if priority else RUN
        )
        if person is not None:
            by_person[person].append((target, float(share)))
        elif unit is not None:
            by_unit[unit].append((target, float(share)))
    found = []
    for place, worker in enumerate(workers):
        shares = by_person.get(worker.person or 0)
        by_name = shares is not None
        if shares is None:
            at = worker.unit
            while at is not None and at not in by_unit:
                at = units[at].parent if at in units else None
            shares = by_unit[at] if at is not None else []
        found += [Given(place, target, share, by_name) for target, share in shares]
    return found


def _parents(edges: Iterable[Edge]) -> Parents:
    found: dict[Node, list[tuple[Node, float]]] = defaultdict(list)
    for parent, child, strength in edges:
        found[child].append((parent, float(strength)))
    for above in found.values():
        above.sort()
    return found


def _plans(on: dt.date) -> list[Plan]:
    """The strategies that have not ended, by today's records; of several in force the newest first."""
    active = FilteredRelation("priorities", condition=Q(priorities__state=Priority.State.ACTIVE))
    rows = (
        Strategy.objects.exclude(state=Strategy.State.ENDED)
        .annotate(active=active)
        .order_by("-starts_on", "-pk", "active__position", "active__pk")
        .values_list(
            *("pk", "unit_id", "state", "ends_on", "weights_confirmed_at"),
            *("active__pk", "active__weight"),
        )
    )
    found = []
    for (pk, unit, state, ends_on, confirmed_at), of_it in groupby(rows, itemgetter(0, 1, 2, 3, 4)):
        own = [(one[5], float(one[6] or 0)) for one in of_it if one[5] is not None]
        total = sum(weight for _, weight in own)
        known = total > 0 and confirmed_at is not None
        found.append(
            Plan(
                pk,
                unit,
                state == Strategy.State.IN_FORCE and (ends_on is None or ends_on >= on),
                tuple(one for one, _ in own),
                {of_priority(one): weight / total for one, weight in own} if known else None,
            )
        )
    return found


def _goals(on: dt.date) -> list[Goal]:
    """The objectives that were under way at some time in the last periods."""
    since = clock.start_of(on - dt.timedelta(days=PERIOD * PERIODS))
    never_begun = Q(state=State.DROPPED, agreed_at__isnull=True)
    rows = (
        Objective.objects.filter(
            Q(state__in=LIVE) | Q(state__in=CLOSED, closed_at__gte=since) & ~never_begun
        )
        .annotate(
            begins=Coalesce("starts_on", "cycle__starts_on"),
            is_to_end=Coalesce("ends_on", "cycle__ends_on"),
            in_unit=Coalesce("owner_unit_id", "owner_person__unit_id"),
        )
        .order_by()
        .values_list(
            *("pk", "owner_person_id", "in_unit", "begins", "is_to_end"),
            *("closed_at", "state", "carried_from_id"),
        )
    )
    found = []
    for pk, person, unit, starts, ends, closed_at, state, follows in rows:
        closed = clock.day_of(closed_at) if closed_at is not None else None
        if closed is not None and closed > on:
            closed = None
        if starts <= on:
            found.append(Goal(pk, person, unit, starts, ends, closed, state, follows is not None))
    return found
