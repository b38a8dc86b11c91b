"""`goldenthread seal_audit`: seal what the audit trail has gained, so that later tampering shows."""

from typing import Any

from django.core.management import BaseCommand, CommandError
from django.db import OperationalError

from goldenthread.core import audit


class Command(BaseCommand):
    help = "Seal new lines of the audit trail into the hash chain; a worker does it every hour."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            count = audit.seal()
        except OperationalError as busy:
            raise CommandError(
                f"The audit trail is being written to; run this again later. ({busy})"
            ) from busy
        self.stdout.write(f"{count} lines sealed." if count != 1 else "1 line sealed.")
