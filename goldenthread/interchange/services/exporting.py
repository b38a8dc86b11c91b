"""Taking data out: tables that the import reads again, some for readers alone, and the strategy as a StratML plan."""

import csv
import io
import zipfile
from pathlib import Path
from typing import IO

from goldenthread.core import audit, clock
from goldenthread.core.access import require
from goldenthread.core.errors import DomainError
from goldenthread.core.models import Organisation
from goldenthread.core.one_moment import one_moment
from goldenthread.interchange.writers.readme import readme
from goldenthread.interchange.writers.scope import Scope
from goldenthread.interchange.writers.stratml import stratml
from goldenthread.interchange.writers.tables import TABLES, Table
from goldenthread.interchange.writers.to_read import TO_READ
from goldenthread.people.models import Person
from goldenthread.permissions import Action

README = "README.txt"
EVERY = (*TABLES, *TO_READ)


def export_tables(*, actor: Person | None, folder: Path) -> dict[str, int]:
    """Write every table into a folder, all as they stand at one moment, and a note on what is in them; answers the rows of each.

    `actor` None is the operator at the command line, who holds the database and gets all of it. Anybody else gets
    what they see. Permission: leaders, HR partners and administrators. Refuses a folder that has an export already.
    """
    _allow(actor)
    folder.mkdir(parents=True, exist_ok=True)
    names = [README, *(f"{table.kind}.csv" for table in EVERY)]
    if there := next((name for name in names if (folder / name).exists()), None):
        raise DomainError(f"{folder} has {there} already. Choose a folder without an export.")
    counts = {}
    with one_moment():
        for table in EVERY:
            with (folder / f"{table.kind}.csv").open("w", encoding="utf-8", newline="") as file:
                counts[table.kind] = _write(table, Scope(actor), file)
    (folder / README).write_text(readme(actor, counts), encoding="utf-8")
    _keep(actor, "tables")
    return counts


def export_zip(*, actor: Person, file: IO[bytes]) -> dict[str, int]:
    """The same as one file. Permission: leaders, HR partners and administrators."""
    _allow(actor)
    counts = {}
    with one_moment(), zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for table in EVERY:
            with (
                archive.open(f"{table.kind}.csv", "w") as raw,
                io.TextIOWrapper(raw, encoding="utf-8", newline="") as text,
            ):
                counts[table.kind] = _write(table, Scope(actor), text)
        archive.writestr(README, readme(actor, counts))
    _keep(actor, "tables")
    return counts


def export_plan(*, actor: Person | None) -> bytes:
    """The organisation's strategy as StratML Part 2: what is meant for everybody, whoever takes it out.

    Permission: leaders, HR partners and administrators. Raises `DomainError` where there is no strategy yet.
    """
    _allow(actor)
    with one_moment():
        data = stratml(Scope(actor), clock.today())
    _keep(actor, "StratML plan")
    return data


def _write(table: Table, scope: Scope, file: IO[str]) -> int:
    file.write("\ufeff")  # the mark by which spreadsheets know UTF-8
    writer, lines = csv.writer(file), -1
    for lines, line in enumerate(table.lines(scope)):  # noqa: B007  # the last one counts them
        writer.writerow(line)
    return lines


def _allow(actor: Person | None) -> None:
    if Organisation.current() is None:
        raise DomainError("There is no organisation in this database yet.")
    if actor is not None:
        require(actor, Action.EXPORT)


def _keep(actor: Person | None, what: str) -> None:
    """Note who took what out: in the history of that person; the operator's doing is the machine's to log."""
    if actor is not None:
        audit.record(actor, "export", actor, after={"what": what})
