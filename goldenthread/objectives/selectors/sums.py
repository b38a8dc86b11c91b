"""How the open objectives stand, by count: the first sentence of their list, and the counts of its saved views."""

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from time import monotonic
from typing import Any

from django.db.models import Count, Q, QuerySet, Value
from django.utils import timezone

from goldenthread.core.either import in_either
from goldenthread.core.prepared import Prepared
from goldenthread.engine.pace import Health
from goldenthread.objectives.models import Cycle, Objective, ObjectiveQuerySet
from goldenthread.objectives.models.objective import begun, restricted_seen
from goldenthread.objectives.selectors.counted_work import AT_ONCE
from goldenthread.objectives.selectors.listing import LOOSE, changes_for, waits_for
from goldenthread.objectives.selectors.seen import rows_seen
from goldenthread.objectives.selectors.standing import UNCONFIRMED, usual_cadence, verdict
from goldenthread.objectives.states import CLOSED, State
from goldenthread.people.models import Person, Unit, stand_in
from goldenthread.ui.health import HEALTHS

ASKED = (State.PROPOSED, State.COUNTERED, State.UNCONFIRMED)


@dataclass(frozen=True)
class Summary:
    """How the open objectives that the reader may see stand, by count.

    `loose` are those in a cycle that has begun, as *Alignment* counts them; `counted_at` says as of when all but the
    reader's own stand, where there are too many to be counted for each page.
    """

    by_health: Mapping[str, int] = field(default_factory=dict)
    loose: int = 0
    loose_to_come: int = 0
    critical: int = 0
    mine: int = 0
    waiting: int = 0
    counted_at: dt.datetime | None = None

    @property
    def total(self) -> int:
        return sum(self.by_health.values())

    @property
    def counted(self) -> int:
        """Those that figures count: all but unconfirmed ones."""
        return self.total - self.by_health.get(UNCONFIRMED, 0)

    @property
    def under_way(self) -> int:
        """Those of the counted ones that have begun."""
        return self.counted - self.by_health.get(Health.NOT_STARTED, 0)

    @property
    def keeping_up_share(self) -> float | None:
        """The share of those under way that are on pace or done; None of none."""
        return self.keeping_up / self.under_way if self.under_way else None

    @property
    def keeping_up(self) -> int:
        """Those on pace, and those already done."""
        return self.by_health.get(Health.ON_PACE, 0) + self.by_health.get(Health.DONE, 0)

    def __getitem__(self, health: str) -> int:
        """`summary["at_risk"]`, in a template `counts.at_risk`."""
        if health not in HEALTHS:
            raise KeyError(health)
        return self.by_health.get(health, 0)


SUMMED = ("n", "loose", "loose_to_come", "critical")
KEPT_SECONDS = 60
_KEPT: dict[tuple[dt.date, int], tuple[float, dt.datetime, list[dict[str, Any]]]] = {}


def summary(reader: Person, on: dt.date, rows: ObjectiveQuerySet | None = None) -> Summary:
    """The counts behind the first sentence and the saved views, in two queries."""
    counted_at = None
    if rows is None:
        groups, counted_at = _sums(reader, on)
        found = rows_seen(_theirs, reader, reader.is_leader, person=reader.pk)
    else:
        groups = list(_summed(on, usual_cadence(), seen=rows))
        found = list(_theirs(reader.is_leader, seen=rows, person=reader.pk))
    by_health: Counter[str] = Counter()
    for group in groups:
        by_health[group["stands"]] += group["n"]
    return Summary(
        {health: count for health, count in by_health.items() if count},
        loose=sum(group["loose"] for group in groups),
        loose_to_come=sum(group["loose_to_come"] for group in groups),
        critical=sum(group["critical"] for group in groups),
        mine=found[0]["mine"] if found else 0,
        waiting=found[0]["waiting"] if found else 0,
        counted_at=counted_at,
    )


def _sums(reader: Person, on: dt.date) -> tuple[list[dict[str, Any]], dt.datetime | None]:
    """The sums of all that the reader sees; and of a large organisation, where reading every objective takes longer
    than the page, the moment at which those open to everybody were counted: once a minute in each process."""
    key = (on, usual_cadence())
    restricted = restricted_seen(reader)
    if restricted is not None and key in _KEPT:
        counted, at, groups = _KEPT[key]
        if monotonic() - counted < KEPT_SECONDS:
            return groups + _summed_of(*key, among=restricted), at
    groups = rows_seen(_summed, reader, *key)
    if restricted is None or sum(group["n"] for group in groups) <= AT_ONCE:
        return groups, None
    theirs = [
        group | {name: -group[name] for name in SUMMED}
        for group in _summed_of(*key, among=restricted)
    ]
    _KEPT.clear()
    _KEPT[key] = (monotonic(), timezone.now(), groups + theirs)
    return groups, _KEPT[key][1]


def _summed(on: dt.date, cadence: int, *, seen: ObjectiveQuerySet) -> QuerySet[Objective, Any]:
    return (
        seen.exclude(state__in=CLOSED)
        .annotate(stands=verdict(on, cadence))
        .order_by()
        .values("stands")
        .annotate(
            n=Count("pk"),
            loose=Count("pk", filter=LOOSE & begun(on)),
            loose_to_come=Count("pk", filter=LOOSE & ~begun(on)),
            critical=Count("pk", filter=Q(critical=True)),
        )
    )


@Prepared
def _summed_of(on: dt.date, cadence: int, *, among: Sequence[int]) -> QuerySet[Objective, Any]:
    return _summed(on, cadence, seen=Objective.objects.filter(pk__in=among))


def _theirs(is_leader: bool, *, seen: ObjectiveQuerySet, person: int) -> QuerySet[Objective, Any]:
    """How many are the reader's, and wait for their word. Whom they wait for is asked with six joins, so only of the
    few that can wait."""
    led = Unit.objects.filter(leader=person).values("pk")
    mine = Q(owner_person=person) | Q(owner_unit__in=led)
    few = (
        Objective.objects.filter(owner_person=person),
        Objective.objects.filter(owner_unit__in=led),
        # Said with the cycle there is an index for it.
        Objective.objects.filter(cycle__in=Cycle.objects.values("pk"), state__in=ASKED),
        Objective.objects.filter(pk__in=changes_for(person)),
    )
    return (
        seen.filter(in_either(*few))
        .exclude(state__in=CLOSED)
        .annotate(one=Value(1))
        .order_by()
        .values("one")
        .annotate(
            mine=Count("pk", filter=mine),
            waiting=Count("pk", filter=waits_for(stand_in([person], is_leader))),
        )
        .values("mine", "waiting")
    )
