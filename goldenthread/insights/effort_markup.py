"""The chart of effort written down as SVG. Every text that comes from a record passes through `e`, which escapes it."""

from collections.abc import Iterator
from html import escape as e

from django.utils.safestring import SafeString, mark_safe

from goldenthread.insights.effort_drawing import (
    BAR,
    LEFT,
    MIDDLE,
    RIGHT,
    WIDTH,
    Bar,
    Drawing,
    Ribbon,
)
from goldenthread.insights.map_drawing import fit
from goldenthread.insights.map_markup import n

TOP = 26  # of the names of the layers
LAYERS = (("Units", LEFT - 8, " t-end"), ("Objectives", MIDDLE, ""), ("Priorities", RIGHT, ""))
ROOM = {LEFT: LEFT - 12, MIDDLE: RIGHT - MIDDLE - BAR - 22, RIGHT: WIDTH - RIGHT - BAR - 10}


def svg(drawing: Drawing) -> SafeString:
    """The whole drawing: what flows first, the bars over it, each with its words."""
    width, height = WIDTH, n(drawing.height + TOP)
    return mark_safe(  # noqa: S308  # every text in it has been escaped
        "".join(
            [
                f'<svg class="effort-flow" width="{width}" height="{height}" viewBox="0 0 {width} {height}" '
                'role="group" aria-label="Effort from units over objectives into priorities">',
                '<g aria-hidden="true">',
                *(
                    f'<text class="layer{end}" x="{n(x)}" y="14">{name}</text>'
                    for name, x, end in LAYERS
                ),
                *(_ribbon(one) for one in drawing.ribbons if one.height > 0),
                "</g>",
                *(_bar(one) for one in drawing.units),
                *(_bar(one) for one in drawing.streams),
                *(_bar(one) for one in drawing.priorities),
                "</svg>",
            ]
        )
    )


def _ribbon(one: Ribbon) -> str:
    (left, top), (right, end) = one.left, one.right
    top, end, middle = top + TOP, end + TOP, (left + right) / 2
    kind = f" flow-{one.kind}" if one.kind else ""
    return (
        f'<path class="flow{kind}" d="M{n(left)} {n(top)}C{n(middle)} {n(top)} {n(middle)} {n(end)} '
        f"{n(right)} {n(end)}V{n(end + one.height)}C{n(middle)} {n(end + one.height)} {n(middle)} "
        f'{n(top + one.height)} {n(left)} {n(top + one.height)}Z"><title>{e(one.words)}</title></path>'
    )


def _bar(one: Bar) -> str:
    kind = f" bar-{one.kind}" if one.kind else ""
    body = "".join(
        [
            f'<rect class="bar{kind}" x="{n(one.x)}" y="{n(one.y + TOP)}" width="{BAR}" '
            f'height="{n(one.height)}"/>',
            *_words(one),
        ]
    )
    aloud = e(", ".join(part for part in (one.words, one.note) if part))
    if one.url:
        return f'<a href="{e(one.url)}" aria-label="{aloud}">{body}</a>'
    return f'<g role="img" aria-label="{aloud}">{body}</g>' if one.words else f"<g>{body}</g>"


def _words(one: Bar) -> Iterator[str]:
    if not one.words:
        return
    end = " t-end" if one.x == LEFT else ""
    x = one.x - 8 if one.x == LEFT else one.x + BAR + 8
    y = max(one.middle, one.y + 14) + TOP - 3
    title = fit(one.words, ROOM[int(one.x)], strong=True)
    if title != one.words:
        yield f"<title>{e(one.words)}</title>"
    yield f'<text class="t-strong{end}" x="{n(x)}" y="{n(y)}">{e(title)}</text>'
    yield f'<text class="t-quiet{end}" x="{n(x)}" y="{n(y + 15)}">{e(one.note)}</text>'
