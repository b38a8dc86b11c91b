"""Personal tokens over the API: which there are, and revoking. They are made on the page alone."""

import datetime as dt
from collections.abc import Iterable
from typing import Annotated, Literal, Self

from django.db.models import QuerySet
from django.http import Http404
from django.utils import timezone
from ninja import Query
from pydantic import Field

from goldenthread.core import clock
from goldenthread.core.api.room import Page, Room, page_of
from goldenthread.core.api.types import Filter, Id, RecordOut, Ref
from goldenthread.core.api.versions import version_seen
from goldenthread.people import services
from goldenthread.people.access import PersonRequest
from goldenthread.people.models import AccessToken

room = Room("Tokens")


class AccessTokenOut(RecordOut):
    """A personal token, by its name and beginning; its secret was shown when it was made, and is not kept."""

    person: Ref
    name: str
    prefix: str
    scope: Literal["read", "write"]
    created_at: dt.datetime
    expires_at: dt.datetime
    last_used_at: dt.datetime | None
    revoked_at: dt.datetime | None
    revoked_by: Ref | None

    @classmethod
    def of(cls, one: AccessToken) -> Self:
        names = ("name", "prefix", "scope", "created_at", "expires_at", "last_used_at")
        return cls(
            id=one.pk,
            version=one.version,
            person=Ref(id=one.person_id, name=one.person.name),
            revoked_at=one.revoked_at,
            revoked_by=Ref.to(one.revoked_by),
            **{name: getattr(one, name) for name in names},
        )

    @classmethod
    def of_all(cls, rows: Iterable[AccessToken]) -> list[Self]:
        return [cls.of(one) for one in rows]


class TokenQuery(Filter):
    person: Annotated[
        Id | None,
        Field(description="Whose; you, if left out. Administrators alone ask for others."),
    ] = None
    state: Literal["good", "all"] = "good"


def _tokens(request: PersonRequest) -> "QuerySet[AccessToken]":
    seen = AccessToken.objects.visible_to(request.person)
    return seen.select_related("person", "revoked_by")


def _token(request: PersonRequest, token_id: int) -> AccessToken:
    token = _tokens(request).filter(pk=token_id).first()
    if token is None:
        raise Http404
    return token


@room.listing("/tokens", AccessTokenOut)
def list_tokens(request: PersonRequest, sent: Query[TokenQuery]) -> Page[AccessTokenOut]:
    """List your own tokens, or as an administrator somebody's.

    A token is made on the page alone, so that one which got into other hands cannot make its successor.
    """
    rows = _tokens(request).filter(person=sent.person or request.person.pk)
    if sent.state == "good":
        rows = rows.filter(pk__in=AccessToken.objects.good(timezone.now(), clock.today()))
    return page_of(request, rows, sent, AccessTokenOut.of_all)


@room.reading("/tokens/{token_id}", AccessTokenOut)
def read_token(request: PersonRequest, token_id: Id) -> AccessTokenOut:
    """Read what a token is for and when it was last used."""
    return AccessTokenOut.of(_token(request, token_id))


@room.changing("/tokens/{token_id}/revoke", AccessTokenOut, method="POST")
def revoke_token(request: PersonRequest, token_id: Id) -> AccessTokenOut:
    """Let a token open nothing any more, at once; also the one that this is sent with.

    Its owner and administrators. Again changes nothing.
    """
    token = _token(request, token_id)
    version_seen(request, token)
    services.revoke_token(actor=request.person, token=token)
    return AccessTokenOut.of(_token(request, token_id))
