"""The operations of a room: one decorator a kind of operation, so that all of a kind behave alike.

The view takes typed input and returns what it read or wrote; status, tags, repeats and what can go wrong are
here, and so is what the description of the API says of them.
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import wraps
from http import HTTPStatus
from inspect import signature
from typing import Annotated, Any, Generic, TypeVar, cast, get_args, get_origin
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from ninja import Router
from ninja.params.models import Path, Query
from ninja.parser import Parser
from pydantic import BaseModel

from goldenthread.core.api.middleware import ROOT
from goldenthread.core.api.once import once
from goldenthread.core.api.problems import Refused
from goldenthread.core.api.types import Filter, Input, Output
from goldenthread.core.api.versions import etag, is_known
from goldenthread.core.errors import DomainError

View = Callable[..., Any]
O = TypeVar("O", bound=Output)  # noqa: E741  an output
IF_MATCH = {
    "in": "header",
    "name": "If-Match",
    "required": True,
    "schema": {"type": "string", "pattern": r'^("[0-9]{1,9}(\.[0-9a-f]{1,16})?"|\*)$'},
    "description": "The `ETag` of the record as it was read; `*` for whatever stands.",
}
IF_NONE_MATCH = {
    "in": "header",
    "name": "If-None-Match",
    "required": False,
    "schema": {"type": "string", "maxLength": 200, "pattern": "^[ -~]*$"},
    "description": "An `ETag` that was answered before: 304 while nothing has changed.",
}
IDEMPOTENCY_KEY = {
    "in": "header",
    "name": "Idempotency-Key",
    "required": False,
    "schema": {"type": "string", "pattern": "^[!-~]{1,200}$"},
    "description": "A name of your own for this request: sent again within 24 hours it is not done twice.",
}


class Page(Output, Generic[O]):
    """One page of a list. `next` and `previous` are addresses, null at the ends."""

    items: list[O]
    count: int
    page: int
    next: str | None
    previous: str | None


def page_of(
    request: HttpRequest,
    rows: "QuerySet[Any] | Sequence[Any]",
    sent: Filter,
    shown: Callable[[Iterable[Any]], list[O]],
) -> Page[O]:
    """The page that was asked for; one beyond the last is empty."""
    pages = Paginator(rows, sent.limit)
    last = pages.num_pages
    items = shown(list(pages.page(sent.page))) if sent.page <= last else []

    def address(number: int) -> str | None:
        if not 1 <= number <= last:
            return None
        query = request.GET.copy()
        query["page"] = str(number)
        return request.build_absolute_uri(f"{request.path}?{urlencode(list(query.items()))}")

    return Page(
        items=items,
        count=pages.count,
        page=sent.page,
        next=address(sent.page + 1),
        previous=address(sent.page - 1) if sent.page <= last + 1 else None,
    )


class ExactParser(Parser):
    """JSON with its numbers exact, and without those that JSON does not have."""

    def parse_body(self, request: HttpRequest) -> dict[str, Any]:
        return cast(
            "dict[str, Any]",
            json.loads(request.body, parse_float=_exact, parse_constant=_no_number),
        )


def _exact(text: str) -> Any:
    from decimal import Decimal

    return Decimal(text)


def _no_number(text: str) -> Any:
    raise ValueError(f"{text} is not JSON")


class Room(Router):
    """The operations of one noun, under one heading of the description."""

    def __init__(self, tag: str) -> None:
        super().__init__(tags=[tag])

    def listing(self, path: str, row: type[Output]) -> Callable[[View], View]:
        """A list, page by page (`GET`)."""
        errors = [422, *([404] if "{" in path else [])]
        return self._operation("GET", path, {200: Page[row]}, errors, _read)  # type: ignore[valid-type]  # a shape made at run time

    def reading(self, path: str, out: type[Output]) -> Callable[[View], View]:
        """One record, or one figure (`GET`), with its tag."""
        errors = [304, *([404] if "{" in path else []), 422]
        return self._operation("GET", path, {200: out}, errors, _read_fresh, [IF_NONE_MATCH])

    def creating(self, path: str, out: type[Output], at: str = "") -> Callable[[View], View]:
        """A new record (`POST`); `at` is where it can be read afterwards. Safe to repeat with a key."""
        errors = [400, *([404] if "{" in path else []), 409, 413, 422]
        keep = _create(at)
        return self._operation("POST", path, {201: out}, errors, keep, [IDEMPOTENCY_KEY])

    def changing(
        self, path: str, out: type[Output], method: str = "PATCH", matched: bool = True
    ) -> Callable[[View], View]:
        """A record changed: by fields (`PATCH`), as a whole (`PUT`), or by an act of the domain (`POST`).

        `matched`: the record has a version, and the writer has to name the one that they saw.
        """
        errors = [400, 404, 409, *([412] if matched else []), 413, 422]
        errors += [428] if matched else []
        headers = [IF_MATCH] if matched else []
        return self._operation(method, path, {200: out}, errors, _write, headers)

    def asking(self, path: str, out: type[Output]) -> Callable[[View], View]:
        """Work that is done behind the request (`POST`, 202); `Location` is the `job` of the answer."""
        errors = [400, 404, 409, 412, 413, 422, 428]
        return self._operation("POST", path, {202: out}, errors, _ask, [IF_MATCH])

    def removing(self, path: str, matched: bool = True) -> Callable[[View], View]:
        """A record taken away (`DELETE`); what it said stays in the audit trail."""
        errors = [404, 409, *([412, 428] if matched else []), 422]
        headers = [IF_MATCH] if matched else []
        return self._operation("DELETE", path, {204: None}, errors, _write, headers)

    def _operation(
        self,
        method: str,
        path: str,
        success: Mapping[int, Any],
        errors: Sequence[int],
        run: Callable[..., HttpResponse],
        headers: Sequence[Mapping[str, Any]] = (),
    ) -> Callable[[View], View]:
        refs = {
            str(one): {"$ref": f"#/components/responses/{HTTPStatus(one).name}"}
            for one in sorted({401, 403, 429, *errors})
        }
        extra: dict[str, Any] = {"responses": refs}
        if headers:
            extra["parameters"] = [dict(one) for one in headers]

        def decorate(view: View) -> View:
            known = _names_in_query(view)

            @wraps(view)
            def answer(request: HttpRequest, **values: Any) -> HttpResponse:
                if unknown := sorted(request.GET.keys() - known):
                    raise DomainError(
                        f"This address does not know “{unknown[0][:40]}”.", unknown[0][:40]
                    )
                try:
                    return run(request, lambda: view(request, **values))
                except DomainError as error:
                    error.field = _as_sent(error.field, values)
                    raise

            add = self.api_operation(
                [method],
                path,
                response=dict(success),
                operation_id=view.__name__,
                summary=_summary(view),
                description=_description(view),
                openapi_extra=extra,
            )
            return cast("View", add(answer))

        return decorate


def _read(request: HttpRequest, view: Callable[[], Output]) -> HttpResponse:
    return HttpResponse(view().model_dump_json(), content_type="application/json")


def _read_fresh(request: HttpRequest, view: Callable[[], Output]) -> HttpResponse:
    response = _told(view(), 200)
    if is_known(request, response["ETag"]):
        fresh = HttpResponse(status=304)
        fresh["ETag"] = response["ETag"]
        del fresh["Content-Type"]
        return fresh
    return response


def _write(request: HttpRequest, view: Callable[[], Output | None]) -> HttpResponse:
    with transaction.atomic():
        out = view()
    if out is None:
        response = HttpResponse(status=204)
        del response["Content-Type"]
        return response
    return _told(out, 200)


def _ask(request: HttpRequest, view: Callable[[], Any]) -> HttpResponse:
    with transaction.atomic():
        out = view()
    response = _told(out, 202)
    response["Location"] = f"{ROOT}jobs/{out.job}"
    return response


def _create(at: str) -> Callable[..., HttpResponse]:
    def run(request: HttpRequest, view: Callable[[], Any]) -> HttpResponse:
        def make() -> tuple[HttpResponse, str]:
            out: Any = view()
            response = _told(out, 201)
            if at:
                response["Location"] = f"{ROOT}{at}/{out.id}"
            return response, out.to_keep().model_dump_json()

        person: Any = getattr(request, "person", None)
        return once(request, person.pk, make)

    return run


def _told(out: Output, status: int) -> HttpResponse:
    body = out.model_dump_json()
    response = HttpResponse(body, status=status, content_type="application/json")
    response["ETag"] = etag(body, getattr(out, "version", None))
    return response


def _names_in_query(view: View) -> set[str]:
    """The names that the address may hold, by the view's own arguments."""
    names: set[str] = set()
    for name, parameter in signature(view).parameters.items():
        kind = parameter.annotation
        if get_origin(kind) is not Annotated or not isinstance(get_args(kind)[-1], Query):
            continue
        model = get_args(kind)[0]
        is_model = isinstance(model, type) and issubclass(model, BaseModel)
        names |= set(model.model_fields) if is_model else {name}
    return names


def _as_sent(field: str | None, values: Mapping[str, Any]) -> str | None:
    """The name of a field as it was sent: what a service calls `unit` came as `unit_id`."""
    for value in values.values():
        if (
            isinstance(value, Input)
            and field is not None
            and f"{field}_id" in type(value).model_fields
        ):
            return f"{field}_id"
    return field


def _summary(view: View) -> str:
    return (view.__doc__ or "").strip().partition("\n")[0].rstrip(".")


def _description(view: View) -> str:
    return " ".join((view.__doc__ or "").strip().partition("\n")[2].split())


__all__ = ["ExactParser", "Page", "Path", "Refused", "Room", "page_of"]
