"""A plan under a scenario as the planner takes it, and what it was made from."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any

from goldenthread.core import clock
from goldenthread.core.audit import plain
from goldenthread.engine.planner import METHOD_VERSION, Cell, Portfolio
from goldenthread.engine.planner import Candidate as Given
from goldenthread.objectives.fields import key_of
from goldenthread.people.models import Unit
from goldenthread.strategy.models import Priority
from goldenthread.strategy.selectors.strategy import priorities_in_force
from goldenthread.tradeoffs.models import Candidate, OwnerLimit, Plan, Scenario, TeamCapacity
from goldenthread.tradeoffs.selectors.under import under_priorities

ZERO, CENT = Decimal(0), Decimal("0.01")


@dataclass(frozen=True)
class PlanRows:
    """Everything of a plan, read once."""

    plan: Plan
    candidates: Sequence[Candidate]
    teams: Sequence[TeamCapacity]
    limits: Sequence[OwnerLimit]
    scenarios: Sequence[Scenario]
    weights: Mapping[int, Decimal]  # of the priorities that any candidate has value from

    @cached_property
    def by_number(self) -> dict[int, Candidate]:
        return {one.number: one for one in self.candidates}

    @cached_property
    def units(self) -> dict[int, Unit]:
        return {team.unit_id: team.unit for team in self.teams}

    @cached_property
    def priorities(self) -> dict[int, Priority]:
        """Those of the strategy in force; read, as what follows, only where a scenario asks for them."""
        return {one.pk: one for one in priorities_in_force(clock.today())}

    @cached_property
    def under(self) -> dict[int, frozenset[int]]:
        """The numbers of the candidates under each priority in force."""
        return under_priorities(self.candidates, self.priorities)

    @cached_property
    def priority_titles(self) -> dict[int, str]:
        """Of those that results speak of, also where they are not in force any more."""
        named = {pk for one in self.scenarios for pk, _ in (one.inputs or {}).get("keeps", ())}
        gone = named - set(self.priorities)
        others = Priority.objects.in_bulk(gone) if gone else {}
        return {pk: one.title for pk, one in (self.priorities | others).items()}


def rows_of(plan: Plan) -> PlanRows:
    """What the planner and the page read of a plan. Seven queries."""
    candidates = list(
        plan.candidates.select_related(
            *("objective__cycle", "objective__owner_person", "objective__owner_unit__leader"),
            *("owner_person", "owner_unit__leader", "priority", "change"),
        ).prefetch_related("effort", "needs")
    )
    named = {int(pk) for one in candidates for pk in one.by_priority}
    scenarios = list(plan.scenarios.all())
    named |= {int(pk) for one in scenarios for pk in one.weights}
    weights = Priority.objects.filter(pk__in=named).values_list("pk", "weight") if named else []
    return PlanRows(
        plan,
        candidates,
        list(plan.teams.select_related("unit")),
        list(plan.owner_limits.select_related("person", "unit")),
        scenarios,
        {pk: weight or ZERO for pk, weight in weights},
    )


def portfolio_of(rows: PlanRows, scenario: Scenario) -> Portfolio:
    """The candidates by their numbers, with the scenario's capacity, weights and forced choices."""
    groups: dict[str, set[int | str]] = {}
    for one in rows.candidates:
        if one.alternative:
            groups.setdefault(one.alternative.casefold(), set()).add(one.number)
    numbers = {one.pk: one.number for one in rows.candidates}
    under = rows.under if scenario.keeps_priorities else {}
    return Portfolio(
        candidates=tuple(_given(rows, scenario, one) for one in rows.candidates),
        capacity={
            cell_of(team): max(team.fte + Decimal(scenario.capacity.get(str(team.pk), 0)), ZERO)
            for team in rows.teams
        },
        needs=frozenset(
            (one.number, numbers[other.pk]) for one in rows.candidates for other in one.needs.all()
        ),
        alternatives=tuple(frozenset(group) for group in groups.values() if len(group) > 1),
        owner_limits={key_of(one.owner): one.most for one in rows.limits if one.owner is not None},
        keeps={priority: frozenset[int | str](numbers) for priority, numbers in under.items()},
    )


def cell_of(team: TeamCapacity) -> Cell:
    return team.unit_id, team.skill


def value_under(rows: PlanRows, scenario: Scenario, one: Candidate) -> Decimal:
    """Its points where the scenario gives priorities other weights: what comes from each grows or shrinks with it."""
    value = one.value
    for pk, new in scenario.weights.items():
        part, old = Decimal(one.by_priority.get(pk, 0)), rows.weights.get(int(pk), ZERO)
        if part and old:
            value += part * (Decimal(new) / old - 1)
    return max(value, ZERO).quantize(CENT)


def _given(rows: PlanRows, scenario: Scenario, one: Candidate) -> Given:
    return Given(
        key=one.number,
        value=value_under(rows, scenario, one),
        effort={(part.unit_id, part.skill): part.fte for part in one.effort.all()},
        running=one.running,
        mandatory=one.mandatory,
        forced=scenario.forced.get(str(one.number)),
        stop_cost=one.stop_cost if one.running else ZERO,
        start_cost=ZERO if one.running else one.start_cost,
        owner=None if one.owner is None else key_of(one.owner),
    )


def inputs_of(given: Portfolio) -> dict[str, Any]:
    """What a result is worked out of, as it is kept with it: numbers and ids, no words."""
    keeps = {"keeps": sorted([key, sorted(under)] for key, under in given.keeps.items())}
    return (keeps if given.keeps else {}) | {
        "method_version": METHOD_VERSION,
        "candidates": [
            {
                "number": one.key,
                "value": plain(one.value),
                "effort": [
                    [*cell, plain(fte)]
                    for cell, fte in sorted(one.effort.items(), key=lambda item: str(item[0]))
                ],
                "running": one.running,
                "mandatory": one.mandatory,
                "forced": one.forced,
                "stop_cost": plain(one.stop_cost),
                "start_cost": plain(one.start_cost),
                "owner": one.owner,
            }
            for one in given.candidates
        ],
        "capacity": sorted([*cell, plain(fte)] for cell, fte in given.capacity.items()),
        "needs": sorted(list(pair) for pair in given.needs),
        "alternatives": sorted(sorted(group) for group in given.alternatives),
        "owner_limits": dict(sorted(given.owner_limits.items(), key=str)),
    }


def stamp_of(inputs: Mapping[str, Any]) -> str:
    """Tells whether two results were worked out of the same."""
    return hashlib.sha256(json.dumps(inputs, sort_keys=True).encode()).hexdigest()


def is_outdated(rows: PlanRows, scenario: Scenario) -> bool:
    """Whether what the result was worked out of has changed since."""
    return scenario.stamp != stamp_of(inputs_of(portfolio_of(rows, scenario)))
