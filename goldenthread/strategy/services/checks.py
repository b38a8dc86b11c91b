"""What every service of the strategy asks of its input, and how an edit is written down."""

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, TypeVar

from goldenthread.core import audit, versions
from goldenthread.core.errors import DomainError
from goldenthread.core.models import Record
from goldenthread.people.models import Person
from goldenthread.people.services import works_here
from goldenthread.strategy.models import Strategy

R = TypeVar("R", bound=Record)

PLACES = 6  # decimal places kept of a measured value
LARGEST = Decimal(10) ** 14


def words(text: str, field: str, *, at_most: int = 200) -> str:
    """The text without blanks around it; refused when empty or too long."""
    text = " ".join(text.split())
    if not text:
        raise DomainError("This cannot be empty.", field)
    if len(text) > at_most:
        raise DomainError(
            f"This is {len(text)} characters long; at most {at_most} fit. Shorten it.", field
        )
    return text


def exact(value: Decimal | None, field: str) -> Decimal | None:
    """The value as it can be stored exactly; refused when it is no number or would be rounded."""
    if value is None:
        return None
    if not value.is_finite():
        raise DomainError("This is not a number.", field)
    if abs(value) >= LARGEST:
        raise DomainError("This number is too large. Use a larger unit of measure.", field)
    if value != round(value, PLACES):
        raise DomainError(f"At most {PLACES} decimal places are kept. Shorten the number.", field)
    return value


def in_order(start: dt.date | None, end: dt.date | None, field: str) -> None:
    """Refuse a period that ends before it starts."""
    if start is not None and end is not None and end < start:
        raise DomainError("The end lies before the start. Change one of the two dates.", field)


def rising(low: Decimal | None, high: Decimal | None, field: str = "high") -> None:
    """Refuse a range whose lower end lies above its upper end."""
    if low is not None and high is not None and low > high:
        raise DomainError("The lower end of the range lies above the upper end.", field)


def leads(person: Person, field: str) -> None:
    """Refuse somebody who is not a leader, or has left."""
    works_here(person, field)
    if not person.is_leader:
        raise DomainError(
            f"{person} is not a leader yet. Choose the head of a unit or a sponsor, or have an "
            "administrator make them a leader.",
            field,
        )


def still_open(strategy: Strategy) -> None:
    """Refuse to change a strategy that has ended: it stays as it was."""
    if strategy.state == Strategy.State.ENDED:
        raise DomainError(f"“{strategy}” has ended and stays as it was. Start a new strategy.")


def write(
    actor: Person,
    verb: str,
    record: R,
    changes: Mapping[str, Any],
    *,
    version: int | None = None,
    note: str = "",
) -> R:
    """Save what differs, under the version that the writer saw, and put it in the audit trail.

    Raises `SavedMeanwhile` when somebody saved in between.
    """
    before, after = audit.changed(record, changes)
    if after:
        versions.save(record, after, version=version)
        audit.record(actor, verb, record, before=before, after=after, note=note)
    return record


def kept(record: Record, *names: str) -> dict[str, Any]:
    """The named fields of a new record, for the audit trail; empty ones are left out."""
    found = {name: getattr(record, name) for name in names}
    return {name: value for name, value in found.items() if value not in (None, "")}
