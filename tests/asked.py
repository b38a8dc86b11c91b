"""What each test asks of the database: every statement, and the line of the product that asks it.

Noted while the tests run on one database, so that on the other those run again which together ask there whatever all of
them ask. What differs between two databases is how they take a statement, and how those get on who ask at once: a test
whose threads ask, or that starts a process, of which nothing is noted, is one that no other stands for.
"""

import hashlib
import heapq
import json
import re
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from types import FrameType
from typing import Any, NamedTuple

from django.db.backends.signals import connection_created

PRODUCT = str(Path(__file__).parent.parent / "goldenthread")
# The same statement for three values or for four, in one savepoint or another.
VALUES = re.compile(r"%s(?:, ?%s)+")
ROWS = re.compile(r"(\(%s\))(?:, ?\(%s\))+")
SAVEPOINT = re.compile(r'"?s\d+_x\d+"?')
NOT_ALONE = "not alone"


class Noted(NamedTuple):
    seconds: float
    asks: frozenset[str]


_open: list[set[str]] = []
_notes: dict[str, Noted] = {}


def note_statements() -> None:
    """From here on every connection that is opened notes what it is asked, and processes are noted as they start."""
    connection_created.connect(_listen, dispatch_uid="tests.asked")
    sys.addaudithook(_hear)


@contextmanager
def noted() -> Iterator[set[str]]:
    """What is asked within, by whichever thread."""
    asks = set[str]()
    _open.append(asks)
    try:
        yield asks
    finally:
        _open.pop()


@contextmanager
def noted_as(test: str) -> Iterator[None]:
    began = time.perf_counter()
    with noted() as asks:
        yield
    if NOT_ALONE in asks:
        asks.add(test)  # which no other asks
    _notes[test] = Noted(time.perf_counter() - began, frozenset(asks))


def write_notes(folder: Path, worker: str) -> None:
    kept = {test: [noted.seconds, sorted(noted.asks)] for test, noted in _notes.items()}
    (folder / f"{worker}.json").write_text(json.dumps(kept))


def read_notes(folder: Path) -> dict[str, Noted]:
    """What all workers noted, by the id of the test."""
    return {
        test: Noted(seconds, frozenset(asks))
        for file in folder.glob("*.json")
        for test, (seconds, asks) in json.loads(file.read_text()).items()
    }


def enough(notes: Mapping[str, Noted]) -> set[str]:
    """Tests that ask together whatever all of these ask: the most that is new for its time comes first."""
    asked = frozenset[str]()

    def rate(test: str) -> float:
        return len(notes[test].asks - asked) / (notes[test].seconds + 0.001)

    chosen = set[str]()
    waiting = [(-rate(test), test) for test in notes]
    heapq.heapify(waiting)
    while waiting:
        _, test = heapq.heappop(waiting)
        now = rate(test)  # others may have asked some of it since
        if now and waiting and -now > waiting[0][0]:
            heapq.heappush(waiting, (-now, test))
        elif now:
            chosen.add(test)
            asked |= notes[test].asks
    return chosen


def note(execute: Callable[..., Any], sql: Any, *args: Any) -> Any:
    """An execute wrapper of Django's: the statement, where it was asked, and as another one where it failed."""
    place = _place()
    try:
        return execute(sql, *args)
    except Exception as error:
        place += f" {type(error).__name__}"
        raise
    finally:
        _add(statement(str(sql), place))
        if threading.current_thread() is not threading.main_thread():
            _add(NOT_ALONE)


def _add(what: str) -> None:
    for asks in _open:
        asks.add(what)


def _hear(event: str, _: object) -> None:
    if event == "subprocess.Popen":
        _add(NOT_ALONE)


def _listen(connection: Any, **_: Any) -> None:
    if note not in connection.execute_wrappers:
        connection.execute_wrappers.append(note)


def _place() -> str:
    """The line of the product that asks; nothing where a test or a library asks by itself."""
    frame: FrameType | None = sys._getframe(2)
    while frame is not None:
        if frame.f_code.co_filename.startswith(PRODUCT):
            return f"{frame.f_code.co_filename[len(PRODUCT) :]}:{frame.f_lineno}"
        frame = frame.f_back
    return ""


@lru_cache(50_000)
def statement(sql: str, place: str) -> str:
    """A short name for the statement as it is asked there, however many values it is asked for."""
    shape = ROWS.sub(r"\1", VALUES.sub("%s", SAVEPOINT.sub("", sql)))
    return hashlib.blake2b(f"{shape} {place}".encode(), digest_size=8).hexdigest()
