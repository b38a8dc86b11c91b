"""Who is here: the signed-in person and the organisation, read once a request."""

from collections.abc import Callable
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from goldenthread.core.models import Organisation
from goldenthread.ui.nav import organisation_and_rows


class WhoIsHere:
    """Set `request.person` (None when nobody is signed in), remember the organisation and use its time zone.

    `request.rows` names what there is to show in the menu (`ui.nav.ROWS`).
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        person = None
        if "_auth_user_id" in request.session and request.user.is_authenticated:
            person = getattr(request.user, "person", None)
        if person is not None:
            person.only_reads = request.method in {"GET", "HEAD"}
        request.person = person  # type: ignore[attr-defined]  # Django's request is open by design
        organisation, rows = organisation_and_rows()
        if organisation is not None:
            organisation.remember()
        request.organisation, request.rows = organisation, rows  # type: ignore[attr-defined]  # set by the middleware
        zone = ZoneInfo(organisation.time_zone) if organisation else None
        try:
            with timezone.override(zone):
                return self.get_response(request)
        finally:
            Organisation.forget()
