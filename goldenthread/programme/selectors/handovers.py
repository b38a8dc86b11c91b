"""What is open of handovers, what somebody holds, and what is owned by nobody who is here."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import BigIntegerField, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.fields.json import KeyTextTransform, KeyTransform
from django.db.models.functions import Cast
from django.urls import reverse

from goldenthread.core import clock
from goldenthread.objectives.models import ExpectationChange, KeyResult, Objective
from goldenthread.objectives.states import CLOSED, LIVE, State
from goldenthread.people.models import Person, Unit
from goldenthread.programme.models import Handover
from goldenthread.strategy.models import Kpi, Priority, Strategy

OPEN_CHANGE = ExpectationChange.State.OPEN


@dataclass(frozen=True)
class Item:
    """One thing that somebody holds. `waits_for` is who has been asked to take it on."""

    kind: str
    record: Any
    title: str
    url: str
    note: str = ""
    waits_for: str = ""

    @property
    def key(self) -> str:
        return f"{self.kind}-{self.record.pk}"


# What of it each reason asks about; a move takes one's reports along by itself.
ASKS = {
    Handover.Reason.LEAVES: frozenset(
        ["objective", "key_result", "change", "kpi", "priority", "strategy", "unit", "report"]
    ),
    Handover.Reason.MOVED: frozenset(["objective", "key_result", "kpi", "unit"]),
    Handover.Reason.AWAY: frozenset(["objective", "key_result", "change"]),
    Handover.Reason.MANAGER: frozenset(["objective"]),
}
GROUPS = {
    "objective": "Objectives",
    "key_result": "Numbers to report",
    "change": "Changes to answer",
    "kpi": "KPIs",
    "priority": "Priorities sponsored",
    "strategy": "Strategies led",
    "unit": "Units led",
    "report": "People who report to them",
}

HOLDER = {
    "objective": "owner_person",
    "key_result": "reporter",
    "change": "addressee",
    "kpi": "owner",
    "priority": "sponsor",
    "strategy": "leader",
    "unit": "leader",
    "report": "manager",
}


def handovers(reader: Person) -> QuerySet[Handover]:
    """Those that are open and the reader sees, the nearest day first."""
    return Handover.objects.visible_to(reader).open().select_related("person__manager")


def held(person: Person, kinds: Iterable[str] = tuple(GROUPS)) -> list[Item]:
    """Everything open that the person holds, in the order of `GROUPS`. A query for each kind."""
    readers = {
        "objective": _objectives,
        "key_result": _key_results,
        "change": _changes,
        "kpi": _kpis,
        "priority": _priorities,
        "strategy": _strategies,
        "unit": _units,
        "report": _reports,
    }
    asked = set(kinds)
    found = [item for kind in GROUPS if kind in asked for item in readers[kind](person)]
    for item in found:
        if item.kind in HOLDER:
            setattr(item.record, HOLDER[item.kind], person)  # known already: no query for each
    return found


def items_of(handover: Handover) -> list[Item]:
    """What of it is still to be passed on. A new manager takes on what is agreed and not yet closed."""
    found = held(handover.person, ASKS[Handover.Reason(handover.reason)])
    if handover.reason == Handover.Reason.MANAGER:
        return [item for item in found if item.record.state in LIVE]
    return found


def _objectives(person: Person) -> list[Item]:
    owner = KeyTextTransform("owner_person", KeyTransform("objective", "changes"))
    offer = ExpectationChange.objects.alias(owner=Cast(owner, BigIntegerField())).filter(
        objective=OuterRef("pk"), state=OPEN_CHANGE, owner=F("addressee_id")
    )
    rows: QuerySet[Any] = (
        Objective.objects.filter(owner_person=person)
        .exclude(state__in=CLOSED)
        .select_related("cycle", "agreed_by")
        .annotate(offered_to=Subquery(offer.values("addressee__name")[:1]))
        .order_by("pk")
    )
    return [
        Item(
            "objective",
            row,
            row.title,
            row.get_absolute_url(),
            f"{row.get_state_display()}, {row.cycle}",
            row.offered_to or "",
        )
        for row in rows
    ]


def _key_results(person: Person) -> list[Item]:
    rows = (
        KeyResult.objects.filter(reporter=person, weight__gt=0)
        .exclude(objective__state__in=CLOSED)
        .exclude(objective__owner_person=person)
        .select_related("objective__owner_person", "objective__owner_unit")
    )
    return [
        Item(
            "key_result",
            row,
            row.title,
            row.objective.get_absolute_url(),
            f"For {row.objective.owner}",
        )
        for row in rows
    ]


def _changes(person: Person) -> list[Item]:
    """Those that they answer for the line; what they answer as the owner goes with the objective."""
    rows = (
        ExpectationChange.objects.filter(addressee=person, state=OPEN_CHANGE)
        .exclude(objective__owner_person=person)
        .select_related(
            "author", "objective__owner_person__manager", "objective__owner_unit__leader"
        )
    )
    return [
        Item(
            "change",
            row,
            f"Change to “{row.objective}”",
            reverse("change-answer", args=[row.pk]),
            f"{row.author} proposed it",
        )
        for row in rows
    ]


def _kpis(person: Person) -> list[Item]:
    rows = Kpi.objects.filter(owner=person).exclude(state=Kpi.State.RETIRED)
    return [Item("kpi", row, row.name, reverse("kpi", args=[row.pk])) for row in rows]


def _priorities(person: Person) -> list[Item]:
    rows = (
        Priority.objects.filter(sponsor=person)
        .exclude(state=Priority.State.DROPPED)
        .exclude(strategy__state=Strategy.State.ENDED)
        .select_related("strategy")
    )
    return [
        Item("priority", row, row.title, reverse("priority", args=[row.pk]), str(row.strategy))
        for row in rows
    ]


def _strategies(person: Person) -> list[Item]:
    rows = Strategy.objects.filter(leader=person).exclude(state=Strategy.State.ENDED)
    return [
        Item(
            "strategy",
            row,
            row.title,
            reverse("priorities", args=[row.pk]),
            row.get_state_display(),
        )
        for row in rows
    ]


def _units(person: Person) -> list[Item]:
    if not person.heads_unit:
        return []
    rows = Unit.objects.filter(leader=person, ended_on__isnull=True)
    return [Item("unit", row, row.name, row.get_absolute_url()) for row in rows]


def _reports(person: Person) -> list[Item]:
    rows = Person.objects.filter(manager=person).working(clock.today())
    return [Item("report", row, row.name, row.get_absolute_url(), row.position) for row in rows]


def last_offices(person: Person) -> list[str]:
    """The offices that nobody else who works here holds: named, since an administrator grants them."""
    others = Person.objects.exclude(pk=person.pk).filter(end__isnull=True)
    offices = (
        (person.is_admin, "is_admin", "administrator"),
        (person.is_hr, "is_hr", "HR partner"),
    )
    return [
        word for has, name, word in offices if has and not others.filter(**{name: True}).exists()
    ]


# Nothing stays owned by nobody ----------------------------------------------------------------------------


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
    """Everything open whose owner has left or is missing, whose unit ended or has no leader. Seven to nine queries.

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


def seen_by(reader: Person, items: list[Item]) -> list[Item]:
    """Those that the reader sees: an HR partner not what is restricted. A query for objectives or priorities
    where some are."""
    restricted = {one.pk for one in map(_objective_of, items) if one and one.restricted}
    confidential = {
        item.record.pk for item in items if item.kind == "priority" and item.record.confidential
    }
    if restricted:
        seen = Objective.objects.visible_to(reader).filter(pk__in=restricted)
        restricted -= set(seen.values_list("pk", flat=True))
    if confidential:
        listed = Priority.objects.visible_to(reader).filter(pk__in=confidential)
        confidential -= set(listed.values_list("pk", flat=True))
    return [
        item
        for item in items
        if not ((one := _objective_of(item)) and one.pk in restricted)
        and not (item.kind == "priority" and item.record.pk in confidential)
    ]


def _objective_of(item: Item) -> Objective | None:
    """The objective that an item is, or belongs to."""
    if item.kind in {"change", "key_result"}:
        found: Objective = item.record.objective
        return found
    return item.record if item.kind == "objective" else None
