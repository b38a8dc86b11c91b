"""What a presentation, a document or a pasted text says about a strategy."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal


@dataclass(frozen=True)
class ExpectedResult:
    """One expected result. ``text`` is always as written; the rest only where it could be read.

    ``unit`` is as written ("%", "£m", "days"); nothing is converted. ``due`` is None when the
    text names no date or one that leaves the year open (then ``due_text`` has its words).
    """

    text: str
    baseline: Decimal | None = None
    target: Decimal | None = None
    unit: str = ""
    direction: Literal["up", "down"] | None = None
    due: dt.date | None = None
    due_text: str = ""
    detail: str = ""


@dataclass(frozen=True)
class DraftPriority:
    """A priority as the source words it, to be confirmed by a leader."""

    title: str
    source: str
    why: str = ""
    expected_results: tuple[ExpectedResult, ...] = ()
    trade_offs: tuple[str, ...] = ()
    sponsor: str = ""
    notes: str = ""


@dataclass(frozen=True)
class Ignored:
    """A text that was not used: where it stands and why."""

    where: str
    text: str
    why: str


@dataclass(frozen=True)
class Outline:
    """A strategy as people have it, read into its parts. Missing parts are "" or empty."""

    title: str
    vision: str
    mission: str
    values: tuple[str, ...]
    priorities: tuple[DraftPriority, ...]
    trade_offs: tuple[str, ...]
    ignored: tuple[Ignored, ...]


@dataclass
class Line:
    """One paragraph: its depth within its section and whether it has a bullet or a number.

    ``where`` is "" where the section's own place is precise enough.
    """

    text: str
    depth: int = 0
    marked: bool = True
    where: str = ""


@dataclass
class Section:
    """A slide, or a heading with what stands under it; the common form of all sources.

    ``level`` 1 is the highest. ``opens`` marks a slide that is the title of the whole.
    """

    where: str
    title: str
    level: int = 1
    lines: list[Line] = field(default_factory=list)
    notes: str = ""
    opens: bool = False
