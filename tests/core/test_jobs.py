"""Jobs: asked for, taken, done in steps, tried again, cancelled, and due by the clock."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import transaction
from django.utils import timezone

from goldenthread.core import jobs
from goldenthread.core.errors import DomainError, NotAllowed
from goldenthread.core.jobs import Cancelled, Run, enqueue, kinds, run_due
from goldenthread.core.jobs.periods import enqueue_due, next_after
from goldenthread.core.jobs.queue import claim, extend, tell, wait_before
from goldenthread.core.models import AuditRecord, Job, Organisation, Period
from tests.cast import Cast

pytestmark = pytest.mark.django_db


@contextmanager
def declared(work: Any, name: str = "test", **given: Any) -> Iterator[str]:
    """A kind of job for the while of a test."""
    jobs.job(name, title="A test", **given)(work)
    try:
        yield name
    finally:
        del kinds.KINDS[name]


def effect(number: int = 0) -> None:
    AuditRecord.objects.create(verb="effect", subject_type="test", subject_id=number)


def effects() -> list[int]:
    return list(
        AuditRecord.objects.filter(verb="effect")
        .order_by("pk")
        .values_list("subject_id", flat=True)
    )


def due_now(job: Job) -> None:
    Job.objects.filter(pk=job.pk).update(due_at=timezone.now())


def lapse(job: Job) -> None:
    """As if its worker had not been heard of for a while."""
    Job.objects.filter(pk=job.pk).update(leased_until=timezone.now() - dt.timedelta(seconds=1))


def nothing(run: Run) -> None:
    """Does nothing."""


class Abandoned(Exception):
    """A change that is rolled back."""


def test_what_is_rolled_back_asks_for_nothing() -> None:
    with declared(nothing) as kind:
        with pytest.raises(Abandoned), transaction.atomic():
            enqueue(kind)
            raise Abandoned
        assert not Job.objects.exists()
        assert run_due() == 0


def test_a_kind_that_nobody_declared_is_refused() -> None:
    with pytest.raises(ValueError, match="no kind of job"):
        enqueue("nonsense")


def test_one_waiting_job_a_key_and_another_while_it_runs() -> None:
    with declared(nothing) as kind:
        first = enqueue(kind, key="unit 1")
        assert enqueue(kind, key="unit 1").pk == first.pk
        assert enqueue(kind, key="unit 2").pk != first.pk
        assert enqueue(kind).pk != enqueue(kind).pk
        taken = claim()
        assert taken is not None
        assert taken.pk == first.pk
        second = enqueue(kind, key="unit 1")
        assert second.pk != first.pk
        rest = [claim() for _ in range(4)]  # what was asked for twice waits for the first to end
        assert second.pk not in [one.pk for one in rest if one]
        assert rest[3] is None
        jobs.worker.execute(taken)
        last = claim()
        assert last is not None
        assert last.pk == second.pk


def test_it_waits_for_its_time() -> None:
    with declared(nothing) as kind:
        job = enqueue(kind, due_at=timezone.now() + dt.timedelta(hours=1))
        assert claim() is None
        due_now(job)
        assert claim() is not None


def test_a_plain_job_and_its_end_are_one_transaction() -> None:
    def work(run: Run, *, number: int) -> None:
        effect(number)
        if len(effects()) == 1 and run.attempt == 1:
            raise RuntimeError("something of Flo’s")

    with declared(work) as kind:
        job = enqueue(kind, {"number": 7})
        run_due()
        job.refresh_from_db()
        assert effects() == []
        assert (job.state, job.attempts) == ("waiting", 1)
        assert job.error.startswith("RuntimeError in test_jobs.py, line ")
        assert "Flo" not in job.error
        assert timezone.now() < job.due_at < timezone.now() + dt.timedelta(seconds=10)
        due_now(job)
        run_due()
        job.refresh_from_db()
        assert effects() == [7]
        assert (job.state, job.error) == ("done", "")


def test_after_the_last_try_it_has_failed_and_says_why() -> None:
    def work(run: Run) -> None:
        raise ZeroDivisionError

    with declared(work, tries=3) as kind:
        job = enqueue(kind)
        for _ in range(5):
            due_now(job)
            run_due()
        job.refresh_from_db()
        assert (job.state, job.attempts) == ("failed", 3)
        assert job.error.startswith("ZeroDivisionError in test_jobs.py")


def test_each_wait_is_longer_and_none_too_long() -> None:
    waits = [wait_before(attempt).total_seconds() for attempt in range(2, 12)]
    assert 3 < waits[0] < 7
    assert waits[:5] == sorted(waits[:5])
    assert max(waits) <= 4500
    assert len({wait_before(2) for _ in range(20)}) > 1


def test_what_a_rule_refuses_is_not_tried_again() -> None:
    def work(run: Run) -> None:
        raise DomainError("The cycle is closed.")

    with declared(work) as kind:
        job = enqueue(kind)
        run_due()
        job.refresh_from_db()
        assert (job.state, job.error) == ("failed", "The cycle is closed.")


def count_to(last: int, *, fail_at: int | None = None) -> Any:
    def work(run: Run) -> None:
        run.total = last
        while (at := run.checkpoint.get("at", 0)) < last:
            with run.step(done=at + 1, words=f"number {at + 1}"):
                effect(at)
                run.checkpoint["at"] = at + 1
                if at == fail_at and run.attempt == 1:
                    raise RuntimeError

    return work


def test_a_job_in_steps_goes_on_where_it_was() -> None:
    with declared(count_to(4, fail_at=2), in_steps=True) as kind:
        job = enqueue(kind)
        run_due()
        job.refresh_from_db()
        assert effects() == [0, 1]
        assert (job.state, job.done, job.total, job.words) == ("waiting", 2, 4, "number 2")
        assert job.fraction == 0.5
        due_now(job)
        run_due()
        job.refresh_from_db()
        assert effects() == [0, 1, 2, 3]
        assert (job.state, job.done) == ("done", 4)


def test_getting_on_gives_a_job_all_its_tries_again() -> None:
    def work(run: Run) -> None:
        with run.step():
            run.checkpoint["at"] = run.checkpoint.get("at", 0) + 1
        raise RuntimeError

    with declared(work, in_steps=True, tries=2) as kind:
        job = enqueue(kind)
        for _ in range(4):
            due_now(job)
            run_due()
        job.refresh_from_db()
        assert (job.state, job.checkpoint) == ("waiting", {"at": 4})


def test_whose_lease_was_taken_over_writes_nothing_any_more() -> None:
    def work(run: Run) -> None:
        with run.step():
            effect(1)
        lapse(job)
        other = claim()
        assert other is not None
        assert other.pk == job.pk
        with run.step():
            effect(2)

    with declared(work, in_steps=True) as kind:
        job = enqueue(kind)
        run_due(most=1)
        assert effects() == [1]
        job.refresh_from_db()
        assert (job.state, job.attempts, job.error) == ("running", 2, "")


def test_a_worker_that_went_silent_is_taken_over_and_in_the_end_given_up() -> None:
    with declared(nothing, tries=2) as kind:
        job = enqueue(kind)
        for _ in range(2):
            taken = claim()
            assert taken is not None
            assert claim() is None
            lapse(job)
        assert claim() is None
        job.refresh_from_db()
        assert job.state == "failed"
        assert "ended in the middle" in job.error


def test_a_sign_of_life_makes_the_lease_longer_for_whom_it_belongs_to() -> None:
    with declared(nothing) as kind:
        job = enqueue(kind)
        first = claim()
        lapse(job)
        second = claim()
        assert first is not None
        assert second is not None
        assert first.token is not None
        assert second.token is not None
        lapse(job)
        extend({job.pk: first.token})
        job.refresh_from_db()
        assert job.leased_until is not None
        assert job.leased_until < timezone.now()
        extend({job.pk: second.token})
        job.refresh_from_db()
        assert job.leased_until > timezone.now()


def test_only_whose_job_it_is_says_how_far_it_is() -> None:
    with declared(nothing) as kind:
        job = enqueue(kind)
        first = claim()
        lapse(job)
        second = claim()
        assert first is not None
        assert second is not None
        Run(second, 2).tell("in the middle", 3, 10)
        tell([second])
        Run(first, 2).tell("of old", 9, 10)
        tell([first])
        job.refresh_from_db()
        assert (job.words, job.done, job.total, job.state) == ("in the middle", 3, 10, "running")


def test_one_that_waits_is_cancelled_at_once(cast: Cast) -> None:
    with declared(nothing) as kind:
        job = enqueue(kind)
        jobs.cancel(actor=cast.eve, job=job)
        job.refresh_from_db()
        assert job.state == "cancelled"
        assert claim() is None
        with pytest.raises(DomainError, match="ended already"):
            jobs.cancel(actor=cast.eve, job=job)
        line = AuditRecord.objects.get(verb="cancel job")
        assert (line.actor_id, line.subject_id) == (cast.eve.pk, job.pk)


def test_one_that_runs_ends_at_its_next_step_and_may_tidy_up(cast: Cast) -> None:
    def work(run: Run) -> None:
        try:
            for number in range(5):
                with run.step(done=number + 1):
                    effect(number)
                if number == 1:
                    jobs.cancel(actor=cast.flo, job=job)
        except Cancelled:
            with run.step(words="What was staged is gone"):
                effect(99)
            raise

    with declared(work, in_steps=True) as kind:
        job = enqueue(kind, actor=cast.flo)
        run_due()
        job.refresh_from_db()
        assert effects() == [0, 1, 99]
        assert (job.state, job.done, job.words) == ("cancelled", 2, "What was staged is gone")


def test_one_that_failed_goes_on_when_told_to(cast: Cast) -> None:
    with declared(count_to(4, fail_at=2), in_steps=True, tries=1) as kind:
        job = enqueue(kind)
        run_due()
        with pytest.raises(NotAllowed):
            jobs.retry(actor=cast.ada, job=job)
        jobs.retry(actor=cast.eve, job=job)
        kinds.KINDS[kind] = kinds.Kind(kind, "A test", count_to(4), in_steps=True)
        run_due()
        job.refresh_from_db()
        assert job.state == "done"
        assert effects() == [0, 1, 2, 3]
        with pytest.raises(DomainError, match="has not failed"):
            jobs.retry(actor=cast.eve, job=job)


def test_whoever_asked_may_end_it_and_nobody_else(cast: Cast) -> None:
    with declared(nothing) as kind:
        job = enqueue(kind, actor=cast.flo)
        assert list(Job.objects.visible_to(cast.flo)) == [job]
        assert list(Job.objects.visible_to(cast.eve)) == [job]
        assert not Job.objects.visible_to(cast.ben).exists()
        with pytest.raises(NotAllowed):
            jobs.cancel(actor=cast.ben, job=job)
        jobs.cancel(actor=cast.flo, job=job)


def test_a_lost_step_forgets_what_the_checkpoint_would_have_been() -> None:
    def work(run: Run) -> None:
        with pytest.raises(ZeroDivisionError), run.step():
            run.checkpoint["rows"] = [1]
            raise ZeroDivisionError
        assert run.checkpoint == {}
        with run.step():
            run.checkpoint["rows"] = [2]

    with declared(work, in_steps=True) as kind:
        job = enqueue(kind)
        run_due()
        job.refresh_from_db()
        assert (job.state, job.checkpoint) == ("done", {"rows": [2]})


def test_long_work_leaves_a_hand_free() -> None:
    with declared(nothing, "test long", long=True) as slow, declared(nothing) as quick:
        enqueue(slow)
        letter = enqueue(quick)
        taken = claim(long=False)
        assert taken is not None
        assert taken.pk == letter.pk
        assert claim(long=False) is None
        assert claim() is not None


# By the clock -----------------------------------------------------------------------------------------------


def day_of(run: Run, *, day: str) -> None:
    effect(dt.date.fromisoformat(day).toordinal())


def at(words: str, zone: str = "UTC") -> dt.datetime:
    return dt.datetime.fromisoformat(words).replace(tzinfo=ZoneInfo(zone))


def test_a_day_is_enqueued_once_for_the_day_it_is_for(organisation: Organisation) -> None:
    Organisation.objects.update(stands_on=None, time_zone="Pacific/Auckland")
    with declared(day_of, daily=dt.time(23, 40)) as kind:
        morning = at("2026-05-13T09:00", "Pacific/Auckland")
        assert enqueue_due(morning) == 0
        period = Period.objects.get(kind=kind)
        assert period.due_at == at("2026-05-13T11:40")
        late = morning + dt.timedelta(hours=15)  # the next day already
        assert enqueue_due(late) >= 1
        enqueue_due(late)
        [job] = Job.objects.filter(kind=kind)
        assert job.arguments == {"day": "2026-05-13"}
        period.refresh_from_db()
        assert period.due_at == at("2026-05-14T11:40")


def test_what_was_missed_for_days_is_done_once(organisation: Organisation) -> None:
    with declared(nothing, every=dt.timedelta(hours=1)) as kind:
        now = timezone.now()
        enqueue_due(now)
        enqueue_due(now + dt.timedelta(days=3))
        assert Job.objects.filter(kind=kind).count() == 1
        assert Period.objects.get(kind=kind).due_at == now + dt.timedelta(days=3, hours=1)


def test_the_hour_is_the_organisations_also_when_clocks_change(organisation: Organisation) -> None:
    organisation.time_zone = "Europe/Berlin"
    kind = kinds.Kind("x", "X", nothing, daily=dt.time(2, 30))
    spring = next_after(kind, at("2026-03-28T12:00"), organisation)
    assert spring == at("2026-03-29T01:30")  # there is no 02:30 that day
    assert next_after(kind, spring, organisation) == at("2026-03-30T00:30")
    autumn = next_after(kind, at("2026-10-24T12:00"), organisation)
    assert autumn == at("2026-10-25T00:30")  # the first of two
    assert next_after(kind, autumn, organisation) == at("2026-10-26T01:30")


def test_nothing_is_due_before_there_is_an_organisation() -> None:
    assert enqueue_due() == 0
    assert not Period.objects.exists()


def test_the_house_keeps_itself(organisation: Organisation) -> None:
    old = timezone.now() - dt.timedelta(days=30)
    for state, kept in (("done", False), ("failed", True), ("waiting", True)):
        job = Job.objects.create(kind="gone", due_at=old, state=state)
        Job.objects.filter(pk=job.pk).update(
            finished_at=None if kept and state == "waiting" else old
        )
    enqueue("clear jobs", {"day": "2026-05-13"})
    enqueue("clear sessions", {"day": "2026-05-13"})
    enqueue("seal audit")
    run_due()
    assert set(Job.objects.filter(kind="gone").values_list("state", flat=True)) == {
        "failed",
        "waiting",
    }
    assert set(Job.objects.exclude(kind="gone").values_list("state", "error")) == {("done", "")}
