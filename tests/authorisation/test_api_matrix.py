"""Every operation of the API × everybody × every record, as `test_matrix.py` asks the pages: what it answers, that
reading changes nothing, that a token which only reads writes nothing, and that no other site writes in a session."""

import json
from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest
from django.test import Client

from goldenthread.config.api import api, description
from goldenthread.people.models import AccessToken, Person
from tests.authorisation.api_expectations import OPERATIONS
from tests.authorisation.expectations import Expected
from tests.authorisation.grid import NOT_FOUND_PK, REFUSED, differences, undone, variants
from tests.authorisation.world import Variant, World
from tests.cast import make_token

pytestmark = pytest.mark.django_db

DONE = {200, 201, 202, 204, 409, 412, 422}
TOLD = {401: "sign in", 403: "refused", 404: "not found", 405: "no such method"}


class Operation(NamedTuple):
    """One operation: how it is called, and whether it only reads."""

    id: str
    method: str
    path: str

    @property
    def reads(self) -> bool:
        return self.method == "GET"


def operations() -> Iterator[Operation]:
    """Every operation that the API knows, from its routers and not from its description."""
    for router in api._get_bound_routers():
        for path, view in router.path_operations.items():
            for one in view.operations:
                for method in one.methods:
                    yield Operation(str(one.operation_id), method, f"/api/v1{path}")


# Its operations call what the pages call, and `test_matrix` asks these of every page; they may what a manager or a leader may.
AS_OTHERS = frozenset({"chain", "unit_head", "sponsor", "stranger"})
ALL = {one.id: one for one in operations()}
WRITING = sorted(name for name, one in ALL.items() if not one.reads)


def ask(
    client: Client, operation: Operation, expected: Expected, one: Variant, **headers: str
) -> tuple[Any, list[str]]:
    """What the operation answers, and which tables were written to; nothing of it stays."""
    path = operation.path
    for value in expected.ids(one.kind, one.pk).values() if one.kind else ():
        start, end = path.index("{"), path.index("}")
        path = f"{path[:start]}{value}{path[end + 1 :]}"
    sends = expected.sends(one.pk) if callable(expected.sends) else expected.sends
    given: dict[str, Any] = {"headers": {"If-Match": "*", **headers}}
    if isinstance(sends, bytes):
        given |= {"data": sends, "content_type": "multipart/form-data; boundary=x"}
    elif not operation.reads:
        given |= {"data": json.dumps(dict(sends)), "content_type": "application/json"}
    return undone(lambda: client.generic(operation.method, path, **given))


def told(response: Any) -> str:
    status = response.status_code
    if b"Something in the request cannot be right" in response.content:
        return "not right"
    return "done" if status in DONE else TOLD.get(status, str(status))


def fits(expects: str, response: Any) -> bool:
    comes = told(response)
    if expects == "done":
        by_state = comes == "refused" and not REFUSED.search(response.json()["detail"])
        return comes == "done" or by_state
    return comes == expects


def test_every_operation_has_expectations_and_none_is_left_over() -> None:
    assert sorted(ALL.keys() - OPERATIONS.keys()) == [], "say in api_expectations.py who may"
    assert sorted(OPERATIONS.keys() - ALL.keys()) == [], "no such operation"
    assert len(ALL) == sum(1 for _ in operations()), "two operations of one name"


def test_the_description_tells_of_every_operation() -> None:
    described = {
        (one["operationId"], method.upper(), path)
        for path, methods in description()["paths"].items()
        for method, one in methods.items()
    }
    assert described == set(ALL.values())


@pytest.mark.sqlite  # the pages ask the same services on both; `test_every_case` asks each operation on both
@pytest.mark.parametrize("name", sorted(ALL))
def test_who_may(world: World, clients: dict[str, Client], name: str) -> None:
    operation, expected = ALL[name], OPERATIONS[name]

    def asked(person: str, one: Variant) -> tuple[Any, list[str]]:
        return ask(clients[person], operation, expected, one)

    method = "GET" if operation.reads else "POST"
    different = differences(
        world, name, expected, method, AS_OTHERS, ask=asked, told=told, fits=fits
    )
    assert not different, "\n".join((name, *different))


@pytest.mark.sqlite
@pytest.mark.parametrize("name", sorted(name for name in ALL if "{" in ALL[name].path))
def test_what_does_not_exist_is_not_found(
    world: World, clients: dict[str, Client], name: str
) -> None:
    operation, expected = ALL[name], OPERATIONS[name]
    nothing = Variant(expected.kinds[0], "", NOT_FOUND_PK)
    for person in ("owner", "leader", "admin"):
        response, _ = ask(clients[person], operation, expected, nothing)
        assert response.status_code == 404, person


@pytest.mark.sqlite
@pytest.mark.parametrize("name", WRITING)
def test_neither_another_site_nor_a_token_that_reads_writes(world: World, name: str) -> None:
    operation, expected = ALL[name], OPERATIONS[name]
    one = variants(expected, world)[0]
    for person in ("owner", "strategy_leader", "admin"):
        client = Client(enforce_csrf_checks=True)
        client.force_login(world.users[person])
        response, written = ask(client, operation, expected, one)
        assert (response.status_code, written) == (403, []), f"{person} from another site"
        token = make_token(Person.objects.get(name=person), scope=AccessToken.Scope.READ)
        bearer = f"Bearer {token.secret}"
        response, written = ask(Client(), operation, expected, one, Authorization=bearer)
        assert (response.status_code, written) == (403, []), f"{person} with a token that reads"
