"""The demo, brought back once for all tests of this folder; what one of them changes is rolled back behind it."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.management import call_command

from goldenthread.core.models import Organisation
from goldenthread.demo.services import make_demo
from tests.kept import Kept
from tests.shared_cast import SHARED_CAST


@pytest.fixture(scope="package")
def made(kept_demo: Kept, django_db_blocker: Any) -> Iterator[None]:
    SHARED_CAST.end()
    with django_db_blocker.unblock():
        kept_demo.stands(make_demo)
    yield
    with django_db_blocker.unblock():
        Organisation.forget()
        call_command("flush", interactive=False, verbosity=0)


@pytest.fixture
def demo(made: None, db: None) -> None:
    """Aldervale Heat on 23 November 2026."""
