"""Small charts inside a row: spark, knot, bar, dot with interval, heat strip."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from goldenthread.ui.charts.scales import Pair, runs, with_unit
from goldenthread.ui.locale import NARROW, format_number


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
    return SparkPlot(width, height, runs(places), ends[-1], goal)


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
