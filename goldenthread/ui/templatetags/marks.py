"""Icons, healths, pace bars and the lines of a tree: small marks that stand in every row of long lists, and are
written here and not as templates, because a list of fifty rows has hundreds of them. A builtin, as the other tags.
"""

from functools import cache
from typing import Any

from django import template
from django.templatetags.static import static
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from goldenthread.ui.health import Look
from goldenthread.ui.templatetags.goldenthread import (
    Number,
    health_look,
    pace_words,
    percent,
    points,
)

register = template.Library()


# Built with f-strings, a tenth of the time of `format_html`: what goes in is escaped, a number, or a name of ours.


@register.simple_tag
def icon(name: str, large: bool = False) -> SafeString:
    """`{% icon "plus" %}`: a decorative icon, for rows and loops; elsewhere `<c-icon name="plus" />`."""
    return _icon(name, large)


@cache
def _icon(name: str, large: bool) -> SafeString:
    look = "icon icon-l" if large else "icon"
    return mark_safe(
        f'<svg class="{look}" aria-hidden="true"><use href="{_sprite()}#i-{escape(name)}"/></svg>'
    )


@cache
def _sprite() -> str:
    return static("ui/icons/sprite.svg")


SEVERITIES = {"error": "circle-alert", "warn": "triangle-alert", "info": "circle-question-mark"}
SEVERITY_WORDS = {"error": "Must be mended", "warn": "Worth mending", "info": "A question"}


@register.simple_tag
def severity_mark(severity: str, words: str = "") -> SafeString:
    """How much something that is to mend matters: icon, colour and word, the word out of sight unless it is given."""
    word = escape(words) if words else f'<span class="hide">{SEVERITY_WORDS[severity]}: </span>'
    return mark_safe(
        f'<span class="severity severity-{severity}">{_icon(SEVERITIES[severity], False)}{word}</span>'
    )


@register.simple_tag
def glyph(health: Any) -> SafeString:
    """The shape of a health alone; the word must stand beside it, visible or in `.hide`."""
    return _glyph(health_look(health))


@cache
def _glyph(look: Look) -> SafeString:
    return mark_safe(
        f'<svg class="glyph glyph-{look.colour}" aria-hidden="true"><use href="{_sprite()}#h-{look.shape}"/></svg>'
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
    return mark_safe(
        f'<span class="health health-{look.colour}{_place("health", at, oob)}>{_glyph(look)}'
        f'<span class="{"hide" if quiet else "health-word"}">{look.word}</span></span>'
    )


def _place(mark: str, at: int | None, oob: bool) -> str:
    """The rest of a class attribute, by which a mark is found and swapped when somebody checks in."""
    swap = f' hx-swap-oob="outerHTML:.{mark}-at-{at:d}"' if at and oob else ""
    return f' {mark}-at-{at:d}"{swap}' if at else '"'


@register.simple_tag
def pace_bar(progress: Number | None, expected: Number | None, health: Any) -> SafeString:
    """How far, how far expected by today, in the colour of the health; without a figure the track is hatched."""
    missing, fill, tick = " pace-missing", "", ""
    if progress is not None:
        missing, fill = "", f'<rect class="fill" width="{points(progress)}" height="8"/>'
    if expected is not None:
        x = points(expected)
        tick = f'<line class="tick" x1="{x}" x2="{x}" y1="-1" y2="9"/>'
    return mark_safe(
        f'<svg class="pace pace-{health_look(health).colour}{missing}" viewBox="0 0 100 8" '
        f'preserveAspectRatio="none" role="img" aria-label="{escape(pace_words(progress, expected))}">'
        f'<rect class="track" width="100" height="8"/>{fill}{tick}</svg>'
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
    return mark_safe(
        f'<div class="paced{_place("pace", at, oob)}>{pace_bar(progress, expected, health)}'
        f"<b>{escape(percent(progress))}</b></div>"
    )


@register.simple_tag
def rails(turns: list[str]) -> SafeString:
    """The lines that lead down a tree to one of its rows, one a level."""
    each = "".join(f'<span class="rail {turn}"></span>' for turn in turns)
    return mark_safe(f'<span class="rails" aria-hidden="true">{each}</span>')
