"""Saying where the effort of a person or a unit is to go, and confirming what was inferred of one's own."""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, TypeAlias

from django.db import transaction

from goldenthread.core import audit, clock
from goldenthread.core.access import can, require
from goldenthread.core.errors import DomainError, SavedMeanwhile
from goldenthread.objectives.models import Cycle, Objective
from goldenthread.objectives.services.counting import effort_changed
from goldenthread.objectives.services.quality import effort_moved
from goldenthread.people.models import Person
from goldenthread.permissions import Action
from goldenthread.strategy.models import Priority
from goldenthread.tradeoffs.models import (
    MOST,
    RUN,
    Allocation,
    NonRoutineShare,
    Target,
    WhatGives,
    Whose,
    key_of_target,
)
from goldenthread.tradeoffs.selectors.allocations import left_behind, stamp
from goldenthread.tradeoffs.selectors.inferring import inferred_effort
from goldenthread.tradeoffs.selectors.set_aside import concerned

FINEST = Decimal("0.0001")
KEPT = ("share", "starts_on", "ends_on")
DAY = dt.timedelta(1)
BATCH = 500
Moved: TypeAlias = tuple[Whose, set[int]]
"""Whose effort has moved, and the objectives that get another share of it."""
_TOGETHER: ContextVar[list[Moved] | None] = ContextVar("moved_together", default=None)


def allocation_of(whose: Whose, target: Target = RUN, **fields: Any) -> Allocation:
    """A row of theirs that is not stored yet; also whom the permission table is asked about."""
    return Allocation(
        person=whose if isinstance(whose, Person) else None,
        unit=None if isinstance(whose, Person) else whose,
        objective=target if isinstance(target, Objective) else None,
        priority=target if isinstance(target, Priority) else None,
        run_the_business=target == RUN,
        **fields,
    )


def first_day(cycle: Cycle, today: dt.date) -> dt.date:
    """From when a share said today holds, unless another day is named: at once, or when the cycle begins."""
    return min(max(today, cycle.starts_on), cycle.ends_on)


@transaction.atomic
def allocate(
    *,
    actor: Person,
    whose: Whose,
    cycle: Cycle,
    shares: Mapping[Target, Decimal],
    on: dt.date | None = None,
    until: dt.date | None = None,
    seen: str | None = None,
) -> list[Allocation]:
    """Set the shares of a person's or a unit's capacity from a day on; what is not named stays, 0 ends it.

    A share holds until the cycle ends, until a later change that is planned already, or until `until`. `seen` is the
    `stamp` of what the writer saw. Returns what holds of them in the cycle now. Permission: a planner. Raises
    `SavedMeanwhile` where it changed since, `DomainError`.
    """
    require(actor, Action.ALLOCATE, allocation_of(whose))
    return _set(actor, "allocate", whose, cycle, shares, on, until, seen)


def answer_with(
    actor: Person,
    what_gives: WhatGives,
    whose: Person,
    cycle: Cycle,
    shares: Mapping[Target, Decimal],
    until: dt.date | None = None,
) -> None:
    """`allocate` what the answer to a request sets, linked to it. The caller has asked its own permission."""
    _set(actor, "allocate", whose, cycle, shares, None, until, None, what_gives)


@transaction.atomic
def fit_to_cycle(*, actor: Person, whose: Sequence[Whose], cycle: Cycle) -> int:
    """Let shares that a cycle left behind when its dates moved hold within it, up to its end; how many.

    What lies wholly outside goes. Permission: a planner of each. Raises `DomainError` where the cycle is closed.
    """
    if cycle.state == Cycle.State.CLOSED:
        raise DomainError(f"{cycle} is closed. What was planned in it stays on record.", "cycle")
    for one in whose:
        require(actor, Action.ALLOCATE, allocation_of(one))
    for one in sorted(whose, key=lambda each: (type(each).__name__, each.pk)):
        _wait_for(one)
    rows = Allocation.objects.of(whose).filter(cycle=cycle)
    behind = left_behind(
        list(rows.select_related("objective", "priority", "cycle", "person", "unit")), cycle
    )
    last = max((row.ends_on for row in behind), default=cycle.ends_on)
    changes = _Changes([])
    for row in sorted(behind, key=lambda one: one.ends_on):  # what goes, first
        is_to_the_end = row.ends_on >= min(last, cycle.ends_on)
        starts, ends = max(row.starts_on, cycle.starts_on), row.ends_on
        ends = cycle.ends_on if is_to_the_end else ends
        if starts > ends:
            changes.end(row)
        else:
            changes.change(row, starts_on=starts, ends_on=ends)
    audit.record_all(actor, "allocate", changes.lines)
    if behind:
        _tell([(one, {row.objective_id for row in behind if row.objective_id}) for one in whose])
    return len(behind)


@transaction.atomic
def confirm_inferred(*, actor: Person, person: Person) -> list[Allocation]:
    """Take on the effort that was inferred of oneself: from today it is entered. Permission: the person themself.

    Raises `DomainError` where there is nothing to confirm.
    """
    require(actor, Action.CONFIRM_EFFORT, allocation_of(person))
    inferred = inferred_effort(person, clock.today())
    if not inferred:
        raise DomainError("There is nothing to confirm: your effort has been entered meanwhile.")
    found = []
    for cycle in {one.cycle for one in inferred}:
        shares = {one.target: one.share for one in inferred if one.cycle == cycle}
        found += _set(actor, "confirm effort", person, cycle, shares, None, None, None)
    return found


@transaction.atomic
def declare_non_routine(*, actor: Person, share: Decimal) -> NonRoutineShare:
    """Say which part of everybody's time is not routine; effort that nobody entered is inferred from it.

    Permission: a leader. Raises `DomainError`.
    """
    require(actor, Action.DECLARE_NON_ROUTINE)
    if not 0 < share <= 1:
        raise DomainError("A share of time is above 0 and at most 100 %.", "share")
    before = NonRoutineShare.now()
    made = NonRoutineShare.objects.create(
        share=share.quantize(FINEST), declared_by=actor, declared_on=clock.today()
    )
    audit.record(
        actor,
        "declare non-routine work",
        made,
        before={} if before is None else {"share": before},
        after={"share": made.share},
    )
    return made


@dataclass
class _Changes:
    """What one act writes: rows to keep, and the lines of the trail."""

    lines: list[tuple[Allocation, dict[str, Any], dict[str, Any]]]
    what_gives: WhatGives | None = None  # whose answer it is

    def begin(self, row: Allocation) -> None:
        row.what_gives = self.what_gives
        row.save()
        whole = {name: getattr(row, name) for name in KEPT} | {"cycle": row.cycle}
        if row.target == RUN:
            whole["run_the_business"] = True
        else:
            whole["objective" if row.objective_id else "priority"] = row.target
        self.lines.append((row, {}, whole))

    def change(self, row: Allocation, **changes: Any) -> None:
        before = {name: getattr(row, name) for name in changes}
        for name, value in changes.items():
            setattr(row, name, value)
        row.what_gives = self.what_gives
        row.version += 1
        row.save()
        self.lines.append((row, before, changes))

    def end(self, row: Allocation) -> None:
        """Take a row back that has not held on any day that stays."""
        before = {name: getattr(row, name) for name in KEPT}
        self.lines.append((Allocation(pk=row.pk, person_id=row.person_id), before, {}))
        row.delete()


def _set(
    actor: Person,
    verb: str,
    whose: Whose,
    cycle: Cycle,
    shares: Mapping[Target, Decimal],
    on: dt.date | None,
    until: dt.date | None,
    seen: str | None,
    what_gives: WhatGives | None = None,
) -> list[Allocation]:
    if on is None and clock.today() > cycle.ends_on:
        raise DomainError(f"{cycle} is over. Choose a cycle that goes on, or name a day.", "on")
    day = first_day(cycle, clock.today()) if on is None else on
    last = cycle.ends_on if until is None else until
    _check_days(whose, cycle, day, last)
    _wait_for(whose)
    held = _rows(whose, cycle)
    if seen is not None and seen != stamp(held):
        raise SavedMeanwhile(whose, {key_of_target(one): share for one, share in shares.items()})
    changes = _Changes([], what_gives)
    for target, share in shares.items():
        wanted = _checked(target, share, cycle)
        rows = [row for row in held if row.target_key == key_of_target(target)]
        _write(changes, rows, allocation_of(whose, target, cycle=cycle), wanted, day, last)
    if not changes.lines:
        return held
    audit.record_all(actor, verb, changes.lines)
    moved = (whose, {one.pk for one in shares if isinstance(one, Objective)})
    if (together := _TOGETHER.get()) is None:
        _tell([moved])
    else:
        together.append(moved)
    return _rows(whose, cycle)


@contextmanager
def moved_together() -> Iterator[None]:
    """Around many acts, as of an import: what hangs on them is counted and looked at again once, at the end."""
    moved: list[Moved] = []
    before = _TOGETHER.set(moved)
    try:
        yield
    finally:
        _TOGETHER.reset(before)
    _tell(moved)


def _tell(moved: Sequence[Moved]) -> None:
    """Have the work and the criteria looked at that hang on whose effort has moved, and into which objectives."""
    if not moved:
        return
    effort_changed()
    for at in range(0, len(moved), BATCH):
        part = moved[at : at + BATCH]
        whose = [one for one, _ in part]
        effort_moved(concerned(whose, set[int]().union(*(into for _, into in part))))


def _wait_for(whose: Whose) -> None:
    """One at a time writes what a person or a unit is planned for."""
    type(whose)._default_manager.select_for_update().filter(pk=whose.pk).first()


def _rows(whose: Whose, cycle: Cycle) -> list[Allocation]:
    rows = Allocation.objects.of([whose]).filter(cycle=cycle)
    return list(rows.select_related("objective", "priority", "cycle", "person", "unit"))


def _check_days(whose: Whose, cycle: Cycle, day: dt.date, last: dt.date) -> None:
    if cycle.state == Cycle.State.CLOSED:
        raise DomainError(f"{cycle} is closed. What was planned in it stays on record.", "cycle")
    if not cycle.starts_on <= day <= cycle.ends_on:
        raise DomainError(f"Choose a day of {cycle}.", "on")
    if not day <= last <= cycle.ends_on:
        raise DomainError(f"It ends on a day of {cycle}, not before it begins.", "until")
    if isinstance(whose, Person) and whose.end is not None and whose.end < day:
        raise DomainError(f"{whose} does not work here any more on that day.")
    if not isinstance(whose, Person) and whose.ended_on is not None and whose.ended_on <= day:
        raise DomainError(f"{whose} has ended by that day.")


def _checked(target: Target, share: Decimal, cycle: Cycle) -> Decimal:
    if not 0 <= share <= MOST:
        raise DomainError(f"“{share:.0%}”: a share is between 0 and 300 % of one’s time.", "shares")
    if share and isinstance(target, Objective):
        if target.is_closed:
            raise DomainError(f"“{target}” is closed: no effort goes into it any more.", "shares")
        if target.starts > cycle.ends_on or target.ends < cycle.starts_on:
            raise DomainError(f"“{target}” does not run in {cycle}.", "shares")
    elif share and isinstance(target, Priority) and target.state == Priority.State.DROPPED:
        raise DomainError(f"“{target}” was dropped: no effort goes into it any more.", "shares")
    return share.quantize(FINEST)


def _write(
    changes: _Changes,
    rows: Sequence[Allocation],
    new: Allocation,
    share: Decimal,
    day: dt.date,
    last: dt.date,
) -> None:
    """Let the share hold from the day on; what held before it, and what is planned to change after, stays."""
    here = next((row for row in rows if row.starts_on <= day <= row.ends_on), None)
    later = min((row.starts_on for row in rows if row.starts_on > day), default=None)
    ends = min(last, here.ends_on) if here else last
    if later is not None:
        ends = min(ends, later - DAY)
    if here is None:
        if share:
            new.share, new.starts_on, new.ends_on = share, day, ends
            changes.begin(new)
        return
    if here.share == share:
        return
    after = here.ends_on
    if here.starts_on == day and ends == after:
        if share:
            changes.change(here, share=share)
        else:
            changes.end(here)
        return
    rest = None if ends == after else _copy(here, here.share, ends + DAY, after)
    part = _copy(here, share, day, ends) if share else None
    if here.starts_on == day:
        changes.end(here)
    else:
        changes.change(here, ends_on=day - DAY)
    for row in (part, rest):
        if row is not None:
            changes.begin(row)


def _copy(row: Allocation, share: Decimal, starts: dt.date, ends: dt.date) -> Allocation:
    target = row.target
    return allocation_of(
        row.whose, target, cycle=row.cycle, share=share, starts_on=starts, ends_on=ends
    )


def may_plan_for(actor: Person, whose: Whose) -> bool:
    """Whether `allocate` lets them."""
    return can(actor, Action.ALLOCATE, allocation_of(whose))
