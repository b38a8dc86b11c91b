"""Reading tables: how they are written is found out, nothing is guessed silently."""

from __future__ import annotations

import contextlib
import csv
import datetime as dt
import io
import string
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goldenthread.interchange.readers.cells import parse_date, parse_decimal
from goldenthread.interchange.readers.limits import Limits, RefusedFile
from goldenthread.interchange.readers.table import DELIMITERS, Table, read_table


def messages(table: Table) -> str:
    return " | ".join(problem.message for problem in table.problems)


@pytest.mark.parametrize(
    ("encoding", "bom", "found"),
    [
        ("utf-8", False, "utf-8"),
        ("utf-8-sig", True, "utf-8"),
        ("utf-16", True, "utf-16-le"),
        ("utf-16-be", False, "utf-16-be"),
        ("utf-16-le", False, "utf-16-le"),
        ("cp1252", False, "cp1252"),
    ],
)
def test_finds_the_encoding(encoding: str, bom: bool, found: str) -> None:
    table = read_table("Name;Einheit\nJürgen;Käse – Süd\n".encode(encoding))
    assert table.rows[0].cells == {"Name": "Jürgen", "Einheit": "Käse – Süd"}
    assert (table.dialect.encoding, table.dialect.bom) == (found, bom)
    assert ("by guess" in messages(table)) == (not bom and encoding != "utf-8")


@pytest.mark.parametrize("delimiter", DELIMITERS)
def test_finds_the_delimiter(delimiter: str) -> None:
    text = f'Name{delimiter}Note\nAda{delimiter}"a, b; c | d\te"\nBen{delimiter}x\n'
    table = read_table(text.encode())
    assert table.dialect.delimiter == delimiter
    assert table.rows[0].cells["Note"] == "a, b; c | d\te"


def test_honours_the_delimiter_a_spreadsheet_declares() -> None:
    table = read_table(b"sep=;\r\nName;Note\r\nAda;1\r\n")
    assert table.headers == ("Name", "Note")
    assert table.rows[0].line == 3


def test_says_which_line_a_row_starts_on() -> None:
    table = read_table(b'a,b\n"one\ntwo",1\n\nthree,2\n')
    assert [row.line for row in table.rows] == [2, 5]


def test_reports_ragged_rows_and_keeps_their_cells() -> None:
    table = read_table(b"a,b,c\n1,2\n1,2,3,4\n1,2,3\n")
    assert table.rows[0].cells == {"a": "1", "b": "2", "c": ""}
    assert table.rows[1].extra == ("4",)
    assert "fewer cells" in messages(table)
    assert "4 cells for 3 columns" in messages(table)


def test_names_columns_that_have_no_or_the_same_name() -> None:
    table = read_table(b"Name,,Name\nA,B,C\n")
    assert table.headers == ("Name", "Column 2", "Name (2)")
    assert "used twice" in messages(table)


def test_leaves_out_what_stands_above_the_column_names() -> None:
    table = read_table(b"Staff list,,\n,,\nName,Unit,Grade\nAda,North,3\nBen,South,4\n")
    assert table.headers == ("Name", "Unit", "Grade")
    assert "Left out above the column names: Staff list" in messages(table)


def test_undoes_the_apostrophe_that_neutralises_formulas() -> None:
    table = read_table(b"a,b\n'=1+1,'tis\n'-5,'+49\n")
    assert [list(row.cells.values()) for row in table.rows] == [["=1+1", "'tis"], ["-5", "+49"]]


def test_a_quotation_mark_that_is_never_closed_is_refused_where_it_opens() -> None:
    with pytest.raises(RefusedFile) as refusal:
        read_table(b'a,b\n1,2\n3,"open\n5,6\n7,8\n')
    assert refusal.value.line == 3


@pytest.mark.parametrize(
    "data", [b"", b"  \n\n", b"\x00\x01\x02binary\x00", b"\x89PNG\r\n\x1a\n\x00"]
)
def test_refuses_what_is_no_table(data: bytes) -> None:
    with pytest.raises(RefusedFile):
        read_table(data)


def test_limits_hold() -> None:
    with pytest.raises(RefusedFile, match="rows"):
        read_table(b"a,b\n" + b"1,2\n" * 20, limits=Limits(rows=10))
    with pytest.raises(RefusedFile, match="cells"):
        read_table(b"a," * 600)


@pytest.mark.parametrize(
    ("cells", "order"),
    [
        (["2026-12-31"], "ymd"),
        (["31/12/2026", "01/02/2026"], "dmy"),
        (["12/31/2026", "01/02/2026"], "mdy"),
        (["1.2.2026"], "dmy"),
        (["01/02/2026"], "ambiguous"),
        (["31/12/2026", "12/31/2026"], "ambiguous"),
        (["soon"], None),
    ],
)
def test_finds_the_order_of_dates_by_evidence(cells: list[str], order: str | None) -> None:
    table = read_table(("when\n" + "\n".join(cells)).encode())
    assert table.dialect.date_order == order
    assert ("Say which" in messages(table)) == (order == "ambiguous")


@pytest.mark.parametrize(
    ("text", "comma"),
    [
        ("n;m\n3,5;a", True),
        ("n,m\n3.5,a", False),
        ("n;m\n1.234,50;a", True),
        ('n,m\n"1,234.50",a', False),
        ('n,m\n"1,234",a', False),
        ("n;m\n1,234;a", True),
        ("n\tm\n1,234\ta", None),
        ("n;m\n3,5;4.5", None),
        ("n;m\n3;4", None),
    ],
)
def test_finds_the_decimal_mark_by_evidence(text: str, comma: bool | None) -> None:
    assert read_table(text.encode()).dialect.decimal_comma is comma


@pytest.mark.parametrize(
    ("text", "order", "date"),
    [
        ("2026-12-31", None, (2026, 12, 31)),
        ("2026-12-31T10:00:00Z", None, (2026, 12, 31)),
        ("31.12.2026", None, (2026, 12, 31)),
        ("3/4/2026", "dmy", (2026, 4, 3)),
        ("3/4/2026", "mdy", (2026, 3, 4)),
        ("31/12/26", None, (2026, 12, 31)),
        ("31 Dec 2026", None, (2026, 12, 31)),
        ("December 31, 2026", None, (2026, 12, 31)),
    ],
)
def test_parses_dates(text: str, order: str | None, date: tuple[int, int, int]) -> None:
    assert parse_date(text, order) == dt.date(*date)


@pytest.mark.parametrize(
    "text", ["3/4/2026", "31.02.2027", "soon", "", "13/13/2026", "2026", "1 x 2026"]
)
def test_refuses_dates_that_are_none_or_unclear(text: str) -> None:
    with pytest.raises(ValueError):
        parse_date(text, "ambiguous")


@pytest.mark.parametrize(
    ("text", "comma", "number"),
    [
        ("1234.5", False, "1234.5"),
        ("1,234.5", False, "1234.5"),
        ("1.234,5", True, "1234.5"),
        ("1.234", True, "1234"),
        ("1.234", False, "1.234"),
        ("1 234,5", True, "1234.5"),
        ("1'234.5", False, "1234.5"),
        ("(12)", False, "-12"),
        ("−3", False, "-3"),
        ("1.2E+3", False, "1200"),
        ("3,5", None, "3.5"),
        ("0.10", False, "0.10"),
    ],
)
def test_parses_numbers_exactly(text: str, comma: bool | None, number: str) -> None:
    parsed = parse_decimal(text, comma)
    assert str(parsed) == number


@pytest.mark.parametrize(
    "text",
    [
        "NaN",
        "inf",
        "-Infinity",
        "1e400",
        "9" * 16,
        "0.0123456789",
        "abc",
        "",
        "1,2,3",
        "--1",
        "1.2.3",
    ],
)
def test_refuses_what_is_no_number_or_too_large(text: str) -> None:
    with pytest.raises(ValueError):
        parse_decimal(text, False)


def test_a_number_that_can_be_read_both_ways_is_refused() -> None:
    with pytest.raises(ValueError, match="Say which"):
        parse_decimal("1,234", None)


@given(st.binary(max_size=400))
def test_arbitrary_bytes_are_read_or_refused(data: bytes) -> None:
    with contextlib.suppress(RefusedFile):
        assert read_table(data).headers


@given(st.text(max_size=60), st.sampled_from([None, "dmy", "mdy", "ymd", "ambiguous"]))
def test_any_cell_is_a_date_or_a_value_error(text: str, order: str | None) -> None:
    with contextlib.suppress(ValueError):
        parse_date(text, order)


@given(
    st.text(alphabet="0123456789.,+-−()eE '%\u00a0", max_size=25),
    st.sampled_from([None, True, False]),
)
def test_any_cell_is_a_finite_number_or_a_value_error(text: str, comma: bool | None) -> None:
    with contextlib.suppress(ValueError):
        assert parse_decimal(text, comma).is_finite()


@given(st.decimals(min_value=-(10**12), max_value=10**12, places=6))
def test_every_plain_number_comes_back_exactly(number: Decimal) -> None:
    assert parse_decimal(str(number) if "E" not in str(number) else f"{number:f}", False) == number


names = st.text(string.ascii_letters, min_size=1, max_size=8)
texts = st.text(
    st.characters(exclude_categories=("Cs", "Cc")) | st.sampled_from('\n\r",;\t|'), max_size=20
).filter(lambda text: not text.startswith("'"))


@given(st.data(), st.sampled_from(DELIMITERS))
def test_what_the_csv_module_writes_is_read_back(data: st.DataObject, delimiter: str) -> None:
    headers = data.draw(st.lists(names, min_size=2, max_size=5, unique=True))
    row = st.lists(texts, min_size=len(headers), max_size=len(headers))
    # A row of blanks is left out by design, and one filled cell alone may be a title line.
    rows = data.draw(
        st.lists(row.filter(lambda cells: any(cell.strip() for cell in cells)), max_size=6)
    )
    written = io.StringIO(newline="")
    csv.writer(written, delimiter=delimiter).writerows([headers, *rows])
    table = read_table(written.getvalue().encode())
    assert table.headers == tuple(headers)
    assert [list(row.cells.values()) for row in table.rows] == rows
