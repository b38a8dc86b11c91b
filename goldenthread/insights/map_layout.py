"""Where the boxes and lines of the alignment map lie: plain data in, coordinates out.

Every box has a band of its own, as high as all that hangs below it, so that no two boxes of a column can meet.
A line to the box whose band it is drawn in runs straight through the gap between the columns; every further
line gets a track of its own in that gap, so that no two of them run on top of each other.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from goldenthread.engine.graph import Edge, Graph

GAP = 8  # between two boxes of a column
BETWEEN_BRANCHES = 16  # where one of them has boxes below it
GUTTER = 42  # between two columns
TRACK = 7  # what one further line adds to it
MOST_TRACKS = 12
CORNER = 6
TOP = 34  # room for the names of the columns


@dataclass(frozen=True)
class Item:
    """A box to be placed. `column` is the first it may stand in; `parent` the box in whose band it lies."""

    key: str
    column: int
    height: int
    parent: str = ""


@dataclass(frozen=True)
class Place:
    """Where a box lies; `column` counts those that hold something."""

    key: str
    column: int
    x: float
    y: float
    width: float
    height: float

    @property
    def middle(self) -> float:
        return self.y + self.height / 2

    @property
    def right(self) -> float:
        return self.x + self.width


@dataclass(frozen=True)
class Wire:
    """A line from a parent to a child, as an SVG path; `further` when the child lies in another's band."""

    parent: str
    child: str
    path: str
    further: bool


@dataclass(frozen=True)
class Layout:
    """The whole drawing. `columns` gives the left edge of each column with the number it was asked for by."""

    places: dict[str, Place]
    wires: list[Wire]
    columns: list[tuple[int, float]]
    width: float
    height: float


def lay_out(
    items: Sequence[Item], links: Iterable[tuple[str, str]], widths: Sequence[int]
) -> Layout:
    """Place the items, parents before children, and draw the links between them.

    `widths` are those of the columns, the last of them for all further ones. A child stands right of all its
    parents. Links with an end that is not placed are left out. Raises: LoopFound.
    """
    known = {item.key for item in items}
    every = [
        *((item.parent, item.key) for item in items if item.parent in known),
        *((parent, child) for parent, child in links if parent in known and child in known),
    ]
    pairs = list(dict.fromkeys(every))
    column = _columns(items, pairs)
    used = sorted(set(column.values()))
    rank = {number: place for place, number in enumerate(used)}
    own = {item.key: item.parent for item in items}
    further = [(parent, child) for parent, child in pairs if own[child] != parent]
    middles, bottom = _rows(items)

    tracks: dict[tuple[str, str], int] = {}
    wide: dict[int, int] = {}
    for place in range(1, len(used)):
        into = [pair for pair in further if rank[column[pair[1]]] == place]
        given = _tracks({pair: _span(middles[pair[0]], middles[pair[1]]) for pair in into})
        tracks |= given
        wide[place] = min(max(given.values(), default=-1) + 1, MOST_TRACKS)
    left = [0.0]
    for place in range(1, len(used)):
        before = widths[min(used[place - 1], len(widths) - 1)]
        left.append(left[-1] + before + GUTTER + TRACK * wide[place])
    places = {}
    for item in items:
        here = rank[column[item.key]]
        width = widths[min(column[item.key], len(widths) - 1)]
        top = middles[item.key] - item.height / 2
        places[item.key] = Place(item.key, here, left[here], top, width, item.height)
    wires = [
        _further(places[parent], places[child], tracks[parent, child])
        if own[child] != parent
        else _straight(places[parent], places[child])
        for parent, child in pairs
    ]
    last = widths[min(used[-1], len(widths) - 1)] if used else 0
    return Layout(
        places,
        wires,
        [(number, left[place]) for place, number in enumerate(used)],
        left[-1] + last,
        bottom,
    )


def _columns(items: Sequence[Item], pairs: Sequence[tuple[str, str]]) -> dict[str, int]:
    """Each box right of everything it serves."""
    column = {item.key: item.column for item in items}
    graph = Graph((Edge(parent, child) for parent, child in pairs), column)
    for key in graph.order:
        for parent in graph.parents.get(key, ()):
            column[key] = max(column[key], column[parent] + 1)
    return column


def _rows(items: Sequence[Item]) -> tuple[dict[str, float], float]:
    """The middle of each box, and how far down they reach."""
    below: dict[str, list[Item]] = defaultdict(list)
    keys = {item.key for item in items}
    for item in items:
        below[item.parent if item.parent in keys else ""].append(item)
    tall: dict[str, float] = {}
    for item in reversed(items):  # children come after their parents
        tall[item.key] = max(item.height, _sum(below[item.key], tall, below))
    middles: dict[str, float] = {}
    waiting = [("", float(TOP), _sum(below[""], tall, below))]
    while waiting:
        key, top, room = waiting.pop()
        inside = below.get(key, [])
        at = top + (room - _sum(inside, tall, below)) / 2
        for place, item in enumerate(inside):
            at += _gap(inside[place - 1], item, below) if place else 0
            middles[item.key] = at + tall[item.key] / 2
            waiting.append((item.key, at, tall[item.key]))
            at += tall[item.key]
    bottom = max((middles[i.key] + i.height / 2 for i in items), default=float(TOP))
    return middles, bottom


def _sum(
    items: Sequence[Item], tall: Mapping[str, float], below: Mapping[str, list[Item]]
) -> float:
    gaps = (_gap(above, item, below) for above, item in pairwise(items))
    return sum(tall[item.key] for item in items) + sum(gaps)


def _gap(above: Item, item: Item, below: Mapping[str, list[Item]]) -> int:
    """Leaves of one parent stand close; where a branch begins or ends there is more room."""
    return BETWEEN_BRANCHES if below.get(above.key) or below.get(item.key) else GAP


def _span(one: float, other: float) -> tuple[float, float]:
    return min(one, other), max(one, other)


def _tracks(spans: dict[tuple[str, str], tuple[float, float]]) -> dict[tuple[str, str], int]:
    """The first track that is free over the whole height of each line, from the top down."""
    taken: list[float] = []
    given = {}
    for pair, (top, bottom) in sorted(spans.items(), key=lambda one: (one[1], one[0])):
        free = next((n for n, until in enumerate(taken) if until + GAP <= top), len(taken))
        if free == len(taken):
            taken.append(bottom)
        taken[free] = bottom
        given[pair] = free
    return given


def _straight(parent: Place, child: Place) -> Wire:
    """A curve through the gap after the parent, then level in the child's own band, where nothing else lies."""
    start, end = parent.right, child.x
    bend = start + GUTTER
    middle = start + GUTTER / 2
    path = (
        f"M{start:g} {parent.middle:g}"
        f"C{middle:g} {parent.middle:g} {middle:g} {child.middle:g} {bend:g} {child.middle:g}H{end:g}"
    )
    return Wire(parent.key, child.key, path, further=False)


def _further(parent: Place, child: Place, track: int) -> Wire:
    """Out of the parent, down (or up) the line's own track, into the child."""
    start, end = parent.right, child.x
    x = end - GUTTER / 2 - TRACK * (min(track, MOST_TRACKS - 1) + 1) + TRACK / 2
    out, into = parent.middle + parent.height / 4, child.middle + child.height / 4
    turn = min(CORNER, abs(into - out) / 2)
    way = 1 if into >= out else -1
    path = (
        f"M{start:g} {out:g}H{x - turn:g}Q{x:g} {out:g} {x:g} {out + way * turn:g}"
        f"V{into - way * turn:g}Q{x:g} {into:g} {x + turn:g} {into:g}H{end:g}"
    )
    return Wire(parent.key, child.key, path, further=True)
