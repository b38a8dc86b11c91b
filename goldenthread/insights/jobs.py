"""What this room does behind the page."""

import datetime as dt

from goldenthread.core import clock
from goldenthread.core.jobs import Run, job
from goldenthread.core.models import Organisation
from goldenthread.core.outbox import mail_is_set_up
from goldenthread.insights.reminding import remind_everybody
from goldenthread.insights.services import store_every_day
from goldenthread.programme.services.reminders import is_a_day_for_letters


@job("store figures", title="Store the day’s figures", daily=dt.time(0, 15), long=True)
def store(run: Run, *, day: str) -> None:
    """Of the day that has ended; what nights without a worker left out is made up for."""
    store_every_day(step=run.step)


@job("remind", title="Remind people of what is due", daily=dt.time(7, 0), long=True)
def remind(run: Run, *, day: str) -> None:
    """Of today, also when it is late. A demo, which stands still, reminds nobody."""
    organisation = Organisation.current()
    today = clock.today()
    if organisation is None or organisation.stands_on is not None or not mail_is_set_up():
        return
    if is_a_day_for_letters(today):
        remind_everybody(run, today)
