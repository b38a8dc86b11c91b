"""Making a backup while the server runs."""

import io
import json
import os
import sqlite3
import tarfile
import tempfile
from contextlib import closing
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection
from django.utils import timezone

from goldenthread.core.errors import DomainError
from goldenthread.core.one_moment import one_moment
from goldenthread.operations.backup import postgresql
from goldenthread.operations.backup.digest import Digests, of_postgresql, of_sqlite
from goldenthread.operations.migrated import taken

FORMAT = 1
MANIFEST, KEY, FILES = "manifest.json", "secret_key", "files"
DATABASE = {"sqlite": "database.sqlite3", "postgresql": "database.dump"}


def backup(target: Path) -> dict[str, Any]:
    """Write the whole installation into a new file, of mode 0600, and return its manifest.

    One moment of the database is kept, also while others write: SQLite copies itself online, PostgreSQL dumps the
    snapshot that the digests are taken from. Raises `DomainError` when the file exists, and when `pg_dump` is
    missing or too old.
    """
    if target.exists():
        raise DomainError(f"{target} is there already, and is left as it is. Choose another name.")
    if not target.parent.is_dir():
        raise DomainError(f"There is no folder {target.parent}.")
    with tempfile.TemporaryDirectory(prefix=".backup-", dir=target.parent) as folder:
        copy = Path(folder) / DATABASE[connection.vendor]
        keep = _sqlite if connection.vendor == "sqlite" else _postgresql
        digests = keep(copy)
        manifest = {
            "format": FORMAT,
            "made_at": timezone.now().isoformat(),
            "database": connection.vendor,
            "version": _server() if connection.vendor == "postgresql" else sqlite3.sqlite_version,
            "migrations": sorted(taken()),  # a restore refuses what only a newer version knows
            "digests": digests,
        }
        part = Path(folder) / "backup"
        part.touch(mode=0o600)
        with tarfile.open(part, "w") as archive:
            _add(archive, MANIFEST, json.dumps(manifest, indent=2).encode())
            archive.add(copy, copy.name)
            _add(archive, KEY, settings.SECRET_KEY.encode())
            if Path(settings.MEDIA_ROOT).is_dir():
                archive.add(settings.MEDIA_ROOT, FILES)
        with part.open("rb") as written:
            os.fsync(written.fileno())
        part.rename(target)
    return manifest


def _sqlite(copy: Path) -> Digests:
    source = Path(connection.settings_dict["NAME"])
    if not source.exists():
        raise DomainError(f"There is no database {source} yet.")
    with closing(sqlite3.connect(source)) as live, closing(sqlite3.connect(copy)) as kept:
        live.backup(kept)
        kept.execute("PRAGMA journal_mode=DELETE")  # one file, nothing beside it
        return of_sqlite(kept)


def _postgresql(copy: Path) -> Digests:
    pg_dump = postgresql.tool("pg_dump", _server())
    with one_moment(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_export_snapshot(), current_schema()")
        name, schema = cursor.fetchone()
        command = [pg_dump, "--format=custom", "--no-owner", "--no-privileges"]
        postgresql.run([*command, f"--schema={schema}", f"--snapshot={name}", f"--file={copy}"])
        return of_postgresql(cursor)


def _server() -> int:
    return postgresql.server_version()


def _add(archive: tarfile.TarFile, name: str, data: bytes) -> None:
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode = len(data), 0o600
    archive.addfile(entry, io.BytesIO(data))
