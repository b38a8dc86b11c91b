"""A whole database put by and brought back, since making the demo takes seconds and copying it none."""

import fcntl
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from django.db import connection, connections


class Kept:
    """The test database as it stood at one moment, for all processes of a run; false until something is kept."""

    def __init__(self, folder: Path, run: str) -> None:
        self.path = folder / "kept.sqlite3"  # PostgreSQL keeps it beside the database
        self.done, self.lock = folder / "kept", folder / "kept.lock"
        self.name = f"kept_{run}"

    def __bool__(self) -> bool:
        return self.done.exists()

    @contextmanager
    def one_at_a_time(self) -> Iterator[None]:
        """Whoever comes while another makes or copies what is kept, waits."""
        with self.lock.open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    def stands(self, make: Callable[[], None]) -> None:
        """Bring it back; the first time in a run, `make` it and keep it."""
        with self.one_at_a_time():
            if self:
                self.bring_back()
            else:
                make()
                self.keep()

    def keep(self) -> None:
        if connection.vendor == "sqlite":
            with closing(sqlite3.connect(self.path)) as copy:
                connection.connection.backup(copy)
        else:
            self._copy(connection.settings_dict["NAME"], self.name)
        self.done.touch()

    def bring_back(self) -> None:
        if connection.vendor == "sqlite":
            connection.ensure_connection()
            with closing(sqlite3.connect(self.path)) as copy:
                copy.backup(connection.connection)
        else:
            self._copy(self.name, connection.settings_dict["NAME"])

    def forget(self) -> None:
        """Whoever still needs it makes it anew."""
        self.done.unlink(missing_ok=True)
        if connection.vendor != "sqlite":
            with connection._nodb_cursor() as cursor:
                cursor.execute(f'DROP DATABASE IF EXISTS "{self.name}"')

    @staticmethod
    def _copy(source: str, target: str) -> None:
        connections.close_all()
        with connection._nodb_cursor() as cursor:
            cursor.execute(f'DROP DATABASE IF EXISTS "{target}" WITH (FORCE)')
            # A database is copied only while nobody is connected to it.
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s",
                [source],
            )
            cursor.execute(f'CREATE DATABASE "{target}" TEMPLATE "{source}"')
