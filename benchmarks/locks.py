"""`python3 -m benchmarks.locks`: how long a large import keeps others from writing on SQLite, by kind and number of rows.

Each file is written and taken back on a database of its own, while a second connection tries to write without a pause: what it
waited at most is what anybody waits. Beside it the processor seconds of the step in which the rows go in or out.
"""

import argparse
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from benchmarks.__main__ import organisation, say, staff

KINDS = "people,objectives,key_results,check_ins,contributions"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", default="10000")
    parser.add_argument("--kinds", default=KINDS)
    chosen = parser.parse_args()
    say(f"{'':14}{'rows':>9}{'act':>7}{'seconds':>9}{'others wait s':>15}{'CPU s':>7}")
    for kind in chosen.kinds.split(","):
        for rows in chosen.rows.split(","):
            with organisation("sqlite", 300) as (env, _):
                words = [sys.executable, "-m", "benchmarks.locks", "one", kind, rows]
                subprocess.run(words, env=env, check=True)


def table(kind: str, rows: int) -> tuple[list[tuple[str, int]], str]:
    """The files that come before, by kind and rows, and the file that is measured."""
    if kind == "people":
        return [], staff(rows)
    if kind == "objectives":
        lines = ["ID,Title,Owner,Cycle,Serves"]
        lines += [
            f"o{n},Objective of the file {n:06},Person {n % 300:06},Q4 2026,Priority {n % 5}"
            for n in range(rows)
        ]
        return [], "\n".join(lines)
    if kind == "key_results":
        lines = ["ID,Objective,Key result,Baseline,Target"]
        lines += [f"k{n},o{n // 3},Result {n:06},0,10" for n in range(rows)]
        return [("objectives", rows // 3 + 1)], "\n".join(lines)
    if kind == "contributions":
        lines = ["Child,Parent,Strength"]
        lines += [f"o{n},Priority {(n + 1) % 5},weak" for n in range(rows)]
        return [("objectives", rows)], "\n".join(lines)
    lines = ["Key result ID,Check in date,Value checked in"]
    lines += [f"k{n // 20},2026-11-{n % 20 + 1:02},{n % 9}" for n in range(rows)]
    return [("objectives", rows // 60 + 1), ("key_results", rows // 20 + 1)], "\n".join(lines)


def one(kind: str, rows: int) -> None:
    """Bring one file in and take it back, in a process that does nothing else."""
    import django

    django.setup()
    from django.db import connection, transaction

    from goldenthread.core import aside
    from goldenthread.interchange import services
    from goldenthread.people.models import Person

    aside.MOST_WRITTEN = sys.maxsize  # what lies beyond the limit is measured too
    actor = Person.objects.order_by("pk").first()
    assert actor is not None
    cpu: list[float] = []

    @contextmanager
    def step() -> Iterator[None]:
        began = time.process_time()
        with transaction.atomic():
            yield
        cpu.append(time.process_time() - began)

    @contextmanager
    def told(act: str) -> Iterator[None]:
        cpu[:] = [0.0]
        began = time.perf_counter()
        with waited(str(connection.settings_dict["NAME"])) as most:
            yield
        seconds = time.perf_counter() - began
        say(f"{kind:14}{rows:>9,}{act:>7}{seconds:>9.1f}{most[0]:>15.2f}{max(cpu):>7.2f}")

    before, text = table(kind, rows)
    for name, count in before:
        data = table(name, count)[1].encode()
        first = services.stage(actor=actor, filename="first.csv", data=data, kind=name)
        services.apply(actor=actor, batch=first)
    batch = services.stage(actor=actor, filename="f.csv", data=text.encode(), kind=kind)
    assert batch.refused == 0, batch.rows.filter(outcome="refused")[0].reason
    with told("write"):
        services.apply(actor=actor, batch=batch, step=step)
    with told("undo"):
        services.undo(actor=actor, batch=batch, step=step)


@contextmanager
def waited(name: str) -> Iterator[list[float]]:
    """How long another connection waited at most for its turn to write."""
    most, ended = [0.0], threading.Event()

    def ask() -> None:
        own = sqlite3.connect(name, timeout=300, isolation_level=None)
        while not ended.wait(0.01):
            began = time.perf_counter()
            own.execute("BEGIN IMMEDIATE")
            most[0] = max(most[0], time.perf_counter() - began)
            own.execute("ROLLBACK")
        own.close()

    thread = threading.Thread(target=ask)
    thread.start()
    try:
        yield most
    finally:
        ended.set()
        thread.join()


if __name__ == "__main__":
    if sys.argv[1:2] == ["one"]:
        one(sys.argv[2], int(sys.argv[3]))
    else:
        main()
