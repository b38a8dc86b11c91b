"""The list of KPIs, as narrowed and sorted."""

from dataclasses import dataclass

from django.db.models import F, Prefetch

from goldenthread.people.models import Person, Unit
from goldenthread.people.selectors import matches
from goldenthread.strategy.models import ExpectedResult, Kpi, KpiQuerySet, Priority
from goldenthread.strategy.selectors.kpi import Standing

SORTS = {"name": ("name",), "unit": ("unit__name", "name"), "owner": ("owner__name", "name")}


@dataclass(frozen=True)
class KpiFilter:
    """What a list of KPIs is narrowed to; the address of the page says it."""

    text: str = ""
    state: str = Kpi.State.ACTIVE  # a state, or "all"
    health: str = ""  # an engine `Health`, or "out" for out of range
    unit: Unit | None = None  # with the units below it
    mine: bool = False
    sort: str = "name"  # a key of SORTS, with "-" for the other way

    def holds(self, standing: Standing) -> bool:
        """Whether a standing is of the health asked for."""
        if not self.health:
            return True
        if self.health == "out":
            return bool(standing.out_of_range)
        return standing.health == self.health


def kpi_list(reader: Person, chosen: KpiFilter) -> KpiQuerySet:
    """The KPIs that the reader may see, as narrowed (but for health) and sorted, with what they show.

    `expected_results` holds those of active priorities that the reader may see.
    """
    priorities = Priority.objects.visible_to(reader).active()
    shown = ExpectedResult.objects.filter(priority__in=priorities).select_related("priority")
    kpis = Kpi.objects.visible_to(reader).select_related("unit", "owner")
    kpis = kpis.prefetch_related(Prefetch("expected_results", shown))
    kpis = kpis.filter(matches(chosen.text, "name", "definition", "owner__name"))
    if chosen.state != "all":
        kpis = kpis.filter(state=chosen.state)
    if chosen.unit is not None:
        kpis = kpis.filter(unit__closure_above__ancestor=chosen.unit)
    if chosen.mine:
        kpis = kpis.filter(owner=reader)
    first, *rest = SORTS.get(chosen.sort.removeprefix("-"), SORTS["name"])
    down = chosen.sort.startswith("-")
    by = F(first).desc(nulls_last=True) if down else F(first).asc(nulls_last=True)
    return kpis.order_by(by, *rest, "pk")


def find_kpis(reader: Person, text: str, limit: int = 10) -> list[Kpi]:
    """KPIs in use whose name holds every word."""
    if not text.strip():
        return []
    kpis = Kpi.objects.visible_to(reader).exclude(state=Kpi.State.RETIRED)
    kpis = kpis.filter(matches(text, "name"))
    return list(kpis.select_related("unit").order_by("name", "pk")[:limit])
