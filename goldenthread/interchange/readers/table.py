"""Tables as text (CSV and its relatives): detecting how they are written, reading them exactly."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

import charset_normalizer

from goldenthread.core.spreadsheet import unguarded
from goldenthread.interchange.readers.cells import (
    DateOrder,
    NumberedCell,
    detect_date_order,
    detect_decimal_comma,
)
from goldenthread.interchange.readers.limits import LIMITS, Limits, RefusedFile, check_size

_Record = tuple[int, list[str]]
DELIMITERS = (",", ";", "\t", "|")


@dataclass(frozen=True)
class Dialect:
    """How a table is written, as found; each part can be overruled when reading."""

    encoding: str
    bom: bool
    delimiter: str
    #: None: no dates seen. "ambiguous": day and month could be either way round.
    date_order: DateOrder | None
    #: None: nothing seen that tells a decimal comma from a decimal point.
    decimal_comma: bool | None


@dataclass(frozen=True)
class TableProblem:
    """Something the reader saw and the user should know; ``line`` is None for the whole file."""

    message: str
    line: int | None = None


@dataclass(frozen=True)
class TableRow:
    """One row: the line it starts on in the file, its cells by header, and cells beyond them."""

    line: int
    cells: dict[str, str]
    extra: tuple[str, ...] = ()


@dataclass(frozen=True)
class Table:
    """A table read from a file."""

    headers: tuple[str, ...]
    rows: tuple[TableRow, ...]
    dialect: Dialect
    problems: tuple[TableProblem, ...]


def read_table(
    data: bytes,
    *,
    encoding: str | None = None,
    delimiter: str | None = None,
    limits: Limits = LIMITS,
) -> Table:
    """The table in ``data``; encoding and delimiter are detected unless given.

    Missing cells are "". Raises RefusedFile for what is empty, too large, binary or ends inside
    a quoted cell.
    """
    check_size(data, limits)
    problems: list[TableProblem] = []
    text, found_encoding, bom = _decode(data, encoding, problems)
    if delimiter is not None and len(delimiter) != 1:
        raise RefusedFile("The delimiter must be one character, such as a comma or a semicolon.")
    lines = text.count("\n") + text.count("\r")
    if lines > limits.rows * 5:
        raise RefusedFile(
            f"There are {lines:,} lines, far more than a table needs. Split the file."
        )
    lines_before = 0
    declared = re.match(r"sep=(.)\r?\n", text)
    if declared:  # Excel's own way to name the delimiter
        delimiter = delimiter or declared.group(1)
        text = text[declared.end() :]
        lines_before = 1
    delimiter = delimiter or _detect_delimiter(text)
    records = _records(text, delimiter, lines_before, problems, limits)
    return table_of(records, found_encoding, bom=bom, delimiter=delimiter, problems=problems)


def table_of(
    records: list[_Record],
    encoding: str,
    *,
    bom: bool,
    delimiter: str,
    problems: list[TableProblem],
    typed: Collection[tuple[int, int]] = (),
) -> Table:
    """The table in the records, each with its line. `typed` are the cells (line, place) that were no text: they say
    nothing about how dates and numbers are written."""
    records = _without_preamble(records, problems)
    if not records:
        raise RefusedFile("The file has no rows. The first row must hold the column names.")
    headers = _headers(records[0], problems)
    rows = _rows(records[1:], headers, problems, is_text=bool(delimiter))

    def note(message: str, line: int) -> None:
        problems.append(TableProblem(message, line))

    date_order = detect_date_order(_numbered(rows, typed), note)
    decimal_comma = detect_decimal_comma(_numbered(rows, typed), delimiter, note)
    dialect = Dialect(encoding, bom, delimiter, date_order, decimal_comma)
    return Table(headers, tuple(rows), dialect, tuple(problems))


def _numbered(
    rows: Iterable[TableRow], typed: Collection[tuple[int, int]]
) -> Iterator[NumberedCell]:
    for row in rows:
        for place, cell in enumerate(row.cells.values()):
            if not typed or (row.line, place) not in typed:
                yield row.line, cell


def decode_text(data: bytes, encoding: str | None = None) -> str:
    """The text in ``data`` by the same rules as a table's (BOM, UTF-8, UTF-16, then a guess)."""
    return _decode(data, encoding, [])[0]


_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


def _decode(
    data: bytes, encoding: str | None, problems: list[TableProblem]
) -> tuple[str, str, bool]:
    """Text, encoding and whether it had a byte order mark."""
    bom = False
    for mark, name in _BOMS:
        if data.startswith(mark):
            data, bom, encoding = data[len(mark) :], True, encoding or name
            break
    guessed = False
    if encoding is None:
        encoding, guessed = _guess_encoding(data)
    try:
        text = data.decode(encoding)
    except LookupError as error:
        raise RefusedFile(f"The encoding {encoding!r} is not known. Try UTF-8.") from error
    except UnicodeError as error:
        raise RefusedFile(
            f"The file is not text in {encoding}. Save it as CSV in UTF-8 and choose it again."
        ) from error
    binary = re.search(r"[\x00-\x08\x0e-\x1f]", text)
    if binary:
        raise RefusedFile(
            "This is not a text file: it holds control characters. Save the table as CSV (UTF-8).",
            text.count("\n", 0, binary.start()) + 1,
        )
    if guessed:
        problems.append(
            TableProblem(f"Read as {encoding} by guess: check letters with accents in the preview.")
        )
    lost = text.count("\ufffd")
    if lost:
        problems.append(
            TableProblem(
                f"{lost} characters were already lost in the file (shown as \ufffd): they cannot "
                "be brought back here.",
                text.count("\n", 0, text.index("\ufffd")) + 1,
            )
        )
    return text, encoding, bom


def _guess_encoding(data: bytes) -> tuple[str, bool]:
    """An encoding for text without a byte order mark, and whether it is only a guess."""
    sample = data[:4_000]
    if b"\x00" in sample:
        # Latin letters in UTF-16 have every other byte zero.
        even, odd = sample[0::2].count(0), sample[1::2].count(0)
        if max(even, odd) < 0.4 * len(sample) / 2:
            raise RefusedFile("This is not a text file. Save the table as CSV (UTF-8).")
        return ("utf-16-le" if odd >= even else "utf-16-be"), True
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        pass
    else:
        return "utf-8", False
    try:
        data.decode("cp1252")
        western = True
    except UnicodeDecodeError:
        western = False
    # Only the bytes above ASCII tell; a few of them are too few to outvote Western Europe.
    telling = sum(byte > 0x7F for byte in data)
    if western and telling < 20:
        return "cp1252", True
    best = charset_normalizer.from_bytes(
        data[:100_000],
        cp_isolation=["cp1252", "cp1250", "cp1251", "cp1253", "cp1254", "shift_jis", "gb18030"],
    ).best()
    if best is not None:
        try:
            data.decode(best.encoding)
        except UnicodeDecodeError:
            pass
        else:
            return best.encoding, True
    return ("cp1252" if western else "latin-1"), True


def _detect_delimiter(text: str) -> str:
    """The delimiter that splits the first rows most evenly, the header above all."""
    sample = text[:50_000]
    best, best_score = ",", (0.0, 0)
    for candidate in DELIMITERS:
        try:
            parsed = list(csv.reader(io.StringIO(sample, newline=""), delimiter=candidate))
        except csv.Error:
            continue
        widths = Counter(len(row) for row in parsed[:100] if any(cell.strip() for cell in row))
        if not widths:
            continue
        width, evenly = max(widths.items(), key=lambda item: (item[0] > 1, item[1], item[0]))
        if width < 2:
            continue
        first = next((row for row in parsed if any(cell.strip() for cell in row)), [])
        score = (evenly / widths.total() + (len(first) == width), width)
        if score > best_score:
            best, best_score = candidate, score
    return best


def _records(
    text: str,
    delimiter: str,
    lines_before: int,
    problems: list[TableProblem],
    limits: Limits,
) -> list[_Record]:
    """Every row that has something in it, with the line it starts on."""
    sentinel = "end-of-table"
    reader = csv.reader(io.StringIO(f"{text}\r\n{sentinel}", newline=""), delimiter=delimiter)
    records: list[_Record] = []
    start, empty, cells_seen = 1 + lines_before, 0, 0
    row: list[str] = []
    row_start = start
    try:
        for row in reader:
            row_start = start
            start = reader.line_num + lines_before + 1
            if any(cell.strip() for cell in row):
                records.append((row_start, row))
            elif row:
                empty += 1
            if len(records) > limits.rows + 2:
                raise RefusedFile(
                    f"There are more than {limits.rows:,} rows. Split the file.", row_start
                )
            cells_seen += len(row)
            if cells_seen > limits.cells:
                raise RefusedFile(
                    f"There are more than {limits.cells:,} cells. Split the file.", row_start
                )
            if len(row) > limits.columns:
                raise RefusedFile(
                    f"The row has {len(row)} cells; at most {limits.columns} are read. "
                    "Is the delimiter right?",
                    row_start,
                )
    except csv.Error as error:
        raise RefusedFile(
            f"The row cannot be read ({error}). Check the quotation marks there.", start
        ) from error
    if records and records[-1][1] == [sentinel]:
        records.pop()
    else:
        raise RefusedFile(
            'A quotation mark (") opens a cell here and is never closed, so the rest of the file '
            "would end up in one cell. Close it, or double it if it belongs to the text.",
            row_start,
        )
    for line, cells in records:
        if any(len(cell) > limits.cell_characters for cell in cells):
            raise RefusedFile(
                f"A cell has more than {limits.cell_characters:,} characters. "
                "Is a quotation mark missing?",
                line,
            )
    if empty:
        problems.append(TableProblem(f"{empty} rows without any text were left out."))
    _report_stray_quotes(text, delimiter, lines_before, problems)
    return records


def _report_stray_quotes(
    text: str, delimiter: str, lines_before: int, problems: list[TableProblem]
) -> None:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        for _ in reader:
            pass
    except csv.Error:
        problems.append(
            TableProblem(
                "A quoted cell goes on after its closing quotation mark; it was read as one text. "
                "Check this row in the preview.",
                reader.line_num + lines_before,
            )
        )


def _without_preamble(records: list[_Record], problems: list[TableProblem]) -> list[_Record]:
    """Leave out title lines that some programs write above the column names."""
    widths = Counter(sum(1 for cell in row if cell.strip()) for _, row in records[:100])
    if not widths or widths.most_common(1)[0][0] < 3:
        return records
    for index, (_, row) in enumerate(records[:10]):
        if sum(1 for cell in row if cell.strip()) > 1:
            for line, before in records[:index]:
                text = " ".join(cell.strip() for cell in before if cell.strip())
                problems.append(TableProblem(f"Left out above the column names: {text}", line))
            return records[index:]
    return records


def _headers(record: _Record, problems: list[TableProblem]) -> tuple[str, ...]:
    line, cells = record
    names: list[str] = []
    for position, cell in enumerate(cells, start=1):
        name = " ".join(cell.split())
        if not name:
            name = f"Column {position}"
            problems.append(TableProblem(f"Column {position} has no name.", line))
        unique, count = name, 1
        while unique in names:
            count += 1
            unique = f"{name} ({count})"
        if unique != name:
            problems.append(
                TableProblem(f"The column name “{name}” is used twice; now “{unique}”.", line)
            )
        names.append(unique)
    return tuple(names)


def _rows(
    records: Iterable[_Record],
    headers: Sequence[str],
    problems: list[TableProblem],
    *,
    is_text: bool,
) -> list[TableRow]:
    rows: list[TableRow] = []
    short: list[int] = []
    for line, cells in records:
        values = [unguarded(cell) for cell in cells]
        extra = tuple(values[len(headers) :])
        while extra and not extra[-1].strip():
            extra = extra[:-1]
        if extra:
            problems.append(
                TableProblem(
                    f"The row has {len(cells)} cells for {len(headers)} columns. Is a text with "
                    "the delimiter in it missing its quotation marks?",
                    line,
                )
            )
        if len(values) < len(headers):
            short.append(line)
            values += [""] * (len(headers) - len(values))
        rows.append(TableRow(line, dict(zip(headers, values, strict=False)), extra))
    if short and is_text:  # a sheet has no cells where nothing is written
        shown = ", ".join(str(line) for line in short[:5]) + (" …" if len(short) > 5 else "")
        problems.append(
            TableProblem(
                f"{len(short)} rows have fewer cells than columns (lines {shown}); the missing "
                "ones are read as empty.",
                short[0],
            )
        )
    return rows
