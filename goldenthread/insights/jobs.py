"""Figures of the day, every night."""

import datetime as dt

from goldenthread.core.jobs import Run, job
from goldenthread.insights.services import store_figures


@job("store figures", title="Store the day’s figures", daily=dt.time(23, 40), long=True)
def nightly_figures(run: Run, *, day: str) -> None:
    """Storing them again changes nothing, so reading and writing need no step around them."""
    stored = store_figures(dt.date.fromisoformat(day))
    with run.step(words=f"{stored} figures of {day}"):
        pass
