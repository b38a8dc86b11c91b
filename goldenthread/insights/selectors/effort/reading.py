"""The figures of effort for a page: counted at once, or, in a large organisation, as they were counted behind it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from django.core.cache import cache
from django.db.models import Exists, OuterRef

from goldenthread.core import clock
from goldenthread.insights.selectors.effort.figures import EffortFigures, unpacked_effort
from goldenthread.insights.selectors.effort.ground import ground_today
from goldenthread.insights.selectors.effort.measuring import measure_effort
from goldenthread.insights.selectors.graph import KEPT_SECONDS
from goldenthread.insights.selectors.kept import kept_or_mark
from goldenthread.objectives.models import Objective
from goldenthread.people.models import Person
from goldenthread.strategy.models import Priority
from goldenthread.tradeoffs.selectors.allocations import minimum_group

EFFORT = "effort-"


def effort_figures(unit: int | None) -> EffortFigures:
    """Of today; of the whole without a unit. A small organisation's are kept until anything changes but by a check-in.
    One query, or the nine of the ground besides."""
    stored, mark = kept_or_mark(name_of(unit), unpacked_effort)
    if stored is None or stored[0].minimum != minimum_group():
        return _measured(unit, mark)
    found, measured_at = stored
    return replace(found, measured_at=measured_at) if measured_at else found


def _measured(unit: int | None, mark: int | None) -> EffortFigures:
    today = clock.today()
    key = f"{name_of(unit)}-{today:%Y%m%d}-{mark}"
    found: EffortFigures | None = cache.get(key)
    if found is None or found.minimum != minimum_group():
        found = measure_effort(ground_today(today), unit)
        cache.set(key, found, KEPT_SECONDS)
    return found


def name_of(unit: int | None) -> str:
    """Under which the figures of a unit are kept."""
    return f"{EFFORT}{unit or 0}"


@dataclass(frozen=True)
class Named:
    """The titles of what effort flows into, for one reader: without confidential priorities that they may not see,
    and without restricted objectives, whoever reads."""

    priorities: Mapping[int, Priority]
    seen: frozenset[int]  # of the priorities
    objectives: Mapping[int, str]

    def priority(self, pk: int) -> str:
        return str(self.priorities[pk]) if pk in self.seen else "A confidential priority"

    def objective(self, pk: int) -> str:
        return self.objectives.get(pk, "Restricted work")


def named(found: EffortFigures, reader: Person) -> Named:
    """Two queries; one where there is no chart."""
    visible = Priority.objects.visible_to(reader).filter(pk=OuterRef("pk"))
    rows = Priority.objects.filter(pk__in=[one.priority for one in found.into])
    priorities = {one.pk: one for one in rows.annotate(is_seen=Exists(visible))}
    seen = {pk for pk, one in priorities.items() if getattr(one, "is_seen")}  # noqa: B009  annotated
    via = [one.objective for one in found.chart.streams if one.objective] if found.chart else []
    objectives = Objective.objects.filter(pk__in=via, restricted=False)
    titles = dict(objectives.values_list("pk", "title")) if via else {}
    return Named(priorities, frozenset(seen), titles)
