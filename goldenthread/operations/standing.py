"""How the installation stands at this moment, in numbers that name nobody."""

from dataclasses import dataclass
from pathlib import Path

from django.contrib.sessions.models import Session
from django.db import connection
from django.db.models import Count, Min
from django.utils import timezone

from goldenthread.core.jobs.selectors import presence
from goldenthread.core.models import Job, Letter


@dataclass(frozen=True)
class Standing:
    """Jobs and letters by state (every state, 0 included), and the rest in one number each."""

    jobs: dict[str, int]
    letters: dict[str, int]
    longest_wait: float
    workers: int
    database_bytes: int
    sessions: int


def standing() -> Standing:
    """Six queries, whatever the size. Raises `DatabaseError` when the database does not answer."""
    now = timezone.now()
    due = Job.objects.filter(state=Job.State.WAITING, due_at__lte=now)
    first = due.aggregate(first=Min("due_at"))["first"]
    jobs = dict(Job.objects.order_by().values_list("state").annotate(Count("pk")))
    letters = dict(Letter.objects.order_by().values_list("state").annotate(Count("pk")))
    return Standing(
        jobs={state: jobs.get(state, 0) for state in Job.State.values},
        letters={state: letters.get(state, 0) for state in Letter.State.values},
        longest_wait=(now - first).total_seconds() if first else 0.0,
        workers=presence().workers,
        database_bytes=_database_bytes(),
        sessions=Session.objects.filter(expire_date__gt=now).count(),
    )


def _database_bytes() -> int:
    if connection.vendor == "sqlite":
        path = Path(connection.settings_dict["NAME"])
        parts = (path, path.with_name(f"{path.name}-wal"))
        return sum(part.stat().st_size for part in parts if part.exists())
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_database_size(current_database())")
        return int(cursor.fetchone()[0])
