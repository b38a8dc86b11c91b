"""Under which priorities of the strategy in force the candidates of a plan stand."""

from collections.abc import Iterable, Mapping, Sequence

from django.db.models import Q

from goldenthread.engine.graph import Node
from goldenthread.objectives.selectors.graph import of_objective, of_priority
from goldenthread.objectives.selectors.lines import links_above
from goldenthread.objectives.states import COUNTED
from goldenthread.strategy.models import Priority
from goldenthread.tradeoffs.models import Candidate
from goldenthread.tradeoffs.selectors.points import reached


def under_priorities(
    candidates: Sequence[Candidate], priorities: Iterable[int]
) -> dict[int, frozenset[int]]:
    """The numbers of those under each of the priorities, by its id; none where nothing stands under it.

    Under it is what leads to it by the contributions that hold, directly or through others, and what is new and is to
    serve it. Other than in the value flow, what has not begun counts: a plan is of what could begin. One query.
    """
    above = _parents([one.objective_id for one in candidates if one.objective_id is not None])
    leads_to = {
        one.number: reached(above, nodes) | nodes for one in candidates if (nodes := _nodes(one))
    }
    return {
        pk: frozenset(number for number, nodes in leads_to.items() if of_priority(pk) in nodes)
        for pk in priorities
    }


def _nodes(one: Candidate) -> set[Node]:
    """Where the way up from a candidate begins."""
    objective = {of_objective(one.objective_id)} if one.objective_id is not None else set()
    return objective | ({of_priority(one.priority_id)} if one.priority_id is not None else set())


def _parents(objectives: Sequence[int]) -> Mapping[Node, list[Node]]:
    """What is open and confirmed above these, by what serves it."""
    is_open = Q(parent_objective__state__in=COUNTED) | Q(
        parent_priority__state=Priority.State.ACTIVE
    )
    ends = ("child_objective_id", "child_priority_id", "parent_objective_id", "parent_priority_id")
    rows = links_above(objectives).filter(is_open).values_list(*ends)
    found: dict[Node, list[Node]] = {}
    for child_o, child_p, parent_o, parent_p in rows.order_by():
        child = of_objective(child_o) if child_o else of_priority(child_p)
        parent = of_objective(parent_o) if parent_o else of_priority(parent_p)
        found.setdefault(child, []).append(parent)
    return found
