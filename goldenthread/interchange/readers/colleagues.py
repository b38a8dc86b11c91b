"""Colleagues as somebody pastes them: from a mail program, a sheet or typed by hand."""

from __future__ import annotations

import csv
import re
from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Literal

from goldenthread.interchange.readers.kinds import map_columns
from goldenthread.interchange.readers.limits import LIMITS, Limits, RefusedFile
from goldenthread.interchange.readers.rows import EMAIL

ProblemCode = Literal[
    "no_name",
    "bad_email",
    "duplicate",
    "manager_not_found",
    "manager_ambiguous",
    "manager_is_self",
    "manager_loop",
    "unread",
]
_WRITTEN_WITH_NAME = re.compile(r"\s*\"?([^<>\"]*?)\"?\s*<\s*([^<>]*?)\s*>\s*[,;\t]?\s*")


@dataclass(frozen=True)
class ColleagueProblem:
    """What is wrong with a pasted row, in words and as a code."""

    code: ProblemCode
    message: str


@dataclass(frozen=True)
class Colleague:
    """One pasted person. ``email`` and ``manager`` are "" when not given.

    ``manager`` is as written; ``manager_row`` the position (from 0) among the rows read of the
    one it names, None when the manager is not among them.
    """

    line: int
    name: str
    email: str
    manager: str = ""
    manager_row: int | None = None
    problems: tuple[ColleagueProblem, ...] = ()


def read_colleagues(
    text: str, known: Collection[str] = (), limits: Limits = LIMITS
) -> tuple[Colleague, ...]:
    """The people in a pasted text, a line each, with what is wrong with each row.

    Fields may be parted by tab, semicolon or comma, or written "Name <mail>"; a row of column
    names is recognised. ``known`` holds names and addresses of people who exist already and may be
    named as managers. Raises RefusedFile when there is nobody or far too many.
    """
    rows: list[Colleague] = []
    columns: dict[str, int] | None = None
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        if len(rows) >= limits.pasted_people:
            raise RefusedFile(
                f"More than {limits.pasted_people:,} people are too many to paste. Import them as "
                "CSV.",
                number,
            )
        cells = _cells(line)
        if not rows and columns is None and (found := _header(cells)):
            columns = found
        elif "<" in line and ">" in line:
            rows += _from_mail_program(number, line)
        elif columns is not None:
            rows.append(_from_columns(number, cells, columns))
        else:
            rows.append(_from_cells(number, cells))
    if not rows:
        raise RefusedFile("There are no people in the text. Paste a name and an e-mail a line.")
    return _checked(rows, {each.casefold().strip() for each in known})


def _cells(line: str) -> list[str]:
    delimiter = next((mark for mark in ("\t", ";", "|", ",") if mark in line), ",")
    try:
        cells = next(csv.reader([line], delimiter=delimiter, skipinitialspace=True))
    except csv.Error:
        cells = line.split(delimiter)
    cells = [" ".join(cell.strip().strip("\"'").split()) for cell in cells]
    return [re.sub(r"^[-–•*]\s+", "", cell) for cell in cells]


def _header(cells: list[str]) -> dict[str, int] | None:
    if any("@" in cell for cell in cells):
        return None
    headers = [f"{cell}" or f"Column {index}" for index, cell in enumerate(cells, start=1)]
    found = map_columns(headers, "people").columns
    if len(found) < min(2, len(cells)) or not {"name", "given_name", "email"} & set(found):
        return None
    return {name: headers.index(header) for name, header in found.items()}


def _from_columns(number: int, cells: list[str], columns: dict[str, int]) -> Colleague:
    def cell(name: str) -> str:
        position = columns.get(name, len(cells))
        return cells[position] if position < len(cells) else ""

    name = cell("name") or f"{cell('given_name')} {cell('family_name')}".strip()
    return Colleague(number, name, _address(cell("email")), cell("manager"))


def _from_cells(number: int, cells: list[str]) -> Colleague:
    """Without column names an address tells itself; the first other text is the name."""
    filled = [cell for cell in cells if cell]
    addresses = [cell for cell in filled if "@" in cell]
    others = [cell for cell in filled if "@" not in cell]
    email = _address(addresses[0]) if addresses else ""
    name = others[0] if others else ""
    manager = others[1] if len(others) > 1 else _address(addresses[1]) if len(addresses) > 1 else ""
    used = 1 + (len(others) > 1)
    rest = others[used:] + addresses[1 + (len(others) < 2) :]
    if len(cells) == 1 and addresses and " " in filled[0]:  # "Ada Lovelace ada@example.org"
        words = filled[0].split()
        email = next(_address(word) for word in words if "@" in word)
        name = " ".join(word for word in words if "@" not in word)
        rest = []
    problems = tuple(
        ColleagueProblem("unread", f"“{each}” was not used: name, e-mail and manager are read.")
        for each in rest
    )
    return Colleague(number, name, email, manager, problems=problems)


def _from_mail_program(number: int, line: str) -> list[Colleague]:
    """ "Name <mail>", several on a line as mail programs copy them; a lone text after is the manager."""
    found: list[Colleague] = []
    matches = list(_WRITTEN_WITH_NAME.finditer(line))
    for match in matches:
        name = match[1].strip(" ,;\t")
        if name.count(",") == 1:  # "Lovelace, Ada"
            family, given = (part.strip() for part in name.split(","))
            name = f"{given} {family}".strip()
        found.append(Colleague(number, name, _address(match[2])))
    rest = line[matches[-1].end() :].strip(" ,;\t") if matches else line
    if rest and len(found) == 1:
        found[0] = replace(found[0], manager=_address(rest) if "@" in rest else rest)
    elif rest:
        found.append(_from_cells(number, _cells(rest)))
    return found


def _address(text: str) -> str:
    return text.strip().removeprefix("mailto:").strip("<>()[],;. ")


def _checked(rows: list[Colleague], known: set[str]) -> tuple[Colleague, ...]:
    by_email: dict[str, list[int]] = {}
    by_name: dict[str, list[int]] = {}
    for index, row in enumerate(rows):
        if row.email:
            by_email.setdefault(row.email.casefold(), []).append(index)
        if row.name:
            by_name.setdefault(row.name.casefold(), []).append(index)
    checked: list[Colleague] = []
    for index, row in enumerate(rows):
        problems = list(row.problems)
        if not row.name:
            problems.append(ColleagueProblem("no_name", "The name is missing."))
        if row.email and not EMAIL.fullmatch(row.email):
            problems.append(
                ColleagueProblem("bad_email", f"“{row.email}” is not an e-mail address.")
            )
        twins = (
            by_email[row.email.casefold()] if row.email else by_name.get(row.name.casefold(), [])
        )
        if twins and twins[0] < index:
            same = row.email or row.name
            problems.append(
                ColleagueProblem(
                    "duplicate", f"{same} already stands in line {rows[twins[0]].line}."
                )
            )
        manager_row, problem = _manager(index, row, rows, by_email, by_name, known)
        if problem is not None:
            problems.append(problem)
        checked.append(replace(row, manager_row=manager_row, problems=tuple(problems)))
    return tuple(_with_loops(checked))


def _manager(
    index: int,
    row: Colleague,
    rows: list[Colleague],
    by_email: dict[str, list[int]],
    by_name: dict[str, list[int]],
    known: set[str],
) -> tuple[int | None, ColleagueProblem | None]:
    wanted = row.manager.casefold()
    if not wanted or wanted in ("-", "–", "none", "nobody", "n/a"):
        return None, None
    found = by_email.get(wanted) or by_name.get(wanted) or []
    if index in found:
        return None, ColleagueProblem("manager_is_self", "Nobody is their own manager.")
    people = {rows[each].email.casefold() or each for each in found}
    if len(people) > 1:
        return None, ColleagueProblem(
            "manager_ambiguous",
            f"{row.manager} could be line {' or '.join(str(rows[each].line) for each in found)}. "
            "Give the e-mail instead.",
        )
    if found:
        return found[0], None
    if wanted in known:
        return None, None
    return None, ColleagueProblem(
        "manager_not_found", f"{row.manager} is not among these people. Add a line for them."
    )


def _with_loops(rows: list[Colleague]) -> list[Colleague]:
    """Mark everybody who would, over some steps, report to themselves, with the path."""
    marked: list[Colleague] = []
    for index, row in enumerate(rows):
        path, current = [row.name], row.manager_row
        seen: set[int] = set()
        while current is not None and current not in seen and current != index:
            seen.add(current)
            path.append(rows[current].name)
            current = rows[current].manager_row
        if current == index:
            message = f"These people would report in a circle: {' → '.join([*path, row.name])}."
            row = replace(row, problems=(*row.problems, ColleagueProblem("manager_loop", message)))
        marked.append(row)
    return marked
