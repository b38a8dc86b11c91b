"""`goldenthread restore FILE`: bring a backup back, and prove that it is whole."""

import time
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import OperationalError

from goldenthread.core.errors import DomainError
from goldenthread.operations.backup import restore, total


class Command(BaseCommand):
    help = (
        "Bring back what `backup` has written, and compare every table with it. Stop server and worker first. An "
        "installation that holds something is refused without --force, and put aside with it."
    )
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument(
            "--force", action="store_true", help="put what is here aside, and restore over it"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        began = time.monotonic()
        try:
            done = restore(options["file"], force=options["force"])
        except DomainError as refused:
            raise CommandError(refused.message) from refused
        except OperationalError as error:
            raise CommandError(f"The database cannot be reached: {error}") from error
        digests = done.manifest["digests"]
        self.stdout.write(
            f"Restored what was backed up at {done.manifest['made_at']}: {len(digests)} tables, each equal to the "
            f"backup, in {time.monotonic() - began:.1f} s.\nDigest {total(digests)}"
        )
        if done.aside:
            self.stdout.write(f"What was here before is kept as {done.aside}.")
        if done.key_from_environment:
            self.stdout.write(
                "SECRET_KEY is set to another key than the backup’s. With it sessions, invitations and second steps "
                "are void. Set it to what HOME/secret_key holds now, or leave it out."
            )
        if done.to_migrate:
            self.stdout.write(
                f"It is of an older version, {done.to_migrate} migrations ago: now run migrate."
            )
