"""Bringing a backup back, onto a new machine or over what is here, and proving that it is whole."""

import json
import os
import shutil
import sqlite3
import subprocess
import tarfile
import tempfile
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection, connections
from django.utils import timezone

from goldenthread.core.errors import DomainError
from goldenthread.core.models import Organisation
from goldenthread.operations.backup import digest, postgresql
from goldenthread.operations.backup.make import DATABASE, FILES, FORMAT, KEY, MANIFEST
from goldenthread.operations.migrated import known, needed
from goldenthread.people.models import User

BESIDE = ("", "-wal", "-shm", "-journal")


@dataclass(frozen=True)
class Restored:
    """What was brought back. `aside` is where what was here before lies now; `key_from_environment`: SECRET_KEY is
    set to something else than the key of the backup, and wins over it."""

    manifest: dict[str, Any]
    aside: str
    key_from_environment: bool
    to_migrate: int


def restore(source: Path, *, force: bool = False) -> Restored:
    """Bring back the database, the key and the files of a backup; stop server and worker first.

    An installation that holds something is refused, unless `force`: then what was here is put aside, not lost. The
    digests of what was restored have to be those of the backup, else everything is put back as it was. Raises
    `DomainError` with what is wrong.
    """
    with tempfile.TemporaryDirectory(prefix=".restore-", dir=_home()) as folder:
        manifest = _unpack(source, Path(folder))
        _fits(manifest)
        if _holds_something() and not force:
            raise DomainError(
                f"{_where()} holds an organisation already. Add --force to put it aside and restore over it."
            )
        suffix = f"before-restore-{timezone.now():%Y%m%d-%H%M%S}"
        copy = Path(folder) / DATABASE[manifest["database"]]
        bring = _sqlite if connection.vendor == "sqlite" else _postgresql
        aside = bring(copy, manifest["digests"], suffix)
        wins = _key((Path(folder) / KEY).read_text().strip(), suffix)
        _files(Path(folder) / FILES, suffix)
    to_migrate = len(needed() - set(manifest["migrations"]))
    return Restored(manifest, aside, wins, to_migrate)


def _home() -> Path:
    settings.HOME.mkdir(parents=True, exist_ok=True)
    return Path(settings.HOME)


def _unpack(source: Path, folder: Path) -> dict[str, Any]:
    try:
        with tarfile.open(source) as archive:
            for entry in archive:
                _take_out(archive, entry, folder)
        manifest: dict[str, Any] = json.loads((folder / MANIFEST).read_text())
        whole = manifest["format"] == FORMAT and (folder / DATABASE[manifest["database"]]).exists()
    except FileNotFoundError as error:
        raise DomainError(f"{source} is not here, or not a backup.") from error
    except (OSError, tarfile.TarError, ValueError, KeyError) as error:
        raise DomainError(f"{source} is not a whole backup: {error}") from error
    if not whole:
        raise DomainError(f"{source} was made by another version, and this one cannot read it.")
    return manifest


def _take_out(archive: tarfile.TarFile, entry: tarfile.TarInfo, folder: Path) -> None:
    """One plain file; no link, no device, and nothing outside the folder."""
    path = (folder / entry.name).resolve()
    if entry.isfile() and path.is_relative_to(folder.resolve()):
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as taken, archive.extractfile(entry) as kept:  # type: ignore[union-attr]  # an entry that is a file
            shutil.copyfileobj(kept, taken)


def _fits(manifest: dict[str, Any]) -> None:
    if manifest["database"] != connection.vendor:
        names = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}
        raise DomainError(
            f"This backup is of {names[manifest['database']]}, and DATABASE_URL names {names[connection.vendor]}. "
            "A backup goes back only into the kind of database that it came from."
        )
    if newer := set(manifest["migrations"]) - known():
        raise DomainError(
            f"This backup was made by a newer version ({sorted(newer)[-1]}). Install that version, then restore."
        )


def _where() -> str:
    name = connection.settings_dict["NAME"]
    return str(name) if connection.vendor == "sqlite" else f"The database {name}"


def _holds_something() -> bool:
    """Whether there is anything that somebody could miss. Tables of something else are never touched."""
    tables = set(connection.introspection.table_names())
    if not tables:
        return False
    if Organisation._meta.db_table not in tables:
        ours = {*connection.introspection.django_table_names(), "django_migrations"}
        if tables <= ours:
            return False
        raise DomainError(f"{_where()} holds tables of something else, and is left as it is.")
    with connection.cursor() as cursor:
        for model in (Organisation, User):
            cursor.execute(f'SELECT 1 FROM "{model._meta.db_table}" LIMIT 1')  # noqa: S608 (a table of the schema, nothing typed)
            if cursor.fetchone():
                return True
    return False


# SQLite -----------------------------------------------------------------------------------------------------
def _sqlite(copy: Path, expected: digest.Digests, suffix: str) -> str:
    """Prove the copy first, then put it in place of the file, whose parts are put aside."""
    with closing(sqlite3.connect(copy)) as database:
        try:
            damage = database.execute("PRAGMA integrity_check").fetchone()[0]
            found = digest.of_sqlite(database) if damage == "ok" else {}
        except sqlite3.DatabaseError as error:
            raise DomainError(f"The database in the backup is damaged: {error}") from error
    _equal(found, expected)
    held = bool(connection.introspection.table_names())  # looking into a file makes it
    connections.close_all()
    target = Path(connection.settings_dict["NAME"])
    for part in BESIDE:
        beside = Path(f"{target}{part}")
        if held and beside.exists():
            beside.rename(f"{target}.{suffix}{part}")
        beside.unlink(missing_ok=True)
    shutil.move(copy, target)
    target.chmod(0o600)
    return f"{target}.{suffix}" if held else ""


# PostgreSQL -------------------------------------------------------------------------------------------------
def _postgresql(copy: Path, expected: digest.Digests, suffix: str) -> str:
    """Restore beside what was here, in one transaction; what was here comes back when that fails."""
    pg_restore = postgresql.tool("pg_restore", postgresql.server_version())
    schema, aside = "public", suffix.replace("-", "_")
    with connection.cursor() as cursor:
        cursor.execute(f'ALTER SCHEMA "{schema}" RENAME TO "{aside}"')
    connections.close_all()
    try:
        command = [pg_restore, "--no-owner", "--no-privileges", "--exit-on-error"]
        with connection.cursor() as cursor:
            cursor.execute(f'CREATE SCHEMA "{schema}"')
        postgresql.run([*command, "--single-transaction", *_without_schema(pg_restore, copy)])
        _equal(digest.current(), expected)
    except DomainError:
        with connection.cursor() as cursor:
            cursor.execute(f'DROP SCHEMA IF EXISTS "{schema}" CASCADE')
            cursor.execute(f'ALTER SCHEMA "{aside}" RENAME TO "{schema}"')
        raise
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_class WHERE relnamespace = %s::regnamespace", [aside]
        )
        if cursor.fetchone()[0] == 0:
            cursor.execute(f'DROP SCHEMA "{aside}" CASCADE')
            return ""
    return f"the schema {aside}"


def _without_schema(pg_restore: str, copy: Path) -> list[str]:
    """The dump's list of contents without the schema itself, which is there already."""
    listed = subprocess.run(  # noqa: S603 (no shell, a path that was looked up)
        [pg_restore, "--list", str(copy)], capture_output=True, text=True, check=False
    )
    if listed.returncode != 0:
        raise DomainError(f"The database in the backup is damaged: {listed.stderr.strip()}")
    wanted = [line for line in listed.stdout.splitlines() if " SCHEMA - " not in line]
    contents = copy.with_suffix(".list")
    contents.write_text("\n".join(wanted) + "\n")
    return [f"--use-list={contents}", str(copy)]


# What lies beside -------------------------------------------------------------------------------------------
def _equal(found: digest.Digests, expected: digest.Digests) -> None:
    wrong = sorted(
        table for table in found.keys() | expected.keys() if found.get(table) != expected.get(table)
    )
    if wrong:
        raise DomainError(
            f"The backup is damaged: {', '.join(wrong[:5])} came back differently. Everything is as it was."
        )


def _key(key: str, suffix: str) -> bool:
    """Keep the key of the backup as the installation's own. True when SECRET_KEY names another one."""
    path = settings.HOME / "secret_key"
    if path.exists() and path.read_text().strip() != key:
        path.rename(path.with_name(f"secret_key.{suffix}"))
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(key)
    return os.environ.get("SECRET_KEY", key) != key


def _files(brought: Path, suffix: str) -> None:
    target = Path(settings.MEDIA_ROOT)
    if brought.is_dir():
        if target.exists():
            target.rename(target.with_name(f"{target.name}.{suffix}"))
        shutil.move(brought, target)
