"""Working out the scenarios of a plan, one after the other."""

from collections.abc import Callable
from contextlib import AbstractContextManager

from goldenthread.core import clock
from goldenthread.core.errors import DomainError
from goldenthread.engine.planner import NotAPortfolio
from goldenthread.engine.planner import plan as worked_out
from goldenthread.tradeoffs.kept_plan import kept
from goldenthread.tradeoffs.models import Plan, Scenario
from goldenthread.tradeoffs.selectors.portfolio import inputs_of, portfolio_of, rows_of, stamp_of

SECONDS = 60.0
Step = Callable[..., AbstractContextManager[object]]


def work_out_scenarios(plan_id: int, step: Step) -> None:
    """Solve what is new or outdated, and keep each answer with what it was worked out of. Begun again it goes on
    with what is left. What was changed meanwhile makes the answer outdated, not wrong; once one is adopted none is kept."""
    plan = Plan.objects.filter(pk=plan_id, decision__isnull=True).first()
    if plan is None:
        return
    rows = rows_of(plan)
    total = len(rows.scenarios)
    for place, scenario in enumerate(rows.scenarios):
        given = portfolio_of(rows, scenario)
        inputs = inputs_of(given)
        stamp = stamp_of(inputs)
        if scenario.stamp == stamp:
            continue
        try:
            result = kept(worked_out(given, seconds=SECONDS))
        except NotAPortfolio as error:
            raise DomainError(f"“{scenario}” cannot be worked out. {error}") from error
        with step(done=place + 1, total=total, words="Scenarios"):
            Scenario.objects.filter(pk=scenario.pk, plan__decision__isnull=True).update(
                inputs=inputs, result=result, stamp=stamp, worked_out_on=clock.today()
            )
