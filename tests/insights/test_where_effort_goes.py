"""Where effort goes: into which priorities beside their value, for the whole and for units, and when nothing is shown."""

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from goldenthread.core import clock
from goldenthread.engine.result import Status
from goldenthread.insights import services
from goldenthread.insights.models import Figure
from goldenthread.insights.selectors.counted import work_on
from goldenthread.insights.selectors.effort import EffortFigures, effort_figures
from goldenthread.insights.selectors.effort.figures import IntoPriority
from goldenthread.objectives.models import Cycle, Objective
from goldenthread.objectives.states import State
from goldenthread.people.models import Person, Unit, UnitHeld
from goldenthread.people.services import edit_unit
from goldenthread.strategy.models import Priority, Strategy
from goldenthread.tradeoffs.models import RUN
from goldenthread.tradeoffs.selectors.allocations import objective_effort
from goldenthread.tradeoffs.selectors.grid import Plan, grid
from goldenthread.tradeoffs.selectors.prefilled import capacity_of
from goldenthread.tradeoffs.selectors.room_left import Room, room_left
from goldenthread.tradeoffs.services import allocate, declare_non_routine
from tests.cast import (
    TODAY,
    Cast,
    link,
    make_allocation,
    make_objective,
    make_person,
    make_priority,
    make_unit,
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


def of_all() -> EffortFigures:
    return effort_figures(None)


def into(found: EffortFigures) -> dict[str, IntoPriority]:
    titles = dict(Priority.objects.values_list("pk", "title"))
    return {titles[one.priority]: one for one in found.into}


def test_effort_goes_up_the_thread_and_stands_beside_value(cast: Cast, crew: list[Person]) -> None:
    page = of_all()
    rows = into(page)
    assert rows["Punctual"][1:] == (0.6, pytest.approx(4), 10)
    assert rows["Cheap"][1:] == (0.4, pytest.approx(1), 10)
    assert page.unlinked == pytest.approx(1)
    assert page.run_the_business == pytest.approx(4)
    assert page.unaligned.value == pytest.approx(0.1)
    assert page.overload.value == 0
    assert (page.people, page.everybody) == (10, 17)
    assert page.coverage == pytest.approx(10 / 17)
    assert page.gap.value is None  # less than 80 % is entered
    assert page.spread.value == pytest.approx(2.38, abs=0.01)


def test_enough_coverage_shows_what_would_have_to_move(cast: Cast, crew: list[Person]) -> None:
    page = effort_figures(cast.operations.pk)
    assert page.coverage == pytest.approx(10 / 12)
    assert page.gap.value == pytest.approx((abs(4 / 6 - 0.6) + abs(1 / 6 - 0.4) + 1 / 6) / 2)


def test_it_follows_at_once_what_somebody_enters(cast: Cast, crew: list[Person]) -> None:
    assert of_all().run_the_business == pytest.approx(4)
    cycle = Cycle.objects.get()
    allocate(actor=cast.ben, whose=crew[0], cycle=cycle, shares={RUN: Decimal("0.1")})
    assert of_all().run_the_business == pytest.approx(3.7)


def test_inferred_effort_is_in_no_sum(cast: Cast, crew: list[Person]) -> None:
    before = of_all()
    declare_non_routine(actor=cast.ada, share=Decimal("0.6"))
    assert of_all() == before


def test_a_share_of_a_unit_counts_for_those_of_whom_nothing_is_entered(
    cast: Cast, crew: list[Person]
) -> None:
    make_allocation(cast.root, "1.0")
    page = of_all()
    assert page.people == 17
    assert page.run_the_business == pytest.approx(4 + 7)
    assert page.overload.denominator == 10  # whose is entered by name


@pytest.fixture
def hangar(cast: Cast, cycle: Cycle, strategy: Strategy) -> Unit:
    """Twelve and a half FTE without a person: three quarters into Punctual, the rest routine."""
    punctual = make_priority(strategy, "Punctual", weight=Decimal(60))
    make_priority(strategy, "Cheap", weight=Decimal(40))
    unit = make_unit("Hangar", cast.root, fte=Decimal("12.5"))
    make_allocation(unit, "0.75", priority=punctual)
    make_allocation(unit, "0.25")
    return unit


def test_a_unit_without_people_gives_what_it_has(cast: Cast, hangar: Unit) -> None:
    page = effort_figures(hangar.pk)
    assert (page.capacity, page.declared, page.covered) == (12.5, 12.5, 12.5)
    assert page.people == 13  # nobody is more than one
    assert into(page)["Punctual"][2:] == (pytest.approx(9.375), 13)
    assert page.run_the_business == pytest.approx(3.125)
    assert page.spread.value == 1
    assert page.within.status == Status.INSUFFICIENT_DATA
    assert "no people are entered" in page.within.reason
    assert page.overload.reason == page.wip.reason == page.within.reason


def test_it_can_be_asked_and_planned_for(cast: Cast, hangar: Unit, cycle: Cycle) -> None:
    assert room_left(cast.dee, {hangar.pk: [hangar.pk]}, TODAY)[hangar.pk] == Room(13, 12.5, 12.5)
    declare_non_routine(actor=cast.ada, share=Decimal("0.6"))
    assert capacity_of([hangar], cycle) == {hangar.pk: Decimal("7.5")}


def test_what_it_gives_is_said_alike_everywhere(cast: Cast, hangar: Unit, cycle: Cycle) -> None:
    sheds = make_objective(cast.root, "Sheds")
    make_allocation(hangar, "0.4", objective=sheds)
    found = objective_effort(cast.dee, sheds, TODAY)
    assert found is not None
    assert (found.fte, found.people) == (5, 13)
    shown = grid(cast.ada, Plan(cycle, TODAY, hangar, by_unit=True))
    assert [row.fte for row in shown.rows] == [Decimal("12.5")]
    whole = grid(cast.ada, Plan(cycle, TODAY, cast.root, by_unit=True))
    assert whole.rows[0].fte == Decimal("19.5")  # seven people beside


def test_a_unit_with_people_has_what_they_have(cast: Cast, hangar: Unit) -> None:
    make_person("Ivo", unit=hangar)
    page = effort_figures(hangar.pk)
    assert (page.capacity, page.declared, page.everybody) == (1, 0, 1)


def test_a_small_unit_without_people_stays_hidden(cast: Cast, hangar: Unit) -> None:
    Unit.objects.filter(pk=hangar.pk).update(fte=4)
    assert effort_figures(hangar.pk).withheld


def test_what_a_unit_had_stays_readable(cast: Cast, hangar: Unit) -> None:
    yesterday = TODAY - dt.timedelta(1)
    UnitHeld.objects.filter(unit=hangar).update(valid_from=yesterday)
    edit_unit(actor=cast.dee, unit=hangar, name="Hangar", parent=cast.root, leader=None, fte=None)
    assert work_on(yesterday).units[hangar.pk].fte == 12.5
    assert work_on(TODAY).units[hangar.pk].fte is None


def test_few_people_are_told_by_no_sum(client: Client, cast: Cast, crew: list[Person]) -> None:
    secret = make_priority(Strategy.objects.get(), "Quiet", weight=Decimal(0))
    make_allocation(crew[0], "0.3", priority=secret)
    rows = into(of_all())
    assert rows["Quiet"].fte is None
    assert sum(one.fte is None for one in rows.values()) == 2  # else the rest would tell it
    make_allocation(cast.cyd, "0.5")
    page = effort_figures(cast.stations.pk)
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


def test_a_unit_s_page_asks_no_more_than_the_whole(
    client: Client, cast: Cast, crew: list[Person], assert_queries: Callable[..., Any]
) -> None:
    signed_in(client, cast.ben)
    address = f"/effort/?unit={cast.operations.pk}"
    assert_queries("where effort of a unit goes", client.get, address)


# The chart -------------------------------------------------------------------------------------------------------


@pytest.fixture
def two_units(cast: Cast, crew: list[Person]) -> Unit:
    """Six more in Stations, all on what serves Punctual."""
    part = Objective.objects.get(title="Turn trains faster")
    for n in range(6):
        one = make_person(f"Station {n}", unit=cast.stations, manager=cast.ben, account=False)
        make_allocation(one, "0.5", objective=part)
    return cast.stations


def test_the_chart_leads_from_units_over_objectives_into_priorities(
    cast: Cast, two_units: Unit
) -> None:
    chart = of_all().chart
    assert chart is not None
    goal = Objective.objects.get(title="Restore the timetable")
    through = {(one.kind, one.objective): one.fte for one in chart.streams}
    assert through["objective", goal.pk] == pytest.approx(4 + 3)
    assert through["unlinked", None] == pytest.approx(1)
    assert through["run", None] == pytest.approx(4)
    bands = {(one.kind, one.unit): one.fte for one in chart.bands}
    assert bands["unit", cast.operations.pk] == pytest.approx(10)
    assert bands["unit", cast.stations.pk] == pytest.approx(3)


def test_what_few_give_is_in_no_flow_of_their_unit(cast: Cast, two_units: Unit) -> None:
    cheap = Priority.objects.get(title="Cheap")
    make_allocation(Person.objects.get(name="Station 0"), "0.5", priority=cheap)
    chart = of_all().chart
    assert chart is not None
    place = [one.priority for one in chart.streams].index(cheap.pk)
    kinds = {chart.bands[flow.band].kind: flow.fte for flow in chart.flows if flow.stream == place}
    assert kinds == {"apart": pytest.approx(1.5)}  # all of it, else the one would be told
    assert chart.streams[place].fte == pytest.approx(1.5)


def test_every_band_leads_to_its_rows_and_the_table_says_the_same(
    client: Client, cast: Cast, two_units: Unit
) -> None:
    page = signed_in(client, cast.ada).get("/effort/").content.decode()
    goal = Objective.objects.get(title="Restore the timetable")
    assert f'<a href="/effort/?unit={cast.stations.pk}" aria-label="Stations, 3.0 FTE">' in page
    assert (
        f'<a href="{goal.get_absolute_url()}" aria-label="Restore the timetable, 7.0 FTE">' in page
    )
    assert "effort 78" in page
    assert "Without a line to a priority" in page
    assert " style=" not in page
    rows = client.get("/effort/flow.csv").getvalue().decode()
    assert "Stations,Restore the timetable,Punctual,3" in rows


def test_a_confidential_priority_and_restricted_work_have_no_name_in_it(
    client: Client, cast: Cast, two_units: Unit
) -> None:
    Priority.objects.filter(title="Cheap").update(confidential=True)
    Objective.objects.filter(title="Restore the timetable").update(restricted=True)
    signed_in(client, cast.flo)
    for address in ("/effort/", "/effort/flow.csv", "/effort/priorities.csv"):
        answer = client.get(address)
        page = answer.getvalue().decode() if answer.streaming else answer.content.decode()
        assert "Cheap" not in page
        assert "Restore the timetable" not in page


def test_few_bands_stand_for_many_until_they_are_opened(
    client: Client, cast: Cast, crew: list[Person]
) -> None:
    punctual = Priority.objects.get(title="Punctual")
    for n in range(12):
        goal = make_objective(cast.operations, f"Goal {n}")
        link(goal, punctual)
        for person in crew:
            make_allocation(person, "0.01", objective=goal)
    page = signed_in(client, cast.ada).get("/effort/").content.decode()
    assert "Show every band" in page
    assert "other ways" in page
    assert sum(f"Goal {n}" in page for n in range(12)) < 12
    page = client.get("/effort/?open=1").content.decode()
    assert all(f"Goal {n}" in page for n in range(12))


# Spread, load and flow -------------------------------------------------------------------------------------------


def test_alpha_and_beta_tell_who_spreads_it(client: Client, cast: Cast, crew: list[Person]) -> None:
    found = of_all()
    assert found.within.value == pytest.approx(found.spread.value)  # all do the same
    assert found.between.value == pytest.approx(1)
    page = signed_in(client, cast.ada).get("/effort/").content.decode()
    assert "Everybody does a bit of everything" in page


def test_what_is_under_way_counts_what_one_owns_and_works_on(
    cast: Cast, crew: list[Person]
) -> None:
    found = of_all()
    assert found.under_way is not None
    # ten with two each (the third has 10 %, too), Flo and Cyd with what they own
    assert found.under_way.objectives == 10 * 2 + 2
    assert found.wip.n == 17


def test_little_s_law_speaks_only_of_a_steady_flow(cast: Cast, crew: list[Person]) -> None:
    assert of_all().overactivity.status is Status.UNDEFINED  # nothing has ended
    for quarter in range(2):
        make_old_goals(cast.flo, quarter)
    cache.clear()  # what is made by hand leaves no trace in the trail
    found = of_all()
    assert (found.finished, found.dropped, found.periods) == (8, 2, 4)
    assert found.overactivity.status is Status.INSUFFICIENT_DATA
    for quarter in (2, 3):
        make_old_goals(cast.flo, quarter)
    cache.clear()
    found = of_all()
    assert (found.started, found.finished, found.dropped) == (4 * 3 + 3, 12, 3)
    under_way = (4 * (181 + 182 + 182 + 92) + 3 * 42) / 364
    assert found.overactivity.value == pytest.approx(under_way * 4 / 12)
    Objective.objects.filter(title="Old 2 1").update(state=State.CARRIED_OVER)
    cache.clear()
    assert of_all().finished == 11  # what is carried over goes on


def make_old_goals(owner: Person, quarter: int) -> None:
    """Four that begin in one of the four last periods, are planned for one and take two; one is dropped."""
    starts = TODAY - dt.timedelta(91 * (4 - quarter) + 1)
    ends = starts + dt.timedelta(182)
    for n in range(4):
        make_objective(
            owner,
            f"Old {quarter} {n}",
            state=State.ACTIVE if ends > TODAY else State.ACHIEVED if n else State.DROPPED,
            agreed_at=clock.start_of(starts),
            starts_on=starts,
            ends_on=starts + dt.timedelta(90),
            closed_at=clock.start_of(ends) if ends <= TODAY else None,
        )


# Behind the page, and over time ----------------------------------------------------------------------------------


def test_the_night_stores_the_figures_of_the_whole_and_of_units(
    client: Client, cast: Cast, crew: list[Person]
) -> None:
    services.store_figures(TODAY)
    stored = {
        (one.measure, one.scope_id): one.value for one in Figure.objects.filter(scope_kind="unit")
    }
    found = effort_figures(cast.operations.pk)
    assert stored["dispersion", cast.operations.pk] == pytest.approx(found.spread.value)
    assert stored["value-effort-gap", cast.operations.pk] == pytest.approx(found.gap.value)
    assert ("dispersion", cast.stations.pk) not in stored  # too few people there
    Figure.objects.filter(measure="dispersion", scope_id=0).update(
        as_of=TODAY - dt.timedelta(30), value=3.5
    )
    services.store_figures(TODAY)
    page = signed_in(client, cast.ada).get("/effort/").content.decode()
    assert "From 3.5 on" in page
    assert "to 2.4 today" in page


def test_the_api_tells_the_same_and_no_more(client: Client, cast: Cast, two_units: Unit) -> None:
    Priority.objects.filter(title="Cheap").update(confidential=True)
    signed_in(client, cast.flo)
    told = client.get("/api/v1/effort").json()
    assert {one["name"]: one["value"] for one in told["figures"]}["Effective number of priorities"]
    assert [one["priority"] and one["priority"]["name"] for one in told["into"]] == [
        "Punctual",
        None,
    ]
    assert sum(flow["fte"] for flow in told["flows"]) == pytest.approx(10 + 3)
    whole = client.get(f"/api/v1/effort?unit={cast.root.pk}").json()
    assert whole["people"] == 16
    refused = client.get("/api/v1/effort?unit=99999")
    assert refused.status_code == 422
    assert "There is no unit 99999 here" in refused.content.decode()
