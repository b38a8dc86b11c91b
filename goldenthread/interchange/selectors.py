"""Reads of imports: the list, the rows of one, and where each row's record has its page."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.apps import apps
from django.db.models import Case, IntegerField, QuerySet, Value, When
from django.urls import NoReverseMatch, reverse

from goldenthread.interchange.models import Import, ImportRow
from goldenthread.objectives.models import KeyResult, Objective
from goldenthread.people.models import Person

Outcome = ImportRow.Outcome
FIRST = (Outcome.REFUSED, Outcome.UPDATED, Outcome.CREATED, Outcome.UNCHANGED)
PAGES = {
    "objectives.cycle": "cycle",
    "objectives.objective": "objective",
    "people.person": "person",
    "people.unit": "unit",
    "strategy.kpi": "kpi",
    "strategy.priority": "priority",
    "strategy.strategy": "priorities",
}


def imports_seen(person: Person) -> "QuerySet[Import]":
    """The imports that the person sees, newest first, without the files themselves."""
    return Import.objects.visible_to(person).defer("data").select_related("author", "applied_by")


def rows_of(batch: Import, outcome: str = "") -> "QuerySet[ImportRow]":
    """The rows of an import, refused ones first; those of one outcome where it is given."""
    rows = batch.rows.defer("payload")
    if outcome in Outcome.values:
        rows = rows.filter(outcome=outcome)
    order = [When(outcome=one, then=Value(place)) for place, one in enumerate(FIRST)]
    return rows.order_by(Case(*order, output_field=IntegerField()), "line", "pk")


def page_of(row: ImportRow) -> str:
    """The address of the record that a row is about, or "" where it has none."""
    return _address(row.subject_type, row.subject_id)


def _address(label: str, pk: int | None) -> str:
    name = PAGES.get(label)
    if name is None or pk is None:
        return ""
    try:
        return reverse(name, args=[pk])
    except NoReverseMatch:
        return ""


def earlier_of(batch: Import) -> Import | None:
    """The same file, written before."""
    same = Import.objects.filter(digest=batch.digest, state=Import.State.APPLIED)
    return same.exclude(pk=batch.pk).defer("data").select_related("applied_by").first()


def what_stayed(stays: Sequence[dict[str, Any]], reader: Person) -> list[dict[str, Any]]:
    """What is not taken back, each with its page, who changed it and when; what the reader may not see without its
    title. A query for the names, and one a kind."""
    by = {one["by"] for one in stays if one["by"]}
    names = dict(Person.objects.filter(pk__in=by).values_list("pk", "name"))
    ids: dict[str, set[int]] = {}
    for one in stays:
        ids.setdefault(one["label"], set()).add(one["pk"])
    seen = {label: _seen(label, pks, reader) for label, pks in ids.items()}
    return [
        one
        | {
            "kind": apps.get_model(one["label"])._meta.verbose_name,
            "title": one["title"] if one["pk"] in seen[one["label"]] else "Something restricted",
            "url": _address(one["label"], one["pk"]) if one["pk"] in seen[one["label"]] else "",
            "who": names.get(one["by"], "The system" if one["at"] else ""),
            "when": dt.datetime.fromisoformat(one["at"]) if one["at"] else None,
        }
        for one in stays
    ]


def _seen(label: str, pks: set[int], reader: Person) -> set[int]:
    """Which of the records the reader sees; of a key result whether its objective is seen."""
    model = apps.get_model(label)
    if model is KeyResult:
        rows = model.objects.filter(objective__in=Objective.objects.visible_to(reader))
    else:
        rows = model._default_manager.all()
        rows = rows.visible_to(reader) if hasattr(rows, "visible_to") else rows
    return set(rows.filter(pk__in=pks).values_list("pk", flat=True))
