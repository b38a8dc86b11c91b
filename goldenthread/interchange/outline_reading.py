"""A strategy as people have it, a pasted text or a dropped file, as the outline that its reader makes of it."""

import datetime as dt
import re

from goldenthread.interchange.readers.limits import LIMITS, RefusedFile
from goldenthread.interchange.readers.outline import (
    Outline,
    read_document,
    read_presentation,
    read_text,
)
from goldenthread.interchange.readers.outline.words import topics
from goldenthread.interchange.readers.sniff import sniff
from goldenthread.interchange.readers.table import decode_text

_DASHED = re.compile(r"\s*[-–—*•]\s")
SUFFIXES = ".pptx,.docx,.txt,.md"
CAN_BE_DROPPED = (
    "Drop a presentation (.pptx), a document (.docx) or a text (.txt, .md); or paste the words."
)


class PlanInstead(RefusedFile):
    """The file is a table or a StratML plan: the import reads it, with columns to map and a preview."""


def read_outline(name: str, data: bytes, as_of: dt.date) -> Outline:
    """The outline of a file, by its content first and its name second; nothing of it is kept.

    Raises `PlanInstead` for what the import reads, `RefusedFile` with what can be dropped for anything else.
    """
    found = sniff(name, data)
    if found.kind == "pptx":
        return _with_priorities(read_presentation(data, as_of))
    if found.kind == "docx":
        return _with_priorities(read_document(data, as_of))
    if found.kind == "text":
        return _with_priorities(read_text(decode_text(data), as_of))
    if found.kind in {"stratml", "csv", "xlsx"}:
        what = "a StratML plan" if found.kind == "stratml" else "a table"
        raise PlanInstead(f"This is {what}. It goes in as an import, with a preview of every row.")
    says_what_to_do = any(word in found.advice for word in ("drop", "paste", "save", "unpack"))
    raise RefusedFile(found.advice if says_what_to_do else f"{found.advice} {CAN_BE_DROPPED}")


def read_pasted(text: str, as_of: dt.date) -> Outline:
    """The outline of a pasted text. Raises `RefusedFile` when no priority is found in it."""
    return _with_priorities(read_text(_numbered(text), as_of))


def _numbered(text: str) -> str:
    """The text with each priority numbered, where it is written the way that the page asks for.

    That is: a priority a line, short and without a mark, and what is expected of it under a dash. Some have
    nothing under them yet; unmarked they would read as prose of the priority before.
    """
    lines = [line for line in text.splitlines() if line.strip()]
    priorities = [line for line in lines if not _DASHED.match(line)]
    as_asked = (
        0 < len(priorities) < len(lines)
        and lines[0] in priorities
        and all(
            len(line) <= 80
            and line[0].isalpha()
            and ":" not in line
            and not topics(line)
            and not line.rstrip().endswith((".", ";", ",", "!", "?"))
            for line in priorities
        )
    )
    if not as_asked:
        return text
    return "\n".join(
        f"1. {line}" if line.strip() and not _DASHED.match(line) else line
        for line in text.splitlines()
    )


def too_large(size_bytes: int) -> str:
    """Why a file is not even read, or "" when its size is within the limits."""
    if size_bytes <= LIMITS.bytes:
        return ""
    return (
        f"The file has {size_bytes / 1e6:.0f} MB; up to {LIMITS.bytes / 1e6:.0f} MB are read. "
        "Save it without its pictures, or paste the words."
    )


def _with_priorities(outline: Outline) -> Outline:
    if not outline.priorities:
        raise RefusedFile(
            "No priority was found in it. Paste them instead, one a line, with what you expect of each under it."
        )
    return outline
