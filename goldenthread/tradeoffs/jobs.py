"""What this room does behind the page."""

from goldenthread.core.jobs import Run, job
from goldenthread.tradeoffs.services.planning import WORK_OUT
from goldenthread.tradeoffs.services.working_out import work_out_scenarios


@job(WORK_OUT, title="Work out a plan", long=True)
def work_out(run: Run, *, plan: int) -> None:
    work_out_scenarios(plan, run.step)
