"""The grid in which a leader says who works on what: what it shows, what it saves, and what it never loses."""

import datetime as dt
import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from goldenthread.core import clock
from goldenthread.core.errors import NotAllowed
from goldenthread.objectives.models import Cycle, Objective
from goldenthread.objectives.states import State
from goldenthread.people.models import Person
from goldenthread.strategy.models import Strategy
from goldenthread.tradeoffs.models import RUN, Allocation
from goldenthread.tradeoffs.selectors.grid import Plan, grid
from goldenthread.tradeoffs.services import allocate, declare_non_routine, fit_to_cycle
from tests.cast import (
    TODAY,
    Cast,
    make_allocation,
    make_objective,
    make_person,
    make_priority,
    signed_in,
)

pytestmark = pytest.mark.django_db
PAGE = "/effort/plan/"


@pytest.fixture
def work(cast: Cast, cycle: Cycle) -> Objective:
    return make_objective(cast.flo)


def fields(page: str) -> dict[str, str]:
    """What the form would send."""
    found = re.findall(r'<input[^>]*?name="(s-[^"]+|seen-[^"]+)"[^>]*?value="([^"]*)"', page)
    return dict(found)


def opened(client: Client, who: Person, address: str = PAGE) -> dict[str, str]:
    answer = signed_in(client, who).get(address)
    assert answer.status_code == 200
    return fields(answer.content.decode())


def held() -> dict[tuple[str, str], int]:
    return {
        (str(row.whose), row.target_key): round(row.share * 100)
        for row in Allocation.objects.select_related("person", "unit")
    }


def test_a_leader_saves_a_team_in_one_act(client: Client, cast: Cast, work: Objective) -> None:
    other = make_objective(cast.ben, "Restore the timetable")
    sent = opened(client, cast.ben)
    assert sent[f"s-n{cast.flo.pk}-o{work.pk}"] == ""
    sent |= {
        f"s-n{cast.flo.pk}-o{work.pk}": "60 %",
        f"s-n{cast.flo.pk}-run": "33,3",
        f"s-n{cast.flo.pk}-o{other.pk}": "5",
        f"s-n{cast.ben.pk}-run": "110",
    }
    answer = client.post(PAGE, sent)
    assert answer.status_code == 302
    page = client.get(PAGE).content.decode()
    assert "Saved for 2 rows" in page
    assert "1 is asked for more than they have" in page
    assert "Over" in page
    assert held() == {
        ("Flo Dahl", f"o{work.pk}"): 60,
        ("Flo Dahl", "run"): 33,
        ("Flo Dahl", f"o{other.pk}"): 5,
        ("Ben Aske", "run"): 110,
    }


def test_what_is_no_share_is_said_and_nothing_is_lost(
    client: Client, cast: Cast, work: Objective
) -> None:
    sent = opened(client, cast.ben)
    sent |= {f"s-n{cast.flo.pk}-run": "most", f"s-n{cast.ben.pk}-run": "50"}
    answer = client.post(PAGE, sent)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "“most” is not a share in per cent" in page
    typed = fields(page)
    assert (typed[f"s-n{cast.flo.pk}-run"], typed[f"s-n{cast.ben.pk}-run"]) == ("most", "50")
    assert not Allocation.objects.exists()


def test_of_two_at_once_the_second_sees_both_and_may_insist(
    client: Client, cast: Cast, cycle: Cycle, work: Objective
) -> None:
    sent = opened(client, cast.ben)
    shares = {work: Decimal("0.2"), RUN: Decimal("0.1")}
    allocate(actor=cast.ada, whose=cast.flo, cycle=cycle, shares=shares)
    sent |= {f"s-n{cast.flo.pk}-o{work.pk}": "70", f"s-n{cast.ben.pk}-run": "50"}
    answer = client.post(PAGE, sent)
    assert answer.status_code == 409
    page = answer.content.decode()
    assert "now 20" in page
    again = fields(page)
    assert again[f"s-n{cast.flo.pk}-o{work.pk}"] == "70"
    assert again[f"s-n{cast.flo.pk}-run"] == "10"  # left alone: what stands now
    assert held() == {("Flo Dahl", f"o{work.pk}"): 20, ("Flo Dahl", "run"): 10}
    assert client.post(PAGE, again).status_code == 302
    assert held() == {
        ("Flo Dahl", f"o{work.pk}"): 70,
        ("Flo Dahl", "run"): 10,
        ("Ben Aske", "run"): 50,
    }


def test_a_row_left_alone_is_no_conflict(
    client: Client, cast: Cast, cycle: Cycle, work: Objective
) -> None:
    sent = opened(client, cast.ben)
    allocate(actor=cast.ada, whose=cast.flo, cycle=cycle, shares={RUN: Decimal("0.1")})
    sent[f"s-n{cast.ben.pk}-run"] = "50"
    assert client.post(PAGE, sent).status_code == 302
    assert held() == {("Flo Dahl", "run"): 10, ("Ben Aske", "run"): 50}


def test_emptying_a_cell_ends_its_share(client: Client, cast: Cast, cycle: Cycle) -> None:
    make_allocation(cast.flo, "0.4")
    sent = opened(client, cast.ben)
    assert sent[f"s-n{cast.flo.pk}-run"] == "40"
    client.post(PAGE, sent | {f"s-n{cast.flo.pk}-run": ""})
    row = Allocation.objects.get()
    assert row.ends_on == TODAY - dt.timedelta(1)


def test_units_are_planned_where_people_are_not(client: Client, cast: Cast, cycle: Cycle) -> None:
    goal = make_objective(cast.operations, "Restore the timetable")
    address = f"{PAGE}?unit_id={cast.root.pk}&by=units"
    sent = opened(client, cast.ada, address)
    assert {name for name in sent if name.endswith("-run")} == {
        f"s-u{unit.pk}-run" for unit in (cast.root, cast.operations, cast.stations)
    }
    client.post(address, sent | {f"s-u{cast.operations.pk}-o{goal.pk}": "25"})
    assert held() == {("Operations", f"o{goal.pk}"): 25}
    assert "0.5" in client.get(address).content.decode()  # of two people


@pytest.mark.parametrize(
    ("who", "status"), [("ben", 403), ("ada", 200), ("gus", 200), ("flo", 403), ("dee", 403)]
)
def test_a_unit_is_planned_by_those_who_lead_it(
    client: Client, cast: Cast, cycle: Cycle, who: str, status: int
) -> None:
    signed_in(client, getattr(cast, who))
    answer = client.get(f"{PAGE}?unit_id={cast.stations.pk}")
    assert answer.status_code == status


def test_what_the_reader_may_not_see_is_counted_and_not_named(
    client: Client, cast: Cast, cycle: Cycle
) -> None:
    secret = make_objective(cast.cyd, "Close two stations", restricted=True)
    make_allocation(cast.flo, "0.3", objective=secret)
    page = signed_in(client, cast.ben).get(PAGE).content.decode()
    assert "Close two stations" not in page
    assert "Elsewhere" in page
    sent = fields(page) | {f"s-n{cast.flo.pk}-run": "20"}
    assert client.post(PAGE, sent).status_code == 302
    assert held() == {("Flo Dahl", f"o{secret.pk}"): 30, ("Flo Dahl", "run"): 20}


def test_inferred_effort_is_shown_as_such_and_never_sent(
    client: Client, cast: Cast, work: Objective
) -> None:
    declare_non_routine(actor=cast.ada, share=Decimal("0.6"))
    page = signed_in(client, cast.ben).get(PAGE).content.decode()
    assert 'placeholder="60"' in page
    assert "Inferred" in page
    client.post(PAGE, fields(page))
    assert not Allocation.objects.exists()


def test_what_is_closed_takes_no_effort_any_more(
    client: Client, cast: Cast, work: Objective
) -> None:
    """As on every other page: the share ends with the objective."""
    make_allocation(cast.flo, "0.8", objective=work)
    Objective.objects.filter(pk=work.pk).update(state=State.MISSED, closed_at=clock.now())
    declare_non_routine(actor=cast.ada, share=Decimal("0.6"))
    make_objective(cast.flo, "Next")
    shown = grid(cast.ben, Plan(work.cycle, TODAY, cast.operations))
    row = next(row for row in shown.rows if row.whose == cast.flo)
    assert row.total == 0
    assert row.is_inferred
    before = TODAY - dt.timedelta(1)
    earlier = grid(cast.ben, Plan(work.cycle, before, cast.operations))
    assert next(row for row in earlier.rows if row.whose == cast.flo).total == Decimal("0.8")


def test_an_empty_organisation_says_what_belongs_here(client: Client, cast: Cast) -> None:
    page = signed_in(client, cast.ben).get(PAGE).content.decode()
    assert "No cycle to plan in" in page


def test_a_cycle_that_is_over_is_read_only(client: Client, cast: Cast, cycle: Cycle) -> None:
    cycle.state = Cycle.State.CLOSED
    cycle.save()
    page = signed_in(client, cast.ben).get(f"{PAGE}?cycle={cycle.pk}").content.decode()
    assert "is closed" in page
    assert ">Save<" not in page


def test_it_asks_the_same_whatever_the_number_of_people(
    client: Client,
    cast: Cast,
    cycle: Cycle,
    strategy: Strategy,
    assert_queries: Callable[..., Any],
) -> None:
    make_priority(strategy)
    declare_non_routine(actor=cast.ada, share=Decimal("0.6"))
    for number in range(25):
        person = make_person(f"Crew {number:02}", unit=cast.operations, account=False)
        make_objective(person, f"Objective {number}")
        if number % 2:
            make_allocation(person, "0.4")
    signed_in(client, cast.ben)
    page = assert_queries("plan effort", client.get, PAGE).content.decode()
    assert "1 to 20 of 27 people" in page


def test_the_file_holds_what_its_reader_sees(client: Client, cast: Cast, cycle: Cycle) -> None:
    make_allocation(cast.flo, "0.4")
    make_allocation(cast.cyd, "0.2")
    answer = signed_in(client, cast.ben).get("/effort/csv/")
    lines = b"".join(answer).decode().splitlines()
    assert len(lines) == 2
    assert "flo@northwind.example,,,,yes,Q2 2026,40,2026-04-01,2026-06-30" in lines[1]


def test_one_tap_confirms_one_s_own(client: Client, cast: Cast, work: Objective) -> None:
    declare_non_routine(actor=cast.ada, share=Decimal("0.6"))
    signed_in(client, cast.flo)
    assert client.post("/effort/confirm/").status_code == 302
    assert held() == {("Flo Dahl", f"o{work.pk}"): 60, ("Flo Dahl", "run"): 40}
    assert client.post("/effort/confirm/").status_code == 422  # nothing to confirm any more


def test_shares_follow_a_cycle_whose_dates_moved_when_somebody_says_so(
    client: Client, cast: Cast, cycle: Cycle
) -> None:
    row = make_allocation(cast.flo, "0.5")
    outside = make_allocation(
        cast.flo,
        "0.2",
        starts_on=cycle.starts_on,
        ends_on=cycle.starts_on,
        objective=make_objective(cast.flo),
    )
    cycle.starts_on += dt.timedelta(7)
    cycle.ends_on += dt.timedelta(7)
    cycle.save()
    signed_in(client, cast.ben)
    address = f"/effort/plan/?unit_id={cast.operations.pk}&cycle={cycle.pk}"
    assert "its dates have moved" in client.get(address).content.decode()
    client.post(address, {"fit": "1"})
    row.refresh_from_db()
    assert (row.starts_on, row.ends_on) == (cycle.starts_on, cycle.ends_on)
    assert not Allocation.objects.filter(pk=outside.pk).exists()
    assert "its dates have moved" not in client.get(address).content.decode()


def test_only_who_plans_for_them_moves_them(cast: Cast, cycle: Cycle) -> None:
    make_allocation(cast.flo, "0.5")
    with pytest.raises(NotAllowed):
        fit_to_cycle(actor=cast.gus, whose=[cast.flo], cycle=cycle)
