"""What this room does behind the page."""

import datetime as dt

from goldenthread.core.jobs import Run, enqueue, job
from goldenthread.objectives.selectors.counted_work import COUNT_WORK
from goldenthread.objectives.services.counting import count_work


@job(COUNT_WORK, title="Add up the work below priorities", long=True)
def count(run: Run) -> None:
    """Tried again it begins afresh and writes what is still to be written."""
    count_work(run.step)


@job("begin the day", title="Let the cycles that begin today count", daily=dt.time(0, 2))
def begin_the_day(run: Run, *, day: str) -> None:
    enqueue(COUNT_WORK, key=COUNT_WORK)
