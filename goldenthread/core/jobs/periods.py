"""Periodic jobs: each due run enqueued exactly once, however many workers there are."""

import datetime as dt
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import timezone

from goldenthread.core.jobs.kinds import KINDS, Kind
from goldenthread.core.jobs.queue import enqueue
from goldenthread.core.models import Organisation, Period


def enqueue_due(now: dt.datetime | None = None) -> int:
    """Enqueue what has come due since somebody last looked, and answer how many that were.

    Whoever moves a period's date on enqueues its job, in one transaction; a second worker finds it moved. Nothing is
    due before there is an organisation.
    """
    now = now or timezone.now()
    organisation = Organisation.objects.first()
    if organisation is None:
        return 0
    known = dict(Period.objects.values_list("kind", "due_at"))
    count = 0
    for kind in KINDS.values():
        if not kind.is_periodic:
            continue
        if kind.name not in known:
            first = Period(kind=kind.name, due_at=next_after(kind, now, organisation))
            Period.objects.bulk_create([first], ignore_conflicts=True)
        elif known[kind.name] <= now:
            count += _enqueue(kind, known[kind.name], now, organisation)
    return count


def _enqueue(kind: Kind, due: dt.datetime, now: dt.datetime, organisation: Organisation) -> bool:
    with transaction.atomic():
        mine = Period.objects.filter(kind=kind.name, due_at=due)
        if not mine.update(due_at=next_after(kind, now, organisation)):
            return False
        if kind.daily is None:
            enqueue(kind.name, key="periodic")
        else:
            day = organisation.day_at(due).isoformat()
            enqueue(kind.name, {"day": day}, key=f"periodic {day}")
    return True


def next_after(kind: Kind, now: dt.datetime, organisation: Organisation) -> dt.datetime:
    """When a kind is due next: at its hour of the organisation's day, or its interval from now."""
    if kind.daily is None:
        assert kind.every is not None
        return now + kind.every
    zone = ZoneInfo(organisation.time_zone)
    day = now.astimezone(zone).date()
    due = dt.datetime.combine(day, kind.daily, zone)
    if due <= now:
        due = dt.datetime.combine(day + dt.timedelta(1), kind.daily, zone)
    return due.astimezone(dt.UTC)
