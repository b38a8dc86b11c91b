"""One row on its way in: what it says, what becomes of it, and in which words that is told."""

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db.models import Model

from goldenthread.core import audit
from goldenthread.core.errors import DomainError, NotAllowed, SavedMeanwhile
from goldenthread.core.models import Record
from goldenthread.interchange.models import ImportRow

Outcome = ImportRow.Outcome
MOST_SHOWN = 160

LABELS = {
    "baseline": "Start",
    "cadence_days": "Days between check-ins",
    "definition": "Definition",
    "due_on": "Due",
    "ends_on": "End",
    "end": "Last day",
    "external_id": "Identifier",
    "fte": "FTE",
    "kind": "Type",
    "kpi": "KPI",
    "measure": "Unit of measure",
    "owner_person": "Owner",
    "owner_unit": "Owner",
    "start": "First day",
    "starts_on": "Start",
    "target_text": "Target in words",
}
UNPRINTED = re.compile(
    r"[\x00-\x08\x0e-\x1f]"
)  # control characters, which no file of text may hold
QUIET = {"decimals", "sponsor_named_by", "search"}


class NotFound(DomainError):
    """Nothing here is called that; `fix` is what would put the row right, if something close is here."""

    def __init__(
        self, message: str, field: str | None, text: str, instead: str = "", words: str = ""
    ) -> None:
        super().__init__(message, field)
        self.fix = (
            {"field": field, "text": text, "instead": instead, "words": words or instead}
            if instead and field
            else {}
        )


@dataclass(eq=False)
class Row:
    """One row. `values` are typed, by the fields of its kind; `cells` are as the file has them.

    The writer of its kind settles it: `done`, or `refuse`.
    """

    line: int
    kind: str
    title: str
    values: dict[str, Any] = field(default_factory=dict)
    cells: dict[str, str] = field(default_factory=dict)
    about: str = ""
    sheet: str = ""  # of a workbook with several
    notes: list[str] = field(default_factory=list)
    read_notes: list[str] = field(default_factory=list)  # of them what the reader said
    outcome: str = ""
    changes: list[list[str]] = field(default_factory=list)
    reason: str = ""
    fix: dict[str, str] = field(default_factory=dict)
    subject: Model | None = None
    proposes: bool = False
    confidential: bool = False
    unread: bool = False  # settled by the reader, whatever stands here

    def text(self, name: str) -> str:
        """What the row says there, or ""."""
        value = self.values.get(name)
        return "" if value is None else " ".join(str(value).split())

    @property
    def external_id(self) -> str:
        return self.text("external_id")[:200]

    @property
    def is_refused(self) -> bool:
        return self.outcome == Outcome.REFUSED

    def number(self, name: str) -> int | None:
        """The whole number there, if there is one; refuses a fraction."""
        value = self.values.get(name)
        if value is None:
            return None
        if value != int(value):
            raise DomainError(f"{shown(value)} is not a whole number.", name)
        return int(value)

    def given(self, *names: str) -> dict[str, Any]:
        """The named values that the row gives; an empty cell leaves what stands."""
        return {name: self.values[name] for name in names if self.values.get(name) is not None}

    def note(self, words: str) -> None:
        if words not in self.notes:
            self.notes.append(words)

    def refuse(self, error: Exception | str) -> None:
        """Write nothing of the row, and say why."""
        self.outcome = Outcome.REFUSED
        self.changes, self.proposes = [], False
        if isinstance(error, SavedMeanwhile):
            error = "Somebody else saved it at the same moment. Import it again."
        elif isinstance(error, NotFound):
            self.fix = error.fix
        self.reason = error.message if isinstance(error, DomainError | NotAllowed) else str(error)

    def leave_out(self, why: str) -> None:
        """Nothing of the row is to be imported, and that is as it should be."""
        self.outcome, self.reason, self.unread = Outcome.UNCHANGED, why, True

    def done(
        self,
        subject: Model | None,
        outcome: str,
        before: Mapping[str, Any] | None = None,
        after: Mapping[str, Any] | None = None,
    ) -> None:
        """Say what became of it. A row that was written twice over keeps the stronger of the two outcomes."""
        if self.outcome != Outcome.CREATED and not (
            outcome == Outcome.UNCHANGED and self.outcome == Outcome.UPDATED
        ):
            self.outcome = outcome
        self.subject = subject
        if outcome == Outcome.UPDATED:
            self.changes += in_words(before or {}, after or {})


def in_words(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[list[str]]:
    """Each change as [what, before, after]."""
    return [
        [LABELS.get(name, name.replace("_", " ").capitalize()), shown(before.get(name)), shown(new)]
        for name, new in after.items()
        if name not in QUIET
        and not (name == "owner_unit" and new is None and "owner_person" in after)
        and not (name == "owner_person" and new is None and "owner_unit" in after)
    ]


def differing(record: Record, wanted: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """What differs between the record and the row, as (before, after); spaces alone are no difference."""
    before, after = audit.changed(record, wanted)
    for name in list(after):
        if same_words(before[name], after[name]):
            del before[name], after[name]
    return before, after


def same_words(old: Any, new: Any) -> bool:
    """Whether two values are the same; of texts spaces do not count, nor what a file of text cannot hold."""
    if isinstance(old, str) and isinstance(new, str):
        return UNPRINTED.sub("", old).split() == UNPRINTED.sub("", new).split()
    return bool(old == new)


def shown(value: Any) -> str:
    """A value as a reader has it; missing is a dash."""
    if value is None or value == "":
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Decimal):
        return str(audit.plain(value))
    if isinstance(value, dt.date):
        return f"{value:%-d %b %Y}"
    text = " ".join(str(value).split())
    return text if len(text) <= MOST_SHOWN else f"{text[: MOST_SHOWN - 1]}…"


def fitted(text: str, at_most: int) -> tuple[str, str]:
    """The text in one line within the limit, and all of it where it had to be cut."""
    line = " ".join(text.split())
    if len(line) <= at_most:
        return line, ""
    cut = line[: at_most - 1].rsplit(" ", 1)[0] or line[: at_most - 1]
    return f"{cut}…", line


def paragraphs(parts: Iterable[str]) -> str:
    return "\n\n".join(part.strip() for part in parts if part and part.strip())


def encoded(value: Any) -> Any:
    """A typed value as JSON keeps it, so that `decoded` gives back the same."""
    if isinstance(value, Decimal):
        return {"number": str(value)}
    if isinstance(value, dt.date):
        return {"day": value.isoformat()}
    return value


def decoded(value: Any) -> Any:
    if isinstance(value, dict) and "number" in value:
        return Decimal(value["number"])
    if isinstance(value, dict) and "day" in value:
        return dt.date.fromisoformat(value["day"])
    return value
