"""Which migrations this version knows, which of them a database has to have taken, and which it has."""

from collections.abc import Iterable, Iterator
from functools import cache

from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder


@cache
def known() -> frozenset[str]:
    """All that come with this version, as `room.name`: what is not among them comes from a newer one."""
    return frozenset(_names(MigrationLoader(None).disk_migrations))


@cache
def needed() -> frozenset[str]:
    """Those without which the tables are of an older version. One that replaces others is none of them: a database
    that took the others one by one is whole, and so is one that took all at once, for which they are noted too."""
    on_disk = MigrationLoader(None).disk_migrations
    return frozenset(_names(name for name, one in on_disk.items() if not one.replaces))


def taken() -> frozenset[str]:
    """Those that the database has taken. Raises `DatabaseError` when it cannot be reached."""
    return frozenset(_names(MigrationRecorder(connection).applied_migrations()))


def _names(keys: Iterable[tuple[str, str]]) -> Iterator[str]:
    return (f"{room}.{name}" for room, name in keys)
