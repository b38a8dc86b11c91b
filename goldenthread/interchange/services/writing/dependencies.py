"""Writing what objectives need of other units: asked, so that the unit answers here; what is answered here stays."""

from typing import Any

from goldenthread.core.errors import DomainError
from goldenthread.interchange.services.known import fold
from goldenthread.interchange.services.rows import Outcome, Row, fitted
from goldenthread.interchange.services.run import Run
from goldenthread.objectives.models import Dependency
from goldenthread.objectives.services.dependencies import (
    LONGEST,
    bring_in_dependency,
    redraft_dependency,
)


def write_dependencies(run: Run) -> None:
    for row in run.each("dependencies"):
        with run.attempt(row):
            objective = run.objectives.find(row.text("objective"), "objective")
            row.confidential = objective.restricted
            unit = run.units.find(row.text("asked_unit"), "asked_unit")
            row.about = f"{objective}: {unit}"
            wanted: dict[str, Any] = {"needs": fitted(row.text("needs"), LONGEST)[0], "unit": unit}
            wanted |= row.given("needed_by", "effort_fte", "answer_by")
            if text := row.text("delivering_objective"):
                wanted["delivers"] = run.objectives.find(text, "delivering_objective")
            key = (objective.pk, unit.pk, fold(wanted["needs"]))
            held = run.dependencies.match(row.external_id, key)
            if held is None:
                run.stand_alone(row, ("dependency", *key))
                made = bring_in_dependency(
                    actor=run.actor,
                    objective=objective,
                    source=run.where(row),
                    external_id=row.external_id,
                    **wanted,
                )
                run.know(run.dependencies, made)
                row.done(made, Outcome.CREATED)
            else:
                run.settle(row, held, run.dependencies)
                _update(run, row, held, wanted)


def _update(run: Run, row: Row, held: Dependency, wanted: dict[str, Any]) -> None:
    """Bring one that stands here to what the file says; refused where it was asked or answered here."""
    if held.pk in run.dependencies.hidden:
        raise DomainError("You may not see what stands here under this identifier.")
    run.update(
        row,
        held,
        wanted,
        lambda after: redraft_dependency(actor=run.actor, dependency=held, **after),
    )
