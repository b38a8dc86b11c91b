"""Pasted text and Markdown as sections: headings, bullets and indentation as people type them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import zip_longest

from goldenthread.interchange.readers.outline.model import Ignored, Line, Section
from goldenthread.interchange.readers.outline.words import bare_title, role, topics

_BULLET = re.compile(
    r"(?:[-–—•▪◦‣·●○■□➢►▶✓✔*+]|o(?=\s)|\(?(?:[a-zA-Z]|[ivx]{1,4})[.)])\s+|[•▪◦‣●○■□➢►▶✓✔]\s*"
)
_NUMBER = re.compile(r"\(?\d{1,2}[.)]\s+")
_DOTTED = re.compile(r"\d{1,2}\.\d{1,2}\.?\)?\s+")
_ENDS_PARAGRAPH = (".", "!", "?", ",", ";")

# Levels of headings without "#": known words, other headings, labels inside a priority.
_WORD_LEVEL, _PLAIN_LEVEL, _LABEL_LEVEL = 4, 5, 6


@dataclass
class _Typed:
    """One typed line: its number, indentation and what it looks like."""

    number: int
    indent: int
    text: str
    kind: str  # heading, bullet, number, plain
    level: int = 0  # of a heading


def sections_of_text(text: str) -> tuple[list[Section], list[Ignored]]:
    """The sections of a text; what stands before the first heading has an empty title."""
    typed, ignored = _typed_lines(text)
    _find_plain_headings(typed)
    sections: list[Section] = []
    indents: list[int] = []
    after_number = False
    for line in typed:
        if line.kind == "heading":
            level = _sibling_level(line, sections)
            title = line.text.rstrip(":").strip()
            sections.append(Section(f"line {line.number}", title, level))
            indents, after_number = [], False
            continue
        if not sections:
            sections.append(Section(f"line {line.number}", "", 1))
        while indents and line.indent < indents[-1]:
            indents.pop()
        if not indents or line.indent > indents[-1]:
            indents.append(line.indent)
        depth = len(indents) - 1
        # A bullet typed right under "1. …" without indentation still belongs to it.
        if line.kind == "number" and depth == 0:
            after_number = True
        elif line.kind == "bullet" and after_number and depth == 0:
            depth = 1
        elif line.kind == "plain" and depth == 0:
            after_number = False
        sections[-1].lines.append(
            Line(line.text, depth, line.kind != "plain", f"line {line.number}")
        )
    return sections, ignored


def _typed_lines(text: str) -> tuple[list[_Typed], list[Ignored]]:
    typed: list[_Typed] = []
    ignored: list[Ignored] = []
    for number, raw in enumerate(text.splitlines(), start=1):
        expanded = raw.expandtabs(4).replace("\u00a0", " ")
        stripped = expanded.strip()
        if not stripped:
            continue
        indent = len(expanded) - len(expanded.lstrip())
        where = f"line {number}"
        if re.fullmatch(r"[=-]{3,}", stripped) and typed and typed[-1].number == number - 1:
            typed[-1].kind, typed[-1].level = "heading", 1 if stripped[0] == "=" else 2
        elif re.fullmatch(r"[-=_*~#\s|:]{2,}", stripped):
            ignored.append(Ignored(where, stripped[:80], "A dividing line."))
        elif re.fullmatch(r"(page|slide|seite)?\s*\d{1,4}(\s*(/|of)\s*\d{1,4})?", stripped, re.I):
            ignored.append(Ignored(where, stripped, "A page number."))
        elif match := re.match(r"(#{1,6})\s+(.+?)\s*#*$", stripped):
            typed.append(_Typed(number, 0, _clean(match[2]), "heading", min(len(match[1]), 3)))
            typed[-1].level = len(match[1]) if len(match[1]) < 4 else 3
        elif match := _DOTTED.match(stripped):
            typed.append(_Typed(number, indent + 2, _clean(stripped[match.end() :]), "bullet"))
        elif match := _NUMBER.match(stripped):
            typed.append(_Typed(number, indent, _clean(stripped[match.end() :]), "number"))
        elif match := (None if stripped.startswith("**") else _BULLET.match(stripped)):
            typed.append(_Typed(number, indent, _clean(stripped[match.end() :]), "bullet"))
        else:
            kind, level = _plain_kind(stripped, indent)
            typed.append(_Typed(number, indent, _clean(stripped), kind, level))
    return [line for line in typed if line.text], ignored


def _plain_kind(stripped: str, indent: int) -> tuple[str, int]:
    bold = re.fullmatch(r"(\*\*|__)(.+?)(\*\*|__):?", stripped)
    bare = bold[2] if bold else stripped
    if indent == 0 and topics(bare.rstrip(":")):
        return "heading", _WORD_LEVEL
    if indent == 0 and bare_title(bare)[1] and len(bare) <= 120:
        return "heading", _PLAIN_LEVEL
    letters = [letter for letter in bare if letter.isalpha()]
    capitals = len(letters) >= 3 and all(letter.isupper() for letter in letters)
    if indent == 0 and capitals and len(bare) <= 80:
        return "heading", _PLAIN_LEVEL
    if bold and len(bare) <= 100:
        return "heading", _PLAIN_LEVEL
    return "plain", 0


def _find_plain_headings(typed: list[_Typed]) -> None:
    """A short line right above bullets is a heading; so are numbers that have bullets below."""
    pairs = list(zip_longest(typed, typed[1:]))
    first_number = next((line.indent for line in typed if line.kind == "number"), 0)
    numbers_are_headings = any(
        line.kind == "number"
        and line.indent == first_number == 0
        and after is not None
        and (after.kind == "bullet" or after.indent > line.indent)
        for line, after in pairs
    ) and any(line.kind == "heading" for line in typed)
    for line, after in pairs:
        numbered = line.kind == "number" and line.indent == 0 and numbers_are_headings
        above_a_list = (
            line.kind == "plain"
            and line.indent == 0
            and after is not None
            and (after.kind in ("bullet", "number") or after.indent > line.indent)
            and len(line.text) <= 100
            and not line.text.endswith(_ENDS_PARAGRAPH)
            and not topics(line.text.split(":")[0])
        )
        if numbered or above_a_list:
            line.kind, line.level = "heading", _PLAIN_LEVEL
    inside_priority = False
    for line in typed:
        if line.kind != "heading":
            continue
        label = role(line.text.rstrip(":"))
        if label and (inside_priority or line.level == _PLAIN_LEVEL):
            line.level = _LABEL_LEVEL
        else:
            inside_priority = bare_title(line.text)[1]


def _sibling_level(line: _Typed, sections: list[Section]) -> int:
    """A guessed heading under "Vision" or "Values" is a neighbour of it, not a part of it."""
    if line.level != _PLAIN_LEVEL:
        return line.level
    for above in reversed(sections):
        if above.level < _PLAIN_LEVEL and above.title:
            closed = {"vision", "mission", "values", "trade_offs", "agenda", "closing", "context"}
            about = set(topics(above.title))
            # Without a topic at this level it is itself a guessed heading made a neighbour.
            neighbour = about & closed or (not about and above.level == _WORD_LEVEL)
            return above.level if neighbour else _PLAIN_LEVEL
    return _PLAIN_LEVEL


def _clean(text: str) -> str:
    """The words without Markdown's emphasis and links."""
    text = re.sub(r"!?\[([^\]\[]*)\]\([^()\s]*\)", r"\1", text)
    text = re.sub(r"(\*\*|__)(?=\S)(.+?)(?<=\S)\1", r"\2", text)
    text = re.sub(r"(?<!\w)([*_])(?=\S)([^*_]+?)(?<=\S)\1(?!\w)", r"\2", text)
    return " ".join(text.replace("`", "").split())
