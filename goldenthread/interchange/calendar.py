"""One person's due dates as a calendar that other programs subscribe to (iCalendar, RFC 5545)."""

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.db.models import Q
from icalendar import Calendar, Event

from goldenthread.core.models import Organisation, Record
from goldenthread.interchange.own import mark, own_identifier
from goldenthread.objectives.models import Cycle, KeyResult, Milestone, Objective
from goldenthread.objectives.states import COUNTED
from goldenthread.people.models import Person
from goldenthread.programme.models import ReviewAction
from goldenthread.strategy.models import Strategy, TradeOff
from goldenthread.tradeoffs.models import Decision


@dataclass(frozen=True)
class Due:
    """A day on which something is due. `record` names it, with `part` where the record has several."""

    on: dt.date
    words: str
    record: Record
    path: str
    part: str = ""
    about: str = ""


def due_dates(person: Person, today: dt.date) -> Iterator[Due]:
    """What the person answers for or reports: key results, milestones, check-ins, cycles, trade-offs and decisions."""
    mine = Q(owner_person=person) | Q(owner_unit__leader=person)
    objectives = list(
        Objective.objects.filter(mine, state__in=COUNTED).select_related("cycle").order_by("pk")
    )
    for one in objectives:
        yield from _check_in(one, today)
    key_results = (
        KeyResult.objects.filter(
            Q(objective__in=objectives) | Q(reporter=person, objective__state__in=COUNTED),
            weight__gt=0,  # not one that was given up
        )
        .select_related("objective__cycle")
        .prefetch_related("milestones")
        .order_by("pk")
    )
    for row in key_results:
        objective = row.objective
        path = objective.get_absolute_url()
        yield Due(
            row.due_on or objective.ends, f"Due: {row.title}", row, path, about=objective.title
        )
        yield from (_milestone(step, row, path) for step in row.milestones.all() if _is_due(step))
    for cycle in Cycle.objects.filter(
        pk__in={one.cycle_id for one in objectives},
        state__in=(Cycle.State.OPEN, Cycle.State.PLANNED),
    ).order_by("pk"):
        yield Due(cycle.ends_on, f"{cycle} ends", cycle, cycle.get_absolute_url())
    decided = Q(decided_by=person) | Q(strategy__leader=person)
    decisions = TradeOff.objects.filter(decided, look_again_on__isnull=False)
    for choice in decisions.exclude(strategy__state=Strategy.State.ENDED).order_by("pk"):
        assert choice.look_again_on is not None
        path = f"/strategy/{choice.strategy_id}/trade-offs/"
        yield Due(choice.look_again_on, f"Look again: {choice}", choice, path, about=choice.note)
    waiting = Decision.objects.filter(
        Q(state=Decision.State.OPEN) | Q(state=Decision.State.DECIDED, look_again_on__isnull=False),
        decider=person,
    )
    for asked in waiting.order_by("pk"):
        assert asked.due is not None
        words = f"Decide: {asked}" if asked.is_open else f"What happened? {asked}"
        yield Due(asked.due, words, asked, asked.get_absolute_url(), about=asked.expected)
    for given in ReviewAction.objects.open().filter(owner=person).order_by("pk"):
        yield Due(given.due_on, f"Due: {given}", given, given.get_absolute_url())


def _check_in(objective: Objective, today: dt.date) -> Iterator[Due]:
    """The next day on which a check-in is due, while the objective runs."""
    since = objective.last_check_in_on or objective.starts
    due = since + dt.timedelta(days=objective.cadence)
    if objective.takes_check_ins(today) and due <= objective.ends:
        path = f"{objective.get_absolute_url()}check-ins/"
        yield Due(due, f"Check in: {objective.title}", objective, path, "check-in")


def _is_due(step: Milestone) -> bool:
    return step.due_on is not None and step.done_on is None


def _milestone(step: Milestone, key_result: KeyResult, path: str) -> Due:
    assert step.due_on is not None
    part = f"milestone-{step.pk}"
    return Due(step.due_on, f"Milestone: {step.title}", key_result, path, part, key_result.title)


def calendar_of(person: Person, today: dt.date, absolute: Callable[[str], str]) -> bytes:
    """The dates as an all-day calendar in the organisation's zone; `absolute` makes an address of a path.

    An entry keeps its identity while its day or words change, so that subscribers move it instead of doubling it.
    """
    organisation, own_mark = Organisation.current(), mark()
    found = Calendar()
    found.add("prodid", "-//Goldenthread//due dates//EN")
    found.add("version", "2.0")
    found.add("method", "PUBLISH")
    found.add("x-wr-calname", f"{organisation}: due dates")
    if organisation is not None:
        found.add("x-wr-timezone", organisation.time_zone)
    found.add("x-published-ttl", "PT6H")
    for due in due_dates(person, today):
        event = Event()
        name = own_identifier(due.record, own_mark)
        event.add("uid", f"{name}{f'-{due.part}' if due.part else ''}@goldenthread")
        event.add("dtstamp", due.record.updated_at)
        event.add("dtstart", due.on)
        event.add("dtend", due.on + dt.timedelta(days=1))
        event.add("summary", due.words)
        event.add(
            "description", "\n".join(part for part in (due.about, absolute(due.path)) if part)
        )
        event.add("url", absolute(due.path))
        event.add("transp", "TRANSPARENT")
        found.add_component(event)
    data: bytes = found.to_ical()
    return data
