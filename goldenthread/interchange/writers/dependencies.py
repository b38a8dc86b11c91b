"""The table of what objectives need of other units."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.db.models import Exists, OuterRef

from goldenthread.interchange.writers.scope import Scope


def dependencies(scope: Scope) -> Iterator[Sequence[Any]]:
    """Out of which objective each comes is told where that goes out too."""
    goes_out = Exists(scope.objectives.filter(pk=OuterRef("delivers")))
    rows = scope.dependencies.select_related("objective", "unit", "delivers")
    for one in rows.annotate(told=goes_out).order_by("pk").iterator(2000):
        yield (
            scope.name(one),
            scope.name(one.objective),
            one.needs,
            scope.name(one.unit),
            scope.name(one.delivers) if one.told else "",
            one.needed_by,
            one.effort_fte,
            one.answer_by,
            one.get_state_display(),
        )
