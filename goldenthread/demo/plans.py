"""The plan of the coming quarter, with three scenarios worked out; none is adopted yet."""

from contextlib import nullcontext
from decimal import Decimal
from typing import Any

from goldenthread.demo.days import day, standing_on
from goldenthread.demo.people import Company
from goldenthread.demo.tables import plans as table
from goldenthread.demo.work import Nodes
from goldenthread.objectives.models import Cycle, Objective
from goldenthread.tradeoffs.models import Plan
from goldenthread.tradeoffs.services import planning
from goldenthread.tradeoffs.services.plan_rows import CandidateRow
from goldenthread.tradeoffs.services.working_out import work_out_scenarios


def plan_the_coming_quarter(company: Company, cycle: Cycle, nodes: Nodes) -> None:
    """Twenty candidates over six units."""
    marta = company.people[table.AUTHOR]
    with standing_on(day(table.MADE_ON), 15):
        plan = planning.begin_plan(
            actor=marta, name=table.NAME, cycle=cycle, unit=company.units["Aldervale Heat"]
        )
        capacity = {(company.units[name], ""): Decimal(fte) for name, fte in table.CAPACITY.items()}
        planning.set_teams(actor=marta, plan=plan, capacity=capacity)
        rows = [_row(company, nodes, line) for line in table.CANDIDATES]
        planning.write_candidates(actor=marta, plan=plan, rows=rows)
        _scenarios(company, plan)
        work_out_scenarios(plan.pk, _at_once)


def _row(company: Company, nodes: Nodes, line: table.CandidateLine) -> CandidateRow:
    node = nodes.get(line.what)
    assert node is None or isinstance(node, Objective)
    return CandidateRow(
        objective=node,
        title="" if node is not None else line.what,
        owner=company.units.get(line.owner),
        value=Decimal(line.value) if line.value else None,
        mandatory=line.mandatory,
        stop_cost=Decimal(line.stop_cost),
        start_cost=Decimal(line.start_cost),
        alternative=line.alternative,
        needs=line.needs,
        effort={(company.units[name], ""): Decimal(fte) for name, fte in line.effort.items()},
    )


def _scenarios(company: Company, plan: Plan) -> None:
    marta = company.people[table.AUTHOR]
    for name, capacity, forced in table.SCENARIOS:
        moved = {(company.units[unit], ""): Decimal(fte) for unit, fte in capacity.items()}
        planning.write_scenario(
            actor=marta,
            plan=plan,
            scenario=plan.scenarios.filter(name=name).first(),
            name=name,
            moves=planning.Moves(moved, forced=forced),
        )


def _at_once(**told: Any) -> nullcontext[None]:
    return nullcontext()
