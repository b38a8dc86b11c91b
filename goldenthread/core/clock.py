"""Today, as the organisation has it: a date in its time zone, or the day on which a demo stands still."""

import datetime as dt

from django.utils import timezone

from goldenthread.core.models import Organisation


def today() -> dt.date:
    """The organisation's date. Due dates and cycle ends are compared with this, never with UTC."""
    organisation = Organisation.current()
    if organisation is None:
        return timezone.now().date()
    return organisation.day_at(timezone.now())
