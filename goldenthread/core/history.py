"""What held on a day: rows with a first and a last day, kept by whatever changes a record.

`Record.save` and `versions.save` call `keep` by themselves; whoever writes in bulk calls it. `keep_all` goes
through every record: after a load that went past the services, and each night, so that nothing is lost for
longer than a day.
"""

import datetime as dt
from collections.abc import Callable, Collection, Iterable
from contextlib import AbstractContextManager
from typing import Any

from django.apps import apps
from django.db import transaction
from django.db.models import Q, QuerySet

from goldenthread.core import clock
from goldenthread.core.bulk import add, rewrite
from goldenthread.core.errors import DomainError
from goldenthread.core.held import Held
from goldenthread.core.models import Organisation, Record

BATCH = 2000
CHANGE_KEEPERS: list[Callable[[type[Held]], None]] = []
"""Rooms above that keep what depends on what holds; told which model has got a new row."""


def on(day: dt.date, prefix: str = "") -> Q:
    """The rows that held on the day. `prefix` leads to them."""
    return Q((f"{prefix}valid_from__lte", day)) & (
        Q((f"{prefix}valid_to__isnull", True)) | Q((f"{prefix}valid_to__gte", day))
    )


def models_of(model: type[Record]) -> list[type[Held]]:
    """The models that keep what held of such a record."""
    return [apps.get_model(name) for name in model.HISTORY]


def keep(records: Iterable[Record], changed: Collection[str] | None = None) -> None:
    """Bring the rows of these records, all of one model, up to how they stand from today on.

    `changed` names the fields that were written, None for any: what is kept of others is left alone, because
    the record in hand may be older in them. A fixed number of queries for any number of records.
    """
    rows = list(records)
    if not rows:
        return
    for model in models_of(type(rows[0])):
        if changed is None or not {*model.KEPT, *model.MADE_FROM}.isdisjoint(changed):
            _keep(model, rows)


def keep_all(
    model: type[Record],
    day: dt.date | None = None,
    step: Callable[[], AbstractContextManager[object]] = transaction.atomic,
) -> int:
    """The same for every record of the model, in batches; how many rows were behind. `day` is today unless told.

    Each batch is asked for by itself: SQLite writes nothing for whoever is still reading when another has written.
    """
    written = 0
    for held in models_of(model):
        rows: QuerySet[Any] = model._default_manager.select_related(*held.RELATED).order_by("pk")
        last = 0
        while batch := list(rows.filter(pk__gt=last)[:BATCH]):
            last = batch[-1].pk
            with step():
                written += _keep(held, batch, day)
    return written


@transaction.atomic(savepoint=False)
def _keep(model: type[Held], records: list[Any], day: dt.date | None = None) -> int:
    day = day or clock.today()
    names, of = model.attributes(), f"{model.OF}_id"
    rows = model._default_manager.filter(
        valid_to__isnull=True, **{f"{of}__in": [record.pk for record in records]}
    )
    held = {getattr(row, of): row for row in rows}
    same, over, new = [], [], []
    for record in records:
        values, row = model.values_of(record), held.get(record.pk)
        if row is not None and all(getattr(row, name) == values[name] for name in names):
            continue
        if row is not None and row.valid_from >= day:
            for name, value in values.items():
                setattr(row, name, value)
            same.append(row)
            continue
        if row is not None:
            row.valid_to = day - dt.timedelta(days=1)
            over.append(row)
        new.append(model(**{of: record.pk}, valid_from=day, **values))
    rewrite(same, model.KEPT)
    rewrite(over, ["valid_to"])
    add(new, "keeping what holds from today")
    if same or new:
        for tell in CHANGE_KEEPERS:
            tell(model)
    return len(same) + len(new)


def known_from() -> dt.date | None:
    """The first day of which everything is kept; None when nothing was ever left out."""
    organisation = Organisation.current()
    return organisation.history_from if organisation else None


def refuse_unknown(day: dt.date) -> None:
    """Refuse a day to come, and one before everything was kept."""
    known = known_from()
    if day > clock.today():
        raise DomainError(f"{day:%-d %B %Y} has not come yet.", "as_of")
    if known is not None and day < known:
        raise DomainError(
            f"How things stood is kept from {known:%-d %B %Y} on. Choose that day or a later one.",
            "as_of",
        )
