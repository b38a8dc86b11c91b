"""Who is here: the signed-in person and the organisation, read once a request."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from goldenthread.core.models import Organisation
from goldenthread.people.models import Person


class WhoIsHere:
    """Set `request.person` (None when nobody is signed in) and remember the organisation."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        person = None
        if "_auth_user_id" in request.session and request.user.is_authenticated:
            person = Person.objects.select_related("unit").filter(user=request.user).first()
        request.person = person  # type: ignore[attr-defined]  # Django's request is open by design
        if organisation := Organisation.objects.first():
            organisation.remember()
        request.organisation = organisation  # type: ignore[attr-defined]
        try:
            return self.get_response(request)
        finally:
            Organisation.forget()
