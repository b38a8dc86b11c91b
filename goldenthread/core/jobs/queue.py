"""The queue: putting a job in, taking one out, and what becomes of one that did not end well."""

import datetime as dt
import random
import uuid
from collections.abc import Collection, Iterable
from typing import Any

from django.db import connection, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from goldenthread.core.access import Actor
from goldenthread.core.jobs.kinds import KINDS
from goldenthread.core.jobs.run import lease
from goldenthread.core.models import Job

State = Job.State
FIRST_WAIT = dt.timedelta(seconds=5)
LONGEST_WAIT = dt.timedelta(hours=1)


def enqueue(
    kind: str,
    arguments: dict[str, Any] | None = None,
    *,
    key: str = "",
    actor: Actor | None = None,
    due_at: dt.datetime | None = None,
) -> Job:
    """Ask for a job in the transaction of the caller: what is rolled back asks for nothing.

    `key` says that two askings are the same work: while one waits, no second is added (its arguments stay those of
    the first), and of one key only one runs at a time. One asked for while another runs waits for its turn, so that
    it sees what was written since. `actor` sees the job, may cancel it and try it again.
    """
    if kind not in KINDS:
        raise ValueError(f"There is no kind of job called {kind}.")
    new = Job(
        kind=kind,
        arguments=arguments or {},
        key=key,
        actor_id=actor.pk if actor else None,
        due_at=due_at or timezone.now(),
    )
    if not key:
        new.save()
        return new
    with transaction.atomic():
        while True:
            if (waiting := _kept_waiting(kind, key)) is not None:
                return waiting
            # Ignored when somebody else was quicker: then theirs is found, or has been taken by a worker already.
            Job.objects.bulk_create([new], ignore_conflicts=True)


def _kept_waiting(kind: str, key: str) -> Job | None:
    """The job of this key that waits, kept from being taken until the transaction of the caller ends.

    Taken before, it would not see what the caller writes. Those who ask at the same time share the lock.
    """
    waiting = Job.objects.filter(kind=kind, key=key, state=State.WAITING, attempts=0)
    if connection.vendor != "postgresql":
        return waiting.first()  # the one writer is us
    sql, params = waiting.order_by().query.sql_with_params()
    return next(iter(Job.objects.raw(f"{sql} FOR SHARE", params)), None)


def claim(*, long: bool = True) -> Job | None:
    """Take the job that has been due longest, with a new token and a lease; None when nothing is to be done.

    A job whose lease has run out is taken like one that waits: its worker is gone. After the last try that ended so
    it has failed.
    """
    while _free(long=long).exists():  # looking alone locks nobody out
        with transaction.atomic():
            found = _free_and_locked(long=long)
            if found is None:
                return None
            if found.attempts >= KINDS[found.kind].tries:
                _end(found, State.FAILED, "Its worker ended in the middle each time.")
                continue
            now = timezone.now()
            found.state, found.token = State.RUNNING, uuid.uuid4()
            found.leased_until = now + lease()
            found.started_at = found.started_at or now
            found.attempts += 1
            found.save(update_fields=["state", "token", "leased_until", "started_at", "attempts"])
            return found
    return None


def _free_and_locked(*, long: bool) -> Job | None:
    skip = connection.features.has_select_for_update_skip_locked
    return _free(long=long).select_for_update(skip_locked=skip).first()


def _free(*, long: bool) -> QuerySet[Job]:
    now = timezone.now()
    kinds: Collection[str] = [name for name, kind in KINDS.items() if long or not kind.long]
    others = Job.objects.filter(
        ~Q(key=""),
        ~Q(pk=OuterRef("pk")),
        kind=OuterRef("kind"),
        key=OuterRef("key"),
        state=State.RUNNING,
        leased_until__gte=now,
    )
    return (
        Job.objects.filter(
            Q(state=State.WAITING, due_at__lte=now) | Q(state=State.RUNNING, leased_until__lt=now),
            kind__in=kinds,
        )
        .exclude(Exists(others))
        .order_by("due_at", "pk")
    )


def extend(tokens: dict[int, uuid.UUID]) -> None:
    """Make the leases of these jobs longer, where they still are ours and no step holds them just now."""
    with transaction.atomic():
        skip = connection.features.has_select_for_update_skip_locked
        ours = Q(pk__in=[])
        for pk, token in tokens.items():
            ours |= Q(pk=pk, token=token)
        held = Job.objects.select_for_update(skip_locked=skip).filter(ours)
        pks = list(held.values_list("pk", flat=True))
        Job.objects.filter(pk__in=pks).update(leased_until=timezone.now() + lease())


def tell(jobs: Iterable[Job]) -> None:
    """Write down how far these runs say they are, where they still are ours and no step holds them just now.

    What they say is read with the row in hand: a step that ended meanwhile said something later.
    """
    skip = connection.features.has_select_for_update_skip_locked
    for job in jobs:
        with transaction.atomic():
            row = Job.objects.select_for_update(skip_locked=skip)
            if row.filter(pk=job.pk, token=job.token, state=State.RUNNING).exists():
                Job.objects.filter(pk=job.pk).update(
                    words=job.words, done=job.done, total=job.total
                )


def end(job: Job, state: Job.State, error: str = "", *, refused: bool = False) -> None:
    """Let a run end as cancelled or failed, if it still is ours."""
    with transaction.atomic():
        if (held := _held(job)) is not None:
            _end(held, state, error, refused=refused)


def again(job: Job, error: str, attempt: int) -> None:
    """Let a run that went wrong wait for its next try: longer each time, and not all at once."""
    with transaction.atomic():
        if (held := _held(job)) is None:
            return
        held.state, held.token, held.leased_until, held.error = State.WAITING, None, None, error
        held.due_at = timezone.now() + wait_before(attempt + 1)
        held.save(update_fields=["state", "token", "leased_until", "error", "due_at"])


def give_back(job: Job) -> None:
    """Let a run that stopped between two steps wait until a worker has time: nothing went wrong."""
    with transaction.atomic():
        if (held := _held(job)) is None:
            return
        held.state, held.token, held.leased_until = State.WAITING, None, None
        held.attempts = max(held.attempts - 1, 1)
        held.save(update_fields=["state", "token", "leased_until", "attempts"])


def wait_before(attempt: int) -> dt.timedelta:
    """How long before this try: four times as long each time, up to an hour, give or take a quarter by chance."""
    wait: dt.timedelta = min(FIRST_WAIT * 4 ** (attempt - 2), LONGEST_WAIT)
    return wait * float(random.uniform(0.75, 1.25))  # noqa: S311 (spreads load, protects nothing)


def _held(job: Job) -> Job | None:
    return (
        Job.objects.select_for_update()
        .filter(pk=job.pk, token=job.token, state=State.RUNNING)
        .first()
    )


def _end(job: Job, state: Job.State, error: str, *, refused: bool = False) -> None:
    job.state, job.token, job.leased_until, job.error = state, None, None, error
    job.refused = refused
    job.finished_at = timezone.now()
    job.save(update_fields=["state", "token", "leased_until", "error", "refused", "finished_at"])
