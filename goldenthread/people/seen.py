"""One record that a reader may see, found with SQL that is put together once."""

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from django.db.models import QuerySet

from goldenthread.core.prepared import Prepared
from goldenthread.people.models import Person, stand_in

Row = TypeVar("Row")


def one_seen(
    build: Callable[[Person, int], QuerySet[Any, Row]],
) -> Callable[[Person, int], Row | None]:
    """Make of `build(reader, pk)`, the rows with this id that the reader may see, what finds the one; None where there is none.

    What a reader may see is a condition with many joins, and every page and every act of a record begins with it: it is
    put into SQL once for those who lead and once for the others (`stand_in`). Who stands in for somebody is asked anew.
    """

    @Prepared
    def prepared(is_leader: bool, *, reader: int, pk: int) -> QuerySet[Any, Row]:
        return build(stand_in([reader], is_leader), pk).order_by()[:1]

    def find(reader: Person, pk: int) -> Row | None:
        rows: Iterable[Row]
        if reader.stands_in_for:
            rows = build(reader, pk).order_by()[:1]
        else:
            rows = prepared(reader.is_leader, reader=reader.pk, pk=pk)
        return next(iter(rows), None)

    return find
