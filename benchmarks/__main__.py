"""`python3 gt bench`: what the main pages, alignment, the night's jobs and imports cost, with tables to read.

For each database and size an organisation is made, a server with two workers started, and each page asked for alone and
by eight readers at once; its cost stands beside the cheapest page that could be (the floor). Then full alignment is
measured beside the reading of its rows, and a worker does the night's jobs. Imports go into an organisation of 36
people. Nothing here passes or fails. At the end everything stands once more as Markdown, as in docs/operate.
"""

import argparse
import gzip
import http.client
import itertools
import json
import os
import re
import resource
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from benchmarks import tables

ALONE, TOGETHER, READERS = 30, 96, 8
POSTGRES = os.environ.get("TEST_POSTGRES_URL", "postgres://postgres@127.0.0.1:5432/postgres")
SIZES = {"sqlite": [1000, 10_000], "postgres": [1000, 10_000, 100_000]}
SMALL, ROWS = 36, 10_000  # who is there when 10,000 people are brought in
CLI = "goldenthread.config.cli"
PREPARE = Path(__file__).resolve().parents[1] / "examples" / "gc_infobase" / "prepare.py"
Fact = dict[str, Any]
NUMBERS = itertools.count(1)


def main() -> None:
    parser = argparse.ArgumentParser(prog="gt bench", description=__doc__)
    parser.add_argument("--databases", default=",".join(SIZES))
    parser.add_argument(
        "--sizes", default="", help="people, separated by commas; 0 for imports alone"
    )
    parser.add_argument(
        "--infobase", default="", help="the folder of tables named in docs/guide/gc-infobase.md"
    )
    chosen = parser.parse_args()
    databases = chosen.databases.split(",")
    sizes = [int(word) for word in chosen.sizes.split(",") if word]
    found = [
        measure(database, size)
        for database in databases
        for size in sizes or SIZES[database]
        if size
    ]
    for n, took in json.loads(run(os.environ.copy(), "-m", "benchmarks.criteria")).items():
        say(
            f"rules of quality over {int(n):,} objectives: {took['rules']:.1f} s of processor;"
            f" duplicates among them: {took['duplicates']:.1f} s"
        )
    planned = run(os.environ.copy(), "-m", "benchmarks.planner").splitlines()[
        -1
    ]  # the solver greets
    for size, seconds in json.loads(planned).items():
        took = ", ".join(f"{one:.1f}" for one in seconds)
        say(f"planner, {size} teams, all marginals and prices: {took} s of processor")
    brought_in = [measure_imports(database, chosen.infobase) for database in databases]
    say("\n" + tables.markdown(found, brought_in))


def measure(database: str, size: int) -> Fact:
    """Make one organisation, measure its pages, alignment and jobs, and print them."""
    with organisation(database, size) as (env, facts):
        pages = {
            "floor": "/floor/",
            "home": "/",
            "strategy": "/strategy/",
            "objectives": "/objectives/",
            "objective": f"/objectives/{facts['objective']}/",
            "map": "/map/",
            "alignment": "/alignment/",
            "effort": "/effort/",
            "unit effort": f"/effort/?unit={facts['unit']}",
            "grid": f"/effort/plan/?unit_id={facts['unit']}",
            "person": f"/people/{facts['person']}/",
            "unit": f"/units/{facts['unit']}/",
            "chart": "/people/chart/",
            "ledger": "/ledger/",
            "planning": "/planning/",
            "criteria": "/objectives/criteria/",
            "cascades": "/cascades/",
            "what gives": "/what-gives/",
            "decisions": "/decisions/",
            "dependencies": "/dependencies/",
            "inputs": "/inputs-outputs/",
        }
        queries = json.loads(
            run(env, "-m", "benchmarks.queries", json.dumps(facts | {"pages": pages}))
        )
        say(
            f"\n{database}, {size:,} people, {3 * size:,} objectives (made in {facts['made']:.0f} s)"
        )
        say(
            f"{'page':12}{'CPU ms':>8}{'floors':>8}{'p50':>7}{'p95':>7}{'p50 x8':>8}{'p95 x8':>8}"
            f"{'queries':>9}{'kB':>7}"
        )
        rows: dict[str, Fact] = {}
        with server(env) as (port, process):
            for name, path in pages.items():
                rows[name] = measure_requests(port, process, partial(ask, facts=facts, path=path))
                show(name, rows, queries)
            rows["check-in"] = measure_requests(port, process, partial(check_in, facts=facts))
            show("check-in", rows, queries)
            whole, scripts = first_visit(port, facts)
            web = max(peak_megabytes(one) for one in children(process))
        say(f"first visit: {whole / 1000:.0f} kB, of which script {scripts / 1000:.0f} kB")
        alignment = json.loads(run(env, "-m", "benchmarks.alignment"))
        say(
            f"alignment {alignment['alignment']:.2f} s, {alignment['ratio']:.2f} times the"
            f" {alignment['reading']:.2f} s of reading its {alignment['rows']:,} rows"
        )
        with worker(env) as process:
            seconds = json.loads(run(env, "-m", "benchmarks.night"))
            night = peak_megabytes(process)
        for kind, took in seconds.items():
            say(f"{kind}: {took:.1f} s by a worker")
        say(f"most memory: {web:.0f} MB of a web process, {night:.0f} MB of the worker")
        return {
            "database": database,
            "size": size,
            "made": facts["made"],
            "pages": rows,
            "queries": queries,
            "alignment": alignment,
            "jobs": seconds,
            "memory": {"web": web, "worker": night},
        }


def measure_imports(database: str, infobase: str) -> Fact:
    """By the command, as an administrator gives it: people as from a personnel system, and a government's plans."""
    found: Fact = {"database": database}
    with organisation(database, SMALL) as (env, _):
        file = Path(env["GOLDENTHREAD_HOME"]) / "staff.csv"
        file.write_text(staff(ROWS))
        found[f"{ROWS:,} people"] = brought_in(env, "people", file)
    if infobase:
        with organisation(database, SMALL) as (env, _):
            target = Path(env["GOLDENTHREAD_HOME"]) / "prepared"
            run(env, str(PREPARE), infobase, str(target))
            found["GC InfoBase"] = brought_in(env, "auto", target)
    return found


def brought_in(env: dict[str, str], kind: str, what: Path) -> tuple[float, float]:
    """Seconds by the clock and of processor that the import command took."""
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    run(env, "-m", CLI, "import", kind, str(what), "--as", "leader@example.org")
    took, after = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    say(
        f"{env['DATABASE_URL'].partition(':')[0]}, import of {what.name}: {took:.1f} s, CPU {cpu:.1f} s"
    )
    return took, cpu


def staff(rows: int) -> str:
    """A file as a personnel system writes it: units of twelve, seven levels of managers."""
    lines = ["ID,Name,E-mail,Department,Manager,Job title,FTE,Start date"]
    lines += [
        f"e{n},Employee {n:06},e{n}@example.org,Department {n // 12},"
        f"{f'e{(n - 1) // 8}' if n else ''},Engineer,1,2020-01-31"
        for n in range(rows)
    ]
    return "\n".join(lines)


@contextmanager
def organisation(database: str, size: int) -> Iterator[tuple[dict[str, str], Fact]]:
    """An organisation in a database of its own, which is dropped again; yields its environment and what it holds."""
    with tempfile.TemporaryDirectory() as folder:
        home, name = Path(folder), f"goldenthread_bench_{size}_{os.getpid()}"
        env = os.environ | {
            "GOLDENTHREAD_HOME": str(home),
            "DJANGO_SETTINGS_MODULE": "benchmarks.settings",
            "DATABASE_URL": f"sqlite:///{home / 'bench.sqlite3'}",
            "SECRET_KEY": "bench",
            "LOG_LEVEL": "ERROR",
        }
        if database == "postgres":
            on_server(f'CREATE DATABASE "{name}"')
            env["DATABASE_URL"] = POSTGRES.rsplit("/", 1)[0] + "/" + name
        try:
            run(env, "-m", CLI, "migrate", "-v0")
            run(env, "-m", CLI, "collectstatic", "--no-input", "-v0")
            began = time.perf_counter()
            facts: Fact = json.loads(run(env, "-m", "benchmarks.fill", str(size)))
            yield env, facts | {"made": time.perf_counter() - began}
        finally:
            if database == "postgres":
                on_server(f'DROP DATABASE "{name}" WITH (FORCE)')


def on_server(statement: str) -> None:
    import psycopg

    with psycopg.connect(POSTGRES, autocommit=True) as connection:
        connection.execute(statement.encode())


@contextmanager
def worker(env: dict[str, str]) -> Iterator[int]:
    """A worker that does what is due; yields its process."""
    process = subprocess.Popen(
        [sys.executable, "-m", CLI, "worker"],
        env=env,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield process.pid
    finally:
        process.terminate()
        process.wait(60)


def run(env: dict[str, str], *words: str) -> str:
    done = subprocess.run(
        [sys.executable, *words], env=env, check=False, capture_output=True, text=True
    )
    if done.returncode:
        sys.exit(f"{' '.join(words)}\n{done.stderr}")
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


def peak_megabytes(pid: int) -> float:
    """The most memory that a process has held so far."""
    words = Path(f"/proc/{pid}/status").read_text()
    return int(words.partition("VmHWM:")[2].split()[0]) / 1024


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


def show(name: str, rows: dict[str, Fact], queries: dict[str, int]) -> None:
    row = rows[name]
    if row["status"] != 200:
        say(f"{name:12}answered {row['status']}")
        return
    row["floors"] = row["cpu"] / rows["floor"]["cpu"]
    row["times"] = [f(row[who]) for who in ("alone", "together") for f in (half, late)]
    times = "".join(f"{ms:{wide}.0f}" for ms, wide in zip(row["times"], (7, 7, 8, 8), strict=True))
    say(
        f"{name:12}{row['cpu'] * 1000:8.1f}{row['floors']:8.1f}{times}{queries[name]:>9}"
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
