"""Staging, applying and discarding an import.

Staging does everything that applying would, where it is not kept: what the preview shows is what the services
answered, and nothing of it is written. Both hold the lock of the one writer for moments only (`core.aside`).
"""

from collections import Counter
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

from django.db import transaction

from goldenthread.core import aside, bulk, clock, progress
from goldenthread.core.access import require
from goldenthread.core.errors import DomainError, NotAllowed
from goldenthread.core.models import Job
from goldenthread.interchange.models import Import, ImportRow
from goldenthread.interchange.readers.limits import RefusedFile
from goldenthread.interchange.services.marks import marked
from goldenthread.interchange.services.reading import Read, digest, read_file, with_instead
from goldenthread.interchange.services.rows import Outcome, Row, decoded, encoded, fitted
from goldenthread.interchange.services.run import Run
from goldenthread.interchange.services.writing import WRITERS
from goldenthread.people.models import Person
from goldenthread.permissions import Action

State = Import.State
Step = Callable[[], AbstractContextManager[None]]
BATCH = 500
SHORT = (
    300  # rows that are worked out and written at once, well within the time that others can wait
)
NOT_READ = "The file has not been read yet."


def stage(
    *,
    actor: Person,
    filename: str,
    data: bytes,
    kind: str = "",
    mapping: dict[str, Any] | None = None,
) -> Import:
    """Read a file and work out what each of its rows would do; nothing but the preview is written.

    Permission: who may import. `kind` empty: the file tells; `mapping` as a saved mapping. Raises `RefusedFile`
    for a file that cannot be read.
    """
    require(actor, Action.IMPORT)
    name = named(filename)
    read = read_file(name, data, kind, mapping, clock.today())
    _work_out(actor, name, read)
    made = Import(filename=name, digest=digest(data), data=data, author=actor)
    return _keep(made, read)


def named(filename: str) -> str:
    """What an import is called."""
    return fitted(filename, 200)[0] or "pasted"


def restage(
    *,
    actor: Person,
    batch: Import,
    kind: str,
    mapping: dict[str, Any] | None = None,
    step: Step = transaction.atomic,
    job: int | None = None,
) -> Import:
    """Read the same file again, as another kind or with other columns. Permission: who may import."""
    require_staged(actor, batch, job)
    data = bytes(batch.data or b"")
    read = read_file(batch.filename, data, kind, mapping, clock.today())
    _work_out(actor, batch.filename, read)
    return _keep(batch, read, step)


def corrected(*, actor: Person, batch: Import, row: ImportRow) -> dict[str, Any]:
    """The mapping that takes what a refused row was found to mean, in this and every row that says the same."""
    require_staged(actor, batch)
    fix = row.fix
    if not fix or not batch.mapping:
        raise DomainError("There is nothing to put right in this row.")
    return with_instead(batch.mapping, fix["field"], fix["text"], fix["instead"], row.sheet)


def put_right(*, actor: Person, batch: Import, row: ImportRow) -> Import:
    """Take what a refused row was found to mean. Permission: who may import."""
    mapping = corrected(actor=actor, batch=batch, row=row)
    return restage(actor=actor, batch=batch, kind=batch.kind, mapping=mapping)


def apply(
    *, actor: Person, batch: Import, step: Step = transaction.atomic, job: int | None = None
) -> Import:
    """Write the rows, all of them there at once; each is decided anew against what stands by now.

    Permission: who may import, and for each row what its services ask. A row that comes out otherwise than in the
    preview says so. Raises `DomainError` when it was written or discarded before. `step` as of a job.
    """
    require_staged(actor, batch, job)
    if batch.problem:
        raise DomainError(batch.problem)
    aside.flip(
        lambda: _applied(actor, batch.pk),
        step,
        is_short=batch.total <= SHORT,
        around=lambda: marked(batch.pk),
    )
    batch.refresh_from_db()
    return batch


def _applied(actor: Person, pk: int) -> None:
    taken = Import.objects.filter(pk=pk, state=State.STAGED)
    now = clock.now()
    if not taken.update(state=State.APPLIED, applied_at=now, applied_by=actor):
        raise DomainError("This import was written or discarded in the meantime.")
    batch = Import.objects.get(pk=pk)
    staged = list(batch.rows.order_by("pk"))
    rows = [_again(row) for row in staged if row.payload.get("values") is not None]
    previewed = {(row.sheet, row.line, row.kind, row.title): row for row in staged}
    run = Run(_fresh(actor), batch.filename, rows, batch.kind)
    _write(run)
    for row in run.rows:
        _note_difference(row, previewed.get((row.sheet, row.line, row.kind, row.title)))
    batch.data = None
    _count(batch, run.rows)
    batch.save()
    _keep_as_written(batch, run.rows, staged)


def _keep_as_written(batch: Import, rows: list[Row], staged: list[ImportRow]) -> None:
    """Bring the rows of the preview to what was written; one that says so already is left alone."""
    names = [one.attname for one in ImportRow._meta.concrete_fields if not one.primary_key]
    standing: dict[tuple[str, int, str, str], list[ImportRow]] = {}
    for one in reversed(staged):
        standing.setdefault((one.sheet, one.line, one.kind, one.title), []).append(one)
    changed, new = [], []
    for row in _in_order(rows):
        now = _kept(batch, row)
        if same := standing.get((now.sheet, now.line, now.kind, now.title)):
            was = same.pop()
            now.pk = was.pk
            if any(getattr(now, name) != getattr(was, name) for name in names):
                changed.append(now)
        else:
            new.append(now)
    for rest in standing.values():
        for one in rest:
            one.delete()
    bulk.rewrite(changed, names)
    bulk.add(new, "keeping the rows")


def discard(*, actor: Person, batch: Import) -> Import:
    """Put an import away unwritten; that it was there stays on the list. Permission: who may import."""
    require_staged(actor, batch)
    with transaction.atomic():
        batch.state, batch.data = State.DISCARDED, None
        batch.save()
        batch.rows.all().delete()
    return batch


def require_staged(actor: Person, batch: Import, job: int | None = None) -> None:
    """Refuse what may not be done to an import: by whom, once it is written, while a job (another one) works on it."""
    require(actor, Action.IMPORT)
    if batch.state != State.STAGED:
        raise DomainError(f"This import was {batch.get_state_display().lower()} before.")
    if batch.job != job and (busy := working_on(batch)) is not None and busy.is_active:
        raise DomainError("Something is being done with this import just now. Wait until it ends.")


def working_on(batch: Import) -> Job | None:
    """The job that works on the import, or did last."""
    return Job.objects.filter(pk=batch.job).first() if batch.job else None


def _fresh(actor: Person) -> Person:
    """The actor read anew: what a preview did to the one at hand, its rollback does not take back."""
    return Person.objects.get(pk=actor.pk)


def _work_out(actor: Person, filename: str, read: Read) -> None:
    """Decide every row by writing it, and take it all back."""
    for row in read.rows:
        row.read_notes = list(row.notes)
    run = Run(_fresh(actor), filename, read.rows, read.kind)
    many = len(read.rows)
    try:
        aside.rehearse(lambda: _write(run), is_short=many <= SHORT, besides=many)
    except aside.TooMuch as too_much:
        files = -(-too_much.count // aside.MOST_WRITTEN)
        raise RefusedFile(
            f"These {many:,} rows would write {too_much.count:,} records at once. On SQLite everybody else would wait "
            f"for them longer than two seconds. Split the file into {files + 1}, each with the headings, or run "
            "on PostgreSQL."
        ) from too_much
    read.rows = run.rows


def _write(run: Run) -> None:
    for kind, write in WRITERS.items():
        if not run.of(kind):
            continue
        try:
            with transaction.atomic():
                write(run)
        except (DomainError, NotAllowed) as error:
            for row in run.of(kind):
                row.refuse(error)
    for row in run.rows:
        assert row.outcome, f"line {row.line} was not decided"


def _keep(batch: Import, read: Read, step: Step = transaction.atomic) -> Import:
    """Keep what was read: in batches, and counted at the end, so that nobody sees half of it."""
    rows = _in_order(read.rows)
    if len(rows) <= SHORT:
        with step():
            return _keep_in_steps(batch, read, rows, transaction.atomic)
    return _keep_in_steps(batch, read, rows, step)


def _keep_in_steps(batch: Import, read: Read, rows: list[Row], step: Step) -> Import:
    with step():
        batch.created = batch.updated = batch.unchanged = batch.refused = batch.proposed = 0
        batch.kind, batch.mapping = read.kind, read.mapping
        batch.detected, batch.problem = read.detected, NOT_READ
        batch.confidential = any(row.confidential for row in rows)
        batch.save()
        batch.rows.all().delete()
    for at in range(0, len(rows), BATCH):
        progress.tell("keeping the rows", at, len(rows))
        with step():
            ImportRow.objects.bulk_create(_kept(batch, row) for row in rows[at : at + BATCH])
    with step():
        batch.problem = read.problem
        _count(batch, rows)
        batch.save()
    return batch


def _count(batch: Import, rows: list[Row]) -> None:
    counts = Counter(row.outcome for row in rows)
    for outcome in Outcome.values:
        setattr(batch, outcome, counts[outcome])
    batch.proposed = sum(row.proposes for row in rows)
    batch.confidential = any(row.confidential for row in rows)


def _in_order(rows: list[Row]) -> list[Row]:
    return sorted(rows, key=_place)


def _place(row: Row) -> tuple[int, int, bool]:
    """In a workbook the rows of a kind stay together, else each stands where it stands in the file."""
    order = list(WRITERS).index(row.kind) if row.sheet and row.kind in WRITERS else 0
    return order, row.line, bool(row.cells)


def _kept(batch: Import, row: Row) -> ImportRow:
    written = batch.state == State.APPLIED and not row.is_refused
    about_a_person = row.kind == "people"
    payload: dict[str, Any] = {"cells": row.cells}
    if row.values or row.cells:
        payload["values"] = {name: encoded(value) for name, value in row.values.items()}
    changes = row.changes
    if written and about_a_person:
        payload, changes = {}, [[name, "", ""] for name, _, _ in row.changes]
    if row.unread:
        payload["unread"] = True
    if row.read_notes:
        payload["read_notes"] = row.read_notes
    subject = row.subject
    # A record that the preview made is gone again.
    stands = subject is not None and (
        batch.state == State.APPLIED or row.outcome != Outcome.CREATED
    )
    return ImportRow(
        file=batch,
        line=row.line,
        sheet=row.sheet,
        kind=row.kind,
        title=row.title[:300],
        about=row.about[:300],
        outcome=row.outcome,
        reason=row.reason,
        notes=row.notes,
        changes=changes,
        payload=payload,
        fix=row.fix,
        subject_type=subject._meta.label_lower if subject is not None and stands else "",
        subject_id=subject.pk if subject is not None and stands else None,
    )


def _again(kept: ImportRow) -> Row:
    """A staged row as it was read, to be decided anew; what was refused in reading, or left out, stays so."""
    values = {name: decoded(value) for name, value in kept.payload["values"].items()}
    row = Row(kept.line, kept.kind, kept.title, values, kept.payload.get("cells", {}))
    row.sheet = kept.sheet
    row.about, row.read_notes = kept.about, kept.payload.get("read_notes", [])
    row.notes = list(row.read_notes)
    if kept.payload.get("unread"):
        row.outcome, row.reason, row.unread = kept.outcome, kept.reason, True
    return row


def _note_difference(row: Row, previewed: ImportRow | None) -> None:
    if previewed is not None and previewed.outcome != row.outcome:
        was = str(Outcome(previewed.outcome).label).lower()
        row.note(f"The preview had it as {was}: what it is about has changed since.")
