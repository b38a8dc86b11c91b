"""Who may open a page at all: `signed_in` stands before every view that is not for strangers."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render, resolve_url
from django.utils.http import url_has_allowed_host_and_scheme

from goldenthread.core import clock
from goldenthread.core.models import Organisation
from goldenthread.people.models import Person, User

P = ParamSpec("P")


class PersonRequest(HttpRequest):
    """A request of somebody signed in who works here, as `signed_in` hands it to the view."""

    person: Person
    user: User  # never anonymous behind `signed_in`
    organisation: Organisation


def signed_in(
    view: Callable[Concatenate[PersonRequest, P], HttpResponseBase],
) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
    """Let only people who work here pass.

    Nobody signed in: to the sign-in page, which leads back here. An account that belongs to nobody, or to
    somebody who has left: a page that says what to do (403).
    """

    @wraps(view)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return _to_sign_in(request)
        person: Person | None = getattr(request, "person", None)
        has_left = person is not None and person.end is not None and person.end < clock.today()
        if person is None or has_left:
            return render(request, "people/no_person.html", {"has_left": has_left}, status=403)
        return view(request, *args, **kwargs)  # type: ignore[arg-type]  # it is one now

    return guarded


def _to_sign_in(request: HttpRequest) -> HttpResponse:
    """Sign in and come back: to this page, or for a post or a fragment to the page that it came from."""
    back = request.get_full_path()
    if request.method not in {"GET", "HEAD"} or request.headers.get("HX-Request") == "true":
        came_from = request.headers.get("HX-Current-URL") or request.headers.get("Referer", "")
        parts = urlsplit(came_from)
        back = f"{parts.path}?{parts.query}" if parts.query else parts.path
        if not url_has_allowed_host_and_scheme(came_from, {request.get_host()}):
            back = "/"
    return redirect_to_login(back, resolve_url(settings.LOGIN_URL))
