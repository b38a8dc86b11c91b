"""Handovers: opened when they are due, passed on item by item, closed."""

import datetime as dt
from collections.abc import Callable, Collection, Iterable
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from goldenthread.core import audit, clock, versions
from goldenthread.core.access import require
from goldenthread.core.errors import DomainError, NotAllowed
from goldenthread.core.held import Held
from goldenthread.core.jobs import enqueue
from goldenthread.objectives.models import ExpectationChange, KeyResult, Objective
from goldenthread.objectives.services.passing_on import (
    pass_answer,
    pass_objective,
    pass_reporting,
)
from goldenthread.objectives.states import CLOSED
from goldenthread.people.models import Absence, Deputy, Person, PersonHeld, Unit
from goldenthread.people.services import may_pass_on, set_manager, set_unit_leader
from goldenthread.permissions import Action
from goldenthread.programme.models import Handover, ReviewAction
from goldenthread.programme.selectors import Item, items_of
from goldenthread.programme.services.reviews import pass_action
from goldenthread.strategy.models import Kpi, Priority, Strategy
from goldenthread.strategy.services import pass_kpi, pass_priority, pass_strategy
from goldenthread.tradeoffs.models import TO_COME, Decision, WhatGives
from goldenthread.tradeoffs.services import pass_decision, pass_what_gives

OPEN_HANDOVERS = "open handovers"
AHEAD = dt.timedelta(days=30)  # so long before a last day or a long leave, and after a move
LONG_LEAVE = dt.timedelta(days=28)
Reason = Handover.Reason


def somebody_moved(model: type[Held]) -> None:
    """Have what is due opened at once when somebody moved or leaves; told by what keeps the history of people."""
    if model is not PersonHeld:
        return
    on = clock.today()
    moved = Q(valid_to=on - dt.timedelta(1))
    leaves = Q(valid_from=on, valid_to__isnull=True, end__isnull=False)
    if PersonHeld.objects.filter(moved | leaves).exists():
        enqueue(OPEN_HANDOVERS, {"day": on.isoformat()}, key=OPEN_HANDOVERS)


@transaction.atomic
def open_due_handovers() -> list[Handover]:
    """Open what is due today, and close what has nothing left. Done twice it changes nothing.

    Somebody leaves within 30 days or has left; moved to another unit or got another manager within the last 30; or
    is away for 28 days or more and nobody stands in. Only while they hold something that their handover asks about.
    """
    on = clock.today()
    for handover in Handover.objects.open().select_related("person"):
        close_if_done(handover)
    due = [*_leaving(on), *_moved(on), *_away(on)]
    known = set(
        Handover.objects.filter(person__in={one.person_id for one in due}).values_list(
            "person_id", "reason", "day"
        )
    )
    opened = []
    for one in due:
        if (one.person_id, one.reason, one.day) in known or not items_of(one):
            continue
        one.save()
        after = {"reason": one.reason, "day": one.day}
        audit.record(None, "open handover", one.person, after=after)
        opened.append(one)
    return opened


def _holding() -> Q:
    """People who hold anything open at all, so that nobody else is looked at more closely."""
    me = OuterRef("pk")
    changes = ExpectationChange.objects.filter(addressee=me, state=ExpectationChange.State.OPEN)
    numbers = KeyResult.objects.filter(reporter=me).exclude(objective__state__in=CLOSED)
    return (
        Q(Exists(Objective.objects.filter(owner_person=me).exclude(state__in=CLOSED)))
        | Q(Exists(numbers))
        | Q(Exists(changes))
        | Q(Exists(Decision.objects.filter(decider=me, state__in=TO_COME)))
        | Q(Exists(WhatGives.objects.waiting().filter(addressee=me)))
        | Q(Exists(ReviewAction.objects.open().filter(owner=me)))
        | Q(Exists(Kpi.objects.filter(owner=me).exclude(state=Kpi.State.RETIRED)))
        | Q(Exists(Priority.objects.filter(sponsor=me).exclude(state=Priority.State.DROPPED)))
        | Q(Exists(Strategy.objects.filter(leader=me).exclude(state=Strategy.State.ENDED)))
        | Q(Exists(Unit.objects.filter(leader=me, ended_on__isnull=True)))
        | Q(Exists(Person.objects.filter(manager=me)))
    )


def _leaving(on: dt.date) -> Iterable[Handover]:
    had = Handover.objects.filter(person=OuterRef("pk"), reason=Reason.LEAVES, day=OuterRef("end"))
    rows = Person.objects.filter(_holding(), ~Exists(had), end__lte=on + AHEAD)
    return [Handover(person=one, reason=Reason.LEAVES, day=one.end) for one in rows if one.end]


def _moved(on: dt.date) -> Iterable[Handover]:
    """Who stands in another unit, or reports to somebody else, than the day before."""
    recent = PersonHeld.objects.filter(valid_from__gt=on - AHEAD, valid_from__lte=on)
    over = PersonHeld.objects.filter(person=OuterRef("person"), valid_to__lt=OuterRef("valid_from"))
    rows = recent.filter(Exists(over)).select_related("person").order_by("valid_from", "pk")
    ends = [row.valid_from - dt.timedelta(days=1) for row in rows]
    was = {
        (row.person_id, row.valid_to): row
        for row in PersonHeld.objects.filter(
            valid_to__in=set(ends), person__in={row.person_id for row in rows}
        )
    }
    found = []
    for row, end in zip(rows, ends, strict=True):
        if (before := was.get((row.person_id, end))) is not None:
            found += _of_move(row, before)
    return found


def _of_move(row: PersonHeld, was: PersonHeld) -> list[Handover]:
    """Of one change that still holds."""
    person = row.person
    if person.has_left:
        return []
    found = []
    if was.unit_id and row.unit_id == person.unit_id and row.unit_id != was.unit_id:
        found.append(Handover(person=person, reason=Reason.MOVED, day=row.valid_from))
    new = row.manager_id == person.manager_id and row.manager_id not in (None, was.manager_id)
    if was.manager_id and new:
        found.append(Handover(person=person, reason=Reason.MANAGER, day=row.valid_from))
    return found


def _away(on: dt.date) -> Iterable[Handover]:
    covers = Deputy.objects.filter(
        person=OuterRef("person"),
        ended_on__isnull=True,
        starts_on__lte=OuterRef("start"),
        ends_on__gte=OuterRef("end"),
    )
    rows = Absence.objects.filter(
        ~Exists(covers), start__lte=on + AHEAD, end__gte=on
    ).select_related("person")
    return [
        Handover(person=one.person, reason=Reason.AWAY, day=one.start, until=one.end)
        for one in rows
        if one.end - one.start >= LONG_LEAVE - dt.timedelta(days=1)
    ]


def close_if_done(handover: Handover) -> bool:
    """Close a handover with nothing left, one whose person stays after all, or whose long leave has a deputy."""
    person = handover.person
    stays = handover.reason == Reason.LEAVES and person.end != handover.day
    covered = handover.reason == Reason.AWAY and (
        handover.until is None
        or handover.until < clock.today()
        or person.deputies.filter(
            ended_on__isnull=True, starts_on__lte=handover.day, ends_on__gte=handover.until
        ).exists()
    )
    if not (stays or covered or not items_of(handover)):
        return False
    _close(None, handover, "")
    return True


@transaction.atomic
def pass_on(*, actor: Person, handover: Handover, keys: Collection[str], to: Person) -> list[Item]:
    """Pass on what is named by its keys to one person; all of it or nothing. Returns what was passed on.

    Each goes through the service of its own room, which asks its own permission: work by the person and the lines
    above them, people and units by who edits these. Closes the handover when nothing is left.
    """
    _open_only(handover)
    chosen = [one for one in items_of(handover) if one.key in keys and not one.goes_along]
    if not chosen:
        raise DomainError("Choose what is passed on.")
    for item in chosen:
        if item.waits_for:
            raise DomainError(f"“{item.title}” waits for {item.waits_for} already.")
        _PASS[item.kind](actor, handover.person, item.record, to)
    close_if_done(handover)
    return chosen


@transaction.atomic
def take_on(*, actor: Person, handover: Handover) -> Handover:
    """The new manager has taken on what is agreed with the person. Their manager only."""
    _open_only(handover)
    if handover.reason != Reason.MANAGER or handover.person.manager_id != actor.pk:
        raise NotAllowed("Only the new manager says that they have taken these on.")
    return _close(actor, handover, "Taken on")


@transaction.atomic
def close_handover(*, actor: Person, handover: Handover, reason: str) -> Handover:
    """Close it with something left, and say why. The person, the lines above; HR partners where none is left."""
    if not may_pass_on(actor, handover.person):
        require(actor, Action.HAND_OVER, handover.person)
    _open_only(handover)
    if not reason.strip():
        raise DomainError("Say why what is left stays where it is.", "reason")
    return _close(actor, handover, reason.strip())


def _open_only(handover: Handover) -> None:
    if handover.closed_at is not None:
        raise DomainError("This handover is closed.")


def _close(actor: Person | None, handover: Handover, note: str) -> Handover:
    versions.save(handover, {"closed_at": clock.now(), "closed_by": actor, "note": note})
    before = {"reason": handover.reason, "day": handover.day}
    audit.record(actor, "close handover", handover.person, before=before, note=note)
    return handover


def _pass_unit(actor: Person, holder: Person, unit: Unit, to: Person) -> None:
    set_unit_leader(actor=actor, unit=unit, leader=to)
    _note(actor, unit, holder)


def _pass_report(actor: Person, holder: Person, report: Person, to: Person) -> None:
    set_manager(actor=actor, person=report, manager=to)
    _note(actor, report, holder)


def _note(actor: Person, record: Any, holder: Person) -> None:
    audit.record(actor, "hand over", record, note=f"Handover from {holder}")


_PASS: dict[str, Callable[[Person, Person, Any, Person], object]] = {
    "objective": lambda actor, _, one, to: pass_objective(actor=actor, objective=one, to=to),
    "key_result": lambda actor, _, one, to: pass_reporting(actor=actor, key_result=one, to=to),
    "change": lambda actor, _, one, to: pass_answer(actor=actor, change=one, to=to),
    "decision": lambda actor, _, one, to: pass_decision(actor=actor, decision=one, to=to),
    "what_gives": lambda actor, _, one, to: pass_what_gives(actor=actor, what_gives=one, to=to),
    "action": lambda actor, _, one, to: pass_action(actor=actor, action=one, to=to),
    "kpi": lambda actor, _, one, to: pass_kpi(actor=actor, kpi=one, to=to),
    "priority": lambda actor, _, one, to: pass_priority(actor=actor, priority=one, to=to),
    "strategy": lambda actor, _, one, to: pass_strategy(actor=actor, strategy=one, to=to),
    "unit": _pass_unit,
    "report": _pass_report,
}
