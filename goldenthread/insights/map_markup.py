"""The alignment map written down: the SVG, and the same boxes as rows of a table.

A few hundred boxes with a dozen words each: written here directly, because a template takes longer over them
than over everything else on the page. Every text that comes from a record passes through `e`, which escapes it.
"""

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from html import escape as e

from django.templatetags.static import static
from django.utils.safestring import SafeString, mark_safe

from goldenthread.insights.map_drawing import LANE_BOX, Box, Drawing, LooseBox, More
from goldenthread.insights.selectors.map import AlignmentMap, LooseNode, MapNode
from goldenthread.ui.health import HEALTHS
from goldenthread.ui.templatetags.goldenthread import counted, number, percent
from goldenthread.ui.tree import rails

Glyph = Callable[[str, float, float], str]
RowGlyph = Callable[[str], str]
LOADS = 'hx-target="#map" hx-select="#map" hx-swap="outerHTML" hx-push-url="true"'
KINDS = {"strategy": "strategy", "priority": "priority", "unit_priority": "unit’s priority"}
LOOKS = {"strategy": " box-root", "priority": " box-prio", "unit_priority": " box-inner"}
LANE_BOX_TOP, LANE_BOX_HEIGHT, LANE_ACTION = 38, 44, 85


# What a box says ------------------------------------------------------------------------------------------------


def standing_words(health: str, score: float | None) -> str:
    """ "On pace, 62 %"; without a score only the word, without a health nothing."""
    if not health:
        return ""
    word = HEALTHS[health].word
    return f"{word}, {percent(score)}" if score is not None else word


def node_words(node: MapNode) -> str:
    """What a box says aloud: its title, what it is, where it stands, who holds it."""
    stands = standing_words(node.health, node.score)
    parts = (node.title, KINDS.get(node.kind, "objective"), stands, node.owner)
    return ", ".join(part for part in parts if part)


def loose_words(node: LooseNode) -> str:
    """What a loose end says aloud, its reason with it."""
    stands = standing_words(node.health, node.score)
    parts = (node.title, "loose end", node.reason, stands, node.owner)
    return ", ".join(part for part in parts if part)


# The drawing ----------------------------------------------------------------------------------------------------


def svg(found: AlignmentMap, drawing: Drawing) -> SafeString:
    """The whole drawing: lines first, boxes over them, the lane of loose ends below."""
    width, height = n(drawing.width + 4), n(drawing.height + 4)
    words = f"{counted(found.objectives, 'objective,objectives')} under priorities"
    if found.loose:
        words += f", {len(found.loose)} loose"
    glyph = partial(_glyph, static("ui/icons/sprite.svg"))
    return mark_safe(  # noqa: S308  # every text in it has been escaped
        "".join(
            [
                f'<svg class="drawing" width="{width}" height="{height}" viewBox="-2 0 {width} {height}" '
                f'role="group" aria-label="{words}" data-map-drawing>'
                '<defs><pattern id="map-hatch" width="8" height="8" patternUnits="userSpaceOnUse" '
                'patternTransform="rotate(45)"><path class="hatch" d="M0 0V8"/></pattern></defs>',
                '<g aria-hidden="true">',
                *(_text("layer", left, 16, name) for name, left in drawing.columns),
                *(f'<path class="{line.kind}" d="{line.path}"/>' for line in drawing.lines),
                "</g>",
                *(_box(box, found, glyph) for box in drawing.boxes),
                *(_more(more) for more in drawing.mores),
                _lane(found, drawing, glyph) if drawing.lane is not None else "",
                "</svg>",
            ]
        )
    )


def n(coordinate: float) -> str:
    """A coordinate as SVG reads it."""
    return f"{round(coordinate, 2):g}"


def _text(kind: str, x: float, y: float, words: str) -> str:
    return f'<text class="{kind}" x="{n(x)}" y="{n(y)}">{e(words)}</text>'


def _rect(kind: str, x: float, y: float, width: float, height: float, radius: int = 6) -> str:
    return f'<rect class="{kind}" x="{n(x)}" y="{n(y)}" width="{n(width)}" height="{n(height)}" rx="{radius}"/>'


def _glyph(sprite: str, health: str, x: float, y: float) -> str:
    look = HEALTHS[health]
    return (
        f'<svg class="glyph glyph-{look.colour}" x="{n(x)}" y="{n(y)}" width="14" height="14" '
        f'aria-hidden="true"><use href="{sprite}#h-{look.shape}"/></svg>'
    )


def _linked(key: str, url: str, words: str, traced: bool, inside: Iterable[str]) -> str:
    """A box that leads somewhere, or one of which the reader sees only that it is there."""
    body = "".join(inside)
    if not url:
        return f'<g role="img" aria-label="{e(words)}">{body}</g>'
    kind = ' class="is-traced"' if traced else ""
    return f'<a id="{key}" href="{e(url)}" aria-label="{e(words)}"{kind}>{body}</a>'


def _box(box: Box, found: AlignmentMap, glyph: Glyph) -> str:
    node, place = box.node, box.place
    look = f"box{LOOKS.get(node.kind, '')}"
    inside = [_rect(look, place.x, place.y, place.width, place.height)]
    if node.unconfirmed:
        inside.append(
            _rect("hatched", place.x + 1, place.y + 1, place.width - 2, place.height - 2, 5)
        )
    inside += _strategy_text(box, found) if node.kind == "strategy" else _node_text(box, glyph)
    written = _linked(node.key, node.url, node_words(node), node.traced, inside)
    return written + _badge(box) if box.badge else written


def _strategy_text(box: Box, found: AlignmentMap) -> list[str]:
    left, lines = box.place.x + 12, len(box.lines)
    top = box.place.middle - (4 if lines == 1 else 12)
    words = [
        _text("t-root t-strong", left, top + 16 * place, line)
        for place, line in enumerate(box.lines)
    ]
    priorities = sum(one.kind == "priority" for one in found.nodes)
    count = counted(priorities, "priority,priorities")
    return [*words, _text("t-root", left, top + 3 + 16 * lines, count)]


def _node_text(box: Box, glyph: Glyph) -> list[str]:
    node, left, middle = box.node, box.place.x + 12, box.place.middle
    kind = "t-quiet" if not node.url else "" if node.kind == "person" else "t-strong"
    inside = [_text(kind, left, middle - 5, box.lines[0])]
    if box.lines[0] != node.title:
        inside.insert(0, f"<title>{e(node.title)}</title>")
    if node.health:
        words = standing_words(node.health, node.score)
        inside.append(glyph(node.health, left, middle + 2))
        inside.append(_text("t-quiet", left + 20, middle + 13, words))
    at_the_end = box.owner
    if node.kind == "priority":
        at_the_end = f"weight {round(node.weight * 100)}" if node.weight is not None else ""
    if at_the_end:
        inside.append(_text("t-quiet t-end", box.place.right - 12, middle + 13, at_the_end))
    return inside


def _badge(box: Box) -> str:
    """How many hang below a box of which nothing below is drawn."""
    x, middle = box.place.right + 4, box.place.middle
    return _opening(
        box.node,
        box.open_url,
        f"Show {box.node.more} below {box.node.title}",
        _rect("box box-group", x, middle - 13, 36, 26),
        _text("t-quiet t-middle", x + 18, middle + 4, f"+{number(box.node.more)}"),
    )


def _more(more: More) -> str:
    place = more.place
    return _opening(
        more.node,
        more.url,
        f"Show {more.node.more} more below {more.node.title}",
        _rect("box box-group", place.x, place.y, place.width, place.height),
        _text("t-quiet", place.x + 12, place.middle + 4, f"{number(more.node.more)} more"),
    )


def _opening(node: MapNode, url: str, words: str, *inside: str) -> str:
    return (
        f'<a id="open-{node.key}" href="{e(url)}" hx-get="{e(url)}" {LOADS} aria-label="{e(words)}">'
        f"{''.join(inside)}</a>"
    )


# The lane of loose ends -----------------------------------------------------------------------------------------


def _lane(found: AlignmentMap, drawing: Drawing, glyph: Glyph) -> str:
    top = drawing.lane or 0.0
    title = []
    if found.loose_count:
        ends = counted(found.loose_count, "loose end,loose ends")
        title.append(f"{ends}, tied to no priority")
    if found.waiting:
        title.append(f"{number(found.waiting)} unconfirmed")
    more = ""
    if url := e(drawing.loose_url):
        words = f"{number(found.loose_more)} more"
        more = (
            f'<a id="open-loose" href="{url}" hx-get="{url}" {LOADS} aria-label="{words} loose ends">'
            f"{_rect('hit', drawing.width - 112, top + 5, 104, 26, 4)}"
            f"{_text('t-link t-end', drawing.width - 16, top + 22, words)}</a>"
        )
    return "".join(
        [
            '<g id="lane">',
            _rect("lane", 0, top, drawing.width, drawing.lane_height),
            _text("layer", 16, top + 22, "; ".join(title)),
            more,
            *(_loose(one, glyph) for one in drawing.loose),
            "</g>",
        ]
    )


def _loose(one: LooseBox, glyph: Glyph) -> str:
    node, x, y = one.node, one.x, one.y
    top = y + LANE_BOX_TOP
    mark = (
        f'<path class="edge-loose" d="M{n(x + 10)} {n(y + 12)}V{n(top)}"/>'
        f'<circle class="loose-end-mark" cx="{n(x + 10)}" cy="{n(y + 8)}" r="4.5"/>'
    )
    reason = "".join(
        _text("t-quiet", x + 22, y + 12 + 16 * place, words)
        for place, words in enumerate(one.reason)
    )
    inside = [_rect("box box-loose", x, top, LANE_BOX, LANE_BOX_HEIGHT)]
    if node.unconfirmed:
        inside.append(_rect("hatched", x + 1, top + 1, LANE_BOX - 2, LANE_BOX_HEIGHT - 2, 5))
    inside.append(_text("t-strong" if node.url else "t-quiet", x + 12, top + 17, one.title))
    if node.health:
        words = standing_words(node.health, node.score)
        inside.append(glyph(node.health, x + 12, top + 24))
        inside.append(_text("t-quiet", x + 32, top + 35, words))
    if one.owner:
        inside.append(_text("t-quiet t-end", x + LANE_BOX - 12, top + 35, one.owner))
    action = ""
    if node.action_url:
        action = (
            f'<a href="{e(node.action_url)}" aria-label="{e(f"{node.action_word}: {node.title}")}">'
            f"{_rect('hit', x, y + LANE_ACTION, 72, 26, 4)}"
            f"{_text('t-link', x + 12, y + LANE_ACTION + 17, node.action_word)}</a>"
        )
    box = _linked(node.key, node.url, loose_words(node), node.traced, inside)
    return f'<g aria-hidden="true">{mark}{reason}</g>{box}{action}'


# The table ------------------------------------------------------------------------------------------------------


def table_rows(found: AlignmentMap, drawing: Drawing) -> SafeString:
    """The rows of the table: each branch whole, then the loose ends with reason and action."""
    nodes = found.nodes[1:]
    depth: dict[str, int] = {}
    for node in nodes:
        depth[node.key] = depth.get(node.parent, -1) + 1
    serving = {node.parent for node in nodes}
    urls = {box.node.key: box.open_url for box in drawing.boxes}
    glyph = partial(_table_health, static("ui/icons/sprite.svg"))
    rows = [
        _row(node, rail, node.key in serving, urls[node.key], glyph)
        for node, rail in zip(nodes, rails(list(depth.values())), strict=True)
    ]
    rows += (_loose_row(node, glyph) for node in found.loose)
    return mark_safe("".join(rows))  # noqa: S308  # every text in it has been escaped


def _table_health(sprite: str, health: str) -> str:
    if not health:
        return '<span class="quiet">–</span>'
    look = HEALTHS[health]
    return (
        f'<span class="health health-{look.colour}"><svg class="glyph glyph-{look.colour}" aria-hidden="true">'
        f'<use href="{sprite}#h-{look.shape}"/></svg><span class="health-word">{look.word}</span></span>'
    )


def _row(node: MapNode, rail: Sequence[str], is_open: bool, open_url: str, glyph: RowGlyph) -> str:
    """As `ui/_tree_cell.html` writes a row of a tree."""
    more = ""
    if open_url:
        more = (
            f' <a class="tie" href="{e(open_url)}#table">{number(node.more)} more'
            f'<span class="hide"> below {e(node.title)}</span></a>'
        )
    look = "" if rail else "is-root"
    return _tree_row(
        f"{look} is-unconfirmed" if node.unconfirmed else look,
        "".join(f'<span class="rail {one}"></span>' for one in rail),
        "seat seat-open" if is_open else "seat",
        "knot-step" if rail else "knot-root",
        _title(node.title, node.url) + more,
        (e(node.owner) or "–", glyph(node.health), percent(node.score)),
        (percent(node.value, 1), number(node.below)),
    )


def _loose_row(node: LooseNode, glyph: RowGlyph) -> str:
    after = f' <small class="quiet">{e(node.reason)}</small>'
    if node.action_url:
        after += (
            f' <a class="tie" href="{e(node.action_url)}">{node.action_word}'
            f'<span class="hide">: {e(node.title)}</span></a>'
        )
    return _tree_row(
        "is-root is-loose-row is-unconfirmed" if node.unconfirmed else "is-root is-loose-row",
        "",
        "seat",
        "knot-loose",
        _title(node.title, node.url) + after,
        (e(node.owner) or "–", glyph(node.health), percent(node.score)),
        ("–", "–"),
    )


def _title(title: str, url: str) -> str:
    return f'<a href="{e(url)}">{e(title)}</a>' if url else e(title)


def _tree_row(
    look: str,
    rail: str,
    seat: str,
    knot: str,
    words: str,
    cells: tuple[str, str, str],
    numbers: tuple[str, str],
) -> str:
    """All of it is markup already."""
    owner, health, progress = cells
    value, below = numbers
    return (
        f'<tr class="{look}"><th scope="row"><div class="cell"><span class="rails" aria-hidden="true">{rail}</span>'
        f'<span class="{seat}"><span class="{knot}" aria-hidden="true"></span></span>'
        f'<span class="words">{words}</span></div></th><td class="drop">{owner}</td><td>{health}</td>'
        f'<td class="num">{progress}</td><td class="num drop">{value}</td><td class="num drop">{below}</td></tr>'
    )
