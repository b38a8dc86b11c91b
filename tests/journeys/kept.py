"""A whole database put by and brought back, since making the demo takes seconds and copying it none."""

import sqlite3
from contextlib import closing
from pathlib import Path

from django.db import connection, connections


class Kept:
    """The test database as it stood at one moment; false until something is kept."""

    def __init__(self, path: Path) -> None:
        self.path = path  # where SQLite keeps it; PostgreSQL keeps it beside the database
        self.name = ""

    def __bool__(self) -> bool:
        return bool(self.name)

    def keep(self) -> None:
        self.name = f"{connection.settings_dict['NAME']}_kept"
        if connection.vendor == "sqlite":
            with closing(sqlite3.connect(self.path)) as copy:
                connection.connection.backup(copy)
        else:
            self._copy(connection.settings_dict["NAME"], self.name)

    def bring_back(self) -> None:
        if connection.vendor == "sqlite":
            connection.ensure_connection()
            with closing(sqlite3.connect(self.path)) as copy:
                copy.backup(connection.connection)
        else:
            self._copy(self.name, connection.settings_dict["NAME"])

    def forget(self) -> None:
        if self and connection.vendor != "sqlite":
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
