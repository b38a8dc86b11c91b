"""The round of reminders, killed with -9 again and again: everybody gets one letter."""

import datetime as dt
from collections import Counter
from typing import Any

import pytest
from aiosmtpd.controller import Controller

from goldenthread.core.jobs import enqueue
from goldenthread.core.models import Job, Letter
from goldenthread.objectives.models import Cycle
from goldenthread.programme.models import Reminder
from tests.cast import (
    TODAY,
    make_cast,
    make_key_result,
    make_objective,
    make_organisation,
    make_person,
)
from tests.conftest import free_port
from tests.core.test_kill_workers import start, until, workers

PEOPLE = 240
pytestmark = pytest.mark.django_db(transaction=True)


class Catcher:
    """A mail server that takes everything."""

    def __init__(self) -> None:
        self.received: list[str] = []

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 (aiosmtpd)
        self.received += envelope.rcpt_tos
        return "250 OK"


@pytest.mark.sqlite
def test_a_killed_round_goes_on_and_tells_nobody_twice() -> None:
    make_organisation()
    cast = make_cast()
    for n in range(PEOPLE):
        make_key_result(make_objective(make_person(f"P{n} Krag", manager=cast.ben), f"O{n}"))
    Cycle.objects.update(landmark_on=TODAY + dt.timedelta(30))
    catcher, port = Catcher(), free_port()
    controller = Controller(catcher, hostname="127.0.0.1", port=port)
    controller.start()
    mail = {"EMAIL_HOST": "127.0.0.1", "EMAIL_PORT": str(port)}
    job = enqueue("test remind", {"day": TODAY.isoformat()})
    kills = 0
    try:
        with workers(1, **mail) as running:
            for reached in (50, 150):
                until(lambda reached=reached: Reminder.objects.count() >= reached)
                kills += Job.objects.filter(pk=job.pk, state="running").exists()
                running[0].kill()
                running[0].wait()
                running[0] = start(**mail)
            until(lambda: Job.objects.filter(pk=job.pk, state="done").exists())
            enqueue("test remind", {"day": TODAY.isoformat()})
            until(lambda: not Job.objects.filter(state__in=["waiting", "running"]).exists())
    finally:
        controller.stop()
    assert kills, "no kill came in the middle of the round"
    assert set(Counter(Letter.objects.values_list("to", flat=True)).values()) == {1}
    assert Letter.objects.count() == Reminder.objects.count() == PEOPLE
    sent = Letter.objects.filter(state="sent").count()
    unsure = Letter.objects.filter(state="unsure").count()
    assert sent + unsure == PEOPLE
    assert max(Counter(catcher.received).values()) == 1
    assert len(catcher.received) >= sent
