"""What this room does behind the page."""

import datetime as dt

from goldenthread.core.jobs import Run, enqueue, job
from goldenthread.objectives.selectors.counted_work import COUNT_WORK
from goldenthread.objectives.services.counting import count_work
from goldenthread.objectives.services.quality import (
    LOOK,
    LOOK_AT_ALL,
    look_at_all,
    look_at_outdated,
)


@job(COUNT_WORK, title="Add up the work below priorities", long=True)
def count(run: Run) -> None:
    """Tried again it begins afresh and writes what is still to be written."""
    count_work(run.step)


@job("begin the day", title="Let the cycles that begin today count", daily=dt.time(0, 2))
def begin_the_day(run: Run, *, day: str) -> None:
    enqueue(COUNT_WORK, key=COUNT_WORK)
    enqueue(LOOK_AT_ALL, key=LOOK_AT_ALL)


@job(LOOK, title="Look at criteria that have changed", long=True)
def look(run: Run) -> None:
    """Tried again it looks at what is still outdated."""
    look_at_outdated(run.step)


@job(LOOK_AT_ALL, title="Look at the criteria of all objectives", long=True)
def look_over(run: Run) -> None:
    look_at_all(run.step)
