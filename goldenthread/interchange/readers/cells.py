"""Dates and numbers as people write them in cells: read exactly, or refused in plain words."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable
from decimal import Decimal, InvalidOperation
from typing import Literal

DateOrder = Literal["ymd", "dmy", "mdy", "ambiguous"]

#: Numbers beyond this are refused rather than rounded.
MAX_INTEGER_DIGITS = 15
MAX_DECIMAL_PLACES = 9

#: A cell with the line it stands on; and where a finding is told: message, line.
NumberedCell = tuple[int, str]
Note = Callable[[str, int], None]

#: What a spreadsheet writes where a formula went wrong; and what stands for one that was never calculated.
UNCALCULATED = "#UNCALCULATED!"
ERRORS = frozenset(
    (
        "#REF!",
        "#N/A",
        "#VALUE!",
        "#DIV/0!",
        "#NAME?",
        "#NUM!",
        "#NULL!",
        "#SPILL!",
        "#CALC!",
        UNCALCULATED,
    )
)


def refuse_error(text: str) -> None:
    """Raise ValueError in words when the cell holds a spreadsheet's error instead of a value."""
    if text == UNCALCULATED:
        raise ValueError(
            "A formula without a stored value. Open the file in the spreadsheet program and save it again."
        )
    if text in ERRORS:
        raise ValueError(f"“{text}” is an error of the spreadsheet, not a value.")


# -- dates ---------------------------------------------------------------------------------------

_YEAR_FIRST = re.compile(r"(\d{4})([-/.])(\d{1,2})\2(\d{1,2})", re.ASCII)
_YEAR_LAST = re.compile(r"(\d{1,2})([-/.])(\d{1,2})\2(\d{4}|\d{2})", re.ASCII)
_DAY_NAME_MONTH = re.compile(r"(\d{1,2})(?:st|nd|rd|th)?[\s.-]+([a-z]+)\.?,?[\s-]+(\d{4}|\d{2})")
_NAME_MONTH_DAY = re.compile(r"([a-z]+)\.?[\s]+(\d{1,2})(?:st|nd|rd|th)?,?[\s]+(\d{4})")
_TIME = re.compile(r"[T\s]\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?\s*(Z|[AP]M|[+-]\d{2}:?\d{2})?$", re.I)
MONTHS = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)


def month_number(name: str) -> int | None:
    """1 to 12 for an English month name or its abbreviation, else None."""
    name = name.lower().rstrip(".")
    if len(name) < 3:
        return None
    for number, month in enumerate(MONTHS, start=1):
        if month.startswith(name) or (name == "sept" and number == 9):
            return number
    return None


def parse_date(text: str, order: DateOrder | None = None) -> dt.date:
    """The date in ``text``; a time of day behind it is dropped.

    Year-first dates, dates with dots (day first) and month names need no ``order``; with dashes
    or slashes the order must be known unless the date itself tells. Two-digit years are 1969 to
    2068. Raises ValueError in words for the user.
    """
    if len(text) > 60:
        raise ValueError(f"“{text[:30].strip()} …” is not a date. Write it as 2026-12-31.")
    cleaned = _TIME.sub("", text.strip()).strip()
    if match := _YEAR_FIRST.fullmatch(cleaned.removesuffix("Z")):
        return _date(text, match[1], match[3], match[4])
    if match := _YEAR_LAST.fullmatch(cleaned):
        first, separator, second, year = match.groups()
        if order in (None, "ymd", "ambiguous"):
            if separator == "." or int(first) > 12 or first == second:
                order = "dmy"
            elif int(second) > 12:
                order = "mdy"
            else:
                raise ValueError(
                    f"“{text.strip()}” can be read day first or month first. Say which it is."
                )
        if order == "mdy":
            return _date(text, year, first, second)
        return _date(text, year, second, first)
    lowered = cleaned.lower()
    if match := _DAY_NAME_MONTH.fullmatch(lowered):
        day, name, year = match.groups()
    elif match := _NAME_MONTH_DAY.fullmatch(lowered):
        name, day, year = match.groups()
    else:
        raise ValueError(f"“{text.strip()}” is not a date. Write it as 2026-12-31.")
    month = month_number(name)
    if month is None:
        raise ValueError(f"“{text.strip()}” is not a date: the month is not known.")
    return _date(text, year, str(month), day)


def _date(text: str, year: str, month: str, day: str) -> dt.date:
    number = int(year)
    if len(year) == 2:
        number += 2000 if number < 69 else 1900
    try:
        return dt.date(number, int(month), int(day))
    except ValueError:
        raise ValueError(f"{text.strip()} does not exist in the calendar.") from None


def detect_date_order(cells: Iterable[NumberedCell], note: Note) -> DateOrder | None:
    """In which order the dates among ``cells`` are written, by evidence; None without any.

    "ambiguous" is noted with the line that shows it.
    """
    year_first = False
    day_line = month_line = either_line = 0
    for line, cell in cells:
        if not 6 <= len(cell) <= 40 or not cell.lstrip()[:1].isdigit():
            continue
        text = _TIME.sub("", cell.strip())
        if _YEAR_FIRST.fullmatch(text):
            year_first = True
        elif match := _YEAR_LAST.fullmatch(text):
            first, second = int(match[1]), int(match[3])
            if max(first, second) > 31 or min(first, second) == 0:
                continue
            if match[2] == "." or first > 12:
                day_line = day_line or line
            elif second > 12:
                month_line = month_line or line
            elif first != second:
                either_line = either_line or line
    if day_line and month_line:
        note(
            f"Dates are written both ways: day first in line {day_line}, month first in line "
            f"{month_line}. Say which is meant for the others.",
            max(day_line, month_line),
        )
        return "ambiguous"
    if day_line:
        return "dmy"
    if month_line:
        return "mdy"
    if either_line:
        note(
            "Nothing shows whether dates are written day first or month first. Say which.",
            either_line,
        )
        return "ambiguous"
    return "ymd" if year_first else None


# -- numbers -------------------------------------------------------------------------------------

_SPACES = re.compile("[\\s\u00a0\u2007\u2009\u202f'’]")
_PLAIN = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,2})?", re.ASCII)
_POINT_GROUPS = re.compile(r"[+-]?\d{1,3}(\.\d{3})+", re.ASCII)
_COMMA_NUMBER = re.compile(r"\d+,\d+|\d{1,3}(\.\d{3})+,\d+", re.ASCII)
_POINT_NUMBER = re.compile(r"\d+\.\d+|\d{1,3}(,\d{3})+\.\d+", re.ASCII)
_COMMA_GROUPS = re.compile(r"[+-]?\d{1,3}(,\d{3})+", re.ASCII)


def parse_decimal(text: str, decimal_comma: bool | None = False) -> Decimal:
    """The exact number in ``text``: nothing is rounded.

    Thousands may be grouped by the other mark, by spaces or apostrophes; "(5)" is -5. With
    ``decimal_comma`` None a number that could be read both ways is refused. Raises ValueError
    in words for the user, also for "NaN", "inf" and numbers of more than 15 digits before or 9
    after the decimal mark.
    """
    shown = text.strip()
    if len(shown) > 60:
        raise ValueError(f"“{shown[:30]} …” is not a number.")
    cleaned = _SPACES.sub("", shown).replace("−", "-").replace("–", "-")
    if cleaned.startswith("(") and cleaned.endswith(")"):
        cleaned = "-" + cleaned[1:-1]
    if "," in cleaned and "." in cleaned:
        # Both marks: the last one is the decimal mark.
        mark = "," if cleaned.rfind(",") > cleaned.rfind(".") else "."
        if decimal_comma is not None and decimal_comma != (mark == ","):
            raise ValueError(f"“{shown}” is not written like the other numbers in the file.")
        whole, _, fraction = cleaned.rpartition(mark)
        if not (_POINT_GROUPS if mark == "," else _COMMA_GROUPS).fullmatch(whole):
            raise ValueError(f"“{shown}” is not a number.")
        cleaned = re.sub(r"[.,]", "", whole) + "." + fraction
    elif cleaned.count(",") == 1 and decimal_comma is not False:
        if decimal_comma is None and _COMMA_GROUPS.fullmatch(cleaned):
            raise ValueError(
                f"“{shown}” can be read with a decimal comma or with grouped thousands. Say which."
            )
        cleaned = cleaned.replace(",", ".")
    elif _COMMA_GROUPS.fullmatch(cleaned) and not decimal_comma:
        cleaned = cleaned.replace(",", "")
    elif _POINT_GROUPS.fullmatch(cleaned) and (
        decimal_comma or (decimal_comma is None and cleaned.count(".") > 1)
    ):
        cleaned = cleaned.replace(".", "")
    if not _PLAIN.fullmatch(cleaned):
        raise ValueError(f"“{shown}” is not a number.")
    try:
        number = Decimal(cleaned)
    except InvalidOperation:
        raise ValueError(f"“{shown}” is not a number.") from None
    return _within_bounds(number, shown)


def _within_bounds(number: Decimal, shown: str) -> Decimal:
    digits = number.as_tuple()
    assert isinstance(digits.exponent, int)  # finite: the pattern allows nothing else
    if number and number.adjusted() >= MAX_INTEGER_DIGITS:
        raise ValueError(f"“{shown}” is too large: more than {MAX_INTEGER_DIGITS} digits.")
    if -digits.exponent > MAX_DECIMAL_PLACES:
        raise ValueError(f"“{shown}” has more than {MAX_DECIMAL_PLACES} decimal places.")
    if digits.exponent > 0:
        number = number.quantize(Decimal(1))
    return number


def detect_decimal_comma(cells: Iterable[NumberedCell], delimiter: str, note: Note) -> bool | None:
    """Whether the numbers among ``cells`` have a decimal comma, by evidence; None without any."""
    grouped_line = comma_line = point_line = 0
    for line, cell in cells:
        if not cell or len(cell) > 30:
            continue
        text = _SPACES.sub("", cell).strip("%€$£()+-−")
        if not text[:1].isdigit():
            continue
        if _COMMA_NUMBER.fullmatch(text):
            if _COMMA_GROUPS.fullmatch(text) and not text.startswith("0"):
                grouped_line = grouped_line or line
            else:
                comma_line = comma_line or line
        elif _POINT_NUMBER.fullmatch(text) and (
            not _POINT_GROUPS.fullmatch(text) or text.startswith("0")
        ):
            point_line = point_line or line
    if comma_line and point_line:
        note(
            f"Numbers are written both with a decimal comma (line {comma_line}) and with a "
            f"decimal point (line {point_line}). Say which is meant.",
            max(comma_line, point_line),
        )
        return None
    if comma_line or point_line:
        return bool(comma_line)
    if grouped_line:
        # A spreadsheet writes semicolons exactly where the comma is its decimal mark.
        return {",": False, ";": True}.get(delimiter)
    return None
