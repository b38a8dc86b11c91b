"""The fields of the grid of effort: five hundred on a page, and written here as `ui.templatetags.marks` are."""

from django import template
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from goldenthread.tradeoffs.selectors.grid import Cell, Row
from goldenthread.ui.templatetags.goldenthread import percent

register = template.Library()


@register.simple_tag
def plan_cells(row: Row, may_save: bool) -> SafeString:
    """The shares of one person or unit, each in its field: `{% plan_cells row plan.may_save %}`."""
    whose = escape(row.whose)
    return mark_safe("".join(_cell(whose, one, may_save) for one in row.cells))


def _cell(whose: str, cell: Cell, may_save: bool) -> str:
    look = "plan-cell" + " is-own" * cell.is_own + " field-bad" * cell.wrong
    said = ' aria-invalid="true"' * cell.wrong + " disabled" * (not may_save)
    hint = "" if cell.inferred is None else f' placeholder="{cell.inferred_text}"'
    now = f'<small class="plan-now">now {percent(cell.share)}</small>' if cell.meanwhile else ""
    text = escape(cell.text) if cell.text else ""
    return (
        f'<td class="{look}"><input class="input" name="{cell.name}" value="{text}" inputmode="decimal"'
        f' autocomplete="off"{hint} aria-label="{whose}: {cell.column.escaped}, per cent"{said}>{now}</td>'
    )
