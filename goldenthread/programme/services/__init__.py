"""Everything that the programme writes."""

from goldenthread.programme.services.handovers import (
    OPEN_HANDOVERS,
    close_handover,
    open_due_handovers,
    pass_on,
    somebody_moved,
    take_on,
)
from goldenthread.programme.services.nudges import nudge

__all__ = [
    "OPEN_HANDOVERS",
    "close_handover",
    "nudge",
    "open_due_handovers",
    "pass_on",
    "somebody_moved",
    "take_on",
]
