"""Bringing a file in: staged, looked at, applied or discarded, taken back. Page and command line call the same."""

from goldenthread.interchange.services.background import (
    begin,
    put_right_later,
    read_again,
    refuse_file,
    undo_later,
    write,
)
from goldenthread.interchange.services.confirming import confirm_mine, waits_for
from goldenthread.interchange.services.reading import (
    KIND_NAMES,
    WORKBOOK,
    OutlineInstead,
    checked_mapping,
)
from goldenthread.interchange.services.staging import (
    apply,
    discard,
    put_right,
    restage,
    stage,
    working_on,
)
from goldenthread.interchange.services.undo_plan import Undoing, what_undoing_does
from goldenthread.interchange.services.undoing import require_applied, undo

__all__ = [
    "KIND_NAMES",
    "WORKBOOK",
    "OutlineInstead",
    "Undoing",
    "apply",
    "begin",
    "checked_mapping",
    "confirm_mine",
    "discard",
    "put_right",
    "put_right_later",
    "read_again",
    "refuse_file",
    "require_applied",
    "restage",
    "stage",
    "undo",
    "undo_later",
    "waits_for",
    "what_undoing_does",
    "working_on",
    "write",
]
