"""Scales shared by the charts: round ticks, labels that keep their distance, days worth a label."""

import datetime as dt
from collections.abc import Sequence
from math import ceil, floor, log10

from goldenthread.ui.locale import NARROW, format_number, month_first

Pair = tuple[float, float]


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


def runs(places: Sequence[tuple[float, float | None]]) -> list[str]:
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
