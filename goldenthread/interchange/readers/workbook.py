"""Excel workbooks: each sheet as a table of texts, as a person would have typed them.

What a cell shows is not read, what it holds is: a date is a date however it is formatted, 12 % is 12 %. Formulas
give the value that was stored with them; nothing is calculated here.
"""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

import openpyxl
from openpyxl.styles.numbers import is_timedelta_format

from goldenthread.interchange.readers.cells import UNCALCULATED
from goldenthread.interchange.readers.limits import LIMITS, Limits, RefusedFile, check_zip
from goldenthread.interchange.readers.table import Table, TableProblem, table_of

WRITTEN = "xlsx"
MOST_NAMED = 20
_FORMULA = re.compile(rb"<(?:\w+:)?f[\s>/]")
_Line = tuple[int, list[str]]


@dataclass(frozen=True)
class Sheet:
    """One sheet with something in it."""

    name: str
    table: Table


def read_workbook(data: bytes, limits: Limits = LIMITS) -> list[Sheet]:
    """The visible sheets that hold a table, in their order.

    Missing cells are "". A formula without a stored value reads as an error, like the spreadsheet's own ("#REF!").
    Raises RefusedFile for what is damaged, protected or beyond the limits.
    """
    # A sheet is one part with an element or two a cell: far more of them than a document has.
    wide = replace(limits, xml_elements=limits.cells * 3, xml_part_bytes=limits.zip_unpacked_bytes)
    check_zip(data, wide)
    try:
        found = list(_sheets(data, limits))
    except RefusedFile:
        raise
    except Exception as error:  # a crafted workbook can make openpyxl raise almost anything
        raise RefusedFile(
            "The workbook is damaged: it cannot be read. Open it in the program that made it, save it again and "
            "choose the new file."
        ) from error
    if not found:
        raise RefusedFile("No sheet has rows. The first row of a sheet must hold the column names.")
    return found


def _sheets(data: bytes, limits: Limits) -> Iterator[Sheet]:
    book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
    formulas = None
    if _has_formulas(data):
        formulas = openpyxl.load_workbook(io.BytesIO(data), read_only=True)
    left = limits.cells
    for sheet in book.worksheets:
        if sheet.sheet_state != "visible":
            continue
        told = formulas[sheet.title] if formulas is not None else None
        problems: list[TableProblem] = []
        lines, typed = _lines(sheet, told, problems, replace(limits, cells=left))
        left -= sum(len(cells) for _, cells in lines)
        if not lines:
            continue
        table = table_of(lines, WRITTEN, bom=False, delimiter="", problems=problems, typed=typed)
        yield Sheet(sheet.title, table)


def _has_formulas(data: bytes) -> bool:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return any(
            _FORMULA.search(archive.read(name))
            for name in archive.namelist()
            if name.startswith("xl/worksheets/")
        )


def _lines(
    sheet: Any, formulas: Any, problems: list[TableProblem], limits: Limits
) -> tuple[list[_Line], set[tuple[int, int]]]:
    """The rows with something in them, and which cells (line, place) hold a number or a date, not a text."""
    sheet.reset_dimensions()  # what a file says of its own size is often wrong
    if formulas is not None:
        formulas.reset_dimensions()
    told = formulas.iter_rows() if formulas is not None else None
    lines: list[_Line] = []
    typed: set[tuple[int, int]] = set()
    wrong: list[str] = []
    cells_seen = 0
    for number, row in enumerate(sheet.iter_rows(), start=1):
        written = next(told) if told is not None else ()
        if number > limits.rows * 5 or len(lines) > limits.rows + 2:
            raise RefusedFile(
                f"The sheet “{sheet.title}” has more than {limits.rows:,} rows. Split it.", number
            )
        cells = []
        for place, cell in enumerate(row):
            value = cell.value
            if (
                value is None
                and place < len(written)
                and isinstance(written[place].value, str)
                and written[place].value.startswith("=")
            ):
                value = UNCALCULATED
            if value is None:
                cells.append("")
                continue
            text = text_of(value, cell.number_format)
            if cell.data_type == "e" or value == UNCALCULATED:
                wrong.append(f"{cell.coordinate} ({text})")
            elif not isinstance(value, str):
                typed.add((number, place))
            cells.append(text)
        while cells and not cells[-1].strip():
            cells.pop()
        if not cells:
            continue
        if len(cells) > limits.columns:
            raise RefusedFile(
                f"The row has {len(cells):,} cells in the sheet “{sheet.title}”; at most {limits.columns} are "
                "read. Delete the columns that are not needed.",
                number,
            )
        cells_seen += len(cells)
        if cells_seen > limits.cells:
            raise RefusedFile(
                f"The workbook has more than {LIMITS.cells:,} cells. Split it.", number
            )
        if any(len(text) > limits.cell_characters for text in cells):
            raise RefusedFile(
                f"A cell of the sheet “{sheet.title}” has more than {limits.cell_characters:,} characters.",
                number,
            )
        lines.append((number, cells))
    if wrong:
        shown = ", ".join(wrong[:MOST_NAMED]) + (" …" if len(wrong) > MOST_NAMED else "")
        problems.append(
            TableProblem(
                f"{len(wrong)} cell{'s hold' if len(wrong) > 1 else ' holds'} an error of the spreadsheet: {shown}. "
                "Rows that need one of them are refused."
            )
        )
    return lines, typed


def text_of(value: Any, number_format: str | None = None) -> str:
    """A cell's value as text that the rest of the reading takes for exactly this value.

    Numbers have the 15 digits that a spreadsheet keeps; one formatted in percent reads as percent.
    """
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        return _number(value, percent="%" in (number_format or ""))
    if isinstance(value, dt.datetime):
        whole = value.time() == dt.time()
        return value.date().isoformat() if whole else value.isoformat(" ", "seconds")
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, dt.timedelta) or is_timedelta_format(number_format or ""):
        return str(value)
    return str(value)


def _number(value: float, *, percent: bool) -> str:
    exact = Decimal(format(value, ".15g"))
    if percent:
        exact *= 100
    text = format(exact, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
        whole, _, fraction = text.partition(".")
        if len(fraction) == 3 and len(whole.lstrip("-")) <= 3:
            text += "0"  # else 1.234 could be taken for grouped thousands
    return f"{text}%" if percent else text
