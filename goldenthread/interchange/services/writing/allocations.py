"""Writing allocations: a share of a person's or a unit's time from a day on, by whoever may plan for them."""

import datetime as dt
from collections.abc import Iterable

from goldenthread.core.errors import DomainError
from goldenthread.interchange.services.rows import Outcome, Row
from goldenthread.interchange.services.run import Run
from goldenthread.interchange.services.writing.cycles import cycle_for
from goldenthread.tradeoffs.models import RUN, Allocation, Target, Whose, key_of_target
from goldenthread.tradeoffs.services import allocate, first_day, moved_together


def write_allocations(run: Run) -> None:
    with moved_together():
        for row in run.each("allocations"):
            with run.attempt(row):
                _write(run, row)


def _write(run: Run, row: Row) -> None:
    whose, target, cycle = _whose(run, row), _target(run, row), cycle_for(run, row)
    share = row.values["share"] / 100
    day = row.values.get("from") or first_day(cycle, run.today)
    last = row.values.get("until") or cycle.ends_on
    row.about = f"{whose}: {'Run the business' if target == RUN else target}"
    run.stand_alone(row, (type(whose), whose.pk, key_of_target(target), cycle.pk, day))
    held = Allocation.objects.of([whose]).filter(cycle=cycle)
    here = _in_force(held, target, day)
    if here is None and not share:
        row.done(whose, Outcome.UNCHANGED)
        return
    same = here is not None and here.share == share
    if here is not None and same and here.starts_on <= day and here.ends_on == last:
        row.done(here, Outcome.UNCHANGED)
        return
    until = row.values.get("until")
    shares = {target: share}
    now_held = allocate(
        actor=run.actor, whose=whose, cycle=cycle, shares=shares, on=day, until=until
    )
    now = _in_force(now_held, target, day)
    before, after = {"share": here and here.share * 100}, {"share": share * 100}
    row.done(now or whose, Outcome.CREATED if here is None else Outcome.UPDATED, before, after)


def _whose(run: Run, row: Row) -> Whose:
    person, unit = row.text("person"), row.text("whole_unit")
    if bool(person) == bool(unit):
        raise DomainError(
            "Name a person, or a whole unit, whose time it is: one of the two.", "person"
        )
    if person:
        return run.people.find(person, "person")
    return run.units.find(unit, "whole_unit")


def _target(run: Run, row: Row) -> Target:
    objective, priority = row.text("objective"), row.text("priority")
    named = [bool(objective), bool(priority), bool(row.values.get("run_the_business"))]
    if sum(named) != 1:
        raise DomainError(
            "Name one objective, one priority, or say yes to run the business.", "objective"
        )
    if objective:
        return run.objectives.find(objective, "objective")
    return run.priorities.find(priority, "priority") if priority else RUN


def _in_force(held: Iterable[Allocation], target: Target, day: dt.date) -> Allocation | None:
    key = key_of_target(target)
    rows = (row for row in held if row.starts_on <= day <= row.ends_on)
    return next((row for row in rows if row.target_key == key), None)
