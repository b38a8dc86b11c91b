"""Web server, worker and database killed with -9 under check-ins: what was acknowledged is there, and nothing twice.

`killing.py` does it with a database of its own, so one run on each kind of database is enough.
"""

import os
import subprocess
import sys
from pathlib import Path

from django.db import connection

ROOT = Path(__file__).parents[2]


def test_what_was_acknowledged_outlives_every_process() -> None:
    each_once = "4" if connection.vendor == "postgresql" else "3"
    arguments = ["--on", connection.vendor, "--check-ins", "120", "--kills", each_once]
    left_out = {"DATABASE_URL", "GOLDENTHREAD_HOME", "SECRET_KEY", "DJANGO_SETTINGS_MODULE"}
    done = subprocess.run(
        [sys.executable, "-m", "tests.operations.killing", *arguments],
        env={name: text for name, text in os.environ.items() if name not in left_out}
        | {"PYTHONPATH": str(ROOT)},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "acknowledged to 8 writers" in done.stdout
