"""A line over time, with what was expected of it: target, range, pace, forecast."""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from goldenthread.ui.charts.scales import (
    Pair,
    day_ticks,
    nice_ticks,
    runs,
    short_day,
    spread_labels,
    with_unit,
)
from goldenthread.ui.locale import format_number

Place = Callable[[dt.date], float]
Height = Callable[[float], float]
ALIGNED_LEFT, ALIGNED_RIGHT = 54.0, 116.0


@dataclass(frozen=True)
class Point:
    """One observation. `note` says where it came from, in the table behind the chart."""

    day: dt.date
    value: float | None
    note: str = ""


@dataclass(frozen=True)
class Goal:
    """What was to be reached over a period: one value, or a range to stay in (`low` to `high`)."""

    start: dt.date
    end: dt.date
    low: float
    high: float | None = None


@dataclass(frozen=True)
class Path:
    """The way expected from a baseline to a target; a gap up to `tolerance` of it still is on pace."""

    start: dt.date
    end: dt.date
    baseline: float
    target: float
    tolerance: float = 0.10


@dataclass(frozen=True)
class Forecast:
    """Where it is likely to end, with the interval that is drawn around it."""

    day: dt.date
    mean: float
    low: float
    high: float


@dataclass(frozen=True)
class Label:
    """Words at a place; `anchor` is "start", "middle" or "end", `kind` a class of the stylesheet."""

    x: float
    y: float
    text: str
    anchor: str = "start"
    kind: str = ""


@dataclass(frozen=True)
class Tick:
    """A place on an axis and what stands there."""

    at: float
    text: str
    anchor: str = "middle"


@dataclass(frozen=True)
class LinePlot:
    """A line chart, ready to be written down."""

    name: str
    width: int
    height: int
    left: float
    right: float
    top: float
    bottom: float
    y_ticks: list[Tick]
    x_ticks: list[Tick]
    runs: list[str]
    dots: list[Pair]
    goals: list[tuple[float, float, float]]
    ranges: list[tuple[float, float, float, float]]
    pace: str
    fan: str
    mean: tuple[float, float, float, float] | None
    whisker: tuple[float, float, float] | None
    today: float | None
    labels: list[Label]
    rows: list[tuple[dt.date, str, str, str]]
    words: str
    has_expected: bool = False


def line_chart(
    name: str,
    points: Sequence[Point],
    *,
    start: dt.date,
    end: dt.date,
    unit: str = "",
    goals: Sequence[Goal] = (),
    path: Path | None = None,
    forecast: Forecast | None = None,
    today: dt.date | None = None,
    at_least: float | None = None,
    at_most: float | None = None,
    width: int = 760,
    height: int = 270,
    aligned: bool = False,
) -> LinePlot:
    """Observations over time with what was expected of them.

    The value axis covers every value, goal and forecast; it begins at 0 only where `at_least` says so or the
    values come near it, because a line, unlike a bar, is read by its slope. Points outside the period are left out.
    `aligned` keeps the same room at both sides whatever the values, so that the days of several charts lie one above
    the other.
    """
    shown = sorted(
        (point for point in points if start <= point.day <= end), key=lambda point: point.day
    )
    known = [(point.day, float(point.value)) for point in shown if point.value is not None]
    ticks = _value_ticks(known, goals, path, forecast, at_least, at_most)
    left = max(34.0, 12.0 + 7.0 * max(len(format_number(tick)) for tick in ticks))
    left = max(left, ALIGNED_LEFT) if aligned else left
    named = bool(goals) or path is not None or forecast is not None
    aims = [goal.low for goal in goals if goal.high is None] + ([path.target] if path else [])
    at_end = known and 40 * (end - known[-1][0]).days <= (end - start).days
    ends = [with_unit(known[-1][1], unit)] if at_end else []
    longest = max(map(len, [*(f"{with_unit(aim, unit)} target" for aim in aims), *ends]), default=0)
    beside = max(96.0, 14.0 + 6.8 * longest) if named else 12.0  # what stands at its right end
    beside = max(beside, ALIGNED_RIGHT) if aligned else beside
    right, top, bottom = width - beside, 22.0, height - 28.0
    days = max(1, (end - start).days)

    def x(day: dt.date) -> float:
        return round(left + (right - left) * (min(max(day, start), end) - start).days / days, 1)

    def y(value: float) -> float:
        return round(bottom - (bottom - top) * (value - ticks[0]) / (ticks[-1] - ticks[0]), 1)

    lines, ranges, margin = [], [], []
    for goal in goals:
        if goal.end < start or goal.start > end:
            continue
        if goal.high is None:
            lines.append((x(goal.start), x(goal.end), y(goal.low)))
        else:
            ranges.append((x(goal.start), x(goal.end), y(goal.high), y(goal.low)))
    if goals:
        latest = max(goals, key=lambda goal: goal.end)
        if latest.high is None:
            margin.append((y(latest.low), f"{with_unit(latest.low, unit)} target", "t-strong"))
        else:
            words = f"{format_number(latest.low)} to {with_unit(latest.high, unit)}"
            margin.append(((y(latest.low) + y(latest.high)) / 2, words, "t-strong"))
    elif path is not None:
        lines.append((round(max(left, right - 54), 1), right, y(path.target)))
        margin.append((y(path.target), f"{with_unit(path.target, unit)} target", "t-strong"))
    pace = ""
    if path is not None:
        slack = path.tolerance * (path.target - path.baseline)
        pace = _closed(
            [
                (x(path.start), y(path.baseline)),
                (x(path.end), y(path.target)),
                (x(path.end), y(path.target - slack)),
                (x(path.start), y(max(ticks[0], min(ticks[-1], path.baseline - slack)))),
            ]
        )
    mean = whisker = None
    fan = ""
    if forecast is not None and known:
        day, value = known[-1]
        from_x, from_y, to_x = x(day), y(value), x(forecast.day)
        mean = (from_x, from_y, to_x, y(forecast.mean))
        whisker = (to_x, y(forecast.high), y(forecast.low))
        fan = _closed([(from_x, from_y), (to_x, y(forecast.high)), (to_x, y(forecast.low))])
        margin.append((y(forecast.mean), f"{with_unit(forecast.mean, unit)} forecast", "t-soft"))
        interval = f"{format_number(forecast.low)} to {with_unit(forecast.high, unit)}"
        margin.append((y(forecast.mean) + 14, interval, ""))
    at_its_end = (named or aligned) and bool(ends)
    if at_its_end:  # where there is room beside the chart and no line crosses it
        margin.append((y(known[-1][1]), ends[0], "t-strong"))
    heights = spread_labels([at + 4 for at, _, _ in margin], 14.0, top, bottom)
    labels = [
        Label(right + 10, at, words, "start", kind)
        for at, (_, words, kind) in zip(heights, margin, strict=True)
    ]
    at_today = x(today) if today is not None and start <= today <= end else None
    if known and not at_its_end:
        labels.append(_last_label(known, x, y, unit, left, right, top, bottom, at_today))
    elif not known:
        labels.append(
            Label((left + right) / 2, (top + bottom) / 2, "No values yet", "middle", "t-soft")
        )
    if at_today is not None:
        anchor = "end" if at_today > right - 20 else "start" if at_today < left + 20 else "middle"
        labels.append(Label(at_today, top - 9, "today", anchor))
    return LinePlot(
        name=name,
        width=width,
        height=height,
        left=left,
        right=right,
        top=top,
        bottom=bottom,
        y_ticks=[Tick(y(tick), format_number(tick), "end") for tick in ticks]
        if known or named
        else [],
        x_ticks=_x_ticks(start, end, x, right),
        runs=runs([(x(p.day), None if p.value is None else y(float(p.value))) for p in shown]),
        dots=[(x(day), y(value)) for day, value in known] if len(known) <= 60 else [],
        goals=lines,
        ranges=ranges,
        pace=pace,
        fan=fan,
        mean=mean,
        whisker=whisker,
        today=at_today,
        labels=labels,
        rows=[
            (
                point.day,
                "–" if point.value is None else with_unit(float(point.value), unit),
                "" if path is None else with_unit(round(expected(path, point.day), 1), unit),
                point.note,
            )
            for point in shown
        ],
        words=_line_words(name, known, unit, goals, path, forecast, start, end),
        has_expected=path is not None,
    )


def expected(path: Path, day: dt.date) -> float:
    """Where the path stands on a day, in the units of its values; flat before it starts and after it ends."""
    days = max(1, (path.end - path.start).days)
    part = min(1.0, max(0.0, (day - path.start).days / days))
    return path.baseline + part * (path.target - path.baseline)


def _value_ticks(
    known: Sequence[tuple[dt.date, float]],
    goals: Sequence[Goal],
    path: Path | None,
    forecast: Forecast | None,
    at_least: float | None,
    at_most: float | None,
) -> list[float]:
    values = [value for _, value in known]
    for goal in goals:
        values += [goal.low, *([] if goal.high is None else [goal.high])]
    if path is not None:
        values += [path.baseline, path.target]
    if forecast is not None:
        values += [forecast.low, forecast.high]
    if not values:
        values = [0.0, 1.0]
    low, high = min(values), max(values)
    if at_least is not None:
        low = min(low, at_least)
    elif 0 < low < 0.25 * high:
        low = 0.0
    if at_most is not None:
        high = max(high, at_most)
    return nice_ticks(low, high)


def _closed(corners: Sequence[Pair]) -> str:
    return "M" + "L".join(f"{x} {y}" for x, y in corners) + "Z"


def _x_ticks(start: dt.date, end: dt.date, x: Place, right: float) -> list[Tick]:
    """Labels of days, none nearer than 56 to the next; the two ends stay."""
    days = day_ticks(start, end)
    years = start.year != end.year
    near = 80.0 if years else 56.0
    found = [Tick(x(days[0]), short_day(days[0], years), "start")]
    for day in days[1:-1]:
        if x(day) - found[-1].at >= near and x(end) - x(day) >= near:
            found.append(Tick(x(day), short_day(day, years)))
    if days[-1] != days[0] and x(end) - found[-1].at >= near / 2:
        found.append(Tick(x(days[-1]), short_day(days[-1], years), "end"))
    return found


def _last_label(
    known: Sequence[tuple[dt.date, float]],
    x: Place,
    y: Height,
    unit: str,
    left: float,
    right: float,
    top: float,
    bottom: float,
    today: float | None,
) -> Label:
    """The latest value beside its dot, on the side where the line does not come from; where there is no room on that
    side, to the right of the dot and of today."""
    day, value = known[-1]
    rises = len(known) > 1 and y(known[-2][1]) > y(value)
    place, words = x(day), with_unit(value, unit)
    at = y(value) - 10 if rises else y(value) + 20
    anchor, beside = ("start", place - 2) if place < left + 40 else ("end", place + 2)
    if not top + 8 <= at <= bottom - 4:
        at = y(value) + (20 if rises else -10)
        free = max(place, today) + 6 if today is not None and today - place < 30 else place + 6
        if free + 7 * len(words) <= right:
            anchor, beside = "start", free
    return Label(round(beside, 1), round(at, 1), words, anchor, "t-strong")


def _line_words(
    name: str,
    known: Sequence[tuple[dt.date, float]],
    unit: str,
    goals: Sequence[Goal],
    path: Path | None,
    forecast: Forecast | None,
    start: dt.date,
    end: dt.date,
) -> str:
    """The chart in a sentence, for those who do not see it."""
    if not known:
        return f"{name}: no values between {short_day(start, True)} and {short_day(end, True)}."
    first, last = known[0], known[-1]
    parts = [f"{name}: {with_unit(last[1], unit)} on {short_day(last[0], True)}"]
    if len(known) > 1:
        parts.append(f"from {with_unit(first[1], unit)} on {short_day(first[0], True)}")
    if path is not None:
        parts.append(
            f"{with_unit(round(expected(path, last[0]), 1), unit)} expected then, target {with_unit(path.target, unit)}"
        )
    elif goals:
        goal = max(goals, key=lambda one: one.end)
        parts.append(
            f"target {with_unit(goal.low, unit)}"
            if goal.high is None
            else f"range {format_number(goal.low)} to {with_unit(goal.high, unit)}"
        )
    if forecast is not None:
        parts.append(
            f"forecast {with_unit(forecast.mean, unit)}, between {format_number(forecast.low)} and {with_unit(forecast.high, unit)}"
        )
    return "; ".join(parts) + "."
