"""Figures over time, read only from what was stored for each day."""

import datetime as dt
from dataclasses import dataclass

from goldenthread.engine.coverage import (
    ALIGNMENT_METHOD_VERSION,
    PEOPLE_METHOD_VERSION,
    VALUE_METHOD_VERSION,
)
from goldenthread.insights.models import Figure
from goldenthread.ui import charts

OVER_TIME = (
    ("Objectives in line", ALIGNMENT_METHOD_VERSION),
    ("Value covered", VALUE_METHOD_VERSION),
    ("People in line of sight", PEOPLE_METHOD_VERSION),
)
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


def alignment_over_time(today: dt.date) -> list[History]:
    """The shares of the organisation as they were stored, in per cent, by the method in force. One query."""
    versions = [version for _, version in OVER_TIME]
    rows = Figure.objects.filter(
        scope_kind=Figure.Scope.ORGANISATION, method_version__in=versions, as_of__lte=today
    )
    stored: dict[str, list[charts.Point]] = {version: [] for version in versions}
    values = rows.order_by("as_of").values_list(
        "method_version", "as_of", "value", "numerator", "denominator", "n"
    )
    for version, day, value, part, whole, n in values:
        count = _count(version, part, whole, n) if value is not None else "no figure"
        percent = None if value is None else round(value * 100, 1)
        stored[version].append(charts.Point(day, percent, count))
    return [_history(name, version, stored[version]) for name, version in OVER_TIME]


def _count(version: str, part: float | None, whole: float | None, n: int) -> str:
    if version == VALUE_METHOD_VERSION or part is None or whole is None:
        return f"n = {n}"
    return f"{part:,.0f} of {whole:,.0f}"


def _history(name: str, version: str, points: list[charts.Point]) -> History:
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
            width=760 if version == ALIGNMENT_METHOD_VERSION else 520,
            height=220,
        )
    slug = version.partition("/")[0]
    return History(
        name, slug, len(known), known[0] if known else None, known[-1] if known else None, plot
    )
