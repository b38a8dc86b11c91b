"""What this room does behind the page."""

import datetime as dt

from goldenthread.core.jobs import Run, job
from goldenthread.insights.services import store_every_day


@job("store figures", title="Store the day’s figures", daily=dt.time(0, 15), long=True)
def store(run: Run, *, day: str) -> None:
    """Of the day that has ended; what nights without a worker left out is made up for."""
    store_every_day(step=run.step)
