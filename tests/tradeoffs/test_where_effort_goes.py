"""Where effort goes: into which priorities beside their value, for the whole and for units, and when nothing is shown."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from goldenthread.objectives.models import Cycle
from goldenthread.people.models import Person
from goldenthread.strategy.models import Strategy
from goldenthread.tradeoffs.selectors.where_it_goes import WhereItGoes, where_it_goes
from goldenthread.tradeoffs.services import declare_non_routine
from tests.cast import (
    TODAY,
    Cast,
    link,
    make_allocation,
    make_objective,
    make_person,
    make_priority,
    signed_in,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def crew(cast: Cast, cycle: Cycle, strategy: Strategy) -> list[Person]:
    """Ten in Operations: 4 FTE into Punctual (60 of 100), 1 into Cheap, 1 that hangs loose, 4 routine."""
    Strategy.objects.update(weights_confirmed_at=timezone.now())
    punctual = make_priority(strategy, "Punctual", weight=Decimal(60))
    cheap = make_priority(strategy, "Cheap", weight=Decimal(40))
    goal = make_objective(cast.operations, "Restore the timetable")
    part = make_objective(cast.flo, "Turn trains faster")
    loose = make_objective(cast.cyd, "Repaint the hall")
    link(goal, punctual)
    link(part, goal)
    people = [
        make_person(f"Crew {n}", unit=cast.operations, manager=cast.ben, account=False)
        for n in range(10)
    ]
    for person in people:
        make_allocation(person, "0.4", objective=part)
        make_allocation(person, "0.1", priority=cheap)
        make_allocation(person, "0.1", objective=loose)
        make_allocation(person, "0.4")
    return people


def of_all(cast: Cast) -> WhereItGoes:
    return where_it_goes(cast.ada, None, TODAY)


def test_effort_goes_up_the_thread_and_stands_beside_value(cast: Cast, crew: list[Person]) -> None:
    page = of_all(cast)
    rows = {row.priority.title: (row.share, row.effort, row.people) for row in page.rows}
    assert rows["Punctual"] == (0.6, pytest.approx(4 / 6), 10)
    assert rows["Cheap"] == (0.4, pytest.approx(1 / 6), 10)
    assert page.up.unlinked == pytest.approx(1)
    assert page.run_the_business == pytest.approx(4)
    assert page.unaligned.value == pytest.approx(0.1)
    assert page.overload.value == 0
    assert (page.people, page.everybody) == (10, 17)
    assert page.coverage == pytest.approx(10 / 17)
    assert page.gap.value is None  # less than 80 % is entered
    assert page.spread.value == pytest.approx(2.38, abs=0.01)


def test_enough_coverage_shows_what_would_have_to_move(cast: Cast, crew: list[Person]) -> None:
    page = where_it_goes(cast.ada, cast.operations, TODAY)
    assert page.coverage == pytest.approx(10 / 12)
    assert page.gap.value == pytest.approx((abs(4 / 6 - 0.6) + abs(1 / 6 - 0.4) + 1 / 6) / 2)


def test_inferred_effort_is_in_no_sum(cast: Cast, crew: list[Person]) -> None:
    before = of_all(cast).total
    declare_non_routine(actor=cast.ada, share=Decimal("0.6"))
    assert of_all(cast).total == before


def test_a_share_of_a_unit_counts_for_those_of_whom_nothing_is_entered(
    cast: Cast, crew: list[Person]
) -> None:
    make_allocation(cast.root, "1.0")
    page = of_all(cast)
    assert page.people == 17
    assert page.run_the_business == pytest.approx(4 + 7)
    assert page.overload.denominator == 10  # whose is entered by name


def test_few_people_are_told_by_no_sum(client: Client, cast: Cast, crew: list[Person]) -> None:
    secret = make_priority(Strategy.objects.get(), "Quiet", weight=Decimal(0))
    make_allocation(crew[0], "0.3", priority=secret)
    rows = {row.priority.title: row.effort for row in of_all(cast).rows}
    assert rows["Quiet"] is None
    assert sum(effort is None for effort in rows.values()) == 2  # else the rest would tell it
    make_allocation(cast.cyd, "0.5")
    page = where_it_goes(cast.ada, cast.stations, TODAY)
    assert page.withheld
    signed_in(client, cast.dee)
    shown = client.get(f"/effort/?unit={cast.stations.pk}").content.decode()
    assert "too few people here" in shown
    assert "Into priorities" not in shown


def test_the_page_says_what_differs_most(
    client: Client, cast: Cast, crew: list[Person], assert_queries: Callable[..., Any]
) -> None:
    signed_in(client, cast.cyd)
    page = assert_queries("where effort goes", client.get, "/effort/").content.decode()
    assert "Cheap</em> has 40" in page
    assert "Into priorities" in page
    assert "Who works on what" not in page  # who does not lead
    page = signed_in(client, cast.ben).get("/effort/").content.decode()
    assert "Who works on what" in page
    page = client.get(f"/effort/?unit={cast.operations.pk}").content.decode()
    assert "of its effort into <em>Punctual</em>" in page
    assert "Would have to move" not in page  # what a unit is for, the weights do not say


def test_an_empty_organisation_says_what_belongs_here(client: Client, cast: Cast) -> None:
    page = signed_in(client, cast.ben).get("/effort/").content.decode()
    assert "Nobody’s effort is entered here yet" in page
