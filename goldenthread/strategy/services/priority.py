"""Priorities: added, edited, confirmed, handed to a sponsor, put in order, dropped."""

from collections.abc import Sequence
from typing import Any, TypedDict, Unpack

from django.db import transaction
from django.db.models import Max, Q

from goldenthread.core import audit
from goldenthread.core.access import can, not_as_deputy, require
from goldenthread.core.errors import DomainError
from goldenthread.people.models import Person
from goldenthread.people.services import works_here
from goldenthread.permissions import Action
from goldenthread.strategy.models import ExpectedResult, Kpi, Priority, Strategy
from goldenthread.strategy.services.checks import kept, still_open, words, write
from goldenthread.strategy.services.sponsor import refresh_sponsors
from goldenthread.strategy.services.state import tell_state
from goldenthread.strategy.services.weights import unconfirm_weights


class PriorityChanges(TypedDict, total=False):
    """The fields that `edit_priority` may change."""

    title: str
    why: str
    confidential: bool


@transaction.atomic
def add_priority(
    *,
    actor: Person,
    strategy: Strategy,
    title: str,
    why: str = "",
    sponsor: Person | None = None,
    confidential: bool = False,
) -> Priority:
    """Add a priority by hand: active when the strategy's leader adds it, else a draft for them to confirm.

    Permission: a leader. Effect: a new active priority takes the confirmation of the weights back.
    Raises `DomainError` for an empty title or a strategy that has ended.
    """
    require(actor, Action.ADD_PRIORITY, strategy)
    active = can(actor, Action.EDIT_STRATEGY, strategy)
    priority = new_priority(
        actor,
        strategy,
        title=title,
        why=why,
        sponsor=sponsor,
        sponsor_named_by=actor if sponsor and active else None,
        confidential=confidential,
        state=Priority.State.ACTIVE if active else Priority.State.UNCONFIRMED,
    )
    if active:
        unconfirm_weights(actor, strategy, priority, "a priority was added")
        refresh_sponsors([priority.sponsor])
    return priority


def new_priority(
    actor: Person,
    strategy: Strategy,
    *,
    title: str,
    sponsor: Person | None = None,
    **fields: Any,
) -> Priority:
    """Write a new priority behind the last one of its strategy, with its audit record."""
    still_open(strategy)
    if sponsor is not None:
        works_here(sponsor, "sponsor")
    last = strategy.priorities.aggregate(last=Max("position"))["last"]
    priority = Priority.objects.create(
        strategy=strategy,
        title=words(title, "title"),
        sponsor=sponsor,
        position=0 if last is None else last + 1,
        **fields,
    )
    names = ("strategy", "title", "why", "sponsor", "state", "confidential", "source")
    audit.record(actor, "add priority", priority, after=kept(priority, *names))
    return priority


@transaction.atomic
def edit_priority(
    *, actor: Person, priority: Priority, version: int, **changes: Unpack[PriorityChanges]
) -> Priority:
    """Change the wording or the visibility of a priority; only the fields given.

    Permission: its sponsor or the strategy's leader. Raises `SavedMeanwhile`, and `DomainError` for an empty
    title, or when it was dropped or its strategy has ended.
    """
    require(actor, Action.EDIT_PRIORITY, priority)
    still_there(priority)
    if "title" in changes:
        changes["title"] = words(changes["title"], "title")
    return write(actor, "edit priority", priority, changes, version=version)


@transaction.atomic
def confirm_priority(*, actor: Person, priority: Priority) -> Priority:
    """Take on what an import or a draft proposes; from now on it counts. Doing it again changes nothing.

    Permission: the strategy's leader, or the sponsor whom they named. Effect: the KPIs of its expected results
    that name nobody else are confirmed with it; confirmed weights are to be confirmed again.
    """
    require(actor, Action.CONFIRM_PRIORITY, priority)
    still_there(priority)
    if priority.state == Priority.State.UNCONFIRMED:
        changes: dict[str, Any] = {"state": Priority.State.ACTIVE}
        if priority.sponsor is not None and priority.sponsor_named_by is None:
            changes["sponsor_named_by"] = actor
        write(actor, "confirm priority", priority, changes)
        _confirm_kpis(actor, priority)
        unconfirm_weights(actor, priority.strategy, priority, "a priority was confirmed")
        refresh_sponsors([priority.sponsor])
        tell_state(priority)
    return priority


def _confirm_kpis(actor: Person, priority: Priority) -> None:
    unnamed = Kpi.objects.filter(
        Q(owner__isnull=True) | Q(owner=actor),
        expected_results__priority=priority,
        state=Kpi.State.UNCONFIRMED,
    )
    for kpi in unnamed.distinct():
        owner = kpi.owner or priority.sponsor or actor
        write(actor, "confirm KPI", kpi, {"state": Kpi.State.ACTIVE, "owner": owner})


@transaction.atomic
def confirm_all(*, actor: Person, strategy: Strategy) -> list[Priority]:
    """Confirm every draft priority of a strategy; returns those confirmed.

    Permission: the strategy's leader. Effect: as `confirm_priority`.
    """
    require(actor, Action.CONFIRM_PRIORITY, strategy)
    drafts = strategy.priorities.filter(state=Priority.State.UNCONFIRMED).select_related(
        "sponsor", "sponsor_named_by"
    )
    confirmed = []
    for priority in drafts:
        priority.strategy = strategy  # one record, so that its version stays true
        confirmed.append(confirm_priority(actor=actor, priority=priority))
    return confirmed


@transaction.atomic
def drop_priority(*, actor: Person, priority: Priority, reason: str = "") -> Priority:
    """Drop a priority, or refuse a draft. It stays in the history with what served it.

    Permission: the strategy's leader; for a draft also the sponsor whom they named. Effect: dropping an active
    one takes the confirmation of the weights back.
    """
    draft = priority.state == Priority.State.UNCONFIRMED
    if draft:
        require(actor, Action.CONFIRM_PRIORITY, priority)
    else:
        require(actor, Action.EDIT_STRATEGY, priority.strategy)
    still_there(priority)
    changes = {"state": Priority.State.DROPPED}
    write(actor, "drop priority", priority, changes, note=reason.strip())
    if not draft:
        unconfirm_weights(actor, priority.strategy, priority, "a priority was dropped")
    refresh_sponsors([priority.sponsor])
    tell_state(priority)
    return priority


@transaction.atomic
def merge_priority(*, actor: Person, priority: Priority, into: Priority) -> Priority:
    """Merge an active priority into another: its expected results and trade-offs move there, it is dropped.

    Returns the one that stays. Its weight grows by that of the dropped one; the weights are to be confirmed
    again. Objectives that served only the dropped one are loose until they are tied again. Permission: the
    strategy's leader. Raises `DomainError` when the two are not different active ones of one strategy.
    """
    strategy = priority.strategy
    require(actor, Action.EDIT_STRATEGY, strategy)
    still_there(priority)
    still_there(into)
    if into.pk == priority.pk or into.strategy_id != strategy.pk:
        raise DomainError("Choose another priority of this strategy.", "into")
    if {priority.state, into.state} != {Priority.State.ACTIVE}:
        raise DomainError("Both have to be active. Confirm the draft first.", "into")
    last = into.expected_results.aggregate(last=Max("position"))["last"]
    moved = list(priority.expected_results.all())
    for place, result in enumerate(moved, 0 if last is None else last + 1):
        before = {"priority": priority.pk}
        result.priority, result.position = into, place
        audit.record(
            actor, "move expected result", result, before=before, after={"priority": into.pk}
        )
    ExpectedResult.objects.bulk_update(moved, ["priority", "position"])
    for trade_off in priority.trade_offs.all():
        write(actor, "move trade-off", trade_off, {"priority": into})
    if priority.weight is not None and into.weight is not None:
        write(actor, "take on weight", into, {"weight": into.weight + priority.weight})
    drop_priority(actor=actor, priority=priority, reason="Merged into another priority.")
    audit.record(actor, "merge priority", into, before={"priority": priority})
    return into


@transaction.atomic
def order_priorities(*, actor: Person, strategy: Strategy, ids: Sequence[int]) -> None:
    """Put the priorities of a strategy (all but dropped ones) in the order of `ids`.

    Permission: the strategy's leader. Raises `DomainError` when `ids` are not exactly these priorities.
    """
    require(actor, Action.EDIT_STRATEGY, strategy)
    still_open(strategy)
    listed = strategy.priorities.exclude(state=Priority.State.DROPPED)
    priorities = {priority.pk: priority for priority in listed}
    if len(ids) != len(priorities) or set(ids) != set(priorities):
        raise DomainError("The priorities have changed since this page was opened. Look again.")
    if list(priorities) == list(ids):
        return
    for position, key in enumerate(ids):
        priorities[key].position = position
    Priority.objects.bulk_update(priorities.values(), ["position"])
    audit.record(
        actor,
        "order priorities",
        strategy,
        before={"order": list(priorities)},
        after={"order": list(ids)},
    )


@transaction.atomic
def hand_to_sponsor(*, actor: Person, priority: Priority, sponsor: Person) -> Priority:
    """Hand a priority to its sponsor, who thereby is a leader; the one before stops being one by it.

    Permission: the strategy's leader, or the sponsor handing it on. Raises `DomainError` when the person has
    left, the priority was dropped or its strategy has ended.
    """
    require(actor, Action.EDIT_PRIORITY, priority)
    not_as_deputy(actor, "the next sponsor", "sponsor")
    still_there(priority)
    works_here(sponsor, "sponsor")
    before = priority.sponsor
    changes = {"sponsor": sponsor, "sponsor_named_by": actor}
    write(actor, "hand to sponsor", priority, changes)
    refresh_sponsors([before, sponsor])
    return priority


def still_there(priority: Priority) -> None:
    """Refuse to change what was dropped or has ended."""
    still_open(priority.strategy)
    if priority.state == Priority.State.DROPPED:
        raise DomainError(f"“{priority}” was dropped and stays as it was.")
