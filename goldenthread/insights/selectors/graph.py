"""The contribution graph as it stands now, and the figures of the lines that hang on a strategy.

Figures count all work, whoever reads them; whether a title may be shown is asked where it is shown. The graph
holds active priorities and the objectives that count (open, confirmed, begun), linked by contributions
that hold today. A node is "p12" for a priority, "o7" for an objective.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from hashlib import sha256

from django.core.cache import cache
from django.db.models import Q, Subquery
from django.db.models.functions import Coalesce

from goldenthread.core import clock
from goldenthread.core.models import AuditRecord, Organisation
from goldenthread.engine.flow import ValueFlow, value_flow
from goldenthread.engine.graph import Edge, Graph, Node, reachable_priorities
from goldenthread.engine.result import Result
from goldenthread.engine.scores import priority_progress
from goldenthread.insights.selectors.counts import count_of, newest_of
from goldenthread.objectives.models import Contribution, Objective, begun
from goldenthread.objectives.states import COUNTED
from goldenthread.strategy.models import Priority, Strategy

CHECK_INS = ("check in", "correct check-in")  # what changes scores, and never a line
KEPT_SECONDS = 24 * 60 * 60


def of_objective(pk: int) -> Node:
    return f"o{pk}"


def of_priority(pk: int) -> Node:
    return f"p{pk}"


@dataclass(frozen=True)
class CurrentGraph:
    """What serves what, today.

    `answers_for` names the person who answers for each linked objective (its owner, or the leader of the unit
    that owns it); None where nobody does. `own_shares` are those that owners have set.
    """

    graph: Graph
    answers_for: Mapping[Node, int | None]
    own_shares: Mapping[Node, Decimal]

    def flow(self, weights: Mapping[Node, Decimal] | None) -> ValueFlow | Result:
        """How the value of these priorities spreads; a Result with the reason while weights are not set."""
        return value_flow(weights, self.graph.edges, self.own_shares)


def current_graph() -> CurrentGraph:
    """All links between what is active and open, in one query, without a row of any objective being loaded."""
    rows = (
        Contribution.objects.filter(valid_to__isnull=True)
        .filter(_open("child_"), _open("parent_"))
        .values_list(
            "parent_objective_id",
            "parent_priority_id",
            "child_objective_id",
            "child_priority_id",
            "strength",
            "child_objective__own_share",
            Coalesce("child_objective__owner_person_id", "child_objective__owner_unit__leader_id"),
        )
        .order_by()
    )
    edges: list[Edge] = []
    answers_for: dict[Node, int | None] = {}
    own_shares: dict[Node, Decimal] = {}
    for parent_o, parent_p, child_o, child_p, strength, own_share, person in rows.iterator():
        parent = of_objective(parent_o) if parent_o else of_priority(parent_p)
        child = of_objective(child_o) if child_o else of_priority(child_p)
        edges.append(Edge(parent, child, strength))
        if child_o:
            answers_for[child] = person
            if own_share is not None:
                own_shares[child] = own_share
    return CurrentGraph(Graph(edges), answers_for, own_shares)


def _open(end: str) -> Q:
    objective = f"{end}objective__"
    return Q((f"{objective}state__in", COUNTED)) & begun(clock.today(), objective) | Q(
        (f"{end}priority__state", Priority.State.ACTIVE)
    )


# Figures of a strategy ----------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Reach:
    """What hangs on one priority: how many objectives, directly or through others, and how many people answer
    for them. `kept` is the value that each objective delivers itself, None while weights are not set."""

    objectives: int
    people: int
    kept: Mapping[Node, float] | None

    @property
    def is_stranded(self) -> bool:
        """Nothing that is open serves it."""
        return self.objectives == 0


@dataclass(frozen=True)
class StrategyFigures:
    """The lines of one strategy, by priority id, and the whole organisation's count of open objectives."""

    reach: Mapping[int, Reach]
    progress: Mapping[int, Result]
    open_objectives: int
    objectives_in_line: int
    people_in_line: int

    @property
    def stranded(self) -> list[int]:
        return [pk for pk, reach in self.reach.items() if reach.is_stranded]


def strategy_figures(
    strategy: Strategy, active: Sequence[Priority], as_of: dt.date
) -> StrategyFigures:
    """Reach and contribution progress of each active priority of a strategy.

    `active` are all its active priorities, whoever may see them. Two queries, and a third after a link, a state
    or a weight has changed: the structure is kept until then, while scores are read anew each time.
    """
    mark, open_objectives = structure_mark()
    sent = [strategy.pk, strategy.weights_confirmed, *((p.pk, p.weight) for p in active), mark]
    key = f"reach-{sha256(repr(sent).encode()).hexdigest()}"
    kept = cache.get(key)
    if kept is None:
        kept = _reach(strategy, active)
        cache.set(key, kept, KEPT_SECONDS)
    reach, in_line, people = kept
    scores = _scores()
    return StrategyFigures(
        reach=reach,
        progress={
            pk: priority_progress(one.kept, scores, as_of=as_of) for pk, one in reach.items()
        },
        open_objectives=open_objectives,
        objectives_in_line=in_line,
        people_in_line=people,
    )


def structure_mark() -> tuple[tuple[object, ...], int]:
    """What differs whenever a link, a state or an own share has changed; and the count of open objectives.

    A check-in changes scores and no line, so what is kept under this mark outlives it. One query.
    """
    last = AuditRecord.objects.exclude(verb__in=CHECK_INS).order_by("-pk").values("pk")[:1]
    links = Contribution.objects.filter(valid_to__isnull=True)
    found = (
        Organisation.objects.annotate(
            last=Subquery(last),
            links=count_of(links),
            newest=newest_of(links),
            open=count_of(Objective.objects.counted()),
        )
        .values_list("last", "links", "newest", "open")
        .first()
    )
    if found is None:
        return (), 0
    return (*found, clock.today()), found[3] or 0


def _reach(strategy: Strategy, active: Sequence[Priority]) -> tuple[dict[int, Reach], int, int]:
    current = current_graph()
    roots = [of_priority(priority.pk) for priority in active]
    weights = {
        of_priority(priority.pk): priority.weight
        for priority in active
        if priority.weight is not None
    }
    flow = current.flow(weights if strategy.weights_confirmed else None)
    below: dict[Node, set[Node]] = defaultdict(set)
    reached = reachable_priorities(current.graph, roots)
    for node, above in reached.items():
        if node in current.answers_for:
            for root in above:
                below[root].add(node)
    found = {}
    for priority in active:
        root = of_priority(priority.pk)
        kept = flow.kept_by_priority.get(root, {}) if isinstance(flow, ValueFlow) else None
        found[priority.pk] = Reach(len(below[root]), len(_people(current, below[root])), kept)
    everything = set().union(*below.values()) if below else set()
    return found, len(everything), len(_people(current, everything))


def _people(current: CurrentGraph, nodes: Collection[Node]) -> set[int]:
    return {person for node in nodes if (person := current.answers_for[node]) is not None}


def _scores() -> dict[Node, float | None]:
    """The score of every measured open objective that is in line."""
    rows = Objective.objects.counted().filter(in_line=True, score__isnull=False)
    return {of_objective(pk): score for pk, score in rows.order_by().values_list("pk", "score")}
