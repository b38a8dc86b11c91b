"""What every test may ask for: the cast, a mailbox that real mail arrives in, counted queries."""

import fcntl
import gc
import json
import os
import socket
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Message
from django.core.cache import cache
from django.db import connection
from django.template import Context, Template
from django.test import utils as test_utils
from django.test.signals import template_rendered
from django.test.utils import CaptureQueriesContext

from goldenthread.core import triggers
from goldenthread.core.models import Organisation
from goldenthread.objectives.models import Cycle
from goldenthread.people.models import Person
from goldenthread.strategy.models import Strategy
from tests import asked, lines
from tests.cast import Cast, make_cast, make_cycle, make_organisation, make_strategy
from tests.kept import Kept
from tests.shared_cast import SHARED_CAST, begins_with_cast

COUNTS = Path(__file__).parent / "query_counts.json"
MOST_QUERIES = 15
LINES_TO = pytest.StashKey[str]()
ASKED_TO = pytest.StashKey[str]()
# They ask in bulk. That they reach a line does not say that its rule is tested.
LINES_NOT_COUNTED = (
    "api/test_every_case.py",
    "api/test_query_counts.py",
    "authorisation",
    "demo",
    "examples",
    "interchange/test_import_twice.py",
    "journeys",
)


def runs_tests(config: pytest.Config) -> bool:
    """Whether this process runs tests, and does not only hand them to its workers."""
    return hasattr(config, "workerinput") or not config.getoption("numprocesses", None)


def pytest_configure(config: pytest.Config) -> None:
    """Lines and statements are noted in the processes of the tests alone, not in what these start."""
    if runs_tests(config):
        config.stash[LINES_TO] = os.environ.pop("COVERAGE_FILE", "")
        config.stash[ASKED_TO] = os.environ.pop("ASKED_TO", "")
        if config.stash[ASKED_TO]:
            asked.note_statements()


def pytest_sessionfinish(session: pytest.Session) -> None:
    if to := session.config.stash.get(LINES_TO, ""):
        lines.write_lines(to)
    if to := session.config.stash.get(ASKED_TO, ""):
        asked.write_notes(Path(to), os.environ.get("PYTEST_XDIST_WORKER", "alone"))


def pytest_collection_finish() -> None:
    """What is loaded by now stays: garbage is not looked for in it again and again, which costs a seventh of the time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


def tell_of_the_page(template: Template, context: Context) -> str:
    """`response.context` is the page's own: those of the hundreds of controls and components on it are not told of."""
    if context.template is template:
        template_rendered.send(sender=template, template=template, context=context)
    return template.nodelist.render(context)


test_utils.instrumented_test_render = tell_of_the_page


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    inside = item.path.relative_to(Path(__file__).parent).as_posix()
    in_bulk = inside.startswith(LINES_NOT_COUNTED)
    with asked.noted_as(item.nodeid), lines.not_counted() if in_bulk else nullcontext():
        return (yield)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    if not begins_with_cast(item):
        SHARED_CAST.end()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave what only one database can show to the run on it: two writers at once, a file's private copy."""
    other = "sqlite" if connection.vendor == "postgresql" else "postgres"
    left_out = {item for item in items if item.get_closest_marker(other)}
    if noted := os.environ.get("ASKED_FROM"):
        # `gt test` has run them on SQLite; how many ask nothing here that no other asks it reads in this folder.
        nothing_new = asking_nothing_new([one for one in items if one not in left_out], Path(noted))
        (Path(noted) / "nothing_new").write_text(str(len(nothing_new)))
        left_out |= nothing_new
    items[:] = [item for item in items if item not in left_out]
    config.hook.pytest_deselected(items=[*left_out])


def asking_nothing_new(items: list[pytest.Item], folder: Path) -> set[pytest.Item]:
    """Those that need not run on a second database, by what was noted on the first; nothing is known of what did not run there."""
    notes = asked.read_notes(folder)
    known = {one for one in items if one.nodeid in notes}
    enough = asked.enough({one.nodeid: notes[one.nodeid] for one in known})
    return {one for one in known if one.nodeid not in enough}


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None) -> Iterator[None]:
    """Let the tables be emptied between two tests, and only then: the audit trail refuses it otherwise."""
    operations = type(
        connection.ops
    )  # the browser's event loop gives its tests a connection of their own
    empty_tables = operations.sql_flush

    def empty_audit_too(*args: Any, **kwargs: Any) -> list[str]:
        statements = empty_tables(*args, **kwargs)
        vendor = connection.vendor
        return [*triggers.drop(vendor), *statements, *triggers.create(vendor)]

    operations.sql_flush = empty_audit_too
    yield
    # One that stood on the browser's connection has ended with that.
    if connection.in_atomic_block:
        SHARED_CAST.end()


@pytest.fixture(scope="session")
def kept_demo(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    django_db_setup: None,
    django_db_blocker: Any,
) -> Iterator[Kept]:
    """The demo organisation, one for all workers: they share the folder above their own."""
    folder = tmp_path_factory.getbasetemp()
    worker = getattr(request.config, "workerinput", None)
    run = worker["testrunuid"] if worker else str(os.getpid())
    kept = Kept(folder.parent if worker else folder, run)
    yield kept
    with django_db_blocker.unblock(), kept.one_at_a_time():
        kept.forget()


@pytest.fixture
def _cast_before_the_test(
    request: pytest.FixtureRequest, django_db_setup: None, django_db_blocker: Any
) -> None:
    if begins_with_cast(request.node):
        SHARED_CAST.begin(django_db_blocker)


@pytest.fixture
def _django_db_helper(_cast_before_the_test: None, _django_db_helper: None) -> None:
    """What the test itself does to the database comes after the cast, and is undone alone."""


@pytest.fixture(autouse=True)
def _nothing_left_over() -> Iterator[None]:
    """Neither a rate limit nor the organisation of one test reaches the next."""
    yield
    cache.clear()
    Organisation.forget()


@pytest.fixture
def copied_cast(db: None) -> tuple[Organisation, Cast] | None:
    return SHARED_CAST.copied()


@pytest.fixture
def organisation(copied_cast: tuple[Organisation, Cast] | None) -> Organisation:
    return copied_cast[0] if copied_cast else make_organisation()


@pytest.fixture
def cast(organisation: Organisation, copied_cast: tuple[Organisation, Cast] | None) -> Cast:
    return copied_cast[1] if copied_cast else make_cast()


@pytest.fixture
def ada(cast: Cast) -> Person:
    """Leads: head of the root unit, granted leader, leads the strategy."""
    return cast.ada


@pytest.fixture
def ben(cast: Cast) -> Person:
    """Manages: heads Operations, reports to Ada."""
    return cast.ben


@pytest.fixture
def cyd(cast: Cast) -> Person:
    """Works in Stations, reports to Gus: unrelated to Ben and Flo."""
    return cast.cyd


@pytest.fixture
def dee(cast: Cast) -> Person:
    """The HR partner."""
    return cast.dee


@pytest.fixture
def eve(cast: Cast) -> Person:
    """The administrator."""
    return cast.eve


@pytest.fixture
def flo(cast: Cast) -> Person:
    """Works in Operations, reports to Ben."""
    return cast.flo


@pytest.fixture
def gus(cast: Cast) -> Person:
    """Heads Stations, reports to Ada."""
    return cast.gus


@pytest.fixture
def strategy(cast: Cast) -> Strategy:
    """The organisation's strategy in force, led by Ada, without priorities yet."""
    return make_strategy(cast.ada)


@pytest.fixture
def cycle(organisation: Organisation) -> Cycle:
    """The open cycle that the day of the tests lies in."""
    return make_cycle()


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class _Mailbox(Message):
    def __init__(self) -> None:
        super().__init__(EmailMessage)
        self.letters: list[Any] = []

    def handle_message(self, message: Any) -> None:
        self.letters.append(message)


@pytest.fixture
def mailbox(settings: Any) -> Iterator[list[Any]]:
    """Letters as a real mail server received them; the product sends to it over SMTP when its jobs run (`run_due`)."""
    port = free_port()
    handler = _Mailbox()
    controller = Controller(handler, hostname="127.0.0.1", port=port)
    controller.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
    try:
        yield handler.letters
    finally:
        controller.stop()


@pytest.fixture
def assert_queries() -> Callable[..., Any]:
    """`assert_queries("home", client.get, "/")`: call it, compare the queries, return what it returned.

    The count must equal the committed one and be no more than a page may make. After an intended change run
    the tests with `QUERY_COUNTS=write` and commit `tests/query_counts.json`.
    """

    def check(name: str, call: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        answer, asked = counted(call, *args, **kwargs)
        hold_to_count(name, asked)
        return answer

    return check


def counted(call: Callable[..., Any], *args: Any, **kwargs: Any) -> tuple[Any, list[str]]:
    """What the call returns, and the queries that it made."""
    with CaptureQueriesContext(connection) as captured:
        answer = call(*args, **kwargs)
    asked = [query["sql"] for query in captured.captured_queries]
    around = ("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT", "ROLLBACK")
    return answer, [sql for sql in asked if not sql.startswith(around)]


def hold_to_count(name: str, asked: list[str]) -> None:
    """Fail where these are not as many queries as are committed under the name."""
    listing = "\n".join(f"{n:3} {sql[:200]}" for n, sql in enumerate(asked, 1))
    assert len(asked) <= MOST_QUERIES, f"{name}: {len(asked)} queries are too many\n{listing}"
    if os.environ.get("QUERY_COUNTS") == "write":
        _keep_count(name, len(asked))
    expected = json.loads(COUNTS.read_text()).get(name)
    assert len(asked) == expected, (
        f"{name}: {len(asked)} queries, {expected} committed; if that is intended, "
        f"run again with QUERY_COUNTS=write\n{listing}"
    )


def _keep_count(name: str, count: int) -> None:
    with COUNTS.open("r+") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        counts = json.load(file) | {name: count}
        file.seek(0)
        file.truncate()
        json.dump(counts, file, indent=2, sort_keys=True)
        file.write("\n")
