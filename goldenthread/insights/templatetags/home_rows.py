"""The rows of home: written here and not as templates, as those of long lists (`objective_rows`)."""

import datetime as dt

from django import template
from django.urls import reverse
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import Truncator

from goldenthread.insights.selectors.team import Member
from goldenthread.insights.selectors.week import Task
from goldenthread.objectives.templatetags.objective_rows import check_in_link
from goldenthread.ui.templatetags.goldenthread import day, health_look
from goldenthread.ui.templatetags.marks import glyph, icon

register = template.Library()

NOTHING = '<span class="quiet">Nothing</span>'


@register.simple_tag
def task_row(task: Task, on: dt.date, is_first: bool) -> SafeString:
    """One thing of this week: what, when, how long it takes, and the button that leads to it. A check-in opens under
    it."""
    title, url = escape(task.title), escape(task.url)
    note = ""
    if task.note:
        note = f'<p class="fine quiet">{escape(Truncator(task.note).words(24, truncate=" …"))}</p>'
    when = ""
    if task.due:
        late = '<span class="overdue">overdue</span>' if task.due < on else ""
        when = f"<b>{escape(day(task.due, 'weekday'))}</b>{late}"
    elif task.since:
        when = f"<span>since {escape(day(task.since, 'short'))}</span>"
    place = ""
    if task.kind == "check-in" and task.objective:
        panel = f"home-ci-{task.key}"
        button = check_in_link(task.objective, panel, "btn-primary" if is_first else "btn-plain")
        place = f'<div id="{panel}"></div>'
    else:
        button = mark_safe(
            f'<a class="btn{" btn-primary" if is_first else ""}" href="{url}">{escape(task.word)}'
            f'<span class="hide">: {title}</span></a>'
        )
    return mark_safe(
        f'<li><div class="task">{icon(task.icon)}<div><p class="task-title"><a href="{url}">{title}</a></p>{note}</div>'
        f'<p class="task-when">{when}<span>{task.minutes} min</span></p>{button}</div>{place}</li>'
    )


@register.simple_tag
def member_row(member: Member) -> SafeString:
    """One person of a team: what they hold, where it stands, and what is still to be settled."""
    person = member.person
    position = f"<small>{escape(person.position)}</small>" if person.position else ""
    healths = '<span class="quiet">None agreed</span>'
    if member.healths:
        each = "".join(_counted(health, count) for health, count in member.healths)
        healths = f'<span class="healths">{each}</span>'
    in_line = '<span class="quiet">–</span>'
    if member.agreed:
        in_line = f"{member.in_line} of {member.agreed}"
    return mark_safe(
        f'<tr><th scope="row"><span class="person"><span class="avatar" aria-hidden="true">{escape(person.initials)}</span>'
        f'<span><a href="{escape(person.get_absolute_url())}">{escape(person.name)}</a>{position}</span></span></th>'
        f'<td data-label="Objectives">{healths}</td><td data-label="In line" class="num">{in_line}</td>'
        f'<td data-label="Waits">{escape(member.waits) if member.waits else NOTHING}</td>'
        f'<td class="end">{_what_gives(member)}</td></tr>'
    )


def _what_gives(member: Member) -> str:
    """The link that asks it for them; where it is asked already, the address leads there."""
    if not member.may_ask:
        return ""
    url = f"{reverse('what-gives-new')}?person={member.person.pk}"
    return f'<a href="{url}">What gives?<span class="hide"> for {escape(member.person.name)}</span></a>'


def _counted(health: str, count: int) -> str:
    word = health_look(health).word
    return (
        f'<span title="{escape(word)}">{glyph(health)}{count}'
        f'<span class="hide"> {escape(word.lower())}</span></span>'
    )
