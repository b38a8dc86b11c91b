"""Confirming what an import brought, for whoever it is addressed to: all of it with one click."""

from dataclasses import dataclass, field

from django.db import transaction
from django.db.models import Q

from goldenthread.interchange.models import Import
from goldenthread.objectives.models import Objective
from goldenthread.objectives.services import agreement
from goldenthread.objectives.states import State
from goldenthread.people.models import Person
from goldenthread.strategy import services as strategy
from goldenthread.strategy.models import Kpi, Priority


@dataclass(frozen=True)
class Mine:
    """What of an import waits for one person."""

    priorities: list[Priority] = field(default_factory=list)
    kpis: list[Kpi] = field(default_factory=list)
    objectives: list[Objective] = field(default_factory=list)

    @property
    def count(self) -> int:
        return len(self.priorities) + len(self.kpis) + len(self.objectives)


def waits_for(person: Person, batch: Import) -> Mine:
    """What the import brought and addressed to this person: as who leads the strategy or was named sponsor, as
    owner, as leader of the owning unit; a KPI that names nobody to any leader. In three queries."""
    ids: dict[str, set[int]] = {}
    brought = batch.rows.filter(subject_id__isnull=False)
    for kind, pk in brought.values_list("subject_type", "subject_id"):
        ids.setdefault(kind, set()).add(pk or 0)
    named = Q(sponsor=person, sponsor_named_by__isnull=False)
    priorities = Priority.objects.filter(
        named | Q(strategy__leader=person),
        pk__in=ids.get("strategy.priority", ()),
        state=Priority.State.UNCONFIRMED,
    ).select_related("strategy__leader", "sponsor", "sponsor_named_by")
    owned = Q(owner=person) | (Q(owner__isnull=True) if person.is_leader else Q(pk__in=()))
    kpis = Kpi.objects.filter(
        owned, pk__in=ids.get("strategy.kpi", ()), state=Kpi.State.UNCONFIRMED
    ).select_related("owner", "unit")
    objectives = Objective.objects.filter(
        Q(owner_person=person) | Q(owner_unit__leader=person),
        pk__in=ids.get("objectives.objective", ()),
        state=State.UNCONFIRMED,
    ).select_related("cycle", "owner_person", "owner_unit__leader")
    return Mine(list(priorities), list(kpis), list(objectives))


@transaction.atomic
def confirm_mine(*, actor: Person, batch: Import) -> int:
    """Take on everything of the import that waits for the actor; answers how much that was.

    Permission: for each what its own confirmation asks.
    """
    mine = waits_for(actor, batch)
    for priority in mine.priorities:
        strategy.confirm_priority(actor=actor, priority=priority)
    for kpi in Kpi.objects.filter(pk__in=[one.pk for one in mine.kpis]):
        strategy.confirm_kpi(actor=actor, kpi=kpi)
    for objective in mine.objectives:
        agreement.confirm(actor=actor, objective=objective)
    return mine.count
