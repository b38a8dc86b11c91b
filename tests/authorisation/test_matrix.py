"""Every address × everybody × every record: what it answers, that reading changes nothing, and that a form sent
from another site is refused. The addresses come from the resolver, the answers from `expectations.py`."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from tests.authorisation.expectations import EXPECTED, Expected
from tests.authorisation.grid import NOT_FOUND_PK, REFUSED, differences, undone, variants
from tests.authorisation.world import Variant, World

pytestmark = pytest.mark.django_db

SIGN_IN = "/accounts/login/"
DONE = {200, 201, 204, 302, 303, 409, 410, 422}


def addresses(patterns: list[Any], names: tuple[str, ...] = ()) -> Iterator[str]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            if (
                pattern.namespace == "api"
            ):  # its operations are asked one by one in test_api_matrix.py
                continue
            yield from addresses(pattern.url_patterns, names)
        elif isinstance(pattern, URLPattern):
            yield pattern.name or f"without a name: {pattern.pattern}"


NAMES = sorted(set(addresses(get_resolver().url_patterns)))


def answer(client: Client, method: str, url: str, sends: Any = None) -> tuple[Any, list[str]]:
    """What the address answers, and what it wrote; nothing of it stays."""
    cookies = client.cookies.copy()  # signing out would lose them
    answered = undone(lambda: client.get(url) if method == "GET" else client.post(url, sends or {}))
    client.cookies = cookies
    return answered


def address(name: str, expected: Expected, one: Variant) -> str:
    takes_nothing = not one.kind and expected.ids is Expected.ids
    return reverse(name, kwargs={} if takes_nothing else expected.ids(one.kind, one.pk))


def told(response: Any) -> str:
    """The answer in a word, from what came."""
    status, to = response.status_code, response.headers.get("Location", "")
    if status == 405:
        return "no such method"
    if status in {301, 302} and to.startswith(SIGN_IN):
        return "sign in"
    if status in {403, 404}:
        return "refused" if status == 403 else "not found"
    if status in {301, 302} and to == "/":
        return "home"
    return "done" if status in DONE else str(status)


def fits(expects: str, response: Any) -> bool:
    comes = told(response)
    if expects == "done":
        # Who may act can still be refused by the state of the record, in other words than those of the table.
        by_state = comes == "refused" and not REFUSED.search(response.content.decode())
        return comes in {"done", "home"} or by_state
    return comes == expects


def test_every_address_has_expectations_and_none_is_left_over() -> None:
    assert sorted(set(NAMES) - set(EXPECTED)) == [], "say in expectations.py who may"
    assert sorted(set(EXPECTED) - set(NAMES)) == [], "no such address"


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("name", NAMES)
def test_who_may(world: World, clients: dict[str, Client], name: str, method: str) -> None:
    expected = EXPECTED[name]

    def ask(person: str, one: Variant) -> tuple[Any, list[str]]:
        url = address(name, expected, one)
        return answer(clients[person], method, url, expected.sends)

    different = differences(world, name, expected, method, ask=ask, told=told, fits=fits)
    assert not different, "\n".join((f"{method} {name}", *different))


@pytest.mark.sqlite
@pytest.mark.parametrize("name", [name for name in NAMES if EXPECTED.get(name, Expected()).kinds])
def test_what_does_not_exist_is_not_found(
    world: World, clients: dict[str, Client], name: str
) -> None:
    expected = EXPECTED[name]
    url = reverse(name, kwargs=expected.ids(expected.kinds[0], NOT_FOUND_PK))
    for method in ("GET", "POST"):
        if (expected.read if method == "GET" else expected.send) is not None:
            for person in sorted(expected.allowed(method, "", "") or {"admin"})[:2]:
                response, _ = answer(clients[person], method, url, expected.sends)
                assert response.status_code == 404, (method, url, person)


@pytest.mark.sqlite
@pytest.mark.parametrize(
    "name", [name for name in NAMES if EXPECTED.get(name, Expected()).send is not None]
)
def test_a_form_sent_from_another_site_is_refused(world: World, name: str) -> None:
    expected = EXPECTED[name]
    url = address(name, expected, variants(expected, world)[0])
    for person in ("anonymous", "strategy_leader", "admin"):
        client = Client(enforce_csrf_checks=True)
        if user := world.users[person]:
            client.force_login(user)
        response, written = answer(client, "POST", url, expected.sends)
        assert response.status_code == 403, (url, person)
        assert written == []
