"""How an export names records that no other system has named, so that the import knows them again.

The name holds a mark of the organisation: elsewhere it is an identifier like any other, and never taken for a
record that happens to have the same number there. It is also a valid identifier in XML.
"""

import hashlib
import re

from goldenthread.core.models import Organisation, Record

_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9._-]*")
_WRITTEN = "gt.x."
CARRIER = re.compile(r"gt-[0-9a-f]{8}-results-\d+")


def mark() -> str:
    """The beginning of every identifier that this organisation gives; the same as long as it stands."""
    organisation = Organisation.current()
    founded = organisation.created_at.isoformat() if organisation else ""
    return f"gt-{hashlib.sha256(founded.encode()).hexdigest()[:8]}-"


def own_identifier(record: Record, own_mark: str) -> str:
    """The name by which only this organisation knows the record."""
    return f"{own_mark}{record._meta.model_name}-{record.pk}"


def identifier(record: Record, own_mark: str) -> str:
    """How an export names a record: as another system did, else by its own name."""
    return record.external_id or own_identifier(record, own_mark)


def xml_identifier(external_id: str) -> str:
    """An identifier as XML allows it; `read_identifier` gives it back."""
    if _PLAIN.fullmatch(external_id) and not external_id.startswith(_WRITTEN):
        return external_id
    return _WRITTEN + re.sub(r"[^A-Za-z0-9.-]", lambda found: f"_{ord(found[0]):X}_", external_id)


def read_identifier(text: str) -> str:
    """The identifier that `xml_identifier` was given."""
    if not text.startswith(_WRITTEN):
        return text
    written = text.removeprefix(_WRITTEN)
    return re.sub(r"_([0-9A-F]{1,6})_", lambda found: chr(int(found[1], 16)), written)


def carrier(goal: Record, own_mark: str) -> str:
    """The identifier of what only carries the KPIs of a goal: StratML lets indicators stand under objectives alone."""
    return f"{own_mark}results-{goal.pk}"
