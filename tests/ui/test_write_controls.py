"""Controls are written as Django's own templates write them, to the letter."""

from decimal import Decimal
from typing import Any

import pytest
from django import forms
from django.forms.renderers import DjangoTemplates
from django.forms.widgets import ChoiceWidget
from django.utils.functional import lazystr
from django.utils.safestring import mark_safe

from goldenthread.ui.controls import FOLDER, QUICK, Controls

ODD = [
    *(None, "", "plain", 0, 7, True, False, Decimal("1234.50"), ["a"]),
    *("<b>&\"'", mark_safe("<i>&amp;</i>"), lazystr("later <"), "  spaced\n", "12000", 1234.5),
]
CHOICES = [
    *[("", "—"), ("a", "A <&>"), (1, 2000), ("b", mark_safe("<em>B</em>")), (None, "none")],
    ("Group <1>", [("c", lazystr("C")), (Decimal("2.5"), Decimal("1234.5"))]),
]
WITH: list[dict[str, Any]] = [
    {},
    {"id": "id_x", "required": True, "disabled": False, "rows": 3, "aria-label": 'a "b" <c>'},
    {"data-<x>": mark_safe("&amp;"), "class": lazystr("input <"), "step": Decimal("0.5")},
]
WIDGETS = [
    *(forms.TextInput, forms.NumberInput, forms.EmailInput, forms.URLInput, forms.HiddenInput),
    *(forms.DateInput, forms.DateTimeInput, forms.TimeInput, forms.FileInput, forms.Textarea),
    *(forms.CheckboxInput, forms.Select, forms.SelectMultiple, forms.NullBooleanSelect),
    *(forms.RadioSelect, forms.CheckboxSelectMultiple, forms.SplitDateTimeWidget),
]


@pytest.mark.parametrize("kind", [*WIDGETS, lambda: forms.PasswordInput(render_value=True)])
def test_a_control_is_written_as_django_writes_it(kind: Any) -> None:
    for value in ODD:
        for attrs in WITH:
            widget, given = kind(), value
            if isinstance(widget, forms.NullBooleanSelect):
                given = str(value)
            elif isinstance(widget, forms.SelectMultiple):
                given = ["a", "b"]
            elif isinstance(widget, forms.SplitDateTimeWidget):
                given = None
            if isinstance(widget, ChoiceWidget) and not widget.choices:
                widget.choices = CHOICES
            ours = widget.render("n<1>", given, attrs, renderer=Controls())
            assert ours == widget.render("n<1>", given, attrs, renderer=DjangoTemplates())


def test_all_that_is_written_without_a_template_has_been_compared() -> None:
    compared = {kind().template_name for kind in [*WIDGETS, forms.PasswordInput]}
    assert set(QUICK) - compared == {f"{FOLDER}input.html"}  # what the others are made of
