"""The shape every measure answers in, so that a missing figure can never be read as 0."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from math import isfinite, sqrt
from typing import TypeAlias

Number: TypeAlias = float | Decimal
"""What callers may pass in; the engine converts to float at its edge."""

METHOD_VERSION = "reading-a-figure/1"
MINIMUM_GROUP = 5
"""People a figure made of opinions needs before it may be shown (policy default)."""
Z_95 = 1.959963984540054
TOLERANCE = 1e-9
"""Two figures nearer than this are the same figure: floats at a threshold must not flip a verdict."""


class Status(StrEnum):
    """Why a figure is there, or why it is not; each is worded differently on screen."""

    OK = "ok"
    EARLY = "early"
    INSUFFICIENT_DATA = "insufficient_data"
    UNDEFINED = "undefined"
    SUPPRESSED = "suppressed"
    INVALID_INPUT = "invalid_input"


@dataclass(frozen=True, kw_only=True)
class Result:
    """One figure with everything needed to show it honestly.

    `n` counts the units the figure is made of; a suppressed result says 0 there, because the
    count is withheld with the value. `value` is None whenever `status` is neither ok nor early.
    `method_version` names the page that defines the figure.
    """

    value: float | None
    status: Status
    n: int
    unit_of_n: str
    method_version: str
    numerator: float | None = None
    denominator: float | None = None
    ci_low: float | None = None
    ci_high: float | None = None
    ci_method: str | None = None
    coverage: float | None = None
    as_of: date | None = None
    window: tuple[date, date] | None = None
    reason: str = ""

    def __post_init__(self) -> None:
        if self.status is Status.OK and self.value is None:
            raise ValueError("a result that is ok has a value")
        if self.status not in {Status.OK, Status.EARLY} and self.value is not None:
            raise ValueError(f"a result that is {self.status} has no value")
        if self.value is not None and not isfinite(self.value):
            raise ValueError("a value is a finite number")


def measured(
    value: Number,
    *,
    n: int,
    unit_of_n: str,
    method_version: str,
    numerator: Number | None = None,
    denominator: Number | None = None,
    coverage: float | None = None,
    as_of: date | None = None,
    window: tuple[date, date] | None = None,
    status: Status = Status.OK,
    reason: str = "",
) -> Result:
    """A figure that exists, without an interval."""
    return Result(
        value=float(value),
        status=status,
        n=n,
        unit_of_n=unit_of_n,
        method_version=method_version,
        numerator=None if numerator is None else float(numerator),
        denominator=None if denominator is None else float(denominator),
        coverage=coverage,
        as_of=as_of,
        window=window,
        reason=reason,
    )


def share(
    numerator: int,
    denominator: int,
    *,
    unit_of_n: str,
    method_version: str,
    coverage: float | None = None,
    as_of: date | None = None,
    window: tuple[date, date] | None = None,
    status: Status = Status.OK,
    reason: str = "",
) -> Result:
    """A share of counted units, with its Wilson 95 % interval; undefined when there are none.

    Raises: ValueError when the numerator is not between 0 and the denominator.
    """
    if not 0 <= numerator <= denominator:
        raise ValueError(f"{numerator} of {denominator} is not a share")
    if denominator == 0:
        return undefined(
            f"there are no {unit_of_n} to count",
            unit_of_n=unit_of_n,
            method_version=method_version,
            as_of=as_of,
            window=window,
        )
    low, high = wilson_interval(numerator, denominator)
    return Result(
        value=numerator / denominator,
        status=status,
        n=denominator,
        unit_of_n=unit_of_n,
        method_version=method_version,
        numerator=float(numerator),
        denominator=float(denominator),
        ci_low=low,
        ci_high=high,
        ci_method="wilson",
        coverage=coverage,
        as_of=as_of,
        window=window,
        reason=reason,
    )


def undefined(
    reason: str,
    *,
    unit_of_n: str,
    method_version: str,
    n: int = 0,
    as_of: date | None = None,
    window: tuple[date, date] | None = None,
) -> Result:
    """The formula has no value on this input, such as a share of nothing."""
    return _missing(Status.UNDEFINED, reason, n, unit_of_n, method_version, as_of, window)


def insufficient_data(
    reason: str,
    *,
    unit_of_n: str,
    method_version: str,
    n: int = 0,
    as_of: date | None = None,
    window: tuple[date, date] | None = None,
) -> Result:
    """A value would exist, but something it needs is missing or there is too little of it."""
    return _missing(Status.INSUFFICIENT_DATA, reason, n, unit_of_n, method_version, as_of, window)


def invalid_input(
    reason: str,
    *,
    unit_of_n: str,
    method_version: str,
    n: int = 0,
    as_of: date | None = None,
    window: tuple[date, date] | None = None,
) -> Result:
    """The input contradicts itself; the reason says what to correct."""
    return _missing(Status.INVALID_INPUT, reason, n, unit_of_n, method_version, as_of, window)


def suppressed(
    *,
    unit_of_n: str,
    method_version: str,
    minimum: int = MINIMUM_GROUP,
    as_of: date | None = None,
    window: tuple[date, date] | None = None,
) -> Result:
    """Withheld because the group is too small; neither the value nor the exact count is in it."""
    reason = f"fewer than {minimum} {unit_of_n}"
    return _missing(Status.SUPPRESSED, reason, 0, unit_of_n, method_version, as_of, window)


def wilson_interval(numerator: int, denominator: int) -> tuple[float, float]:
    """The 95 % Wilson score interval of a share; stays inside 0 to 1 and works at both ends."""
    p, z2 = numerator / denominator, Z_95**2
    centre = p + z2 / (2 * denominator)
    margin = Z_95 * sqrt(p * (1 - p) / denominator + z2 / (4 * denominator**2))
    scale = 1 + z2 / denominator
    low = 0.0 if numerator == 0 else (centre - margin) / scale
    high = 1.0 if numerator == denominator else (centre + margin) / scale
    return low, high


def _missing(
    status: Status,
    reason: str,
    n: int,
    unit_of_n: str,
    method_version: str,
    as_of: date | None,
    window: tuple[date, date] | None,
) -> Result:
    return Result(
        value=None,
        status=status,
        n=n,
        unit_of_n=unit_of_n,
        method_version=method_version,
        as_of=as_of,
        window=window,
        reason=reason,
    )
