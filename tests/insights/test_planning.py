"""Where the planning round of a cycle stands: by unit, without a taker, in figures; whose plans do not add up."""

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from goldenthread.core import for_a_minute
from goldenthread.insights.models import Figure
from goldenthread.insights.selectors.planning import planning_round
from goldenthread.insights.selectors.planning_figures import (
    COMPLETENESS,
    DAYS,
    QUALITY,
    SYMMETRY,
    planning_figures,
    sums_of_parts,
    unit_figures,
)
from goldenthread.insights.services import store_figures
from goldenthread.objectives.models import Cycle, KeyResult, Objective
from goldenthread.objectives.selectors.cycles import cycle_to_plan
from goldenthread.objectives.states import State
from goldenthread.people.services import add_unit
from goldenthread.strategy.models import Strategy
from tests.cast import (
    TODAY,
    Cast,
    link,
    make_cascade,
    make_cycle,
    make_key_result,
    make_objective,
    make_priority,
    signed_in,
)

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(1)


@pytest.fixture
def cycle() -> Cycle:
    """The next quarter, open for proposals."""
    return make_cycle(
        "Q3 2026",
        starts_on=dt.date(2026, 7, 1),
        ends_on=dt.date(2026, 9, 30),
        opens_on=TODAY - DAY,
        state="planned",
    )


def test_the_next_cycle_that_is_open_for_proposals_is_planned(cycle: Cycle) -> None:
    runs = make_cycle()
    every = [runs, cycle]
    assert cycle_to_plan(every, TODAY) == cycle
    assert cycle_to_plan(every, TODAY, runs.pk) == runs
    cycle.opens_on = TODAY + DAY
    assert cycle_to_plan(every, TODAY) == runs
    assert cycle_to_plan([cycle], TODAY) == cycle
    assert cycle_to_plan([], TODAY) is None
    assert cycle_to_plan(every, TODAY, 987) is None


def test_each_unit_stands_by_its_threads_and_its_own_objectives(
    cast: Cast, strategy: Strategy, cycle: Cycle
) -> None:
    priority = make_priority(strategy)
    make_cascade(cast.root, cast.stations, priority, cycle=cycle, answer_by=TODAY - DAY)
    make_objective(cast.ben, cycle=cycle, state="agreed")
    make_objective(cast.ben, "Draft", cycle=cycle, state="draft")
    found = planning_round(cast.dee, cycle, TODAY)
    rows = {one.unit: one for one in found.units}
    stations, operations = rows[cast.stations], rows[cast.operations]
    assert (stations.stands, stations.proposed, stations.to_answer) == ("waits", 1, 1)
    assert (stations.overdue, found.overdue) == (1, 1)
    assert (operations.stands, operations.own_agreed, operations.own_drafts) == ("agreed", 1, 1)
    assert (rows[cast.root].stands, rows[cast.root].to_hear) == ("missing", 1)
    assert (found.agreed, found.waits, found.missing) == (1, 1, 1)
    assert [one.unit for one in found.on_whom] == [cast.stations]
    assert not found.untaken  # the thread is about it
    below = planning_round(cast.dee, cycle, TODAY, cast.operations)
    assert [one.unit for one in below.units] == [cast.operations]


def test_a_priority_is_taken_by_an_open_objective_of_the_cycle_alone(
    cast: Cast, strategy: Strategy, cycle: Cycle
) -> None:
    priority = make_priority(strategy)
    secret = make_priority(strategy, "Quiet", confidential=True)
    link(make_objective(cast.flo), priority)  # of the cycle that runs
    assert [one.priority for one in planning_round(cast.cyd, cycle, TODAY).untaken] == [
        priority,
        None,
    ]
    link(make_objective(cast.flo, "Read in", cycle=cycle, state="unconfirmed"), priority)
    assert len(planning_round(cast.cyd, cycle, TODAY).untaken) == 2  # nobody has taken it on yet
    link(make_objective(cast.flo, "Next", cycle=cycle, state="draft"), priority)
    assert [one.priority for one in planning_round(cast.ada, cycle, TODAY).untaken] == [secret]


def components(cast: Cast, cycle: Cycle, *deltas: int) -> Objective:
    parent = make_objective(cast.operations, "Fewer delays", cycle=cycle)
    make_key_result(parent, baseline=Decimal(40), target=Decimal(30), measure="a week")
    for place, delta in enumerate(deltas):
        child = make_objective(cast.flo, f"Part {place}", cycle=cycle)
        make_key_result(child, baseline=Decimal(20), target=Decimal(20 + delta), measure="a week")
        link(child, parent, kind="component")
    return parent


@pytest.mark.parametrize(
    ("deltas", "value", "adds_up"), [((-4, -3), 0.7, False), ((-8, -6), 1.4, True)]
)
def test_a_plan_adds_up_or_not(
    cast: Cast, cycle: Cycle, deltas: tuple[int, ...], value: float, adds_up: bool
) -> None:
    """The figures of docs/method/component-sufficiency.md."""
    parent = components(cast, cycle, *deltas)
    other = make_objective(cast.flo, "Drives it", cycle=cycle)
    make_key_result(other, baseline=Decimal(9), target=Decimal(0), measure="a week")
    link(other, parent, kind="driver")
    elsewhere = make_objective(cast.flo, "In minutes", cycle=cycle)
    make_key_result(elsewhere, baseline=Decimal(9), target=Decimal(0), measure="min")
    link(elsewhere, parent, kind="component")
    (found,) = sums_of_parts(cast.dee, cycle, TODAY)
    assert found.result.value == pytest.approx(value)
    assert found.adds_up == adds_up
    assert found.result.coverage == pytest.approx(2 / 3)


def test_a_part_that_is_restricted_counts_without_its_name(
    client: Client, cast: Cast, cycle: Cycle
) -> None:
    components(cast, cycle, -4, -3)
    Objective.objects.filter(title="Part 0").update(restricted=True)
    page = signed_in(client, cast.cyd).get("/planning/figures/").content.decode()
    assert "1 plan does not add up" in page
    assert "Part 1" in page
    assert "Part 0" not in page
    Objective.objects.filter(title="Fewer delays").update(restricted=True)
    assert "Fewer delays" not in client.get("/planning/figures/").content.decode()


def test_figures_are_counted_over_the_threads_and_links_of_the_cycle(
    cast: Cast, strategy: Strategy, cycle: Cycle
) -> None:
    priority = make_priority(strategy, weight=Decimal(100))
    make_cascade(cast.root, cast.stations, priority, cycle=cycle)
    figures = planning_figures(cycle, TODAY)
    assert (figures[COMPLETENESS].value, figures[COMPLETENESS].n) == (0.0, 1)
    assert figures[SYMMETRY].value is None
    assert figures[DAYS].reason == "nothing was agreed yet"
    assert figures[QUALITY].value is None
    strategy.weights_confirmed_at = dt.datetime(2026, 5, 1, tzinfo=dt.UTC)
    strategy.save()
    child = make_objective(cast.flo, "Trains leave on time", cycle=cycle, state="agreed")
    link(child, priority, kind="driver")
    found = planning_figures(cycle, TODAY)[QUALITY]
    assert (found.value, found.n) == (1.0, 1)  # accepted, typed, no copy


def test_the_figures_of_a_round_are_stored_at_night(
    cast: Cast, strategy: Strategy, cycle: Cycle
) -> None:
    store_figures(TODAY)
    assert not Figure.objects.filter(measure=COMPLETENESS).exists()
    make_cascade(cast.root, cast.stations, make_priority(strategy), cycle=cycle)
    store_figures(TODAY)
    store_figures(TODAY - 30 * DAY)
    (stored,) = Figure.objects.filter(measure=COMPLETENESS)
    assert (stored.as_of, stored.value, stored.n) == (TODAY, 0.0, 1)


def test_the_page_says_where_the_round_stands(
    client: Client, cast: Cast, strategy: Strategy, cycle: Cycle
) -> None:
    signed_in(client, cast.ada)
    assert "Nothing is planned for Q3 2026 yet" in client.get("/planning/").content.decode()
    make_cascade(cast.root, cast.stations, make_priority(strategy), cycle=cycle)
    make_objective(cast.ben, cycle=cycle, state="agreed")
    refused = make_cascade(
        cast.root,
        cast.operations,
        make_objective(cast.root),
        cycle=cycle,
        state="declined",
        reason="No crews.",
    )
    page = client.get("/planning/").content.decode()
    assert "1 of 3 units have an agreed plan" in page
    row = page[page.index(f"unit={cast.operations.pk}&amp;view=declined") :]
    assert row.startswith(f'unit={cast.operations.pk}&amp;view=declined">1</a>')
    listed = client.get(f"/cascades/?unit={cast.operations.pk}&view=declined").content.decode()
    assert refused.get_absolute_url() in listed
    assert "most of it with Stations" in page
    csv = b"".join(client.get("/planning/csv/?stands=waits")).decode()
    assert "Stations" in csv
    assert "Operations" not in csv
    assert client.get("/planning/?cycle=987654").status_code == 404


def test_without_a_cycle_there_is_no_round(client: Client, cast: Cast) -> None:
    page = signed_in(client, cast.ada).get("/planning/").content.decode()
    assert "No cycle is planned or runs." in page


def test_pages_ask_few_queries(
    client: Client,
    cast: Cast,
    strategy: Strategy,
    cycle: Cycle,
    assert_queries: Callable[..., Any],
) -> None:
    make_cascade(cast.root, cast.stations, make_priority(strategy), cycle=cycle)
    make_priority(strategy, "Quiet", confidential=True)
    components(cast, cycle, -4, -3)
    Objective.objects.filter(title="Part 0").update(restricted=True)
    signed_in(client, cast.gus)
    address = f"/planning/?cycle={cycle.pk}&unit={cast.root.pk}"
    assert_queries("planning", client.get, address)
    assert_queries("planning: figures", client.get, f"/planning/figures/?cycle={cycle.pk}")


def test_a_unit_has_the_figures_of_what_it_and_those_below_take_on(
    client: Client, cast: Cast, strategy: Strategy, cycle: Cycle
) -> None:
    priority = make_priority(strategy, weight=Decimal(100))
    strategy.weights_confirmed_at = dt.datetime(2026, 5, 1, tzinfo=dt.UTC)
    strategy.save()
    make_cascade(cast.root, cast.stations, priority, cycle=cycle)
    link(components(cast, cycle, -4, -3), priority)
    secret = make_objective(cast.ben, "Quietly", cycle=cycle, restricted=True)
    link(secret, priority, kind="driver")
    whole = planning_figures(cycle, TODAY)
    assert whole[QUALITY].n == 4
    operations = unit_figures(cast.dee, cycle, cast.operations, TODAY)
    assert (operations[COMPLETENESS].n, operations[QUALITY].n) == (0, 3)
    assert unit_figures(cast.ada, cycle, cast.operations, TODAY)[QUALITY].n == 4
    assert unit_figures(cast.ada, cycle, cast.root, TODAY).keys() == whole.keys()
    assert unit_figures(cast.ada, cycle, cast.stations, TODAY)[COMPLETENESS].n == 1
    address = f"/planning/figures/?unit={cast.operations.pk}"
    page = signed_in(client, cast.cyd).get(address).content.decode()
    assert "1 plan does not add up" in page
    elsewhere = client.get(f"/planning/figures/?unit={cast.stations.pk}").content.decode()
    assert "does not add up" not in elsewhere


def test_plans_in_halves_are_told_with_their_halves(cast: Cast, cycle: Cycle) -> None:
    components(cast, cycle, -4)
    KeyResult.objects.filter(objective__title="Part 0").update(target=Decimal("18.5"))
    (found,) = sums_of_parts(cast.dee, cycle, TODAY)
    assert (found.planned, found.decimals) == (-1.5, 1)


def test_a_key_result_that_was_given_up_adds_nothing(cast: Cast, cycle: Cycle) -> None:
    parent = components(cast, cycle, -4, -6)
    part = Objective.objects.get(title="Part 0")
    for one in (parent, part):
        make_key_result(
            one, "Given up", baseline=Decimal(9), target=Decimal(0), measure="a week", weight=0
        )
    (found,) = sums_of_parts(cast.dee, cycle, TODAY)
    assert (found.planned, found.adds_up) == (-10, True)


def test_of_very_many_parts_only_whole_plans_are_added_up(
    cast: Cast, cycle: Cycle, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("goldenthread.insights.selectors.planning_figures.MOST_PARTS", 3)
    first, second = components(cast, cycle, -4, -6), components(cast, cycle)
    for child in Objective.objects.filter(title__startswith="Part"):
        link(child, second, kind="component")
    (found,) = sums_of_parts(cast.dee, cycle, TODAY)
    assert (found.objective, found.adds_up) == (first, True)


def test_what_a_large_organisation_counted_is_kept_until_something_changes(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(for_a_minute, "MANY", -1)
    cycle = make_cycle()
    before = planning_round(cast.ada, cycle, TODAY)
    make_objective(cast.ben, cycle=cycle, state=State.DRAFT)  # by hand: no act
    assert planning_round(cast.ada, cycle, TODAY).units is before.units
    add_unit(actor=cast.dee, name="Night trains", parent=cast.operations)
    after = planning_round(cast.ada, cycle, TODAY)
    assert len(after.units) == len(before.units) + 1
    assert sum(one.own_drafts for one in after.units) == 1
