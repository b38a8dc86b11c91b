"""Workers killed with -9 again and again: each effect happens exactly once, on both databases."""

import asyncio
import datetime as dt
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
from aiosmtpd.controller import Controller
from django.conf import settings
from django.db import connection
from django.utils import timezone

import tests.core.effects.jobs  # noqa: F401 (declares them here too)
from goldenthread.core import outbox
from goldenthread.core.jobs import enqueue
from goldenthread.core.models import AuditRecord, Job, Letter, Worker
from tests.conftest import free_port
from tests.core.effects.jobs import STEPS

ROOT = Path(__file__).parents[2]
PLAIN, IN_STEPS = 150, 50
KILLS = 3
WITHIN_SECONDS = 180

pytestmark = pytest.mark.django_db(transaction=True)


def url() -> str:
    """The database of this test, for another process."""
    given = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{given['NAME']}"
    return f"postgres://{given['USER']}:{given['PASSWORD']}@{given['HOST']}:{given['PORT']}/{given['NAME']}"


def environment(**more: str) -> dict[str, str]:
    return os.environ | {
        "DATABASE_URL": url(),
        "DJANGO_SETTINGS_MODULE": "tests.core.effects.settings",
        "PYTHONPATH": str(ROOT),
        "LOG_LEVEL": "CRITICAL",
        **more,
    }


def start(**more: str) -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-m", "goldenthread.config.cli", "worker"]
    return subprocess.Popen(command, env=environment(**more), cwd=ROOT)


@contextmanager
def workers(count: int, **more: str) -> Iterator[list["subprocess.Popen[bytes]"]]:
    found = [start(**more) for _ in range(count)]
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
    # The long ones among the first, so that a kill meets some of each.
    Job.objects.filter(kind="test steps").update(due_at=timezone.now() - dt.timedelta(minutes=1))
    chance = random.Random(7)
    done, held = Job.objects.filter(state="done"), Job.objects.filter(state="running")
    orphans = 0
    with workers(2 if connection.vendor == "postgresql" else 1) as running:
        for _ in range(KILLS):
            reached = done.count() + chance.randint(5, 20)
            until(lambda reached=reached: done.count() >= reached)
            for one in running:
                one.send_signal(signal.SIGKILL)
            for number, one in enumerate(running):
                one.wait()
                running[number] = start()
            orphans += held.count()  # nobody who holds a lease is alive
        until(lambda: done.count() == PLAIN + IN_STEPS)
    effects = Counter(
        AuditRecord.objects.filter(verb="effect").values_list("subject_id", "subject_type")
    )
    expected = [(number, "0") for number in range(PLAIN)]
    expected += [
        (number, str(step)) for number in range(PLAIN, PLAIN + IN_STEPS) for step in range(STEPS)
    ]
    assert effects == Counter(expected)
    assert orphans, "no kill came in the middle of a job"


@pytest.mark.sqlite
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


PARENT = """
import os, subprocess, sys
worker = [sys.executable, "-m", "goldenthread.config.cli", "worker", "--with-parent", str(os.getpid())]
subprocess.Popen(worker).wait()
"""


@pytest.mark.sqlite
def test_a_worker_ends_with_the_server_that_started_it() -> None:
    parent = subprocess.Popen([sys.executable, "-c", PARENT], env=environment(), cwd=ROOT)
    try:
        until(Worker.objects.exists)
    finally:
        parent.kill()
        parent.wait()
    until(Worker.objects.filter(stopped=True).exists)


class Silent:
    """A mail server that takes a letter and never says so."""

    def __init__(self) -> None:
        self.received: list[Any] = []

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 (aiosmtpd)
        self.received.append(envelope)
        await asyncio.Event().wait()
        return "250 OK"


@pytest.mark.sqlite
def test_a_worker_killed_while_a_letter_leaves_sends_it_no_second_time() -> None:
    outbox.post("Invitation", to="ivo@northwind.example", subject="Come in", body="…")
    server, port = Silent(), free_port()
    controller = Controller(server, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        with workers(1, EMAIL_HOST="127.0.0.1", EMAIL_PORT=str(port)) as running:
            until(lambda: len(server.received) == 1)
            running[0].kill()
            running[0].wait()
            running[0] = start(EMAIL_HOST="127.0.0.1", EMAIL_PORT=str(port))
            until(lambda: Letter.objects.get().state == "unsure")
            until(lambda: Job.objects.get().state == "done")
    finally:
        controller.stop()
    assert len(server.received) == 1


def test_a_page_sees_how_far_a_job_is_in_the_middle_of_its_work() -> None:
    job = enqueue("test telling")
    with workers(1):
        until(lambda: Job.objects.filter(pk=job.pk, state="done").exists())
    job.refresh_from_db()
    assert (job.words, job.done, job.total) == ("in the middle", 10, 10)
    assert AuditRecord.objects.filter(verb="effect").count() == 1
