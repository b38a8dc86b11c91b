"""The geometry of charts: plain data in, coordinates out. Templates in `cotton/` only write them down.

Nothing here knows the database, the request or the clock. A missing value leaves a gap; it is never drawn at 0.
Widths and heights are SVG units of the view box.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from math import ceil, floor, log10

from goldenthread.ui.locale import NARROW, format_number, month_first

Pair = tuple[float, float]
Place = Callable[[dt.date], float]
Height = Callable[[float], float]


# Input ------------------------------------------------------------------------------------------------------
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


# Output -----------------------------------------------------------------------------------------------------
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


@dataclass(frozen=True)
class SparkPlot:
    """A small line without axes; `goal` is the height of the dotted target."""

    width: int
    height: int
    runs: list[str]
    last: Pair | None
    goal: float | None


@dataclass(frozen=True)
class DotPlot:
    """One value with its interval on a common scale."""

    x: float | None
    low: float | None
    high: float | None
    width: int = 200


@dataclass(frozen=True)
class HeatCell:
    """One period of a strip: where, how strong (0 to 4, None for no figure) and what it says."""

    x: float
    width: float
    step: int | None
    words: str


@dataclass(frozen=True)
class Knot:
    """A priority's knot on the thread: the heavier, the larger; without weight it stays open."""

    radius: float
    text: str
    words: str
    is_set: bool = field(default=True)


# Scales -----------------------------------------------------------------------------------------------------
def nice_ticks(low: float, high: float, count: int = 4) -> list[float]:
    """Round numbers that enclose low and high, about `count` steps of 1, 2, 2.5 or 5 times a power of ten."""
    largest = max(abs(low), abs(high))
    if high - low <= 1e-7 * max(1.0, largest):
        padding = max(0.1 * largest, 0.01) if largest > 1e-6 else 1.0
        low, high = low - padding, high + padding
    raw = (high - low) / count
    power = 10.0 ** floor(log10(raw))
    step = next(power * factor for factor in (1, 2, 2.5, 5, 10) if power * factor >= raw - 1e-12)
    first = floor(low / step + 1e-9)
    last = ceil(high / step - 1e-9)
    return [round(index * step, 10) for index in range(first, last + 1)]


def spread_labels(wanted: Sequence[float], gap: float, low: float, high: float) -> list[float]:
    """Heights as near to the wanted ones as they go without two being nearer than `gap`, in the same order.

    When they cannot all fit between `low` and `high`, they keep the gap and run over `high`.
    """
    order = sorted(range(len(wanted)), key=lambda index: wanted[index])
    placed: list[float] = []
    for index in order:
        at = max(low, wanted[index])
        placed.append(max(at, placed[-1] + gap) if placed else at)
    ceiling = high
    for position in range(len(placed) - 1, -1, -1):
        if placed[position] > ceiling:
            placed[position] = ceiling
        ceiling = placed[position] - gap
    overrun = low - placed[0] if placed and placed[0] < low else 0.0
    found = [0.0] * len(wanted)
    for index, at in zip(order, placed, strict=True):
        found[index] = round(at + overrun, 1)
    return found


def day_ticks(start: dt.date, end: dt.date) -> list[dt.date]:
    """Days worth a label: weeks in a short span, months in a quarter or year, quarters, then years."""
    days = (end - start).days
    if days <= 45:
        step = 7 if days > 10 else max(1, days // 3)
        return [start + dt.timedelta(days=at) for at in range(0, days + 1, step)]
    months = 1 if days <= 200 else 3 if days <= 800 else 12
    found = [start]
    year, month = start.year, start.month
    while True:
        month += 1
        if month > 12:
            year, month = year + 1, 1
        first = dt.date(year, month, 1)
        if first >= end:
            break
        if (month - 1) % months == 0:
            found.append(first)
    return [*found, end]


def short_day(day: dt.date, with_year: bool = False) -> str:
    """A day on an axis: "1 Oct", or "Oct 1" where the reader writes so."""
    month = day.strftime("%b")
    text = f"{month} {day.day}" if month_first() else f"{day.day} {month}"
    return f"{text} {day.year}" if with_year else text


def with_unit(value: float, unit: str) -> str:
    """A value and its unit with the narrow space between."""
    return f"{format_number(value)}{NARROW}{unit}" if unit else format_number(value)


# Charts -----------------------------------------------------------------------------------------------------
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
) -> LinePlot:
    """Observations over time with what was expected of them.

    The value axis covers every value, goal and forecast; it begins at 0 only where `at_least` says so or the
    values come near it, because a line, unlike a bar, is read by its slope. Points outside the period are left out.
    """
    shown = sorted(
        (point for point in points if start <= point.day <= end), key=lambda point: point.day
    )
    known = [(point.day, float(point.value)) for point in shown if point.value is not None]
    ticks = _value_ticks(known, goals, path, forecast, at_least, at_most)
    left = max(34.0, 12.0 + 7.0 * max(len(format_number(tick)) for tick in ticks))
    named = bool(goals) or path is not None or forecast is not None
    right, top, bottom = width - (96.0 if named else 12.0), 22.0, height - 28.0
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
    heights = spread_labels([at + 4 for at, _, _ in margin], 14.0, top, bottom)
    labels = [
        Label(right + 10, at, words, "start", kind)
        for at, (_, words, kind) in zip(heights, margin, strict=True)
    ]
    if known:
        labels.append(_last_label(known, x, y, unit, left, right, top, bottom))
    else:
        labels.append(
            Label((left + right) / 2, (top + bottom) / 2, "No values yet", "middle", "t-soft")
        )
    at_today = x(today) if today is not None and start <= today <= end else None
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
        runs=_runs([(x(p.day), None if p.value is None else y(float(p.value))) for p in shown]),
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


def spark(
    values: Sequence[float | None], target: float | None = None, width: int = 88, height: int = 28
) -> SparkPlot:
    """A run of values in the order of time, with the target as a dotted height on the same scale."""
    known = [float(value) for value in values if value is not None]
    if not known:
        return SparkPlot(width, height, [], None, None)
    scale = [*known, *([] if target is None else [float(target)])]
    low, high = min(scale), max(scale)
    middle = high - low < 1e-12
    edge = 3.0

    def y(value: float) -> float:
        if middle:
            return height / 2
        return round(height - edge - (height - 2 * edge) * (value - low) / (high - low), 1)

    gap = (width - 2 * edge - 2) / max(1, len(values) - 1)
    places = [
        (round(edge + gap * index, 1), None if value is None else y(float(value)))
        for index, value in enumerate(values)
    ]
    ends = [(at, height_) for at, height_ in places if height_ is not None]
    goal = None if target is None else y(float(target))
    return SparkPlot(width, height, _runs(places), ends[-1], goal)


def spark_words(
    name: str, values: Sequence[float | None], unit: str = "", target: float | None = None
) -> str:
    """What a spark shows: "Sound power: from 58 to 51.2 dB, target 50 dB"."""
    known = [float(value) for value in values if value is not None]
    if not known:
        return f"{name}: not measured yet"
    run = (
        f"from {format_number(known[0])} to {with_unit(known[-1], unit)}"
        if len(known) > 1
        else with_unit(known[0], unit)
    )
    return f"{name}: {run}" + ("" if target is None else f", target {with_unit(target, unit)}")


def knot(weight: float | None, total: float = 100) -> Knot:
    """The knot of a priority on a 40 by 40 field: its radius grows with its share of the weights."""
    if weight is None:
        return Knot(11.0, "–", "Weight not set", is_set=False)
    part = max(0.0, min(1.0, float(weight) / total)) if total else 0.0
    words = f"Weight {format_number(weight)} of {format_number(total)}"
    return Knot(round(min(19.0, 8 + 33 * part), 1), format_number(weight), words)


def bar(value: float | None, longest: float) -> float | None:
    """Length of a bar on a field of 100; it starts at 0, and bars that are compared share `longest`."""
    if value is None:
        return None
    return round(max(0.0, min(100.0, 100 * float(value) / longest)), 1) if longest > 0 else 0.0


def dot(
    value: float | None,
    low: float | None = None,
    high: float | None = None,
    *,
    scale: Pair = (0.0, 1.0),
    width: int = 200,
) -> DotPlot:
    """A value with its interval; what lies beyond the scale is cut off at its end."""

    def x(one: float | None) -> float | None:
        if one is None:
            return None
        part = (float(one) - scale[0]) / (scale[1] - scale[0])
        return round(6 + (width - 12) * max(0.0, min(1.0, part)), 1)

    return DotPlot(x(value), x(low), x(high), width)


def heat(cells: Iterable[tuple[str, float | None]], width: int = 240) -> list[HeatCell]:
    """A strip of periods, each a share from 0 to 1 in five strengths; None is hatched, not pale."""
    given = list(cells)
    if not given:
        return []
    each = width / len(given)
    found = []
    for index, (name, value) in enumerate(given):
        step = None if value is None else min(4, max(0, int(float(value) * 5)))
        words = (
            "no figure" if value is None else f"{format_number(round(float(value) * 100))}{NARROW}%"
        )
        found.append(
            HeatCell(round(index * each, 1), round(max(1.0, each - 2), 1), step, f"{name}: {words}")
        )
    return found


# Pieces -----------------------------------------------------------------------------------------------------
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


def _runs(places: Sequence[tuple[float, float | None]]) -> list[str]:
    """Polylines between the gaps; a lone point needs none, its dot is enough."""
    found: list[str] = []
    current: list[str] = []
    for x, y in [*places, (0.0, None)]:
        if y is not None:
            current.append(f"{x},{y}")
            continue
        if len(current) > 1:
            found.append(" ".join(current))
        current = []
    return found


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
) -> Label:
    """The latest value beside its dot, on the side where the line does not come from."""
    day, value = known[-1]
    rises = len(known) > 1 and y(known[-2][1]) > y(value)
    at = y(value) - 10 if rises else y(value) + 20
    at = at if top + 8 <= at <= bottom - 4 else y(value) + (20 if rises else -10)
    place = x(day)
    anchor = "start" if place < left + 40 else "end"
    return Label(
        place + (2 if anchor == "end" else -2),
        round(at, 1),
        with_unit(value, unit),
        anchor,
        "t-strong",
    )


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
