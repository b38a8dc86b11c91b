"""The pages of imports: the list, a new one, its preview and its result."""

import json
from collections.abc import Iterator
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from goldenthread.core.access import can, require
from goldenthread.core.errors import DomainError
from goldenthread.core.models import Job
from goldenthread.core.spreadsheet import csv_file, moment
from goldenthread.interchange import selectors, services
from goldenthread.interchange.forms import KIND_WORDS, ColumnsForm, FileForm, parts_of
from goldenthread.interchange.models import Import, ImportRow
from goldenthread.interchange.readers.limits import RefusedFile
from goldenthread.interchange.reports import KINDS, dialect
from goldenthread.people.access import PersonRequest, signed_in
from goldenthread.people.views.forms_in_pages import page_with
from goldenthread.permissions import Action

PAGE = 50
MOST_LISTED = 200
BAR = 580
GAP = 2
Outcome = ImportRow.Outcome


@require_GET
@signed_in
def imports(request: PersonRequest) -> HttpResponse:
    """What was brought in, newest first."""
    require(request.person, Action.IMPORT)
    page = Paginator(selectors.imports_seen(request.person), PAGE).get_page(request.GET.get("page"))
    rows = [{"batch": batch, "kind": KIND_WORDS.get(batch.kind, "Not said yet")} for batch in page]
    return render(request, "interchange/imports.html", {"page": page, "rows": rows})


@require_GET
@signed_in
def imports_csv(request: PersonRequest) -> HttpResponseBase:
    """The list of imports as a file."""
    require(request.person, Action.IMPORT)
    names = ("created", "updated", "unchanged", "refused")
    lines = (
        (
            one.pk,
            one.filename,
            one.kind,
            one.author and one.author.name,
            one.get_state_display(),
            moment(one.applied_at or one.created_at),
            *(getattr(one, name) for name in names),
        )
        for one in selectors.imports_seen(request.person)
    )
    return csv_file("imports.csv", ("import", "file", "kind", "by", "state", "at", *names), lines)


@require_GET
@signed_in
def import_rows_csv(request: PersonRequest, pk: int) -> HttpResponseBase:
    """What became of each row, as the page lists them."""
    batch = _import_or_404(request, pk)
    rows = selectors.rows_of(batch, request.GET.get("show", ""))
    lines = (
        (
            row.line,
            KINDS.get(row.kind, row.kind),
            row.title,
            row.about,
            Outcome(row.outcome).label,
            row.reason,
            "\n".join(f"{what}: {before} → {after}" for what, before, after in row.changes),
            "\n".join(row.notes),
        )
        for row in rows.iterator(chunk_size=500)
    )
    columns = ("line", "what", "title", "about", "outcome", "reason", "changes", "notes")
    return csv_file(f"import-{batch.pk}.csv", columns, lines)


@require_http_methods(["GET", "POST"])
@signed_in
def import_new(request: PersonRequest) -> HttpResponse:
    """Drop, choose or paste a file; its preview comes next."""
    require(request.person, Action.IMPORT)
    posted = request.method == "POST"
    initial = {"kind": request.GET.get("kind", "")}
    form = FileForm(request.POST, request.FILES) if posted else FileForm(initial=initial)
    if posted and form.is_valid():
        data = form.cleaned_data
        try:
            batch = services.begin(
                actor=request.person,
                filename=data["name"],
                data=data["data"],
                kind=data["kind"],
                mapping=data["mapping"],
            )
        except RefusedFile as refused:
            form.is_outline = isinstance(refused, services.OutlineInstead)
            kept = "" if form.is_outline else " Nothing of it was kept."
            if not data.get("file"):
                kept = " Nothing was written; your rows are still here."
            form.add_error("file" if data.get("file") else "text", f"{refused}{kept}")
        else:
            return redirect(batch)
    return page_with(request, "interchange/import_new.html", form, {})


def _import_or_404(request: PersonRequest, pk: int) -> Import:
    return get_object_or_404(selectors.imports_seen(request.person), pk=pk)


@require_GET
@signed_in
def import_page(request: PersonRequest, pk: int) -> HttpResponse:
    """The preview of an import that waits, or the result of one that was written."""
    return _page(request, _import_or_404(request, pk))


def _page(request: PersonRequest, batch: Import, form: ColumnsForm | None = None) -> HttpResponse:
    job = services.working_on(batch)
    if job is not None and job.is_active:
        context = {"batch": batch, "job": job, "what": KIND_WORDS.get(batch.kind, "a table")}
        return render(request, "interchange/import_at_work.html", context)
    outcome = request.GET.get("show", "")
    rows = selectors.rows_of(batch, outcome)
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    may_write = batch.is_staged and can(request.person, Action.IMPORT)
    mine = (
        services.waits_for(request.person, batch) if batch.state == Import.State.APPLIED else None
    )
    context = {
        "batch": batch,
        "job": job if job is not None and job.state != Job.State.DONE else None,
        "what": KIND_WORDS.get(batch.kind, "a table"),
        "page": page,
        "rows": [
            {"row": row, "url": selectors.page_of(row), "kind": KINDS.get(row.kind, row.kind)}
            for row in page
        ],
        "views": _views(batch, outcome),
        "bar": _bar(batch),
        "posts": [
            one["posts"]
            for one in batch.detected.get("sheets", [batch.detected])
            if one.get("posts")
        ],
        "tables": _tables(batch, form) if may_write else [],
        "may_write": may_write,
        "may_undo": batch.state == Import.State.APPLIED
        and bool(batch.marks)
        and can(request.person, Action.IMPORT),
        "stays": selectors.what_stayed(batch.undone.get("stays", [])[:MOST_LISTED], request.person),
        "mine": mine,
        "earlier": selectors.earlier_of(batch) if batch.is_staged else None,
        "several_kinds": batch.kind in {"stratml", services.WORKBOOK},
    }
    status = 422 if form is not None and form.is_bound else 200
    return render(request, "interchange/import.html", context, status=status)


def _tables(batch: Import, tried: ColumnsForm | None) -> list[dict[str, Any]]:
    """How each table of the file is read, with the form that changes it."""
    found = []
    for part in parts_of(batch):
        form = tried if tried and tried.part.sheet == part.sheet else ColumnsForm(part=part)
        found.append({"part": part, "form": form, "dialect": dialect(part.detected)})
    return found


def _views(batch: Import, outcome: str) -> list[dict[str, Any]]:
    shown = [("", "All", batch.total)]
    shown += [(one.value, str(one.label), getattr(batch, one.value)) for one in selectors.FIRST]
    return [
        {
            "title": title,
            "url": f"?show={name}#rows" if name else "?#rows",
            "here": name == outcome,
            "count": count,
        }
        for name, title, count in shown
        if count or not name
    ]


def _bar(batch: Import) -> list[dict[str, Any]]:
    """The shares of the outcomes as rectangles on one line, none so thin that it is not seen."""
    counts = [(one.value, getattr(batch, one.value)) for one in selectors.FIRST]
    counts = [(name, count) for name, count in counts if count]
    room = BAR - GAP * (len(counts) - 1) - 6 * len(counts)
    found, x = [], 0.0
    for name, count in counts:
        width = 6 + room * count / batch.total
        found.append({"name": name, "x": round(x, 1), "width": round(width, 1)})
        x += width + GAP
    return found


@require_POST
@signed_in
def import_columns(request: PersonRequest, pk: int) -> HttpResponse:
    """Read the file again with the columns as chosen."""
    batch = _import_or_404(request, pk)
    require(request.person, Action.IMPORT)
    sheet = request.POST.get("sheet")
    part = next((one for one in parts_of(batch) if one.sheet == sheet), None)
    if part is None:
        raise Http404
    form = ColumnsForm(request.POST, part=part)
    if form.is_valid():
        try:
            kind = form.cleaned_data["kind"]
            mapping = form.mapping() if batch.kind else None
            if sheet is not None:
                kind = services.WORKBOOK
                mapping = {"sheets": batch.mapping["sheets"] | {sheet: form.mapping()}}
            services.read_again(actor=request.person, batch=batch, kind=kind, mapping=mapping)
        except (DomainError, RefusedFile) as error:
            form.add_error(None, str(error))
        else:
            return redirect(batch)
    return _page(request, batch, form)


@require_GET
@signed_in
def import_mapping(request: PersonRequest, pk: int) -> HttpResponse:
    """The mapping as a file, for the next import of such a table."""
    batch = _import_or_404(request, pk)
    words = json.dumps(batch.mapping, indent=2, ensure_ascii=False) + "\n"
    name = f"{batch.kind or 'import'}-mapping.json"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(words, content_type="application/json; charset=utf-8", headers=headers)


@require_GET
@signed_in
def import_refused(request: PersonRequest, pk: int) -> HttpResponseBase:
    """The refused rows as they stand in the file, each with its reason, to be put right and imported again."""
    batch = _import_or_404(request, pk)
    refused = batch.rows.filter(outcome=Outcome.REFUSED).order_by("line", "pk")
    columns = list(batch.detected.get("headers", []))
    if not columns:
        found = dict.fromkeys(name for row in refused for name in row.payload.get("cells", {}))
        columns = list(found)

    def lines() -> Iterator[list[Any]]:
        told = set[tuple[str, int]]()  # a row of posts is refused once for each of them
        for row in refused.iterator(chunk_size=500):
            if (row.sheet, row.line) in told:
                continue
            told.add((row.sheet, row.line))
            cells = row.payload.get("cells", {})
            yield [*(cells.get(name, "") for name in columns), row.line, row.reason]

    return csv_file(
        f"refused-{batch.pk}.csv", [*columns, "Line refused", "Reason refused"], lines()
    )


@require_POST
@signed_in
def import_apply(request: PersonRequest, pk: int) -> HttpResponse:
    batch = _import_or_404(request, pk)
    services.write(actor=request.person, batch=batch)
    if not batch.is_staged:
        rows = "row is" if batch.writes == 1 else "rows are"
        messages.success(request, f"{batch.writes} {rows} written.")
    return redirect(batch)


@require_http_methods(["GET", "POST"])
@signed_in
def import_undo(request: PersonRequest, pk: int) -> HttpResponse:
    """What taking an import back would do; sent, it is taken back."""
    batch = _import_or_404(request, pk)
    require(request.person, Action.IMPORT)
    if request.method == "POST":
        services.undo_later(actor=request.person, batch=batch)
        if batch.state == Import.State.UNDONE:
            messages.success(request, f"“{batch}” is taken back.")
        return redirect(batch)
    services.require_applied(request.person, batch)
    plan = services.what_undoing_does(batch, request.person)
    context = {
        "batch": batch,
        "plan": plan,
        "counts": plan.counts(),
        "stays": selectors.what_stayed(plan.told()[:MOST_LISTED], request.person),
        "more": max(0, len(plan.stays) - MOST_LISTED),
    }
    return render(request, "interchange/import_undo.html", context)


@require_POST
@signed_in
def import_discard(request: PersonRequest, pk: int) -> HttpResponse:
    batch = _import_or_404(request, pk)
    services.discard(actor=request.person, batch=batch)
    messages.success(request, f"“{batch}” was put away. Nothing of it was written.")
    return redirect("imports")


@require_POST
@signed_in
def import_fix(request: PersonRequest, pk: int, row: int) -> HttpResponse:
    """Take what a refused row was found to mean."""
    batch = _import_or_404(request, pk)
    refused = get_object_or_404(batch.rows, pk=row)
    services.put_right_later(actor=request.person, batch=batch, row=refused)
    messages.success(request, f"“{refused.fix['text']}” is read as “{refused.fix['instead']}”.")
    return redirect(batch)


@require_POST
@signed_in
def import_confirm(request: PersonRequest, pk: int) -> HttpResponse:
    """Take on everything of the import that is addressed to this reader."""
    batch = _import_or_404(request, pk)
    count = services.confirm_mine(actor=request.person, batch=batch)
    things = "thing is" if count == 1 else "things are"
    messages.success(
        request, f"{count} {things} confirmed and count{'s' if count == 1 else ''} from now on."
    )
    return redirect(batch)
