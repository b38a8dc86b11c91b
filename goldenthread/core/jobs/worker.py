"""A worker: threads that take jobs one after the other, and one that keeps their leases."""

import datetime as dt
import logging
import os
import socket
import threading
import time
import traceback
from pathlib import Path

from django.conf import settings
from django.db import Error, close_old_connections, connection
from django.utils import timezone

from goldenthread.core.errors import DomainError, NotAllowed
from goldenthread.core.jobs import periods, queue
from goldenthread.core.jobs.kinds import KINDS
from goldenthread.core.jobs.run import Cancelled, LeaseLost, Run, Stopped, TryLater
from goldenthread.core.models import Job, Organisation, Worker

log = logging.getLogger(__name__)

LOOKS_EVERY = 1.0  # seconds, when there was nothing to do
BEATS = 4  # in a lease
TELLS_EVERY = 2.0  # seconds, how far a job is that says so between two steps
WAITS_FOR_DATABASE = 5.0  # seconds
PACKAGE = Path(__file__).parents[3]

Progress = tuple[str, int, int | None]  # what is being done, how much is, of how much


def run_due(*, most: int | None = None) -> int:
    """Run what is due here and now, one after the other, and answer how many runs that were.

    For `goldenthread worker --once` and for tests. Nothing keeps the leases meanwhile but the steps themselves.
    """
    periods.enqueue_due()
    count = 0
    while (most is None or count < most) and (taken := queue.claim()) is not None:
        execute(taken)
        count += 1
    return count


def execute(job: Job, stopping: threading.Event | None = None) -> None:
    """Do the work of a job that was taken, and write down how it ended."""
    kind = KINDS[job.kind]
    run = Run(job, kind.tries, stopping)
    Organisation.forget()
    try:
        if (organisation := Organisation.current()) is not None:
            organisation.remember()  # else it is asked for with every date
        if kind.in_steps:
            kind.work(run, **job.arguments)
            if run.was_cancelled:
                raise Cancelled
            run.finish()
        else:
            with run.whole():
                kind.work(run, **job.arguments)
    except Cancelled:
        queue.end(job, Job.State.CANCELLED)
    except Stopped:
        queue.give_back(job)
    except LeaseLost:
        log.warning(
            "Job %s was taken over by another worker; nothing more of it is written here.", job.pk
        )
    except (DomainError, NotAllowed) as refused:
        # A rule says the same the next time.
        queue.end(job, Job.State.FAILED, refused.message, refused=True)
    except TryLater as later:
        log.warning("Job %s (%s) waits for another try", job.pk, job.kind)
        _went_wrong(job, run, str(later))
    except Exception as error:
        log.exception(
            "Job %s (%s) went wrong, try %s of %s", job.pk, job.kind, run.attempt, run.tries
        )
        _went_wrong(job, run, where(error))
    finally:
        Organisation.forget()


def _went_wrong(job: Job, run: Run, error: str) -> None:
    if run.is_last_try:
        queue.end(job, Job.State.FAILED, error)
    else:
        queue.again(job, error, run.attempt)


def where(error: Exception) -> str:
    """What went wrong, without its message: that may hold somebody's data, and is in the log."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if Path(frame.filename).is_relative_to(PACKAGE)]
    at = (ours or frames)[-1]
    return f"{type(error).__name__} in {Path(at.filename).name}, line {at.lineno}"


class Pool:
    """The threads of one worker process."""

    def __init__(self, threads: int) -> None:
        self.name = f"{socket.gethostname()}:{os.getpid()}"
        self.threads = threads
        self.stopping = threading.Event()
        self._ended = threading.Event()
        self._taken: dict[int, Job] = {}
        self._guard = threading.Lock()

    def run(self) -> None:
        """Work until `stop` is called; jobs in steps end after their step and go on later."""
        began = timezone.now()
        beat = threading.Thread(target=self._beat, args=(began,), name="beat", daemon=True)
        hands = [
            # With two or more, one never takes a long job, so that letters do not wait behind an import.
            threading.Thread(
                target=self._work, args=(number > 0 or self.threads == 1,), name=f"job-{number}"
            )
            for number in range(self.threads)
        ]
        for thread in (beat, *hands):
            thread.start()
        for thread in hands:
            while thread.is_alive():
                thread.join(0.5)  # lets signals through
        self._ended.set()
        beat.join()
        Worker.objects.filter(name=self.name).update(seen_at=timezone.now(), stopped=True)

    def stop(self) -> None:
        self.stopping.set()

    def _work(self, long: bool) -> None:
        while not self.stopping.is_set():
            try:
                close_old_connections()
                job = queue.claim(long=long)
                if job is None:
                    self.stopping.wait(LOOKS_EVERY)
                    continue
                with self._guard:
                    self._taken[job.pk] = job
                try:
                    execute(job, self.stopping)
                finally:
                    with self._guard:
                        self._taken.pop(job.pk, None)
            except Error:
                log.exception("The database does not answer; looking again in a moment")
                connection.close()
                self.stopping.wait(WAITS_FOR_DATABASE)
        connection.close()

    def _beat(self, began: dt.datetime) -> None:
        between = settings.JOB_LEASE_SECONDS / BEATS
        next_beat, told = 0.0, dict[int, Progress]()
        while True:
            try:
                if time.monotonic() >= next_beat:
                    next_beat = time.monotonic() + between
                    close_old_connections()
                    self._sign_of_life(began)
                told = self._tell(told)
            except Error:
                log.exception("The database does not answer; looking again in a moment")
                connection.close()
            if self._ended.wait(min(TELLS_EVERY, between)):
                break
        connection.close()

    def _sign_of_life(self, began: dt.datetime) -> None:
        now = timezone.now()
        said = {"threads": self.threads, "started_at": began, "seen_at": now}
        Worker.objects.update_or_create(name=self.name, defaults=said)
        periods.enqueue_due()
        if taken := {job.pk: job.token for job in self._in_hand() if job.token is not None}:
            queue.extend(taken)

    def _tell(self, told: dict[int, Progress]) -> dict[int, Progress]:
        """Write down how far the jobs in hand say they are, where that moved since; what was told by now."""
        jobs = self._in_hand()
        now = {job.pk: (job.words, job.done, job.total) for job in jobs}
        queue.tell(job for job in jobs if told.get(job.pk) != now[job.pk])
        return now

    def _in_hand(self) -> list[Job]:
        with self._guard:
            return list(self._taken.values())
