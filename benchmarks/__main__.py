"""`python3 gt bench`: what the main pages cost, beside the cheapest page that could be (the floor).

For each database and size: an organisation is made, a server with two workers started, and each page asked
for alone and by eight readers at once. Nothing here passes or fails; the table is for reading.
"""

import argparse
import gzip
import http.client
import itertools
import json
import os
import re
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

ALONE, TOGETHER, READERS = 30, 96, 8
POSTGRES = os.environ.get("TEST_POSTGRES_URL", "postgres://postgres@127.0.0.1:5432/postgres")
Fact = dict[str, Any]
NUMBERS = itertools.count(1)


def main() -> None:
    parser = argparse.ArgumentParser(prog="gt bench", description=__doc__)
    parser.add_argument("--sizes", default="1000,10000", help="people, separated by commas")
    parser.add_argument("--databases", default="sqlite,postgres")
    chosen = parser.parse_args()
    for database in chosen.databases.split(","):
        for size in (int(word) for word in chosen.sizes.split(",")):
            with tempfile.TemporaryDirectory() as home:
                measure(database, size, Path(home))


def measure(database: str, size: int, home: Path) -> None:
    """Make one organisation, measure its pages and print their table."""
    env = environment(database, size, home)
    run(env, "-m", "goldenthread.config.cli", "migrate", "-v0")
    run(env, "-m", "goldenthread.config.cli", "collectstatic", "--no-input", "-v0")
    began = time.perf_counter()
    facts: Fact = json.loads(run(env, "-m", "benchmarks.fill", str(size)))
    made = time.perf_counter() - began
    pages = {
        "floor": "/floor/",
        "home": "/",
        "strategy": "/strategy/",
        "objectives": "/objectives/",
        "objective": f"/objectives/{facts['objective']}/",
        "map": "/map/",
        "alignment": "/alignment/",
        "person": f"/people/{facts['person']}/",
        "unit": f"/units/{facts['unit']}/",
        "chart": "/people/chart/",
    }
    queries = json.loads(run(env, "-m", "benchmarks.queries", json.dumps(facts | {"pages": pages})))
    say(f"\n{database}, {size:,} people, {3 * size:,} objectives (made in {made:.0f} s)")
    say(
        f"{'page':12}{'CPU ms':>8}{'floors':>8}{'p50':>7}{'p95':>7}{'p50 x8':>8}{'p95 x8':>8}"
        f"{'queries':>9}{'kB':>7}"
    )
    with server(env) as (port, process):
        floor = 0.0
        for name, path in pages.items():
            row = measure_requests(port, process, lambda own, path=path: ask(own, facts, path))
            floor = floor or row["cpu"]
            show(name, row, row["cpu"] / floor, queries[name])
        row = measure_requests(port, process, lambda own: check_in(own, facts))
        show("check-in", row, row["cpu"] / floor, queries["check-in"])
        whole, scripts = first_visit(port, facts)
        say(f"first visit: {whole / 1000:.0f} kB, of which script {scripts / 1000:.0f} kB")


def environment(database: str, size: int, home: Path) -> dict[str, str]:
    """Settings of its own for every run; the PostgreSQL database is made anew."""
    env = os.environ | {
        "GOLDENTHREAD_HOME": str(home),
        "DJANGO_SETTINGS_MODULE": "benchmarks.settings",
        "DATABASE_URL": f"sqlite:///{home / 'bench.sqlite3'}",
        "SECRET_KEY": "bench",
        "LOG_LEVEL": "ERROR",
    }
    if database == "postgres":
        import psycopg

        name = f"goldenthread_bench_{size}"
        with psycopg.connect(POSTGRES, autocommit=True) as connection:
            connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
            connection.execute(f'CREATE DATABASE "{name}"')
        env["DATABASE_URL"] = POSTGRES.rsplit("/", 1)[0] + "/" + name
    return env


def run(env: dict[str, str], *words: str) -> str:
    done = subprocess.run(
        [sys.executable, *words], env=env, check=True, stdout=subprocess.PIPE, text=True
    )
    return done.stdout


@contextmanager
def server(env: dict[str, str]) -> Iterator[tuple[int, int]]:
    """The product served by two workers; yields port and process."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    words = [
        "-m",
        "granian",
        "--interface",
        "wsgi",
        "--workers",
        "2",
        "--blocking-threads",
        "4",
        "--no-log",
    ]
    process = subprocess.Popen(
        [
            sys.executable,
            *words,
            "--port",
            str(port),
            "goldenthread.config.wsgi:application",
        ],
        env=env,
        stdout=subprocess.DEVNULL,
    )
    try:
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            try:
                with socket.create_connection(("127.0.0.1", port), timeout=1):
                    break
            except OSError:
                time.sleep(0.1)
        yield port, process.pid
    finally:
        process.terminate()
        process.wait(20)


def cpu_seconds(pid: int) -> float:
    """CPU time of a process and its workers so far, from /proc."""
    ticks = os.sysconf("SC_CLK_TCK")
    total = 0
    for child in [pid, *children(pid)]:
        fields = Path(f"/proc/{child}/stat").read_text().rsplit(")", 1)[1].split()
        total += int(fields[11]) + int(fields[12])
    return total / ticks


def children(pid: int) -> list[int]:
    found = []
    for task in Path(f"/proc/{pid}/task").iterdir():
        for child in (task / "children").read_text().split():
            found += [int(child), *children(int(child))]
    return found


Answer = tuple[float, int, bytes]


def ask(connection: http.client.HTTPConnection, facts: Fact, path: str, **extra: Any) -> Answer:
    """One request: seconds, status, body as it comes over the wire."""
    token = facts["token"]
    headers = {
        "Cookie": f"sessionid={facts['session']}; csrftoken={token}",
        "Accept-Encoding": "gzip",
    } | extra.pop("headers", {})
    began = time.perf_counter()
    connection.request(extra.pop("method", "GET"), path, headers=headers, **extra)
    answer = connection.getresponse()
    body = answer.read()
    return time.perf_counter() - began, answer.status, body


def next_check_in(facts: Fact) -> tuple[str, dict[str, str]]:
    """Where the next check-in is sent to, and what."""
    number = next(NUMBERS)
    measured = facts["check_ins"][number % len(facts["check_ins"])]
    value = str(1 + 37 * number % 97)
    sent = {f"k{measured}-value": value, f"k{measured}-confidence": "medium", "place": "row"}
    return f"/key-results/{measured}/check-ins/", sent


def check_in(connection: http.client.HTTPConnection, facts: Fact) -> Answer:
    """A check-in in place, as htmx sends it from a row of a list: each on the next key result, with another value."""
    path, sent = next_check_in(facts)
    body = urlencode(sent | {"csrfmiddlewaretoken": facts["token"]})
    headers = {"Content-Type": "application/x-www-form-urlencoded", "HX-Request": "true"}
    return ask(connection, facts, path, method="POST", body=body, headers=headers)


def measure_requests(
    port: int, pid: int, request: Callable[[http.client.HTTPConnection], Answer]
) -> Fact:
    """One request again and again, alone and by eight readers at once."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    for _ in range(6):
        _, status, body = request(connection)
    if status not in {200, 204}:
        return {"status": status, "cpu": 0.0}
    before = cpu_seconds(pid)
    alone = [request(connection)[0] for _ in range(ALONE)]
    cpu = (cpu_seconds(pid) - before) / ALONE
    together: list[float] = []
    statuses: set[int] = set()

    def reader() -> None:
        own = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
        for _ in range(TOGETHER // READERS):
            seconds, status, _ = request(own)
            together.append(seconds)
            statuses.add(status)

    threads = [threading.Thread(target=reader) for _ in range(READERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    worst = max(statuses)
    return {
        "status": 200 if worst in {200, 204} else worst,
        "cpu": cpu,
        "alone": alone,
        "together": together,
        "bytes": len(body),
    }


def first_visit(port: int, facts: Fact) -> tuple[int, int]:
    """Bytes over the wire for home with everything that it loads, and for the scripts among it."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    page = ask(connection, facts, "/")[2]
    words = gzip.decompress(page).decode()
    parts = set(re.findall(r'(?:src|href)="(/static/[^"#]+)', words))
    sizes = {part: len(ask(connection, facts, part)[2]) for part in parts}
    scripts = sum(size for part, size in sizes.items() if part.endswith(".js"))
    return len(page) + sum(sizes.values()), scripts


def show(name: str, row: Fact, floors: float, queries: int | None) -> None:
    if row["status"] != 200:
        say(f"{name:12}answered {row['status']}")
        return
    alone, together = row["alone"], row["together"]
    cells = [half(alone), late(alone), half(together), late(together)]
    say(
        f"{name:12}{row['cpu'] * 1000:8.1f}{floors:8.1f}{cells[0]:7.0f}{cells[1]:7.0f}"
        f"{cells[2]:8.0f}{cells[3]:8.0f}{'–' if queries is None else queries:>9}"
        f"{row['bytes'] / 1000:7.0f}"
    )


def half(seconds: list[float]) -> float:
    return statistics.median(seconds) * 1000


def late(seconds: list[float]) -> float:
    return sorted(seconds)[int(len(seconds) * 0.95)] * 1000


def say(words: str) -> None:
    sys.stdout.write(words + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
