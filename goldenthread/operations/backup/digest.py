"""A digest of every table: over all rows and columns, in the order of the primary key, as the database keeps them.

Equal digests mean equal tables, on one kind of database. The order of columns is that of their names, so that how a
table came about does not matter.
"""

import hashlib
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from django.db import connection

from goldenthread.core.one_moment import one_moment

Digests = dict[str, str]  # table: "123 rows 0f3a…"


def of_sqlite(database: sqlite3.Connection) -> Digests:
    """Of every table of a file."""
    names = database.execute(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name"
    )
    return {name: _sqlite_table(database, name) for (name,) in names.fetchall()}


def of_postgresql(cursor: Any) -> Digests:
    """Of every table of the schema, as the transaction of the cursor sees them."""
    cursor.execute("SET LOCAL timezone TO 'UTC'")
    cursor.execute(
        "SELECT c.relname, a.attname, a.attnum = ANY(i.indkey) FROM pg_class c"
        " JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped"
        " LEFT JOIN pg_index i ON i.indrelid = c.oid AND i.indisprimary"
        " WHERE c.relkind = 'r' AND c.relnamespace = current_schema()::regnamespace ORDER BY 1, 2"
    )
    tables: dict[str, list[tuple[str, bool]]] = {}
    for table, column, in_key in cursor.fetchall():
        tables.setdefault(table, []).append((column, bool(in_key)))
    return {name: _postgresql_table(cursor, name, columns) for name, columns in tables.items()}


def current() -> Digests:
    """Of the database that DATABASE_URL names, at one moment."""
    if connection.vendor == "sqlite":
        with closing(sqlite3.connect(Path(connection.settings_dict["NAME"]))) as database:
            database.execute("BEGIN")
            return of_sqlite(database)
    with one_moment(), connection.cursor() as cursor:
        return of_postgresql(cursor)


def total(digests: Digests) -> str:
    """All of them as one."""
    lines = "\n".join(f"{table} {digests[table]}" for table in sorted(digests))
    return hashlib.sha256(lines.encode()).hexdigest()


def _sqlite_table(database: sqlite3.Connection, name: str) -> str:
    columns = database.execute(f'PRAGMA table_info("{name}")').fetchall()
    named = sorted(column[1] for column in columns)
    key = [column[1] for column in sorted(columns, key=lambda one: one[5]) if column[5]]
    listed = ", ".join(f'"{one}"' for one in named)
    order = ", ".join(f'"{one}"' for one in key or named)
    rows, digest = 0, hashlib.sha256()
    for row in database.execute(f'SELECT {listed} FROM "{name}" ORDER BY {order}'):  # noqa: S608 (tables and columns of the schema, nothing typed)
        rows += 1
        digest.update(repr(row).encode())
    return f"{rows} rows {digest.hexdigest()}"


def _postgresql_table(cursor: Any, name: str, columns: list[tuple[str, bool]]) -> str:
    listed = ", ".join(f'"{column}"' for column, _ in columns)
    key = [column for column, in_key in columns if in_key] or [column for column, _ in columns]
    order = ", ".join(f'"{column}"::text COLLATE "C"' for column in key)
    rows, digest = 0, hashlib.sha256()
    asked = f'COPY (SELECT {listed} FROM "{name}" ORDER BY {order}) TO STDOUT'  # noqa: S608 (tables and columns of the schema, nothing typed)
    with cursor.copy(asked) as lines:
        for line in lines:
            rows += 1
            digest.update(line)
    return f"{rows} rows {digest.hexdigest()}"
