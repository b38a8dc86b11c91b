"""Opening the rows of what holds, for the migrations that bring them: from what is known, and no further back."""

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any
from zoneinfo import ZoneInfo

Since = Callable[[Any], dt.date]
BATCH = 2000


def known_since(apps: Any, subject_type: str, fields: set[str]) -> Since:
    """The day from which a record is known to have been as it is: the last change of these fields that the trail
    tells of, else the day on which the record was made."""
    organisation = apps.get_model("core", "Organisation").objects.first()
    zone = ZoneInfo(organisation.time_zone if organisation else "UTC")
    lines = apps.get_model("core", "AuditRecord").objects.filter(subject_type=subject_type)
    changed: dict[int, dt.date] = {}
    for pk, at, before, after in (
        lines.order_by("pk").values_list("subject_id", "at", "before", "after").iterator()
    ):
        if before and not fields.isdisjoint({*before, *after}):
            changed[pk] = at.astimezone(zone).date()
    return lambda record: changed.get(record.pk) or record.created_at.astimezone(zone).date()


def open_rows(
    apps: Any,
    record: tuple[str, str],
    held: tuple[str, str],
    values: Callable[[Any], Mapping[str, Any]],
    *,
    fields: set[str],
    related: tuple[str, ...] = (),
) -> None:
    """A row for every record that has none, with `values` of it, open since its `fields` were last changed."""
    model, of_held = apps.get_model(*record), apps.get_model(*held)
    of = f"{record[1].lower()}_id"
    since = known_since(apps, f"{record[0]}.{record[1].lower()}", fields)
    made = []
    for one in model.objects.select_related(*related).order_by("pk").iterator(chunk_size=BATCH):
        made.append(of_held(**{of: one.pk}, valid_from=since(one), **values(one)))
        if len(made) == BATCH:
            of_held.objects.bulk_create(made)
            made = []
    of_held.objects.bulk_create(made)
