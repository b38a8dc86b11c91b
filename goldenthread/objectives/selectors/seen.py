"""What a page asks of the objectives that its reader may see, put into SQL once (`core.prepared`)."""

from collections.abc import Callable, Hashable, Sequence
from functools import cache
from typing import Any, TypeVar

from django.db.models import QuerySet

from goldenthread.core.prepared import Prepared
from goldenthread.objectives.models import Objective
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
