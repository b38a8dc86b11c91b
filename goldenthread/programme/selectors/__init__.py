"""What HR reads of the programme, and what of people's work waits to be passed on."""

from goldenthread.programme.selectors.handovers import (
    GROUPS,
    Item,
    handovers,
    held,
    items_of,
    last_offices,
    seen_by,
)
from goldenthread.programme.selectors.unowned import owned_by_nobody

__all__ = [
    "GROUPS",
    "Item",
    "handovers",
    "held",
    "items_of",
    "last_offices",
    "owned_by_nobody",
    "seen_by",
]
