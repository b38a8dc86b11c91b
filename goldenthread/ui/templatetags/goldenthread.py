"""Tags and filters that every page uses; a builtin, so no `{% load %}` is needed.

Missing is "–", never 0: every filter here answers `None` with it.
"""

import datetime as dt
import json
import re
from decimal import Decimal
from functools import lru_cache
from typing import Any

from django import forms, template
from django.db.models import Model
from django.http import QueryDict
from django.template.loader import render_to_string
from django.utils.dateformat import format as format_date
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import capfirst

from goldenthread.core.clock import day_of, today
from goldenthread.engine.flow import WEIGHTS_NOT_SET
from goldenthread.engine.result import Result, Status
from goldenthread.ui import charts, nav
from goldenthread.ui.besides import sections
from goldenthread.ui.health import HEALTHS, Look
from goldenthread.ui.locale import NARROW, format_number, month_first, readers_locale

register = template.Library()
MISSING = "–"
Number = Decimal | float | int


# Numbers ----------------------------------------------------------------------------------------------------
@register.filter
def number(value: Number | None, decimals: int | None = None) -> str:
    """`{{ 1234.5|number }}` → "1,234.5"; `|number:1` keeps one decimal; None → "–"."""
    if value is None or value == "":
        return MISSING
    return format_number(value, decimals)


@register.filter
def unit(value: Number | None, unit: str = "") -> str:
    """`{{ 44|unit:"%" }}` → "44 %", with a narrow space that does not break; None → "–" without unit."""
    if value is None or value == "":
        return MISSING
    return f"{format_number(value)}{NARROW}{unit}" if unit else format_number(value)


@register.simple_tag
def value(value: Number | None, unit: str = "", decimals: int | None = None) -> str:
    """`{% value 44.25 "%" 1 %}` → "44.3 %"."""
    if value is None or value == "":
        return MISSING
    text = format_number(value, decimals)
    return f"{text}{NARROW}{unit}" if unit else text


@register.filter
def percent(fraction: Number | None, decimals: int = 0) -> str:
    """A share from 0 to 1 as per cent: `{{ 0.437|percent }}` → "44 %"; None → "–"."""
    if fraction is None or fraction == "":
        return MISSING
    return _percent(fraction, decimals, readers_locale())


@lru_cache(2048)
def _percent(fraction: Number, decimals: int, _locale: str) -> str:
    return f"{format_number(Decimal(str(fraction)) * 100, decimals)}{NARROW}%"


@register.filter
def points(fraction: Number | None) -> int:
    """A share from 0 to 1 on a bar of 100, cut off at both ends; for geometry, never for text."""
    return 0 if fraction is None else max(0, min(100, round(float(fraction) * 100)))


@register.simple_tag
def share(part: int | None, whole: int | None) -> str:
    """A share with its count: `{% share 38 42 %}` → "90 % (38 of 42)"; of nothing → "– (0 of 0)"."""
    if part is None or whole is None:
        return MISSING
    figure = percent(part / whole) if whole else MISSING
    return f"{figure} ({format_number(part)} of {format_number(whole)})"


@register.filter
def counted(count: int | None, words: str) -> str:
    """`{{ n|counted:"objective,objectives" }}` → "1 objective", "3 objectives", "no objectives"."""
    one, _, many = words.partition(",")
    many = many or f"{one}s"
    if count is None:
        return f"{MISSING} {many}"
    return f"{format_number(count) if count else 'no'} {one if count == 1 else many}"


# Days -------------------------------------------------------------------------------------------------------
@register.filter
def day(date: dt.date | None, style: str = "") -> str:
    """`{{ date|day }}` → "23 November", "today", with the year when it is another; None → "–".

    Styles: "short" ("23 Nov"), "weekday" ("Wed 25 Nov", "Today": it stands alone), "full" ("23 November 2026", also today).
    """
    if not date:
        return MISSING
    if isinstance(date, dt.datetime):
        date = day_of(date)
    now = today()
    if style != "full" and date == now:
        return "Today" if style == "weekday" else "today"
    return _day(date, style, now.year, readers_locale())


@lru_cache(2048)
def _day(date: dt.date, style: str, this_year: int, _locale: str) -> str:
    month = "M" if style in {"short", "weekday"} else "F"
    pattern = f"{month} j" if month_first() else f"j {month}"
    if style == "full" or date.year != this_year:
        pattern = f"{pattern}, Y" if month_first() else f"{pattern} Y"
    if style == "weekday":
        pattern = f"D {pattern}"
    return format_date(date, pattern)


@register.simple_tag
def period(start: dt.date | None, end: dt.date | None) -> str:
    """`{% period start end %}` → "1 October to 31 December 2026"; an open end → "since 1 October 2026"."""
    if start is None and end is None:
        return MISSING
    if start is None:
        return f"until {day(end, 'full')}"
    if end is None:
        return f"since {day(start, 'full')}"
    if start == end:
        return day(start, "full")
    if start.year == end.year:
        pattern = "F j" if month_first() else "j F"
        return f"{format_date(start, pattern)} to {day(end, 'full')}"
    return f"{day(start, 'full')} to {day(end, 'full')}"


_DAYS = re.compile(r"(?<![\w-])\d{4}-\d\d-\d\d(?![\w-])")


@register.filter
def days_within(text: str) -> str:
    """A kept sentence with its days as the reader writes them: "Due 2026-11-23" → "Due 23 November 2026"."""

    def told(found: re.Match[str]) -> str:
        try:
            return day(dt.date.fromisoformat(found[0]), "full")
        except ValueError:
            return found[0]

    return _DAYS.sub(told, text)


@register.filter
def days_from_today(date: dt.date | None) -> str:
    """How far a day is away: "today", "in 3 days", "5 days ago"; None → "–"."""
    if not date:
        return MISSING
    gap = (date - today()).days
    if gap == 0:
        return "today"
    count = f"{abs(gap)} {'day' if abs(gap) == 1 else 'days'}"
    return f"in {count}" if gap > 0 else f"{count} ago"


# Figures and health -----------------------------------------------------------------------------------------
WORDS = {
    Status.INSUFFICIENT_DATA: "Too few to say",
    Status.UNDEFINED: "No figure",
    Status.SUPPRESSED: "Withheld",
    Status.INVALID_INPUT: "Cannot be computed",
}


@register.filter
def result_words(result: Result | None) -> str:
    """Why a figure is not there, in two or three words; "" when it is there."""
    if result is None:
        return "Not computed yet"
    if result.value is not None:
        return ""
    if result.reason == WEIGHTS_NOT_SET:
        return "Weights not set"
    return WORDS.get(result.status, MISSING)


@register.filter
def result_reason(result: Result | None) -> str:
    """The reason behind a missing or an early figure, as a sentence; "" when the words already say it."""
    if result is None or not result.reason or result.reason == WEIGHTS_NOT_SET:
        return ""
    if result.status is Status.EARLY:
        return f"Early: {result.reason}."
    if result.status is Status.SUPPRESSED:
        return f"{capfirst(result.reason)}, so that nobody can be told apart."
    return f"{capfirst(result.reason)}."


@register.filter
def result_value(result: Result | None, kind: str = "percent") -> str:
    """The figure of a result: kind "percent" (a share from 0 to 1), "number" or "number:2"; "–" if missing.

    A share of fewer than 100 is shown in whole per cent; no more digits than the interval supports.
    """
    if result is None or result.value is None:
        return MISSING
    name, _, decimals = kind.partition(":")
    places = int(decimals) if decimals else None
    if name == "percent":
        return percent(result.value, places or 0)
    return format_number(result.value, places)


@register.filter
def method_slug(result: Result | None) -> str:
    """The page that defines the figure: "value-flow" out of "value-flow/1"."""
    return result.method_version.partition("/")[0] if result else ""


@register.filter
def health_look(health: Any) -> Look:
    """Word, shape and colour of a health, given as the engine's `Health`, its value, or None."""
    return HEALTHS.get(
        str(getattr(health, "value", health) or "not_measured"), HEALTHS["not_measured"]
    )


@register.simple_tag
def pace_words(progress: Number | None, expected: Number | None = None) -> str:
    """What a pace bar says aloud: "44 % done, 58 % expected today"."""
    if progress is None:
        return "not measured yet"
    done = f"{percent(progress)} done"
    return done if expected is None else f"{done}, {percent(expected)} expected today"


# Frame ------------------------------------------------------------------------------------------------------
@register.simple_tag(takes_context=True)
def nav_main(context: template.Context) -> list[nav.Item]:
    """The main entries of the menu. A view may set `nav_here` (a url name) and `nav_counts` (by url name)."""
    return _items(context, nav.MAIN)


@register.simple_tag(takes_context=True)
def nav_groups(context: template.Context) -> list[nav.Shown]:
    """The other entries, each under the word of its group."""
    request = context.get("request")
    return nav.groups(request, *_set_by_view(context)) if request is not None else []


@register.simple_tag(takes_context=True)
def nav_phone(context: template.Context) -> list[nav.Item]:
    """The four entries of the bar at the bottom of a phone."""
    return [item for item in _items(context, nav.MAIN) if item.entry.url_name in nav.ON_A_PHONE]


@register.simple_tag(takes_context=True)
def besides(context: template.Context, record: Model) -> str:
    """What rooms above show of a record to this reader (`ui.besides`): `{% besides objective %}`."""
    request = context["request"]
    return mark_safe(  # noqa: S308  rendered templates
        "".join(
            render_to_string(one.template, one.given, request)
            for one in sections(request.person, record)
        )
    )


@register.simple_tag
def address(name: str) -> str:
    """The address of a page by its name, or "" while that page does not exist."""
    return nav.address(name) or ""


def _items(context: template.Context, entries: tuple[nav.Entry, ...]) -> list[nav.Item]:
    request = context.get("request")
    return nav.items(request, entries, *_set_by_view(context)) if request is not None else []


def _set_by_view(context: template.Context) -> tuple[str, dict[str, int]]:
    return str(context.get("nav_here") or ""), context.get("nav_counts") or {}


# Forms ------------------------------------------------------------------------------------------------------
@register.simple_tag
def widget(field: forms.BoundField, **attrs: Any) -> SafeString:
    """The control of a field with our looks; error and hint are tied to it by Django's `aria-describedby`."""
    control = field.field.widget
    given = {
        name.replace("_", "-"): text
        for name, text in attrs.items()
        if text not in ("", None, False)
    }
    if not isinstance(
        control, forms.CheckboxInput | forms.RadioSelect | forms.CheckboxSelectMultiple
    ):
        known = str(control.attrs.get("class", ""))
        given["class"] = f"input {known}".strip()
    return field.as_widget(attrs=given)


@register.filter
def widget_kind(field: forms.BoundField) -> str:
    """Which layout a field takes: "tick" (one box), "choice" (several to choose from) or "input"."""
    control = field.field.widget
    if isinstance(control, forms.RadioSelect | forms.CheckboxSelectMultiple):
        return "choice"
    return "tick" if isinstance(control, forms.CheckboxInput) else "input"


@register.filter
def as_json(value: Any) -> str:
    """JSON for an attribute such as `hx-vals`; the template escapes it."""
    return json.dumps(value, default=str)


# Addresses --------------------------------------------------------------------------------------------------
@register.simple_tag(takes_context=True)
def page_address(context: template.Context, param: str, page: int) -> str:
    """This page's address with another page number, its filters kept."""
    return _address_with(context, {param: str(page)})


@register.simple_tag(takes_context=True)
def sort_state(context: template.Context, name: str, default: str = "") -> dict[str, str]:
    """Where a sort link leads and which way its column is sorted now ("" when by another)."""
    request = context.get("request")
    now = (request.GET.get("sort") if request else None) or default
    direction = {name: "ascending", f"-{name}": "descending"}.get(now, "")
    following = f"-{name}" if direction == "ascending" else name
    return {"direction": direction, "url": _address_with(context, {"sort": following, "page": ""})}


def _address_with(context: template.Context, changes: dict[str, str]) -> str:
    request = context.get("request")
    query = request.GET.copy() if request else QueryDict(mutable=True)
    for name, text in changes.items():
        query.pop(name, None)
        if text:
            query[name] = text
    return f"?{query.urlencode()}" if query else "?"


# Geometry ---------------------------------------------------------------------------------------------------
@register.simple_tag
def svg(coordinate: float, shift: float = 0) -> str:
    """A coordinate as SVG reads it, with a point whatever the reader's locale, moved by `shift`."""
    return f"{round(float(coordinate) + float(shift), 2):g}"


@register.filter
def negative(coordinate: float) -> float:
    """The other way round, for a width: `{% svg right left|negative %}`."""
    return -float(coordinate)


@register.simple_tag
def bar_width(value: Number | None, longest: Number) -> str:
    """The length of a bar on a field of 100, from 0."""
    return svg(charts.bar(None if value is None else float(value), float(longest)) or 0)


@register.filter
def words(text: str, separator: str = " ") -> list[str]:
    """A list written down in a template: `{% for word in "a b c"|words %}`."""
    return text.split(separator)
