"""A priority: what is expected of it, where that stands, and what hangs on it."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count

from goldenthread.insights.selectors.graph import strategy_figures
from goldenthread.insights.selectors.strategy_page import PriorityRow, priority_row
from goldenthread.insights.selectors.threads import urgency
from goldenthread.objectives.models import Contribution, Objective, ObjectiveAncestor
from goldenthread.objectives.selectors.standing import Standing, standing
from goldenthread.objectives.states import COUNTED
from goldenthread.people.models import Person
from goldenthread.strategy.models import Priority, TradeOff
from goldenthread.strategy.selectors import priority_standings

SHOWN = 50  # objectives listed; all of them are counted


@dataclass(frozen=True)
class Serving:
    """An objective or a unit's priority that serves it directly, and how many objectives stand below that."""

    node: Objective | Priority
    strength: str
    standing: Standing | None
    below: int

    @property
    def is_priority(self) -> bool:
        return isinstance(self.node, Priority)


@dataclass(frozen=True)
class PriorityPage:
    """What the page of a priority shows. `hidden` counts what serves it and is not open to the reader."""

    row: PriorityRow
    serving: list[Serving]
    direct: int
    hidden: int
    trade_offs: list[TradeOff]
    counted_at: dt.datetime | None

    @property
    def further(self) -> int:
        """Objectives in its line that do not serve it directly."""
        total = self.row.reach.objectives if self.row.reach else 0
        own = sum(not one.is_priority for one in self.serving) + self.hidden + self.unlisted
        return max(0, total - own)

    @property
    def unlisted(self) -> int:
        return self.direct - len(self.serving) - self.hidden


def priority_page(priority: Priority, reader: Person, on: dt.date) -> PriorityPage:
    """Load the page in a fixed number of queries. Load the priority with its strategy, leader and sponsor."""
    strategy = priority.strategy
    active = list(strategy.priorities.active())
    figures = strategy_figures(strategy, active, on)
    total = sum((one.weight or Decimal(0) for one in active), Decimal(0))
    row = priority_row(
        priority, priority_standings([priority], on)[priority.pk], figures, total, reader
    )
    links = list(
        Contribution.objects.filter(parent_priority=priority, valid_to__isnull=True).select_related(
            "child_objective__cycle",
            "child_objective__owner_person",
            "child_objective__owner_unit__leader",
            "child_priority__strategy__unit",
        )
    )
    links = [link for link in links if _is_open(link)]
    seen = _seen(links, reader)
    below = _below(link.child_objective_id for link in seen)
    serving = sorted(
        (_serving(link, below, on) for link in seen),
        key=lambda one: (not one.is_priority, urgency(one.standing.health) if one.standing else 0),
    )
    return PriorityPage(
        row=row,
        serving=serving[:SHOWN],
        direct=len(links),
        hidden=len(links) - len(seen),
        trade_offs=list(priority.trade_offs.select_related("decided_by")),
        counted_at=figures.counted_at,
    )


def _is_open(link: Contribution) -> bool:
    if link.child_objective is not None:
        return link.child_objective.state in COUNTED
    return link.child_priority is not None and link.child_priority.state == Priority.State.ACTIVE


def _seen(links: Iterable[Contribution], reader: Person) -> list[Contribution]:
    """The links whose child the reader may see; only what is restricted or confidential is asked for."""
    links = list(links)
    children = [link.child for link in links]
    restricted = {one.pk for one in children if isinstance(one, Objective) and one.restricted}
    confidential = {one.pk for one in children if isinstance(one, Priority) and one.confidential}
    if restricted:
        rows = Objective.objects.visible_to(reader).filter(pk__in=restricted)
        restricted -= set(rows.values_list("pk", flat=True))
    if confidential:
        found = Priority.objects.visible_to(reader).filter(pk__in=confidential)
        confidential -= set(found.values_list("pk", flat=True))
    return [
        link
        for link in links
        if link.child_objective_id not in restricted and link.child_priority_id not in confidential
    ]


def _below(ids: Iterable[int | None]) -> dict[int, int]:
    rows = ObjectiveAncestor.objects.filter(
        ancestor__in=[pk for pk in ids if pk is not None], objective__state__in=COUNTED
    )
    counted = rows.values("ancestor").annotate(n=Count("pk")).values_list("ancestor", "n")
    return dict(counted.order_by())


def _serving(link: Contribution, below: dict[int, int], on: dt.date) -> Serving:
    node = link.child
    assert node is not None  # the database holds every link to two ends
    if isinstance(node, Objective):
        return Serving(node, link.get_strength_display(), standing(node, on), below.get(node.pk, 0))
    return Serving(node, link.get_strength_display(), None, 0)
