"""Today, as the organisation has it: a date in its time zone, or the day on which a demo stands still."""

import datetime as dt
from zoneinfo import ZoneInfo

from django.utils import timezone

from goldenthread.core.models import Organisation


def today() -> dt.date:
    """The organisation's date. Due dates and cycle ends are compared with this, never with UTC."""
    organisation = Organisation.current()
    if organisation is None:
        return timezone.now().date()
    if organisation.stands_on is not None:
        return organisation.stands_on
    return timezone.now().astimezone(ZoneInfo(organisation.time_zone)).date()
