"""Errors as RFC 9457 has them: one shape for every refusal, in the same sentences that a page shows."""

import json
import logging
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any

from django.core.exceptions import BadRequest, RequestDataTooBig, SuspiciousOperation
from django.db import IntegrityError
from django.http import Http404, HttpRequest, HttpResponse, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from ninja.errors import AuthenticationError, HttpError, ValidationError
from pydantic import BaseModel, Field

from goldenthread.core import audit
from goldenthread.core.errors import DomainError, LoopRefused, NotAllowed, SavedMeanwhile

log = logging.getLogger(__name__)

MEDIA_TYPE = "application/problem+json"
DOCS = "/api/docs/"
WHO = "Sign in with a personal token: send it as “Authorization: Bearer …”. It may have expired or been revoked."
MEANS: Mapping[int, str] = {
    400: "The body cannot be read: it is not the JSON or the form that it says it is.",
    401: "No token came with the request, or it has expired or been revoked.",
    403: "You see the record but may not do this, or the token only reads.",
    404: "There is no such record, or you may not see it.",
    405: "This address does not know the method; `Allow` names those that it knows.",
    409: "Somebody else saved at the same moment, or the same key is being used right now. `current` is what "
    "stands, `yours` what you sent; nothing was written.",
    412: "The record has been changed since the version that `If-Match` names. Read it again.",
    413: "The body is larger than is read.",
    422: "Something in the request cannot be right; `errors` names each field with what is wrong.",
    428: "This writes to an existing record: send its `ETag` as `If-Match`.",
    429: "Too many requests in a minute. `Retry-After` says in how many seconds to go on.",
    500: "Something went wrong here. It is in the log of the server.",
}


class FieldProblem(BaseModel):
    """One field and what is wrong with it."""

    field: str
    detail: str


class Problem(BaseModel):
    """Why nothing was done (RFC 9457)."""

    type: str = Field(description="The address of what this kind of problem means.")
    title: str
    status: int
    detail: str = Field(description="What is wrong and what to do, in a sentence.")
    errors: list[FieldProblem] | None = None
    path: list[str] | None = Field(None, description="Of a loop: every step of it.")
    current: dict[str, Any] | None = Field(None, description="What stands.")
    yours: dict[str, Any] | None = Field(None, description="What was not written.")


class Refused(Exception):
    """A request that the API itself refuses: a version that does not fit, a limit, a key used otherwise."""

    def __init__(self, status: int, detail: str = "", **headers: str) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.headers = {name.replace("_", "-"): text for name, text in headers.items()}


def problem(status: int, detail: str = "", **more: Any) -> HttpResponse:
    """The answer that tells of a problem."""
    body = {
        "type": f"{DOCS}#error-{status}",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail or MEANS.get(status, HTTPStatus(status).description),
        **{name: value for name, value in more.items() if value},
    }
    words = json.dumps(body, ensure_ascii=False)
    response = HttpResponse(words, status=status, content_type=MEDIA_TYPE)
    if status == HTTPStatus.UNAUTHORIZED:
        response["WWW-Authenticate"] = 'Bearer realm="Goldenthread"'
    return response


def _domain(request: HttpRequest, error: DomainError) -> HttpResponse:
    fields = [{"field": error.field, "detail": error.message}] if error.field else []
    path = error.path if isinstance(error, LoopRefused) else []
    return problem(422, error.message, errors=fields, path=path)


def _saved_meanwhile(request: HttpRequest, error: SavedMeanwhile) -> HttpResponse:
    """Both versions, field by field."""
    record = error.current
    stands = {
        name: error.theirs.get(name, getattr(record, name, None))
        for name in error.mine
        if name != "search"
    }
    return problem(
        409,
        str(error),
        current={"version": record.version} | {k: audit.plain(v) for k, v in stands.items()},
        yours={name: audit.plain(error.mine[name]) for name in stands},
    )


def _validation(request: HttpRequest, error: ValidationError) -> HttpResponse:
    """What the types refuse; a field is named by its place in the body or by its name in the address."""
    fields = []
    for one in error.errors:
        place = [str(part) for part in one.get("loc", ())]
        # The first part says where (body, query), the second of a body the name of our own argument.
        name = ".".join(place[2:] if place[:1] == ["body"] and len(place) > 2 else place[1:])
        fields.append(
            {"field": name, "detail": str(one.get("msg", "")).removeprefix("Value error, ")}
        )
    return problem(422, "Something in the request cannot be right.", errors=fields)


def _unreadable(request: HttpRequest, error: Exception) -> HttpResponse:
    return problem(400)


def _unexpected(request: HttpRequest, error: Exception) -> HttpResponse:
    log.exception("%s %s", request.method, request.path, exc_info=error)
    return problem(500)


HANDLERS: Mapping[type[Exception], Callable[[HttpRequest, Any], HttpResponse]] = {
    DomainError: _domain,
    SavedMeanwhile: _saved_meanwhile,
    NotAllowed: lambda request, error: problem(403, error.message),
    Refused: lambda request, error: _refused(error),
    ValidationError: _validation,
    AuthenticationError: lambda request, error: problem(401, WHO),
    HttpError: lambda request, error: problem(error.status_code),
    Http404: lambda request, error: problem(404),
    RequestDataTooBig: lambda request, error: problem(413),
    SuspiciousOperation: _unreadable,
    BadRequest: _unreadable,
    MultiPartParserError: _unreadable,
    UnreadablePostError: _unreadable,
    IntegrityError: lambda request, error: problem(
        409, "Somebody else wrote the same at the same moment. Read it again."
    ),
    Exception: _unexpected,
}


def _refused(error: Refused) -> HttpResponse:
    response = problem(error.status, error.detail)
    for name, text in error.headers.items():
        response[name] = text
    return response
