"""What is owned by nobody who is here, so that nothing stays so."""

import datetime as dt
from dataclasses import dataclass, field

from django.db.models import Q, QuerySet
from django.urls import reverse

from goldenthread.core import clock
from goldenthread.objectives.models import ExpectationChange, Objective
from goldenthread.objectives.states import CLOSED, State
from goldenthread.people.models import Person, Unit
from goldenthread.programme.selectors.handovers import OPEN_CHANGE
from goldenthread.strategy.models import Kpi, Priority, Strategy
from goldenthread.tradeoffs.models import TO_COME, Decision


@dataclass(frozen=True)
class Unowned:
    """What is open and has nobody here who answers for it, and why."""

    title: str
    url: str
    why: str


@dataclass(frozen=True)
class OwnedByNobody:
    """All of it that a reader sees, and how much the reader does not see."""

    rows: list[Unowned] = field(default_factory=list)
    hidden: int = 0

    @property
    def count(self) -> int:
        return len(self.rows) + self.hidden


def gone(path: str, on: dt.date) -> Q:
    """Nobody stands there, or somebody who has left by the day."""
    return Q((f"{path}__isnull", True)) | Q((f"{path}__end__lt", on))


def owned_by_nobody(reader: Person) -> OwnedByNobody:
    """Everything open whose owner has left or is missing, whose unit ended or has no leader. Nine to eleven queries.

    What the reader may not see (restricted, confidential) is counted and not named.
    """
    on = clock.today()
    found: list[Unowned] = []
    hidden = 0
    objectives = list(unowned_objectives(on))
    closed = {row.pk for row in objectives if row.restricted}
    if closed:
        seen = Objective.objects.visible_to(reader).filter(pk__in=closed)
        closed -= set(seen.values_list("pk", flat=True))
    for row in objectives:
        found_here = Unowned(row.title, row.get_absolute_url(), _why(row, on))
        if row.pk in closed:
            hidden += 1
        else:
            found.append(found_here)
    kpis = Kpi.objects.filter(gone("owner", on)).exclude(state=Kpi.State.RETIRED)
    found += [
        Unowned(kpi.name, reverse("kpi", args=[kpi.pk]), _of("KPI", kpi.owner))
        for kpi in kpis.select_related("owner")
    ]
    priorities = (
        Priority.objects.filter(gone("sponsor", on), state=Priority.State.ACTIVE)
        .exclude(strategy__state=Strategy.State.ENDED)
        .select_related("sponsor", "strategy")
    )
    secret = {one.pk for one in priorities if one.confidential}
    if secret:
        listed = Priority.objects.visible_to(reader).filter(pk__in=secret)
        secret -= set(listed.values_list("pk", flat=True))
    for one in priorities:
        if one.pk in secret:
            hidden += 1
            continue
        url = reverse("priority", args=[one.pk])
        found.append(Unowned(one.title, url, _of("Priority", one.sponsor, "sponsor")))
    for strategy in (
        Strategy.objects.filter(gone("leader", on))
        .exclude(state=Strategy.State.ENDED)
        .select_related("leader")
    ):
        url = reverse("priorities", args=[strategy.pk])
        found.append(Unowned(strategy.title, url, _of("Strategy", strategy.leader, "leader")))
    units = Unit.objects.filter(gone("leader", on), ended_on__isnull=True)
    for unit in units.select_related("leader"):
        why = _of("Unit", unit.leader, "leader")
        found.append(Unowned(unit.name, unit.get_absolute_url(), why))
    people = Person.objects.working(on).filter(manager__end__lt=on).select_related("manager")
    for person in people:
        why = f"Reports to {person.manager}, who has left"
        found.append(Unowned(person.name, person.get_absolute_url(), why))
    changes = ExpectationChange.objects.filter(
        state=OPEN_CHANGE, addressee__end__lt=on, objective__in=Objective.objects.visible_to(reader)
    ).select_related("addressee", "objective")
    for change in changes:
        why = f"Waits for {change.addressee}, who has left"
        url = reverse("change-answer", args=[change.pk])
        found.append(Unowned(f"Change to “{change.objective}”", url, why))
    decisions = Decision.objects.filter(decider__end__lt=on, state__in=TO_COME)
    seen_decisions = set(
        Decision.objects.visible_to(reader).filter(pk__in=decisions).values_list("pk", flat=True)
    )
    for decision in decisions.select_related("decider").order_by("pk"):
        if decision.pk in seen_decisions:
            why = f"Decision of {decision.decider}, who has left"
            found.append(Unowned(decision.question, decision.get_absolute_url(), why))
        else:
            hidden += 1
    return OwnedByNobody(found, hidden)


def unowned_objectives(on: dt.date) -> QuerySet[Objective]:
    nobody = Q(owner_person__isnull=True, owner_unit__isnull=True)
    left = Q(owner_person__end__lt=on)
    headless = Q(owner_unit__isnull=False) & (
        Q(owner_unit__ended_on__isnull=False) | gone("owner_unit__leader", on)
    )
    return (
        Objective.objects.exclude(state__in=CLOSED)
        .filter(nobody | left | headless)
        .select_related("owner_person", "owner_unit__leader")
        .order_by("pk")
    )


def _why(row: Objective, on: dt.date) -> str:
    if row.owner_person is not None:
        return f"Objective of {row.owner_person}, who has left"
    if row.owner_unit is None:
        return "Objective without an owner" + (
            ", unconfirmed" if row.state == State.UNCONFIRMED else ""
        )
    if row.owner_unit.ended_on is not None:
        return f"Objective of {row.owner_unit}, which has ended"
    if row.owner_unit.leader is None:
        return f"Objective of {row.owner_unit}, which nobody leads"
    return f"Objective of {row.owner_unit}, whose leader has left"


def _of(what: str, person: Person | None, role: str = "owner") -> str:
    return f"{what} without {role}" if person is None else f"{what} of {person}, who has left"
