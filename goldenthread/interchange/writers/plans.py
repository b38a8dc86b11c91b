"""The tables of the planner: plans, what their teams have, candidates, scenarios. Results are worked out again, not told."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

from goldenthread.interchange.services.plan_cells import write_lines
from goldenthread.interchange.writers.scope import Scope
from goldenthread.people.models import Person, Unit
from goldenthread.strategy.models import Priority
from goldenthread.tradeoffs.models import Candidate, Scenario, TeamCapacity

Cells = Iterator[Sequence[Any]]


def _owner(scope: Scope, owner: Person | Unit | None) -> str:
    return scope.name_of_person(owner) if isinstance(owner, Person) else scope.name(owner)


def plans(scope: Scope) -> Cells:
    rows = scope.plans.select_related("cycle", "unit", "decision")
    for one in rows.prefetch_related("owner_limits__person", "owner_limits__unit").order_by("pk"):
        limits = one.owner_limits.all()
        yield (
            scope.name(one),
            one.name,
            one.cycle.name,
            scope.name(one.unit),
            write_lines((_owner(scope, limit.owner), limit.most) for limit in limits),
            "adopted" if one.is_adopted else "proposal",
        )


def teams(scope: Scope) -> Cells:
    rows = TeamCapacity.objects.filter(plan__in=scope.plans).select_related("plan", "unit")
    for one in rows.order_by("plan_id", "pk"):
        yield (scope.name(one.plan), scope.name(one.unit), one.skill, one.fte)


def candidates(scope: Scope) -> Cells:
    """By their numbers, by which they are needed and forced; those of objectives that do not go out are left out."""
    rows = scope.candidates.select_related(
        *("plan", "objective", "owner_person", "owner_unit", "priority")
    ).prefetch_related("effort__unit", "needs")
    going = set(rows.values_list("pk", flat=True))
    for one in rows.order_by("plan_id", "number"):
        needs = [f"#{other.number}" for other in one.needs.all() if other.pk in going]
        yield (
            scope.name(one.plan),
            one.number,
            scope.name(one.objective),
            one.title,
            "" if one.objective_id else _owner(scope, one.owner),
            scope.name(one.priority) if one.priority_id in scope.priority_ids else "",
            one.value,
            one.running,
            one.mandatory,
            one.stop_cost,
            one.start_cost,
            one.alternative,
            "\n".join(needs),
            _effort(scope, one),
            one.from_strategy,
        )


def _effort(scope: Scope, one: Candidate) -> str:
    return write_lines((scope.name(part.unit), part.skill, part.fte) for part in one.effort.all())


def scenarios(scope: Scope) -> Cells:
    rows = Scenario.objects.filter(plan__in=scope.plans).select_related("plan")
    teams = {str(one.pk): one for one in TeamCapacity.objects.select_related("unit")}
    weighed = {str(one.pk): one for one in Priority.objects.filter(pk__in=scope.priority_ids)}
    pairs = scope.candidates.values_list("plan_id", "number")
    going = {(plan, str(number)) for plan, number in pairs}
    for one in rows.order_by("plan_id", "position", "pk"):
        capacity = [
            (scope.name(teams[pk].unit), teams[pk].skill, Decimal(fte))
            for pk, fte in one.capacity.items()
            if pk in teams
        ]
        weights = [
            (scope.name(weighed[pk]), Decimal(weight))
            for pk, weight in one.weights.items()
            if pk in weighed
        ]
        forced = [
            (f"#{number}", "in" if runs else "out")
            for number, runs in one.forced.items()
            if (one.plan_id, number) in going
        ]
        cells = (write_lines(each) for each in (capacity, weights, forced))
        yield (scope.name(one.plan), one.name, *cells, one.keeps_priorities, one.adopted)
