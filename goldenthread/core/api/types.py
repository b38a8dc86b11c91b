"""The types of what is sent and answered: exact, bounded, and nothing that a database cannot hold."""

import datetime as dt
import re
from decimal import Decimal
from typing import Annotated, Any, Self

from django.db.models import Model, QuerySet
from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    StringConstraints,
    WithJsonSchema,
)

from goldenthread.core.errors import DomainError

MOST_ID = 2**63 - 1
EARLIEST, LATEST = dt.date(1900, 1, 1), dt.date(2199, 12, 31)
NO_NUL = r"^[^\x00]*$"
PLAIN = re.compile(r"-?[0-9]{1,14}(\.[0-9]{1,6})?")
ISO_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")

LEFT: Any = (
    None  # the default of a field that may be left out and, unlike None as a type, not be null
)


def _number(value: Any) -> Decimal:
    """An exact number out of a JSON number or its digits as text."""
    if isinstance(value, bool) or not isinstance(value, int | Decimal | str):
        raise ValueError("Give a number, or its digits as text.")
    if isinstance(value, int) and abs(value) >= 10**14:
        raise ValueError("At most 14 digits stand before the point.")
    if isinstance(value, Decimal):
        if not value.is_finite() or not -20 <= value.adjusted() <= 14:
            raise ValueError("Give a number with at most 14 digits before the point, 6 after it.")
        value = format(value, "f")
    text = str(value)
    if not PLAIN.fullmatch(text):
        raise ValueError("Give a number with at most 14 digits before the point, 6 after it.")
    return Decimal(text)


def _day(value: Any) -> dt.date:
    if not isinstance(value, str) or not ISO_DAY.fullmatch(value):
        raise ValueError("Give a day as YYYY-MM-DD.")
    try:
        day = dt.date.fromisoformat(value)
    except ValueError as error:
        raise ValueError("There is no such day.") from error
    if not EARLIEST <= day <= LATEST:
        raise ValueError("Give a day between 1900 and 2199.")
    return day


def digits(number: Decimal) -> str:
    """A number as text, exact and without needless zeros."""
    return format(number.normalize(), "f")


_EXACT: dict[str, Any] = {
    "anyOf": [
        {"type": "number", "exclusiveMinimum": -1e14, "exclusiveMaximum": 1e14},
        {"type": "string", "pattern": r"^-?[0-9]{1,14}(\.[0-9]{1,6})?$"},
    ],
    "description": "Exact: a JSON number or its digits as text, at most 14 before and 6 after the point.",
}

Id = Annotated[int, Field(ge=1, le=MOST_ID)]
Count = Annotated[int, Field(ge=0, le=32_767)]
Name = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=NO_NUL)]
Line = Annotated[str, StringConstraints(max_length=200, pattern=NO_NUL)]
Short = Annotated[str, StringConstraints(max_length=40, pattern=NO_NUL)]
Note = Annotated[str, StringConstraints(max_length=2_000, pattern=NO_NUL)]
Prose = Annotated[str, StringConstraints(max_length=10_000, pattern=NO_NUL)]
Day = Annotated[
    dt.date, BeforeValidator(_day), WithJsonSchema({"type": "string", "format": "date"})
]
Number = Annotated[Decimal, BeforeValidator(_number), WithJsonSchema(_EXACT)]
Digits = Annotated[
    Decimal,
    PlainSerializer(digits, return_type=str),
    WithJsonSchema({"type": "string", "pattern": r"^-?[0-9]+(\.[0-9]+)?$"}, mode="serialization"),
]
Search = Annotated[
    str, StringConstraints(max_length=200, pattern=NO_NUL), Field(description="Words to look for.")
]


class Input(BaseModel):
    """What is sent. Unknown names and values of another type are refused."""

    model_config = ConfigDict(extra="forbid", strict=True)

    def given(self) -> dict[str, Any]:
        """The fields that were sent, whatever their value."""
        return {
            name: getattr(self, name)
            for name in type(self).model_fields
            if name in self.model_fields_set
        }

    def every(self) -> dict[str, Any]:
        """All fields, those left out with their defaults."""
        return {name: getattr(self, name) for name in type(self).model_fields}


class Filter(BaseModel):
    """What a list is narrowed to and which page of it is wanted, out of the address."""

    page: Annotated[int, Field(ge=1, le=10_000, description="Which page, from 1.")] = 1
    limit: Annotated[int, Field(ge=1, le=100, description="How many to a page.")] = 50


class Output(BaseModel):
    """What is answered."""

    model_config = ConfigDict(arbitrary_types_allowed=False)

    def to_keep(self) -> Self:
        """What is kept of it, to answer a repeated request with: all of it."""
        return self


class RecordOut(Output):
    """A record with the version that a later write has to name (`If-Match`)."""

    id: Id
    version: int


class WithSecret(Output):
    """A record with a secret that is in this answer alone."""

    secret: Annotated[
        str | None,
        Field(description="Shown this once; null where a request is repeated by its key."),
    ]

    def to_keep(self) -> Self:
        """Nobody reads the secret again, here neither."""
        return self.model_copy(update={"secret": None})


class Ref(Output):
    """Another record, by its id and name; its own address tells the rest."""

    id: Id
    name: str

    @classmethod
    def to(cls, record: Model | None) -> Self | None:
        return None if record is None else cls(id=record.pk, name=str(record))


def found(rows: "QuerySet[Any]", pk: int | None, field: str) -> Any:
    """The record that was named by id, out of those that may be named; None where none was."""
    if pk is None:
        return None
    record = rows.filter(pk=pk).first()
    if record is None:
        what = rows.model._meta.verbose_name
        raise DomainError(f"There is no {what} {pk} here.", field)
    return record
