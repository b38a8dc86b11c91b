"""Large imports behind the page: read, written and taken back by jobs; progress, cancelling, and workers killed."""

import os
import signal
import time

import pytest
from django.test import Client
from django.urls import reverse

from goldenthread.core import aside, jobs, progress
from goldenthread.core.errors import DomainError
from goldenthread.core.jobs import queue, worker
from goldenthread.core.models import AuditRecord, Job
from goldenthread.interchange import services
from goldenthread.interchange.models import Import, ImportRow
from goldenthread.people.models import Person, ReportingClosure
from tests.cast import Cast, signed_in
from tests.core.test_kill_workers import start, until
from tests.interchange.importing import table
from tests.interchange.test_import_pages import act, drop, page

MANY = 700


def staff(count: int = MANY) -> bytes:
    lines = (
        f"p{n};Person {n:04};p{n}@x.example;Works;{'' if n == 0 else f'p{(n - 1) // 8}'}"
        for n in range(count)
    )
    return table("ID;Name;E-mail;Department;Manager", *lines)


def test_a_large_file_is_read_written_and_taken_back_by_jobs(client: Client, dee: Person) -> None:
    signed_in(client, dee)
    assert drop(client, "staff.csv", staff(), kind="people").status_code == 302
    batch = Import.objects.get()
    told = page(client, batch)
    assert "The file is being read" in told
    assert "waits for its turn" in told
    jobs.run_due()
    told = page(client, batch)
    assert f"{MANY + 1} of {MANY + 1} rows will change something" in told
    act(client, "import-apply", batch)
    assert "It is being worked on" in page(client, batch)
    assert not Person.objects.filter(name="Person 0001").exists()
    assert act(client, "import-discard", batch).status_code == 422  # not in the middle of it
    jobs.run_due()
    assert f"{MANY + 1} of {MANY + 1} rows were written" in page(client, batch)
    assert Person.objects.filter(name__startswith="Person ").count() == MANY
    client.post(reverse("import-undo", args=[batch.pk]))
    assert "It is being taken back" in page(client, batch)
    jobs.run_due()
    assert "This import was taken back by Dee Voss" in page(client, batch)
    assert not Person.objects.filter(name__startswith="Person ").exists()
    assert not Job.objects.exclude(state="done").exists()


def test_every_act_says_how_many_rows_it_is_through(dee: Person) -> None:
    told: list[tuple[str, int, int]] = []

    def passes() -> dict[str, tuple[list[int], int]]:
        """Of each pass through the rows how far it said it was, and of how many."""
        found: dict[str, tuple[list[int], int]] = {}
        for words, done, total in told:
            found.setdefault(words, ([], total))[0].append(done)
        told.clear()
        return found

    with progress.heard_by(lambda *said: told.append(said)):
        batch = services.stage(actor=dee, filename="staff.csv", data=staff(), kind="people")
        read = passes()
        services.apply(actor=dee, batch=batch)
        written = passes()
        services.undo(actor=dee, batch=batch)
        undone = passes()
    assert read["looking at each row"] == ([0, 100, 200, 300, 400, 500, 600, MANY], MANY)
    assert read["keeping the rows"][0] == [0, 500]
    assert written["noting it in the history"] == ([0, 500, MANY], MANY)
    assert undone["removing rows"][1] == MANY + 1


def test_columns_of_a_large_file_are_read_again_by_a_job(client: Client, dee: Person) -> None:
    signed_in(client, dee)
    drop(client, "staff.csv", staff())
    batch = Import.objects.get()
    jobs.run_due()
    batch.refresh_from_db()
    assert (batch.kind, batch.created) == ("people", MANY + 1)
    columns = {"kind": "people", "column-name": "Name", "column-email": "E-mail"}
    act(client, "import-columns", batch, **columns)
    assert "being" in page(client, batch)
    jobs.run_due()
    batch.refresh_from_db()
    assert (batch.created, batch.rows.count()) == (MANY, MANY)


def test_a_large_file_that_cannot_be_read_says_why(client: Client, dee: Person) -> None:
    signed_in(client, dee)
    drop(client, "staff.csv", staff() + b'\n"never closed', kind="people")
    jobs.run_due()
    batch = Import.objects.get()
    told = page(client, batch)
    assert "never closed" in told
    assert "Discard the file" in told
    act(client, "import-discard", batch)
    batch.refresh_from_db()
    assert batch.state == Import.State.DISCARDED


def test_cancelled_before_the_flip_it_leaves_nothing(dee: Person) -> None:
    batch = services.stage(actor=dee, filename="staff.csv", data=staff(), kind="people")
    services.write(actor=dee, batch=batch)
    job = queue.claim()
    assert job is not None
    jobs.cancel(actor=dee, job=Job.objects.get(pk=job.pk))
    worker.execute(job)
    assert Job.objects.get(pk=job.pk).state == Job.State.CANCELLED
    batch.refresh_from_db()
    assert batch.is_staged
    assert not Person.objects.filter(name__startswith="Person ").exists()
    services.write(actor=dee, batch=batch)  # and may be written after all
    jobs.run_due()
    batch.refresh_from_db()
    assert batch.state == Import.State.APPLIED


def test_one_thing_at_a_time(dee: Person) -> None:
    batch = services.stage(actor=dee, filename="staff.csv", data=staff(), kind="people")
    services.write(actor=dee, batch=batch)
    for act_on in (services.write, services.discard):
        with pytest.raises(DomainError, match="just now"):
            act_on(actor=dee, batch=batch)


@pytest.mark.django_db(transaction=True)
def test_a_worker_that_is_killed_again_and_again_writes_everything_once(cast: Cast) -> None:
    batch = services.stage(actor=cast.dee, filename="staff.csv", data=staff(1500), kind="people")
    services.write(actor=cast.dee, batch=batch)
    lines = AuditRecord.objects.count()
    for kill_after_seconds in (2.0, 3.0, 4.5):
        one = start(JOB_LEASE_SECONDS="2")
        time.sleep(kill_after_seconds)  # a moment to be killed in, not one to wait for
        os.kill(one.pid, signal.SIGKILL)
        one.wait()
        found = Person.objects.filter(name__startswith="Person ").count()
        assert found in {0, 1500}  # never some of them
    last = start(JOB_LEASE_SECONDS="2")
    try:
        until(
            lambda: (
                not Job.objects.filter(
                    state__in=["waiting", "running"], kind="write import"
                ).exists()
            )
        )
    finally:
        last.kill()
        last.wait()
    assert Person.objects.filter(name__startswith="Person ").count() == 1500
    assert AuditRecord.objects.filter(verb="add person").count() == 1500
    assert AuditRecord.objects.count() == lines + 1501  # the unit besides
    assert ReportingClosure.objects.filter(manager__name="Person 0000").count() == 1499
    assert ImportRow.objects.filter(file=batch).count() == 1501


@pytest.mark.sqlite
@pytest.mark.django_db(transaction=True)
def test_what_would_keep_others_waiting_too_long_is_refused_with_how_to_split_it(
    client: Client, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(aside, "MOST_WRITTEN", 4000)
    signed_in(client, cast.dee)
    drop(client, "staff.csv", staff(), kind="people")
    jobs.run_due()
    batch = Import.objects.get()
    assert "Split the file into 3, each with the headings" in page(client, batch)
    assert not batch.rows.exists()
    monkeypatch.undo()
    services.read_again(actor=cast.dee, batch=batch, kind="people")
    jobs.run_due()
    batch.refresh_from_db()
    assert batch.created == MANY + 1


def test_a_row_that_comes_out_as_in_the_preview_is_not_written_anew(dee: Person) -> None:
    names = table("Unit", *(f"Works {n}" for n in range(400)))
    services.apply(
        actor=dee, batch=services.stage(actor=dee, filename="u.csv", data=names, kind="units")
    )
    batch = services.stage(actor=dee, filename="u.csv", data=names + b"\nWorks 400", kind="units")
    before = list(batch.rows.values_list("pk", "outcome", "subject_id"))
    services.apply(actor=dee, batch=batch)
    after = list(batch.rows.values_list("pk", "outcome", "subject_id"))
    assert after[:-1] == before[:-1]
    (pk, outcome, subject) = after[-1]
    assert (pk, outcome) == before[-1][:2] == (before[-1][0], "created")
    assert subject is not None
