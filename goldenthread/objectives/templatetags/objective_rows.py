"""The rows of long lists of objectives: written here and not as templates, as the marks that stand in them."""

from typing import Any

from django import template
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from goldenthread.core.paths import path_to
from goldenthread.objectives.models import Objective
from goldenthread.objectives.selectors.standing import Standing
from goldenthread.objectives.selectors.tree import TreeRow
from goldenthread.objectives.states import State
from goldenthread.ui.templatetags.goldenthread import day
from goldenthread.ui.templatetags.marks import health_mark, icon, paced, rails

register = template.Library()

NO_CHECK_IN = '<span class="quiet">–<span class="hide"> none yet</span></span>'
STEP = '<span class="seat"><span class="knot-step" aria-hidden="true"></span></span>'
NOT_AGREED = {State.DRAFT, State.PROPOSED, State.COUNTERED}


@register.simple_tag
def check_in_link(objective: Objective, panel: str, kind: str = "btn-quiet") -> SafeString:
    """Checks in from a row, in place. `panel` is the id of the empty place that it opens into."""
    address = path_to("objective-check-ins", objective.pk)
    return mark_safe(
        f'<a class="btn {kind} btn-row" href="{address}" hx-get="{address}" hx-target="#{panel}" hx-swap="innerHTML" '
        f'data-check-in data-panel="{panel}" role="button" aria-expanded="false" aria-controls="{panel}">'
        f'Check in<span class="hide">: {escape(objective.title)}</span></a>'
    )


@register.simple_tag
def objective_cells(
    objective: Objective, standing: Standing, panel: str, may_check_in: bool
) -> SafeString:
    """Owner, health, pace, last check-in and what to do, as the tree has them."""
    checked = standing.last_check_in_on
    link = check_in_link(objective, panel) if may_check_in else ""
    return mark_safe(
        f'<td class="drop">{escape(objective.owner or "Nobody yet")}</td>'
        f"<td>{health_mark(standing.health, at=objective.pk)}</td>"
        f"<td>{paced(standing.score, standing.expected, standing.health, at=objective.pk)}</td>"
        f'<td class="num drop">{escape(day(checked, "short")) if checked else NO_CHECK_IN}</td>'
        f'<td class="drop end">{link}</td>'
    )


@register.simple_tag
def tree_line(line: dict[str, Any], root: int, place: int) -> SafeString:
    """One row of the tree under the priority `root`: what opens it, its title, what it is, and the place where a
    check-in opens.

    `line` is what `views.listing` makes of a `TreeRow`; `place` makes the id of what opens it one of its own.
    """
    row: TreeRow = line["row"]
    node = row.node
    title = escape(node.title)
    seat = _twist(line, row, root, place, title) if line["toggle"] else STEP
    if isinstance(node, Objective):
        words = f'<a href="{path_to("objective", node.pk)}">{title}</a>'
        if node.critical:
            words += ' <span class="tag">Critical</span>'
        if node.state in NOT_AGREED:
            words += f' <span class="tag">{node.get_state_display()}</span>'
        assert row.standing is not None
        cells = objective_cells(node, row.standing, line["panel"], row.may_check_in)
        unconfirmed = " is-unconfirmed" if row.standing.health == "unconfirmed" else ""
    else:
        words = (
            f'<a href="{path_to("priority", node.pk)}">{title}</a> '
            f'<span class="tag">Priority of {escape(node.strategy.unit)}</span>'
        )
        cells = mark_safe(
            f'<td class="drop">{escape(node.sponsor or "–")}</td><td></td><td></td>'
            '<td class="drop"></td><td class="drop"></td>'
        )
        unconfirmed = ""
    panel = line["panel"]
    under = (
        f'<tr class="check-in-place"><td colspan="6" id="{panel}"></td></tr>'
        if row.may_check_in
        else ""
    )
    return mark_safe(
        f'<tr class="{"is-deep" if row.depth > 1 else ""}{unconfirmed}"><th scope="row"><div class="cell">'
        f'{rails(row.rails)}{seat}<span class="words">{words}</span></div></th>{cells}</tr>{under}'
    )


def _twist(line: dict[str, Any], row: TreeRow, root: int, place: int, title: str) -> str:
    address = escape(line["toggle"])
    look, does, said = (
        ("seat seat-open", "Close", "true") if row.is_open else ("seat", "Open", "false")
    )
    return (
        f'<span class="{look}"><a class="twist" id="twist-{root}-{place}" href="{address}" '
        f'hx-get="{address}&amp;branch={root}" hx-target="#branch-{root}" hx-swap="outerHTML" role="button" '
        f'aria-expanded="{said}" aria-label="{does} {title}">{icon("chevron-right")}</a></span>'
    )
