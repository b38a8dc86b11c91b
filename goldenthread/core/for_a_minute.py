"""Counts that take a large organisation longer than a page may: kept for a minute in each process, then counted anew."""

from collections.abc import Hashable
from time import monotonic
from typing import Generic, TypeVar

SECONDS = 60
MANY = 5_000  # up to so many are counted for each page
MOST_KEPT = 200

Counts = TypeVar("Counts")


class ForAMinute(Generic[Counts]):
    """Counts by what they are of. The names and links beside them are read each time; only the counts may be a minute old."""

    def __init__(self) -> None:
        self.kept: dict[Hashable, tuple[float, Counts]] = {}

    def of(self, what: Hashable) -> Counts | None:
        """The counts of less than a minute ago, or None."""
        since, counts = self.kept.get(what, (None, None))
        return counts if since is not None and monotonic() - since < SECONDS else None

    def keep(self, what: Hashable, counts: Counts, size: int) -> None:
        """Keep them where `size`, how many were counted, is too many for each page."""
        if size <= MANY:
            return
        if len(self.kept) >= MOST_KEPT:
            self.kept.clear()
        self.kept[what] = (monotonic(), counts)
