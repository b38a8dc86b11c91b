"""The decision log of the year, written on the days on which it happened."""

from decimal import Decimal
from typing import Any

from goldenthread.demo.days import day, standing_on
from goldenthread.demo.people import Company
from goldenthread.demo.tables.decisions import DECISIONS, DecisionRow
from goldenthread.demo.work import Nodes
from goldenthread.strategy.models import Kpi
from goldenthread.tradeoffs import services
from goldenthread.tradeoffs.models import Decision


def decide_the_year(company: Company, nodes: Nodes) -> None:
    """One asks what happened since Friday, one is a week late, one is confidential, one was looked back on."""
    kpis = {kpi.name: kpi for kpi in Kpi.objects.all()}
    for row in DECISIONS:
        made = _opened(company, {**company.people, **company.units, **kpis, **nodes}, row)
        if row.decided_on:
            _decided(made, row)


def _opened(company: Company, known: dict[str, Any], row: DecisionRow) -> Decision:
    with standing_on(day(row.opened_on), 10):
        return services.open_decision(
            actor=company.people[row.decider],
            question=row.question,
            background=row.background,
            due_on=day(row.due_on),
            options=[services.OptionWords(*option) for option in row.options],
            touches=[known[name] for name in row.touches],
            confidential=row.confidential,
        )


def _decided(made: Decision, row: DecisionRow) -> None:
    with standing_on(day(row.decided_on), 11):
        services.decide(
            actor=made.decider,
            decision=made,
            choice=row.choice,
            reason=row.reason,
            given_up=row.given_up,
            freed_fte=Decimal(row.freed_fte) if row.freed_fte else None,
            expected=row.expected,
            look_again_on=day(row.look_again_on),
        )
    if row.looked_back_on:
        with standing_on(day(row.looked_back_on)):
            services.look_back(
                actor=made.decider,
                decision=made,
                outcome=row.outcome,
                as_expected=row.as_expected,
                learnt=row.learnt,
            )
