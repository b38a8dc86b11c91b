"""`goldenthread backup FILE`: the whole installation in one file, while it runs."""

import time
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import OperationalError

from goldenthread.core.errors import DomainError
from goldenthread.operations.backup import backup, total


class Command(BaseCommand):
    help = (
        "Write database, secret key and files into one new file, while server and worker go on. It holds everything "
        "there is: keep it encrypted."
    )
    requires_system_checks = ()  # they load every page first: `goldenthread check` is for that

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        began = time.monotonic()
        path: Path = options["file"].absolute()
        try:
            manifest = backup(path)
        except DomainError as refused:
            raise CommandError(refused.message) from refused
        except OperationalError as error:
            raise CommandError(f"The database cannot be reached: {error}") from error
        rows = sum(int(words.split()[0]) for words in manifest["digests"].values())
        self.stdout.write(
            f"{path}: {rows} rows of {len(manifest['digests'])} tables, {path.stat().st_size / 1e6:.1f} MB, "
            f"in {time.monotonic() - began:.1f} s.\nDigest {total(manifest['digests'])}"
        )
