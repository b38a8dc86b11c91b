"""The jobs that the house keeps itself with."""

import datetime as dt

from django.core.management import call_command
from django.utils import timezone

from goldenthread.core import audit
from goldenthread.core.jobs.kinds import job
from goldenthread.core.jobs.run import Run
from goldenthread.core.models import Job, Worker

KEPT = dt.timedelta(days=14)
KEPT_FAILED = dt.timedelta(days=90)
AT_ONCE = 1000


@job("seal audit", title="Seal the audit trail", every=dt.timedelta(hours=1), in_steps=True)
def seal_audit(run: Run) -> None:
    """Sealing twice seals nothing twice, so it needs no step of its own: a batch is one transaction."""
    sealed = audit.seal()
    with run.step(words=f"{sealed} lines sealed"):
        pass


@job("clear sessions", title="Drop sessions that have ended", daily=dt.time(3, 10))
def clear_sessions(run: Run, *, day: str) -> None:
    call_command("clearsessions")


@job("clear jobs", title="Drop jobs that ended long ago", daily=dt.time(3, 20), in_steps=True)
def clear_jobs(run: Run, *, day: str) -> None:
    """What was done is kept for two weeks, what failed for ninety days, and a worker that has gone for two weeks."""
    now = timezone.now()
    done = Job.objects.filter(state__in=["done", "cancelled"], finished_at__lt=now - KEPT)
    failed = Job.objects.filter(state="failed", finished_at__lt=now - KEPT_FAILED)
    for old in (done, failed):
        while pks := list(old.values_list("pk", flat=True)[:AT_ONCE]):
            with run.step(done=run.done + len(pks)):
                Job.objects.filter(pk__in=pks).delete()
    with run.step(words=f"{run.done} dropped"):
        Worker.objects.filter(seen_at__lt=now - KEPT).delete()
