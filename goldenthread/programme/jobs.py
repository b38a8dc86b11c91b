"""What this room does behind the page."""

import datetime as dt

from goldenthread.core.jobs import Run, job
from goldenthread.programme.services import OPEN_HANDOVERS, open_due_handovers


@job(OPEN_HANDOVERS, title="Open the handovers that are due", daily=dt.time(0, 10))
def open_handovers(run: Run, *, day: str) -> None:
    open_due_handovers()
