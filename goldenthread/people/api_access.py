"""Who asks: a program by a personal token, or somebody signed in in this browser."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone
from ninja.errors import AuthenticationError
from ninja.security import APIKeyCookie, HttpBearer
from ninja.utils import check_csrf

from goldenthread.core import clock
from goldenthread.core.api import limits
from goldenthread.core.errors import NotAllowed
from goldenthread.people.models import AccessToken, Person
from goldenthread.people.services.token import digest, note_use

READS = frozenset({"GET", "HEAD", "OPTIONS"})


def _count(request: HttpRequest, who: str) -> None:
    allowance = limits.count(who)
    request.allowance = allowance  # type: ignore[attr-defined]  # the answer tells what is left
    limits.within(allowance)


class PersonalToken(HttpBearer):
    """`Authorization: Bearer gt_…`. Stands before the session, which asks for a CSRF token to write."""

    def authenticate(self, request: HttpRequest, token: str) -> Person:
        tokens = AccessToken.objects.good(timezone.now(), clock.today())
        tokens = tokens.select_related("person__unit", "person__user")
        known = tokens.filter(digest=digest(token)).first()
        if known is None:
            raise AuthenticationError
        _count(request, f"token-{known.pk}")
        note_use(known)
        if known.scope == AccessToken.Scope.READ and request.method not in READS:
            raise NotAllowed(
                f"The token “{known}” only reads. Make one that reads and writes on your account page."
            )
        request.person = known.person  # type: ignore[attr-defined]  # what only our requests carry
        request.token = known  # type: ignore[attr-defined]  # what only our requests carry
        return known.person


class BrowserSession(APIKeyCookie):
    """Somebody signed in in this browser. What writes needs the CSRF token, as a form does."""

    param_name = settings.SESSION_COOKIE_NAME

    def __call__(self, request: HttpRequest) -> Person | None:
        if not request.user.is_authenticated:
            return None
        person: Person | None = getattr(request, "person", None)
        if person is None or (person.end is not None and person.end < clock.today()):
            raise NotAllowed("This account belongs to nobody who works here.")
        _count(request, f"person-{person.pk}")
        if check_csrf(request) is not None:
            raise NotAllowed(
                "In a browser a write needs the X-CSRFToken header. A program uses a token instead."
            )
        return person

    def authenticate(self, request: HttpRequest, key: str | None) -> Any:
        raise NotImplementedError  # asked above
