"""A real browser before a real server: what every journey starts from, and what none may leave behind."""

import os
import shutil
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connection, connections
from playwright.sync_api import Browser, sync_playwright

from goldenthread.core.models import Organisation
from goldenthread.demo.services import make_demo
from tests.journeys.visitor import Visitor
from tests.kept import Kept
from tests.shared_cast import SHARED_CAST

NAMES = (
    "chromium-headless-shell",
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
)
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
Arrive = Callable[..., Visitor]
# Walked on PostgreSQL too: where somebody waits for a job, or two write at one moment. What the others ask of a database
# other tests ask on both; they are here for what a browser makes of it.
ON_BOTH = {
    "test_follow_a_job",
    "test_two_people_editing",
}


def find_chromium() -> str | None:
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    missing = find_chromium() is None
    for item in items:
        if item.path.is_relative_to(os.path.dirname(__file__)):
            item.add_marker("journey")
            if item.path.stem not in ON_BOTH:
                item.add_marker("sqlite")
            if missing:
                item.add_marker(pytest.mark.skip("no Chromium: install it, or name it in CHROMIUM"))


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=FLAGS)
        yield browser
        browser.close()
        # Playwright's event loop gives the thread connections of its own, which nobody else would close. Whatever stands
        # in them was begun there: on another connection it could not be taken back.
        SHARED_CAST.end()
        connections.close_all()


@pytest.fixture
def arrive(chromium: Browser, live_server: Any) -> Iterator[Arrive]:
    """`arrive(width=390, dark=True)`: somebody opens a browser of their own, with nothing remembered.

    When the journey ends, everybody must have met only pages that passed the audit, without an error in the
    console, anything that the content security policy refused, or a request to another host.
    """
    visitors: list[Visitor] = []

    def open_browser(*, width: int = 1280, height: int = 900, dark: bool = False) -> Visitor:
        visitors.append(Visitor(chromium, live_server.url, width, height, dark=dark))
        return visitors[-1]

    yield open_browser
    try:
        for visitor in visitors:
            visitor.has_nothing_to_complain_about()
    finally:
        for visitor in visitors:
            visitor.closes_the_browser()


@pytest.fixture
def demo(transactional_db: None, kept_demo: Kept) -> None:
    """Aldervale Heat on 23 November 2026: brought back for every journey."""
    kept_demo.stands(make_demo)
    Organisation.forget()


@pytest.fixture
def empty(transactional_db: None) -> None:
    """A database that nobody has used yet."""
    assert not Organisation.objects.exists()
    assert connection.introspection.table_names()
