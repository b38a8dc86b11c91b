"""The chart of effort ready to be written down as SVG: bars for units, objectives and priorities, and what flows between."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from goldenthread.insights.selectors.effort.figures import Band, Chart, EffortFigures, Flow, Stream
from goldenthread.insights.selectors.effort.reading import Named
from goldenthread.ui.templatetags.goldenthread import counted, number, percent

WIDTH, BAR = 980, 10
LEFT, MIDDLE, RIGHT = 190, 452, 736
HEIGHT, LEAST, SLOT, GAP, APART = 300, 2.0, 32.0, 6.0, 20.0
BANDS, OBJECTIVES = 7, 9
"""Bars of their own on the page: units, and objectives less one for each priority."""


class Addresses(NamedTuple):
    """Where bars lead: to a unit's page, to everything opened, to loose work, to routine, to what is entered."""

    unit: Callable[[int], str]
    all_open: str
    loose: str
    routine: str
    objective: Callable[[int], str]
    priority: Callable[[int], str]


@dataclass(frozen=True)
class Bar:
    """One bar: what it says on one line or two, where it leads, and its place."""

    words: str
    note: str
    url: str
    kind: str  # "", "loose", "routine", "quiet"
    fte: float
    x: float
    y: float
    height: float

    @property
    def middle(self) -> float:
        return self.y + self.height / 2


@dataclass(frozen=True)
class Ribbon:
    """What flows between two bars, from the left edge to the right."""

    words: str
    kind: str
    left: tuple[float, float]
    right: tuple[float, float]
    height: float


@dataclass(frozen=True)
class Line:
    """One row of the same content as a table."""

    unit: str
    through: str
    into: str
    fte: float


@dataclass(frozen=True)
class Drawing:
    """Everything with its place: the bars of each layer, and the table behind."""

    units: list[Bar]
    streams: list[Bar]
    priorities: list[Bar]
    ribbons: list[Ribbon]
    lines: list[Line]
    height: float
    is_folded: bool  # something stands together that can be opened


def folded(chart: Chart) -> Chart:
    """The same chart with few bars: the largest units and objectives of their own, the rest of each together."""
    units = [place for place, one in enumerate(chart.bands) if one.kind == "unit"]
    into_rest = set(units[BANDS:])
    priorities = {one.priority for one in chart.streams if one.priority is not None}
    most = max(3, OBJECTIVES - len(priorities))
    own = sorted(
        (place for place, one in enumerate(chart.streams) if one.kind == "objective"),
        key=lambda place: -chart.streams[place].fte,
    )[:most]
    bands, of_band = _together(
        "rest" if place in into_rest or one.kind == "rest" else place
        for place, one in enumerate(chart.bands)
    )
    streams, of_stream = _together(
        place if place in own or one.priority is None else f"others of {one.priority}"
        for place, one in enumerate(chart.streams)
    )
    sums: dict[tuple[int, int], float] = {}
    for flow in chart.flows:
        key = (of_band[flow.band], of_stream[flow.stream])
        sums[key] = sums.get(key, 0.0) + flow.fte
    return Chart(
        tuple(_band_of(chart, group) for group in bands),
        tuple(_stream_of([chart.streams[place] for place in group]) for group in streams),
        tuple(Flow(*key, fte) for key, fte in sorted(sums.items())),
    )


def _together(keys: Iterable[object]) -> tuple[list[list[int]], dict[int, int]]:
    """The places of what has one key, and of each place into which group it came."""
    groups: dict[object, list[int]] = {}
    for place, key in enumerate(keys):
        groups.setdefault(key, []).append(place)
    ordered = list(groups.values())
    return ordered, {place: at for at, group in enumerate(ordered) for place in group}


def _band_of(chart: Chart, group: list[int]) -> Band:
    bands = [chart.bands[place] for place in group]
    if len(bands) == 1:
        return bands[0]
    rest = next((one for one in bands if one.kind == "rest"), None)
    return Band(
        "rest",
        rest.unit if rest else None,
        rest.name if rest else "",
        sum(one.units for one in bands),
        sum(one.fte for one in bands),
    )


def _stream_of(streams: list[Stream]) -> Stream:
    if len(streams) == 1:
        return streams[0]
    return Stream(
        "others",
        None,
        sum(one.ways for one in streams),
        streams[0].priority,
        sum(one.fte for one in streams),
    )


def draw(found: EffortFigures, names: Named, to: Addresses, *, opened: bool) -> Drawing:
    """The chart of figures that have one; `opened` draws every bar that is kept."""
    assert found.chart is not None
    chart = found.chart if opened else folded(found.chart)
    total = sum(one.fte for one in chart.streams)
    scale = HEIGHT / total if total else 0.0
    units = _units(chart.bands, to, scale)
    order = _order(chart.streams, found)
    streams = _streams(chart.streams, order, names, to, scale)
    ends = _ends(chart.streams, order, found, names, to, scale)
    ribbons = _ribbons(chart, order, units, streams, ends, scale)
    lines = [
        Line(
            units[flow.band].words,
            streams[flow.stream].words or "–",
            ends[_end_of(chart.streams[flow.stream])].words,
            flow.fte,
        )
        for flow in sorted(chart.flows, key=lambda one: (one.band, order.index(one.stream)))
    ]
    bars = [*units, *streams.values(), *ends.values()]
    return Drawing(
        units,
        [streams[place] for place in order],
        list(ends.values()),
        ribbons,
        lines,
        max((bar.y + max(bar.height, SLOT) for bar in bars), default=0.0) + GAP,
        is_folded=not opened and chart != found.chart,
    )


def _fte(amount: float) -> str:
    return f"{number(amount, 1)} FTE"


def _units(bands: Sequence[Band], to: Addresses, scale: float) -> list[Bar]:
    bars, y = [], 0.0
    for one in bands:
        if one.kind == "unit" and one.unit is not None:
            words, url = one.name, to.unit(one.unit)
        elif one.kind == "apart":
            words, url = "Too few to tell apart", ""
        elif one.units:
            words, url = counted(one.units, "other unit,other units"), to.all_open
        else:
            words, url = f"{one.name} itself" if one.name else "In no unit", ""
        height = max(LEAST, one.fte * scale)
        kind = "quiet" if one.kind == "apart" else ""
        bars.append(Bar(words, _fte(one.fte), url, kind, one.fte, LEFT, y, height))
        y += max(height, SLOT) + GAP
    return bars


def _order(streams: Sequence[Stream], found: EffortFigures) -> list[int]:
    """By priority, each with its largest first; then what cannot be told, what is loose, and routine."""
    ranks = {one.priority: place for place, one in enumerate(found.into)}
    last = {"few": len(ranks), "unlinked": len(ranks) + 1, "run": len(ranks) + 2}

    def rank(place: int) -> tuple[int, bool, float]:
        one = streams[place]
        at = last.get(one.kind, 0) if one.priority is None else ranks[one.priority]
        return at, one.kind == "others", -one.fte

    return sorted(range(len(streams)), key=rank)


KINDS = {"unlinked": "loose", "run": "routine", "few": "quiet"}


def _streams(
    streams: Sequence[Stream], order: Iterable[int], names: Named, to: Addresses, scale: float
) -> dict[int, Bar]:
    bars: dict[int, Bar] = {}
    y = 0.0
    for place in order:
        one = streams[place]
        words, url = "", ""
        if one.kind == "objective" and one.objective is not None:
            words = names.objective(one.objective)
            url = to.objective(one.objective) if one.objective in names.objectives else ""
        elif one.kind == "others":
            words, url = counted(one.ways, "other way,other ways"), to.all_open
        elif one.kind == "straight":
            words = "Straight to it"
        height = max(LEAST, one.fte * scale)
        if one.kind == "run":
            y += APART
        bars[place] = Bar(
            words, _fte(one.fte), url, KINDS.get(one.kind, ""), one.fte, MIDDLE, y, height
        )
        y += max(height, SLOT) + GAP
    return bars


def _end_of(stream: Stream) -> int | str:
    return stream.priority if stream.priority is not None else stream.kind


def _ends(
    streams: Sequence[Stream],
    order: Iterable[int],
    found: EffortFigures,
    names: Named,
    to: Addresses,
    scale: float,
) -> dict[int | str, Bar]:
    sums: dict[int | str, float] = {one.priority: 0.0 for one in found.into if one.fte is not None}
    for place in order:
        key = _end_of(streams[place])
        sums[key] = sums.get(key, 0.0) + streams[place].fte
    shares = {one.priority: one.share for one in found.into}
    bars: dict[int | str, Bar] = {}
    y = 0.0
    for key, fte in sums.items():
        effort = percent(found.share_of(fte))
        if isinstance(key, int):
            words = names.priority(key)
            url = to.priority(key) if key in names.seen else ""
            value = shares[key]
            note = f"value {percent(value) if value is not None else 'not set'}, effort {effort}"
        elif key == "unlinked":
            words, url, note = "Without a line to a priority", to.loose, f"effort {effort}"
        elif key == "run":
            words, url, note = "Runs the business", to.routine, f"declared routine, {_fte(fte)}"
            y += APART
        else:
            words, url, note = "Priorities of too few people", "", f"effort {effort}"
        height = max(LEAST, fte * scale)
        kind = KINDS.get(str(key), "") if fte else "empty"
        bars[key] = Bar(words, note, url, kind, fte, RIGHT, y, height)
        y += max(height, SLOT) + GAP
    return bars


def _ribbons(
    chart: Chart,
    order: Sequence[int],
    units: Sequence[Bar],
    streams: Mapping[int, Bar],
    ends: Mapping[int | str, Bar],
    scale: float,
) -> list[Ribbon]:
    left = [bar.y for bar in units]
    ribbons = []
    at_stream = {place: bar.y for place, bar in streams.items()}
    flows = sorted(chart.flows, key=lambda one: (order.index(one.stream), one.band))
    for flow in flows:
        bar, height = streams[flow.stream], flow.fte * scale
        what = bar.words or ends[_end_of(chart.streams[flow.stream])].words
        ribbons.append(
            Ribbon(
                f"{units[flow.band].words}, {what}: {_fte(flow.fte)}",
                bar.kind,
                (LEFT + BAR, left[flow.band]),
                (MIDDLE, at_stream[flow.stream]),
                height,
            )
        )
        left[flow.band] += height
        at_stream[flow.stream] += height
    at_end = {key: bar.y for key, bar in ends.items()}
    for place in order:
        bar, key = streams[place], _end_of(chart.streams[place])
        height = bar.fte * scale
        ribbons.append(
            Ribbon(
                f"{bar.words or ends[key].words}, {ends[key].words}: {_fte(bar.fte)}",
                bar.kind,
                (MIDDLE + BAR, bar.y),
                (RIGHT, at_end[key]),
                height,
            )
        )
        at_end[key] += height
    return ribbons
