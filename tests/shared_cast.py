"""The cast, made once for all tests in a row that begin with it: each gets its own copy, in a savepoint of its own.

Most tests begin with the cast, and making it took longer than many of them. It stands in a transaction that stays
open until a test comes that begins otherwise; then it is rolled back, and the next that wants it makes it anew.
"""

import copy
from typing import Any

import pytest
from django.db import connection, transaction

from goldenthread.core.models import Organisation
from tests.cast import Cast, make_cast, make_organisation


class SharedCast:
    def __init__(self) -> None:
        self._made: tuple[Organisation, Cast] | None = None
        self._around: transaction.Atomic | None = None
        self._blocker: Any = None

    def begin(self, blocker: Any) -> None:
        """Have the cast stand ready, unless records that a whole module shares stand there."""
        if self._made is not None or connection.in_atomic_block:
            return
        self._blocker = blocker
        with blocker.unblock():
            self._around = transaction.atomic()
            self._around._from_testcase = True  # a test may still open a durable one
            self._around.__enter__()
            self._made = (make_organisation(), make_cast())

    def end(self) -> None:
        """Leave the database as it was before."""
        if self._around is None:
            return
        with self._blocker.unblock():
            transaction.set_rollback(True)
            self._around.__exit__(None, None, None)
        self._made = self._around = None

    def copied(self) -> tuple[Organisation, Cast] | None:
        """The organisation and the cast for one test, which may change them."""
        return copy.deepcopy(self._made)


SHARED_CAST = SharedCast()


def begins_with_cast(item: pytest.Item) -> bool:
    """Whether the test asks for the cast, and is rolled back when it is over."""
    asks = {*getattr(item, "fixturenames", ())}
    marker = item.get_closest_marker("django_db")
    commits = {"transactional_db", "live_server"} & asks or (marker and marker.kwargs)
    return "cast" in asks and not commits
