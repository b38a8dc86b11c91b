"""Jobs that are slow where it hurts: between an effect, its checkpoint and the end."""

import datetime as dt
import time

from goldenthread.core.jobs import Run, job
from goldenthread.core.models import AuditRecord, Job
from goldenthread.insights.reminding import remind_everybody

STEPS = 4
PAUSE = 0.01  # seconds: what gives a kill the chance to come between


def effect(number: int, step: int) -> None:
    AuditRecord.objects.create(verb="effect", subject_type=str(step), subject_id=number)


@job("test plain", title="One effect", tries=50)
def plain(run: Run, *, number: int) -> None:
    effect(number, 0)
    time.sleep(PAUSE)


@job("test steps", title="Effects in steps", in_steps=True, tries=50)
def in_steps(run: Run, *, number: int) -> None:
    while (step := run.checkpoint.get("step", 0)) < STEPS:
        with run.step(done=step + 1, total=STEPS):
            effect(number, step)
            time.sleep(PAUSE)
            run.checkpoint["step"] = step + 1


@job("test telling", title="Says how far it is, and waits until that stands there", in_steps=True)
def telling(run: Run) -> None:
    run.tell("in the middle", 3, 10)
    while Job.objects.get(pk=run.job_id).done != 3:
        time.sleep(PAUSE)
    with run.step(done=4):
        effect(3, 10)


@job("test remind", title="The round of reminders of a given day", in_steps=True, tries=50)
def remind(run: Run, *, day: str) -> None:
    remind_everybody(run, dt.date.fromisoformat(day))
