"""What people do with jobs: end one that is no longer wanted, try one again that failed."""

from django.db import transaction
from django.utils import timezone

from goldenthread.core import audit
from goldenthread.core.access import Actor, require
from goldenthread.core.errors import DomainError
from goldenthread.core.jobs.kinds import may_be_cancelled, title_of
from goldenthread.core.models import Job
from goldenthread.permissions import Action


@transaction.atomic
def cancel(*, actor: Actor, job: Job) -> Job:
    """End a job: at once while it waits, at its next step while it runs; what it has done stays.

    Who asked for it, and administrators.
    """
    require(actor, Action.CANCEL_JOB, job)
    job = _locked(job)
    if not job.is_active:
        raise DomainError(f"“{title_of(job.kind)}” has ended already.")
    if not may_be_cancelled(job):
        raise DomainError(f"“{title_of(job.kind)}” cannot be cancelled.")
    if job.state == Job.State.WAITING:
        job.state, job.finished_at = Job.State.CANCELLED, timezone.now()
    job.cancel_asked = True
    job.save(update_fields=["state", "finished_at", "cancel_asked"])
    audit.record(actor, "cancel job", job, note=job.kind)
    return job


@transaction.atomic
def retry(*, actor: Actor, job: Job) -> Job:
    """Let a job that failed or was cancelled go on from where it came to, now. Who asked for it, and administrators."""
    require(actor, Action.RETRY_JOB, job)
    job = _locked(job)
    if job.state not in {Job.State.FAILED, Job.State.CANCELLED}:
        raise DomainError(f"“{title_of(job.kind)}” has not failed.")
    job.state, job.due_at, job.finished_at = Job.State.WAITING, timezone.now(), None
    job.attempts, job.cancel_asked = 1, False
    job.save(update_fields=["state", "due_at", "finished_at", "attempts", "cancel_asked"])
    audit.record(actor, "retry job", job, note=job.kind)
    return job


def _locked(job: Job) -> Job:
    return Job.objects.select_for_update().get(pk=job.pk)
