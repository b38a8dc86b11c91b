"""The options of a decision, and what it touches, as lines of one cell each."""

import csv
import io
from collections.abc import Iterable, Mapping
from typing import Any

from goldenthread.core.errors import DomainError
from goldenthread.interchange.services.known import Known, one_of
from goldenthread.tradeoffs.models import Option
from goldenthread.tradeoffs.services import OptionWords

BETWEEN = "|"


def write_options(options: Iterable[Option]) -> str:
    """A line each: "Lease|cheap now|dear later", quoted as in CSV where the words hold the sign or a line end."""
    out = io.StringIO()
    lines = csv.writer(out, delimiter=BETWEEN, lineterminator="\n")
    lines.writerows((one.title, one.speaks_for, one.speaks_against) for one in options)
    return out.getvalue().rstrip("\n")


def read_options(text: str) -> list[OptionWords]:
    """The options of a cell; what speaks for and against may be left out."""
    try:
        lines = list(
            csv.reader(
                io.StringIO(text, newline=""), delimiter=BETWEEN, skipinitialspace=True, strict=True
            )
        )
    except csv.Error:
        raise DomainError(
            "Write an option a line: “Lease | for it | against it”.", "options"
        ) from None
    found = []
    for cells in lines:
        parts = [cell.strip() for cell in cells]
        if not any(parts):
            continue
        if len(parts) > 3:
            raise DomainError(
                "An option has a name, and what speaks for and against it.", "options"
            )
        title, speaks_for, speaks_against = [*parts, "", ""][:3]
        found.append(OptionWords(title, speaks_for, speaks_against))
    return found


def write_touches(touches: Iterable[tuple[str, str]]) -> str:
    """A line each: "objective: x12", so that one identifier may be that of several kinds."""
    return "\n".join(f"{kind}: {name}" for kind, name in touches)


def read_touches(text: str, known: Mapping[str, Known[Any]]) -> list[Any]:
    """What the lines mean: by kind, or without one by a name that only one record has."""
    found = []
    for line in text.splitlines():
        if not line.strip():
            continue
        kind, colon, name = line.partition(":")
        if colon and kind.strip() in known:
            found.append(known[kind.strip()].find(name.strip(), "touches"))
        else:
            found.append(one_of(known.values(), line.strip(), "touches"))
    return found
