"""`goldenthread worker`: do the work behind the pages, until told to stop."""

import os
import signal
import threading
from argparse import ArgumentParser
from typing import Any

from django.core.management import BaseCommand

from goldenthread.core.jobs.worker import Pool, run_due

THREADS = 2


class Command(BaseCommand):
    help = (
        "Run jobs: letters, imports, nightly figures. SIGTERM lets each end its step and stops. Several workers may "
        "run at the same time, on PostgreSQL on several machines too."
    )
    requires_system_checks = ()  # they load every page first: `goldenthread check` is for that

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--once", action="store_true", help="run what is due now, then stop")
        parser.add_argument(
            "--threads",
            type=int,
            default=THREADS,
            help=f"jobs at the same time (default: {THREADS})",
        )
        parser.add_argument(
            "--with-parent",
            type=int,
            metavar="PID",
            help="stop when this process, the parent, has ended",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["once"]:
            count = run_due()
            self.stdout.write(f"{count} jobs run." if count != 1 else "1 job run.")
            return
        pool = Pool(max(1, options["threads"]))
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: pool.stop())
        if parent := options["with_parent"]:
            threading.Thread(target=_watch, args=(pool, parent), daemon=True).start()
        pool.run()


def _watch(pool: Pool, parent: int) -> None:
    while os.getppid() == parent:
        if pool.stopping.wait(1):
            return
    pool.stop()
