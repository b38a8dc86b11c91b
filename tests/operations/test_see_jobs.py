"""The page of jobs, and a job's progress on whatever page it matters."""

import datetime as dt
import json
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from goldenthread.core.jobs import enqueue
from goldenthread.core.models import AuditRecord, Job, Worker
from tests.cast import Cast, signed_in

pytestmark = pytest.mark.django_db

HTMX = {"HX-Request": "true"}


def text(response: Any) -> str:
    return " ".join(response.content.decode().split())


def make_job(kind: str = "seal audit", **given: Any) -> Job:
    return Job.objects.create(kind=kind, **{"due_at": timezone.now()} | given)


def running(**given: Any) -> Job:
    lease = timezone.now() + dt.timedelta(minutes=1)
    return make_job(state="running", leased_until=lease, **given)


def seen(ago: dt.timedelta, *, stopped: bool = False) -> None:
    at = timezone.now() - ago
    Worker.objects.create(name="here:1", threads=2, started_at=at, seen_at=at, stopped=stopped)


def test_it_says_what_runs_waits_and_failed(
    cast: Cast, client: Client, assert_queries: Callable[..., Any]
) -> None:
    seen(dt.timedelta(seconds=5))
    running(actor_id=cast.ada.pk, done=30, total=120, words="Units below Operations")
    make_job("clear jobs")
    make_job(state="failed", error="KeyError in seal.py, line 7", finished_at=timezone.now())
    make_job(state="done", words="42 lines sealed", finished_at=timezone.now())
    signed_in(client, cast.eve)
    page = text(assert_queries("jobs", client.get, reverse("jobs")))
    assert "<em>1 job has failed</em>; 1 runs and 1 waits. 1 worker is here, for 2 jobs" in page
    assert "Runs, 30 of 120" in page
    assert "Units below Operations" in page
    assert "Ada" in page
    assert "42 lines" not in page
    assert 'hx-trigger="every 3s"' in page
    assert "KeyError in seal.py, line 7" in text(client.get("/jobs/?show=failed"))
    assert "42 lines sealed" in text(client.get("/jobs/?show=ended"))


def test_it_says_when_things_come_by_themselves(cast: Cast, client: Client) -> None:
    signed_in(client, cast.eve)
    page = text(client.get("/jobs/"))
    assert 'Drop letters of long ago</th> <td data-label="When">every day at 03:30' in page
    assert 'Seal the audit trail</th> <td data-label="When">every hour' in page
    assert "hx-trigger" not in page.split('id="jobs"')[1]


@pytest.mark.parametrize(
    ("ago", "stopped", "words"),
    [
        (None, False, "No worker has ever been seen here"),
        (dt.timedelta(hours=3), False, "No worker has been seen since"),
        (dt.timedelta(seconds=5), True, "No worker has been seen since"),
    ],
)
def test_it_says_when_nobody_runs_jobs(
    cast: Cast, client: Client, ago: dt.timedelta | None, stopped: bool, words: str
) -> None:
    if ago is not None:
        seen(ago, stopped=stopped)
    signed_in(client, cast.eve)
    for name in ("jobs", "letters"):
        page = text(client.get(reverse(name)))
        assert words in page
        assert "goldenthread worker" in page


def test_cancelled_and_tried_again_from_the_page(cast: Cast, client: Client) -> None:
    signed_in(client, cast.eve)
    waits, failed = make_job(), make_job(state="failed", finished_at=timezone.now())
    there = {"next": "/jobs/?show=failed"}
    answer = client.post(reverse("job-cancel", args=[waits.pk]), there)
    assert answer["Location"] == "/jobs/?show=failed"
    answer = client.post(reverse("job-retry", args=[failed.pk]), {"next": "https://evil.example/"})
    assert answer["Location"] == reverse("job", args=[failed.pk])
    states = dict(Job.objects.values_list("pk", "state"))
    assert states == {waits.pk: "cancelled", failed.pk: "waiting"}
    verbs = AuditRecord.objects.filter(actor_id=cast.eve.pk).values_list("verb", flat=True)
    assert set(verbs) == {"cancel job", "retry job"}
    again = client.post(reverse("job-retry", args=[failed.pk]))
    assert again.status_code == 422
    assert "has not failed" in text(again)


def test_whoever_asked_follows_it_and_nobody_else(cast: Cast, client: Client) -> None:
    job = running(actor_id=cast.flo.pk, done=3, total=12, words="Row 3")
    address = reverse("job", args=[job.pk])
    signed_in(client, cast.ben)
    assert client.get(address).status_code == 404
    signed_in(client, cast.flo)
    page = text(client.get(address))
    assert 'Row 3 <span class="quiet">· 3 of 12' in page
    assert 'max="12" value="3"' in page
    assert reverse("job-cancel", args=[job.pk]) in page
    elsewhere = {"HX-Current-URL": "http://testserver/imports/7/?show=refused"}
    fragment = client.get(address, headers=HTMX | elsewhere)
    assert 'name="next" value="/imports/7/"' in text(fragment)
    assert "<html" not in text(fragment)
    assert 'hx-trigger="every 2s"' in text(fragment)
    assert "HX-Refresh" not in fragment
    client.post(reverse("job-cancel", args=[job.pk]), {"next": address})
    page = text(client.get(address))
    assert "ends after this step" in page
    assert reverse("job-cancel", args=[job.pk]) not in page


def test_at_its_end_the_page_is_loaded_again_or_told(cast: Cast, client: Client) -> None:
    job = make_job(state="done", actor_id=cast.flo.pk, words="42 lines sealed")
    address = reverse("job", args=[job.pk])
    signed_in(client, cast.flo)
    assert client.get(address, headers=HTMX)["HX-Refresh"] == "true"
    stays = client.get(f"{address}?stays=1", headers=HTMX)
    assert "HX-Refresh" not in stays
    assert json.loads(stays["HX-Trigger"]) == {"say": "Seal the audit trail: 42 lines sealed"}
    assert "hx-trigger" not in text(stays)


def test_what_a_rule_said_is_for_whoever_asked(cast: Cast, client: Client) -> None:
    words = "“A restricted title” is closed."
    job = make_job(state="failed", actor_id=cast.flo.pk, error=words, refused=True)
    address = reverse("job", args=[job.pk])
    signed_in(client, cast.eve)
    for page in (address, "/jobs/?show=failed"):
        shown = text(client.get(page))
        assert "restricted title" not in shown
        assert "A rule refuses it" in shown
    signed_in(client, cast.flo)
    assert words in text(client.get(address))


def test_who_waits_is_told_when_nobody_runs_it(cast: Cast, client: Client) -> None:
    job = enqueue("seal audit", actor=cast.flo)
    address = reverse("job", args=[job.pk])
    signed_in(client, cast.flo)
    assert "no worker is there" not in text(client.get(address))
    Job.objects.update(due_at=timezone.now() - dt.timedelta(minutes=1))
    assert "no worker is there" in text(client.get(address))
    seen(dt.timedelta(seconds=1))
    assert "no worker is there" not in text(client.get(address))
