"""Saving without overwriting anybody: a write names the version that it was made from."""

from collections.abc import Mapping
from typing import Any, TypeVar

from django.db.models import F
from django.utils import timezone

from goldenthread.core import history
from goldenthread.core.errors import DomainError, SavedMeanwhile
from goldenthread.core.models import Record

R = TypeVar("R", bound=Record)


def save(record: R, changes: Mapping[str, Any], *, version: int | None = None) -> R:
    """Write the changed fields if the record still has `version`, and return it as it stands now.

    `version` is the one the writer saw; None means the one loaded with the record. Raises `SavedMeanwhile`
    with the record as it stands when somebody saved in between, `DomainError` when it was removed, and then
    nothing is written.
    """
    model = type(record)
    seen = record.version if version is None else version
    written = model._default_manager.filter(pk=record.pk, version=seen).update(
        **changes, version=F("version") + 1, updated_at=timezone.now()
    )
    if not written:
        current = model._default_manager.filter(pk=record.pk).first()
        if current is None:
            raise DomainError(f"“{record}” was removed in the meantime. Nothing was saved.")
        raise SavedMeanwhile(current, dict(changes))
    for name, value in changes.items():
        setattr(record, name, value)
    record.version = seen + 1
    if record.HISTORY:
        history.keep([record], changes.keys())
    return record
