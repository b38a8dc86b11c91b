"""Rows of a table turned into typed values of a kind, each with its own problems."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from dataclasses import dataclass, replace
from decimal import Decimal

from goldenthread.interchange.readers.cells import (
    DateOrder,
    parse_date,
    parse_decimal,
    refuse_error,
)
from goldenthread.interchange.readers.kinds import KINDS, Field, Kind, Mapping, normalise
from goldenthread.interchange.readers.limits import LIMITS, RefusedFile
from goldenthread.interchange.readers.table import Table, TableRow

Value = str | Decimal | dt.date | bool | None

EMAIL = re.compile(r"[^\s@<>,;:\"()\[\]]+@[^\s@<>,;:\"()\[\]]+\.[^\s@<>,;:\"()\[\].]{2,}")
_YES = {"yes", "y", "true", "1", "x", "ja", "oui", "critical", "confidential"}
_NO = {"no", "n", "false", "0", "nein", "non", "-"}
HEADS = "The file counts full-time equivalents, not heads"


@dataclass(frozen=True)
class RowProblem:
    """Why a row cannot be imported as it stands; ``field`` is "" when it concerns the whole row."""

    field: str
    message: str


@dataclass(frozen=True)
class ReadRow:
    """One row by fields. An empty cell is None; a field without a column is absent.

    A row with ``problems`` is refused; ``notes`` say what was read otherwise than written.
    """

    line: int
    values: dict[str, Value]
    problems: tuple[RowProblem, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class LeftOut:
    """A row that the mapping says is not to be imported, and why."""

    line: int
    reason: str
    values: dict[str, Value]


@dataclass(frozen=True)
class Reading:
    """All rows of a table as one kind; ``unused`` are the columns that nothing was read from.

    ``posts`` says what the rows were split into, "" where each row is one thing.
    """

    kind: str
    rows: tuple[ReadRow, ...]
    left_out: tuple[LeftOut, ...]
    unused: tuple[str, ...]
    posts: str = ""


def read_rows(table: Table, mapping: Mapping) -> Reading:
    """Every row of ``table`` by ``mapping``, with its problems; nothing is looked up elsewhere.

    Raises RefusedFile when the mapping does not fit the table.
    """
    kind = KINDS[mapping.kind]
    absent = [column for column in mapping.used() if column not in table.headers]
    if absent:
        raise RefusedFile(
            f"The mapping uses columns that the file does not have: {', '.join(absent)}. "
            f"The file has: {', '.join(table.headers)}."
        )
    if missing := mapping.missing():
        raise RefusedFile(
            f"No column gives {', '.join(missing)}, which {kind.name.replace('_', ' ')} need. "
            "Choose the column for it."
        )
    order = mapping.date_order or table.dialect.date_order
    comma = (
        mapping.decimal_comma if mapping.decimal_comma is not None else table.dialect.decimal_comma
    )
    rows: list[ReadRow] = []
    left_out: list[LeftOut] = []
    for row in table.rows:
        read = _read_row(row, kind, mapping, order, comma)
        reason = _reason_to_leave_out(row, mapping)
        if reason:
            left_out.append(LeftOut(row.line, reason, read.values))
        else:
            rows.append(read)
    rows = _without_repeats(rows, left_out) if mapping.distinct else rows
    rows = _bridge_vacancies(rows, left_out) if kind.name == "people" else rows
    rows, posts = _split(rows, table, mapping) if mapping.posts else (rows, "")
    rows = _refuse_repeated_keys(rows, kind)
    return Reading(kind.name, tuple(rows), tuple(left_out), mapping.unmapped(table.headers), posts)


def _read_row(
    row: TableRow,
    kind: Kind,
    mapping: Mapping,
    order: DateOrder | None,
    comma: bool | None,
) -> ReadRow:
    texts = {name: _text(row, name, mapping) for name in mapping.columns}
    problems: list[RowProblem] = []
    notes: list[str] = []
    for name in mapping.fallback:
        parts = mapping.fallback_parts(name)
        stand_in = " ".join(text for part in parts if (text := texts.get(part)))
        if not texts.get(name) and stand_in:
            if name in texts:
                notes.append(f"{name} is not given; {' and '.join(parts)} stands for it.")
            texts[name] = stand_in
    values: dict[str, Value] = {}
    for name, text in texts.items():
        try:
            if name == "fte" and mapping.posts:
                values[name] = _number_of_posts(text, comma)
            else:
                values[name] = read_value(kind.field(name), text, order, comma)
        except ValueError as error:
            values[name] = None
            problems.append(
                RowProblem(name, f"{error} Column “{mapping.columns.get(name, name)}”.")
            )
    problems += [
        RowProblem(each.name, f"{each.name} is empty.")
        for each in kind.fields
        if each.required and not texts.get(each.name)
    ]
    if row.extra:
        problems.append(
            RowProblem(
                "", f"The row has {len(row.extra)} cells too many, so columns may be shifted."
            )
        )
    return ReadRow(row.line, values, tuple(problems), tuple(notes))


def _text(row: TableRow, name: str, mapping: Mapping) -> str:
    text = row.cells[mapping.columns[name]].strip()
    return mapping.values.get(name, {}).get(text, text)


def read_value(
    field: Field, text: str, order: DateOrder | None = None, comma: bool | None = None
) -> Value:
    """One cell as the type of its field; None when empty. Raises ValueError in words."""
    if not text:
        return None
    refuse_error(text)
    match field.type:
        case "date":
            return parse_date(text, order)
        case "decimal":
            return _decimal(text, comma)
        case "fte":  # of a person
            return _fte(text, comma)
        case "boolean":
            word = text.casefold()
            if word in _YES or word in _NO:
                return word in _YES
            raise ValueError(f"“{text}” is neither yes nor no.")
        case "choice":
            choice = field.choices.get(normalise(text))
            if choice is None:
                known = ", ".join(dict.fromkeys(field.choices.values()))
                raise ValueError(f"“{text}” is not one of {known}.")
            return choice
        case "email":
            address = text.removeprefix("mailto:").strip("<> ")
            if not EMAIL.fullmatch(address):
                raise ValueError(f"“{text}” is not an e-mail address.")
            return address
        case _:
            return text


def _decimal(text: str, comma: bool | None) -> Decimal:
    return parse_decimal(text.removesuffix("%").strip().strip("$€£"), comma)


def _fte(text: str, comma: bool | None) -> Decimal:
    number = _decimal(text, comma)
    if text.endswith("%"):
        number = number / 100
    if not 0 <= number <= 2:
        raise ValueError(f"“{text}” is not an FTE: 1 is full time, 0.5 half.")
    return number


def _number_of_posts(text: str, comma: bool | None) -> Decimal:
    """How many posts, in full-time equivalents of all of them, a row counts."""
    if not text:
        raise ValueError("The number of posts is empty.")
    refuse_error(text)
    number = parse_decimal(text, comma)
    if number <= 0:
        raise ValueError(f"“{text}” is no post.")
    if number != round(number, 2):
        raise ValueError(f"“{text}” has more than two decimal places.")
    return number


def _reason_to_leave_out(row: TableRow, mapping: Mapping) -> str:
    for name, reasons in mapping.leave_out.items():
        if name in mapping.columns:
            text = row.cells[mapping.columns[name]].strip().casefold()
            for cell, reason in reasons.items():
                if cell.casefold() == text:
                    return reason
    return ""


def _without_repeats(rows: list[ReadRow], left_out: list[LeftOut]) -> list[ReadRow]:
    first: dict[tuple[tuple[str, Value], ...], int] = {}
    kept: list[ReadRow] = []
    for row in rows:
        key = tuple(sorted(row.values.items()))
        if key in first:
            left_out.append(LeftOut(row.line, f"The same as line {first[key]}.", row.values))
        else:
            first[key] = row.line
            kept.append(row)
    return kept


def _bridge_vacancies(rows: list[ReadRow], left_out: list[LeftOut]) -> list[ReadRow]:
    """Who reports to a row that was left out reports to the next one up instead."""
    gaps = {
        str(row.values["external_id"]): row.values.get("manager")
        for row in left_out
        if row.values.get("external_id")
    }
    bridged: list[ReadRow] = []
    for row in rows:
        manager, seen = row.values.get("manager"), set[str]()
        while isinstance(manager, str) and manager in gaps and manager not in seen:
            seen.add(manager)
            manager = gaps[manager]
        if seen:
            note = (
                f"Reports to {', '.join(sorted(seen))}, which was left out; the next one up is "
                + (f"{manager}." if manager else "nobody.")
            )
            row = replace(row, values={**row.values, "manager": manager}, notes=(*row.notes, note))
        bridged.append(row)
    return bridged


def _split(rows: list[ReadRow], table: Table, mapping: Mapping) -> tuple[list[ReadRow], str]:
    """Each row as the posts that it counts, of at most one full-time equivalent; and all of it in words.

    The posts of rows that are alike are numbered on, so that none is taken for another's; such rows go in together
    or not at all. ``post_of`` is what the identifiers of one row's posts, and of those alike, begin with.
    """
    cells = {row.line: row.cells for row in table.rows}
    groups: dict[str, list[ReadRow]] = {}
    for row in rows:
        told_by = "\n".join(normalise(cells[row.line][column]) for column in mapping.posts)
        group = f"post-{hashlib.sha256(told_by.encode()).hexdigest()[:16]}"
        groups.setdefault(group, []).append(row)
    split: list[ReadRow] = []
    counted, posts = Decimal(0), 0
    for group, alike in groups.items():
        wrong = next((row for row in alike if row.problems), None)
        number = 0
        for row in alike:
            values = {**row.values, "post_of": group}
            if wrong is not None:
                why = RowProblem("", f"Line {wrong.line}, which is alike, is refused.")
                split.append(replace(row, values=values, problems=row.problems or (why,)))
                continue
            fte = row.values["fte"]
            assert isinstance(fte, Decimal)
            counted += fte
            if counted > LIMITS.rows:
                raise RefusedFile(
                    f"The rows count more than {LIMITS.rows:,} posts. Split the file.", row.line
                )
            shares = _shares(fte)
            note = f"{HEADS}: {fte:f} is read as {_posts(len(shares))}."
            for share in shares:
                number += 1
                values = {
                    **values,
                    "external_id": f"{group}-{number}",
                    "name": f"{row.values['name']}, post {number}",
                    "fte": share,
                }
                split.append(replace(row, values=values, notes=(*row.notes, note)))
            posts += len(shares)
    return split, f"{HEADS}: {counted:,f} are read as {_posts(posts)}, each of one or less."


def _shares(fte: Decimal) -> list[Decimal]:
    """Full-time equivalents as those of single posts: 2.6 is 1, 1 and 0.6."""
    whole, rest = divmod(fte, 1)
    return [Decimal(1)] * int(whole) + ([rest] if rest else [])


def _posts(number: int) -> str:
    return f"{number:,} post{'' if number == 1 else 's'}"


def _refuse_repeated_keys(rows: list[ReadRow], kind: Kind) -> list[ReadRow]:
    """The second row with the same external_id or natural key is refused: which one would count?"""
    first: dict[tuple[object, ...], int] = {}
    checked: list[ReadRow] = []
    for row in rows:
        keys = [("external_id",)] if row.values.get("external_id") else [kind.natural_key]
        for names in keys:
            parts = [row.values.get(name) for name in names]
            if any(part is None for part in parts):
                continue
            key = (*names, *(part.casefold() if isinstance(part, str) else part for part in parts))
            if key in first:
                shown = ", ".join(str(part) for part in parts)
                problem = RowProblem(
                    names[0] if len(names) == 1 else "",
                    f"{' and '.join(names)} {shown} already stands in line {first[key]}.",
                )
                row = replace(row, problems=(*row.problems, problem))
            else:
                first[key] = row.line
        checked.append(row)
    return checked
