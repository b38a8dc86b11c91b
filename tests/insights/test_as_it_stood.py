"""A day gone by is measured by what was known then: whatever is done later, its figures come out the same."""

import datetime as dt
from contextlib import suppress
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from goldenthread.core import history
from goldenthread.core.errors import DomainError, LoopRefused
from goldenthread.core.models import Organisation
from goldenthread.demo.days import standing_on
from goldenthread.insights.models import Figure
from goldenthread.insights.selectors.alignment import alignment
from goldenthread.insights.services import store_every_day, store_figures
from goldenthread.objectives.models import (
    CheckIn,
    Contribution,
    Cycle,
    Objective,
    ObjectiveHeld,
    ObjectiveScore,
)
from goldenthread.objectives.services import agreement, changes, closing, links
from goldenthread.objectives.services.check_ins import check_in
from goldenthread.objectives.states import State
from goldenthread.people.models import Person, PersonHeld, Unit, UnitHeld
from goldenthread.people.services import edit_person, leave, move_unit, set_manager, set_unit_leader
from goldenthread.strategy.models import Priority, PriorityHeld, Strategy, StrategyHeld
from goldenthread.strategy.services import confirm_weights, drop_priority, set_weights
from tests.cast import (
    Cast,
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
HELD = (PersonHeld, UnitHeld, StrategyHeld, PriorityHeld, ObjectiveHeld, ObjectiveScore)


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
            make_objective(owner, f"O{place}", cycle=cycle, state=state)
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
FIELDS = (
    "measure",
    "scope_kind",
    "scope_id",
    "method_version",
    "value",
    "numerator",
    "denominator",
    "n",
    "status",
)


def figures(day: dt.date) -> dict[Any, Any]:
    rows = Figure.objects.filter(as_of=day).values_list(*FIELDS)
    rounded = {
        row[:4]: tuple(round(one, 9) if isinstance(one, float) else one for one in row[4:])
        for row in rows
    }
    assert len(rounded) == len(rows)
    return rounded


def standings() -> dict[int, Any]:
    rows = Objective.objects.values_list(
        "pk", "score", "expected_fixed", "expected_slope", "last_check_in_on", "state",
        "owner_person", "owner_unit", "measurable",
    )  # fmt: skip
    return {row[0]: row[1:] for row in rows}


def standings_then(day: dt.date) -> dict[int, Any]:
    scores = ObjectiveScore.objects.filter(history.on(day)).values_list(
        "objective", "score", "expected_fixed", "expected_slope", "last_check_in_on", "measurable"
    )
    held = ObjectiveHeld.objects.filter(history.on(day)).values_list(
        "objective", "state", "owner_person", "owner_unit"
    )
    frame = {row[0]: row[1:] for row in held}
    return {row[0]: (*row[1:5], *frame[row[0]], row[5]) for row in scores}


class EveryAct(TestCase):
    @settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
    @given(ACTS)
    def test_figures_stored_at_night_are_those_reproduced_later(
        self, acts: list[tuple[str, int, int]]
    ) -> None:
        world = make_world()

        def end_of_day() -> None:
            store_figures(world.day)
            world.seen[world.day] = (figures(world.day), standings())

        with standing_on(world.day):
            act(world, "weights", 0, 4)
        for kind, at, to in [*acts, ("next day", 0, 0)]:
            with standing_on(world.day):
                if kind == "next day":
                    end_of_day()
                    world.day += dt.timedelta(days=1 + at % 3)
                else:
                    with suppress(DomainError, LoopRefused), transaction.atomic():
                        act(world, kind, at, to)
        Figure.objects.all().delete()
        with standing_on(world.day):
            for day, (stored, stood) in world.seen.items():
                store_figures(day)
                assert figures(day) == stored
                assert standings_then(day) == stood
            for model in (Unit, Person, Strategy, Priority, Objective):
                assert history.keep_all(model) == 0  # every service kept what it changed


# One by one -----------------------------------------------------------------------------------------------------


def test_a_value_recorded_later_changes_no_earlier_day(cast: Cast) -> None:
    with standing_on(FIRST):
        objective = make_objective(cast.flo)
        key_result = make_key_result(objective)
        check_in(actor=cast.flo, key_result=key_result, value=Decimal(30))
    later = FIRST + dt.timedelta(days=9)
    with standing_on(later):
        made = check_in(
            actor=cast.flo,
            key_result=key_result,
            value=Decimal(20),
            as_of=FIRST + dt.timedelta(days=3),
        )
        check_in(
            actor=cast.flo,
            key_result=key_result,
            value=Decimal(15),
            as_of=made.as_of,
            corrects=made,
        )

    def score(day: dt.date) -> float:
        return round(ObjectiveScore.objects.get(history.on(day), objective=objective).score, 4)

    assert score(FIRST) == 0.3333
    assert (
        score(FIRST + dt.timedelta(days=8)) == 0.3333
    )  # the value of the 3rd day was not known yet
    assert score(later) == 0.8333
    assert ObjectiveScore.objects.filter(objective=objective).count() == 2


def test_a_record_has_one_open_row_and_none_ends_before_it_begins(cast: Cast) -> None:
    row = PersonHeld.objects.get(person=cast.flo)
    with pytest.raises(IntegrityError), transaction.atomic():
        PersonHeld.objects.create(person=cast.flo, valid_from=row.valid_from)
    with pytest.raises(IntegrityError), transaction.atomic():
        PersonHeld.objects.filter(pk=row.pk).update(valid_to=row.valid_from - dt.timedelta(days=1))


def test_several_changes_of_a_day_leave_how_it_ended(cast: Cast) -> None:
    with standing_on(FIRST):
        person = make_person("Ivo Krag", unit=cast.root, account=False)
    with standing_on(FIRST + dt.timedelta(days=1)):
        edit_person(actor=cast.dee, person=person, unit=cast.stations)
        edit_person(actor=cast.dee, person=person, unit=cast.operations)
    rows = PersonHeld.objects.filter(person=person).order_by("valid_from")
    assert [(row.unit_id, row.valid_from, row.valid_to) for row in rows] == [
        (cast.root.pk, FIRST, FIRST),
        (cast.operations.pk, FIRST + dt.timedelta(days=1), None),
    ]


def test_what_was_written_past_the_services_is_kept_by_the_night(cast: Cast) -> None:
    Person.objects.filter(pk=cast.flo.pk).update(unit=cast.stations)
    store_every_day()
    assert PersonHeld.objects.get(person=cast.flo, valid_to=None).unit == cast.stations


def test_nights_without_a_run_are_made_up_for(cast: Cast) -> None:
    with standing_on(FIRST):
        make_objective(cast.flo)
        store_figures(FIRST)
    with standing_on(FIRST + dt.timedelta(days=4)):
        assert store_every_day() == 3
        assert store_every_day() == 0
    days = set(Figure.objects.values_list("as_of", flat=True))
    assert sorted(days) == [FIRST + dt.timedelta(days=back) for back in range(4)]


def test_a_day_of_which_not_everything_was_kept_is_refused(cast: Cast) -> None:
    Organisation.objects.update(history_from=dt.date(2026, 5, 1))
    with pytest.raises(DomainError, match="kept from 1 May 2026 on"):
        store_figures(dt.date(2026, 4, 30))


def test_a_unit_is_measured_as_it_was(cast: Cast) -> None:
    with standing_on(FIRST):
        team = make_unit("Drivers", cast.operations)
        driver = make_person("Ivo Krag", unit=team, account=False)
        make_objective(driver)
    with standing_on(FIRST + dt.timedelta(days=5)):
        edit_person(actor=cast.dee, person=driver, unit=cast.stations)
    then = {unit.name: unit for unit in alignment(FIRST).units}
    assert (then["Drivers"].objectives, then["Drivers"].people) == (1, 1)
    now = {unit.name: unit for unit in alignment().units}
    assert (now["Drivers"].objectives, now["Stations"].objectives) == (0, 1)
