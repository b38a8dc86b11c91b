"""A day gone by is measured by what was known then: whatever is done later, its figures come out the same."""

import datetime as dt
from contextlib import suppress
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis.extra.django import TestCase

from goldenthread.core import history
from goldenthread.core.errors import DomainError, LoopRefused
from goldenthread.core.models import Organisation
from goldenthread.demo.days import standing_on
from goldenthread.insights.models import Figure
from goldenthread.insights.selectors.alignment import alignment
from goldenthread.insights.services import store_every_day, store_figures
from goldenthread.objectives.models import (
    Objective,
    ObjectiveHeld,
    ObjectiveScore,
)
from goldenthread.objectives.services.check_ins import check_in
from goldenthread.people.models import Person, PersonHeld, Unit
from goldenthread.people.services import edit_person
from goldenthread.strategy.models import Priority, Strategy
from tests.acts import ACTS, FIRST, act, make_world
from tests.cast import (
    Cast,
    make_key_result,
    make_objective,
    make_person,
    make_unit,
)
from tests.drawn import cases

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


# What the rules find is looked up as it stands that night, and is never worked out for a day gone by.
OF_THE_NIGHT = {"criteria-quality"}


def figures(day: dt.date) -> dict[Any, Any]:
    rows = Figure.objects.filter(as_of=day).values_list(*FIELDS)
    rounded = {
        row[:4]: tuple(round(one, 9) if isinstance(one, float) else one for one in row[4:])
        for row in rows
    }
    assert len(rounded) == len(rows)
    return rounded


def reproducible(found: dict[Any, Any]) -> dict[Any, Any]:
    return {key: value for key, value in found.items() if key[0] not in OF_THE_NIGHT}


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
    @settings(max_examples=cases(30), deadline=None, suppress_health_check=list(HealthCheck))
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
                assert reproducible(figures(day)) == reproducible(stored)
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
