"""Imports over the API: a file uploaded, its rows looked at, written or put away."""

import datetime as dt
import json
from collections.abc import Iterable
from typing import Annotated, Any, Literal, Self

from django.http import Http404
from ninja import File, Form, Query
from ninja.files import UploadedFile
from pydantic import BaseModel, Field, StringConstraints

from goldenthread.core.access import require
from goldenthread.core.api.room import Page, Room, page_of
from goldenthread.core.api.types import NO_NUL, Filter, Id, Input, Output, Ref
from goldenthread.core.errors import DomainError
from goldenthread.interchange import selectors, services
from goldenthread.interchange.models import Import, ImportRow
from goldenthread.interchange.outline_reading import too_large
from goldenthread.interchange.readers.limits import RefusedFile
from goldenthread.people.access import PersonRequest
from goldenthread.permissions import Action

room = Room("Imports")
Kind = Annotated[
    str,
    StringConstraints(max_length=20, pattern=r"^[a-z_]*$"),
    Field(description="What the rows are, such as people; empty: the headings tell."),
]
Mapping = Annotated[
    str,
    StringConstraints(max_length=100_000, pattern=NO_NUL),
    Field(description="A saved mapping, as JSON."),
]
Outcome = Literal["refused", "updated", "created", "unchanged"]


class ImportOut(Output):
    """A file as it was read: staged, then applied or discarded; one that was applied may be undone. `problem` says why no
    row was read, `job` which job works on it, or did last."""

    id: Id
    filename: str
    kind: str
    state: Literal["staged", "applied", "discarded", "undone"]
    problem: str
    confidential: bool
    created: int
    updated: int
    unchanged: int
    refused: int
    proposed: int
    author: Ref | None
    created_at: dt.datetime
    applied_at: dt.datetime | None
    applied_by: Ref | None
    job: Id | None

    @classmethod
    def of(cls, batch: Import) -> Self:
        names = [
            "filename",
            "kind",
            "state",
            "problem",
            "confidential",
            "created",
            "updated",
            "unchanged",
            "refused",
            "proposed",
            "created_at",
            "applied_at",
            "job",
        ]
        given: dict[str, Any] = {name: getattr(batch, name) for name in names}
        author, by = Ref.to(batch.author), Ref.to(batch.applied_by)
        return cls(id=batch.pk, author=author, applied_by=by, **given)

    @classmethod
    def of_all(cls, rows: Iterable[Import]) -> list[Self]:
        return [cls.of(batch) for batch in rows]


class PutRight(Output):
    """What a refused row was found to mean, which may be taken: this text read as another."""

    text: str
    instead: str


class RowOut(Output):
    """One row: what would become of it, or became. `changes` are what, before and after, in words."""

    id: Id
    line: int
    sheet: str
    kind: str
    title: str
    about: str
    outcome: Outcome
    reason: str
    put_right: PutRight | None
    notes: list[str]
    changes: list[list[str]]
    subject_type: str
    subject_id: int | None

    @classmethod
    def of(cls, row: ImportRow) -> Self:
        names = ("line", "sheet", "kind", "title", "about", "outcome", "reason", "notes")
        given: dict[str, Any] = {name: getattr(row, name) for name in names}
        changes = [[str(part) for part in change] for change in row.changes]
        return cls(
            id=row.pk,
            changes=changes,
            put_right=PutRight(**{n: row.fix[n] for n in ("text", "instead")}) if row.fix else None,
            subject_type=row.subject_type,
            subject_id=row.subject_id,
            **given,
        )

    @classmethod
    def of_all(cls, rows: Iterable[ImportRow]) -> list[Self]:
        return [cls.of(row) for row in rows]


class ImportQuery(Filter):
    state: Literal["staged", "applied", "discarded", "undone", "all"] = "all"


class RowQuery(Filter):
    outcome: Literal["", "refused", "updated", "created", "unchanged"] = ""


class Upload(BaseModel):
    """What is said with the file."""

    kind: Kind = ""
    mapping: Mapping = ""


class Columns(Input):
    """Read the file again, as another kind or with other columns."""

    kind: Kind
    mapping: Annotated[
        dict[str, Any] | None, Field(description="A saved mapping; null: as the headings tell.")
    ] = None


class ConfirmedOut(Output):
    """How much of an import was confirmed."""

    confirmed: int


def _import(request: PersonRequest, import_id: int) -> Import:
    batch = selectors.imports_seen(request.person).filter(pk=import_id).first()
    if batch is None:
        raise Http404
    return batch


def _told(request: PersonRequest, import_id: int) -> ImportOut:
    return ImportOut.of(_import(request, import_id))


def _kind(kind: str) -> str:
    known = (*services.KIND_NAMES, services.WORKBOOK)
    if kind and kind not in known:
        raise DomainError(f"An import is of {', '.join(known)}.", "kind")
    return kind


def _mapping(given: Any) -> dict[str, Any] | None:
    """A saved mapping, checked; None where none was sent."""
    if given in (None, "", {}):
        return None
    words = given if isinstance(given, str) else json.dumps(given, default=float)
    try:
        parsed = json.loads(words)
        if not isinstance(parsed, dict):
            raise ValueError
        return services.checked_mapping(parsed)
    except (ValueError, RecursionError, RefusedFile) as error:
        raise DomainError("This is not a saved mapping.", "mapping") from error


@room.listing("/imports", ImportOut)
def list_imports(request: PersonRequest, sent: Query[ImportQuery]) -> Page[ImportOut]:
    """List imports, the newest first.

    Leaders, HR partners and administrators; one with confidential rows its author alone.
    """
    require(request.person, Action.IMPORT)
    rows = selectors.imports_seen(request.person)
    if sent.state != "all":
        rows = rows.filter(state=sent.state)
    return page_of(request, rows, sent, ImportOut.of_all)


@room.creating("/imports", ImportOut, at="imports")
def stage_import(
    request: PersonRequest,
    file: File[UploadedFile],
    sent: Form[Upload],
) -> ImportOut:
    """Upload a table or a strategic plan; nothing but its preview is written.

    Leaders, HR partners and administrators. Look at the rows, then apply it or put it away. A large file is read behind
    the request: `job` says by which job.
    """
    require(request.person, Action.IMPORT)
    if refusal := too_large(file.size or 0):
        raise DomainError(refusal, "file")
    name = (file.name or "").replace("\x00", "")
    try:
        batch = services.begin(
            actor=request.person,
            filename=name,
            data=file.read(),
            kind=_kind(sent.kind),
            mapping=_mapping(sent.mapping),
        )
    except RefusedFile as refused:
        raise DomainError(str(refused), "file") from refused
    return _told(request, batch.pk)


@room.reading("/imports/{import_id}", ImportOut)
def read_import(request: PersonRequest, import_id: Id) -> ImportOut:
    """Read an import and what becomes of its rows, by count."""
    return _told(request, import_id)


@room.listing("/imports/{import_id}/rows", RowOut)
def list_import_rows(request: PersonRequest, import_id: Id, sent: Query[RowQuery]) -> Page[RowOut]:
    """List the rows of an import, refused ones first: the preview, or the result."""
    rows = selectors.rows_of(_import(request, import_id), sent.outcome)
    return page_of(request, rows, sent, RowOut.of_all)


@room.changing("/imports/{import_id}/columns", ImportOut, method="PUT", matched=False)
def set_import_columns(request: PersonRequest, import_id: Id, sent: Columns) -> ImportOut:
    """Say what the rows are and which column says what; the file is read again.

    Leaders, HR partners and administrators.
    """
    batch = _import(request, import_id)
    require(request.person, Action.IMPORT)
    try:
        mapping = _mapping(sent.mapping)
        services.read_again(
            actor=request.person, batch=batch, kind=_kind(sent.kind), mapping=mapping
        )
    except RefusedFile as refused:
        raise DomainError(str(refused), "kind") from refused
    return _told(request, import_id)


@room.changing("/imports/{import_id}/apply", ImportOut, method="POST", matched=False)
def apply_import(request: PersonRequest, import_id: Id) -> ImportOut:
    """Write the rows of an import; each is decided anew against what stands by now.

    Leaders, HR partners and administrators. What it proposes counts once its owner has confirmed it. Many rows are
    written behind the request: `state` stays staged until the `job` is done.
    """
    services.write(actor=request.person, batch=_import(request, import_id))
    return _told(request, import_id)


@room.changing("/imports/{import_id}/undo", ImportOut, method="POST", matched=False)
def undo_import(request: PersonRequest, import_id: Id) -> ImportOut:
    """Take back what an import wrote; what was changed since, or others hang on, stays.

    Leaders, HR partners and administrators. Of many rows behind the request, as they are written.
    """
    services.undo_later(actor=request.person, batch=_import(request, import_id))
    return _told(request, import_id)


@room.changing(
    "/imports/{import_id}/rows/{row_id}/put-right", ImportOut, method="POST", matched=False
)
def put_import_row_right(request: PersonRequest, import_id: Id, row_id: Id) -> ImportOut:
    """Read the text of a refused row as what it was found to mean, here and in every row.

    Leaders, HR partners and administrators.
    """
    batch = _import(request, import_id)
    row = batch.rows.filter(pk=row_id).first()
    if row is None:
        raise Http404
    services.put_right_later(actor=request.person, batch=batch, row=row)
    return _told(request, import_id)


@room.changing("/imports/{import_id}/discard", ImportOut, method="POST", matched=False)
def discard_import(request: PersonRequest, import_id: Id) -> ImportOut:
    """Put an import away unwritten.

    Leaders, HR partners and administrators.
    """
    services.discard(actor=request.person, batch=_import(request, import_id))
    return _told(request, import_id)


@room.changing("/imports/{import_id}/confirm", ConfirmedOut, method="POST", matched=False)
def confirm_import(request: PersonRequest, import_id: Id) -> ConfirmedOut:
    """Confirm everything of an import that is addressed to you."""
    batch = _import(request, import_id)
    return ConfirmedOut(confirmed=services.confirm_mine(actor=request.person, batch=batch))
