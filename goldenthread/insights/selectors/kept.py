"""What the job that counts the work has measured of a whole large organisation.

Pages of a small one measure for themselves (`AT_ONCE`), and nothing is kept of it.
"""

import datetime as dt
from collections.abc import Callable
from typing import Any, TypeVar

from django.db.models import Exists, QuerySet, Subquery

from goldenthread.core import clock
from goldenthread.core.models import Organisation
from goldenthread.core.prepared import Prepared
from goldenthread.insights.models import Measured
from goldenthread.insights.selectors.graph import last_change
from goldenthread.objectives.selectors.counted_work import not_done

T = TypeVar("T")
_READ: dict[str, tuple[dt.datetime, Any]] = {}  # by name: unpacking it takes longer than a page

MOST_READ = 200  # of each unit something may be kept


def kept(name: str, unpack: Callable[[bytes], T]) -> tuple[T, dt.datetime | None] | None:
    """What was measured under the name, and the moment as of which it stands while lines have changed since.

    One query, and one more in each process after it was measured again.
    """
    return kept_or_mark(name, unpack)[0]


def kept_or_mark(
    name: str, unpack: Callable[[bytes], T]
) -> tuple[tuple[T, dt.datetime | None] | None, int | None]:
    """The same; and what differs after every act but a check-in, for what a page keeps of its own measuring."""
    row = next(iter(_without_content(name)), None)
    if row is None or row[1] is None:
        return None, row[0] if row else None
    mark, measured_at, measured_on, waits = row
    if name not in _READ or _READ[name][0] != measured_at:
        if len(_READ) >= MOST_READ:
            _READ.clear()
        whole = Measured.objects.values_list("measured_at", "content")
        measured_at, content = whole.get(pk=name)
        _READ[name] = (measured_at, unpack(bytes(content)))
    current = measured_on == clock.today() and not waits
    return (_READ[name][1], None if current else measured_at), mark


@Prepared
def _without_content(name: str) -> QuerySet[Any, tuple[Any, ...]]:
    row = Measured.objects.filter(pk=name)
    found = Organisation.objects.order_by("pk").annotate(
        mark=Subquery(last_change()),
        measured_at=Subquery(row.values("measured_at")),
        measured_on=Subquery(row.values("measured_on")),
        waits=Exists(not_done()),
    )
    return found.values_list("mark", "measured_at", "measured_on", "waits")[:1]
