"""Reading a strategy as people have it: a presentation, a document, pasted text."""

from __future__ import annotations

import datetime as dt

from goldenthread.interchange.readers.limits import LIMITS, Limits, RefusedFile, check_size
from goldenthread.interchange.readers.outline.document import sections_of_document
from goldenthread.interchange.readers.outline.interpret import interpret
from goldenthread.interchange.readers.outline.model import (
    DraftPriority,
    ExpectedResult,
    Ignored,
    Outline,
    Section,
)
from goldenthread.interchange.readers.outline.presentation import sections_of_presentation
from goldenthread.interchange.readers.outline.text import sections_of_text

__all__ = [
    "DraftPriority",
    "ExpectedResult",
    "Ignored",
    "Outline",
    "read_document",
    "read_presentation",
    "read_text",
]


def read_presentation(
    data: bytes, as_of: dt.date | None = None, limits: Limits = LIMITS
) -> Outline:
    """The strategy in a .pptx. ``as_of`` settles dates without a year. Raises RefusedFile."""
    return _bounded(*sections_of_presentation(data, limits), as_of, limits)


def read_document(data: bytes, as_of: dt.date | None = None, limits: Limits = LIMITS) -> Outline:
    """The strategy in a .docx. ``as_of`` settles dates without a year. Raises RefusedFile."""
    sections, ignored = sections_of_document(data, limits)
    if not sections:
        raise RefusedFile("The document has no text. Pictures are not read.")
    return _bounded(sections, ignored, as_of, limits)


def read_text(text: str, as_of: dt.date | None = None, limits: Limits = LIMITS) -> Outline:
    """The strategy in pasted text or Markdown. Raises RefusedFile when there is none."""
    if not text.strip():
        raise RefusedFile("There is no text. Paste your strategy, a priority a line.")
    check_size(text.encode("utf-8", "replace"), limits)
    return _bounded(*sections_of_text(text), as_of, limits)


def _bounded(
    sections: list[Section], ignored: list[Ignored], as_of: dt.date | None, limits: Limits
) -> Outline:
    lines = sum(1 + len(section.lines) for section in sections)
    if lines > limits.outline_lines:
        raise RefusedFile(
            f"There are {lines:,} lines; at most {limits.outline_lines:,} are read as a strategy. "
            "Take the part with the vision and the priorities."
        )
    return interpret(sections, ignored, as_of)
