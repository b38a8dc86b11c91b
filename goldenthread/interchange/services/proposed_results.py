"""The key results that a cascade proposes as lines of one cell: "Visits | from: 140 | to: 40 | unit: visits"."""

import csv
import datetime as dt
import io
from collections.abc import Callable, Iterable, Mapping
from dataclasses import MISSING, fields
from decimal import Decimal, InvalidOperation
from typing import Any

from goldenthread.core.errors import DomainError
from goldenthread.interchange.services.decision_cells import BETWEEN
from goldenthread.interchange.services.known import Known
from goldenthread.interchange.services.rows import fitted, shown
from goldenthread.interchange.services.steps import read_steps, write_steps
from goldenthread.objectives.models import KeyResult
from goldenthread.objectives.services.drafts import KeyResultDraft

LENGTHS = {"measure": 40, "source": 200, "target_text": 500, "not_enough": 500}
# The word in the cell, and the field of a key result.
WORDS = {
    "type": "kind",
    "from": "baseline",
    "to": "target",
    "at least": "low",
    "at most": "high",
    "unit": "measure",
    "weight": "weight",
    "due": "due_on",
    "in words": "target_text",
    "commit": "commit",
    "stretch": "stretch",
    "share of days": "required_share",
    "decimals": "decimals",
    "source": "source",
    "reported by": "reporter",
    "not enough": "not_enough",
    "measured by": "measure_by",
    "direction": "direction",
    "kpi": "kpi",
    "milestones": "milestones",
}
NUMBERS = {"baseline", "target", "low", "high", "weight", "commit", "stretch", "required_share"}
DAYS = {"due_on", "measure_by"}
CHOICES: Mapping[str, Iterable[str]] = {
    "kind": KeyResult.Kind.values,
    "direction": KeyResult.Direction.values,
}
UNSAID = {
    one.name: one.default for one in fields(KeyResultDraft) if one.default is not MISSING
}  # what need not be written


def write_proposed(drafts: Iterable[KeyResultDraft], name: Callable[[Any], str]) -> str:
    """A line each, of what differs from a plain number; `name` is how the file calls a person or a KPI."""
    out = io.StringIO()
    lines = csv.writer(out, delimiter=BETWEEN, lineterminator="\n")
    for one in drafts:
        cells = [one.title]
        for word, field in WORDS.items():
            value = getattr(one, field)
            if field == "milestones":
                text = write_steps(value)
            elif value == UNSAID.get(field):
                continue
            else:
                text = name(value) if field in {"reporter", "kpi"} else str(value)
            if text:
                cells.append(f"{word}: {text}")
        lines.writerow(cells)
    return out.getvalue().rstrip("\n")


def read_proposed(text: str, known: Mapping[str, Known[Any]]) -> list[KeyResultDraft]:
    """The key results of a cell; all but the title may be left out. `known` finds reporters and KPIs."""
    try:
        lines = list(csv.reader(io.StringIO(text, newline=""), delimiter=BETWEEN, strict=True))
    except csv.Error:
        raise _refused(text) from None
    found = []
    for cells in lines:
        parts = [cell.strip() for cell in cells]
        if not any(parts):
            continue
        if not parts[0]:
            raise DomainError("A key result has no title.", "key_results")
        values: dict[str, Any] = {}
        for part in filter(None, parts[1:]):
            word, colon, value = part.partition(":")
            field = WORDS.get(word.strip().casefold())
            if not colon or field is None:
                raise _refused(part)
            values[field] = _value(field, value.strip(), known)
        found.append(KeyResultDraft(fitted(parts[0], 200)[0], **values))
    return found


def _value(field: str, text: str, known: Mapping[str, Known[Any]]) -> Any:
    if field in known:
        return known[field].find(text, "key_results")
    if field == "milestones":
        return tuple(read_steps(text))
    if field in CHOICES and text not in CHOICES[field]:
        raise DomainError(f"“{shown(text)}” is none of {', '.join(CHOICES[field])}.", "key_results")
    try:
        if field in NUMBERS:
            return Decimal(text)
        if field in DAYS:
            return dt.date.fromisoformat(text)
        if field == "decimals":
            return int(text)
    except (ValueError, InvalidOperation):
        raise _refused(text) from None
    return fitted(text, LENGTHS.get(field, 200))[0]


def _refused(text: str) -> DomainError:
    return DomainError(
        f"“{shown(text)}” is not understood: write a key result a line, as “Median wait | from: 8 | to: 2 | unit: min”.",
        "key_results",
    )
