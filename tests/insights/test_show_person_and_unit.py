"""The pages of a person and of a unit: what is theirs, what a reader may see of it, what may be done."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from goldenthread.objectives.models import Cycle
from goldenthread.objectives.services.links import rebuild_lines, refresh_in_line
from goldenthread.objectives.states import State
from goldenthread.people.models import Absence, Person, Unit
from goldenthread.strategy.models import Strategy
from tests.cast import (
    TODAY,
    Cast,
    link,
    make_key_result,
    make_kpi,
    make_objective,
    make_priority,
    make_strategy,
    signed_in,
)


# A person -----------------------------------------------------------------------------------------------------
def text_of(client: Client, reader: Person, shown: Person | Unit) -> str:
    answer = signed_in(client, reader).get(shown.get_absolute_url())
    assert answer.status_code == 200
    return str(answer.content.decode())


def test_a_person_has_their_threads_those_of_their_unit_and_what_they_closed(
    cast: Cast, client: Client, cycle: Cycle
) -> None:
    make_objective(cast.ben, "His own")
    make_objective(cast.operations, "The unit's")
    make_objective(
        cast.ben,
        "Done last year",
        state=State.ACHIEVED,
        closed_at=timezone.now(),
        closing_score=0.93,
        learning="Start earlier.",
    )
    text = text_of(client, cast.cyd, cast.ben)
    thread, closed = text.split('id="closed"')
    assert "His own" in thread
    assert "The unit&#x27;s" in thread
    assert "Done last year" in closed
    assert "93\u202f%" in closed
    assert "Start earlier." in closed


@pytest.mark.parametrize(
    ("who", "sees"), [("cyd", False), ("dee", False), ("flo", True), ("ben", True)]
)
def test_a_restricted_objective_stands_there_only_for_those_who_may_see_it(
    cast: Cast, client: Client, cycle: Cycle, who: str, sees: bool
) -> None:
    make_objective(cast.flo, "Close the depot", restricted=True)
    text = text_of(client, getattr(cast, who), cast.flo)
    assert ("Close the depot" in text) == sees
    assert ("no open objective" in text) == (not sees)


def test_a_confidential_priority_is_not_named_among_what_somebody_sponsors(
    cast: Cast, client: Client, strategy: Strategy
) -> None:
    make_priority(strategy, "Buy the rival", sponsor=cast.gus, confidential=True)
    make_priority(strategy, "Clean stations", sponsor=cast.gus)
    text = text_of(client, cast.cyd, cast.gus)
    assert "Clean stations" in text
    assert "Buy the rival" not in text


@pytest.mark.parametrize(
    ("who", "edit", "away", "roles", "draft"),
    [
        ("flo", False, True, False, True),
        ("ben", False, True, False, True),
        ("cyd", False, False, False, False),
        ("dee", True, True, False, False),
        ("eve", True, False, True, False),
    ],
)
def test_actions_on_a_person_follow_the_relation(
    cast: Cast, client: Client, who: str, edit: bool, away: bool, roles: bool, draft: bool
) -> None:
    text = text_of(client, getattr(cast, who), cast.flo)
    main = text.split("<main")[1]
    assert (f"/people/{cast.flo.pk}/edit/" in main) == edit
    assert (f"/people/{cast.flo.pk}/absences/" in main) == away
    assert (f"/people/{cast.flo.pk}/roles/" in main) == roles
    assert (f"owner_person={cast.flo.pk}" in main) == draft


def test_who_is_away_is_shown_until_when(cast: Cast, client: Client) -> None:
    Absence.objects.create(person=cast.flo, start=TODAY, end=TODAY + dt.timedelta(days=7))
    assert "Away until 20 May" in text_of(client, cast.cyd, cast.flo)


def test_an_unconfirmed_objective_is_hatched_and_not_counted(
    cast: Cast, client: Client, cycle: Cycle
) -> None:
    make_objective(cast.flo, "From the plan", state=State.UNCONFIRMED)
    text = text_of(client, cast.flo, cast.flo)
    assert '<li class="is-unconfirmed">' in text
    assert "You have no open objective" in text


def test_somebody_who_is_not_there_is_not_found(cast: Cast, client: Client) -> None:
    assert signed_in(client, cast.flo).get("/people/999999/").status_code == 404
    assert client.get("/units/999999/").status_code == 404


def test_the_page_of_a_person_asks_the_same_number_of_queries_for_5_and_for_50_objectives(
    cast: Cast, client: Client, strategy: Strategy, cycle: Cycle, assert_queries: Callable[..., Any]
) -> None:
    priority = make_priority(strategy)
    signed_in(client, cast.cyd)

    def hold(count: int, prefix: str) -> None:
        for number in range(count):
            objective = make_objective(cast.flo, f"{prefix} {number}")
            make_key_result(objective)
            link(objective, priority)

    hold(5, "First")
    assert_queries("person", client.get, cast.flo.get_absolute_url())
    hold(45, "Further")
    assert_queries("person", client.get, cast.flo.get_absolute_url())


# A unit -------------------------------------------------------------------------------------------------------
def test_a_unit_counts_all_work_of_its_parts_and_names_only_what_is_open(
    cast: Cast, client: Client, strategy: Strategy, cycle: Cycle
) -> None:
    priority = make_priority(strategy)
    secret = make_objective(cast.flo, "Close the depot", restricted=True)
    link(secret, priority)
    make_objective(cast.operations, "Loose at the top")
    rebuild_lines()
    refresh_in_line(priority)
    text = text_of(client, cast.cyd, cast.root)
    assert "50\u202f% (1 of 2)" in text
    assert "Close the depot" not in text_of(client, cast.cyd, cast.operations)


def test_a_unit_shows_its_people_with_what_they_answer_for(
    cast: Cast, client: Client, cycle: Cycle
) -> None:
    make_objective(cast.operations, "The unit's")
    make_objective(cast.flo, "Proposed", state=State.PROPOSED, proposed_by=cast.flo)
    answer = signed_in(client, cast.cyd).get(cast.operations.get_absolute_url())
    members = {one.person: one for one in answer.context["page"].members}
    assert members[cast.ben].agreed == 1
    assert members[cast.flo].agreed == 0
    assert members[cast.flo].waits == "1 to agree"


def test_a_unit_shows_its_kpis_its_parts_and_its_strategy(cast: Cast, client: Client) -> None:
    make_kpi("Trains on time", unit=cast.root)
    own = make_strategy(cast.ada, title="Operations first", unit=cast.root)
    text = text_of(client, cast.cyd, cast.root)
    assert "Trains on time" in text
    assert "Stations" in text
    assert f"/units/{cast.root.pk}/strategy/" in text
    own.delete()
    assert "Start its strategy" not in text_of(client, cast.cyd, cast.root)
    assert "Start its strategy" in text_of(client, cast.ada, cast.root)


def test_the_page_of_a_unit_asks_the_same_number_of_queries_for_5_and_for_50_objectives(
    cast: Cast, client: Client, strategy: Strategy, cycle: Cycle, assert_queries: Callable[..., Any]
) -> None:
    priority = make_priority(strategy)
    make_kpi(unit=cast.operations)
    signed_in(client, cast.cyd)

    def hold(count: int, prefix: str) -> None:
        for number in range(count):
            for owner in (cast.flo, cast.operations):
                objective = make_objective(owner, f"{prefix} {number}")
                make_key_result(objective)
                link(objective, priority)

    hold(5, "First")
    assert_queries("unit", client.get, cast.operations.get_absolute_url())
    hold(45, "Further")
    assert_queries("unit", client.get, cast.operations.get_absolute_url())
