"""PostgreSQL's own tools: found in a version that the server accepts, and told where it is."""

import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

from django.db import connection

from goldenthread.core.errors import DomainError

FOLDERS = (
    "/usr/lib/postgresql/*/bin",
    "/usr/pgsql-*/bin",
    "/opt/homebrew/opt/postgresql@*/bin",
    "/usr/local/opt/postgresql@*/bin",
)


def tool(name: str, at_least: int) -> str:
    """The path of `pg_dump` or `pg_restore`, of the lowest version that will do.

    Looked for in the folder that PG_TOOLS names, on the path, and where systems put them. Raises `DomainError` with
    what to install.
    """
    found: dict[int, str] = {}
    for path in _places(name):
        said = subprocess.run([path, "--version"], capture_output=True, text=True, check=False)  # noqa: S603 (no shell, a path that was looked up)
        if version := re.search(r"\(PostgreSQL\) (\d+)", said.stdout):
            found.setdefault(int(version[1]), path)
    good = sorted(version for version in found if version >= at_least)
    if not good:
        here = ", ".join(f"{path} is of version {version}" for version, path in found.items())
        raise DomainError(
            f"{name} of PostgreSQL {at_least} or later is needed ({here or 'none is here'}). Install it, on Debian and "
            f"Ubuntu as postgresql-client-{at_least}, or name the folder it lies in: PG_TOOLS=/path/to/bin."
        )
    return found[good[0]]


def run(command: list[str]) -> None:
    """Run a tool on the database that DATABASE_URL names; raise `DomainError` with what it said."""
    done = subprocess.run(  # noqa: S603 (no shell, a path that was looked up)
        [*command, "--dbname", address()],
        env=os.environ | _password(),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        told = "\n".join(done.stderr.strip().splitlines()[-6:])
        raise DomainError(f"{Path(command[0]).name} stopped: {told}")


def server_version() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version_num")
        return int(cursor.fetchone()[0]) // 10_000


def parameters() -> dict[str, Any]:
    """How to reach the database, as libpq takes it, without the password."""
    given = connection.get_connection_params()
    names = ("dbname", "host", "port", "user", "sslmode", "sslrootcert", "options")
    return {name: given[name] for name in names if given.get(name)}


def address() -> str:
    from psycopg.conninfo import make_conninfo

    return str(make_conninfo(**parameters()))


def _password() -> dict[str, str]:
    """Not on the command line, where everybody on the machine reads it."""
    password = connection.settings_dict.get("PASSWORD")
    return {"PGPASSWORD": password} if password else {}


def _places(name: str) -> list[str]:
    if named := os.environ.get("PG_TOOLS"):
        chosen = Path(named) / name
        return [str(chosen)] if chosen.exists() else []
    on_path = shutil.which(name)
    return [
        *([on_path] if on_path else []),
        *(
            str(one / name)
            for folder in FOLDERS
            for one in sorted(Path("/").glob(folder.lstrip("/")))
            if (one / name).exists()
        ),
    ]
