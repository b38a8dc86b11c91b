"""`goldenthread serve`: the web server, for good."""

import os
import shutil
import sys
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor

from goldenthread.operations.ports import why_not


class Command(BaseCommand):
    help = (
        "Serve the pages with several processes, each with several threads. Run `goldenthread worker` beside it. "
        "Put a proxy with TLS before it, or give it a certificate."
    )
    requires_system_checks = ()  # they load every page first: `goldenthread check` is for that

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--host", default="127.0.0.1", help="address to listen on")
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument(
            "--processes", type=int, default=2, help="one for each core (default: 2)"
        )
        parser.add_argument("--threads", type=int, default=4, help="threads of each (default: 4)")
        parser.add_argument("--certificate", type=Path, help="speak TLS with this certificate")
        parser.add_argument("--key", type=Path, help="its key, as PKCS#8")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            executor = MigrationExecutor(connection)
            missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
        except DatabaseError as error:
            raise CommandError(f"The database cannot be reached: {error}") from error
        if missing:
            raise CommandError(
                "The tables are not those of this version. Run `goldenthread migrate` first."
            )
        if reason := why_not(options["host"], options["port"]):
            raise CommandError(
                f"Nothing can listen on {options['host']}:{options['port']} ({reason}). Stop what serves there, or name "
                "another address with --host or another port with --port."
            )
        call_command("collectstatic", interactive=False, verbosity=0)
        counted = settings.HOME / "metrics" / str(options["port"])
        shutil.rmtree(counted, ignore_errors=True)
        counted.mkdir(parents=True)
        environment = os.environ | {
            "PROMETHEUS_MULTIPROC_DIR": str(counted),
            "DJANGO_SETTINGS_MODULE": "goldenthread.config.settings",
        }
        connection.close()
        self.stdout.write(f"Serving on {options['host']}:{options['port']}.")
        sys.stdout.flush()
        os.execve(sys.executable, _granian(options), environment)  # noqa: S606 (our own interpreter, no shell)


def _granian(options: dict[str, Any]) -> list[str]:
    """The server, which brings back a process that was killed."""
    tls = []
    if options["certificate"] and options["key"]:
        tls = [
            "--ssl-certificate",
            str(options["certificate"]),
            "--ssl-keyfile",
            str(options["key"]),
        ]
    return [
        *(sys.executable, "-m", "granian", "--interface", "wsgi", "--no-ws"),
        *("--host", options["host"], "--port", str(options["port"])),
        *("--workers", str(options["processes"]), "--blocking-threads", str(options["threads"])),
        *("--respawn-failed-workers", "--respawn-interval", "1", "--workers-kill-timeout", "30"),
        *("--log-level", "warning", *tls, "goldenthread.config.wsgi:application"),
    ]
