"""Excel workbooks: what cells hold, whatever they show; and files that are broken, hostile or too large."""

import contextlib
import datetime as dt
import io
import zipfile
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from goldenthread.interchange.readers.kinds import map_columns
from goldenthread.interchange.readers.limits import LIMITS, RefusedFile
from goldenthread.interchange.readers.rows import read_rows
from goldenthread.interchange.readers.sniff import sniff
from goldenthread.interchange.readers.workbook import read_workbook, text_of
from tests.interchange.importing import workbook


def with_part(data: bytes, name: str, old: bytes, new: bytes) -> bytes:
    """The workbook with something replaced in one of its parts."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old_file, zipfile.ZipFile(out, "w") as new_file:
        for entry in old_file.namelist():
            part = old_file.read(entry)
            new_file.writestr(entry, part.replace(old, new) if entry == name else part)
    return out.getvalue()


SHEET = "xl/worksheets/sheet1.xml"


def test_a_sheet_is_read_as_its_cells_are_not_as_they_look() -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["Name", "E-mail", "FTE", "Start date", "ID"])
    sheet.append(["Kim Ek", "kim@x.example", 0.8, dt.datetime(2026, 4, 3), 1007])
    sheet.append(["Liv Moe", "liv@x.example", 0.5, dt.date(2026, 3, 4)])
    sheet["C2"].number_format, sheet["D2"].number_format = "0 %", "dd/mm/yy"
    out = io.BytesIO()
    book.save(out)
    assert sniff("x", out.getvalue()).kind == "xlsx"
    [found] = read_workbook(out.getvalue())
    reading = read_rows(found.table, map_columns(found.table.headers, "people"))
    first = reading.rows[0].values
    assert (first["start"], str(first["fte"]), first["external_id"]) == (
        dt.date(2026, 4, 3),
        "0.8",
        "1007",
    )
    assert [row.line for row in reading.rows] == [2, 3]
    assert found.table.problems == ()


@pytest.mark.parametrize(
    ("value", "number_format", "text"),
    [
        (0.1 + 0.2, "General", "0.3"),
        (0.07, "0.0%", "7%"),
        (1.234, "General", "1.2340"),  # not grouped thousands, whatever the decimal mark
        (12345.678, "General", "12345.678"),
        (1e21, "General", "1000000000000000000000"),
        (True, "General", "yes"),
        (dt.datetime(2026, 5, 1, 13, 30), "General", "2026-05-01 13:30:00"),
    ],
)
def test_a_value_is_told_exactly(value: Any, number_format: str, text: str) -> None:
    assert text_of(value, number_format) == text


def test_errors_of_the_spreadsheet_refuse_their_row_and_are_named() -> None:
    data = workbook(Kpis=[["KPI", "Target"], ["Seats", "#REF!"], ["Doors", "=1+1"], ["Lamps", 4]])
    [found] = read_workbook(data)
    assert any("B2 (#REF!)" in one.message for one in found.table.problems)
    reading = read_rows(found.table, map_columns(found.table.headers, "kpis"))
    said = [" ".join(one.message for one in row.problems) for row in reading.rows]
    assert "“#REF!” is an error of the spreadsheet" in said[0]
    assert "A formula without a stored value" in said[1]
    assert said[2] == ""


def test_a_formula_gives_the_value_that_was_stored_with_it() -> None:
    data = workbook(Kpis=[["KPI", "Target"], ["Seats", "=40+2"]])
    data = with_part(data, SHEET, b"<f>40+2</f><v></v>", b"<f>40+2</f><v>42</v>")
    data = with_part(data, SHEET, b"<f>40+2</f><v />", b"<f>40+2</f><v>42</v>")
    [found] = read_workbook(data)
    assert found.table.rows[0].cells["Target"] == "42"


def test_hidden_and_empty_sheets_are_not_read() -> None:
    book = Workbook()
    assert book.active is not None
    book.active.append(["Unit"])
    book.active.append(["Works"])
    book.create_sheet("Empty")
    book.create_sheet("Old").append(["Unit"])
    book["Old"].sheet_state = "hidden"
    out = io.BytesIO()
    book.save(out)
    assert [one.name for one in read_workbook(out.getvalue())] == ["Sheet"]


@pytest.mark.parametrize(
    ("limits", "says"),
    [
        ({"rows": 1}, "more than 1 rows"),
        ({"columns": 2}, "at most 2 are read"),
        ({"cells": 5}, "more than"),
        ({"bytes": 100}, "at most 0 MB"),
        ({"xml_depth": 2}, "nested more than 2 deep"),
        ({"cell_characters": 3}, "more than 3 characters"),
        ({"zip_unpacked_bytes": 1000}, "would unpack to"),
        ({"zip_entries": 2}, "at most 2 are read"),
    ],
)
def test_what_is_beyond_a_limit_is_refused(limits: dict[str, int], says: str) -> None:
    data = workbook(Units=[["Unit", "Parent", "ID"], *([f"Unit {n}", "", n] for n in range(20))])
    with pytest.raises(RefusedFile, match=says):
        read_workbook(data, replace(LIMITS, **limits))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'r="2"', b'r="4000000"'),  # a row far down would be millions of empty ones
        (b'r="A2"', b'r="ZZZZZ2"'),
        (b"<sheetData>", b"<sheetData><broken>"),
        (b"<worksheet ", b"<!DOCTYPE x [<!ENTITY a 'b'>]><worksheet "),
    ],
)
def test_hostile_sheets_are_refused(old: bytes, new: bytes) -> None:
    data = with_part(workbook(Units=[["Unit"], ["Works"]]), SHEET, old, new)
    with pytest.raises(RefusedFile):
        read_workbook(data)


@given(st.binary(max_size=200), st.integers(0, 400))
def test_damage_is_refused_or_read_but_never_an_error(junk: bytes, at: int) -> None:
    data = bytearray(workbook(Units=[["Unit"], ["Works"]]))
    data[at : at + len(junk)] = junk
    with contextlib.suppress(RefusedFile):
        read_workbook(bytes(data))
