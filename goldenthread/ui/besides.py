"""What rooms above show on the page of a record of a room below: each adds a section, and the page names none of them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import Model


@dataclass(frozen=True)
class Section:
    """A part of a page: its template and what that shows."""

    template: str
    given: dict[str, Any]


SECTIONS: list[Callable[[Any, Model], Section | None]] = []
"""Asked with the reader (a `people.Person`) and the record; None where there is nothing to say. A query each at most."""


def sections(reader: Any, record: Model) -> list[Section]:
    return [one for make in SECTIONS if (one := make(reader, record)) is not None]
