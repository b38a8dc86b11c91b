"""How each kind of row is written, in the order in which one refers to the other."""

from collections.abc import Callable

from goldenthread.interchange.services.run import Run
from goldenthread.interchange.services.writing.allocations import write_allocations
from goldenthread.interchange.services.writing.cascades import write_cascades
from goldenthread.interchange.services.writing.cycles import write_cycles
from goldenthread.interchange.services.writing.decisions import write_decisions
from goldenthread.interchange.services.writing.dependencies import write_dependencies
from goldenthread.interchange.services.writing.direction import write_priorities, write_strategies
from goldenthread.interchange.services.writing.key_results import write_check_ins, write_key_results
from goldenthread.interchange.services.writing.kpis import (
    write_kpis,
    write_observations,
    write_targets,
)
from goldenthread.interchange.services.writing.links import write_contributions
from goldenthread.interchange.services.writing.objectives import write_objectives
from goldenthread.interchange.services.writing.people import write_people, write_units
from goldenthread.interchange.services.writing.plans import (
    write_plan_candidates,
    write_plan_scenarios,
    write_plan_teams,
    write_plans,
)
from goldenthread.interchange.services.writing.results import (
    write_expected_results,
    write_trade_offs,
)
from goldenthread.interchange.services.writing.templates import write_templates

WRITERS: dict[str, Callable[[Run], None]] = {
    "units": write_units,
    "people": write_people,
    "cycles": write_cycles,
    "strategies": write_strategies,
    "priorities": write_priorities,
    "kpis": write_kpis,
    "expected_results": write_expected_results,
    "trade_offs": write_trade_offs,
    "targets": write_targets,
    "observations": write_observations,
    "templates": write_templates,
    "objectives": write_objectives,
    "key_results": write_key_results,
    "check_ins": write_check_ins,
    "contributions": write_contributions,
    "cascades": write_cascades,
    "dependencies": write_dependencies,
    "decisions": write_decisions,
    "allocations": write_allocations,
    "plans": write_plans,
    "plan_teams": write_plan_teams,
    "plan_candidates": write_plan_candidates,
    "plan_scenarios": write_plan_scenarios,
}

__all__ = ["WRITERS"]
