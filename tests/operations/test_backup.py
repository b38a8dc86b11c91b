"""A backup brought back elsewhere is equal, whatever was written while it was made; what is damaged is refused."""

import os
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from goldenthread.core import audit
from goldenthread.core.errors import DomainError
from goldenthread.operations import backup as service
from goldenthread.operations.backup.digest import of_postgresql, of_sqlite
from goldenthread.people.models import Absence, Person
from tests.cast import TODAY, Cast, make_cast, make_organisation

ROOT = Path(__file__).parents[2]
WRITERS, BACKUPS = 3, 4

pytestmark = pytest.mark.django_db(transaction=True)
Elsewhere = Callable[..., "subprocess.CompletedProcess[str]"]
Held = Callable[[], str]


@pytest.fixture
def cast() -> Cast:
    make_organisation()
    return make_cast()


@pytest.fixture
def place(tmp_path: Path) -> Iterator[tuple[Path, str]]:
    """Another machine: a home and the address of a database of its own, empty at first."""
    home = tmp_path / "elsewhere"
    home.mkdir()
    url = f"sqlite:///{home / 'goldenthread.sqlite3'}"
    name = f"restored_{os.getpid()}"
    given = connection.settings_dict
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"DROP DATABASE IF EXISTS {name}")
            cursor.execute(f"CREATE DATABASE {name}")
        url = (
            f"postgres://{given['USER']}:{given['PASSWORD']}@{given['HOST']}:{given['PORT']}/{name}"
        )
    yield home, url
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def elsewhere(place: tuple[Path, str]) -> Elsewhere:
    """Commands on the other machine."""
    home, url = place
    environment = {name: text for name, text in os.environ.items() if name != "SECRET_KEY"}
    environment |= {
        "GOLDENTHREAD_HOME": str(home),
        "DATABASE_URL": url,
        "DJANGO_SETTINGS_MODULE": "goldenthread.config.settings",
        "PYTHONPATH": str(ROOT),
    }

    def run(*command: str, **more: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [sys.executable, "-m", "goldenthread.config.cli", *command],
            env=environment | more,
            capture_output=True,
            text=True,
            check=False,
        )

    return run


@pytest.fixture
def held(place: tuple[Path, str]) -> Held:
    """What the command `digest` prints there last, worked out here: a process less each time."""

    def digest() -> str:
        home, url = place
        if connection.vendor == "sqlite":
            with closing(sqlite3.connect(home / "goldenthread.sqlite3")) as database:
                return service.total(of_sqlite(database))
        import psycopg

        with psycopg.connect(url) as database, database.cursor() as cursor:
            return service.total(of_postgresql(cursor))

    return digest


def test_a_backup_brought_back_on_another_machine_is_equal(
    cast: Cast, tmp_path: Path, elsewhere: Elsewhere, held: Held
) -> None:
    audit.record(cast.eve, "invite", cast.flo, after={"name": "Flo"})
    file = tmp_path / "monday.backup"
    manifest = service.backup(file)
    assert file.stat().st_mode & 0o777 == 0o600
    assert manifest["digests"]["people_person"].startswith("7 rows ")
    done = elsewhere("restore", str(file))
    assert done.returncode == 0, done.stderr
    assert "each equal to the backup" in done.stdout
    assert "kept as" not in done.stdout, "there was nothing before"
    assert held() == service.total(manifest["digests"])
    assert elsewhere("digest").stdout.split()[-1] == held()
    assert (tmp_path / "elsewhere" / "secret_key").read_text() == settings.SECRET_KEY
    code = "from goldenthread.core.models import AuditRecord as A; A.objects.all().delete()"
    refused = elsewhere("shell", "-c", code)
    assert "audit trail" in refused.stderr, "the triggers came back too"


def test_every_copy_is_of_one_moment_while_others_write(
    cast: Cast, tmp_path: Path, elsewhere: Elsewhere, held: Held
) -> None:
    """Each writer adds an absence and a line of the trail in one transaction: a copy has as many of one as of the other."""
    stop = threading.Event()
    written: list[int] = []

    def write() -> None:
        while not stop.is_set():
            with transaction.atomic():
                away = Absence.objects.create(person=cast.flo, start=TODAY, end=TODAY)
                audit.record(cast.flo, "record absence", cast.flo, after={"absence": away.pk})
            written.append(away.pk)
        connection.close()

    writers = [threading.Thread(target=write) for _ in range(WRITERS)]
    for one in writers:
        one.start()
    try:
        manifests = [service.backup(tmp_path / f"{n}.backup") for n in range(BACKUPS)]
    finally:
        stop.set()
        for one in writers:
            one.join()
    counts = [
        [int(made["digests"][name].split()[0]) for name in ("people_absence", "core_auditrecord")]
        for made in manifests
    ]
    assert all(absences == lines for absences, lines in counts), counts
    assert counts[-1][0] > counts[0][0], "nothing was written meanwhile"
    assert elsewhere("restore", str(tmp_path / "2.backup")).returncode == 0
    assert held() == service.total(manifests[2]["digests"])


def test_what_is_there_is_put_aside_and_only_when_asked(
    cast: Cast, tmp_path: Path, elsewhere: Elsewhere, held: Held
) -> None:
    first, second = tmp_path / "first.backup", tmp_path / "second.backup"
    service.backup(first)
    Person.objects.filter(pk=cast.flo.pk).update(position="Driver")
    later = service.total(service.backup(second)["digests"])
    assert elsewhere("restore", str(first)).returncode == 0
    before = held()
    refused = elsewhere("restore", str(second))
    assert refused.returncode == 1
    assert "--force" in refused.stderr
    assert held() == before
    done = elsewhere("restore", str(second), "--force")
    assert "What was here before is kept as" in done.stdout, done.stderr
    assert held() == later != before


def test_a_migrated_but_empty_installation_may_be_restored_over(
    cast: Cast, tmp_path: Path, elsewhere: Elsewhere
) -> None:
    assert elsewhere("migrate", "-v0").returncode == 0
    service.backup(tmp_path / "one.backup")
    done = elsewhere("restore", str(tmp_path / "one.backup"))
    assert done.returncode == 0, done.stderr


@pytest.mark.sqlite
def test_a_damaged_backup_changes_nothing(
    cast: Cast, tmp_path: Path, elsewhere: Elsewhere, held: Held
) -> None:
    file = tmp_path / "one.backup"
    service.backup(file)
    assert elsewhere("restore", str(file)).returncode == 0
    before = held()
    whole = file.read_bytes()
    changed = whole.replace(b'"people_person": "7 rows ', b'"people_person": "8 rows ')
    for damaged in (whole[: len(whole) // 2], changed, b"nothing of that kind"):
        file.write_bytes(damaged)
        refused = elsewhere("restore", str(file), "--force")
        assert refused.returncode == 1
        assert "Traceback" not in refused.stderr, refused.stderr
        assert held() == before
    assert "not here" in elsewhere("restore", str(tmp_path / "none")).stderr


def test_another_kind_of_database_and_a_newer_version_are_refused_in_words(
    cast: Cast, tmp_path: Path, elsewhere: Elsewhere
) -> None:
    file = tmp_path / "one.backup"
    service.backup(file)
    text = file.read_bytes()
    file.write_bytes(text.replace(b"people.0001_initial", b"people.9001_initial"))
    with pytest.raises(DomainError, match="newer version"):
        service.restore(file)
    file.write_bytes(text)
    sqlite, nowhere = f"sqlite:///{tmp_path}/x", "postgres://nobody@127.0.0.1:1/nothing"
    other = nowhere if connection.vendor == "sqlite" else sqlite
    refused = elsewhere("restore", str(file), DATABASE_URL=other)
    assert "only into the kind of database" in refused.stderr


def test_no_file_is_overwritten(cast: Cast, tmp_path: Path) -> None:
    (tmp_path / "one.backup").write_text("mine")
    with pytest.raises(CommandError, match="left as it is"):
        call_command("backup", tmp_path / "one.backup")
    with pytest.raises(CommandError, match="no folder"):
        call_command("backup", tmp_path / "nowhere" / "one.backup")


@pytest.mark.postgres
def test_missing_tools_are_named_with_what_to_install(
    cast: Cast, tmp_path: Path, monkeypatch: Any
) -> None:
    monkeypatch.setenv("PG_TOOLS", str(tmp_path))
    with pytest.raises(CommandError, match="postgresql-client"):
        call_command("backup", tmp_path / "one.backup")
    old = tmp_path / "pg_dump"
    old.write_text("#!/bin/sh\necho 'pg_dump (PostgreSQL) 9.6'\n")
    old.chmod(0o755)
    with pytest.raises(CommandError, match="is of version 9"):
        call_command("backup", tmp_path / "one.backup")
