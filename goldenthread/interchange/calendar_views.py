"""One's own due dates in another calendar: the page with its address, and the calendar itself."""

import time

from allauth.account.adapter import get_adapter
from django.contrib import messages
from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)

from goldenthread.core import clock
from goldenthread.interchange.calendar import calendar_of
from goldenthread.interchange.models import CalendarFeed
from goldenthread.interchange.services.feed import make_feed, person_of, revoke_feed
from goldenthread.people.access import PersonRequest, signed_in

MOST_A_MINUTE = 60


@require_http_methods(["GET", "POST"])
@never_cache
@signed_in
def calendar(request: PersonRequest) -> HttpResponse:
    """Make, see and revoke the address of one's own calendar. Made, it is shown on this answer alone."""
    address = ""
    if request.method == "POST":
        secret = make_feed(actor=request.person)
        address = request.build_absolute_uri(reverse("calendar-feed", args=[secret]))
    feed = CalendarFeed.objects.visible_to(request.person).first()
    return render(request, "interchange/calendar.html", {"feed": feed, "address": address})


@require_POST
@signed_in
def calendar_revoke(request: PersonRequest) -> HttpResponse:
    revoke_feed(actor=request.person)
    messages.success(request, "The address no longer works.")
    return redirect("calendar")


@require_safe
@never_cache
def calendar_feed(request: HttpRequest, secret: str) -> HttpResponse:
    """The calendar behind a secret address: without a session, read only; what nobody made is not found."""
    if _too_many(request):
        return HttpResponse(
            "Too many requests. Try again in a minute.", status=429, content_type="text/plain"
        )
    today = clock.today()
    person = person_of(secret, today)
    if person is None:
        raise Http404
    data = calendar_of(person, today, request.build_absolute_uri)
    return HttpResponse(data, content_type="text/calendar; charset=utf-8")


def _too_many(request: HttpRequest) -> bool:
    """Whether this address of the network has asked more often than calendars do, as somebody who guesses would."""
    minute = int(time.time() // 60)
    key = f"calendar:{get_adapter().get_client_ip(request)}:{minute}"
    cache.add(key, 0, timeout=120)
    return cache.incr(key) > MOST_A_MINUTE
