"""`{% job_progress job %}`: how far a job is, on whatever page it matters; refreshes itself while it runs."""

import datetime as dt
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from django import template
from django.http import HttpRequest
from django.template import Context
from django.utils import timezone

from goldenthread.core.access import can
from goldenthread.core.jobs.kinds import may_be_cancelled, title_of
from goldenthread.core.jobs.selectors import presence
from goldenthread.core.models import Job, Organisation
from goldenthread.permissions import Action
from goldenthread.ui.templatetags.goldenthread import MISSING, day

register = template.Library()

PATIENCE = dt.timedelta(seconds=20)


@register.inclusion_tag("ui/_job.html", takes_context=True)
def job_progress(context: Context, job: Job, stays: bool = False) -> dict[str, Any]:
    """A job's title, state and progress, with what this reader may do about it.

    At its end the page is loaded again, so that it shows the result; not with `stays`, for a page that came by a
    form. Nothing is shown of a job that the reader may not see.
    """
    request = context["request"]
    person = getattr(request, "person", None)
    relations = job.relations_to(person)
    late = job.state == Job.State.WAITING and job.due_at < timezone.now() - PATIENCE
    return {
        "back": _page_of(request),
        "csrf_token": context.get("csrf_token"),
        "job": job,
        "title": title_of(job.kind),
        "error": job.error_for(person),
        "seen": bool(relations),
        "stays": stays,
        "no_worker": late and not presence().workers,
        "may_cancel": job.is_active
        and not job.cancel_asked
        and may_be_cancelled(job)
        and can(person, Action.CANCEL_JOB, job),
        "may_retry": job.state == Job.State.FAILED and can(person, Action.RETRY_JOB, job),
    }


def _page_of(request: HttpRequest) -> str:
    """The address of the page that the reader is on, also when htmx asks for a part of it."""
    here = request.headers.get("HX-Current-URL", "")
    return urlsplit(here).path if here else request.get_full_path()


@register.filter
def moment(at: dt.datetime | None) -> str:
    """`{{ job.due_at|moment }}` → "today, 13:05", by the organisation's clock; None → "–"."""
    if at is None:
        return MISSING
    organisation = Organisation.current()
    local = at.astimezone(ZoneInfo(organisation.time_zone if organisation else "UTC"))
    return f"{day(local.date())}, {local:%H:%M}"
