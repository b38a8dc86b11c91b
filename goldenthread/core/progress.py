"""How far long work is: whoever does it counts its rows, and whoever runs it may listen.

Nobody has to listen, and counting costs next to nothing: what is told stays in this thread.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TypeVar

T = TypeVar("T")
Listener = Callable[[str, int, int], None]  # what is being done, how many rows are, of how many

EVERY = 100  # rows; fewer than that are done before anybody looks

_listener: ContextVar[Listener | None] = ContextVar("listener", default=None)


@contextmanager
def heard_by(listener: Listener) -> Iterator[None]:
    """Tell the listener how far the work inside is."""
    before = _listener.set(listener)
    try:
        yield
    finally:
        _listener.reset(before)


def tell(words: str, done: int, total: int) -> None:
    """Say how many of the rows are done."""
    if total >= EVERY and (listener := _listener.get()) is not None:
        listener(words, done, total)


def counted(words: str, rows: Sequence[T]) -> Iterator[T]:
    """The rows one after the other, saying now and then how many are done."""
    for done, row in enumerate(rows):
        if done % EVERY == 0:
            tell(words, done, len(rows))
        yield row
    tell(words, len(rows), len(rows))
