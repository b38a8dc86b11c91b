"""The controls of forms, written without templates.

Django includes a template for each option of a list and another for its attributes, which took a sixth of the time
of a page with a long form. What is common is put together here, the same to the letter; the rest is left to Django.
"""

from collections.abc import Callable, Mapping
from typing import Any

from django.forms.renderers import DjangoTemplates
from django.http import HttpRequest
from django.utils.formats import localize
from django.utils.html import conditional_escape
from django.utils.safestring import SafeData, SafeString

FOLDER = "django/forms/widgets/"


class Controls(DjangoTemplates):
    """Django's renderer of forms, with a shorter way to what is on every page."""

    def render(
        self, template_name: str, context: dict[str, Any], request: HttpRequest | None = None
    ) -> str:
        quick = QUICK.get(template_name)
        if quick is None:
            return super().render(template_name, context, request)
        return SafeString(quick(context["widget"]).strip())  # each part of it is escaped


def _input(widget: Mapping[str, Any]) -> str:
    value = widget["value"]
    given = "" if value is None else f' value="{_text(value)}"'
    name = _word(widget["name"])
    return f'<input type="{_word(widget["type"])}" name="{name}"{given}{_attrs(widget)}>'


def _textarea(widget: Mapping[str, Any]) -> str:
    value = widget["value"]
    written = _word(value) if value else ""
    return f'<textarea name="{_word(widget["name"])}"{_attrs(widget)}>\n{written}</textarea>'


def _select(widget: Mapping[str, Any]) -> str:
    parts = [f'<select name="{_word(widget["name"])}"{_attrs(widget)}>']
    for group, options, _ in widget["optgroups"]:
        if group:
            parts.append(f'\n  <optgroup label="{_word(group)}">')
        parts += [f"\n  {_option(option)}\n" for option in options]
        if group:
            parts.append("\n  </optgroup>")
    return "".join([*parts, "\n</select>"])


def _option(widget: Mapping[str, Any]) -> str:
    label = _word(widget["label"])
    return f'<option value="{_text(widget["value"])}"{_attrs(widget)}>{label}</option>'


def _attrs(widget: Mapping[str, Any]) -> str:
    return "".join(
        f" {_word(name)}" if value is True else f' {_word(name)}="{_text(value)}"'
        for name, value in widget["attrs"].items()
        if value is not False
    )


def _text(value: Any) -> str:
    """As it is, escaped."""
    return conditional_escape(value if isinstance(value, SafeData) else str(value))


def _word(value: Any) -> str:
    """As a template shows it, escaped."""
    shown = localize(value)
    return conditional_escape(shown if isinstance(shown, str) else str(shown))


QUICK: dict[str, Callable[[Mapping[str, Any]], str]] = {
    **{
        f"{FOLDER}{kind}.html": _input
        for kind in (
            *("input", "text", "number", "email", "url", "password", "hidden"),
            *("date", "datetime", "time", "file", "checkbox"),
        )
    },
    f"{FOLDER}textarea.html": _textarea,
    f"{FOLDER}select.html": _select,
}
