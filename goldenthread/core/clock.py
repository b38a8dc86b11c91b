"""Now and today, as the organisation has them: in its time zone, or on the day on which a demo stands still."""

import datetime as dt
from zoneinfo import ZoneInfo

from django.utils import timezone

from goldenthread.core.models import Organisation


def today() -> dt.date:
    """The organisation's date. Due dates and cycle ends are compared with this, never with UTC."""
    organisation = Organisation.current()
    if organisation is None:
        return timezone.now().date()
    return organisation.day_at(timezone.now())


def now() -> dt.datetime:
    """The moment at which somebody agrees, confirms, closes or records; its day is `today`, in a demo too."""
    organisation = Organisation.current()
    moment = timezone.now()
    if organisation is None or organisation.stands_on is None:
        return moment
    return dt.datetime.combine(
        organisation.stands_on, _in_zone(moment, organisation).timetz()
    ).astimezone(dt.UTC)


def day_of(moment: dt.datetime) -> dt.date:
    """The organisation's date of a moment: near midnight it is another than that of UTC."""
    return _in_zone(moment, Organisation.current()).date()


def start_of(day: dt.date) -> dt.datetime:
    """The moment at which a day of the organisation begins."""
    organisation = Organisation.current()
    zone = ZoneInfo(organisation.time_zone) if organisation else dt.UTC
    return dt.datetime.combine(day, dt.time.min, zone)


def _in_zone(moment: dt.datetime, organisation: Organisation | None) -> dt.datetime:
    return moment.astimezone(ZoneInfo(organisation.time_zone)) if organisation else moment
