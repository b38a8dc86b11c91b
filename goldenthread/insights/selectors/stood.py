"""Everything that the pages of a day gone by show of alignment and progress, measured once and kept: it never changes."""

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from django.core.cache import cache
from django.db.models import Q

from goldenthread.core import history
from goldenthread.engine.graph import Graph, Node, reachable_priorities
from goldenthread.engine.result import Result
from goldenthread.insights.selectors.alignment import Alignment, UnitFigures, measure
from goldenthread.insights.selectors.counted import Work, work_then
from goldenthread.insights.selectors.graph import KEPT_SECONDS, Reach
from goldenthread.insights.selectors.progress import progress_by_priority
from goldenthread.objectives.models import Objective, ObjectiveHeld
from goldenthread.objectives.selectors.standing import Standing, standing
from goldenthread.objectives.selectors.stood import as_they_stood
from goldenthread.objectives.states import CLOSED, State
from goldenthread.people.models import Person, PersonHeld, Unit, UnitHeld
from goldenthread.strategy.models import Priority, PriorityHeld, Strategy, StrategyHeld

SHOWN = 50


@dataclass(frozen=True)
class Stood:
    """Alignment of the day, and each priority in use: its part of the value, what reached it, how far that was."""

    alignment: Alignment
    strategy: int | None
    shares: Mapping[int, float | None]
    reach: Mapping[int, Reach]
    progress: Mapping[int, Result]


def stood(day: dt.date) -> Stood:
    """What the day is measured to have been. No query once somebody has looked."""
    key = f"stood-{day:%Y%m%d}"
    found: Stood | None = cache.get(key)
    if found is None:
        found = _measured(day)
        cache.set(key, found, KEPT_SECONDS)
    return found


def _measured(day: dt.date) -> Stood:
    work = work_then(day)
    return Stood(
        alignment=measure(work),
        strategy=work.strategy,
        shares={_pk(node): share for node, share in work.shares.items()},
        reach=_reach(work),
        progress={_pk(node): result for node, result in progress_by_priority(work)},
    )


def _reach(work: Work) -> dict[int, Reach]:
    objectives: dict[Node, int] = defaultdict(int)
    people: dict[Node, set[int]] = defaultdict(set)
    answers_for = work.answers_for
    for node, above in reachable_priorities(
        Graph(work.graph.edges, work.shares), work.shares
    ).items():
        person = answers_for.get(node)
        if person is None:
            continue
        for root in above:
            objectives[root] += 1
            if person:
                people[root].add(person)
    return {_pk(node): Reach(objectives[node], len(people[node])) for node in work.shares}


def _pk(node: Node) -> int:
    return int(node[1:])


# The strategy ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class PriorityThen:
    priority: Priority
    sponsor: Person | None
    share: float | None
    reach: Reach
    progress: Result


@dataclass(frozen=True)
class StrategyThen:
    """A strategy as it stood. `hidden` counts priorities that the reader may not see."""

    strategy: Strategy
    rows: list[PriorityThen]
    hidden: int
    weighed: bool
    found: Stood


def strategy_then(day: dt.date, unit: Unit | None, reader: Person) -> StrategyThen | None:
    """The strategy that was in force for the organisation, or a unit, on the day; None when none was."""
    then = history.on(day)
    in_force = (
        StrategyHeld.objects.filter(then, state=Strategy.State.IN_FORCE, strategy__unit=unit)
        .filter(Q(ends_on__isnull=True) | Q(ends_on__gte=day))
        .select_related("strategy")
        .order_by("-starts_on", "-strategy_id")
        .first()
    )
    if in_force is None:
        return None
    found = stood(day)
    held = (
        PriorityHeld.objects.filter(
            then, priority__strategy=in_force.strategy_id, state=Priority.State.ACTIVE
        )
        .select_related("priority", "sponsor")
        .order_by("priority__position", "priority_id")
    )
    rows = list(held)
    seen = set(
        Priority.objects.visible_to(reader)
        .filter(strategy=in_force.strategy_id)
        .values_list("pk", flat=True)
    )
    return StrategyThen(
        strategy=in_force.strategy,
        rows=[
            PriorityThen(
                row.priority,
                row.sponsor,
                found.shares.get(row.priority_id),
                found.reach[row.priority_id],
                found.progress[row.priority_id],
            )
            for row in rows
            if row.priority_id in seen
        ],
        hidden=sum(row.priority_id not in seen for row in rows),
        weighed=in_force.weights_confirmed_at is not None,
        found=found,
    )


# A unit ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class UnitThen:
    """A unit as it stood. `objectives` are those of the unit and its own people that the reader may see, at most
    `SHOWN`; `more` is how many further there were. `figures` is None where the unit was not in force."""

    parent: Unit | None
    leader: Person | None
    ended: bool
    figures: UnitFigures | None
    objectives: list[tuple[Objective, Standing]]
    more: int


def unit_then(unit: Unit, day: dt.date, reader: Person) -> UnitThen | None:
    """The unit as it stood on the day; None when it was not known yet."""
    then = history.on(day)
    row = UnitHeld.objects.filter(then, unit=unit).select_related("parent", "leader").first()
    if row is None:
        return None
    members = PersonHeld.objects.filter(then, unit=unit).values("person_id")
    held = (
        ObjectiveHeld.objects.filter(then)
        .filter(Q(owner_unit=unit) | Q(owner_person__in=members))
        .exclude(state__in=[*CLOSED, State.UNCONFIRMED])
    )
    rows = Objective.objects.visible_to(reader).filter(pk__in=held.values("objective_id"))
    shown = list(
        rows.select_related("cycle", "owner_person", "owner_unit__leader").order_by(
            "-owner_unit", "pk"
        )[: SHOWN + 1]
    )
    more = rows.count() - SHOWN if len(shown) > SHOWN else 0
    by_unit = {one.unit: one for one in stood(day).alignment.units}
    return UnitThen(
        parent=row.parent,
        leader=row.leader,
        ended=row.ended_on is not None,
        figures=by_unit.get(unit.pk),
        objectives=[(one, standing(one, day)) for one in as_they_stood(shown[:SHOWN], day)],
        more=more,
    )
