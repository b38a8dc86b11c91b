"""Icons, healths, pace bars and the lines of a tree: small marks that stand in every row of long lists, and are
written here and not as templates, because a list of fifty rows has hundreds of them. A builtin, as the other tags.
"""

from typing import Any

from django import template
from django.templatetags.static import static
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from goldenthread.ui.templatetags.goldenthread import (
    Number,
    health_look,
    pace_words,
    percent,
    points,
)

register = template.Library()


@register.simple_tag
def icon(name: str, large: bool = False) -> SafeString:
    """`{% icon "plus" %}`: a decorative icon, for rows and loops; elsewhere `<c-icon name="plus" />`."""
    return format_html(
        '<svg class="icon{}" aria-hidden="true"><use href="{}#i-{}"/></svg>',
        mark_safe(" icon-l") if large else "",
        static("ui/icons/sprite.svg"),
        name,
    )


@register.simple_tag
def glyph(health: Any) -> SafeString:
    """The shape of a health alone; the word must stand beside it, visible or in `.hide`."""
    look = health_look(health)
    return format_html(
        '<svg class="glyph glyph-{0}" aria-hidden="true"><use href="{1}#h-{2}"/></svg>',
        look.colour,
        static("ui/icons/sprite.svg"),
        look.shape,
    )


@register.simple_tag
def health_mark(
    health: Any, at: int | None = None, oob: bool = False, quiet: bool = False
) -> SafeString:
    """Shape and word of a health.

    `at` is an objective's id: the mark is swapped wherever it stands when somebody checks in, and with `oob` it is
    the one that is swapped in. `quiet` hides the word from all but screen readers.
    """
    look = health_look(health)
    return format_html(
        '<span class="health health-{}{}"{}>{}<span class="{}">{}</span></span>',
        look.colour,
        format_html(" health-at-{}", at) if at else "",
        format_html(' hx-swap-oob="outerHTML:.health-at-{}"', at) if oob else "",
        glyph(health),
        "hide" if quiet else "health-word",
        look.word,
    )


@register.simple_tag
def pace_bar(progress: Number | None, expected: Number | None, health: Any) -> SafeString:
    """How far, how far expected by today, in the colour of the health; without a figure the track is hatched."""
    fill = format_html('<rect class="fill" width="{}" height="8"/>', points(progress))
    tick = format_html('<line class="tick" x1="{0}" x2="{0}" y1="-1" y2="9"/>', points(expected))
    return format_html(
        '<svg class="pace pace-{}{}" viewBox="0 0 100 8" preserveAspectRatio="none" role="img" aria-label="{}">'
        '<rect class="track" width="100" height="8"/>{}{}</svg>',
        health_look(health).colour,
        " pace-missing" if progress is None else "",
        pace_words(progress, expected),
        "" if progress is None else fill,
        "" if expected is None else tick,
    )


@register.simple_tag
def paced(
    progress: Number | None,
    expected: Number | None,
    health: Any,
    at: int | None = None,
    oob: bool = False,
) -> SafeString:
    """The pace bar with its number beside it; `at` and `oob` as in `health_mark`."""
    return format_html(
        '<div class="paced{}"{}>{}<b>{}</b></div>',
        format_html(" pace-at-{}", at) if at else "",
        format_html(' hx-swap-oob="outerHTML:.pace-at-{}"', at) if oob else "",
        pace_bar(progress, expected, health),
        percent(progress),
    )


@register.simple_tag
def rails(turns: list[str]) -> SafeString:
    """The lines that lead down a tree to one of its rows, one a level."""
    each = format_html_join("", '<span class="rail {}"></span>', ((turn,) for turn in turns))
    return format_html('<span class="rails" aria-hidden="true">{}</span>', each)
