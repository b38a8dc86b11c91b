"""Figures over time, read only from what was stored for each day."""

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.db.models import QuerySet

from goldenthread.core import clock
from goldenthread.core.prepared import Prepared
from goldenthread.engine import dispersion, flow, load
from goldenthread.engine.coverage import (
    ALIGNMENT_METHOD_VERSION,
    PEOPLE_METHOD_VERSION,
    VALUE_METHOD_VERSION,
)
from goldenthread.engine.scores import PRIORITY_METHOD_VERSION
from goldenthread.insights.models import Figure
from goldenthread.strategy.models import Priority
from goldenthread.ui import charts
from goldenthread.ui.templatetags.goldenthread import day as day_words
from goldenthread.ui.templatetags.goldenthread import number, percent

OVER_TIME = (
    ("Objectives in line", ALIGNMENT_METHOD_VERSION),
    ("Value covered", VALUE_METHOD_VERSION),
    ("People in line of sight", PEOPLE_METHOD_VERSION),
)
WIDTHS = {ALIGNMENT_METHOD_VERSION: 760, PRIORITY_METHOD_VERSION: 340}
ENOUGH = 2  # days with a value that a line needs


@dataclass(frozen=True)
class History:
    """One measure over the days for which it was stored. `plot` is None below two of them."""

    name: str
    slug: str
    days: int
    first: dt.date | None
    last: dt.date | None
    plot: charts.LinePlot | None
    key: str  # of the chart, for its id on the page
    change: str = ""  # from the first day to the last, in words


def alignment_over_time(today: dt.date) -> list[History]:
    """The shares of the organisation as they were stored, in per cent, by the method in force. One query."""
    versions = [version for _, version in OVER_TIME]
    stored = _stored(Figure.Scope.ORGANISATION, [0], versions, today)
    return [_history(name, version, stored[0, version]) for name, version in OVER_TIME]


def progress_over_time(priorities: Sequence[Priority], today: dt.date) -> list[History]:
    """The progress of the work below each priority as it was stored, in per cent. One query."""
    stored = _stored(
        Figure.Scope.PRIORITY, [one.pk for one in priorities], [PRIORITY_METHOD_VERSION], today
    )
    return [
        _history(
            one.title, PRIORITY_METHOD_VERSION, stored[one.pk, PRIORITY_METHOD_VERSION], one.pk
        )
        for one in priorities
    ]


def unit_over_time(unit: int, today: dt.date) -> list[History]:
    """How much of a unit's work was in line, as it was stored. One query."""
    stored = _stored(Figure.Scope.UNIT, [unit], [ALIGNMENT_METHOD_VERSION], today)
    name, version = OVER_TIME[0]
    return [_history(name, version, stored[unit, version])]


EFFORT_OVER_TIME = (
    ("Would have to move", "value-effort-gap", "%"),
    ("Effective number of priorities", "dispersion", ""),
    ("Priorities within each person", "dispersion-within", ""),
    ("Asked for more than they have", "overload", "%"),
    ("Neither in line nor routine", "overload-unaligned", "%"),
    ("Objectives under way per person", "overload-under-way", ""),
    ("Started against finished", "overactivity", ""),
)
"""Name, measure and unit: what `insights.services` stores of effort."""
AT_A_UNIT = {"value-effort-gap": "Apart from the value to the whole"}
METHODS_OF_EFFORT = (
    dispersion.METHOD_VERSION,
    flow.GAP_METHOD_VERSION,
    load.LOAD_METHOD_VERSION,
    load.OVERACTIVITY_METHOD_VERSION,
)
SLUGS = tuple(version.partition("/")[0] for version in METHODS_OF_EFFORT)


def effort_over_time(unit: int | None, today: dt.date) -> list[History]:
    """The figures of effort of the organisation or a unit as they were stored, each with its first and last value.

    What was never stored is left out, but for the first two. One query.
    """
    scope = Figure.Scope.ORGANISATION if unit is None else Figure.Scope.UNIT
    rows = Figure.objects.filter(
        scope_kind=scope,
        scope_id=unit or 0,
        measure__in=[measure for _, measure, _ in EFFORT_OVER_TIME],
        method_version__in=METHODS_OF_EFFORT,
        as_of__lte=today,
    )
    points: dict[str, list[charts.Point]] = defaultdict(list)
    for measure, day, value, n in rows.order_by("as_of").values_list(
        "measure", "as_of", "value", "n"
    ):
        words = f"n = {n}" if value is not None else "no figure"
        points[measure].append(charts.Point(day, value, words))
    return [
        _of_effort(AT_A_UNIT.get(one[1], one[0]) if unit else one[0], *one[1:], points[one[1]])
        for place, one in enumerate(EFFORT_OVER_TIME)
        if place < ENOUGH or any(point.value is not None for point in points[one[1]])
    ]


def _of_effort(name: str, measure: str, unit: str, points: list[charts.Point]) -> History:
    known = [point for point in points if point.value is not None]
    if unit:
        points = [
            charts.Point(
                one.day, None if one.value is None else round(one.value * 100, 1), one.note
            )
            for one in points
        ]
    plot = None
    if len(known) >= ENOUGH:
        plot = charts.line_chart(
            name,
            points,
            start=known[0].day,
            end=known[-1].day,
            unit=unit,
            at_least=0,
            at_most=100 if unit else None,
            width=520,
            height=180,
        )
    show = percent if unit else partial(number, decimals=1)
    change = ""
    if known:
        first, last = known[0], known[-1]
        ended = "today" if last.day == clock.today() else f"on {day_words(last.day)}"
        change = (
            f"From {show(first.value)} on {day_words(first.day)} to {show(last.value)} {ended}."
        )
    return History(
        name,
        next(slug for slug in SLUGS if measure.startswith(slug)),
        len(known),
        known[0].day if known else None,
        known[-1].day if known else None,
        plot,
        measure,
        change if len(known) >= ENOUGH else "",
    )


def _stored(
    scope: str, ids: Sequence[int], versions: Sequence[str], today: dt.date
) -> dict[tuple[int, str], list[charts.Point]]:
    """What was stored of these, by scope and method, in the order of days."""
    stored: dict[tuple[int, str], list[charts.Point]] = defaultdict(list)
    rows = _stored_rows(scope, tuple(versions), today, ids=ids)
    for pk, version, day, value, part, whole, n in rows:
        count = _count(version, part, whole, n) if value is not None else "no figure"
        percent = None if value is None else round(value * 100, 1)
        stored[pk, version].append(charts.Point(day, percent, count))
    return stored


@Prepared
def _stored_rows(
    scope: str, versions: Sequence[str], today: dt.date, *, ids: Sequence[int]
) -> QuerySet[Figure, tuple[Any, ...]]:
    rows = Figure.objects.filter(
        scope_kind=scope, scope_id__in=ids, method_version__in=versions, as_of__lte=today
    )
    return rows.order_by("as_of").values_list(
        "scope_id", "method_version", "as_of", "value", "numerator", "denominator", "n"
    )


def _count(version: str, part: float | None, whole: float | None, n: int) -> str:
    if version == PRIORITY_METHOD_VERSION:
        return f"{n:,} measured"
    if version == VALUE_METHOD_VERSION or part is None or whole is None:
        return f"n = {n}"
    return f"{part:,.0f} of {whole:,.0f}"


def _history(name: str, version: str, points: list[charts.Point], scope: int = 0) -> History:
    known = [point.day for point in points if point.value is not None]
    plot = None
    if len(known) >= ENOUGH:
        plot = charts.line_chart(
            name,
            points,
            start=known[0],
            end=known[-1],
            unit="%",
            at_least=0,
            at_most=100,
            width=WIDTHS.get(version, 520),
            height=180 if version == PRIORITY_METHOD_VERSION else 220,
        )
    slug = version.partition("/")[0]
    return History(
        name,
        slug,
        len(known),
        known[0] if known else None,
        known[-1] if known else None,
        plot,
        f"{slug}-{scope}",
    )
