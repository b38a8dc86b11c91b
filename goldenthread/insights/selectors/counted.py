"""What counted on a day: the work, its links and the people, as the measures of alignment take them.

Of today it is read from the rows as they stand. Of a day gone by it is put together again from what is kept:
when rows were made, which states the audit trail tells of, on which days links held and people worked here.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce

from goldenthread.core import clock
from goldenthread.core.models import AuditRecord, Organisation
from goldenthread.engine.graph import Edge, Graph, Node
from goldenthread.insights.selectors.graph import current_graph, of_objective, of_priority
from goldenthread.objectives.models import Contribution, KeyResult, Milestone, Objective, begun
from goldenthread.objectives.states import COUNTED
from goldenthread.people.models import Person
from goldenthread.strategy.models import Priority, Strategy
from goldenthread.strategy.selectors import strategy_in_force, weights_of

Kind = KeyResult.Kind


@dataclass(frozen=True)
class Held:
    """An open objective that its owner has confirmed: who answers for it, and the unit that it is done in."""

    person: int | None
    unit: int | None
    run_the_business: bool


@dataclass(frozen=True)
class Work:
    """Everything that the figures of a day are made of. `weights` is None while they are not confirmed.

    `roots` are the organisation's active priorities; `measurable` the objectives with a key result that can be
    scored; `people` who worked here, each with their unit. `weights_known` is False for a day before the
    weights were last changed: what they were then is not kept.
    """

    day: dt.date
    graph: Graph
    objectives: Mapping[Node, Held]
    roots: tuple[Node, ...]
    weights: Mapping[Node, Decimal] | None
    weights_known: bool
    measurable: frozenset[Node]
    people: Mapping[int, int | None]


def work_on(day: dt.date) -> Work:
    """What counted on the day. A fixed number of queries; a day to come counts as today."""
    return _today() if day >= clock.today() else _then(day)


def _today() -> Work:
    day = clock.today()
    objectives = _held(Objective.objects.counted())
    priorities = Priority.objects.in_use().filter(strategy__unit__isnull=True)
    return Work(
        day=day,
        graph=current_graph().graph,
        objectives=objectives,
        roots=tuple(of_priority(pk) for pk in priorities.values_list("pk", flat=True)),
        weights=_weights(strategy_in_force(day)),
        weights_known=True,
        measurable=_measurable(objectives, Q()),
        people=_people(day),
    )


def _then(day: dt.date) -> Work:
    organisation = Organisation.current()
    zone = ZoneInfo(organisation.time_zone if organisation else "UTC")
    over = dt.datetime.combine(day + dt.timedelta(days=1), dt.time(), zone)
    states = _states_at(over, Objective)
    open_then = _held(Objective.objects.filter(created_at__lt=over).filter(begun(day)))
    objectives = {node: held for node, held in open_then.items() if states[node] in COUNTED}
    of_priorities = _states_at(over, Priority)
    active = {node for node, state in of_priorities.items() if state == Priority.State.ACTIVE}
    of_the_whole = Priority.objects.filter(strategy__unit__isnull=True)
    strategy = strategy_in_force(day)
    return Work(
        day=day,
        graph=_links_on(day, objectives.keys() | active),
        objectives=objectives,
        roots=tuple(
            node
            for pk in of_the_whole.values_list("pk", flat=True)
            if (node := of_priority(pk)) in active
        ),
        weights=_weights(strategy),
        weights_known=strategy is None or not _weights_changed_since(over, strategy),
        measurable=_measurable(objectives, Q(created_at__lt=over)),
        people=_people(day),
    )


def _held(rows: QuerySet[Objective]) -> dict[Node, Held]:
    found = rows.order_by().values_list(
        "pk",
        Coalesce("owner_person_id", "owner_unit__leader_id"),
        Coalesce("owner_unit_id", "owner_person__unit_id"),
        "run_the_business",
    )
    return {of_objective(pk): Held(person, unit, declared) for pk, person, unit, declared in found}


def _weights(strategy: Strategy | None) -> Mapping[Node, Decimal] | None:
    if strategy is None:
        return None
    weights = weights_of(strategy)
    return {of_priority(pk): weight for pk, weight in weights.items()} if weights else None


def _measurable(objectives: Mapping[Node, Held], known: Q) -> frozenset[Node]:
    """The objectives with a key result that can be scored once somebody checks in."""
    steps = Milestone.objects.filter(key_result=OuterRef("pk"))
    scorable = (
        Q(kind=Kind.METRIC, baseline__isnull=False, target__isnull=False)
        | Q(kind=Kind.THRESHOLD, low__isnull=False)
        | Q(kind=Kind.THRESHOLD, high__isnull=False)
        | Q(kind=Kind.GRADED, baseline__isnull=False, target__isnull=False)
        | Q(Exists(steps), kind=Kind.MILESTONES)
    )
    rows = KeyResult.objects.filter(known).filter(scorable).order_by()
    found = (of_objective(pk) for pk in rows.values_list("objective_id", flat=True).distinct())
    return frozenset(node for node in found if node in objectives)


def _people(day: dt.date) -> dict[int, int | None]:
    rows = Person.objects.working(day).order_by().values_list("pk", "unit_id")
    return dict(rows)


# A day gone by ------------------------------------------------------------------------------------------------


def _states_at(moment: dt.datetime, model: type[Objective] | type[Priority]) -> dict[Node, str]:
    """The state of every objective, or priority, as it was at the moment, by what the trail tells."""
    name = of_objective if model is Objective else of_priority
    rows = model._default_manager.filter(created_at__lt=moment).order_by()
    states = {name(pk): state for pk, state in rows.values_list("pk", "state")}
    steps = AuditRecord.objects.filter(
        subject_type=model._meta.label_lower,
        after__state__isnull=False,
        before__state__isnull=False,
    )
    later = steps.filter(at__gte=moment).order_by("-pk")  # the first step after the moment wins
    for pk, before in later.values_list("subject_id", "before"):
        if name(pk) in states:
            states[name(pk)] = before["state"]
    return states


def _weights_changed_since(moment: dt.datetime, strategy: Strategy) -> bool:
    """Whether the weights were set or confirmed after the moment; what they were is then unknown."""
    changes = AuditRecord.objects.filter(
        subject_type=Strategy._meta.label_lower, subject_id=strategy.pk, verb__contains="weights"
    )
    return changes.filter(at__gte=moment).exists()


def _links_on(day: dt.date, nodes: set[Node]) -> Graph:
    """The links that held on the day, between these nodes."""
    rows = Contribution.objects.filter(valid_from__lte=day).filter(
        Q(valid_to__isnull=True) | Q(valid_to__gte=day)
    )
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
