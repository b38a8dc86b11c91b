"""Telling the rooms above that a priority came into use or went out of it.

They store what depends on it (which objectives are in line), in the same transaction, so that it never lags behind.
Reading it instead would mean walking every line to its end for every list. This room knows nothing of them.
"""

from collections.abc import Callable

from goldenthread.strategy.models import Priority

STATE_KEEPERS: list[Callable[[Priority], None]] = []


def tell_state(priority: Priority) -> None:
    """Let everybody who keeps what depends on the state of the priority bring it up to date."""
    for keep in STATE_KEEPERS:
        keep(priority)
