"""Jobs and letters over the API: what runs behind the pages, and what leaves by mail."""

import datetime as dt
from collections.abc import Iterable
from typing import Any, Literal, Self

from django.http import Http404
from ninja import Query

from goldenthread.core import jobs as services
from goldenthread.core import outbox
from goldenthread.core.access import require
from goldenthread.core.api.room import Page, Room, page_of
from goldenthread.core.api.types import Filter, Id, Output, Ref
from goldenthread.core.jobs import selectors
from goldenthread.core.jobs.kinds import title_of
from goldenthread.core.models import Job, Letter
from goldenthread.people.access import PersonRequest
from goldenthread.people.models import Person
from goldenthread.permissions import Action

room = Room("Jobs and letters")
SHOWN = {
    "active": selectors.ACTIVE,
    "failed": (Job.State.FAILED,),
    "ended": selectors.ENDED,
    "all": tuple(Job.State),
}


class JobOut(Output):
    """Work behind the pages: how far it is (`done` of `total`), and why it failed."""

    id: Id
    title: str
    state: Literal["waiting", "running", "done", "failed", "cancelled"]
    asked_by: Ref | None
    done: int
    total: int | None
    words: str
    attempts: int
    cancel_asked: bool
    error: str
    created_at: dt.datetime
    due_at: dt.datetime
    started_at: dt.datetime | None
    finished_at: dt.datetime | None

    @classmethod
    def of_all(cls, rows: Iterable[Job], reader: Person) -> list[Self]:
        found = list(rows)
        askers = Person.objects.in_bulk({one.actor_id for one in found if one.actor_id})
        ours = {"title", "asked_by", "error"}
        return [
            cls(
                title=title_of(one.kind),
                asked_by=Ref.to(askers.get(one.actor_id or 0)),
                error=one.error_for(reader),
                **{name: getattr(one, name) for name in cls.model_fields.keys() - ours},
            )
            for one in found
        ]


class LetterOut(Output):
    """A letter and where it is; never what it says. `unsure`: it may have arrived, and nothing sends it again by itself."""

    id: Id
    kind: str
    to: str
    subject: str
    state: Literal["waiting", "sending", "sent", "unsure", "failed"]
    tries: int
    error: str
    created_at: dt.datetime
    changed_at: dt.datetime

    @classmethod
    def of(cls, one: Letter) -> Self:
        given: dict[str, Any] = {name: getattr(one, name) for name in cls.model_fields}
        return cls(**given)

    @classmethod
    def of_all(cls, rows: Iterable[Letter]) -> list[Self]:
        return [cls.of(one) for one in rows]


class JobQuery(Filter):
    state: Literal["active", "failed", "ended", "all"] = "all"


class LetterQuery(Filter):
    state: Literal["waiting", "sending", "sent", "unsure", "failed", "all"] = "all"


def _job(request: PersonRequest, job_id: int) -> Job:
    job = Job.objects.visible_to(request.person).filter(pk=job_id).first()
    if job is None:
        raise Http404
    return job


def _told(request: PersonRequest, job_id: int) -> JobOut:
    return JobOut.of_all([_job(request, job_id)], request.person)[0]


def _letter(request: PersonRequest, letter_id: int) -> Letter:
    seen = Letter.objects.visible_to(request.person).defer("body")
    letter = seen.filter(pk=letter_id).first()
    if letter is None:
        raise Http404
    return letter


@room.listing("/jobs", JobOut)
def list_jobs(request: PersonRequest, sent: Query[JobQuery]) -> Page[JobOut]:
    """List the jobs that wait, run, failed or ended.

    Administrators. One that you asked for yourself is read by its id.
    """
    require(request.person, Action.SEE_JOBS)
    rows = selectors.listed(request.person, SHOWN[sent.state])
    return page_of(request, rows, sent, lambda page: JobOut.of_all(page, request.person))


@room.reading("/jobs/{job_id}", JobOut)
def read_job(request: PersonRequest, job_id: Id) -> JobOut:
    """Read how far a job is.

    Who asked for it, and administrators.
    """
    return _told(request, job_id)


@room.changing("/jobs/{job_id}/cancel", JobOut, method="POST", matched=False)
def cancel_job(request: PersonRequest, job_id: Id) -> JobOut:
    """End a job: at once while it waits, at its next step while it runs. What it has done stays.

    Who asked for it, and administrators.
    """
    services.cancel(actor=request.person, job=_job(request, job_id))
    return _told(request, job_id)


@room.changing("/jobs/{job_id}/retry", JobOut, method="POST", matched=False)
def retry_job(request: PersonRequest, job_id: Id) -> JobOut:
    """Let a job that failed or was cancelled go on from where it came to.

    Who asked for it, and administrators.
    """
    services.retry(actor=request.person, job=_job(request, job_id))
    return _told(request, job_id)


@room.listing("/letters", LetterOut)
def list_letters(request: PersonRequest, sent: Query[LetterQuery]) -> Page[LetterOut]:
    """List the letters of the last thirty days, the newest first.

    Administrators.
    """
    require(request.person, Action.SEE_JOBS)
    rows = Letter.objects.visible_to(request.person).defer("body")
    if sent.state != "all":
        rows = rows.filter(state=sent.state)
    return page_of(request, rows, sent, LetterOut.of_all)


@room.reading("/letters/{letter_id}", LetterOut)
def read_letter(request: PersonRequest, letter_id: Id) -> LetterOut:
    """Read where a letter is.

    Administrators.
    """
    return LetterOut.of(_letter(request, letter_id))


@room.changing("/letters/{letter_id}/resend", LetterOut, method="POST", matched=False)
def resend_letter(request: PersonRequest, letter_id: Id) -> LetterOut:
    """Send a letter again that failed, or of which nobody knows whether it arrived.

    Administrators.
    """
    outbox.resend(actor=request.person, letter=_letter(request, letter_id))
    return LetterOut.of(_letter(request, letter_id))
