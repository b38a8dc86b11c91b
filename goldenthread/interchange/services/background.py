"""The same as staging, applying and taking back, behind the page where it takes longer than a page may."""

from typing import Any

from django.db import transaction

from goldenthread.core import clock
from goldenthread.core.access import require
from goldenthread.core.jobs import enqueue
from goldenthread.core.models import Job
from goldenthread.interchange.models import Import, ImportRow
from goldenthread.interchange.readers.sniff import sniff
from goldenthread.interchange.services import staging, undoing
from goldenthread.interchange.services.reading import digest, read_file
from goldenthread.people.models import Person
from goldenthread.permissions import Action

# What is read while whoever sent it waits: some hundred rows. A workbook is packed, a plan is wordy.
SMALL_LINES = 600
SMALL_BYTES = {"xlsx": 25_000, "stratml": 400_000}


def begin(
    *,
    actor: Person,
    filename: str,
    data: bytes,
    kind: str = "",
    mapping: dict[str, Any] | None = None,
) -> Import:
    """Stage a file, at once when it is small; else a job reads it, and the import's page shows how far it is."""
    require(actor, Action.IMPORT)
    if _is_small(filename, data, kind, mapping):
        return staging.stage(actor=actor, filename=filename, data=data, kind=kind, mapping=mapping)
    with transaction.atomic():
        batch = Import.objects.create(
            filename=staging.named(filename),
            kind=kind,
            digest=digest(data),
            data=data,
            problem=staging.NOT_READ,
            # Until it is read nobody knows what is in it.
            confidential=True,
            author=actor,
        )
        _let(actor, batch, "read import", {"kind": kind, "mapping": mapping})
    return batch


def _is_small(filename: str, data: bytes, kind: str, mapping: dict[str, Any] | None) -> bool:
    found = sniff(filename, data).kind
    if found in SMALL_BYTES:
        small = len(data) <= SMALL_BYTES[found]
    else:
        # What is neither is refused at once.
        small = not (found == "csv" or kind or mapping) or data.count(b"\n") <= SMALL_LINES
    if not small or found == "stratml":
        return small
    # One row may count many posts.
    return len(read_file(filename, data, kind, mapping, clock.today()).rows) <= SMALL_LINES


def read_again(
    *, actor: Person, batch: Import, kind: str, mapping: dict[str, Any] | None = None
) -> Import:
    """Stage the same file otherwise: at once or by a job, as it was the first time."""
    staging.require_staged(actor, batch)
    data = bytes(batch.data or b"")
    if _is_small(batch.filename, data, kind, mapping):
        return staging.restage(actor=actor, batch=batch, kind=kind, mapping=mapping)
    with transaction.atomic():
        _let(actor, batch, "read import", {"kind": kind, "mapping": mapping})
    return batch


def put_right_later(*, actor: Person, batch: Import, row: ImportRow) -> Import:
    """Take what a refused row was found to mean, at once or by a job."""
    mapping = staging.corrected(actor=actor, batch=batch, row=row)
    return read_again(actor=actor, batch=batch, kind=batch.kind, mapping=mapping)


def undo_later(*, actor: Person, batch: Import) -> Import:
    """Take an import back, at once when it is short, else by a job."""
    undoing.require_applied(actor, batch)
    if batch.total <= staging.SHORT:
        return undoing.undo(actor=actor, batch=batch)
    with transaction.atomic():
        _let(actor, batch, "undo import", {})
    return batch


def write(*, actor: Person, batch: Import) -> Import:
    """Write an import, at once when it is short, else by a job."""
    staging.require_staged(actor, batch)
    if batch.problem or batch.total <= staging.SHORT:
        return staging.apply(actor=actor, batch=batch)
    with transaction.atomic():
        _let(actor, batch, "write import", {})
    return batch


def _let(actor: Person, batch: Import, kind: str, arguments: dict[str, Any]) -> Job:
    job = enqueue(kind, {"batch": batch.pk, **arguments}, key=str(batch.pk), actor=actor)
    Import.objects.filter(pk=batch.pk).update(job=job.pk)
    batch.job = job.pk
    return job


def refuse_file(*, batch: Import, why: str) -> None:
    """Keep why a file could not be read; part of the job that tried."""
    batch.rows.all().delete()
    Import.objects.filter(pk=batch.pk, state=Import.State.STAGED).update(
        problem=why, mapping={}, detected={}, created=0, updated=0, unchanged=0, refused=0
    )
