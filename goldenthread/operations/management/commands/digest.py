"""`goldenthread digest`: what every table holds, as one number, to compare two copies."""

from typing import Any

from django.core.management.base import BaseCommand

from goldenthread.operations.backup import current, total


class Command(BaseCommand):
    help = "Print a digest of every table, and one of all, as the database stands at this moment."
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        digests = current()
        for table, words in sorted(digests.items()):
            self.stdout.write(f"{table}: {words}")
        self.stdout.write(f"All: {total(digests)}")
