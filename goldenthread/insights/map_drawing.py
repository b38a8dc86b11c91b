"""The alignment map ready to be written down as SVG: boxes with words that fit, lines, the lane of loose ends."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from goldenthread.insights.map_layout import Item, Layout, Place, Wire, lay_out
from goldenthread.insights.selectors.map import AlignmentMap, LooseNode, MapNode
from goldenthread.insights.selectors.map_levels import LOOSE

WIDTHS = (116, 226, 280, 300)
HEIGHTS = {"strategy": 72, "priority": 52, "unit_priority": 44, "unit": 44, "person": 44}
MORE_HEIGHT = 26
BADGE = 44  # room at the right for how much hangs below what is not opened
NAMES = ("Strategy", "Priorities", "Unit objectives", "Team and personal objectives")
PADDING = 12
LANE_TOP, LANE_BOX, LANE_CELL, LANE_GAP = 40, 240, 128, 16
NARROW, WIDE = frozenset("iljtfrI.,:;'’|!()[] "), frozenset("mwMW@%&—")

Open = Callable[[str], str]


@dataclass(frozen=True)
class Box:
    """One box of the map; its words are cut to fit, the node keeps them whole."""

    node: MapNode
    place: Place
    lines: list[str]  # the title
    owner: str
    open_url: str  # to what is not drawn below it; "" where everything is
    badge: (
        bool  # nothing below it is drawn: the count stands beside the box, not below its children
    )


@dataclass(frozen=True)
class More:
    """The small box below the children of a node: how many are not drawn."""

    node: MapNode
    place: Place
    url: str


@dataclass(frozen=True)
class LooseBox:
    """One box of the lane, with its reason on one or two lines."""

    node: LooseNode
    x: float
    y: float
    title: str
    owner: str
    reason: list[str]


@dataclass(frozen=True)
class Line:
    """One line of the map and the class it is drawn in."""

    path: str
    kind: str


@dataclass(frozen=True)
class Drawing:
    """Everything with its place. `lane` is the top of the lane of loose ends, None without one."""

    boxes: list[Box]
    mores: list[More]
    lines: list[Line]
    columns: list[tuple[str, float]]
    loose: list[LooseBox]
    loose_url: str
    lane: float | None
    lane_height: float
    width: float
    height: float


def draw(found: AlignmentMap, open_url: Open) -> Drawing:
    """`open_url` gives the address at which more of a node is drawn."""
    serving = {node.parent for node in found.nodes}
    items = [Item(one.key, one.column, HEIGHTS[one.kind], one.parent) for one in found.nodes]
    mores = [
        Item(f"more {node.key}", _column_below(node, found.nodes), MORE_HEIGHT, node.key)
        for node in found.nodes
        if node.more and node.key in serving
    ]
    layout = lay_out([*items, *mores], found.links, WIDTHS)
    boxes = [_box(node, layout, serving, open_url) for node in found.nodes]
    unconfirmed = {node.key for node in found.nodes if node.unconfirmed}
    lines = [
        _line(wire, found, unconfirmed)
        for wire in layout.wires
        if not wire.child.startswith("more ")
    ]
    lines += [
        Line(wire.path, "edge-more") for wire in layout.wires if wire.child.startswith("more ")
    ]
    width = max(layout.width, *(BADGE + box.place.right for box in boxes if box.badge), 0)
    bottom = layout.height + LANE_GAP * 1.5
    loose, lane_height = _lane(found.loose, bottom, width)
    nodes = {node.key: node for node in found.nodes}
    return Drawing(
        boxes=boxes,
        mores=[
            More(nodes[item.parent], layout.places[item.key], open_url(item.parent))
            for item in mores
        ],
        lines=sorted(lines, key=lambda line: line.kind == "edge-traced"),
        columns=[(_name(number), left) for number, left in layout.columns],
        loose=loose,
        loose_url=open_url(LOOSE) if found.loose_more > 0 else "",
        lane=bottom if loose else None,
        lane_height=lane_height,
        width=width,
        height=bottom + lane_height if loose else layout.height + LANE_GAP,
    )


def _column_below(node: MapNode, nodes: Sequence[MapNode]) -> int:
    return min((one.column for one in nodes if one.parent == node.key), default=0)


def _box(node: MapNode, layout: Layout, serving: set[str], open_url: Open) -> Box:
    place = layout.places[node.key]
    room = place.width - 2 * PADDING
    left = 96 if node.health else 0
    right = fit(node.owner, room - left) if node.kind not in {"strategy", "priority"} else ""
    return Box(
        node,
        place,
        wrap(node.title, room)
        if node.kind == "strategy"
        else [fit(node.title, room, strong=node.kind != "person")],
        right,
        open_url(node.key) if node.more else "",
        badge=bool(node.more) and node.key not in serving,
    )


def _line(wire: Wire, found: AlignmentMap, unconfirmed: set[str]) -> Line:
    if wire.child in unconfirmed:
        return Line(wire.path, "edge-loose")
    if (wire.parent, wire.child) in found.traced_links:
        return Line(wire.path, "edge-traced")
    return Line(wire.path, "edge-further" if wire.further else "edge")


def _name(number: int) -> str:
    return NAMES[number] if number < len(NAMES) else "Further down"


def _lane(nodes: Sequence[LooseNode], top: float, width: float) -> tuple[list[LooseBox], float]:
    """Boxes side by side, as many as the width holds."""
    if not nodes:
        return [], 0
    across = max(1, int((width - LANE_GAP) // (LANE_BOX + LANE_GAP)))
    boxes = [
        LooseBox(
            node,
            LANE_GAP + (number % across) * (LANE_BOX + LANE_GAP),
            top + LANE_TOP + (number // across) * LANE_CELL,
            fit(node.title, LANE_BOX - 2 * PADDING, strong=True),
            fit(node.owner, LANE_BOX - 2 * PADDING - 96),
            wrap(node.reason, LANE_BOX - 22),
        )
        for number, node in enumerate(nodes)
    ]
    rows = (len(nodes) + across - 1) // across
    return boxes, LANE_TOP + rows * LANE_CELL


# Words that fit ------------------------------------------------------------------------------------------------


def text_width(text: str, *, strong: bool = False) -> float:
    """About how wide a text is at 12 px, in SVG units; a little too wide rather than too narrow."""
    wide = sum(
        3.6 if sign in NARROW else 10.4 if sign in WIDE else 8.3 if sign.isupper() else 6.8
        for sign in text
    )
    return wide * (1.04 if strong else 1)


def fit(text: str, room: float, *, strong: bool = False) -> str:
    """The text, or as much of it as there is room for, with "…"."""
    if text_width(text, strong=strong) <= room:
        return text
    cut = len(text)
    while cut > 1 and text_width(text[:cut] + "…", strong=strong) > room:
        cut -= 1
    return text[:cut].rstrip() + "…"


def wrap(text: str, room: float) -> list[str]:
    """The text on one line or two."""
    if text_width(text) <= room:
        return [text]
    first: list[str] = []
    words = text.split()
    while words and text_width(" ".join([*first, words[0]])) <= room:
        first.append(words.pop(0))
    return [" ".join(first), fit(" ".join(words), room)] if first else [fit(text, room)]
