"""Bringing a file in: staged, looked at, applied or discarded. Page and command line call the same."""

from goldenthread.interchange.services.confirming import confirm_mine, waits_for
from goldenthread.interchange.services.reading import (
    KIND_NAMES,
    WORKBOOK,
    OutlineInstead,
    checked_mapping,
)
from goldenthread.interchange.services.staging import apply, discard, put_right, restage, stage

__all__ = [
    "KIND_NAMES",
    "WORKBOOK",
    "OutlineInstead",
    "apply",
    "checked_mapping",
    "confirm_mine",
    "discard",
    "put_right",
    "restage",
    "stage",
    "waits_for",
]
