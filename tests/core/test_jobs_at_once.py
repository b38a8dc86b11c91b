"""Several at once, with connections of their own: nobody takes what another holds, nothing is asked for twice."""

import datetime as dt
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone

import tests.core.effects.jobs  # noqa: F401 (declares kinds of jobs)
from goldenthread.core.jobs import enqueue
from goldenthread.core.jobs.periods import enqueue_due
from goldenthread.core.jobs.queue import claim
from goldenthread.core.models import Job, Organisation
from tests.cast import make_organisation

pytestmark = pytest.mark.django_db(transaction=True)


def apart(call: Callable[[], Any]) -> Any:
    """What somebody else gets, over a connection of their own."""

    def closing() -> Any:
        try:
            return call()
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as other:
        return other.submit(closing).result(30)


def together(call: Callable[[], Any], times: int) -> list[Any]:
    gate = threading.Barrier(times)

    def one(_: int) -> Any:
        gate.wait(30)
        try:
            return call()
        finally:
            connection.close()

    with ThreadPoolExecutor(times) as pool:
        return list(pool.map(one, range(times)))


def test_each_job_is_taken_by_one() -> None:
    wanted = {enqueue("test plain", {"number": number}).pk for number in range(12)}

    def take() -> list[int]:
        found = []
        while (job := claim()) is not None:
            found.append(job.pk)
        return found

    taken = [pk for pks in together(take, 4) for pk in pks]
    assert sorted(taken) == sorted(wanted)


def test_askings_at_once_with_one_key_are_one_job() -> None:
    jobs = together(lambda: enqueue("test plain", {"number": 1}, key="unit 1").pk, 6)
    assert len(set(jobs)) == 1
    assert Job.objects.count() == 1


def test_what_the_clock_asks_for_is_enqueued_once() -> None:
    make_organisation()
    Organisation.objects.update(stands_on=None)
    now = timezone.now()
    enqueue_due(now)
    counts = together(lambda: enqueue_due(now + dt.timedelta(days=2)), 5)
    kinds = list(Job.objects.values_list("kind", flat=True))
    assert len(kinds) == len(set(kinds)) == sum(counts) > 3


@pytest.mark.postgres
def test_a_waiting_job_is_not_taken_before_who_joined_it_has_committed() -> None:
    """Else its run would not see what they wrote, and nobody would run it again."""
    first = enqueue("test plain", {"number": 1}, key="unit 1")
    with transaction.atomic():
        assert enqueue("test plain", {"number": 1}, key="unit 1").pk == first.pk
        assert apart(claim) is None
        joined = apart(lambda: enqueue("test plain", {"number": 1}, key="unit 1").pk)
        assert joined == first.pk
    taken = apart(claim)
    assert taken.pk == first.pk


@pytest.mark.postgres
def test_a_job_whose_step_goes_on_is_not_taken_over_though_its_lease_has_lapsed() -> None:
    job = enqueue("test plain", {"number": 1})
    taken = claim()
    assert taken is not None
    Job.objects.filter(pk=job.pk).update(leased_until=timezone.now() - dt.timedelta(hours=1))
    with transaction.atomic():
        Job.objects.select_for_update().get(pk=job.pk)  # as a step does
        assert apart(claim) is None
    assert apart(claim).pk == job.pk
