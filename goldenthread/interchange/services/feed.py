"""The secret address of one's own calendar: made, replaced and revoked by the person alone."""

import datetime as dt
import hashlib
import secrets

from django.db import transaction

from goldenthread.core import audit
from goldenthread.core.access import require
from goldenthread.interchange.models import CalendarFeed
from goldenthread.people.models import Person
from goldenthread.permissions import Action


@transaction.atomic
def make_feed(*, actor: Person) -> str:
    """Make the address of the actor's calendar, and let an older one lapse; answers its secret, shown this once.

    Permission: the person themself. Only a digest is kept, so nobody can read the address here again.
    """
    require(actor, Action.SUBSCRIBE, actor)
    secret = secrets.token_urlsafe(32)
    CalendarFeed.objects.filter(person=actor).delete()
    CalendarFeed.objects.create(person=actor, digest=_digest(secret))
    audit.record(actor, "make calendar address", actor)
    return secret


@transaction.atomic
def revoke_feed(*, actor: Person) -> None:
    """Let the address lapse at once. Permission: the person themself."""
    require(actor, Action.SUBSCRIBE, actor)
    if CalendarFeed.objects.filter(person=actor).delete()[0]:
        audit.record(actor, "revoke calendar address", actor)


def person_of(secret: str, today: dt.date) -> Person | None:
    """Whose calendar the address opens: of somebody who works here and may sign in, else nobody's."""
    feed = (
        CalendarFeed.objects.filter(digest=_digest(secret)).select_related("person__user").first()
    )
    if feed is None:
        return None
    person = feed.person
    has_left = person.end is not None and person.end < today
    return None if has_left or person.user is None or not person.user.is_active else person


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
