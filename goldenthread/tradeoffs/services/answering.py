"""Answering what gives: the decision, what it changes of objectives, and the effort that it frees, in one act."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import transaction

from goldenthread.core import audit, clock, versions
from goldenthread.core.access import require
from goldenthread.core.errors import DomainError, SavedMeanwhile
from goldenthread.objectives.models import Cycle, ExpectationChange, Objective
from goldenthread.objectives.services.changes import Change, put_change
from goldenthread.objectives.services.closing import Ending, drop_unagreed, end_objective
from goldenthread.objectives.services.dates import counter_dates
from goldenthread.objectives.services.passing_on import give_objective
from goldenthread.people.models import Person
from goldenthread.people.services import works_here
from goldenthread.permissions import Action
from goldenthread.tradeoffs.models import MOST, Allocation, CompetingItem, WhatGives
from goldenthread.tradeoffs.selectors.competing import PROPOSED, one_metric
from goldenthread.tradeoffs.services.allocating import answer_with, first_day, may_plan_for
from goldenthread.tradeoffs.services.deciding import put_on_record
from goldenthread.tradeoffs.services.parts import MOST_FTE, Touched, fte, said

Choice = CompetingItem.Choice
State = WhatGives.State
ZERO, DAY = Decimal(0), dt.timedelta(1)
FINEST = Decimal("0.0001")
A_RESTRICTED_ONE = "a restricted objective"
KEPT = ("new_share", "starts_on", "ends_on", "target", "to", "fte", "until")


@dataclass(frozen=True)
class Answer:
    """What becomes of one item. Which of the rest is asked for hangs on the choice; `target` is of its one metric."""

    choice: str
    new_share: Decimal | None = None
    starts_on: dt.date | None = None
    ends_on: dt.date | None = None
    target: Decimal | None = None
    to: Person | None = None
    fte: Decimal | None = None
    until: dt.date | None = None

    def in_words(self) -> str:
        given = [f"{name}: {audit.plain(value)}" for name in KEPT if (value := getattr(self, name))]
        return ", ".join([Choice(self.choice).label, *given])


def answer_what_gives(
    *,
    actor: Person,
    what_gives: WhatGives,
    answers: Mapping[int, Answer],
    reason: str,
    look_again_on: dt.date,
    version: int | None = None,
) -> WhatGives:
    """Choose for each item, by its id: keep, stop, shrink, later, somebody else, add capacity.

    In one act it puts a decision on record, changes the person's own objectives (what is agreed waits for its owner
    to acknowledge, by the rules of agreed objectives; stopping ends it), and sets the person's effort. Of an objective
    that is not the person's own only their effort changes; what the actor may not see is kept. Permission: who is to
    answer. Raises `SavedMeanwhile` with both answers where somebody was quicker, `DomainError`.
    """
    require(actor, Action.ANSWER_WHAT_GIVES, what_gives)
    acting_for = actor.acting_for
    with transaction.atomic():
        items = _locked_items(actor, what_gives, answers, version)
        why = said(reason, "reason", "Say why: it stays on record.")
        _check(what_gives, items, answers)
        for item, seen in items:
            if seen and not item.objective.is_closed:
                _take(item, answers[item.pk])
                item.change = _change_objective(actor, what_gives.person, item, why)
            else:
                item.choice = Choice.STOP if item.objective.is_closed else Choice.KEEP
        for item, _ in items:
            _set_effort(actor, what_gives, item)
            item.save()
        what_gives.decision = _decide(
            actor, what_gives, [one for one, _ in items], why, look_again_on
        )
        actor.acting_for = acting_for
        spoken_for = what_gives.person.user_id is None or what_gives.person == actor
        changes = {
            "state": State.ANSWERED,
            "decision": what_gives.decision,
            "acknowledged_on": clock.today() if spoken_for else None,
        }
        before = {"state": what_gives.state}
        versions.save(what_gives, changes)
        audit.record(actor, "answer what gives", what_gives, before=before, after=changes)
    return what_gives


def _locked_items(
    actor: Person, what_gives: WhatGives, answers: Mapping[int, Answer], version: int | None
) -> list[tuple[CompetingItem, bool]]:
    """The items, each with whether the actor sees its objective. One answer at a time: the second is shown both."""
    current = WhatGives.objects.select_for_update().get(pk=what_gives.pk)
    items = list(current.items.select_related("objective__cycle", "objective__owner_person", "to"))
    objectives = Objective.objects.visible_to(actor).filter(
        pk__in=[one.objective_id for one in items]
    )
    seen = set(objectives.values_list("pk", flat=True))
    seen_version = what_gives.version if version is None else version
    if not current.is_waiting or current.version != seen_version:
        shown = [one for one in items if one.objective_id in seen]
        mine = [
            f"{one.objective}: {answers[one.pk].in_words()}" for one in shown if one.pk in answers
        ]
        theirs = [f"{one.objective}: {one.get_choice_display()}" for one in shown if one.choice]
        raise SavedMeanwhile(current, {"answers": mine}, {"answers": theirs})
    return [(one, one.objective_id in seen) for one in items]


def _check(
    what_gives: WhatGives,
    items: Sequence[tuple[CompetingItem, bool]],
    answers: Mapping[int, Answer],
) -> None:
    open_ones = {one.pk: one for one, seen in items if seen and not one.objective.is_closed}
    if set(answers) - {one.pk for one, seen in items if seen}:
        raise DomainError("One of these is not among what competes.")
    for pk, item in open_ones.items():
        if pk not in answers:
            raise DomainError(f"Choose what becomes of “{item.objective}”.", _named(item, "choice"))
        _check_one(what_gives.person, item, answers[pk])


def _check_one(person: Person, item: CompetingItem, answer: Answer) -> None:
    objective, is_own = item.objective, item.objective.owner_person_id == person.pk
    redates = answer.ends_on is not None or answer.starts_on is not None

    def refuse(field: str, message: str) -> None:
        raise DomainError(f"“{objective}”: {message}", _named(item, field))

    if answer.new_share is not None and not 0 <= answer.new_share <= MOST:
        refuse("new_share", "A share is between 0 and 300 % of one’s time.")
    if answer.to is not None:
        works_here(answer.to, _named(item, "to"))
    if not is_own and (redates or answer.target is not None):
        refuse("choice", f"{objective.owner} owns it: here only the effort can change.")
    if redates and (answer.ends_on or objective.ends) <= (answer.starts_on or objective.starts):
        refuse("ends_on", "The end must come after the start.")
    match answer.choice:
        case Choice.SHRINK:
            if answer.new_share is None and answer.target is None and not redates:
                refuse("new_share", "Say to what share, target or date it shrinks.")
            if item.share is not None and (answer.new_share or ZERO) >= item.share > 0:
                refuse("new_share", f"It has {item.share:.0%} now. Shrink it below that.")
        case Choice.LATER:
            if not redates:
                refuse("ends_on", "Say when it begins again, or when it ends.")
        case Choice.SOMEBODY_ELSE:
            if answer.to is None or answer.to == person:
                refuse("to", "Name who takes it on.")
        case Choice.ADD_CAPACITY:
            if answer.to == person:
                refuse("to", "Name somebody else: this is about their own time.")
            if not answer.fte or not 0 < answer.fte <= MOST_FTE:
                refuse("fte", "Say how many full-time equivalents are added.")
            fte(answer.fte, _named(item, "fte"))
        case Choice.KEEP | Choice.STOP:
            pass
        case _:
            refuse("choice", "Choose one of the six.")


def _named(item: CompetingItem, field: str) -> str:
    return f"{item.pk}-{field}"


def _take(item: CompetingItem, answer: Answer) -> None:
    """Keep with the item what belongs to its choice, and nothing that was left over from another."""
    asked = {
        Choice.SHRINK: {"new_share", "ends_on", "target"},
        Choice.LATER: {"starts_on", "ends_on"},
        Choice.SOMEBODY_ELSE: {"to"},
        Choice.ADD_CAPACITY: {"fte", "until", "to"},
    }.get(Choice(answer.choice), set())
    item.choice = answer.choice
    for name in KEPT:
        setattr(item, name, getattr(answer, name) if name in asked else None)
    if item.new_share is not None:
        item.new_share = item.new_share.quantize(FINEST)


def _change_objective(
    actor: Person, person: Person, item: CompetingItem, reason: str
) -> ExpectationChange | None:
    """What the choice does to an objective of the person's own; nothing to somebody else's."""
    objective = item.objective
    if objective.owner_person_id != person.pk:
        return None
    dates = {
        name: day for name in ("starts_on", "ends_on") if (day := getattr(item, name)) is not None
    }
    match item.choice:
        case Choice.STOP if objective.is_live:
            end_objective(actor, objective, Ending(learning=reason, drop=True))
        case Choice.STOP:
            drop_unagreed(actor, objective, reason)
        case Choice.SOMEBODY_ELSE:
            assert item.to is not None  # checked
            return give_objective(actor, objective, item.to, reason)
        case Choice.SHRINK | Choice.LATER if dates or item.target is not None:
            if objective.state in PROPOSED:
                if item.target is not None:
                    raise DomainError(
                        f"“{objective}” is not agreed yet. Counter it on its page to move its target.",
                        _named(item, "target"),
                    )
                counter_dates(actor, objective, dates, reason)
                return None
            results = {}
            if item.target is not None:
                metric = one_metric(objective)
                if metric is None:
                    raise DomainError(
                        f"“{objective}” has no single target in numbers. Propose the change on its page.",
                        _named(item, "target"),
                    )
                results = {metric.pk: {"target": item.target}}
            return put_change(actor, objective, Change(dates, results), reason)
    return None


def _set_effort(actor: Person, what_gives: WhatGives, item: CompetingItem) -> None:
    """Set what the answer says of the person's time, and of who takes it on where the actor plans for them."""
    person, objective, today = what_gives.person, item.objective, clock.today()
    held = Allocation.objects.in_force(today).filter(person=person, objective=objective)
    row = held.select_related("cycle").first()
    cycle = objective.cycle if row is None else row.cycle
    if not _can_plan(cycle, today):
        return
    until = None
    share = item.share_after
    if item.choice == Choice.LATER and item.starts_on is not None:
        if item.starts_on <= today:
            return
        until = min(item.starts_on - DAY, cycle.ends_on)
    gives = item.choice in {Choice.STOP, Choice.SOMEBODY_ELSE} or until is not None
    changes = gives or item.new_share is not None
    if share is not None and (changes or row is None):
        answer_with(actor, what_gives, person, cycle, {objective: share}, until)
    if item.to is not None and (part := _share_of_helper(item, person)):
        if may_plan_for(actor, item.to):
            whole = min(_held(item.to, objective, cycle) + part, MOST)
            answer_with(actor, what_gives, item.to, cycle, {objective: whole}, _within(item, cycle))
        elif item.choice == Choice.ADD_CAPACITY:
            raise DomainError(
                f"You may not plan the effort of {item.to}. Leave the name out, or escalate.",
                _named(item, "to"),
            )


def _can_plan(cycle: Cycle, on: dt.date) -> bool:
    return cycle.state != Cycle.State.CLOSED and cycle.ends_on >= on


def _held(whose: Person, objective: Objective, cycle: Cycle) -> Decimal:
    """What somebody gives to it already, from the day on from which an answer holds."""
    held = Allocation.objects.in_force(first_day(cycle, clock.today()))
    row = held.filter(person=whose, objective=objective, cycle=cycle).first()
    return ZERO if row is None else row.share


def _share_of_helper(item: CompetingItem, person: Person) -> Decimal | None:
    """What the one named gives of their own time besides: the capacity added, or what the person gave, in their measure."""
    assert item.to is not None
    if not item.to.fte:
        return None
    given = item.fte if item.choice == Choice.ADD_CAPACITY else (item.share or ZERO) * person.fte
    return (given or ZERO) / item.to.fte


def _within(item: CompetingItem, cycle: Cycle) -> dt.date | None:
    return None if item.until is None else min(item.until, cycle.ends_on)


def _decide(
    actor: Person,
    what_gives: WhatGives,
    items: Sequence[CompetingItem],
    reason: str,
    look_again_on: dt.date,
) -> Any:
    """The decision on record. Only leaders and those named see it, and no restricted title stands in its words."""
    person = what_gives.person
    gives = [one for one in items if one.choice not in {Choice.KEEP, Choice.ADD_CAPACITY}]
    freed = sum((_freed(one) for one in gives), ZERO) * person.fte
    named = [person, what_gives.escalated_by, *(one.to for one in items)]
    people = {one for one in named if one is not None}
    touches: list[Touched] = [*(one.objective for one in items), *sorted(people, key=str)]
    return put_on_record(
        actor=actor,
        question=f"What gives for {person}?"[:200],
        choice=_summary(items),
        given_up="\n".join(in_words(one) for one in gives) or "Nothing: all of it goes on.",
        reason=reason,
        freed_fte=round(freed, 2) if freed else None,
        look_again_on=look_again_on,
        touches=touches,
        confidential=True,
    )


def _freed(item: CompetingItem) -> Decimal:
    """Of the person's time; what waits is free until it begins again, and does not count."""
    if item.share is None or item.share_after is None or item.choice == Choice.LATER:
        return ZERO
    return max(item.share - item.share_after, ZERO)


def _summary(items: Sequence[CompetingItem]) -> str:
    counts = {choice: sum(one.choice == choice for one in items) for choice in Choice}
    return ", ".join(f"{choice.label}: {n}" for choice, n in counts.items() if n)


def in_words(item: CompetingItem) -> str:
    """What becomes of an item, in a line."""
    title = A_RESTRICTED_ONE if item.objective.restricted else f"“{item.objective}”"
    return f"{item.get_choice_display()}: {title}{_details(item)}"


def _details(item: CompetingItem) -> str:
    parts = []
    if item.new_share is not None:
        parts.append(f"to {item.new_share:.0%} of their time")
    if item.target is not None:
        parts.append(f"to a target of {item.target.normalize():f}")
    if item.starts_on is not None:
        parts.append(f"from {item.starts_on:%-d %B %Y}")
    if item.ends_on is not None:
        parts.append(f"by {item.ends_on:%-d %B %Y}")
    if item.to is not None and item.choice == Choice.SOMEBODY_ELSE:
        parts.append(f"to {item.to}")
    return f" {', '.join(parts)}" if parts else ""
