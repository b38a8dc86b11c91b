"""Reads over the audit trail."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, ClassVar, Protocol

from goldenthread.core import audit
from goldenthread.core.access import Actor, Related, can, require
from goldenthread.core.models import AuditRecord
from goldenthread.permissions import Action

Opened = Callable[[Mapping[str, Any]], dict[str, Any]]


class Kept(Related, Protocol):
    """A record that the trail can tell of: it has an identity, a model and relations."""

    pk: Any
    _meta: ClassVar[Any]


@dataclass(frozen=True)
class Change:
    """One field, before and after. `None` where there was nothing; `erased` where its key was destroyed, and
    `withheld` where a personal value is not for this reader."""

    field: str
    before: Any
    after: Any


@dataclass(frozen=True)
class Entry:
    """One line of a record's history, its values readable. Names of people are joined by the reader's page."""

    pk: int
    at: dt.datetime
    actor_id: int | None  # a person; None for the system itself
    verb: str
    subject_type: str  # "objectives.keyresult"
    subject_id: int
    note: str
    changes: tuple[Change, ...]


def history_of(record: Kept, reader: Actor | None, parts: Sequence[Kept] = ()) -> list[Entry]:
    """What happened to the record, and to the parts of it that are named, latest first.

    Permission: `SEE_HISTORY` on the record; its parts are read by the same right. Personal values are opened
    for those who have `SEE_PERSONAL`. A fixed number of queries, whatever the number of lines.
    """
    require(reader, Action.SEE_HISTORY, record)
    ids: dict[str, set[int]] = {}
    for one in (record, *parts):
        ids.setdefault(one._meta.label_lower, set()).add(one.pk)
    lines = [
        line
        for label, found in ids.items()
        for line in AuditRecord.objects.filter(subject_type=label, subject_id__in=found)
    ]
    opened: Opened = audit.withheld
    if can(reader, Action.SEE_PERSONAL, record):
        opened = partial(audit.opened, keys=audit.keys_of(lines))
    return [_entry(line, opened) for line in sorted(lines, key=lambda line: line.pk, reverse=True)]


def _entry(line: AuditRecord, opened: Opened) -> Entry:
    before, after = opened(line.before), opened(line.after)
    return Entry(
        pk=line.pk,
        at=line.at,
        actor_id=line.actor_id,
        verb=line.verb,
        subject_type=line.subject_type,
        subject_id=line.subject_id,
        note=line.note,
        changes=tuple(
            Change(name, before.get(name), after.get(name)) for name in {**before, **after}
        ),
    )
