"""The demo, made once for all tests of this folder, and rolled back behind them."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction

from goldenthread.core.models import Organisation
from goldenthread.demo.services import make_demo


@pytest.fixture(scope="package")
def made(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    with django_db_blocker.unblock():
        outer = transaction.atomic()
        outer.__enter__()
        try:
            make_demo()
            yield
        finally:
            Organisation.forget()
            transaction.set_rollback(True)
            outer.__exit__(None, None, None)


@pytest.fixture
def demo(made: None, db: None) -> None:
    """Aldervale Heat on 23 November 2026."""
