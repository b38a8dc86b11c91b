"""What a page asks of the objectives that its reader may see, put into SQL once (`core.prepared`)."""

from collections.abc import Callable, Hashable, Sequence
from functools import cache
from typing import Any, TypeVar

from django.db.models import Prefetch, QuerySet

from goldenthread.core.prepared import Prepared
from goldenthread.objectives.models import KeyResult, Objective, ObjectiveQuerySet
from goldenthread.objectives.models.objective import restricted_seen
from goldenthread.people.models import Person

Row = TypeVar("Row")


def rows_seen(
    build: Callable[..., QuerySet[Any, Row]],
    reader: Person,
    *fixed: Hashable,
    **ids: int | Sequence[int],
) -> list[Row]:
    """The rows of `build(*fixed, seen=…, **ids)`, where `seen` are the objectives that the reader may see."""
    restricted = restricted_seen(reader)
    if restricted is None:
        return list(build(*fixed, seen=Objective.objects.visible_to(reader), **ids))
    return _prepared(build)(*fixed, restricted=restricted, **ids)


@cache
def _prepared(build: Callable[..., QuerySet[Any, Row]]) -> Prepared[Row]:
    def with_restricted(
        *fixed: Hashable, restricted: Sequence[int], **ids: Any
    ) -> QuerySet[Any, Row]:
        return build(*fixed, seen=Objective.objects.open_or(restricted), **ids)

    return Prepared(with_restricted)


def objective_of(key_result: int, reader: Person) -> Objective | None:
    """The objective of a key result with all its key results; None where the reader may not see it.

    Most are open to everybody, so these are asked for first, with SQL that is put together once.
    """
    found = _open_of(key_result=key_result)
    rows = found or _of(Objective.objects.visible_to(reader), key_result)
    return next(iter(rows), None)


@Prepared
def _open_of(*, key_result: int) -> QuerySet[Objective]:
    return _of(Objective.objects.open_or([]), key_result)


def _of(seen: ObjectiveQuerySet, key_result: int) -> QuerySet[Objective]:
    key_results = Prefetch("key_results", KeyResult.objects.select_related("reporter"))
    rows = seen.filter(key_results=key_result).prefetch_related(key_results)
    return rows.select_related("cycle", "owner_person", "owner_unit__leader")


def in_charge_among(objectives: Sequence[int], reader: Person) -> set[int]:
    """Those of the objectives, by id, that the reader answers for or stands above."""
    named = [one.pk for one in reader.self_and_lenders]
    return {pk for (pk,) in _in_charge(named=named, objectives=objectives)}


@Prepared
def _in_charge(
    *, named: Sequence[int], objectives: Sequence[int]
) -> QuerySet[Objective, tuple[int]]:
    rows = Objective.objects.in_charge_of(named).filter(pk__in=objectives)
    return rows.order_by().values_list("pk")
