"""The audit trail: appended in the transaction of the change, sealed in batches into a hash chain.

Personal values are encrypted with a key per person. `seal` and `verify` walk the chain; both are commands.
"""

import datetime as dt
import hashlib
import json
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from cryptography.fernet import Fernet, InvalidToken
from django.db import connection, models, transaction

from goldenthread.core import bulk
from goldenthread.core.access import Actor
from goldenthread.core.models import Audited, AuditRecord, AuditSeal, PersonKey

ERASED = "erased"
WITHHELD = "withheld"
START = "0" * 64
BATCH = 1000
WAIT = "10s"


def plain(value: Any) -> Any:
    """A value as JSON keeps it: decimals without trailing zeros, dates in ISO, records as their id."""
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    if isinstance(value, dt.datetime | dt.date):
        return value.isoformat()
    if isinstance(value, models.Model):
        return value.pk
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    return value


def _hidden(values: Mapping[str, Any], record: Audited) -> set[str]:
    return {name for name in values if name in record.PERSONAL and values[name] not in (None, "")}


def _sealed(
    values: Mapping[str, Any], record: Audited, keys: Mapping[int, bytes]
) -> dict[str, Any]:
    person_id = record.audit_person_id
    kept = {name: plain(value) for name, value in values.items()}
    hidden = _hidden(kept, record)
    if hidden and person_id is not None:
        cipher = Fernet(keys[person_id])
        for name in hidden:
            token = cipher.encrypt(json.dumps(kept[name]).encode()).decode()
            kept[name] = {"sealed": token, "person": person_id}
    return kept


def opened(values: Mapping[str, Any], keys: dict[int, bytes] | None = None) -> dict[str, Any]:
    """The values readable again; one whose key has been destroyed reads `erased`."""
    keys = {} if keys is None else keys
    result: dict[str, Any] = {}
    for name, value in values.items():
        if isinstance(value, dict) and "sealed" in value:
            person_id = value["person"]
            if person_id not in keys:
                found = PersonKey.objects.filter(person_id=person_id).first()
                keys[person_id] = bytes(found.key) if found else b""
            try:
                result[name] = json.loads(Fernet(keys[person_id]).decrypt(value["sealed"].encode()))
            except (InvalidToken, ValueError):
                result[name] = ERASED
        else:
            result[name] = value
    return result


def withheld(values: Mapping[str, Any]) -> dict[str, Any]:
    """The values with personal ones kept closed, for a reader who may not see them."""
    return {
        name: WITHHELD if isinstance(value, dict) and "sealed" in value else value
        for name, value in values.items()
    }


def keys_of(lines: Iterable[AuditRecord]) -> dict[int, bytes]:
    """The keys that the lines need, in one query; an empty one where it has been destroyed."""
    needed = {
        value["person"]
        for line in lines
        for value in (*line.before.values(), *line.after.values())
        if isinstance(value, dict) and "sealed" in value
    }
    found = PersonKey.objects.filter(person_id__in=needed) if needed else []
    return dict.fromkeys(needed, b"") | {one.person_id: bytes(one.key) for one in found}


def record(
    actor: Actor | None,
    verb: str,
    subject: Audited,
    *,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    note: str = "",
) -> AuditRecord:
    """Append one line of the trail. Call it inside the transaction of the change that it tells of.

    `before` and `after` hold the changed fields only; a new record has no `before`. Who acts as a deputy is the
    actor; the note says for whom.
    """
    before, after = before or {}, after or {}
    person_id = subject.audit_person_id
    if actor is not None and actor.acting_for:
        note = "; ".join(filter(None, [note, f"for {actor.acting_for}"]))
    keys = {}
    if person_id is not None and (_hidden(before, subject) or _hidden(after, subject)):
        keys[person_id] = bytes(PersonKey.of(person_id).key)
    return AuditRecord.objects.create(
        actor_id=actor.pk if actor else None,
        verb=verb,
        subject_type=subject._meta.label_lower,
        subject_id=subject.pk,
        before=_sealed(before, subject, keys),
        after=_sealed(after, subject, keys),
        note=note,
    )


def record_all(
    actor: Actor | None,
    verb: str,
    lines: Sequence[tuple[Audited, Mapping[str, Any], Mapping[str, Any]]],
) -> None:
    """Append a line for each (subject, before, after), as `record` does, in a fixed number of queries."""
    note = f"for {actor.acting_for}" if actor is not None and actor.acting_for else ""
    ids = (subject.audit_person_id for subject, _, _ in lines)
    owners = {pk for pk in ids if pk is not None}
    kept = PersonKey.objects.filter(person_id__in=owners)
    keys = {key.person_id: bytes(key.key) for key in kept}
    new = [PersonKey(person_id=pk, key=Fernet.generate_key()) for pk in owners if pk not in keys]
    PersonKey.objects.bulk_create(new)
    keys |= {key.person_id: bytes(key.key) for key in new}
    kept_lines = [
        AuditRecord(
            actor_id=actor.pk if actor else None,
            verb=verb,
            subject_type=subject._meta.label_lower,
            subject_id=subject.pk,
            before=_sealed(before, subject, keys),
            after=_sealed(after, subject, keys),
            note=note,
        )
        for subject, before, after in lines
    ]
    bulk.add(kept_lines, "noting it in the history")


def changed(subject: Audited, changes: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """What differs between the record and the changes, as (before, after); equal values are left out."""
    before, after = {}, {}
    for name, value in changes.items():
        old = getattr(subject, name)
        if plain(old) != plain(value):
            before[name], after[name] = old, value
    return before, after


def _line(entry: AuditRecord) -> bytes:
    body = [
        entry.pk,
        entry.at.astimezone(dt.UTC).isoformat(),
        entry.actor_id,
        entry.verb,
        entry.subject_type,
        entry.subject_id,
        entry.before,
        entry.after,
        entry.note,
    ]
    return json.dumps(body, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


def _digest(previous: str, entries: Iterator[AuditRecord]) -> str:
    digest = hashlib.sha256(previous.encode())
    for entry in entries:
        digest.update(_line(entry))
    return digest.hexdigest()


def _wait_for_writers() -> None:
    """Let nobody append, and nobody else seal, until this transaction ends.

    Else a record that got its number before the last one sealed, and is committed after, would break a whole
    chain, and two who seal at once would fork it. SQLite has one writer anyway.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL lock_timeout = '{WAIT}'")
            cursor.execute("LOCK TABLE core_auditrecord IN SHARE ROW EXCLUSIVE MODE")


def settled(within: float = 5) -> int | None:
    """The last line before which none can appear any more; None when a writer takes longer than `within` seconds.

    Two who write at once may commit in another order than their numbers. Whoever took a number below the last that
    is seen has held the lock on the table since, so it is enough to see the holders of now end. Nobody is kept from
    writing, unlike `seal`, which is rare and must not be wrong even about what is still to come.
    """
    last: int = AuditRecord.objects.aggregate(last=models.Max("pk"))["last"] or 0
    if connection.vendor != "postgresql":
        return last  # one writer: they commit in their order
    writing, end = _writing(), time.monotonic() + within
    while writing:
        if time.monotonic() > end:
            return None
        time.sleep(0.02)
        writing &= _writing()
    return last


def _writing() -> set[str]:
    """The transactions of others that may hold lines of which nobody knows yet."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT virtualtransaction FROM pg_locks WHERE relation = 'core_auditrecord'::regclass"
            " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
            " AND mode = 'RowExclusiveLock' AND granted AND pid <> pg_backend_pid()"
        )
        return {row[0] for row in cursor.fetchall()}


def seal() -> int:
    """Seal what is not sealed yet, in batches, and return how many records were sealed.

    Raises `OperationalError` when writers keep the trail busy for longer than `WAIT`; what was sealed by then
    stays sealed.
    """
    sealed = 0
    while True:
        with transaction.atomic():
            _wait_for_writers()
            last = AuditSeal.objects.order_by("-last_id").first()
            after = last.last_id if last else 0
            batch = list(AuditRecord.objects.filter(pk__gt=after).order_by("pk")[:BATCH])
            if not batch:
                return sealed
            previous = last.digest if last else START
            AuditSeal.objects.create(
                first_id=batch[0].pk,
                last_id=batch[-1].pk,
                previous=previous,
                digest=_digest(previous, iter(batch)),
            )
            sealed += len(batch)


def verify() -> AuditSeal | None:
    """Walk the chain from its start; the first seal that no longer fits, or None when all do."""
    previous = START
    for one in AuditSeal.objects.order_by("last_id").iterator():
        entries = AuditRecord.objects.filter(pk__gte=one.first_id, pk__lte=one.last_id)
        digest = _digest(previous, entries.order_by("pk").iterator())
        if one.previous != previous or one.digest != digest:
            return one
        previous = one.digest
    return None
