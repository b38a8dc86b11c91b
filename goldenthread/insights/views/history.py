"""What happened to a record: who, when, before and after."""

from collections.abc import Iterator
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_GET

from goldenthread.core.access import can
from goldenthread.core.selectors import history_of
from goldenthread.core.spreadsheet import csv_file, moment
from goldenthread.insights.selectors.record_history import KINDS, Kind, lines_in_words
from goldenthread.people.access import PersonRequest, signed_in
from goldenthread.people.models import Person
from goldenthread.permissions import Action

LINES = 25
CHUNK = 500


def _record(request: PersonRequest, kind: str, pk: int) -> tuple[Kind, Any, list[Any]]:
    """The record, its kind, and the parts of it that the reader sees; 404 for anything else."""
    if kind not in KINDS:
        raise Http404
    found = KINDS[kind]
    record = get_object_or_404(found.visible(request.person), pk=pk)
    return found, record, list(found.parts(record, request.person))


@require_GET
@signed_in
def history(request: PersonRequest, kind: str, pk: int) -> HttpResponse:
    """Open to whoever may see the record; anything else is not found."""
    found, record, parts = _record(request, kind, pk)
    page = Paginator(history_of(record, request.person, parts), LINES).get_page(
        request.GET.get("page")
    )
    withheld = isinstance(record, Person) and not can(request.person, Action.SEE_PERSONAL, record)
    context = {
        "record": record,
        "word": found.word,
        "address": reverse(found.page, args=[record.pk]),
        "csv": reverse("history-csv", args=[kind, pk]),
        "page": page,
        "lines": lines_in_words(list(page), parts, request.person),
        "withheld": withheld,
    }
    return render(request, "insights/history.html", context)


@require_GET
@signed_in
def history_csv(request: PersonRequest, kind: str, pk: int) -> HttpResponseBase:
    """The same as a file, whole, a row for each field that changed."""
    _, record, parts = _record(request, kind, pk)
    entries = history_of(record, request.person, parts)

    def rows() -> Iterator[tuple[Any, ...]]:
        for first in range(0, len(entries), CHUNK):
            for line in lines_in_words(list(entries[first : first + CHUNK]), parts, request.person):
                told = (
                    moment(line.at),
                    line.who and line.who.name,
                    line.verb,
                    line.part,
                )
                if not line.changes:
                    yield (*told, "", "", "", line.note)
                for one in line.changes:
                    values = (one.closed, one.closed) if one.closed else (one.before, one.after)
                    yield (*told, one.field, *values, line.note)

    columns = ("when", "who", "what", "part", "field", "before", "after", "note")
    return csv_file(f"history-{kind}-{pk}.csv", columns, rows())
