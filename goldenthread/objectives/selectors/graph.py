"""The contribution graph as it stands now.

It holds active priorities and the objectives that count (open, confirmed, begun), linked by contributions that
hold today. A node is "p12" for a priority, "o7" for an objective.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Q
from django.db.models.functions import Coalesce

from goldenthread.core import clock
from goldenthread.engine.flow import ValueFlow, value_flow
from goldenthread.engine.graph import Edge, Graph, Node
from goldenthread.engine.result import Result
from goldenthread.objectives.models import Contribution, begun
from goldenthread.objectives.states import COUNTED
from goldenthread.strategy.models import Priority


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
