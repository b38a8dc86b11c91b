"""The REST API: the operations of every room under /api/v1/, and their description in OpenAPI."""

import json
import re
from functools import cache
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET
from ninja import NinjaAPI

from goldenthread.core.api.problems import HANDLERS, MEANS, MEDIA_TYPE, Problem
from goldenthread.core.api.room import ExactParser
from goldenthread.insights.api import room as insights
from goldenthread.insights.effort_api import room as effort_figures
from goldenthread.insights.history_api import room as history
from goldenthread.insights.ledger_api import room as ledger
from goldenthread.insights.planning_api import room as planning
from goldenthread.interchange.api import room as imports
from goldenthread.interchange.webhooks.api import room as webhooks
from goldenthread.objectives.api import ROOMS as OBJECTIVES
from goldenthread.operations.api import room as operations
from goldenthread.people.api import ROOMS as PEOPLE
from goldenthread.people.api_access import BrowserSession, PersonalToken
from goldenthread.programme.api import ROOMS as PROGRAMME
from goldenthread.strategy.api import ROOMS as STRATEGY
from goldenthread.tradeoffs.api import ROOMS as TRADEOFFS

ROOMS = (
    *(*PEOPLE, *STRATEGY, *OBJECTIVES, *TRADEOFFS, *PROGRAMME),
    *(insights, effort_figures, ledger, planning, history, imports, webhooks, operations),
)
ABOUT = """Everything that the pages read and write, for programs: the same rules, the same permissions, the same words.

A program acts as a person, by a personal token that this person made on their account page. Lists come in pages. A write to
an existing record names the version that it was made from (`If-Match`); a create may carry an `Idempotency-Key`, and is
then safe to send again. Numbers that were measured are exact and come as text. What is refused is told as RFC 9457 has it."""

api = NinjaAPI(
    title="Goldenthread",
    version="1",
    description=ABOUT,
    auth=[PersonalToken(), BrowserSession()],  # in this order: a token needs no CSRF token
    parser=ExactParser(),
    openapi_url=None,
    docs_url=None,
    urls_namespace="api",
)
for error, handle in HANDLERS.items():
    api.add_exception_handler(error, handle)
for room in ROOMS:
    api.add_router("", room)


@cache
def description() -> dict[str, Any]:
    """The API in OpenAPI 3.1."""
    words = json.dumps(api.get_openapi_schema(path_prefix="/api/v1/"))
    schema = json.loads(re.sub(r"\bPage_(\w+?)Out_", r"\1Page", words))  # as one would name them
    schema["servers"] = [{"url": "/"}]
    schema["components"]["schemas"] |= _problem_schemas()
    schema["components"]["schemas"] = _used(schema)
    schema["components"]["responses"] = {
        HTTPStatus(status).name: _response(status) for status in (304, *MEANS)
    }
    return dict(schema)


def _used(schema: dict[str, Any]) -> dict[str, Any]:
    """The schemas that something refers to: those of a list's filters are spelled out as parameters."""
    every, words = schema["components"]["schemas"], json.dumps(schema["paths"])
    found: dict[str, Any] = {name: every[name] for name in ("Problem", "FieldProblem")}
    while new := [
        name
        for name in every.keys() - found.keys()
        if f'"#/components/schemas/{name}"' in words + json.dumps(found)
    ]:
        found |= {name: every[name] for name in new}
    return dict(sorted(found.items()))


def _problem_schemas() -> dict[str, Any]:
    whole = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    return {**whole.pop("$defs"), "Problem": whole}


def _response(status: int) -> dict[str, Any]:
    if status == HTTPStatus.NOT_MODIFIED:
        return {"description": "Nothing has changed since this `ETag`."}
    told: dict[str, Any] = {
        "description": MEANS[status],
        "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
    headers = {401: ("WWW-Authenticate", "string"), 429: ("Retry-After", "integer")}
    if status in headers:
        name, kind = headers[status]
        told["headers"] = {name: {"schema": {"type": kind}, "required": True}}
    return told


@require_GET
def openapi(request: HttpRequest) -> HttpResponse:
    """The description as a file. It holds no data of anybody, so that a tool may read it without a token."""
    words = json.dumps(description(), indent=1, ensure_ascii=False)
    return HttpResponse(words, content_type="application/json; charset=utf-8")
