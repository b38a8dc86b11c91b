"""What this room does behind the page: imports that take longer than a page may, webhooks told of what happened."""

import datetime as dt
from contextlib import AbstractContextManager
from typing import Any

from goldenthread.core import progress
from goldenthread.core.errors import DomainError
from goldenthread.core.jobs import Run, job
from goldenthread.interchange import services
from goldenthread.interchange.models import Import
from goldenthread.interchange.readers.limits import RefusedFile
from goldenthread.interchange.webhooks import relaying
from goldenthread.interchange.webhooks.services import SEND
from goldenthread.people.models import Person


@job("read import", title="Read a file", long=True)
def read_import(
    run: Run, *, batch: int, kind: str = "", mapping: dict[str, Any] | None = None
) -> None:
    """Read the file of an import that waits; a file that cannot be read says so on the import's page."""
    found = _found(run, batch)
    with run.step(words="Reading the file"):
        pass
    try:
        with _telling(run, "Preview"):
            services.restage(
                actor=_actor(run),
                batch=found,
                kind=kind,
                mapping=mapping,
                step=run.step,
                job=run.job_id,
            )
    except RefusedFile as refused:
        with run.step(words="It cannot be read"):
            services.refuse_file(batch=found, why=str(refused))
    else:
        with run.step(words=f"{found.total:,} rows read", done=found.total):
            pass


@job("write import", title="Write an import", long=True)
def write_import(run: Run, *, batch: int) -> None:
    """Write the rows of an import, all of them there at once."""
    found = Import.objects.get(pk=batch)
    if found.state == Import.State.APPLIED:
        return  # by an earlier try, which died before it could say so
    with run.step(words=f"Working out {found.total:,} rows"):
        pass
    with _telling(run, "Getting ready"):
        services.apply(actor=_actor(run), batch=found, step=_steps(run, "Written"), job=run.job_id)


@job("undo import", title="Take an import back", long=True)
def undo_import(run: Run, *, batch: int) -> None:
    """Take back what an import wrote, as far as nobody has changed it since."""
    found = Import.objects.get(pk=batch)
    if found.state == Import.State.UNDONE:
        return
    with run.step(words="Looking through what has changed since"):
        pass
    with _telling(run, "Taking back"):
        services.undo(
            actor=_actor(run), batch=found, step=_steps(run, "Taken back"), job=run.job_id
        )


def _telling(run: Run, what: str) -> AbstractContextManager[None]:
    """Let the job say how far each pass through the rows is."""
    return progress.heard_by(lambda words, done, total: run.tell(f"{what}: {words}", done, total))


def _steps(run: Run, words: str) -> Any:
    def step() -> AbstractContextManager[None]:
        return run.step(words=words)

    return step


def _found(run: Run, batch: int) -> Import:
    found = Import.objects.filter(pk=batch).first()
    if found is None:
        raise DomainError("The file is not here any more.")
    return found


def _actor(run: Run) -> Person:
    return Person.objects.get(pk=run.actor_id or 0)


@job(
    relaying.COLLECT,
    title="Collect events for webhooks",
    every=dt.timedelta(seconds=15),
    in_steps=True,
    may_cancel=False,
)
def collect(run: Run) -> None:
    """From the audit trail, for each webhook that is on."""
    relaying.collect(run)


@job(SEND, title="Send events to a webhook", in_steps=True, may_cancel=False)
def send(run: Run, *, webhook: int) -> None:
    """What is due of one webhook; what did not arrive waits in its own row, not in this job."""
    relaying.send_due(run, webhook, SEND)


@job(
    "clear deliveries", title="Drop webhook events of long ago", daily=dt.time(3, 45), in_steps=True
)
def clear(run: Run, *, day: str) -> None:
    """The list of what was sent is kept for thirty days; the trail that it came from stays."""
    relaying.clear(run)
