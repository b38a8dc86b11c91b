"""Emil, who looks after the installation, watches a job: it moves by itself, and the page says when it is done."""

import datetime as dt

from django.utils import timezone

from goldenthread.core.models import Job, Letter
from tests.journeys.conftest import Arrive


def test_progress_moves_by_itself_and_ends_in_the_result(demo: None, arrive: Arrive) -> None:
    at = timezone.now()
    lease = at + dt.timedelta(hours=1)
    job = Job.objects.create(
        kind="seal audit", state="running", due_at=at, leased_until=lease, done=3, total=12
    )
    Letter.objects.create(kind="Invitation", to="a@b.example", message_id="<1>", state="unsure")
    emil = arrive()
    emil.opens("/jobs/").signs_in("Emil Strand")
    emil.sees("1 job runs", "none failed.", "No worker has ever been seen here.")
    emil.follows("Seal the audit trail")
    emil.sees("3 of 12")
    Job.objects.filter(pk=job.pk).update(done=9, words="Units below Operations")
    emil.sees("Units below Operations", "9 of 12")  # without a click
    Job.objects.filter(pk=job.pk).update(state="done", words="96 figures", finished_at=at)
    emil.sees("96 figures", "Ended").sees_no("9 of 12")

    by_phone = arrive(width=390, dark=True)
    by_phone.opens("/letters/").signs_in("Emil Strand")
    by_phone.sees("1 letter needs you", "No worker has ever been seen here")
    by_phone.presses("Send again to a@b.example").sees("The letter to a@b.example is sent again")
    by_phone.opens("/jobs/").sees("Send a letter", "Waits")
