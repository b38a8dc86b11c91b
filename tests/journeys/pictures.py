"""Take the pictures of the README from the demo, as it looks today: `.venv/bin/python -m tests.journeys.pictures [NAME ...]`.

They land in `docs/pictures/`. Needs Chromium (the one that CHROMIUM names, or the system's).
"""

import io
import os
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

PICTURES = Path(__file__).parents[2] / "docs" / "pictures"
OBJECTIVE = "Installers reach a person who can help within two minutes"


class Picture(NamedTuple):
    """Who looks at which page, and through what window; `opens` is pressed before."""

    who: str
    path: str
    width: int = 1440
    height: int = 960
    dark: bool = False
    opens: str = ""


WANTED = {
    "strategy": Picture("Marta Lindqvist", "/strategy/"),
    "home": Picture("Jonas Feld", "/"),
    "objective": Picture("Jonas Feld", "/objectives/{objective}/", dark=True),
    "effort": Picture("Marta Lindqvist", "/effort/", height=900),
    "map": Picture("Marta Lindqvist", "/map/?depth=units", height=1080),
    "phone": Picture("Lena Kovač", "/", width=390, height=844, opens="[data-check-in]"),
}


def main(names: list[str]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
        os.environ["DATABASE_URL"] = f"sqlite:///{folder}/demo.sqlite3"
        import django  # the settings read the environment, so nothing of Django before this

        django.setup()
        take(names or list(WANTED))


def take(names: list[str]) -> None:
    from django.contrib.staticfiles.handlers import StaticFilesHandler
    from django.core.management import call_command
    from django.test.testcases import LiveServerThread
    from playwright.sync_api import sync_playwright

    from goldenthread.demo.services import make_demo
    from goldenthread.objectives.models import Objective
    from tests.journeys.conftest import FLAGS, find_chromium
    from tests.journeys.visitor import Visitor

    call_command("migrate", verbosity=0)
    make_demo()
    objective = Objective.objects.get(title=OBJECTIVE, cycle__name="Q4 2026").pk
    server = LiveServerThread("127.0.0.1", StaticFilesHandler)
    server.daemon = True
    server.start()
    server.is_ready.wait()
    PICTURES.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=find_chromium(), args=FLAGS)
        for name in names:
            one = WANTED[name]
            visitor = Visitor(
                chromium, f"http://127.0.0.1:{server.port}", one.width, one.height, dark=one.dark
            )
            visitor.opens(one.path.format(objective=objective)).signs_in(one.who)
            if one.opens:
                visitor.page.locator(one.opens).first.click()
                visitor.looks_round()
            data = smaller(visitor.page.screenshot())
            (PICTURES / f"{name}.png").write_bytes(data)
            print(f"{name}.png: {len(data) / 1000:.0f} kB")
            visitor.closes_the_browser()
        chromium.close()
    server.terminate()


def smaller(png: bytes) -> bytes:
    """The same picture in fewer bytes. In full colour: with a palette, the amber of *behind* turns into gold."""
    from PIL import Image

    file = io.BytesIO()
    Image.open(io.BytesIO(png)).convert("RGB").save(file, "PNG", optimize=True)
    return file.getvalue()


if __name__ == "__main__":
    main(sys.argv[1:])
