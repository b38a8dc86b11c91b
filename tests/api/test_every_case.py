"""The API asked everything that its description allows, and more: never an error of the server, never an answer that
the description does not name. `SCHEMATHESIS_CASES=10000 pytest tests/api/test_every_case.py` asks longer."""

import os
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from django.core.cache import cache
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from goldenthread.config.api import description
from goldenthread.config.wsgi import application
from goldenthread.core.models import Organisation
from goldenthread.people.models import Person
from tests.authorisation.world import World, make_world
from tests.cast import make_token

pytestmark = pytest.mark.django_db

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
OPERATIONS = [
    (path, method) for path, methods in description()["paths"].items() for method in methods
]
CASES = int(os.environ.get("SCHEMATHESIS_CASES", "500"))
EACH = -(-CASES // len(OPERATIONS) // (1 if connection.vendor == "sqlite" else 3))
WHO = ("owner", "manager", "leader", "sponsor", "strategy_leader", "hr", "admin")
# Which record an id in an address or a body names, where the name itself does not say.
KINDS = {
    "manager": "person",
    "leader": "person",
    "chair": "person",
    "attendee": "person",
    "owner_person": "person",
    "owner_unit": "unit",
    "parent": "unit",
    "to": "person",
}


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    with django_db_blocker.unblock(), transaction.atomic():
        try:
            yield make_world()
        finally:
            transaction.set_rollback(True)


@pytest.fixture(scope="module")
def tokens(world: World) -> dict[str, str]:
    people = Person.objects.filter(name__in=WHO).select_related("user")
    return {person.name: make_token(person).secret for person in people}


@pytest.fixture(scope="module")
def schema(world: World) -> Iterator[Any]:
    """The description as the server tells it; the server keeps to the connection that holds the world."""
    signals = (request_started, request_finished)
    for signal in signals:
        signal.disconnect(close_old_connections)
    yield schemathesis.openapi.from_wsgi("/api/openapi.json", application)
    for signal in signals:
        signal.connect(close_old_connections)


def known(world: World, name: str, value: Any) -> Any:
    """An id that there is, in place of one made up: else every answer would be that nothing is there."""
    if isinstance(value, bool) or not isinstance(value, int):
        return value
    kind = name.removesuffix("_id").removesuffix("_ids")
    records = world.records.get(KINDS.get(kind, kind))
    return records[value % len(records)].pk if records else value


def with_known(world: World, body: Any, name: str = "") -> Any:
    if isinstance(body, dict):
        return {key: with_known(world, value, key) for key, value in body.items()}
    if isinstance(body, list):
        return [with_known(world, value, name) for value in body]
    return known(world, name, body) if name.endswith(("_id", "_ids")) else body


@pytest.mark.parametrize(("path", "method"), OPERATIONS)
def test_no_error_and_no_answer_that_is_not_described(
    world: World, tokens: dict[str, str], schema: Any, settings: Any, path: str, method: str
) -> None:
    settings.API_REQUESTS_A_MINUTE = 10**9
    operation = schema[path][method.upper()]
    right = operation.as_strategy(generation_mode=GenerationMode.POSITIVE)
    wrong = operation.as_strategy(generation_mode=GenerationMode.NEGATIVE)
    given_in = st.one_of(right, right, right, wrong)

    @_quietly
    @given(case=given_in, who=st.sampled_from(WHO), real=st.integers(0, 3))
    def ask(case: Any, who: str, real: int) -> None:
        if real:
            names = case.path_parameters or {}
            case.path_parameters = {n: known(world, n, value) for n, value in names.items()}
            if isinstance(case.body, dict):
                case.body = with_known(world, case.body)
        headers = {"Authorization": f"Bearer {tokens[who]}", "Accept-Encoding": "identity"}
        if real > 1 and "If-Match" in (case.headers or {}):
            headers["If-Match"] = "*"
        with transaction.atomic():
            response = case.call(headers=headers)
            transaction.set_rollback(True)
        Organisation.forget()
        cache.clear()
        case.validate_response(response, checks=CHECKS)

    ask()


_quietly = settings(
    max_examples=EACH,
    deadline=None,
    database=None,
    derandomize="SCHEMATHESIS_CASES" not in os.environ,
    suppress_health_check=list(HealthCheck),
)
