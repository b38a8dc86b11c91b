"""The figures of the lines that hang on a strategy.

Figures count all work, whoever reads them; whether a title may be shown is asked where it is shown. They are
added up behind the page (`objectives.services.counting`) and only read here.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet, Subquery

from goldenthread.core import clock
from goldenthread.core.counts import count_of, newest_of
from goldenthread.core.models import AuditRecord, Organisation
from goldenthread.core.prepared import Prepared
from goldenthread.engine.result import Result
from goldenthread.engine.scores import progress_of
from goldenthread.insights.selectors.progress import weighed
from goldenthread.objectives.models import Contribution, Objective
from goldenthread.objectives.selectors.counted_work import counted_work
from goldenthread.strategy.models import Priority, Strategy
from goldenthread.strategy.selectors import shares_of

CHECK_INS = ("check in", "correct check-in")  # what changes scores, and never a line
KEPT_SECONDS = 24 * 60 * 60


@dataclass(frozen=True)
class Reach:
    """What hangs on one priority: how many objectives, directly or through others, and how many people answer
    for them."""

    objectives: int
    people: int

    @property
    def is_stranded(self) -> bool:
        """Nothing that is open serves it."""
        return self.objectives == 0


@dataclass(frozen=True)
class StrategyFigures:
    """The lines of one strategy, by priority id, and the whole organisation's count of open objectives.

    `counted_at` is set while something has changed since the figures were added up: they stand as of then.
    """

    reach: Mapping[int, Reach]
    progress: Mapping[int, Result]
    open_objectives: int
    objectives_in_line: int
    people_in_line: int
    counted_at: dt.datetime | None = None

    @property
    def stranded(self) -> list[int]:
        return [pk for pk, reach in self.reach.items() if reach.is_stranded]


def strategy_figures(
    strategy: Strategy, active: Sequence[Priority], as_of: dt.date
) -> StrategyFigures:
    """Reach and contribution progress of each active priority of a strategy.

    `active` are all its active priorities, whoever may see them. A fixed number of queries.
    """
    counted = counted_work(strategy, active)
    shares = shares_of(strategy, active)
    whole = counted.whole
    return StrategyFigures(
        reach={
            one.pk: Reach(row.objectives, row.people)
            for one in active
            if (row := counted.of.get(one.pk)) is not None
        },
        progress={
            one.pk: progress_of(weighed(row.work_done, shares[one.pk]), as_of=as_of)
            for one in active
            if (row := counted.of.get(one.pk)) is not None
        },
        open_objectives=whole.open_objectives,
        objectives_in_line=whole.objectives,
        people_in_line=whole.people,
        counted_at=whole.counted_at if counted.is_stale else None,
    )


def structure_mark() -> tuple[tuple[object, ...], int]:
    """What differs whenever a link, a state or an own share has changed; and the count of open objectives.

    A check-in changes scores and no line, so what is kept under this mark outlives it. One query.
    """
    today = clock.today()
    found = next(iter(_mark(today)), None)
    if found is None:
        return (), 0
    return (*found, today), found[3] or 0


def last_change() -> QuerySet[AuditRecord, Any]:
    """The last line of the trail that is no check-in."""
    return AuditRecord.objects.exclude(verb__in=CHECK_INS).order_by("-pk").values("pk")[:1]


@Prepared
def _mark(today: dt.date) -> QuerySet[Any, tuple[Any, ...]]:
    links = Contribution.objects.filter(valid_to__isnull=True)
    counted = Organisation.objects.order_by("pk").annotate(
        last=Subquery(last_change()),
        links=count_of(links),
        newest=newest_of(links),
        open=count_of(Objective.objects.counted(today)),
    )
    return counted.values_list("last", "links", "newest", "open")[:1]
