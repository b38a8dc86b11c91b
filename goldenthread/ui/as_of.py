"""Pages of a day gone by: `?as_of=2026-11-23` shows what was known then, to read only."""

import datetime as dt
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from goldenthread.core import clock, history
from goldenthread.core.errors import DomainError

View = Callable[..., HttpResponse]


def as_it_stood(page: View) -> Callable[[View], View]:
    """Answer with `page(request, ..., day)` where the address names a day before today.

    A day that is none, is still to come, or of which not everything was kept is refused in words; today leads back.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def choose(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if "as_of" not in request.GET:
                return view(request, *args, **kwargs)
            try:
                day = _day(request.GET["as_of"])
            except DomainError as error:
                context = {"message": error.message, "here": request.path}
                return render(request, "ui/no_such_day.html", context, status=422)
            if day == clock.today():
                return redirect(request.path)
            return page(request, *args, day=day, **kwargs)

        return choose

    return decorate


def _day(text: str) -> dt.date:
    if not text.strip():
        return clock.today()
    try:
        day = dt.date.fromisoformat(text.strip())
    except ValueError:
        raise DomainError("That is not a day. Write it as year, month, day: 2026-11-23.") from None
    history.refuse_unknown(day)
    return day
