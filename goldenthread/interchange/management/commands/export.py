"""`goldenthread export csv DIR` and `goldenthread export stratml FILE`: what is here, for programs and publication."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from goldenthread.core import clock
from goldenthread.core.errors import DomainError, NotAllowed
from goldenthread.interchange.services import exporting
from goldenthread.people.models import Person


class Command(BaseCommand):
    help = (
        "Write everything that the import reads as CSV files, or the organisation's strategy as StratML. "
        "Without --as it is the whole database."
    )
    requires_system_checks = ()  # they load every page first: `goldenthread check` is for that

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("what", choices=["csv", "stratml"])
        parser.add_argument("to", type=Path, help="a folder for csv, a file for stratml")
        parser.add_argument(
            "--as", dest="email", help="only what this person sees, by e-mail (all of it)"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        actor, to = _actor(options["email"]), options["to"]
        try:
            if options["what"] == "csv":
                counts = exporting.export_tables(actor=actor, folder=to)
                for kind, rows in counts.items():
                    self.stdout.write(f"{to / kind}.csv: {rows:,} rows")
            else:
                to.write_bytes(exporting.export_plan(actor=actor))
                self.stdout.write(f"{to}: the strategy, without what is confidential or restricted")
        except (DomainError, NotAllowed) as refused:
            raise CommandError(str(refused)) from refused
        except OSError as error:
            raise CommandError(f"{to} cannot be written: {error.strerror}.") from error
        self.stdout.write(
            f"As {actor} sees it."
            if actor is not None
            else "The whole database, confidential and restricted records included in tables. "
            "--as E-MAIL writes what one person sees."
        )


def _actor(email: str | None) -> Person | None:
    if not email:
        return None
    named = Person.objects.working(clock.today()).filter(email=email.strip().lower()).first()
    if named is None:
        raise CommandError(f"Nobody who works here has the e-mail {email}.")
    return named
