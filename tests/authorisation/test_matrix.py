"""Every address × everybody × every record: what it answers, that reading changes nothing, and that a form sent
from another site is refused. The addresses come from the resolver, the answers from `expectations.py`."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from goldenthread.core.models import Organisation
from tests.authorisation.expectations import EVERYBODY, EXPECTED, SEEN, Expected
from tests.authorisation.world import (
    CONFIDENTIAL,
    OPEN,
    OTHERS,
    RESTRICTED,
    Variant,
    World,
    make_world,
)

pytestmark = pytest.mark.django_db

SIGN_IN = "/accounts/login/"
DONE = {200, 201, 204, 302, 303, 409, 410, 422}
NOT_FOUND_PK = 999_999
WRITES = re.compile(r"^\s*(INSERT|UPDATE|DELETE|REPLACE|TRUNCATE)\b", re.IGNORECASE)
BOOKKEEPING = re.compile(
    "django_session|account_emailaddress"
)  # of the libraries, not of the domain
REFUSED = re.compile(r"You may not [^.]+ here\.")


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


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    """Made once; each request happens in a transaction of its own that is rolled back."""
    with django_db_blocker.unblock(), transaction.atomic():
        try:
            yield make_world()
        finally:
            transaction.set_rollback(True)


@pytest.fixture(scope="module")
def clients(world: World) -> dict[str, Client]:
    """Everybody, signed in."""
    found = {}
    for name, user in world.users.items():
        found[name] = Client()
        if user is not None:
            found[name].force_login(user)
    return found


def answer(client: Client, method: str, url: str, sends: Any = None) -> tuple[Any, list[str]]:
    """What the address answers, and which tables were written to; nothing of it stays."""
    cookies = client.cookies.copy()  # signing out would lose them
    with transaction.atomic():
        with CaptureQueriesContext(connection) as asked:
            response = client.get(url) if method == "GET" else client.post(url, sends or {})
            if response.streaming:
                b"".join(response.streaming_content)
        transaction.set_rollback(True)
    client.cookies = cookies
    Organisation.forget()
    written = [
        query["sql"][:160]
        for query in asked.captured_queries
        if WRITES.match(query["sql"]) and not BOOKKEEPING.search(query["sql"][:60])
    ]
    return response, written


def variants(expected: Expected, world: World, method: str = "POST") -> list[Variant]:
    """The records to try. To read a page, states that change nothing about who may are left out."""
    if not expected.kinds:
        return [Variant("", "", 0)]
    every = [one for kind in expected.kinds for one in world.records[kind]]
    if method == "POST":
        return every
    telling = {OPEN, RESTRICTED, CONFIDENTIAL, *expected.by_variant, *expected.gone}
    return [one for one in every if one.name in telling or one.name.startswith(OTHERS)]


def address(name: str, expected: Expected, one: Variant) -> str:
    takes_nothing = not one.kind and expected.ids is Expected.ids
    return reverse(name, kwargs={} if takes_nothing else expected.ids(one.kind, one.pk))


def should(expected: Expected, method: str, one: Variant, person: str) -> str:
    """The answer in a word, from what the table says."""
    accepted = expected.read if method == "GET" else expected.send
    if accepted is None:
        return "no such method"
    if expected.public:
        return "sign in" if expected.after_password and person == "anonymous" else "done"
    if person == "anonymous":
        return "sign in"
    if person in {"left", "stranger"}:
        return "refused"
    if one.name in expected.gone:
        return "not found"
    if person not in SEEN.get((one.kind, one.name), EVERYBODY):
        return "not found"
    if expected.away:
        return "home"
    return "done" if person in expected.allowed(method, one.kind, one.name) else "refused"


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
    accepted = expected.read if method == "GET" else expected.send
    wrong: dict[str, list[str]] = {}
    for one in variants(expected, world, method):
        url = address(name, expected, one)
        for person, client in clients.items():
            alike = accepted is None or expected.public  # then nobody is asked who they are
            if person == "other" or (alike and person not in {"anonymous", "owner", "admin"}):
                continue
            expects = should(expected, method, one, person)
            response, written = answer(client, method, url, expected.sends)
            if not fits(expects, response):
                comes = f"{told(response)} ({response.status_code}), not {expects}"
                wrong.setdefault(f"{one.kind} {one.name}: {comes}", []).append(person)
            elif written and (method == "GET" or expects != "done"):
                comes = f"{expects}, and writes {written[0]}"
                wrong.setdefault(f"{one.kind} {one.name}: {comes}", []).append(person)
        if accepted is None:
            break
    listing = "\n".join(f"{method} {name}, {what}: {', '.join(who)}" for what, who in wrong.items())
    assert not wrong, f"\n{listing}"


@pytest.mark.parametrize("name", [name for name in NAMES if EXPECTED.get(name, Expected()).kinds])
def test_what_does_not_exist_is_not_found(
    world: World, clients: dict[str, Client], name: str
) -> None:
    expected = EXPECTED[name]
    url = reverse(name, kwargs=expected.ids(expected.kinds[0], NOT_FOUND_PK))
    for method in ("GET", "POST"):
        if (expected.read if method == "GET" else expected.send) is not None:
            for person in expected.allowed(method, "", "") or {"admin"}:
                response, _ = answer(clients[person], method, url, expected.sends)
                assert response.status_code == 404, (method, url, person)


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


def test_who_may_act_is_not_always_refused(world: World, clients: dict[str, Client]) -> None:
    """Each person named for an address gets through with one record at least, or the table names too many."""
    never = []
    for name, expected in EXPECTED.items():
        for method in ("GET", "POST"):
            through: set[str] = set()
            named: set[str] = set()
            for one in variants(expected, world):
                if expected.public or one.name.startswith(OTHERS):
                    continue
                may = expected.allowed(method, one.kind, one.name)
                named |= may
                for person in may - through:
                    url = address(name, expected, one)
                    response, _ = answer(clients[person], method, url, expected.sends)
                    if told(response) in {"done", "home"}:
                        through.add(person)
            if lacking := named - through:
                never.append(f"{method} {name}: {', '.join(sorted(lacking))}")
    assert never == [], "\n" + "\n".join(never)
