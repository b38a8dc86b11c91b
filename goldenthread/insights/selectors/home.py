"""Home: what a person owes this week, their thread, and for who leads or manages what stands behind it."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from goldenthread.core import clock
from goldenthread.core.counts import count_of
from goldenthread.core.prepared import Prepared
from goldenthread.engine.pace import elapsed_fraction
from goldenthread.insights.selectors.beginning import is_young
from goldenthread.insights.selectors.deputising import deputy_tasks
from goldenthread.insights.selectors.handing_over import reports_and_handovers
from goldenthread.insights.selectors.held import held_by, key_results_for
from goldenthread.insights.selectors.planned import planned_tasks
from goldenthread.insights.selectors.strategy_page import WORRYING
from goldenthread.insights.selectors.team import Member, team
from goldenthread.insights.selectors.threads import Thread, threads, urgency
from goldenthread.insights.selectors.week import (
    Task,
    cycle_tasks,
    in_order,
    objective_tasks,
    other_priority_tasks,
    reporting_tasks,
    strategy_tasks,
    unowned_task,
)
from goldenthread.objectives.models import Cycle, Objective, ObjectivePriority
from goldenthread.objectives.models.objective import UNOWNED
from goldenthread.objectives.selectors.standing import standing
from goldenthread.objectives.states import COUNTED, LIVE
from goldenthread.people.models import Person
from goldenthread.people.selectors import PeopleGaps, people_gaps
from goldenthread.strategy.models import Priority, Strategy
from goldenthread.strategy.selectors import PriorityStanding, priority_standings, strategy_in_force
from goldenthread.tradeoffs.models import WhatGives
from goldenthread.ui import charts

TASKS_SHOWN = 20
TEAM_SHOWN = 12
THREADS_SHOWN = 20


@dataclass(frozen=True)
class CycleDate:
    """A day of the rhythm that is still to come."""

    day: dt.date
    words: str
    cycle: Cycle


@dataclass(frozen=True)
class StripRow:
    """A priority in the leaders' strip."""

    priority: Priority
    standing: PriorityStanding
    knot: charts.Knot


@dataclass(frozen=True)
class HomePage:
    """Everything that home shows to one person on one day."""

    tasks: list[Task]
    threads: list[Thread]
    objectives: int  # all of the own ones; the most worrying are shown as threads
    team: list[Member]
    strategy: Strategy | None
    strip: list[StripRow]
    coming: list[CycleDate]
    cycle: Cycle | None
    on: dt.date
    gaps: PeopleGaps | None  # for those who keep people and accounts, by office
    leads_something: bool  # a unit, a priority or a strategy, or was granted it
    asks: list[WhatGives]  # what they asked, or passed on, and waits for somebody else

    @property
    def may_begin(self) -> bool:
        """Whether a leader may still have choices to make in a strategy that came in lately; home asks which, once it
        is there."""
        if not self.leads_something:
            return False
        return self.strategy is None or is_young(self.strategy, self.on)

    @property
    def shown(self) -> list[Task]:
        """The first of them; nobody does more in a week."""
        return self.tasks[:TASKS_SHOWN]

    @property
    def minutes(self) -> int:
        """About how long this week's things take, to the next five minutes from ten on."""
        exact = sum(task.minutes for task in self.tasks)
        return exact if exact < 10 else -(-exact // 5) * 5

    @property
    def worst(self) -> Thread | None:
        """The own objective to speak of first, if any is worrying."""
        agreed = [one for one in self.threads if one.objective.state in LIVE]
        return next((one for one in agreed if one.standing.is_worrying), None)

    @property
    def worst_priority(self) -> StripRow | None:
        """The priority to speak of first to a leader without a worrying objective of their own."""
        worrying = [row for row in self.strip if row.standing.health in WORRYING]
        return min(worrying, key=lambda row: urgency(row.standing.health), default=None)

    @property
    def has_other_work(self) -> bool:
        """Whether there is more to show than one's own objectives: then their empty place comes last."""
        return bool(self.team or self.gaps)

    @property
    def to_agree(self) -> list[Task]:
        return [task for task in self.tasks if task.kind == "agree"]

    @property
    def elapsed(self) -> float | None:
        """The part of the cycle that has passed."""
        if self.cycle is None:
            return None
        return elapsed_fraction(self.cycle.starts_on, self.cycle.ends_on, self.on)

    @property
    def team_shown(self) -> list[Member]:
        """Those who need somebody first; the rest stands on the page of people."""
        return self.team[:TEAM_SHOWN]

    @property
    def team_worrying(self) -> list[Member]:
        return [one for one in self.team if one.worst in {"at_risk", "behind", "outdated"}]


def home_page(person: Person, besides: Iterable[Task] = ()) -> HomePage:
    """Load home: a fixed number of queries, more of them for who manages, who leads and who runs the programme.

    `besides` are tasks that rooms above know of.
    """
    on = clock.today()
    held = held_by(person)
    owned = [one.objective for one in held if one.is_mine or one.is_spoken_for]
    key_results, reported = key_results_for(person, owned)
    mine = [one.objective for one in held if one.is_mine]
    reports, handing_over, asks = reports_and_handovers(person, on)
    led = _led(person, on)
    active = [one for one in led.priorities if one.state == Priority.State.ACTIVE]
    standings = priority_standings(active, on) if active else {}
    cycles = _open_cycles()
    runs_cycles = person.is_hr or led.leads(person)
    tasks = [
        *objective_tasks(held, key_results, on),
        *planned_tasks(held),
        *reporting_tasks(reported.values(), on),
        *strategy_tasks(led.strategy, led.priorities, led.unserved, person),
        *other_priority_tasks(led.others, person),
        *unowned_task(led.unowned),
        *(cycle_tasks(cycles, on) if runs_cycles else ()),
        *handing_over,
        *deputy_tasks(person, on),
        *besides,
    ]
    return HomePage(
        tasks=in_order(tasks, on),
        threads=threads(_most_worrying(mine, on), person, on, key_results, own=True),
        objectives=len(mine),
        team=team(
            reports, (one.objective for one in held), on, may_ask=lambda one: bool(one.manager_id)
        ),
        strategy=led.strategy,
        strip=_strip(led.strategy, active, standings),
        coming=coming_up(cycles, on),
        cycle=_current(cycles, on),
        on=on,
        gaps=people_gaps(person) if person.is_hr or person.is_admin else None,
        asks=asks,
        leads_something=person.is_leader,
    )


@Prepared
def _open_cycles() -> QuerySet[Cycle]:
    return Cycle.objects.exclude(state=Cycle.State.CLOSED)


@dataclass(frozen=True)
class _Led:
    """What a leader is asked about: the strategy in force, its priorities, which active ones nothing open
    serves, how many objectives came in without an owner, and draft priorities of other strategies."""

    strategy: Strategy | None = None
    priorities: list[Priority] = field(default_factory=list)
    unserved: set[int] = field(default_factory=set)
    unowned: int = 0
    others: list[Priority] = field(default_factory=list)

    def leads(self, person: Person) -> bool:
        return self.strategy is not None and self.strategy.leader_id == person.pk


def _led(person: Person, on: dt.date) -> _Led:
    """For leaders, in one query; nothing for everybody else."""
    if not person.is_leader:
        return _Led()
    every = _what_leaders_see(on, leader=person.pk)
    strategy = next((one.strategy for one in every if one.of_the_whole), None)
    if strategy is None:
        unowned = every[0].unowned if every else Objective.objects.filter(UNOWNED).count()
        return _Led(strategy_in_force(on), unowned=unowned, others=every)
    found = [one for one in every if one.strategy_id == strategy.pk]
    others = [one for one in every if one.state == Priority.State.UNCONFIRMED and one not in found]
    active = [one for one in found if one.state == Priority.State.ACTIVE]
    unserved = {one.pk for one in active if not one.served}
    return _Led(strategy, found, unserved, found[0].unowned, others)


@Prepared
def _what_leaders_see(on: dt.date, *, leader: int) -> QuerySet[Any]:
    """The priorities of the strategy in force, and drafts elsewhere that are the leader's to take on."""
    person = Person(pk=leader, granted_leader=True)
    served = ObjectivePriority.objects.filter(
        priority=OuterRef("pk"), objective__in_line=True, objective__state__in=COUNTED
    )
    in_force = Strategy.objects.in_force(on).filter(unit__isnull=True)
    drafts = Q(state=Priority.State.UNCONFIRMED) & (Q(sponsor=person) | Q(strategy__leader=person))
    return (
        Priority.objects.visible_to(person)
        .filter(Q(strategy__in=in_force) | drafts & ~Q(strategy__state=Strategy.State.ENDED))
        .exclude(state=Priority.State.DROPPED)
        .select_related("strategy__leader", "sponsor")
        .annotate(
            served=Exists(served),
            unowned=count_of(Objective.objects.filter(UNOWNED)),
            of_the_whole=Exists(in_force.filter(pk=OuterRef("strategy"))),
        )
        .order_by("-strategy__starts_on", "-strategy__pk", "position", "pk")
    )


def _most_worrying(objectives: list[Objective], on: dt.date) -> list[Objective]:
    """As many as home draws lines for."""
    if len(objectives) <= THREADS_SHOWN:
        return objectives
    return sorted(objectives, key=lambda one: urgency(standing(one, on).health))[:THREADS_SHOWN]


def _strip(
    strategy: Strategy | None, active: list[Priority], standings: dict[int, PriorityStanding]
) -> list[StripRow]:
    weighed = strategy is not None and strategy.weights_confirmed
    return [
        StripRow(
            one,
            standings[one.pk],
            charts.knot(float(one.weight or Decimal(0)) if weighed else None),
        )
        for one in active
    ]


def _current(cycles: list[Cycle], on: dt.date) -> Cycle | None:
    return next((one for one in cycles if one.starts_on <= on <= one.ends_on), None)


def coming_up(cycles: Iterable[Cycle], on: dt.date, days: int = 120) -> list[CycleDate]:
    """The days of the cycles that lie ahead, the nearest first."""
    found = []
    for cycle in cycles:
        at_once = cycle.closes_on == cycle.ends_on
        dates = [
            (cycle.opens_on, f"Objectives for {cycle} open for proposals"),
            (cycle.starts_on, f"{cycle} begins"),
            (cycle.landmark, f"Landmark of {cycle}: where does each objective stand?"),
            (
                cycle.ends_on,
                f"{cycle} ends; last check-in" + (", last day to score" if at_once else ""),
            ),
            (None if at_once else cycle.closes_on, f"Last day to score {cycle}"),
        ]
        found += [
            CycleDate(date, words, cycle)
            for date, words in dates
            if date is not None and on <= date <= on + dt.timedelta(days=days)
        ]
    return sorted(found, key=lambda one: one.day)
