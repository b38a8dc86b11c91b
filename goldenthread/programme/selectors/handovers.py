"""What is open of handovers, and what somebody holds."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import BigIntegerField, Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.fields.json import KeyTextTransform, KeyTransform
from django.db.models.functions import Cast
from django.urls import reverse

from goldenthread.core import clock
from goldenthread.objectives.cascade_states import WAITING, CascadeState
from goldenthread.objectives.models import Cascade, ExpectationChange, KeyResult, Objective
from goldenthread.objectives.states import CLOSED, LIVE
from goldenthread.people.models import Person, Unit
from goldenthread.programme.models import Handover, ReviewAction
from goldenthread.strategy.models import Kpi, Priority, Strategy
from goldenthread.tradeoffs.models import TO_COME, Decision, WhatGives
from goldenthread.ui.templatetags.goldenthread import day

DRAFT = CascadeState.DRAFT
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

    @property
    def goes_along(self) -> bool:
        """Whether it is nobody's to pass on by itself: whoever leads the unit next speaks in its threads."""
        return self.kind == "cascade"


GROUPS = {
    "objective": "Objectives",
    "key_result": "Numbers to report",
    "change": "Changes to answer",
    "decision": "Decisions",
    "what_gives": "What gives? to answer",
    "action": "Actions of leadership reviews",
    "kpi": "KPIs",
    "priority": "Priorities sponsored",
    "strategy": "Strategies led",
    "unit": "Units led",
    "cascade": "Open cascades of these units",
    "report": "People who report to them",
}
# What of it each reason asks about; a move takes one's reports along by itself.
ASKS = {
    Handover.Reason.LEAVES: frozenset(GROUPS),
    Handover.Reason.MOVED: frozenset(["objective", "key_result", "kpi", "unit", "cascade"]),
    Handover.Reason.AWAY: frozenset(
        ["objective", "key_result", "change", "decision", "what_gives", "action"]
    ),
    Handover.Reason.MANAGER: frozenset(["objective"]),
}

HOLDER = {
    "objective": "owner_person",
    "key_result": "reporter",
    "change": "addressee",
    "decision": "decider",
    "what_gives": "addressee",
    "action": "owner",
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
    """Everything open that the person holds, in the order of `GROUPS`. A query for each kind, and one for those that
    few hold."""
    readers = {
        "objective": _objectives,
        "key_result": _key_results,
        "change": _changes,
        "decision": _decisions,
        "what_gives": _what_gives,
        "action": _actions,
        "kpi": _kpis,
        "priority": _priorities,
        "strategy": _strategies,
        "unit": _units,
        "cascade": _cascades,
        "report": _reports,
    }
    asked = set(kinds) - _none_of(person)
    found = [item for kind in GROUPS if kind in asked for item in readers[kind](person)]
    for item in found:
        if item.kind in HOLDER:
            setattr(item.record, HOLDER[item.kind], person)  # known already: no query for each
    return found


def _none_of(person: Person) -> set[str]:
    """The kinds that few hold of which the person holds none. One query."""
    me = OuterRef("pk")
    seldom = {
        "what_gives": Exists(WhatGives.objects.waiting().filter(addressee=me)),
        "strategy": Exists(Strategy.objects.filter(leader=me)),
        "cascade": Exists(_threads_of(me)),
        "action": Exists(ReviewAction.objects.open().filter(owner=me)),
    }
    (row,) = Person.objects.filter(pk=person.pk).values_list(*seldom.values())
    return {kind for kind, any_held in zip(seldom, row, strict=True) if not any_held}


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


def _decisions(person: Person) -> list[Item]:
    """Those to be taken on, decided or looked back on."""
    rows = Decision.objects.filter(decider=person, state__in=TO_COME)
    return [
        Item(
            "decision",
            row,
            row.question,
            row.get_absolute_url(),
            f"Look again {day(row.due)}"
            if row.state == Decision.State.DECIDED
            else f"To be decided by {day(row.due)}",
        )
        for row in rows.order_by("pk")
    ]


def _what_gives(person: Person) -> list[Item]:
    """Those that they are to answer."""
    rows = WhatGives.objects.waiting().filter(addressee=person).select_related("person")
    return [
        Item(
            "what_gives",
            row,
            str(row),
            row.get_absolute_url(),
            f"To be answered by {day(row.due_on)}",
        )
        for row in rows.order_by("pk")
    ]


def _actions(person: Person) -> list[Item]:
    """Those that they are to do."""
    rows = ReviewAction.objects.open().filter(owner=person).order_by("pk")
    return [
        Item("action", row, row.title, row.get_absolute_url(), f"By {day(row.due_on)}")
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


def _cascades(person: Person) -> list[Item]:
    """The threads in which the units that they lead have a part: drafts of their own, and what is not settled."""
    rows = _threads_of(person).select_related("giver_unit", "taking_unit")
    return [
        Item("cascade", row, row.title, row.get_absolute_url(), _stands(row))
        for row in rows.order_by("pk")
    ]


def _threads_of(leader: Any) -> "QuerySet[Cascade]":
    gives = Q(giver_unit__leader=leader, giver_unit__ended_on__isnull=True)
    takes = Q(taking_unit__leader=leader, taking_unit__ended_on__isnull=True)
    opened = Q(direction=Cascade.Direction.DOWN) & gives | Q(direction=Cascade.Direction.UP) & takes
    return Cascade.objects.filter(Q(state__in=WAITING) & (gives | takes) | Q(state=DRAFT) & opened)


def _stands(row: Cascade) -> str:
    ends = f"{row.giver_unit} and {row.taking_unit}"
    if row.state == DRAFT:
        return f"{ends}, a draft"
    return f"{ends}; {row.answering_unit} answers by {day(row.answer_by)}"


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


def seen_by(reader: Person, items: list[Item]) -> list[Item]:
    """Those that the reader sees: an HR partner not what is restricted. A query for objectives, priorities,
    decisions, cascades or what gives where some are."""
    restricted = {one.pk for one in map(_objective_of, items) if one and one.restricted}
    confidential = {
        item.record.pk for item in items if item.kind == "priority" and item.record.confidential
    }
    secret = {
        item.record.pk for item in items if item.kind == "decision" and item.record.confidential
    }
    asked = {item.record.pk for item in items if item.kind == "what_gives"}
    if asked:
        known = WhatGives.objects.visible_to(reader).filter(pk__in=asked)
        asked -= set(known.values_list("pk", flat=True))
    given = {item.record.pk for item in items if item.kind == "action"}
    if given:
        noted = ReviewAction.objects.visible_to(reader).filter(pk__in=given)
        given -= set(noted.values_list("pk", flat=True))
    played = {item.record.pk for item in items if item.kind == "cascade"}
    if played:
        read = Cascade.objects.visible_to(reader).filter(pk__in=played)
        played -= set(read.values_list("pk", flat=True))
    if secret:
        told = Decision.objects.visible_to(reader).filter(pk__in=secret)
        secret -= set(told.values_list("pk", flat=True))
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
        and not (item.kind == "decision" and item.record.pk in secret)
        and not (item.kind == "what_gives" and item.record.pk in asked)
        and not (item.kind == "action" and item.record.pk in given)
        and not (item.kind == "cascade" and item.record.pk in played)
    ]


def _objective_of(item: Item) -> Objective | None:
    """The objective that an item is, or belongs to."""
    if item.kind in {"change", "key_result"}:
        found: Objective = item.record.objective
        return found
    return item.record if item.kind == "objective" else None
