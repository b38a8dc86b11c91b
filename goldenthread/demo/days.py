"""Letting the clock stand on a day of the past, so that the services write the demo's year as it happened."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from unittest import mock

from django.utils import timezone

from goldenthread.core.models import Organisation

STANDS_ON = dt.date(2026, 11, 23)


@contextmanager
def standing_on(day: dt.date, hour: int = 9) -> Iterator[None]:
    """Let `timezone.now()` and the organisation's today be this day (UTC), in this process.

    Everything dates itself by these two: the audit trail, agreements, check-ins, links. Only for a process that
    does nothing else at the time.
    """
    moment = dt.datetime.combine(day, dt.time(hour), dt.UTC)
    organisation = Organisation.current()
    with mock.patch.object(timezone, "now", return_value=moment):
        if organisation is not None:
            organisation.stands_on = day
            organisation.remember()
        try:
            yield
        finally:
            Organisation.forget()


def day(text: str, year: int = 2026) -> dt.date:
    """A day as the tables write it: "23 Nov", or "5 Jan 2027"."""
    parts = text.split()
    months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
    return dt.date(
        int(parts[2]) if len(parts) > 2 else year, months.index(parts[1]) + 1, int(parts[0])
    )
