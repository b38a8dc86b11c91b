"""The page on which data is taken out, and its two downloads."""

import tempfile
from typing import IO, cast

from django.contrib import messages
from django.http import FileResponse, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.text import slugify
from django.views.decorators.http import require_GET, require_POST

from goldenthread.core import clock
from goldenthread.core.access import require
from goldenthread.core.errors import DomainError
from goldenthread.interchange.services import exporting
from goldenthread.interchange.writers.tables import TABLES
from goldenthread.interchange.writers.to_read import TO_READ
from goldenthread.people.access import PersonRequest, signed_in
from goldenthread.permissions import Action

IN_MEMORY = 10_000_000


@require_GET
@signed_in
def export(request: PersonRequest) -> HttpResponse:
    """What can be taken out, and what is in it."""
    require(request.person, Action.EXPORT)
    hyphened = {"kpis": "KPIs", "trade_offs": "trade-offs", "check_ins": "check-ins"}
    names = [hyphened.get(table.kind, table.kind.replace("_", " ")) for table in TABLES]
    told = [table.kind.replace("_", " ") for table in TO_READ]
    return render(request, "interchange/export.html", {"names": names, "told": told})


@require_POST
@signed_in
def export_tables(request: PersonRequest) -> HttpResponseBase:
    """Every table, in one file, as this person sees them."""
    file = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115  # the response closes it
    exporting.export_zip(actor=request.person, file=cast("IO[bytes]", file))
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename=_name(request, "zip"))


@require_POST
@signed_in
def export_plan(request: PersonRequest) -> HttpResponseBase:
    """The strategy as StratML."""
    require(request.person, Action.EXPORT)
    try:
        data = exporting.export_plan(actor=request.person)
    except DomainError as refused:
        messages.error(request, str(refused))
        return redirect("export")
    answer = HttpResponse(data, content_type="application/xml; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{_name(request, "xml")}"'
    return answer


def _name(request: PersonRequest, ending: str) -> str:
    name = slugify(request.organisation.name) or "goldenthread"
    return f"{name}-{clock.today().isoformat()}.{ending}"
