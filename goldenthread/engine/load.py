"""How full people's time is, how much is under way at once, and whether more is begun than is ever finished."""

from collections.abc import Iterable, Sequence
from datetime import date
from math import fsum
from typing import NamedTuple

from goldenthread.engine.bands import Band, band_of
from goldenthread.engine.result import (
    MINIMUM_GROUP,
    TOLERANCE,
    Number,
    Result,
    insufficient_data,
    measured,
    share,
    suppressed,
    undefined,
)

LOAD_METHOD_VERSION = "overload/1"
OVERACTIVITY_METHOD_VERSION = "overactivity/1"

UTILISATION_BANDS = (
    Band("room left", 0.0),
    Band("fine", 0.80 - 4 * TOLERANCE),
    Band("watch", 1.0),
    Band("act", 1.10),
)
"""Above a limit, not at it: `band_above`; 80 % itself is fine."""
WIP_BANDS = (Band("fine", 0), Band("watch", 4), Band("act", 6))
OVERACTIVITY_BANDS = (Band("good", 0.0), Band("watch", 1.0), Band("act", 1.5))
"""Above a limit, not at it: `band_above`."""
WIP_FROM_SHARE = (
    0.10  # with this part of one's time or more on an objective, it counts as under way
)

LEAST_COMPLETIONS, LEAST_PERIODS, STEADY = 10, 3, 0.30


class Load(NamedTuple):
    """What one person is asked for and what they have, both in full-time equivalents."""

    allocated_fte: float
    capacity_fte: float

    @property
    def utilisation(self) -> float | None:
        """1 is exactly full. None without capacity: there is nothing to divide by."""
        return self.allocated_fte / self.capacity_fte if self.capacity_fte > 0 else None

    @property
    def is_overloaded(self) -> bool:
        return self.utilisation is not None and self.utilisation > 1 + TOLERANCE


def overload_share(
    loads: Sequence[Load], *, minimum: int = MINIMUM_GROUP, as_of: date | None = None
) -> Result:
    """The share of people who are asked for more than they have.

    Missing: people without capacity are left out; fewer than the minimum is suppressed.
    """
    able = [one for one in loads if one.capacity_fte > 0]
    if len(able) < minimum:
        return suppressed(
            unit_of_n="people", method_version=LOAD_METHOD_VERSION, minimum=minimum, as_of=as_of
        )
    return share(
        sum(one.is_overloaded for one in able),
        len(able),
        unit_of_n="people",
        method_version=LOAD_METHOD_VERSION,
        as_of=as_of,
    )


def overcommitted_fte(loads: Iterable[Load]) -> float:
    """By how much people are asked for more than they have, in full-time equivalents; room elsewhere does not
    make up for it."""
    return fsum(max(0.0, one.allocated_fte - one.capacity_fte) for one in loads)


def unaligned_share(
    linked: Number,
    unlinked: Number,
    run_the_business: Number,
    *,
    people: int,
    minimum: int = MINIMUM_GROUP,
    as_of: date | None = None,
) -> Result:
    """The share of all effort that neither reaches a priority nor is declared to keep the business running.

    Units: any, the same for all three. Missing: fewer people than the minimum is suppressed; no effort is undefined.
    """
    if people < minimum:
        return suppressed(
            unit_of_n="people", method_version=LOAD_METHOD_VERSION, minimum=minimum, as_of=as_of
        )
    total = float(linked) + float(unlinked) + float(run_the_business)
    if total == 0:
        return undefined(
            "no effort",
            n=people,
            unit_of_n="people",
            method_version=LOAD_METHOD_VERSION,
            as_of=as_of,
        )
    return measured(
        float(unlinked) / total,
        n=people,
        unit_of_n="people",
        method_version=LOAD_METHOD_VERSION,
        numerator=unlinked,
        denominator=total,
        as_of=as_of,
    )


class UnderWay(NamedTuple):
    """How many people have how many objectives under way: by the bands of `WIP_BANDS`, and all together."""

    fine: int
    watch: int
    act: int
    objectives: int  # as each person counts them, summed

    @property
    def people(self) -> int:
        return self.fine + self.watch + self.act


def under_way(counts: Iterable[int]) -> UnderWay:
    """`counts` are the objectives under way of each person, 0 included."""
    every = list(counts)
    names = [getattr(band_of(count, WIP_BANDS), "name", "fine") for count in every]
    return UnderWay(names.count("fine"), names.count("watch"), names.count("act"), sum(every))


def mean_under_way(
    counts: Sequence[int], *, minimum: int = MINIMUM_GROUP, as_of: date | None = None
) -> Result:
    """The mean number of objectives that a person has under way.

    Missing: fewer people than the minimum is suppressed.
    """
    if len(counts) < minimum:
        return suppressed(
            unit_of_n="people", method_version=LOAD_METHOD_VERSION, minimum=minimum, as_of=as_of
        )
    return measured(
        sum(counts) / len(counts),
        n=len(counts),
        unit_of_n="people",
        method_version=LOAD_METHOD_VERSION,
        as_of=as_of,
    )


class Throughput(NamedTuple):
    """What a unit had under way and finished over some periods of equal length.

    `under_way` is the mean number of objectives under way; `planned_periods` how long one is meant to take.
    """

    under_way: float
    started: int
    finished: int
    periods: int
    planned_periods: float = 1.0


def cycle_time(seen: Throughput, as_of: date | None = None) -> Result:
    """How many periods an objective takes from start to finish, by Little's law (mean under way / finished a period).

    Missing: undefined where nothing was finished; insufficient data before 10 were finished in 3 periods, or where
    starts and finishes are not within 30 % of each other: the law holds for a steady flow.
    """
    problem = _unsteady(seen, as_of)
    if problem is not None:
        return problem
    return measured(
        seen.under_way * seen.periods / seen.finished,
        n=seen.finished,
        unit_of_n="objectives",
        method_version=OVERACTIVITY_METHOD_VERSION,
        as_of=as_of,
    )


def overactivity(seen: Throughput, as_of: date | None = None) -> Result:
    """How many times longer objectives take than planned, because more is begun than is finished; 1 is as planned.

    Missing: as in `cycle_time`.
    """
    found = cycle_time(seen, as_of)
    if found.value is None:
        return found
    return measured(
        found.value / seen.planned_periods,
        n=found.n,
        unit_of_n=found.unit_of_n,
        method_version=OVERACTIVITY_METHOD_VERSION,
        as_of=as_of,
    )


def _unsteady(seen: Throughput, as_of: date | None) -> Result | None:
    if seen.finished == 0:
        return undefined(
            "nothing was finished",
            unit_of_n="objectives",
            method_version=OVERACTIVITY_METHOD_VERSION,
            as_of=as_of,
        )
    few = seen.finished < LEAST_COMPLETIONS or seen.periods < LEAST_PERIODS
    most = max(seen.started, seen.finished)
    apart = abs(seen.started - seen.finished) > STEADY * most + TOLERANCE
    if not few and not apart:
        return None
    return insufficient_data(
        f"needs {LEAST_COMPLETIONS} finished in {LEAST_PERIODS} periods"
        if few
        else f"starts and finishes are more than {STEADY:.0%} apart",
        n=seen.finished,
        unit_of_n="objectives",
        method_version=OVERACTIVITY_METHOD_VERSION,
        as_of=as_of,
    )
