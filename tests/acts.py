"""A small organisation, and every act by which figures move: for tests of what holds whatever is done."""

import datetime as dt
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from goldenthread.core import clock
from goldenthread.demo.days import standing_on
from goldenthread.objectives.models import CheckIn, Contribution, Cycle, Objective
from goldenthread.objectives.services import agreement, changes, closing, links
from goldenthread.objectives.services.check_ins import check_in
from goldenthread.objectives.states import State
from goldenthread.people.models import Person, Unit
from goldenthread.people.services import edit_person, leave, move_unit, set_manager, set_unit_leader
from goldenthread.strategy.models import Priority, Strategy
from goldenthread.strategy.services import confirm_weights, drop_priority, set_weights
from tests.cast import (
    link,
    make_cycle,
    make_head,
    make_key_result,
    make_objective,
    make_organisation,
    make_person,
    make_priority,
    make_strategy,
    make_unit,
)

FIRST = dt.date(2026, 4, 20)


@dataclass
class World:
    """A small organisation on a day; `ada` may do everything."""

    day: dt.date = FIRST
    ada: Any = None
    units: list[Unit] = field(default_factory=list)
    people: list[Person] = field(default_factory=list)
    priorities: list[Priority] = field(default_factory=list)
    objectives: list[Objective] = field(default_factory=list)
    strategy: Any = None
    seen: dict[dt.date, Any] = field(default_factory=dict)

    def pick(self, name: str, number: int) -> Any:
        rows = getattr(self, name)
        found = rows[number % len(rows)]
        return type(found).objects.get(pk=found.pk)


def make_world() -> World:
    make_organisation()
    world = World()
    with standing_on(FIRST):
        root = make_unit("Northwind Rail")
        world.units = [root, make_unit("Operations", root), make_unit("Stations", root)]
        world.ada = make_person(
            "Ada", unit=root, account=False, granted_leader=True, is_hr=True, is_admin=True
        )
        make_head(root, world.ada)
        world.people = [
            make_person(f"P{place}", unit=world.units[place % 3], manager=world.ada, account=False)
            for place in range(6)
        ]
        make_head(world.units[1], world.people[1])
        world.strategy = make_strategy(world.ada)
        world.priorities = [make_priority(world.strategy, f"S{place}") for place in range(3)]
        own = make_strategy(world.ada, title="Of operations", unit=world.units[1])
        world.priorities.append(make_priority(own, "Of the unit"))
        cycle = make_cycle()
        owners = [*world.people[:4], *world.units[1:]]
        states = [State.UNCONFIRMED, State.DRAFT, *[State.ACTIVE] * 4]
        world.objectives = [
            make_objective(
                owner,
                f"O{place}",
                cycle=cycle,
                state=state,
                agreed_at=clock.now() if state == State.ACTIVE else None,
            )
            for place, (owner, state) in enumerate(zip(owners, states, strict=True))
        ]
        for objective in world.objectives:
            make_key_result(objective)
        for place, objective in enumerate(world.objectives[2:]):
            link(objective, world.priorities[place % 3], valid_from=FIRST)
        link(world.objectives[5], world.objectives[2], valid_from=FIRST)
    return world


def act(world: World, kind: str, at: int, to: int) -> None:
    """One act by Ada, as a page, an import or the command line would have it."""
    ada = Person.objects.get(pk=world.ada.pk)
    objective = world.pick("objectives", at)
    match kind:
        case "check in":
            key_result = objective.key_results.first()
            check_in(
                actor=ada,
                key_result=key_result,
                value=Decimal(10 + to),
                as_of=max(objective.starts, world.day - dt.timedelta(days=to)),
            )
        case "correct":
            newest = CheckIn.objects.filter(corrected_by__isnull=True).order_by("-pk").first()
            if newest is not None:
                check_in(
                    actor=ada,
                    key_result=newest.key_result,
                    value=Decimal(5 + to),
                    as_of=newest.as_of,
                    corrects=newest,
                )
        case "link":
            parents = [*world.priorities, *world.objectives]
            parent = parents[to % len(parents)]
            parent = type(parent)._default_manager.get(pk=parent.pk)
            links.link(actor=ada, child=objective, parent=parent, strength=(1, 3, 9)[at % 3])
        case "link priority":
            links.link(
                actor=ada,
                child=world.pick("priorities", 3),
                parent=world.pick("priorities", to % 3),
            )
        case "unlink":
            held = Contribution.objects.filter(child_objective=objective, valid_to__isnull=True)
            if (row := held.first()) is not None:
                links.unlink(actor=ada, contribution=row)
        case "weights" | "set weights":
            strategy = Strategy.objects.get(pk=world.strategy.pk)
            active = list(strategy.priorities.active())
            shares = {one.pk: Decimal(0) for one in active}
            if active:
                shares[active[0].pk] = Decimal(100 - 10 * (to % 10))
                shares[active[-1].pk] += 100 - sum(shares.values())
            set_weights(actor=ada, strategy=strategy, shares=shares)
            if kind == "weights":
                confirm_weights(actor=ada, strategy=strategy)
        case "drop priority":
            drop_priority(actor=ada, priority=world.pick("priorities", at))
        case "move":
            edit_person(actor=ada, person=world.pick("people", at), unit=world.pick("units", to))
        case "manager":
            set_manager(
                actor=ada, person=world.pick("people", at), manager=world.pick("people", to)
            )
        case "leave":
            leave(
                actor=ada, person=world.pick("people", at), on=world.day - dt.timedelta(days=to % 9)
            )
        case "head":
            set_unit_leader(
                actor=ada, unit=world.pick("units", 1 + at % 2), leader=world.pick("people", to)
            )
        case "move unit":
            move_unit(actor=ada, unit=world.pick("units", 2), parent=world.pick("units", to % 2))
        case "confirm":
            agreement.confirm(actor=ada, objective=objective)
        case "close":
            closing.close_objective(
                actor=ada, objective=objective, ending=closing.Ending(drop=to % 2 == 0)
            )
        case "owner":
            changes.propose_change(
                actor=ada,
                objective=objective,
                change=changes.Change(
                    {"owner_person": world.pick("people", to), "owner_unit": None}
                ),
                reason="Somebody else takes it on",
            )
        case "target":
            row = objective.key_results.first()
            changes.propose_change(
                actor=ada,
                objective=objective,
                change=changes.Change(key_results={row.pk: {"target": Decimal(to)}}),
                reason="Aim elsewhere",
            )
        case "cycle":
            cycle = Cycle.objects.get()
            closing.edit_cycle(
                actor=ada,
                cycle=cycle,
                version=cycle.version,
                ends_on=dt.date(2026, 6, 20 + to % 10),
            )
        case "own share":
            objective.own_share = Decimal(to % 10) / 10
            objective.save()


KINDS = (
    "check in", "check in", "correct", "link", "link", "link priority", "unlink", "weights", "set weights",
    "drop priority", "move", "manager", "leave", "head", "move unit", "confirm", "close", "owner",
    "target", "cycle", "own share", "next day", "next day", "next day",
)  # fmt: skip
ACTS = st.lists(
    st.tuples(st.sampled_from(KINDS), st.integers(0, 29), st.integers(0, 29)), max_size=25
)
