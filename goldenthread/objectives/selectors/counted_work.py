"""What serves each priority, added up from the graph as it stands; and as it was last stored."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from django.db.models import Exists, QuerySet
from django.utils import timezone

from goldenthread.core import clock
from goldenthread.core.models import Job
from goldenthread.engine.flow import kept_shares
from goldenthread.engine.graph import Graph, Node, reachable_priorities
from goldenthread.engine.scores import work_done
from goldenthread.objectives.models import Objective, PriorityWork, StrategyWork
from goldenthread.objectives.selectors.graph import (
    CurrentGraph,
    current_graph,
    of_objective,
    of_priority,
)
from goldenthread.strategy.models import Priority, Strategy

COUNT_WORK = "count work"  # the kind of job, and its key: one at a time does for all
AT_ONCE = 5000
"""With so many open objectives or fewer a page adds up for itself while the job waits: it takes no longer."""


class Reached(NamedTuple):
    objectives: int
    people: int


@dataclass(frozen=True)
class AddedUp:
    """Everything that hangs on priorities. `shares` goes through each with the part that each node keeps of it."""

    by_priority: Mapping[int, Reached]
    by_strategy: Mapping[int, Reached]
    graph: Graph
    current: CurrentGraph

    def shares(self) -> Iterator[tuple[int, Mapping[Node, float]]]:
        roots = [of_priority(pk) for pk in self.by_priority]
        for root, kept in kept_shares(self.graph, roots, self.current.own_shares):
            yield int(root[1:]), kept


def add_up(priorities: Iterable[Priority] | None = None) -> AddedUp:
    """Reach of every active priority, or of these. Two queries, or one."""
    current = current_graph()
    if priorities is None:
        rows = Priority.objects.active().order_by("pk")
        belongs = dict(rows.values_list("pk", "strategy_id"))
    else:
        belongs = {one.pk: one.strategy_id for one in priorities}
    roots = {of_priority(pk): its for pk, its in belongs.items()}
    graph = Graph(current.graph.edges, roots)
    counts: dict[Node, int] = defaultdict(int)
    people: dict[Node, set[int]] = defaultdict(set)
    of_strategy: dict[int, int] = defaultdict(int)
    seen: dict[int, set[int]] = defaultdict(set)
    for node, above in reachable_priorities(graph, roots).items():
        if node not in current.answers_for:
            continue
        person = current.answers_for[node]
        for root in above:
            counts[root] += 1
            if person is not None:
                people[root].add(person)
        for its in {roots[root] for root in above}:
            of_strategy[its] += 1
            if person is not None:
                seen[its].add(person)
    return AddedUp(
        {
            pk: Reached(counts[node], len(people[node]))
            for node, pk in zip(roots, belongs, strict=True)
        },
        {its: Reached(of_strategy[its], len(seen[its])) for its in set(belongs.values())},
        graph,
        current,
    )


@dataclass(frozen=True)
class CountedWork:
    """What pages read. `is_stale` says that lines have changed since it was counted."""

    of: Mapping[int, PriorityWork]
    whole: StrategyWork
    is_stale: bool


def counted_work(strategy: Strategy, active: Sequence[Priority]) -> CountedWork:
    """The work below the active priorities of a strategy, as stored; counted here where that is stale and quick."""
    waits = Exists(not_done())
    whole = StrategyWork.objects.filter(strategy=strategy).annotate(waits=waits).first()
    current = whole is not None and whole.counted_on == clock.today() and not whole.waits
    if whole is None or not current:
        few = Objective.objects.counted()[: AT_ONCE + 1].count()
        if few <= AT_ONCE:
            return _counted_here(strategy, active, few)
        if whole is None:
            return _counted_here(strategy, active, Objective.objects.counted().count())
    of = {row.priority_id: row for row in PriorityWork.objects.filter(priority__strategy=strategy)}
    return CountedWork(of, whole, is_stale=not current)


def is_counted() -> bool:
    """Whether nothing has changed since the work was counted: then no job to count it again waits or failed."""
    return not not_done().exists()


def not_done() -> QuerySet[Job]:
    """The jobs that are to count again what has changed since."""
    states = [Job.State.WAITING, Job.State.RUNNING, Job.State.FAILED]
    return Job.objects.filter(kind=COUNT_WORK, state__in=states)


def _counted_here(
    strategy: Strategy, active: Sequence[Priority], open_objectives: int
) -> CountedWork:
    found = add_up(active)
    scores = open_scores()
    of = {}
    for pk, kept in found.shares():
        done = work_done(kept, scores)
        reached = found.by_priority[pk]
        of[pk] = PriorityWork(
            priority_id=pk,
            objectives=reached.objectives,
            people=reached.people,
            n=done.n,
            measured=done.measured,
            done=done.done,
        )
    reached = found.by_strategy.get(strategy.pk, Reached(0, 0))
    whole = StrategyWork(
        strategy=strategy,
        objectives=reached.objectives,
        people=reached.people,
        open_objectives=open_objectives,
        counted_on=clock.today(),
        counted_at=timezone.now(),
    )
    return CountedWork(of, whole, is_stale=False)


def open_scores() -> dict[Node, float | None]:
    """The score of every measured open objective: a unit's priority has work below it that is not in line."""
    rows = Objective.objects.counted().filter(score__isnull=False)
    return {of_objective(pk): score for pk, score in rows.order_by().values_list("pk", "score")}
