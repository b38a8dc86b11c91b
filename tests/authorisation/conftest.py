"""The world that a matrix asks about, made once for all its tests."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.test import Client

from goldenthread.config import urls
from goldenthread.ui import middleware
from tests.authorisation.world import World, make_world


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    """Each request happens in a transaction of its own that is rolled back."""
    with django_db_blocker.unblock(), transaction.atomic():
        try:
            yield make_world()
        finally:
            transaction.set_rollback(True)


@pytest.fixture(scope="module")
def sentences() -> Iterator[None]:
    """A refusal is its sentence alone: half of what is asked is refused, and the page around it is the same each time
    (`tests/ui/test_answer_in_words.py` opens it)."""

    def sentence(request: HttpRequest, template: str, context: Any, status: int) -> HttpResponse:
        return HttpResponse(context.get("message", ""), status=status)

    def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
        return HttpResponse("Nothing at this address", status=404)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(middleware, "render", sentence)
        patched.setattr(urls, "handler404", not_found, raising=False)
        yield


@pytest.fixture(scope="module")
def clients(world: World, sentences: None) -> dict[str, Client]:
    """Everybody, signed in."""
    found = {}
    for name, user in world.users.items():
        found[name] = Client()
        if user is not None:
            found[name].force_login(user)
    return found
