"""Perceived line of sight: do people know the priorities, and do they think they do?"""

from collections.abc import Collection, Sequence
from datetime import date
from statistics import fmean

from goldenthread.engine.result import (
    MINIMUM_GROUP,
    Result,
    Status,
    insufficient_data,
    measured,
    share,
    suppressed,
)

METHOD_VERSION = "line-of-sight/1"

MINIMUM_RESPONDENTS = 10
NAMED_PRIORITIES = 3
CLEAR_FROM = 4.0
"""Who answers at least this, of 5, calls the priorities clear."""


def recall(
    listed: Collection[str], official: Collection[str], decoys: Collection[str] = ()
) -> float | None:
    """The share of the official priorities that one person named, 0 to 1.

    Each decoy picked from a list takes one priority off, down to 0.
    Missing: None when there are no official priorities.
    """
    priorities = set(official)
    if not priorities:
        return None
    named = set(listed)
    return max(0, len(named & priorities) - len(named & set(decoys))) / len(priorities)


def named_enough(
    listed: Sequence[Collection[str]], official: Collection[str], *, as_of: date | None = None
) -> Result:
    """recall3: share of respondents who named at least three priorities, or all if there are fewer.

    Withheld under 5 respondents, too few under 10.
    """
    priorities = set(official)
    if not priorities:
        return insufficient_data(
            "no priorities", unit_of_n="people", method_version=METHOD_VERSION, as_of=as_of
        )
    enough = min(NAMED_PRIORITIES, len(priorities))
    return _share_of_answers([len(priorities & set(one)) >= enough for one in listed], as_of)


def self_rated_clear(scores: Sequence[float], *, as_of: date | None = None) -> Result:
    """Share of respondents who rate their own clarity 4 or more of 5; same minimum."""
    return _share_of_answers([score >= CLEAR_FROM for score in scores], as_of)


def person_score(answers: Sequence[int | None]) -> float | None:
    """One person's mean over the items (1 to 5); None unless two of three were answered."""
    given = [answer for answer in answers if answer is not None]
    return fmean(given) if given and 3 * len(given) >= 2 * len(answers) else None


def mean_score(scores: Sequence[float | None], *, as_of: date | None = None) -> Result:
    """LOS_obj or LOS_act: the mean of the persons' scores, 1 to 5; same minimum.

    Missing answers are left out, never filled in; coverage says how many were there.
    """
    given = [score for score in scores if score is not None]
    refused = _too_few(len(given), as_of)
    return refused or measured(
        fmean(given),
        n=len(given),
        unit_of_n="people",
        method_version=METHOD_VERSION,
        coverage=len(given) / len(scores),
        as_of=as_of,
    )


def overconfidence_gap(self_rated: Result, recalled: Result) -> Result:
    """Share that rates itself clear minus share that could name the priorities, −1 to 1.

    Missing: when either share is missing, so is the gap, for the same reason.
    """
    if self_rated.value is None:
        return self_rated
    if recalled.value is None:
        return recalled
    return Result(
        value=self_rated.value - recalled.value,
        status=Status.OK,
        n=min(self_rated.n, recalled.n),
        unit_of_n="people",
        method_version=METHOD_VERSION,
        as_of=recalled.as_of,
    )


def _share_of_answers(answers: Sequence[bool], as_of: date | None) -> Result:
    return _too_few(len(answers), as_of) or share(
        sum(answers), len(answers), unit_of_n="people", method_version=METHOD_VERSION, as_of=as_of
    )


def _too_few(respondents: int, as_of: date | None) -> Result | None:
    if respondents < MINIMUM_GROUP:
        return suppressed(unit_of_n="people", method_version=METHOD_VERSION, as_of=as_of)
    if respondents < MINIMUM_RESPONDENTS:
        return insufficient_data(
            f"fewer than {MINIMUM_RESPONDENTS} people",
            n=respondents,
            unit_of_n="people",
            method_version=METHOD_VERSION,
            as_of=as_of,
        )
    return None
