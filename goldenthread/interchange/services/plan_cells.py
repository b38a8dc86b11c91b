"""What a plan holds several of, as lines of one cell: "x12|welding|0.5"."""

import csv
import io
from collections.abc import Iterable, Sequence
from decimal import Decimal

from goldenthread.core import audit
from goldenthread.core.errors import DomainError
from goldenthread.interchange.services.decision_cells import BETWEEN
from goldenthread.ui.locale import parse_number


def write_lines(rows: Iterable[Sequence[object]]) -> str:
    """A line each, quoted as in CSV where a part holds the sign between them."""
    out = io.StringIO()
    csv.writer(out, delimiter=BETWEEN, lineterminator="\n").writerows(
        [audit.plain(part) for part in row] for row in rows
    )
    return out.getvalue().rstrip("\n")


def read_lines(text: str, parts: int, field: str) -> list[list[str]]:
    """The lines of a cell, each of so many parts. Raises `DomainError`."""
    try:
        lines = list(csv.reader(io.StringIO(text, newline=""), delimiter=BETWEEN, strict=True))
    except csv.Error:
        lines = [[]]
    found = [[part.strip() for part in line] for line in lines if any(map(str.strip, line))]
    if any(len(line) != parts for line in found) or ([] in lines and text.strip()):
        raise DomainError(f"Write {parts} parts a line, with “{BETWEEN}” between them.", field)
    return found


def number_in(text: str, field: str) -> Decimal:
    """A part that is a number, with its sign. Raises `DomainError`."""
    number = parse_number(text)
    if number is None:
        raise DomainError(f"“{text}” is no number.", field)
    return number
