"""Errors of the domain become pages, fragments keep whole pages out, and typed drafts are let go when saved."""

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Any, NamedTuple
from urllib.parse import quote, urlsplit

from django.core.exceptions import FieldDoesNotExist
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render, resolve_url
from django.utils.cache import patch_vary_headers

from goldenthread.core.errors import DomainError, NotAllowed, SavedMeanwhile
from goldenthread.ui.labels import label
from goldenthread.ui.locale import format_number, locale_of, use_locale
from goldenthread.ui.templatetags.goldenthread import day

Respond = Callable[[HttpRequest], HttpResponse]
DRAFT_COOKIE = "draft-saved"


class ReadersLocale:
    """Numbers and dates follow the reader's browser for the length of the request."""

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        use_locale(locale_of(request))
        response = self.get_response(request)
        patch_vary_headers(response, ["Accept-Language"])
        return response


class Fragments:
    """What htmx and the drafts on a device need to know about an answer.

    An expired session must not put the sign-in page inside a fragment: the whole page goes there instead, and
    comes back. A form that was accepted is named in a cookie, so that the device may forget its draft.
    """

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        by_htmx = request.headers.get("HX-Request") == "true"
        moved = response.status_code in {301, 302, 303}
        to_sign_in = moved and urlsplit(response["Location"]).path == resolve_url("account_login")
        if by_htmx and to_sign_in:
            here = urlsplit(request.headers.get("HX-Current-URL", "/"))
            back = quote(f"{here.path}?{here.query}" if here.query else here.path or "/")
            response = HttpResponse(status=204)
            response["HX-Redirect"] = f"{resolve_url('account_login')}?next={back}"
        key = request.POST.get("_draft") if request.method == "POST" else None
        accepted = (moved and not to_sign_in) or (by_htmx and 200 <= response.status_code < 300)
        if key and accepted and not to_sign_in and len(key) <= 200:
            response.set_cookie(
                DRAFT_COOKIE,
                quote(key, safe=""),
                max_age=600,
                samesite="Lax",
                secure=request.is_secure(),
            )
        return response


class Row(NamedTuple):
    """One field that two people wrote: its label and both values."""

    label: str
    theirs: Any
    mine: Any


class ErrorsInWords:
    """Answer the errors that a service raises and no view has handled, with what to do about them."""

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if isinstance(error, NotAllowed):
            return _page(request, "ui/not_allowed.html", {"message": error.message}, 403)
        if isinstance(error, SavedMeanwhile):
            return _page(request, "ui/saved_meanwhile.html", saved_meanwhile(request, error), 409)
        if isinstance(error, DomainError):
            context = {"message": error.message, "path": getattr(error, "path", [])}
            return _page(request, "ui/refused.html", context, 422)
        return None


def saved_meanwhile(request: HttpRequest, error: SavedMeanwhile) -> dict[str, Any]:
    """Both versions, field by field, and what was typed, ready to be sent again over the current version.

    A form names the version it was made from in a field called `version`.
    """
    typed = [
        (name, value)
        for name, values in request.POST.lists()
        if name not in {"csrfmiddlewaretoken", "version"}
        for value in values
    ]
    rows = [
        Row(
            label(name),
            _words(error.current, name, error.theirs.get(name, getattr(error.current, name, None))),
            _words(error.current, name, mine),
        )
        for name, mine in error.mine.items()
        if name != "search"
    ]
    return {
        "record": error.current,
        "rows": [row for row in rows if row.theirs != row.mine],
        "typed": typed,
        "version": error.current.version,
        "back": request.headers.get("HX-Current-URL") or request.headers.get("Referer") or "/",
    }


def _words(record: Model, name: str, value: Any) -> Any:
    """A value as both versions show it, so that what is equal reads equal."""
    if isinstance(value, list):
        return "; ".join(map(str, value))
    try:
        choices = dict(getattr(record._meta.get_field(name), "flatchoices", ()))
    except FieldDoesNotExist:
        choices = {}
    if value in choices:
        return choices[value]
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, dt.date) and not isinstance(value, dt.datetime):
        return day(value, "full")
    if isinstance(value, Decimal | int | float):
        return format_number(value)
    return value


def _page(
    request: HttpRequest, template: str, context: dict[str, Any], status: int
) -> HttpResponse:
    """The whole page; where htmx asked for a fragment, it takes the place of the page's content."""
    response = render(request, template, context, status=status)
    if request.headers.get("HX-Request") == "true":
        response["HX-Retarget"] = response["HX-Reselect"] = "#main"
        response["HX-Reswap"] = "outerHTML show:top"
    return response
