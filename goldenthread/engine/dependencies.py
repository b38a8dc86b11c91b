"""What an objective needs of another unit: which needs are not met, and of which unit more is needed than it can give."""

from collections.abc import Sequence
from datetime import date
from enum import StrEnum
from math import fsum
from typing import NamedTuple

from goldenthread.engine.bands import band_of
from goldenthread.engine.load import WIP_BANDS
from goldenthread.engine.result import (
    TOLERANCE,
    Number,
    Result,
    insufficient_data,
    measured,
    undefined,
)

METHOD_VERSION = "dependencies/1"


class State(StrEnum):
    """How far the two sides are."""

    ASKED = "asked"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    DELIVERED = "delivered"
    WITHDRAWN = "withdrawn"


class Unmet(StrEnum):
    """Why a need is a risk."""

    DECLINED = "declined"
    LATE = "late"  # needed by a day that is over
    PROMISED_LATE = "promised late"
    UNANSWERED = "unanswered"


class Need(NamedTuple):
    """One need: by when, by when an answer was wanted, and for when it is promised."""

    state: str
    needed_by: date
    answer_by: date
    promised_on: date | None = None


class Demand(NamedTuple):
    """How much is needed of a unit at a time, in full-time equivalents beyond what is free, and by count per person."""

    effort: Result
    per_person: Result

    @property
    def is_too_much(self) -> bool:
        """By effort where it is known of every need; where it is not, by either."""
        if self.effort.value is not None and self.effort.value > TOLERANCE:
            return True
        if self.effort.value is not None and self.effort.coverage == 1:
            return False
        band = band_of(self.per_person.value, WIP_BANDS)
        return band is not None and band.name != "fine"


def unmet(need: Need, on: date) -> Unmet | None:
    """Why the need is a risk on a day; None where it is met, on its way, or taken back."""
    if need.state in {State.DELIVERED, State.WITHDRAWN}:
        return None
    if need.state == State.DECLINED:
        return Unmet.DECLINED
    if need.needed_by < on:
        return Unmet.LATE
    if need.promised_on is not None and need.promised_on > need.needed_by:
        return Unmet.PROMISED_LATE
    if need.state == State.ASKED and need.answer_by < on:
        return Unmet.UNANSWERED
    return None


def demand(
    efforts: Sequence[Number | None],
    *,
    free_fte: Number | None,
    people: int,
    under_way: int,
    as_of: date | None = None,
) -> Demand:
    """What is asked and accepted of a unit at a time, beside what it can give.

    `efforts`: of each such need its effort in full-time equivalents, None where nobody said; `free_fte` what of the
    unit's capacity is not allocated yet, None where that may not be told; `under_way` its own objectives.
    Missing: insufficient data where no effort is said or what is free is not known; undefined by count without people.
    """
    return Demand(_effort(efforts, free_fte, as_of), _count(len(efforts), people, under_way, as_of))


def _effort(efforts: Sequence[Number | None], free: Number | None, as_of: date | None) -> Result:
    said = [float(one) for one in efforts if one is not None]
    if not said or free is None:
        return insufficient_data(
            "what is free is not shown" if said else "nobody said how much effort it takes",
            n=len(efforts),
            unit_of_n="dependencies",
            method_version=METHOD_VERSION,
            as_of=as_of,
        )
    asked = fsum(said)
    return measured(
        asked - float(free),
        n=len(efforts),
        unit_of_n="dependencies",
        method_version=METHOD_VERSION,
        numerator=asked,
        denominator=float(free),
        coverage=len(said) / len(efforts),
        as_of=as_of,
    )


def _count(needs: int, people: int, under_way: int, as_of: date | None) -> Result:
    if not people:
        return undefined(
            "nobody works there",
            n=needs,
            unit_of_n="dependencies",
            method_version=METHOD_VERSION,
            as_of=as_of,
        )
    return measured(
        (needs + under_way) / people,
        n=needs,
        unit_of_n="dependencies",
        method_version=METHOD_VERSION,
        numerator=needs + under_way,
        denominator=people,
        as_of=as_of,
    )
