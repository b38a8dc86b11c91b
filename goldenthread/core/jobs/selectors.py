"""Reads over jobs: what a page shows of them."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings
from django.db.models import Count, Max, QuerySet
from django.utils import timezone

from goldenthread.core.access import Actor
from goldenthread.core.jobs.kinds import KINDS, Kind
from goldenthread.core.models import Job, Period, Worker

ACTIVE = (Job.State.RUNNING, Job.State.WAITING)
ENDED = (Job.State.DONE, Job.State.CANCELLED)


@dataclass(frozen=True)
class Presence:
    """Who runs jobs now: how many workers, how many jobs at a time; and when one was last seen, if ever."""

    workers: int
    threads: int
    last_seen: dt.datetime | None


def presence() -> Presence:
    """The workers that gave a sign of life within a lease, in one query."""
    since = timezone.now() - dt.timedelta(seconds=settings.JOB_LEASE_SECONDS)
    workers = list(Worker.objects.all())
    here = [one for one in workers if one.seen_at >= since and not one.stopped]
    seen = max((one.seen_at for one in workers), default=None)
    return Presence(len(here), sum(one.threads for one in here), seen)


def counts() -> dict[str, int]:
    """How many jobs there are in each state that has any."""
    found = Job.objects.order_by().values("state").annotate(count=Count("pk"))
    return {one["state"]: one["count"] for one in found}


def listed(reader: Actor, states: Sequence[str]) -> QuerySet[Job]:
    """The jobs in these states: what runs first, then what is due first; ended ones with the latest first."""
    found = Job.objects.visible_to(reader).filter(state__in=states)
    if set(states) == set(ACTIVE):
        return found.order_by("state", "due_at", "pk")
    return found.order_by("-finished_at", "-pk")


@dataclass(frozen=True)
class Rhythm:
    """A periodic kind, when it is due next (None before a worker has looked), and its latest job."""

    kind: Kind
    due_at: dt.datetime | None
    latest: Job | None

    @property
    def words(self) -> str:
        if self.kind.daily is not None:
            return f"every day at {self.kind.daily:%H:%M}"
        assert self.kind.every is not None
        seconds = round(self.kind.every.total_seconds())
        if seconds < 60:
            return f"every {seconds} seconds"
        minutes = round(seconds / 60)
        if minutes % 60:
            return f"every {minutes} minutes" if minutes > 1 else "every minute"
        return f"every {minutes // 60} hours" if minutes > 60 else "every hour"


def rhythms() -> list[Rhythm]:
    """What the clock asks for, in three queries."""
    kinds = [kind for kind in KINDS.values() if kind.is_periodic]
    names = [kind.name for kind in kinds]
    due = dict(Period.objects.values_list("kind", "due_at"))
    newest = Job.objects.filter(kind__in=names).order_by().values("kind").annotate(newest=Max("pk"))
    latest = {job.kind: job for job in Job.objects.filter(pk__in=newest.values("newest"))}
    found = [Rhythm(kind, due.get(kind.name), latest.get(kind.name)) for kind in kinds]
    return sorted(found, key=lambda one: one.kind.title)
