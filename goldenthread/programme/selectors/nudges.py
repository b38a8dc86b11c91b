"""What HR has asked somebody to look at, as long as it is still stuck."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from goldenthread.people.models import Person
from goldenthread.programme.models import Nudge
from goldenthread.programme.selectors.stuck import KINDS, Kind, Stuck

AGAIN_AFTER = dt.timedelta(days=7)
STANDS_FOR = dt.timedelta(days=28)


@dataclass(frozen=True)
class Asked:
    """One thing that HR asks the person about, and who of HR."""

    kind: Kind
    stuck: Stuck
    by: Person


def nudged(kind: Kind, about: Collection[int], on: dt.date) -> Mapping[int, dt.date]:
    """Which of these were asked about within the last week, and when."""
    rows = Nudge.objects.filter(kind=kind.key, about__in=about, day__gt=on - AGAIN_AFTER)
    return dict(rows.order_by("day").values_list("about", "day"))


def asked_of(person: Person, on: dt.date) -> list[Asked]:
    """What stands open: asked within four weeks and stuck as before, as the person themself sees it.

    A query, and one more for each way of being stuck among them.
    """
    by_kind: dict[str, dict[int, Person]] = defaultdict(dict)
    rows = Nudge.objects.filter(to=person, day__gt=on - STANDS_FOR).select_related("by")
    for one in rows.order_by("day", "pk"):
        by_kind[one.kind][one.about] = one.by
    found = []
    for key, asked in by_kind.items():
        kind = KINDS.get(key)
        if kind is not None:
            still = kind.rows(person, on).filter(pk__in=asked)
            found += [Asked(kind, kind.row(one), asked[one.pk]) for one in still]
    return found
