"""`python3 -m benchmarks.imports`: a file of people brought in while others check in, and taken back again.

An organisation is made, a server and a worker are started, and four people check in over the network, each again a second
after the answer, while the file is read, written and taken back by jobs. Prints how long each took, and how long the check-ins
did meanwhile; nothing here passes or fails.
"""

import argparse
import http.client
import json
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.__main__ import (
    Fact,
    check_in,
    cpu_seconds,
    half,
    late,
    organisation,
    run,
    say,
    server,
    staff,
    worker,
)

FOUR = 4
PAUSE_SECONDS = 1.0  # of each between two check-ins


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=1000, help="who is there already")
    parser.add_argument("--rows", type=int, default=10_000, help="who comes in")
    parser.add_argument("--databases", default="sqlite,postgres")
    chosen = parser.parse_args()
    for database in chosen.databases.split(","):
        measure(database, chosen.people, chosen.rows)


def measure(database: str, people: int, rows: int) -> None:
    with organisation(database, people) as (env, facts):
        file = Path(env["GOLDENTHREAD_HOME"]) / "staff.csv"
        file.write_text(staff(rows))
        with worker(env) as process, server(env) as (port, _):
            say(f"\n{database}: {rows:,} people brought in where {people:,} are")
            say(
                f"{'':9}{'seconds':>9}{'CPU s':>7}{'check-ins':>11}{'p50 ms':>8}{'p95 ms':>8}{'most ms':>9}"
            )
            meanwhile(port, facts, lambda: time.sleep(5))  # warm
            quiet = meanwhile(port, facts, lambda: time.sleep(20))
            show("nothing", 20, 0, quiet)
            for act in ("read", "write", "undo"):
                seconds = [0.0]

                def work(act: str = act, seconds: list[float] = seconds) -> None:
                    began = time.perf_counter()
                    told = json.loads(run(env, "-m", "benchmarks.import_job", act, str(file)))
                    assert told["done"], told
                    seconds[0] = time.perf_counter() - began

                before = cpu_seconds(process)
                took = meanwhile(port, facts, work)
                show(act, seconds[0], cpu_seconds(process) - before, took)


def meanwhile(port: int, facts: Fact, work: Callable[[], Any]) -> list[float]:
    """How long check-ins took, of four at once, while the work lasted."""
    ended = threading.Event()
    took: list[float] = []

    def one() -> None:
        own = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
        while not ended.is_set():
            seconds, status, body = check_in(own, facts)
            assert status in {200, 204}, (status, body)
            took.append(seconds)
            ended.wait(PAUSE_SECONDS)

    threads = [threading.Thread(target=one) for _ in range(FOUR)]
    for thread in threads:
        thread.start()
    try:
        work()
    finally:
        ended.set()
        for thread in threads:
            thread.join()
    return took


def show(name: str, seconds: float, cpu: float, took: list[float]) -> None:
    say(
        f"{name:9}{seconds:9.1f}{cpu:7.1f}{len(took):11}{half(took):8.0f}{late(took):8.0f}"
        f"{max(took) * 1000:9.0f}"
    )


if __name__ == "__main__":
    main()
