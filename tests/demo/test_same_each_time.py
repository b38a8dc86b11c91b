"""Made twice, the demo is the same: here, and in another process with another database and other hashes."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.demo.digest import digests

ROOT = Path(__file__).parent.parent.parent
MAKE_ANOTHER = """
import json, django
django.setup()
from django.core.management import call_command
call_command("migrate", verbosity=0)
from goldenthread.demo.services import make_demo
make_demo()
from tests.demo.digest import digests
print(json.dumps(digests()))
"""


@pytest.mark.postgres  # so that the two databases are held to each other
@pytest.mark.usefixtures("demo")
def test_it_is_the_same_made_in_another_database(tmp_path: Path) -> None:
    environment = os.environ | {
        "DATABASE_URL": f"sqlite:///{tmp_path / 'another.sqlite3'}",
        "DJANGO_SETTINGS_MODULE": "goldenthread.config.settings",
        "GOLDENTHREAD_HOME": str(tmp_path),
        "PYTHONHASHSEED": "7",
    }
    done = subprocess.run(
        [sys.executable, "-c", MAKE_ANOTHER],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    another = json.loads(done.stdout.splitlines()[-1])  # the solver greets first
    here = digests()
    different = {label for label in here | another if here.get(label) != another.get(label)}
    assert different == set()
