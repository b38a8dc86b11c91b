"""How each kind of row is written, in the order in which one refers to the other."""

from collections.abc import Callable

from goldenthread.interchange.services.run import Run
from goldenthread.interchange.services.writing.direction import write_priorities, write_strategies
from goldenthread.interchange.services.writing.key_results import write_key_results, write_values
from goldenthread.interchange.services.writing.kpis import (
    write_kpis,
    write_observations,
    write_targets,
)
from goldenthread.interchange.services.writing.links import write_contributions
from goldenthread.interchange.services.writing.objectives import write_objectives
from goldenthread.interchange.services.writing.people import write_people, write_units

WRITERS: dict[str, Callable[[Run], None]] = {
    "units": write_units,
    "people": write_people,
    "strategies": write_strategies,
    "priorities": write_priorities,
    "kpis": write_kpis,
    "targets": write_targets,
    "observations": write_observations,
    "objectives": write_objectives,
    "key_results": write_key_results,
    "values": write_values,
    "contributions": write_contributions,
}

__all__ = ["WRITERS"]
