"""Workers killed with -9 again and again: each effect happens exactly once, on both databases."""

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection

import tests.core.effects.jobs  # noqa: F401 (declares them here too)
from goldenthread.core.jobs import enqueue
from goldenthread.core.models import AuditRecord, Job, Worker
from tests.core.effects.jobs import STEPS

ROOT = Path(__file__).parents[2]
PLAIN, IN_STEPS = 150, 50
KILLS = 6
WITHIN_SECONDS = 60

pytestmark = pytest.mark.django_db(transaction=True)


def url() -> str:
    """The database of this test, for another process."""
    given = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{given['NAME']}"
    return f"postgres://{given['USER']}:{given['PASSWORD']}@{given['HOST']}:{given['PORT']}/{given['NAME']}"


def start() -> "subprocess.Popen[bytes]":
    environment = os.environ | {
        "DATABASE_URL": url(),
        "GOLDENTHREAD_HOME": os.environ["GOLDENTHREAD_HOME"],
        "DJANGO_SETTINGS_MODULE": "tests.core.effects.settings",
        "PYTHONPATH": str(ROOT),
        "LOG_LEVEL": "CRITICAL",
    }
    command = [sys.executable, "-m", "goldenthread.config.cli", "worker"]
    return subprocess.Popen(command, env=environment, cwd=ROOT)


@contextmanager
def workers(count: int) -> Iterator[list["subprocess.Popen[bytes]"]]:
    found = [start() for _ in range(count)]
    try:
        yield found
    finally:
        for one in found:
            one.kill()
            one.wait()


def until(said: Any) -> None:
    """Wait for what another process does."""
    end = time.monotonic() + WITHIN_SECONDS
    while not said():
        assert time.monotonic() < end, Counter(Job.objects.values_list("state", flat=True))
        time.sleep(0.05)


def test_two_hundred_jobs_and_repeated_kills() -> None:
    for number in range(PLAIN):
        enqueue("test plain", {"number": number})
    for number in range(PLAIN, PLAIN + IN_STEPS):
        enqueue("test steps", {"number": number})
    Job.objects.filter(kind="test steps", pk__gt=0).update(due_at=Job.objects.first().due_at)
    chance = random.Random(7)
    done = Job.objects.filter(state="done")
    with workers(3 if connection.vendor == "postgresql" else 1) as running:
        for kill in range(KILLS):
            # At work, somewhere in the middle of a job.
            reached = done.count() + chance.randint(5, 20)
            until(lambda reached=reached: done.count() >= reached)
            victim = kill % len(running)
            running[victim].send_signal(signal.SIGKILL)
            running[victim].wait()
            running[victim] = start()
        until(lambda: done.count() == PLAIN + IN_STEPS)
    effects = Counter(
        AuditRecord.objects.filter(verb="effect").values_list("subject_id", "subject_type")
    )
    expected = [(number, "0") for number in range(PLAIN)]
    expected += [
        (number, str(step)) for number in range(PLAIN, PLAIN + IN_STEPS) for step in range(STEPS)
    ]
    assert effects == Counter(expected)
    assert Job.objects.filter(attempts__gt=1).exists(), "no kill came in the middle of a job"


def test_told_to_stop_it_ends_its_step_and_gives_the_job_back() -> None:
    for number in range(400):
        enqueue("test steps", {"number": number})
    with workers(1) as [worker]:
        until(lambda: AuditRecord.objects.filter(verb="effect").count() > 10)
        worker.terminate()
        assert worker.wait(20) == 0
    assert not Job.objects.filter(state="running").exists()
    assert not Job.objects.exclude(error="").exists()
    assert Worker.objects.get().stopped
    assert settings.JOB_LEASE_SECONDS > 2
