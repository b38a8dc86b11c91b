"""Words for ranges of a figure, each with the grade of evidence behind its limits."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from goldenthread.engine.result import TOLERANCE


class Grade(StrEnum):
    """What a limit rests on: published evidence, or a policy that an organisation may change."""

    EVIDENCE = "E"
    POLICY = "P"


@dataclass(frozen=True)
class Band:
    """A word for all values from `floor` up to the floor of the band above."""

    name: str
    floor: float
    grade: Grade = Grade.POLICY


def band_of(value: float | None, bands: Sequence[Band]) -> Band | None:
    """The highest band whose floor the value reaches; None without a value."""
    if value is None:
        return None
    reached = [band for band in bands if value >= band.floor - TOLERANCE]
    return max(reached, key=lambda band: band.floor, default=None)


def band_above(value: float | None, bands: Sequence[Band]) -> Band | None:
    """As `band_of` where a limit itself still belongs to the band below: full is not overloaded."""
    return band_of(None if value is None else value - 2 * TOLERANCE, bands)
