"""What can go wrong in a service, said in words that reach the reader unchanged.

Each error says what is wrong, where, and what to do. A page shows it beside its field with what was typed
kept; the command line prints it; an import puts it beside the row.
"""

from typing import Any


class DomainError(Exception):
    """A rule of the domain refuses this. `field` names the input it belongs to, if one does."""

    def __init__(self, message: str, field: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.field = field


class LoopRefused(DomainError):
    """The link would close a loop; `path` names every step of it, in order."""

    def __init__(self, message: str, path: list[str], field: str | None = None) -> None:
        super().__init__(message, field)
        self.path = path


class NotAllowed(Exception):
    """The person sees the record but may not do this (403)."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class SavedMeanwhile(Exception):
    """Somebody else saved the record after it was opened; both versions are to be shown (409).

    `current` is the record as it stands now, `mine` what was about to be written. What stands is read from the
    record's own fields, and from `theirs` for what is kept beside it (the key results of an objective).
    """

    def __init__(
        self, current: Any, mine: dict[str, Any], theirs: dict[str, Any] | None = None
    ) -> None:
        super().__init__(f"{current} was changed by somebody else in the meantime.")
        self.current = current
        self.mine = mine
        self.theirs = theirs or {}
