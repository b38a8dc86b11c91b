"""The log as JSON lines, without personal data: no address with what was typed, no name, no e-mail, no value.

A request is one line: its id, the name of its view, method, status, milliseconds, and the account as a number. Addresses are
left out, since they carry what somebody searched for and the links of invitations. Of an error stands its type and
where it happened, not its message: a database names in it the value that it refused.
"""

import logging
import re
import traceback
from types import TracebackType
from typing import Any

import structlog
from structlog.typing import EventDict, Processor

EMAIL = re.compile(r"[^\s@<>\"']+@[^\s@<>\"']+\.[^\s@<>\"']+")
FRAMES = 8
OURS = "/goldenthread/"
Caught = tuple[type[BaseException], BaseException, TracebackType | None]


class JsonLines(structlog.stdlib.ProcessorFormatter):
    """One line of JSON for whatever anybody logs."""

    def __init__(self) -> None:
        chain: list[Processor] = [
            structlog.contextvars.merge_contextvars,
            structlog.stdlib.add_log_level,
            structlog.stdlib.add_logger_name,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            without_personal_data,
        ]
        super().__init__(
            processors=[
                self.remove_processors_meta,
                structlog.processors.JSONRenderer(default=str),
            ],
            foreign_pre_chain=chain,
        )


def without_personal_data(logger: Any, method: str, event: EventDict) -> EventDict:
    """Take out what may name somebody."""
    record: logging.LogRecord = event["_record"]
    event.update(getattr(record, "fields", {}))
    if record.name.startswith("django."):  # its lines end in an address, or in what somebody sent
        event["event"] = str(event["event"]).split(":")[0]
        if status := getattr(record, "status_code", None):
            event["status"] = status
    if caught := event.pop("exc_info", None):
        event.update(_error(caught))
    return {
        name: EMAIL.sub("[e-mail]", value) if isinstance(value, str) else value
        for name, value in event.items()
    }


def _error(caught: Caught | Any) -> dict[str, Any]:
    """The types of the error and of what caused it, and where it happened."""
    if not isinstance(caught, tuple) or caught[1] is None:
        return {}
    error: BaseException | None = caught[1]
    every = traceback.extract_tb(caught[2])
    frames = [one for one in every[:-1] if OURS in one.filename][-FRAMES:] + every[-1:]
    types: list[str] = []
    while error is not None and len(types) < FRAMES:
        types.append(f"{type(error).__module__}.{type(error).__qualname__}")
        error = error.__cause__ or error.__context__
    return {
        "error": types[0],
        "because_of": types[1:],
        "at": [f"{_short(one.filename)}:{one.lineno} in {one.name}" for one in frames],
    }


def _short(path: str) -> str:
    """Without where the checkout or the packages lie."""
    for mark in ("/site-packages/", OURS):
        if mark in path:
            return (mark if mark == OURS else "/").lstrip("/") + path.rpartition(mark)[2]
    return path
