"""Over how many priorities effort is really spread, and whether people or the portfolio spread it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from math import exp, fsum, isfinite, log

import numpy as np
from numpy.typing import NDArray

from goldenthread.engine.bands import Band
from goldenthread.engine.result import (
    MINIMUM_GROUP,
    Number,
    Result,
    insufficient_data,
    invalid_input,
    measured,
    suppressed,
)

METHOD_VERSION = "dispersion/1"
EXCESS_BANDS = (Band("as intended", 0.0), Band("watch", 1.25), Band("act", 1.5))
"""Above a limit, not at it: `band_above`."""

NO_EFFORT = "nobody has said where the effort goes"
BROAD, MOSTLY = 1.5, 2 / 3
"""From so many equal priorities effort counts as spread; with such a part of it within people, it is they."""

Floats = NDArray[np.float64]


class Reading(StrEnum):
    """Where the spread sits."""

    FOCUSED = "focused"
    PEOPLE = "people"
    PORTFOLIO = "portfolio"
    BOTH = "both"


@dataclass(frozen=True)
class Partition:
    """Where the spread sits: `alpha` within each person, `beta` between people, `gamma` over all; alpha · beta = gamma.

    Each runs from 1 (one priority) upward.
    """

    alpha: float
    beta: float
    gamma: float


def shares_of(amounts: Iterable[Number]) -> list[float]:
    """What is above 0, as shares that sum to 1; [] of nothing.

    Raises: ValueError for an amount below 0 or not finite.
    """
    found = [float(amount) for amount in amounts]
    if any(amount < 0 or not isfinite(amount) for amount in found):
        raise ValueError("effort is never below 0")
    total = fsum(found)
    shares = [amount / total for amount in found if amount > 0]
    return [
        share for share in shares if share > 0
    ]  # one may be too small to be anything beside the rest


def effective_number(amounts: Iterable[Number], order: int = 1) -> float | None:
    """The number of equal priorities over which effort would be spread as much as it is: a Hill number.

    Order 1 is the exponential of Shannon's entropy; order 2, the inverse of Simpson's index, reacts less to small
    side work. Missing: None without effort. Raises: ValueError for another order, or an amount below 0.
    Source: Hill 1973.
    """
    shares = shares_of(amounts)
    if order not in {1, 2}:
        raise ValueError("the order is 1 or 2")
    if not shares:
        return None
    if order == 2:
        return 1 / fsum(share**2 for share in shares)
    return exp(_entropy(shares))


def focus_index(amounts: Sequence[Number]) -> float | None:
    """From 0, spread evenly over all that got effort, to 1, all on one. Missing: None without effort."""
    spread = effective_number(amounts)
    if spread is None:
        return None
    count = sum(1 for amount in amounts if amount > 0)
    return 1.0 if count == 1 else (count - spread) / (count - 1)


def effective_priorities(
    amounts: Sequence[Number],
    *,
    people: int,
    minimum: int = MINIMUM_GROUP,
    coverage: float | None = None,
    as_of: date | None = None,
) -> Result:
    """The effective number of priorities (order 1) of a group's effort.

    `amounts` are the effort that reaches each priority, with what is unlinked as one more. Missing: fewer people than
    the minimum is suppressed; no effort is insufficient data; effort below 0 is invalid. A person's own figure is
    asked with `minimum=1`.
    """
    if people < minimum:
        return suppressed(
            unit_of_n="people", method_version=METHOD_VERSION, minimum=minimum, as_of=as_of
        )
    try:
        spread = effective_number(amounts)
    except ValueError as error:
        return invalid_input(
            str(error), n=people, unit_of_n="people", method_version=METHOD_VERSION, as_of=as_of
        )
    if spread is None:
        return insufficient_data(
            NO_EFFORT, n=people, unit_of_n="people", method_version=METHOD_VERSION, as_of=as_of
        )
    return measured(
        spread,
        n=people,
        unit_of_n="people",
        method_version=METHOD_VERSION,
        coverage=coverage,
        as_of=as_of,
    )


def excess_dispersion(
    amounts: Sequence[Number],
    weights: Sequence[Number],
    *,
    people: int,
    minimum: int = MINIMUM_GROUP,
    coverage: float | None = None,
    as_of: date | None = None,
) -> Result:
    """How much wider effort is spread than the strategy weighs its priorities; 1 is as intended.

    `amounts` as in `effective_priorities`; `weights` are the value weights, any scale. Missing: as there, and
    insufficient data without confirmed weights.
    """
    found = effective_priorities(
        amounts, people=people, minimum=minimum, coverage=coverage, as_of=as_of
    )
    meant = effective_number(weights)
    if found.value is None:
        return found
    if meant is None:
        return insufficient_data(
            "weights not set",
            n=people,
            unit_of_n="people",
            method_version=METHOD_VERSION,
            as_of=as_of,
        )
    return measured(
        found.value / meant,
        n=people,
        unit_of_n="people",
        method_version=METHOD_VERSION,
        coverage=coverage,
        as_of=as_of,
    )


def partition(people: Sequence[Sequence[Number]] | Floats) -> Partition | None:
    """Alpha, beta and gamma of the effort of people, each a row of amounts over the same priorities.

    A person counts by their part of all effort; one without any is left out. Missing: None where nobody has any.
    Raises: ValueError for amounts below 0 or rows of different lengths. Source: Jost 2007.
    """
    if len({len(row) for row in people}) > 1:
        raise ValueError("every row names the same priorities")
    rows = np.asarray(people, np.float64)
    if not np.isfinite(rows).all() or (rows < 0).any():
        raise ValueError("effort is never below 0")
    each = rows.sum(axis=1) if rows.size else np.zeros(0)
    if not each.sum():
        return None
    shares = rows[each > 0] / each[each > 0, None]
    logs = np.log(shares, where=shares > 0, out=np.zeros_like(shares))
    entropies = -(shares * logs).sum(axis=1)
    alpha = exp(float((each[each > 0] / each.sum() * entropies).sum()))
    gamma = exp(_entropy(shares_of(rows.sum(axis=0).tolist())))
    return Partition(alpha, gamma / alpha, gamma)


def where_it_sits(
    people: Sequence[Sequence[Number]] | Floats,
    *,
    minimum: int = MINIMUM_GROUP,
    as_of: date | None = None,
) -> tuple[Result, Result, Result]:
    """`partition` as three figures: alpha, beta, gamma.

    Missing: fewer people with effort than the minimum is suppressed; nobody with any is insufficient data.
    """
    count = sum(1 for row in people if any(row))
    if count < minimum:
        few = suppressed(
            unit_of_n="people", method_version=METHOD_VERSION, minimum=minimum, as_of=as_of
        )
        return few, few, few
    found = partition(people)
    if found is None:
        none = insufficient_data(
            NO_EFFORT, unit_of_n="people", method_version=METHOD_VERSION, as_of=as_of
        )
        return none, none, none
    alpha, beta, gamma = (
        measured(value, n=count, unit_of_n="people", method_version=METHOD_VERSION, as_of=as_of)
        for value in (found.alpha, found.beta, found.gamma)
    )
    return alpha, beta, gamma


def reading(alpha: float | None, gamma: float | None) -> Reading | None:
    """Who spreads the effort: each person, the portfolio, both or none; None without figures.

    As alpha and beta compare with gamma: gamma below `BROAD` is no spread to speak of.
    """
    if alpha is None or gamma is None:
        return None
    if gamma < BROAD:
        return Reading.FOCUSED
    part = log(alpha) / log(gamma)  # of the entropy, what sits within people
    if part >= MOSTLY:
        return Reading.PEOPLE
    return Reading.PORTFOLIO if part <= 1 - MOSTLY else Reading.BOTH


def _entropy(shares: Sequence[float]) -> float:
    return -fsum(share * log(share) for share in shares)
