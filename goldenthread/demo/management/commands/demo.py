"""`goldenthread demo`: the demo organisation in a database, and a server to look at it."""

import os
import socket
import subprocess
import sys
import time
from argparse import ArgumentParser
from collections.abc import Sequence
from typing import Any

from django.core.management import CommandError, call_command
from django.core.management.base import BaseCommand
from django.db import OperationalError

from goldenthread.core.clock import today
from goldenthread.core.jobs.selectors import presence
from goldenthread.core.models import Organisation
from goldenthread.demo.database import Holds, empty_tables, remove_file, what_it_holds, where
from goldenthread.demo.services import make_demo
from goldenthread.demo.tables import organisation as table
from goldenthread.demo.visit import Seen, visit
from goldenthread.objectives.models import Cycle
from goldenthread.operations.ports import why_not
from goldenthread.people.models import Person

HOST = "127.0.0.1"
FIRST_PORT = 8000
STARTS_WITHIN_SECONDS = 60
# Whatever the environment says, the demo is only for this machine, and its mail is printed.
ENVIRONMENT = {
    "DEBUG": "0",
    "HTTPS": "0",
    "ALLOWED_HOSTS": "localhost,127.0.0.1,[::1]",
    "EMAIL_HOST": "",
    "ACCESS_LOG": "0",
    "LOG_FORMAT": "plain",
    "DJANGO_SETTINGS_MODULE": "goldenthread.config.settings",
}


class Command(BaseCommand):
    help = (
        "Make the demo organisation Aldervale Heat where the database is empty, and serve it on this machine. "
        "A second run keeps what was done. DATABASE_URL chooses the database."
    )
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--reset", action="store_true", help="make the demo afresh; only over a demo"
        )
        parser.add_argument(
            "--port", type=int, help="serve on this port (default: the first free from 8000)"
        )
        parser.add_argument(
            "--check",
            action="store_true",
            help="start, sign in, look at the main pages, stop; exit 0, or 1 with what failed",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        self._make(reset=options["reset"])
        call_command("collectstatic", interactive=False, verbosity=0)
        port = _port(options["port"])
        if options["check"]:
            self._check(port)
            return
        self._welcome(port)
        sys.stdout.flush()
        subprocess.Popen(_worker(), env=os.environ | ENVIRONMENT)  # noqa: S603 (ends with the server)
        os.execve(sys.executable, _server(port), os.environ | ENVIRONMENT)  # noqa: S606 (our own interpreter, no shell)

    def _make(self, *, reset: bool) -> None:
        """Bring the database to the demo; refuse one that holds anything else."""
        try:
            holds = what_it_holds()
        except OperationalError as error:
            raise CommandError(f"The database {where()} cannot be reached: {error}") from error
        if holds is Holds.REAL:
            raise CommandError(
                f"The database {where()} holds something that is not the demo, so it is left untouched. "
                "Choose another one with DATABASE_URL, for example DATABASE_URL=sqlite:////tmp/demo.sqlite3."
            )
        removed = reset and remove_file()
        call_command("migrate", interactive=False, verbosity=0)
        if reset and not removed and holds is Holds.DEMO:
            empty_tables()
        if reset or holds is Holds.NOTHING:
            self.stdout.write(f"Making {table.NAME} …")
            began = time.monotonic()
            make_demo()
            self.stdout.write(f"Made in {time.monotonic() - began:.0f} s.")

    def _welcome(self, port: int) -> None:
        people = Person.objects.working(today()).count()
        cycle = Cycle.objects.filter(state=Cycle.State.OPEN).first()
        objectives = cycle.objectives.counted().count() if cycle else 0
        organisation = Organisation.current()
        self.stdout.write(
            f"\n{organisation}: {people} people, {objectives} objectives in {cycle}. "
            f"Here it is always {today():%-d %B %Y}.\n\n  http://{HOST}:{port}/\n\nSign in as one of these:\n\n"
        )
        emails = dict(Person.objects.filter(user__is_active=True).values_list("name", "email"))
        rows = [("Name", "Role", "E-mail", "Password")]
        rows += [
            (row.name, row.role, emails[row.name], table.PASSWORD)
            for row in table.ACCOUNTS
            if row.name in emails
        ]
        self.stdout.write(_table(rows))
        self.stdout.write(f"\nThe data is kept in {where()}. Stop with Ctrl-C.")

    def _check(self, port: int) -> None:
        """Start the server and its worker, look at them, stop them; raise with what failed."""
        with (
            subprocess.Popen(_server(port), env=os.environ | ENVIRONMENT) as server,  # noqa: S603 (our own interpreter, no shell)
            subprocess.Popen(_worker(), env=os.environ | ENVIRONMENT) as worker,  # noqa: S603 (our own interpreter, no shell)
        ):
            try:
                _wait(server, port)
                seen = visit(f"http://{HOST}:{port}")
                _wait_for_worker(worker)
            finally:
                for process in (server, worker):
                    process.terminate()
                for process in (server, worker):
                    try:
                        process.wait(10)
                    except subprocess.TimeoutExpired:
                        process.kill()
        self.stdout.write(
            _table([("Page", "Address", "Status", "Size", "Time", ""), *map(_line, seen)])
        )
        wrong = [f"{one.page}: {one.problem}" for one in seen if one.problem]
        if wrong:
            raise CommandError("The demo does not run as it should. " + "; ".join(wrong))
        self.stdout.write("The demo runs.")


def _server(port: int) -> list[str]:
    chosen = ["--interface", "wsgi", "--blocking-threads", "4", "--host", HOST, "--port", str(port)]
    quiet = ["--log-level", "warning", "--no-ws"]
    return [
        sys.executable,
        "-m",
        "granian",
        *chosen,
        *quiet,
        "goldenthread.config.wsgi:application",
    ]


def _worker() -> list[str]:
    """One job at a time, and an end with this process, which becomes the server."""
    parent = str(os.getpid())
    command = [sys.executable, "-m", "goldenthread.config.cli", "worker"]
    return [*command, "--threads", "1", "--with-parent", parent]


def _port(asked: int | None) -> int:
    """The port asked for, or the first free one from 8000."""
    if asked is not None:
        if why_not(HOST, asked):
            raise CommandError(f"Port {asked} is taken. Choose another one, or leave --port out.")
        return asked
    found = next(
        (port for port in range(FIRST_PORT, FIRST_PORT + 100) if not why_not(HOST, port)), None
    )
    if found is None:
        raise CommandError("No port from 8000 to 8099 is free. Name one with --port.")
    return found


def _wait(server: "subprocess.Popen[bytes]", port: int) -> None:
    """Until the server answers on its port."""
    until = time.monotonic() + STARTS_WITHIN_SECONDS
    while time.monotonic() < until:
        if server.poll() is not None:
            raise CommandError(f"The server stopped while starting (exit {server.returncode}).")
        with socket.socket() as probe:
            probe.settimeout(1)
            if probe.connect_ex((HOST, port)) == 0:
                return
        time.sleep(0.1)
    raise CommandError(f"The server did not answer within {STARTS_WITHIN_SECONDS} s.")


def _wait_for_worker(worker: "subprocess.Popen[bytes]") -> None:
    """Until the worker has said that it is there."""
    until = time.monotonic() + STARTS_WITHIN_SECONDS
    while time.monotonic() < until and worker.poll() is None:
        if presence().workers:
            return
        time.sleep(0.1)
    raise CommandError("The worker does not run: no letter would leave, and no figures be stored.")


def _line(one: Seen) -> tuple[str, ...]:
    if not one.status:
        return (one.page, one.path, "–", "–", "–", one.problem)
    size, seconds = f"{one.size / 1000:.0f} kB", f"{one.seconds:.2f} s"
    return (one.page, one.path, str(one.status), size, seconds, one.problem or "good")


def _table(rows: Sequence[Sequence[str]]) -> str:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        for row in rows
    ]
    return "\n".join(f"  {line.rstrip()}" for line in lines)
