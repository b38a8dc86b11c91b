"""Personal tokens: made and revoked by whom they act for, revoked by an administrator too."""

import datetime as dt
import hashlib
import secrets
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from goldenthread.core import audit, versions
from goldenthread.core.access import require
from goldenthread.core.errors import DomainError
from goldenthread.people.models import AccessToken, Person
from goldenthread.permissions import Action

MARK = "gt_"  # by which a token is known where it should not be: in a log, in a repository
SHOWN = 10
MOST_DAYS = 366
MOST_TOKENS = 20
USE_NOTED_EVERY = dt.timedelta(minutes=1)


@dataclass(frozen=True)
class NewToken:
    """A token with its secret, which nobody can read again."""

    token: AccessToken
    secret: str


def digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


@transaction.atomic
def make_token(*, actor: Person, name: str, scope: str, days: int) -> NewToken:
    """Make a token with which a program acts as the actor, for some days. Its secret is in the answer alone.

    Everybody for themself. Raises `DomainError` without a name, for a time beyond a year, or when there are twenty.
    """
    require(actor, Action.MAKE_TOKEN, actor)
    name = " ".join(name.split())
    if not name:
        raise DomainError("Say what it is for, so that you know it again.", "name")
    if len(name) > 100:
        raise DomainError("Keep the name to 100 characters.", "name")
    if scope not in AccessToken.Scope.values:
        raise DomainError("A token reads only, or reads and writes.", "scope")
    if not 1 <= days <= MOST_DAYS:
        raise DomainError("A token is good for 1 to 366 days.", "days")
    now = timezone.now()
    if actor.tokens.filter(revoked_at__isnull=True, expires_at__gt=now).count() >= MOST_TOKENS:
        raise DomainError(f"You have {MOST_TOKENS} tokens. Revoke one that is not used any more.")
    secret = MARK + secrets.token_urlsafe(32)
    token = AccessToken.objects.create(
        person=actor,
        name=name,
        prefix=secret[:SHOWN],
        digest=digest(secret),
        scope=scope,
        expires_at=now + dt.timedelta(days=days),
    )
    names = ("name", "prefix", "scope", "expires_at")
    audit.record(actor, "make token", token, after={one: getattr(token, one) for one in names})
    return NewToken(token, secret)


@transaction.atomic
def revoke_token(*, actor: Person, token: AccessToken) -> AccessToken:
    """Let a token open nothing any more, at once. Its owner, or an administrator; again changes nothing."""
    require(actor, Action.REVOKE_TOKEN, token)
    if token.revoked_at is None:
        versions.save(token, {"revoked_at": timezone.now(), "revoked_by": actor})
        audit.record(actor, "revoke token", token)
    return token


def note_use(token: AccessToken) -> None:
    """Remember that a token was used, to the minute: a write a minute at most, however many requests."""
    now = timezone.now()
    if token.last_used_at is None or now - token.last_used_at >= USE_NOTED_EVERY:
        late = Q(last_used_at__isnull=True) | Q(last_used_at__lte=now - USE_NOTED_EVERY)
        AccessToken.objects.filter(late, pk=token.pk).update(last_used_at=now)
