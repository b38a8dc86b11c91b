"""Words for first sentences, and small readings that pages of this room need."""

import datetime as dt
from typing import Any

from django import template
from django.utils.dateformat import format as format_date

from goldenthread.core.clock import today
from goldenthread.insights import words
from goldenthread.ui.templatetags.goldenthread import day, health_look

register = template.Library()


@register.filter
def spelled(count: int) -> str:
    """`{{ 3|spelled }}` → "three"."""
    return words.spelled(count)


@register.filter
def health_word(health: Any) -> str:
    """The word of a health inside a sentence: "at risk"."""
    return health_look(health).word.lower()


@register.filter
def weekday_and_week(date: dt.date) -> str:
    """ "Monday 23 November, week 48"."""
    return f"{format_date(date, 'l')} {day(date, 'full').rsplit(' ', 1)[0].rstrip(',')}, week {date.isocalendar().week}"


@register.filter
def next_on(date: dt.date) -> str:
    """When a check-in is next: "Next 27 Nov", "Next today", or "Due 16 Nov" where the day has passed."""
    if date < today():
        return f"Due {day(date, 'short')}"
    shown = day(date, "short")
    return f"Next {shown.lower() if date == today() else shown}"
