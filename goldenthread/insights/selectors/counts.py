"""Counting inside another query, as `core.counts` has it."""

from goldenthread.core.counts import count_of, newest_of

__all__ = ["count_of", "newest_of"]
