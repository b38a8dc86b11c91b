"""Bringing a file in: staged, looked at, applied or discarded. Page and command line call the same."""

from goldenthread.interchange.services.reading import KIND_NAMES, OutlineInstead
from goldenthread.interchange.services.staging import apply, discard, put_right, restage, stage

__all__ = ["KIND_NAMES", "OutlineInstead", "apply", "discard", "put_right", "restage", "stage"]
