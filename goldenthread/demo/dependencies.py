"""What the objectives of the quarter need of other units, asked and answered on the days on which it happened."""

from decimal import Decimal

from goldenthread.demo.days import day, standing_on
from goldenthread.demo.people import Company
from goldenthread.demo.tables.dependencies import DEPENDENCIES, DependencyRow
from goldenthread.demo.work import Nodes
from goldenthread.objectives.models import Dependency, Objective
from goldenthread.objectives.services import dependencies as services


def ask_other_units(company: Company, nodes: Nodes) -> None:
    """Each is asked by who speaks for its objective, and answered by who leads the unit."""
    for row in DEPENDENCIES:
        objective = _objective(nodes, row.objective)
        with standing_on(day(row.asked_on), 9):
            made = services.ask_unit(
                actor=company.speaker_for(objective),
                objective=objective,
                needs=row.needs,
                unit=company.units[row.unit],
                needed_by=day(row.needed_by),
                effort_fte=Decimal(row.effort) if row.effort else None,
            )
        if row.answered_on:
            _answer(made, row, nodes)


def _answer(made: Dependency, row: DependencyRow, nodes: Nodes) -> None:
    leader = made.unit.leader
    assert leader is not None
    with standing_on(day(row.answered_on), 15):
        if row.declined:
            services.decline_dependency(actor=leader, dependency=made, reason=row.declined)
        else:
            services.accept_dependency(
                actor=leader,
                dependency=made,
                promised_on=day(row.promised_on),
                delivers=_objective(nodes, row.delivers) if row.delivers else None,
            )
    if row.delivered_on:
        with standing_on(day(row.delivered_on), 16):
            services.deliver_dependency(actor=leader, dependency=made)


def _objective(nodes: Nodes, key: str) -> Objective:
    found = nodes[key]
    assert isinstance(found, Objective)
    return found
