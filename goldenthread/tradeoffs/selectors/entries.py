"""What is entered of effort, row by row: what holds, and what held or will hold."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Q

from goldenthread.objectives.models import Cycle, Objective, ObjectivePriority
from goldenthread.people.models import Person, Unit, UnitClosure
from goldenthread.strategy.models import Priority
from goldenthread.tradeoffs.models import Allocation
from goldenthread.tradeoffs.models.allocation import AllocationQuerySet


@dataclass(frozen=True)
class EntryFilter:
    """Whose effort, into what; without `every` only what holds on the day."""

    person: Person | None = None
    unit: Unit | None = None
    objective: Objective | None = None
    priority: Priority | None = None
    cycle: Cycle | None = None
    run: bool = False
    every: bool = False
    text: str = ""

    @property
    def named(self) -> dict[str, Any]:
        """The records that the address names, by their name there."""
        every = {
            name: getattr(self, name)
            for name in ("person", "unit", "objective", "priority", "cycle")
        }
        return {name: record for name, record in every.items() if record is not None}


def entries(reader: Person, chosen: EntryFilter, on: dt.date) -> AllocationQuerySet:
    """The rows that the reader may see, the newest first; of a unit with everything below it, of a priority with the
    work that reaches it and is open to everybody."""
    rows = Allocation.objects.visible_to(reader)
    if not chosen.every:
        rows = rows.in_force(on)
    if chosen.person is not None:
        rows = rows.filter(person=chosen.person)
    if chosen.unit is not None:
        below = UnitClosure.objects.filter(ancestor=chosen.unit)
        rows = rows.filter(
            Exists(below.filter(descendant=OuterRef("unit")))
            | Exists(below.filter(descendant=OuterRef("person__unit")))
        )
    if chosen.objective is not None:
        rows = rows.filter(objective=chosen.objective)
    if chosen.priority is not None:
        reaching = ObjectivePriority.objects.filter(
            priority=chosen.priority, objective=OuterRef("objective")
        )
        rows = rows.filter(
            Q(priority=chosen.priority) | Q(objective__restricted=False) & Exists(reaching)
        )
    if chosen.cycle is not None:
        rows = rows.filter(cycle=chosen.cycle)
    if chosen.run:
        rows = rows.filter(run_the_business=True)
    for word in chosen.text.split():
        rows = rows.filter(Q(person__name__icontains=word) | Q(unit__name__icontains=word))
    loaded = rows.select_related("person", "unit", "objective", "priority", "cycle", "what_gives")
    return loaded.order_by("-starts_on", "person__name", "unit__name", "pk")
