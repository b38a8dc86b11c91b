"""What every form page does: read ids and versions that were sent, and show refusals beside their field."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render

from goldenthread.core.errors import DomainError
from goldenthread.ui.nav import address


def saved(form: forms.Form, write: Callable[[], object]) -> bool:
    """Whether the form is whole and the service accepted it; a refusal stands beside its field."""
    if not form.is_valid():
        return False
    try:
        write()
    except DomainError as error:
        form.add_error(error.field if error.field in form.fields else None, error.message)
        return False
    return True


def number_in(sent: QueryDict, name: str) -> int | None:
    """The whole number sent under that name; None when there is none that a database can hold."""
    text = sent.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None


def version_in(request: HttpRequest) -> int:
    """The version that the form was made from; without one it counts as made from an older one."""
    return number_in(request.POST, "version") or 0


def way_on(request: HttpRequest, otherwise: str) -> str:
    """Where somebody goes on after a form: back to the guided path that led them here (`?then=begin&strategy=7`), else
    there."""
    path = address("begin") if request.GET.get("then") == "begin" else None
    strategy = number_in(request.GET, "strategy")
    if path is None:
        return otherwise
    return f"{path}?strategy={strategy}" if strategy else path


def page_with(
    request: HttpRequest, template: str, form: forms.Form, context: dict[str, Any]
) -> HttpResponse:
    """The page with its form: 422 when something in it is to be put right."""
    status = 422 if form.is_bound and form.errors else 200
    return render(request, template, {"form": form, **context}, status=status)
