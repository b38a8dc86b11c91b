"""Reading "from 21 to 18 days by 31 December 2026" into baseline, target, unit and date."""

from __future__ import annotations

import calendar
import datetime as dt
import re
from decimal import Decimal
from typing import Literal

from goldenthread.interchange.readers.cells import MONTHS, month_number, parse_date, parse_decimal
from goldenthread.interchange.readers.outline.model import ExpectedResult
from goldenthread.interchange.readers.outline.words import AT_LEAST, AT_MOST, DOWN, UP

_MONTH = r"(?:" + "|".join(f"{month[:3]}(?:{month[3:]})?" for month in MONTHS) + r"|sept)\.?"
_YEAR = r"(?:20\d\d)"
_WHEN = (
    rf"\d{{4}}-\d\d-\d\d"
    rf"|\d{{1,2}}[./]\d{{1,2}}[./]\d{{2,4}}"
    rf"|\d{{1,2}}(?:st|nd|rd|th)?\s+(?:of\s+)?{_MONTH}(?:,?\s+{_YEAR})?"
    rf"|{_MONTH}\s+\d{{1,2}}(?:st|nd|rd|th)?(?:,?\s+{_YEAR})?(?!\d)"
    rf"|{_MONTH}\s+{_YEAR}|{_MONTH}(?!\w)"
    rf"|Q[1-4](?:[\s/-]*{_YEAR})?|H[12](?:[\s/-]*{_YEAR})?"
    rf"|FY\s?\d{{2,4}}(?:/\d{{2,4}})?"
    rf"|{_YEAR}"
    r"|(?:the\s+)?year[- ]end"
)
_DUE = re.compile(
    rf"(?:\b(?:by|until|before|in|end|till|from now to)\s+(?:the\s+)?)"
    rf"(?P<end>(?:end\s+of\s+|end\s+|close\s+of\s+)?)(?P<when>{_WHEN})\b"
    rf"|\((?:by\s+)?(?P<end2>(?:end\s+of\s+|end\s+)?)(?P<when2>{_WHEN})\)",
    re.IGNORECASE,
)
_NUMBER = (
    r"(?P<{0}sign>[$€£¥]|(?:USD|EUR|GBP|CHF)\s?)?"
    r"(?P<{0}>[-−+]?(?:\d{{1,3}}(?:[,'’\u00a0\u202f ]\d{{3}})+(?!\d)(?:\.\d+)?|\d+(?:[.,]\d+)?))"
    r"\s?(?P<{0}unit>%|‰|percentage points|percent|per cent|pp\b|bps\b"
    r"|(?:k|m|bn|mn|million|billion|thousand)\b(?:\s?(?:[$€£¥]|USD|EUR|GBP|CHF))?"
    r"|(?:[$€£¥]|(?:USD|EUR|GBP|CHF)\b))?"
)
_FROM_TO = re.compile(
    r"(?:\bfrom\s+)?" + _NUMBER.format("a") + r"(?P<between>(?:\s+[a-z]+){0,2})?"
    r"\s*(?:\bto\b|→|->|=>|➔|⇒)\s*" + _NUMBER.format("b"),
    re.IGNORECASE,
)
_ONE = re.compile(_NUMBER.format("n"), re.IGNORECASE)
_NOUN = re.compile(r"\s*-?\s*([a-zµ°][\w/²³°-]*(?:\([A-Z]\))?)", re.IGNORECASE)
_BEFORE_A_UNIT = frozenset(("new", "more", "other", "different", "additional", "further", "extra"))
_RELATIVE_BEFORE = re.compile(r"\b(by|down|up|within|every|top|per|phase|version|v|no|another)$")
_RELATIVE_AFTER = re.compile(
    r"\s*(more|less|fewer|lower|higher|faster|cheaper|reduction|decrease|increase|growth|cut)\b"
)
_TRIGGER = re.compile(r"(\b(of|to|at|above|below|over|under|least|most|than|is)|[=:<>≤≥])$")


def read_result(text: str, as_of: dt.date | None = None, detail: str = "") -> ExpectedResult:
    """The expected result in ``text``; what cannot be told for sure stays empty.

    A day and month without a year means the next one from ``as_of``; without ``as_of`` the date
    stays open. Relative changes ("by 20 %") give no target: nothing is computed.
    """
    due, due_text, rest = _read_due(text, as_of)
    baseline, target, unit, direction = _read_figures(rest)
    return ExpectedResult(text, baseline, target, unit, direction, due, due_text, detail)


def has_figure(text: str) -> bool:
    """Whether a text names an amount: not a date, and not a number that is part of a name."""
    rest = _read_due(text, None)[2]
    return any(
        _unit(rest, each, "n") or _TRIGGER.search(rest[: each.start()].rstrip().lower())
        for each in _ONE.finditer(rest)
        if not _is_part_of_a_word(rest, each)
    )


def _read_due(text: str, as_of: dt.date | None) -> tuple[dt.date | None, str, str]:
    """Date, its words, and the text without them. The last date named is the one meant."""
    matches = list(_DUE.finditer(text))
    if not matches:
        return None, "", text
    match = matches[-1]
    words = (match["when"] or match["when2"]).strip()
    rest = text[: match.start()] + " " + text[match.end() :]
    return _to_date(words, as_of), " ".join(match[0].strip("() ").split()), rest


def _to_date(words: str, as_of: dt.date | None) -> dt.date | None:
    lowered = re.sub(r"\bof\s+", "", words.lower()).strip()
    year = re.search(r"20\d\d", lowered)
    if match := re.fullmatch(r"20\d\d", lowered):
        return dt.date(int(match[0]), 12, 31)
    if match := re.match(r"([qh])([1-4])", lowered):
        month = int(match[2]) * (3 if match[1] == "q" else 6)
        return _month_end(int(year[0]), month) if year else _next(month, None, as_of)
    if "year" in lowered:
        return _next(12, 31, as_of)
    if lowered.startswith("fy"):
        return None  # a financial year ends when the organisation says
    if match := re.fullmatch(rf"({_MONTH})(?:\s+({_YEAR}))?", lowered):
        number = month_number(match[1])
        if number is None:
            return None
        return _month_end(int(match[2]), number) if match[2] else _next(number, None, as_of)
    if year or re.search(r"\d[./]\d", lowered):
        try:
            return parse_date(lowered)
        except ValueError:
            return None  # no such day, or day and month either way round
    day, name = re.search(r"\d{1,2}", lowered), re.search(r"[a-z]{3,}", lowered)
    number = month_number(name[0]) if name else None
    return _next(number, int(day[0]), as_of) if day and number else None


def _month_end(year: int, month: int) -> dt.date:
    return dt.date(year, month, calendar.monthrange(year, month)[1])


def _next(month: int, day: int | None, as_of: dt.date | None) -> dt.date | None:
    """The next such day from ``as_of``; without a day the end of the month."""
    if as_of is None:
        return None
    for year in (as_of.year, as_of.year + 1):
        try:
            date = _month_end(year, month) if day is None else dt.date(year, month, day)
        except ValueError:
            return None
        if date >= as_of:
            return date
    return None


def _read_figures(
    text: str,
) -> tuple[Decimal | None, Decimal | None, str, Literal["up", "down"] | None]:
    words = set(re.findall(r"[a-z]+", text.lower()))
    if match := _FROM_TO.search(text):
        baseline, target = _decimal(match["a"]), _decimal(match["b"])
        if baseline is not None and target is not None and not _is_range(text, match):
            unit = _unit(text, match, "b") or _unit_of(match, "a")
            direction: Literal["up", "down"] | None = None
            if target != baseline:
                direction = "up" if target > baseline else "down"
            return baseline, target, unit, direction
    candidates = [each for each in _ONE.finditer(text) if not _is_part_of_a_word(text, each)]
    if len(candidates) != 1:
        return None, None, "", None
    one = candidates[0]
    before = text[: one.start()].rstrip().lower()
    unit = _unit(text, one, "n")
    relative = _RELATIVE_BEFORE.search(before) or _RELATIVE_AFTER.match(text[one.end() :])
    # A bare number may be part of a name ("Scope 3"): it needs a unit or a word that leads to it.
    if relative or not (unit or _TRIGGER.search(before)):
        return None, None, "", None
    direction = None
    if any(before.endswith(phrase) for phrase in AT_MOST) or words & DOWN:
        direction = "down"
    elif any(before.endswith(phrase) for phrase in AT_LEAST) or words & UP:
        direction = "up"
    return None, _decimal(one["n"]), unit, direction


def _is_range(text: str, match: re.Match[str]) -> bool:
    """ "5 to 10 partners" is a range unless the text says from, or draws an arrow."""
    return "to" in match[0].lower().split() and not (
        match[0].lower().startswith("from")
        or re.search(r"\b(from|increase|raise|grow|reduce|cut|lower|lift|improve)\b", text, re.I)
    )


def _is_part_of_a_word(text: str, match: re.Match[str]) -> bool:
    before, after = text[: match.start("n")][-1:], text[match.end("n") :][:1]
    return before.isalnum() or before in ("-", "/", ".") or (after.isalpha() and not match["nunit"])


def _unit_of(match: re.Match[str], group: str) -> str:
    sign = (match[f"{group}sign"] or "").strip()
    unit = (match[f"{group}unit"] or "").strip()
    if unit.lower() in ("percent", "per cent"):
        unit = "%"
    return f"{sign}{unit}" if len(unit) <= 2 else f"{sign} {unit}".strip()


def _unit(text: str, match: re.Match[str], group: str) -> str:
    """The unit beside a number: a sign, a magnitude, or the noun that follows."""
    unit = _unit_of(match, group)
    if unit and unit not in ("k", "m", "bn", "mn", "million", "billion", "thousand"):
        return unit
    return f"{unit} {_noun(text, match.end())}".strip()


def _noun(text: str, position: int) -> str:
    """The counted thing right after a number: "days", "critical parts", "kWh"; "" if unclear."""
    first = _NOUN.match(text, position)
    if not first:
        return ""
    if _is_counted(first[1]):
        return first[1]
    second = _NOUN.match(text, first.end())
    if second and text[first.end()] == " " and second[1].endswith("s") and _is_counted(second[1]):
        plain = first[1].lower() in _BEFORE_A_UNIT
        return second[1] if plain else f"{first[1]} {second[1]}"
    return ""


def _is_counted(word: str) -> bool:
    """A plural, or a symbol of a unit (capitals inside: kWh, dB, FTE)."""
    plural = (
        word.islower() and word.endswith("s") and len(word) > 2 and word not in ("this", "less")
    )
    return plural or word in ("people", "staff") or any(letter.isupper() for letter in word[1:])


def _decimal(text: str) -> Decimal | None:
    text = text.replace("−", "-")
    try:
        # One comma before one or two digits is a decimal comma even in English text.
        return parse_decimal(text, decimal_comma=bool(re.fullmatch(r"[-+]?\d+,\d{1,2}", text)))
    except ValueError:
        return None
