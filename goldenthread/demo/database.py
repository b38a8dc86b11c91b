"""What a database holds before the demo touches it, and emptying one that holds the demo."""

from enum import Enum
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import Error, connection, connections
from django.db.migrations.recorder import MigrationRecorder

from goldenthread.core import triggers
from goldenthread.core.models import Organisation
from goldenthread.demo.days import STANDS_ON
from goldenthread.demo.tables import organisation as table
from goldenthread.people.models import Person, User


class Holds(Enum):
    NOTHING = "nothing"
    DEMO = "the demo"
    REAL = "a real organisation"


def what_it_holds() -> Holds:
    """Look without changing anything; what cannot be made out counts as real. Raises when out of reach."""
    tables = set(connection.introspection.table_names())
    if Organisation._meta.db_table not in tables:
        ours = {
            *connection.introspection.django_table_names(),
            MigrationRecorder.Migration._meta.db_table,
        }
        return Holds.NOTHING if tables <= ours else Holds.REAL  # ours: migrating was interrupted
    try:
        organisation = Organisation.objects.values_list("name", "stands_on").first()
        somebody = Person.objects.exists() or User.objects.exists()
    except Error:
        return Holds.REAL
    if organisation is None:
        return Holds.REAL if somebody else Holds.NOTHING
    return Holds.DEMO if organisation == (table.NAME, STANDS_ON) else Holds.REAL


def remove_file() -> bool:
    """Remove the file of an SQLite database with what lies beside it; False for another kind of database."""
    if connection.vendor != "sqlite":
        return False
    connections.close_all()
    for beside in ("", "-wal", "-shm", "-journal"):
        Path(f"{settings.DATABASES['default']['NAME']}{beside}").unlink(missing_ok=True)
    return True


def empty_tables() -> None:
    """Empty every table. The audit trail refuses it otherwise, so its triggers are made anew afterwards."""
    with connection.cursor() as cursor:
        for statement in triggers.drop(connection.vendor):
            cursor.execute(statement)
        call_command("flush", interactive=False, verbosity=0)
        for statement in triggers.create(connection.vendor):
            cursor.execute(statement)


def where() -> str:
    """The database in words, without its password."""
    chosen = settings.DATABASES["default"]
    if connection.vendor == "sqlite":
        return str(chosen["NAME"])
    return f"{connection.display_name} {chosen['NAME']} on {chosen['HOST'] or 'this machine'}"
