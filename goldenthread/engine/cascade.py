"""How well goals are handed down: the quality of single links, and of the talk about them."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from math import fsum
from statistics import fmean, median
from typing import NamedTuple

import numpy as np

from goldenthread.engine.bands import Band
from goldenthread.engine.flow import WEIGHTS_NOT_SET
from goldenthread.engine.result import (
    Number,
    Result,
    Status,
    insufficient_data,
    measured,
    share,
    undefined,
)

METHOD_VERSION = "cascade-quality/1"
SUFFICIENCY_METHOD_VERSION = "component-sufficiency/1"
CATCHBALL_METHOD_VERSION = "catchball/1"
X_MATRIX_METHOD_VERSION = "x-matrix/1"

ENOUGH_OVERLAP = 0.50
COPY_FROM = 0.80
SYMMETRY_MINIMUM_LINKS = 20
DAYS_MINIMUM_LINKS = 5
SYMMETRY_BANDS = (Band("handed down", 0.0), Band("negotiated", 0.05))

Period = tuple[date, date]
"""First and last day, both included."""


class Kind(StrEnum):
    """In which way a child contributes."""

    COMPONENT = "component"
    DRIVER = "driver"
    ENABLER = "enabler"


@dataclass(frozen=True)
class Link:
    """What is known about one contribution; None is not known, and is not judged."""

    parent_title: str
    child_title: str
    accepted: bool | None = None
    kind: Kind | None = None
    parent_period: Period | None = None
    child_period: Period | None = None
    names_parent_key_result: bool | None = None


class LinkQuality(NamedTuple):
    """The criteria of one link (None: not assessable) and the share of them that is met."""

    criteria: Mapping[str, bool | None]
    score: float | None


class DaysToAgreement(NamedTuple):
    """How long it takes until a proposed link is agreed."""

    median: Result
    percentile_80: Result


@dataclass(frozen=True)
class Grid:
    """One corner of an X-matrix: which row goes with which column."""

    name: str
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    links: frozenset[tuple[str, str]]


@dataclass(frozen=True)
class XMatrix:
    """Completeness of the four grids; shares and orphans by grid name and side."""

    overall: Result
    shares: Mapping[tuple[str, str], Result]
    orphans: Mapping[tuple[str, str], tuple[str, ...]]


def title_similarity(one: str, other: str) -> float | None:
    """Shared words over all words of two titles (Jaccard), 0 to 1; None without any word."""
    words, others = (set(re.findall(r"[^\W_]+", title.lower())) for title in (one, other))
    union = words | others
    return len(words & others) / len(union) if union else None


def overlap_share(parent: Period, child: Period) -> float:
    """The part of the child's days that lie in the parent's period.

    Raises: ValueError when the child ends before it starts.
    """
    days = (child[1] - child[0]).days + 1
    if days < 1:
        raise ValueError("the period ends before it starts")
    shared = (min(parent[1], child[1]) - max(parent[0], child[0])).days + 1
    return max(0, shared) / days


def link_quality(link: Link) -> LinkQuality:
    """The six criteria of a good link, and the share met of those that can be judged."""
    overlaps = ends_in_time = None
    if link.parent_period and link.child_period:
        overlaps = overlap_share(link.parent_period, link.child_period) >= ENOUGH_OVERLAP
        ends_in_time = link.child_period[1] <= link.parent_period[1]
    similarity = title_similarity(link.parent_title, link.child_title)
    criteria = {
        "accepted": link.accepted,
        "typed": link.kind is not None,
        "overlaps": overlaps,
        "not a copy": None if similarity is None else similarity < COPY_FROM,
        "ends in time": ends_in_time,
        "names the key result": link.names_parent_key_result,
    }
    judged = [met for met in criteria.values() if met is not None]
    return LinkQuality(criteria, fmean(judged) if judged else None)


def cascade_quality(
    links: Sequence[tuple[float | None, float | None]], *, as_of: date | None = None
) -> Result:
    """Mean quality of the links, weighted by the value that reaches the child, 0 to 1.

    Shapes: pairs of `link_quality(...).score` and v(child).
    Missing: a link without a score is left out and lowers the coverage; a value of None means
    that weights are not set, and so there is no figure.
    """
    judged: list[tuple[float, float]] = []
    total = 0.0
    for score, value in links:
        if value is None:
            return insufficient_data(
                WEIGHTS_NOT_SET, unit_of_n="links", method_version=METHOD_VERSION, as_of=as_of
            )
        total += value
        if score is not None:
            judged.append((score, value))
    weight = fsum(value for _, value in judged)
    if weight == 0:
        return undefined(
            "no value flows over a link that can be judged",
            unit_of_n="links",
            method_version=METHOD_VERSION,
            as_of=as_of,
        )
    return measured(
        fsum(score * value for score, value in judged) / weight,
        n=len(judged),
        unit_of_n="links",
        method_version=METHOD_VERSION,
        coverage=weight / total,
        as_of=as_of,
    )


def component_sufficiency(
    component_deltas: Iterable[Number | None],
    parent_delta: Number,
    *,
    as_of: date | None = None,
) -> Result:
    """Planned change of the component children over the change their parent plans; 1 adds up.

    Units: those of the parent's key result, the same for all. Children that together plan the
    opposite direction count 0.
    Missing: a child without a plan is left out and lowers the coverage; without any planned
    component there is no figure, and a parent that plans no change makes it undefined.
    """
    every = list(component_deltas)
    planned = [float(delta) for delta in every if delta is not None]
    if not planned:
        return insufficient_data(
            "no component with a planned change",
            unit_of_n="components",
            method_version=SUFFICIENCY_METHOD_VERSION,
            as_of=as_of,
        )
    if float(parent_delta) == 0:
        return undefined(
            "the parent plans no change",
            n=len(planned),
            unit_of_n="components",
            method_version=SUFFICIENCY_METHOD_VERSION,
            as_of=as_of,
        )
    return measured(
        max(0.0, fsum(planned) / float(parent_delta)),
        n=len(planned),
        unit_of_n="components",
        method_version=SUFFICIENCY_METHOD_VERSION,
        numerator=fsum(planned),
        denominator=parent_delta,
        coverage=len(planned) / len(every),
        as_of=as_of,
    )


def catchball_completeness(
    accepted: int, needing_acceptance: int, *, as_of: date | None = None
) -> Result:
    """Share of the links that need somebody's acceptance and have it."""
    return share(
        accepted,
        needing_acceptance,
        unit_of_n="links",
        method_version=CATCHBALL_METHOD_VERSION,
        as_of=as_of,
    )


def catchball_symmetry(answered: int, closed: int, *, as_of: date | None = None) -> Result:
    """Share of closed links where the child proposed a change and it was adopted, or declined
    with a reason. Early below 20 links: too few to say that goals are only handed down.
    """
    result = share(
        answered,
        closed,
        unit_of_n="links",
        method_version=CATCHBALL_METHOD_VERSION,
        as_of=as_of,
    )
    return _early_below(SYMMETRY_MINIMUM_LINKS, result)


def _early_below(links: int, result: Result) -> Result:
    if result.status is Status.OK and result.n < links:
        return replace(result, status=Status.EARLY, reason=f"fewer than {links} links")
    return result


def days_to_agreement(days: Sequence[int], *, as_of: date | None = None) -> DaysToAgreement:
    """Median and 80th percentile (between neighbours, in proportion) of the days it took. Early below 5 links: of
    so few the percentile says little more than the longest of them.
    """
    if not days:
        nothing = undefined(
            "nothing was agreed yet",
            unit_of_n="links",
            method_version=CATCHBALL_METHOD_VERSION,
            as_of=as_of,
        )
        return DaysToAgreement(nothing, nothing)
    middle, late = (
        _early_below(
            DAYS_MINIMUM_LINKS,
            measured(
                value,
                n=len(days),
                unit_of_n="links",
                method_version=CATCHBALL_METHOD_VERSION,
                as_of=as_of,
            ),
        )
        for value in (median(days), float(np.percentile(days, 80)))
    )
    return DaysToAgreement(middle, late)


def x_matrix_completeness(grids: Sequence[Grid], *, as_of: date | None = None) -> XMatrix:
    """Share of rows and of columns with a link, for each of the four grids; overall the lowest.

    The grids join long-term aims, annual objectives, initiatives and metrics in a ring. A list
    without entries leaves the whole undefined.
    Raises: ValueError when there are not four grids.
    """
    if len(grids) != 4:
        raise ValueError("an X-matrix has four grids")
    shares: dict[tuple[str, str], Result] = {}
    orphans: dict[tuple[str, str], tuple[str, ...]] = {}
    for grid in grids:
        for side, entries, tied in (
            ("rows", grid.rows, {row for row, _ in grid.links}),
            ("columns", grid.columns, {column for _, column in grid.links}),
        ):
            loose = tuple(entry for entry in entries if entry not in tied)
            orphans[grid.name, side] = loose
            shares[grid.name, side] = share(
                len(entries) - len(loose),
                len(entries),
                unit_of_n=f"{side} of {grid.name}",
                method_version=X_MATRIX_METHOD_VERSION,
                as_of=as_of,
            )
    values = [result.value for result in shares.values() if result.value is not None]
    if len(values) < len(shares):
        overall = undefined(
            "a list is empty",
            unit_of_n="shares",
            method_version=X_MATRIX_METHOD_VERSION,
            as_of=as_of,
        )
    else:
        overall = measured(
            min(values),
            n=len(values),
            unit_of_n="shares",
            method_version=X_MATRIX_METHOD_VERSION,
            as_of=as_of,
        )
    return XMatrix(overall, shares, orphans)
