"""What runs behind the pages, for whoever looks after it: jobs and letters."""

import json

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_POST

from goldenthread.core import jobs as services
from goldenthread.core import outbox
from goldenthread.core.access import require
from goldenthread.core.jobs import selectors
from goldenthread.core.jobs.kinds import may_be_cancelled, title_of
from goldenthread.core.models import Job, Letter
from goldenthread.core.spreadsheet import csv_file, moment
from goldenthread.people.access import PersonRequest, signed_in
from goldenthread.people.models import Person
from goldenthread.permissions import Action

PAGE = 50
SHOWN = {
    "now": ("Now", selectors.ACTIVE),
    "failed": ("Failed", (Job.State.FAILED,)),
    "ended": ("Ended", selectors.ENDED),
}


@require_GET
@signed_in
def jobs(request: PersonRequest) -> HttpResponse:
    """What runs and waits, what failed, what ended, and what the clock asks for."""
    require(request.person, Action.SEE_JOBS)
    counts = selectors.counts()
    chosen = request.GET.get("show", "")
    if chosen not in SHOWN:
        chosen = "now"
    found = selectors.listed(request.person, SHOWN[chosen][1])
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    askers = Person.objects.in_bulk({job.actor_id for job in page if job.actor_id})
    now = timezone.now()
    context = {
        "page": page,
        "rows": [
            {
                "job": job,
                "title": title_of(job.kind),
                "asker": askers.get(job.actor_id) if job.actor_id else None,
                "error": job.error_for(request.person),
                "may_cancel": job.is_active and may_be_cancelled(job) and not job.cancel_asked,
            }
            for job in page
        ],
        "chosen": chosen,
        "views": [
            {
                "title": title,
                "url": "?" if name == "now" else f"?show={name}",
                "here": name == chosen,
                "count": sum(counts.get(state, 0) for state in states),
            }
            for name, (title, states) in SHOWN.items()
        ],
        "running": counts.get("running", 0),
        "waiting": counts.get("waiting", 0),
        "failed": counts.get("failed", 0),
        "presence": selectors.presence(),
        "rhythms": selectors.rhythms(),
        "lively": any(job.is_active and job.due_at <= now for job in page),
    }
    return render(request, "operations/jobs.html", context)


def _job_or_404(request: PersonRequest, pk: int) -> Job:
    return get_object_or_404(Job.objects.visible_to(request.person), pk=pk)


@require_GET
@signed_in
def job(request: PersonRequest, pk: int) -> HttpResponse:
    """One job, for whoever asked for it; the fragment of it that a page asks for again and again.

    When it has ended, that page is told to load itself again; where it stays (`?stays`), the end is announced.
    """
    found = _job_or_404(request, pk)
    stays = "stays" in request.GET
    context = {"job": found, "title": title_of(found.kind), "stays": stays}
    if request.headers.get("HX-Request") != "true":
        return render(request, "operations/job.html", context)
    response = render(request, "operations/job.html#progress", context)
    if not found.is_active:
        if stays:
            said = f"{title_of(found.kind)}: {found.words or found.get_state_display()}"
            response["HX-Trigger"] = json.dumps({"say": said})
        else:
            response["HX-Refresh"] = "true"
    return response


@require_POST
@signed_in
def job_cancel(request: PersonRequest, pk: int) -> HttpResponse:
    """End a job that is no longer wanted."""
    found = services.cancel(actor=request.person, job=_job_or_404(request, pk))
    at_once = found.state == Job.State.CANCELLED
    messages.success(request, "Cancelled." if at_once else "It ends after the step it is at.")
    return _back(request, found)


@require_POST
@signed_in
def job_retry(request: PersonRequest, pk: int) -> HttpResponse:
    """Try a job again that failed."""
    found = services.retry(actor=request.person, job=_job_or_404(request, pk))
    messages.success(request, f"“{title_of(found.kind)}” is tried again.")
    return _back(request, found)


def _back(request: PersonRequest, found: Job) -> HttpResponse:
    """To the page that it was asked for on, else to the job."""
    to = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(to, {request.get_host()}, require_https=request.is_secure()):
        return redirect(to)
    return redirect("job", found.pk)


@require_GET
@signed_in
def letters(request: PersonRequest) -> HttpResponse:
    """Letters on their way, sent, and stuck. Never what they say."""
    require(request.person, Action.SEE_JOBS)
    found = Letter.objects.visible_to(request.person).defer("body")
    counts = dict(found.order_by().values_list("state").annotate(Count("pk")))
    chosen = request.GET.get("show", "")
    if chosen in Letter.State.values:
        found = found.filter(state=chosen)
    else:
        chosen = ""
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    stuck = counts.get("unsure", 0) + counts.get("failed", 0)
    context = {
        "page": page,
        "views": [
            {
                "title": title,
                "url": f"?show={state}" if state else "?",
                "here": state == chosen,
                "count": counts.get(state, 0) if state else sum(counts.values()),
            }
            for state, title in [("", "All"), *Letter.State.choices]
            if not state or counts.get(state) or state == chosen
        ],
        "any": sum(counts.values()),
        "stuck": stuck,
        "waiting": counts.get("waiting", 0) + counts.get("sending", 0),
        "has_mail": outbox.mail_is_set_up(),
        "presence": selectors.presence(),
    }
    return render(request, "operations/letters.html", context)


@require_POST
@signed_in
def letter_resend(request: PersonRequest, pk: int) -> HttpResponse:
    """Send a letter again that failed, or of which nobody knows whether it arrived."""
    letter = get_object_or_404(Letter.objects.visible_to(request.person), pk=pk)
    outbox.resend(actor=request.person, letter=letter)
    messages.success(request, f"The letter to {letter.to} is sent again.")
    return redirect("letters")


@require_GET
@signed_in
def jobs_csv(request: PersonRequest) -> HttpResponseBase:
    """Every job that is kept, with what became of it; never what it was given."""
    require(request.person, Action.SEE_JOBS)
    found = list(selectors.listed(request.person, tuple(Job.State)))
    askers = Person.objects.in_bulk({job.actor_id for job in found if job.actor_id})
    lines = (
        (
            job.pk,
            title_of(job.kind),
            job.get_state_display(),
            str(askers.get(job.actor_id or 0, "")),
            *(moment(at) for at in (job.created_at, job.due_at, job.started_at, job.finished_at)),
            job.attempts,
            job.done,
            job.total,
            job.error_for(request.person),
        )
        for job in found
    )
    columns = (
        "job",
        "what",
        "state",
        "asked_by",
        "created_at",
        "due_at",
        "started_at",
        "finished_at",
    )
    return csv_file("jobs.csv", (*columns, "attempts", "done", "total", "error"), lines)


@require_GET
@signed_in
def letters_csv(request: PersonRequest) -> HttpResponseBase:
    """Every letter that is kept, and where it is. Never what it says."""
    require(request.person, Action.SEE_JOBS)
    found = Letter.objects.visible_to(request.person).defer("body")
    lines = (
        (
            *(one.pk, one.kind, one.to, one.get_state_display(), one.tries),
            *(moment(one.created_at), moment(one.changed_at), one.error),
        )
        for one in found
    )
    columns = ("letter", "what", "to", "state", "tries", "created_at", "changed_at", "error")
    return csv_file("letters.csv", columns, lines)
