"""Inputs and outputs on one page: what was stored of both, over the same time. Nothing is counted here."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.urls import reverse

from goldenthread.engine import practice
from goldenthread.engine.result import Result, Status, suppressed
from goldenthread.insights.models import Figure
from goldenthread.insights.selectors.practice import ACHIEVED, LEFT_OUT, WHOLE
from goldenthread.insights.selectors.sides import INPUTS, OUTPUTS, Shown
from goldenthread.objectives.models import Cycle
from goldenthread.people.models import Unit
from goldenthread.strategy.models import Kpi
from goldenthread.strategy.selectors import Standing, kpi_standings
from goldenthread.ui import charts
from goldenthread.ui.locale import format_number

MOST_POINTS = 60  # of a line; with more days than that, the last of each month
YEARS_SHOWN = 3
CYCLES_SHOWN = 8
KPIS_A_PAGE = 6
WIDTH, HEIGHT = 560, 170


@dataclass(frozen=True)
class Line:
    """One figure as it is read: its latest, its way there, and the days that it is known of. `plot` is None with fewer
    than two of them."""

    shown: Shown
    latest: Result | None
    series: Sequence[Result]
    plot: charts.LinePlot | None
    start: dt.date
    unit: Unit | None
    note: str = ""

    @property
    def key(self) -> str:
        return self.shown.measure

    @property
    def rows_url(self) -> str:
        return _address(*self.shown.rows, unit=self.unit)

    @property
    def act_url(self) -> str:
        _, name, query = self.shown.act
        return _address(name, query, unit=self.unit) if name else ""


@dataclass(frozen=True)
class KpiLine:
    """A KPI with its way to its target."""

    standing: Standing
    plot: charts.LinePlot | None

    @property
    def latest(self) -> float | None:
        points = self.standing.points
        return float(points[-1][1]) if points else None


@dataclass(frozen=True)
class ByCycle:
    """What each figure was on the last day stored of a cycle, in the order of inputs and outputs."""

    cycle: Cycle
    figures: list[Result | None]


@dataclass(frozen=True)
class InputsOutputs:
    """The page of the whole, or of a unit with everything below it. `as_of` is the day last stored."""

    unit: Unit | None
    as_of: dt.date | None
    inputs: list[Line]
    outputs: list[Line]
    kpis: list[KpiLine]
    kpi_page: Page[Kpi]
    cycles: list[ByCycle]

    @property
    def lines(self) -> list[Line]:
        return [*self.inputs, *self.outputs]

    @cached_property
    def latest(self) -> dict[str, Result | None]:
        """The figures by their measure, with underscores, as the first sentence names them."""
        return {line.key.replace("-", "_"): line.latest for line in self.lines}


def _address(name: str, query: str, *, unit: Unit | None) -> str:
    """The rows of the whole, or of the unit where the page can be narrowed to one."""
    path, fragment = reverse(name), ""
    if query.startswith("#"):
        query, fragment = "", query
    parts = [query, f"unit={unit.pk}" if unit and not fragment else ""]
    asked = "&".join(filter(None, parts))
    return f"{path}?{asked}{fragment}" if asked else f"{path}{fragment}"


def stored(unit: Unit | None, until: dt.date) -> dict[str, list[Figure]]:
    """What was stored of the page's figures by measure, in the order of days. One query."""
    every = [*INPUTS, *OUTPUTS]
    rows = Figure.objects.filter(
        measure__in=[*(one.measure for one in every), LEFT_OUT],
        method_version__in={one.version for one in every},
        scope_kind=Figure.Scope.UNIT if unit else Figure.Scope.ORGANISATION,
        scope_id=unit.pk if unit else WHOLE,
        as_of__lte=until,
        as_of__gt=until - dt.timedelta(days=366 * YEARS_SHOWN),
    )
    found: dict[str, list[Figure]] = defaultdict(list)
    for row in rows.order_by("as_of"):
        found[row.measure].append(row)
    return found


def figure_of(shown: Shown, row: Figure) -> Result:
    """The figure that a row keeps, with its interval and its words."""
    if row.status == Status.SUPPRESSED:
        return suppressed(unit_of_n="people", method_version=row.method_version, as_of=row.as_of)
    return shown.of_stored(row)


def inputs_outputs(unit: Unit | None, today: dt.date, kpi_page: str | None) -> InputsOutputs:
    """Both sides as they were last stored, and their way there. A fixed number of queries."""
    kpis = Paginator(kpis_of(unit), KPIS_A_PAGE).get_page(kpi_page)
    standings = kpi_standings(list(kpis), today).values()
    values = [one.points[0][0] for one in standings if one.points]
    inputs, outputs = both_sides(unit, today, values)
    start = inputs[0].start
    lines = [*inputs, *outputs]
    nightly = [one.as_of for line in lines if line.key != ACHIEVED for one in line.series[-1:]]
    return InputsOutputs(
        unit=unit,
        as_of=max((day for day in nightly if day), default=None),
        inputs=inputs,
        outputs=outputs,
        kpis=[KpiLine(one, _kpi_plot(one, start, today)) for one in standings],
        kpi_page=kpis,
        cycles=_by_cycle(lines, today),
    )


def both_sides(
    unit: Unit | None, today: dt.date, also: Sequence[dt.date] = ()
) -> tuple[list[Line], list[Line]]:
    """Inputs and outputs as they were stored. Their charts begin together, on the first day that anything is known of,
    `also` of something beside them; three years back at most. One query."""
    rows = stored(unit, today)
    known = [*(found[0].as_of for found in rows.values() if found), *also]
    start = max(min(known, default=today), today - dt.timedelta(days=366 * YEARS_SHOWN))
    inputs, outputs = (
        [
            _line(one, [figure_of(one, row) for row in rows[one.measure]], unit, start, today)
            for one in side
            if unit is None or not one.whole_only
        ]
        for side in (INPUTS, OUTPUTS)
    )
    outputs[-1] = _over_all_cycles(outputs[-1], rows[LEFT_OUT])
    return inputs, outputs


def kpis_of(unit: Unit | None) -> QuerySet[Kpi]:
    """The KPIs in use of a unit with those below it, or all."""
    rows = Kpi.objects.filter(state=Kpi.State.ACTIVE)
    if unit is not None:
        rows = rows.filter(unit__closure_above__ancestor=unit)
    return rows.select_related("unit").order_by("name", "pk")


def _line(
    shown: Shown, series: list[Result], unit: Unit | None, start: dt.date, today: dt.date
) -> Line:
    points = [
        charts.Point(
            one.as_of or today,
            None if one.value is None else round(one.value * 100, 1),
            made_of(one),
        )
        for one in _thinned(series)
    ]
    return Line(
        shown,
        series[-1] if series else None,
        series,
        _plot(shown.name, points, start, today),
        start,
        unit,
    )


def _plot(
    name: str, points: Sequence[charts.Point], start: dt.date, today: dt.date
) -> charts.LinePlot | None:
    if sum(point.value is not None for point in points) < 2:
        return None
    return charts.line_chart(
        name,
        points,
        start=start,
        end=today,
        unit="%",
        at_least=0,
        at_most=100,
        width=WIDTH,
        height=HEIGHT,
        aligned=True,
    )


def _thinned(series: list[Result]) -> list[Result]:
    if len(series) <= MOST_POINTS:
        return series
    months = {(one.as_of.year, one.as_of.month): one for one in series if one.as_of is not None}
    return list(months.values())


def made_of(one: Result) -> str:
    """ "38 of 42", or why there is no figure."""
    if one.numerator is None or one.denominator is None:
        return one.reason or "no figure"
    return f"{format_number(one.numerator, 2)} of {format_number(one.denominator, 2)}"


def _over_all_cycles(line: Line, left_out: list[Figure]) -> Line:
    """Critical objectives achieved: of all closed cycles together, because one has few of them."""
    known = [one for one in line.series if one.numerator is not None]
    if not known:
        return line
    reached = sum(round(one.numerator or 0) for one in known)
    scored = sum(round(one.denominator or 0) for one in known)
    without = round(sum(row.value or 0 for row in left_out))
    note = "in all closed cycles"
    if without:
        note += f"; {without} left out"
    return replace(
        line,
        latest=practice.critical_achieved(reached, scored, as_of=known[-1].as_of),
        note=note,
    )


def _kpi_plot(one: Standing, start: dt.date, today: dt.date) -> charts.LinePlot | None:
    if not one.points:
        return None
    aim = one.aim
    goals = []
    if aim.target is not None:
        goals.append(charts.Goal(aim.start or start, aim.due or today, float(aim.target)))
    elif aim.low is not None and aim.high is not None:
        low, high = float(aim.low), float(aim.high)
        goals.append(charts.Goal(aim.start or start, aim.due or today, low, high))
    elif (end := aim.low if aim.low is not None else aim.high) is not None:
        goals.append(charts.Goal(aim.start or start, aim.due or today, float(end)))
    return charts.line_chart(
        one.kpi.name,
        [charts.Point(day, float(value)) for day, value in one.points],
        start=start,
        end=today,
        unit=one.kpi.measure,
        goals=goals,
        width=WIDTH,
        height=HEIGHT,
        aligned=True,
    )


def _by_cycle(lines: Sequence[Line], today: dt.date) -> list[ByCycle]:
    """The cycles that have begun, the newest first, of which anything is stored. One query."""
    found = []
    for cycle in Cycle.objects.filter(starts_on__lte=today)[: 2 * CYCLES_SHOWN]:
        figures = [_last_within(line.series, cycle) for line in lines]
        if any(figures):
            found.append(ByCycle(cycle, figures))
    return found[:CYCLES_SHOWN]


def _last_within(series: Sequence[Result], cycle: Cycle) -> Result | None:
    within = [one for one in series if one.as_of and cycle.starts_on <= one.as_of <= cycle.ends_on]
    return within[-1] if within else None


def csv_rows(unit: Unit | None, today: dt.date) -> Iterable[tuple[Any, ...]]:
    """Every stored figure of the page, the oldest day first."""
    rows = stored(unit, today)
    for one in (*INPUTS, *OUTPUTS):
        for row in rows[one.measure]:
            found = figure_of(one, row)
            yield (
                one.name,
                one.measure,
                row.as_of,
                _plain(found.value),
                found.status.value,
                found.n,
                _plain(found.numerator),
                _plain(found.denominator),
                _plain(found.ci_low),
                _plain(found.ci_high),
                row.method_version,
            )


def _plain(number: float | None) -> float | int | str:
    """As a spreadsheet reads it: a count without decimals, "" for none."""
    if number is None:
        return ""
    return int(number) if number == int(number) else round(number, 6)


CSV_COLUMNS = (
    *("figure", "measure", "as_of", "value", "status", "n", "numerator", "denominator"),
    *("ci_low", "ci_high", "method_version"),
)
