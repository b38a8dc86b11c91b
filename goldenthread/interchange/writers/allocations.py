"""The table of allocations: each share with the days between which it holds."""

from collections.abc import Iterator, Sequence
from typing import Any

from goldenthread.interchange.writers.scope import Scope

LOADED = ("person", "unit", "objective", "priority", "cycle")


def allocations(scope: Scope) -> Iterator[Sequence[Any]]:
    """In the order of their days, so that each is read in after what held before it."""
    rows = scope.allocations.select_related(*LOADED).order_by("starts_on", "pk")
    for one in rows.iterator(2000):
        yield (
            scope.name_of_person(one.person),
            scope.name(one.unit),
            scope.name(one.objective),
            scope.name(one.priority),
            True if one.run_the_business else "",
            one.cycle.name,
            one.share * 100,
            one.starts_on,
            one.ends_on,
        )
