"""The world that a matrix asks about, made once for all its tests."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction
from django.test import Client

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
def clients(world: World) -> dict[str, Client]:
    """Everybody, signed in."""
    found = {}
    for name, user in world.users.items():
        found[name] = Client()
        if user is not None:
            found[name].force_login(user)
    return found
