"""Lists as CSV files, safe to open in a spreadsheet."""

import csv
import datetime as dt
import re
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import Any

from django.http import StreamingHttpResponse

# What a spreadsheet would execute, whether or not an apostrophe keeps it from that already.
EXECUTED = re.compile(r"'*[=+\-@\t\r]")


class _Echo:
    def write(self, line: str) -> str:
        return line


def cell(value: Any) -> str:
    """A value as text: missing is empty; a text that a spreadsheet would execute begins with an apostrophe more."""
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    if isinstance(value, dt.date):
        return value.isoformat()
    return guarded(value) if isinstance(value, str) else str(value)


def moment(at: dt.datetime | None) -> str:
    """A moment to the minute, as a spreadsheet reads it; empty where there is none."""
    return f"{at:%Y-%m-%d %H:%M}" if at else ""


def guarded(text: str) -> str:
    """The text with an apostrophe before it where a spreadsheet would execute it; `unguarded` takes it away again."""
    return f"'{text}" if EXECUTED.match(text) else text


def unguarded(cell: str) -> str:
    """The text that `guarded` was given; what nothing guards is left as it is."""
    return cell[1:] if cell.startswith("'") and EXECUTED.match(cell) else cell


def csv_file(
    name: str, headings: Sequence[str], rows: Iterable[Sequence[Any]]
) -> StreamingHttpResponse:
    """A download of the rows, in UTF-8 with the mark that spreadsheets know it by; rows are not held in memory."""

    def lines() -> Iterator[str]:
        writer = csv.writer(_Echo())
        yield "\ufeff"
        yield writer.writerow(headings)
        for row in rows:
            yield writer.writerow([cell(value) for value in row])

    return StreamingHttpResponse(
        lines(),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
