"""Storing the day's figures: by the nightly job, the command, and whoever brings the past in."""

import datetime as dt
from collections.abc import Iterator

from django.db import transaction

from goldenthread.core import clock
from goldenthread.engine.result import Result
from goldenthread.insights.models import Figure
from goldenthread.insights.selectors.alignment import Alignment, alignment

MEDIAN_DEPTH, LONGEST_DEPTH = "depth-median", "depth-longest"
FIELDS = ["value", "numerator", "denominator", "n", "status", "stored_at"]


def store_figures(as_of: dt.date | None = None) -> int:
    """Store the figures of alignment of a day (today unless told), and answer how many there are.

    Needs no permission: it writes nothing that its readers could not have computed, and runs without a
    person. Run again for the same day it changes nothing but what has changed. Units are stored of today only:
    who was in which unit on a day gone by is not kept.
    """
    day = as_of or clock.today()
    figures = [_row(day, *one) for one in _figures(alignment(day), whole=day < clock.today())]
    with transaction.atomic():
        Figure.objects.bulk_create(
            figures,
            update_conflicts=True,
            unique_fields=["measure", "scope_kind", "scope_id", "as_of", "method_version"],
            update_fields=FIELDS,
            batch_size=500,
        )
    return len(figures)


def _figures(found: Alignment, *, whole: bool) -> Iterator[tuple[str, Figure.Scope, int, Result]]:
    organisation = Figure.Scope.ORGANISATION
    for result in (found.by_count, found.by_value, found.by_people):
        yield _measure(result), organisation, 0, result
    yield MEDIAN_DEPTH, organisation, 0, found.depth.median
    yield LONGEST_DEPTH, organisation, 0, found.depth.maximum
    if whole:
        return
    for unit in found.units:
        for result in (unit.by_count, unit.by_people):
            yield _measure(result), Figure.Scope.UNIT, unit.unit, result


def _measure(result: Result) -> str:
    return result.method_version.partition("/")[0]


def _row(day: dt.date, measure: str, scope: Figure.Scope, scope_id: int, result: Result) -> Figure:
    return Figure(
        measure=measure,
        scope_kind=scope,
        scope_id=scope_id,
        as_of=day,
        method_version=result.method_version,
        value=result.value,
        numerator=result.numerator,
        denominator=result.denominator,
        n=result.n,
        status=result.status.value,
    )
