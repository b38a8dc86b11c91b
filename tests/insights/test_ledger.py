"""The ledger: whose each fact is, who sees which, how it is narrowed, and that nothing hidden is counted."""

import csv
import datetime as dt
import io
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from goldenthread.core.models import Organisation
from goldenthread.objectives.models import Cascade, CascadeSide, ExpectationChange
from goldenthread.objectives.states import State
from goldenthread.people.models import Person
from goldenthread.strategy.models import ExpectedResult, Priority, Strategy
from tests.cast import (
    TODAY,
    Cast,
    make_cascade,
    make_cascade_version,
    make_cycle,
    make_decision,
    make_deputy,
    make_head,
    make_kpi,
    make_objective,
    make_person,
    make_priority,
    make_unit,
    make_what_gives,
    signed_in,
)

pytestmark = pytest.mark.django_db


def days(n: int) -> dt.date:
    return TODAY + dt.timedelta(n)


def rows(person: Person, query: str = "") -> list[dict[str, str]]:
    """The rows of the file: the same as the page shows."""
    response = signed_in(Client(), person).get(reverse("ledger-csv") + query)
    text = b"".join(response.streaming_content).decode().lstrip("\ufeff")
    return list(csv.DictReader(io.StringIO(text)))


def facts(person: Person, query: str = "") -> list[tuple[str, str]]:
    return [(row["leader"], row["what"]) for row in rows(person, query)]


def shown(person: Person, query: str = "") -> str:
    return str(signed_in(Client(), person).get(reverse("ledger") + query).content.decode())


@pytest.fixture
def open_things(cast: Cast, strategy: Strategy) -> Priority:
    """One of each kind, spread over Ada, Ben and Gus; and what doesn't belong here."""
    priority = make_priority(strategy, "Punctual trains", sponsor=cast.gus)
    measured = make_priority(strategy, "Measured", sponsor=cast.gus)
    ExpectedResult.objects.create(priority=measured, text="On time", kpi=make_kpi("Punctuality"))
    make_what_gives(cast.flo, cast.ben, [make_objective(cast.flo, "Delays")])
    long_ago = {"critical": True, "state": State.ACTIVE, "last_check_in_on": days(-30)}
    make_objective(cast.operations, "Signals", **long_ago)
    make_objective(cast.ben, "Spoken of", **long_ago | {"last_check_in_on": days(-1)})
    make_objective(cast.ben, "Minor", **long_ago | {"critical": False})
    make_decision(cast.gus, "Night trains?", due_on=days(-5))
    make_decision(cast.gus, "Not due yet?", due_on=days(5))
    change = make_objective(cast.cyd, "Signs", state=State.ACTIVE)
    ExpectationChange.objects.create(
        objective=change, author=cast.cyd, addressee=cast.gus, reason="Less", changes={}, before={}
    )
    return priority


def test_each_fact_stands_with_whose_it_is(cast: Cast, open_things: Priority) -> None:
    assert set(facts(cast.ada)) == {
        ("Ada Holm", "Weights of “On time, every time”"),
        ("Ben Aske", "Signals"),
        ("Ben Aske", f"What gives for {cast.flo}?"),
        ("Gus Lind", "Change to “Signs”"),
        ("Gus Lind", "Night trains?"),
        ("Gus Lind", "Punctual trains"),
    }


def test_leaders_stand_by_name_and_the_oldest_first(cast: Cast, open_things: Priority) -> None:
    found = rows(cast.ada)
    assert [row["leader"] for row in found] == sorted(row["leader"] for row in found)
    for name in {row["leader"] for row in found}:
        since = [row["since"] for row in found if row["leader"] == name]
        assert since == sorted(since)


def test_a_leader_sees_their_own_and_those_below(cast: Cast, open_things: Priority) -> None:
    assert {name for name, _ in facts(cast.ada)} == {"Ada Holm", "Ben Aske", "Gus Lind"}
    assert {name for name, _ in facts(cast.ben)} == {"Ben Aske"}
    assert facts(cast.ben) == facts(cast.ben, "?view=mine")
    page = signed_in(Client(), cast.flo).get(reverse("ledger"))
    assert page.status_code == 403  # leads nobody


def test_who_stands_in_for_a_leader_sees_theirs(cast: Cast, open_things: Priority) -> None:
    make_deputy(cast.gus, cast.ben)
    assert {name for name, _ in facts(cast.ben)} == {"Ben Aske", "Gus Lind"}


def test_a_leader_of_a_unit_below_is_seen_wherever_they_sit(cast: Cast) -> None:
    yard = make_unit("Yard", cast.operations)
    head = make_person("Ulf Ros", unit=cast.root)
    make_head(yard, head)
    make_decision(head, "Which shunter?", due_on=days(-2))
    assert facts(cast.ben) == [("Ulf Ros", "Which shunter?")]
    assert facts(cast.gus) == []


def test_a_cascade_is_with_whoever_has_the_next_word(cast: Cast) -> None:
    parent = make_objective(cast.root, "Whole")
    make_cascade(cast.root, cast.operations, parent, "Handed down")
    countered = make_cascade(cast.root, cast.stations, parent, "Countered")
    make_cascade_version(countered, 2, side=CascadeSide.TAKER, answers=1)
    Cascade.objects.filter(pk=countered.pk).update(
        spoken=CascadeSide.TAKER, number=2, state="countered"
    )
    make_cascade(cast.root, cast.stations, parent, "Settled", state="declined", reason="No")
    assert facts(cast.ada) == [("Ada Holm", "Countered"), ("Ben Aske", "Handed down")]
    assert facts(cast.ben) == [("Ben Aske", "Handed down")]
    assert facts(cast.dee) == []  # a proposal is between the two units and those above


def test_offices_see_all_leaders_and_nothing_hidden(cast: Cast, open_things: Priority) -> None:
    silent = {"critical": True, "state": State.ACTIVE, "last_check_in_on": days(-40)}
    make_objective(cast.ben, "Secret merger", restricted=True, **silent)
    make_decision(cast.ben, "Secret sale?", due_on=days(-3), confidential=True)
    make_priority(Strategy.objects.get(), "Secret plan", sponsor=cast.ben, confidential=True)
    for office in (cast.dee, cast.eve):
        text = shown(office)
        assert "Secret" not in text
        assert "What gives for" not in text
        assert [what for name, what in facts(office) if name == "Ben Aske"] == ["Signals"]
        assert 'method="post"' not in text[text.index("<main") : text.index("</main>")]
    mine = [what for _, what in facts(cast.ben)]
    assert {"Secret merger", "Secret sale?", "Secret plan"} <= set(mine)


def test_a_usual_cadence_that_changes_is_followed_at_once(cast: Cast) -> None:
    make_objective(
        cast.ben, "Signals", critical=True, state=State.ACTIVE, last_check_in_on=days(-20)
    )
    assert ("Ben Aske", "Signals") in facts(cast.dee)
    Organisation.objects.update(cadence_days=14)
    assert ("Ben Aske", "Signals") not in facts(cast.dee)
    Organisation.objects.update(cadence_days=7)
    assert ("Ben Aske", "Signals") in facts(cast.dee)


def test_who_has_nothing_that_the_reader_sees_is_not_named(cast: Cast) -> None:
    make_decision(cast.ben, "Secret sale?", due_on=days(-3), confidential=True)
    text = shown(cast.dee)
    assert "Ben Aske" not in text
    assert "Nothing is open" in text


def test_what_is_settled_goes(cast: Cast, open_things: Priority) -> None:
    Strategy.objects.update(weights_confirmed_at=timezone.now())
    ExpectedResult.objects.create(priority=open_things, text="95 %")
    assert ("Ada Holm", "Weights of “On time, every time”") not in facts(cast.ada)
    assert [row["note"] for row in rows(cast.ada) if row["what"] == "Punctual trains"] == [
        "Its results name no KPI"
    ]
    ExpectedResult.objects.update(kpi=make_kpi("Delays"))
    assert ("Gus Lind", "Punctual trains") not in facts(cast.ada)


def test_a_priority_without_a_sponsor_is_the_strategy_leaders(
    cast: Cast, strategy: Strategy
) -> None:
    make_priority(strategy, "Greener", sponsor=None)
    assert ("Ada Holm", "Greener") in facts(cast.ada)


def test_it_is_narrowed_by_the_address(cast: Cast, open_things: Priority) -> None:
    assert facts(cast.ada, "?kind=decision") == [("Gus Lind", "Night trains?")]
    assert {name for name, _ in facts(cast.ada, f"?unit={cast.operations.pk}")} == {"Ben Aske"}
    assert {name for name, _ in facts(cast.ada, "?q=gus")} == {"Gus Lind"}
    assert facts(cast.ada, "?q=signals") == [("Ben Aske", "Signals")]
    assert facts(cast.ada, "?q=night+gus") == [("Gus Lind", "Night trains?")]
    assert {name for name, _ in facts(cast.ada, f"?leader={cast.ben.pk}")} == {"Ben Aske"}
    assert "Night trains?" in shown(cast.ada, "?kind=decision")
    assert "None fits" in shown(cast.ada, "?q=nothing+like+it")


def test_a_long_list_of_one_leader_is_opened_by_itself(cast: Cast) -> None:
    for number in range(12):
        make_decision(cast.ben, f"Question {number}?", due_on=days(-number - 1))
    assert "2 more of Ben Aske" in shown(cast.ada)
    assert shown(cast.ada, f"?leader={cast.ben.pk}").count("Question") == 12


def test_home_shows_a_leader_their_oldest(cast: Cast, open_things: Priority) -> None:
    client = signed_in(Client(), cast.gus)
    assert reverse("ledger-mine") in client.get("/").content.decode()
    part = client.get(reverse("ledger-mine")).content.decode()
    assert "Night trains?" in part
    assert "Signals" not in part
    assert reverse("ledger-mine") not in signed_in(Client(), cast.flo).get("/").content.decode()


def test_a_unit_leads_to_what_its_leaders_have_open(cast: Cast) -> None:
    url, link = cast.operations.get_absolute_url(), f"{reverse('ledger')}?unit="
    assert link in signed_in(Client(), cast.ben).get(url).content.decode()
    assert link not in signed_in(Client(), cast.flo).get(url).content.decode()


def test_a_page_asks_the_same_however_many_leaders(
    cast: Cast, open_things: Priority, assert_queries: Callable[..., Any]
) -> None:
    cycle = make_cycle("Another")
    for number in range(8):
        unit = make_unit(f"Depot {number}", cast.operations)
        head = make_person(f"Hed{number} Rehn", manager=cast.ben, unit=unit)
        make_head(unit, head)
        make_decision(head, f"Question {number}?", due_on=days(-1))
        make_objective(
            unit,
            f"Work {number}",
            critical=True,
            state=State.ACTIVE,
            last_check_in_on=days(-60),
            cycle=cycle,
        )
    client = signed_in(Client(), cast.ada)
    assert_queries("ledger", client.get, reverse("ledger"))
    assert_queries("ledger of oneself", client.get, reverse("ledger-mine"))
