"""One run of one job: its steps, its checkpoint, and the lease that guards both."""

import datetime as dt
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from goldenthread.core.models import Job

SQLITE_LOOKS_EVERY = 0.12  # seconds, at most, and a little more


def lease() -> dt.timedelta:
    """How long a job is its worker's after a sign of life; then another may take it."""
    return dt.timedelta(seconds=settings.JOB_LEASE_SECONDS)


class LeaseLost(Exception):
    """Another worker has the job by now; nothing of this step is written."""


class Stopped(Exception):
    """The worker stops; the job goes on from its checkpoint elsewhere or later."""


class TryLater(Exception):
    """Nothing is wrong with the work: what it needs is not there just now. Its message is for the page of jobs."""


class Cancelled(Exception):
    """Somebody asked for the job to end. Catch it to tidy up in a last step, then let it go on."""


def _let_others_write(began: float) -> None:
    """Leave SQLite's one lock free for as long as it was held, up to what a waiting writer sleeps between two looks.

    It gives the lock to whoever looks at the right moment: a job that took it again at once would keep pages waiting
    for seconds.
    """
    if connection.vendor == "sqlite" and not connection.in_atomic_block:
        time.sleep(min(time.monotonic() - began, SQLITE_LOOKS_EVERY))


class Run:
    """What the work sees of its job.

    `checkpoint` is a dict of its own making, kept with each step. `actor_id` is who asked. `is_last_try` says that
    an error now will not be tried again.
    """

    def __init__(self, job: Job, tries: int, stopping: threading.Event | None = None) -> None:
        assert job.token is not None
        self.job_id: int = job.pk
        self.actor_id = job.actor_id
        self.checkpoint: dict[str, Any] = job.checkpoint
        self.done, self.total, self.words = job.done, job.total, job.words
        self.attempt = job.attempts
        self.tries = tries
        self._job = job  # in hand: what is told here, its worker writes down
        self._token: UUID = job.token
        self._stopping = stopping
        self._told = False  # that it was cancelled: once, so that the work can tidy up in a step

    @property
    def is_last_try(self) -> bool:
        return self.attempt >= self.tries

    @contextmanager
    def step(
        self, *, done: int | None = None, total: int | None = None, words: str | None = None
    ) -> Iterator[None]:
        """Effects that happen exactly once: written together with the checkpoint, or not at all.

        Change `run.checkpoint` inside. `done` of `total` and `words` are what a page shows, here or set on the run
        inside the step. Keep it short: on SQLite it holds the lock of the one writer (at most 2 s).
        Raises `Cancelled` where somebody asked for the end, `LeaseLost` when another worker took the job over.
        """
        before = deepcopy(self.checkpoint)
        began = time.monotonic()
        try:
            with transaction.atomic():
                held = self._hold()
                if held.cancel_asked and not self._told:
                    self._told = True
                    raise Cancelled
                if self._stopping is not None and self._stopping.is_set() and not self._told:
                    raise Stopped
                yield
                self.done = self.done if done is None else done
                self.total = self.total if total is None else total
                self.words = self.words if words is None else words
                self._keep(got_on=self.checkpoint != before)
        except BaseException:
            self.checkpoint = before
            raise
        _let_others_write(began)

    def tell(self, words: str, done: int, total: int) -> None:
        """Say between two steps how far the work is. It is kept in hand; the worker writes it down every other second."""
        self.words, self.done, self.total = words, done, total
        self._share()

    def _share(self) -> None:
        self._job.words, self._job.done, self._job.total = self.words, self.done, self.total

    def _hold(self) -> Job:
        """The job, locked until the step ends, if it is still ours.

        While the row is locked no worker takes it over, however long the step lasts; on SQLite the transaction
        itself keeps everybody else from writing.
        """
        found = (
            Job.objects.select_for_update()
            .filter(pk=self.job_id, token=self._token, state=Job.State.RUNNING)
            .first()
        )
        if found is None:
            raise LeaseLost(f"Job {self.job_id} was taken over.")
        return found

    def _keep(self, *, got_on: bool) -> None:
        if got_on:
            self.attempt = 1
        self._share()
        Job.objects.filter(pk=self.job_id).update(
            checkpoint=self.checkpoint,
            done=self.done,
            total=self.total,
            words=self.words,
            attempts=self.attempt,
            leased_until=timezone.now() + lease(),
        )

    @property
    def was_cancelled(self) -> bool:
        """Whether the work was told to end."""
        return self._told

    @contextmanager
    def whole(self) -> Iterator[None]:
        """A plain job: all its effects and its end in one transaction."""
        began = time.monotonic()
        with transaction.atomic():
            if self._hold().cancel_asked:
                raise Cancelled
            yield
            self._end()
        _let_others_write(began)

    def finish(self) -> None:
        """The end of a job in steps."""
        with transaction.atomic():
            self._hold()
            self._end()

    def _end(self) -> None:
        Job.objects.filter(pk=self.job_id).update(
            state=Job.State.DONE,
            token=None,
            leased_until=None,
            finished_at=timezone.now(),
            done=self.total if self.total is not None else self.done,
            total=self.total,
            words=self.words,
            error="",
        )
