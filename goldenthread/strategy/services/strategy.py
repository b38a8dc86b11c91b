"""Starting, editing, putting in force and ending a strategy."""

import datetime as dt
from typing import TypedDict, Unpack

from django.db import transaction

from goldenthread.core import audit, clock
from goldenthread.core.access import not_as_deputy, require
from goldenthread.core.errors import DomainError
from goldenthread.people.models import Person, Unit
from goldenthread.permissions import Action
from goldenthread.strategy.models import Strategy
from goldenthread.strategy.services.checks import in_order, kept, leads, still_open, words, write
from goldenthread.strategy.services.sponsor import refresh_sponsors
from goldenthread.strategy.services.state import tell_state


class StrategyChanges(TypedDict, total=False):
    """The fields that `edit_strategy` may change."""

    title: str
    leader: Person
    starts_on: dt.date | None
    ends_on: dt.date | None
    vision: str
    mission: str
    values: str


@transaction.atomic
def start_strategy(
    *,
    actor: Person,
    title: str,
    unit: Unit | None = None,
    leader: Person | None = None,
    starts_on: dt.date | None = None,
    ends_on: dt.date | None = None,
    vision: str = "",
    mission: str = "",
    values: str = "",
) -> Strategy:
    """Start the strategy of the organisation, or of a unit, as a draft; who starts it leads it unless said.

    Permission: a leader; for a unit, its leader or one above. Raises `DomainError` for an empty title, a
    leader who is none, or an end before the start.
    """
    if unit is None:
        require(actor, Action.START_STRATEGY)
    else:
        require(actor, Action.START_UNIT_STRATEGY, unit)
    leader = leader or actor
    leads(leader, "leader")
    in_order(starts_on, ends_on, "ends_on")
    strategy = Strategy.objects.create(
        title=words(title, "title"),
        unit=unit,
        leader=leader,
        starts_on=starts_on,
        ends_on=ends_on,
        vision=vision.strip(),
        mission=mission.strip(),
        values=values.strip(),
    )
    fields = ("title", "unit", "leader", "starts_on", "ends_on", "vision", "mission", "values")
    audit.record(actor, "start strategy", strategy, after=kept(strategy, *fields))
    return strategy


@transaction.atomic
def edit_strategy(
    *, actor: Person, strategy: Strategy, version: int, **changes: Unpack[StrategyChanges]
) -> Strategy:
    """Change the wording, horizon or leader of a strategy; only the fields given.

    Permission: its leader. Raises `SavedMeanwhile`, and `DomainError` as `start_strategy`, when it ended, or when
    its new end would bring it back beside another one in force.
    """
    require(actor, Action.EDIT_STRATEGY, strategy)
    still_open(strategy)
    if "title" in changes:
        changes["title"] = words(changes["title"], "title")
    if "leader" in changes and changes["leader"] != strategy.leader:
        not_as_deputy(actor, "the next leader", "leader")
        leads(changes["leader"], "leader")
    in_order(
        changes.get("starts_on", strategy.starts_on),
        changes.get("ends_on", strategy.ends_on),
        "ends_on",
    )
    if strategy.state == Strategy.State.IN_FORCE and "ends_on" in changes:
        ends_on = changes["ends_on"]
        if ends_on is None or ends_on >= clock.today():
            _alone_in_force(strategy)
    return write(actor, "edit strategy", strategy, changes, version=version)


@transaction.atomic
def put_in_force(*, actor: Person, strategy: Strategy) -> Strategy:
    """Make a draft the strategy that everything is measured against.

    Permission: its leader. Raises `DomainError` when its horizon is over, or another one is in force for the
    same unit (or the organisation).
    """
    require(actor, Action.EDIT_STRATEGY, strategy)
    still_open(strategy)
    today = clock.today()
    if strategy.ends_on is not None and strategy.ends_on < today:
        raise DomainError("Its horizon is over. Change its end first.", "ends_on")
    _alone_in_force(strategy)
    changes = {"state": Strategy.State.IN_FORCE, "starts_on": strategy.starts_on or today}
    return write(actor, "put in force", strategy, changes)


@transaction.atomic
def end_strategy(*, actor: Person, strategy: Strategy) -> Strategy:
    """End a strategy today. It stays readable with its priorities; nobody sponsors by it any more, and what
    served it is loose.

    Permission: its leader. Raises `DomainError` when it has ended already.
    """
    require(actor, Action.EDIT_STRATEGY, strategy)
    still_open(strategy)
    today = clock.today()
    begun = strategy.starts_on is None or strategy.starts_on <= today
    shortened = begun and (strategy.ends_on is None or strategy.ends_on > today)
    ends_on = today if shortened else strategy.ends_on
    write(actor, "end strategy", strategy, {"state": Strategy.State.ENDED, "ends_on": ends_on})
    refresh_sponsors(Person.objects.filter(sponsored_priorities__strategy=strategy))
    for priority in strategy.priorities.active():
        tell_state(priority)
    return strategy


def _alone_in_force(strategy: Strategy) -> None:
    """Refuse a second strategy in force for the same unit, or the organisation."""
    others = Strategy.objects.in_force(clock.today()).filter(unit=strategy.unit)
    if in_the_way := others.exclude(pk=strategy.pk).select_related("leader").first():
        raise DomainError(
            f"“{in_the_way}” is in force. {in_the_way.leader} leads it and has to end it first."
        )
