"""Searching everything: by kind, by every word, only what the reader may see, in a fixed number of queries."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from goldenthread.insights.selectors.search import A_GROUP, search
from goldenthread.objectives.models import Cycle, Objective
from goldenthread.objectives.states import State
from goldenthread.people.models import Person
from goldenthread.strategy.models import Strategy
from tests.cast import Cast, make_kpi, make_objective, make_person, make_priority, signed_in


@pytest.fixture
def named(cast: Cast, strategy: Strategy) -> None:
    """Something of every kind with "station" in its name."""
    make_priority(strategy, "Calm stations")
    make_kpi("Station noise")
    make_objective(cast.cyd, "Sweep the station")
    make_person("Stationa Holm", unit=cast.stations, account=False)


def found(reader: Person, text: str) -> dict[str, list[str]]:
    return {group.title: [hit.title for hit in group.hits] for group in search(reader, text)}


def test_every_kind_is_found(cast: Cast, named: None) -> None:
    assert found(cast.flo, "STATION") == {
        "Priorities": ["Calm stations"],
        "Objectives": ["Sweep the station"],
        "People": ["Stationa Holm"],
        "Units": ["Stations"],
        "KPIs": ["Station noise"],
    }


def test_every_word_has_to_fit_and_an_owner_finds_the_work(cast: Cast, named: None) -> None:
    assert found(cast.flo, "cyd sweep")["Objectives"] == ["Sweep the station"]
    assert "Objectives" not in found(cast.flo, "sweep junction")


def test_open_work_comes_first_then_what_begins_so(cast: Cast) -> None:
    make_objective(cast.flo, "Night trains, long ago", state=State.ACHIEVED)
    make_objective(cast.flo, "The night shift")
    make_objective(cast.flo, "Night trains")
    assert found(cast.flo, "night")["Objectives"] == [
        "Night trains",
        "The night shift",
        "Night trains, long ago",
    ]


def test_nothing_is_found_that_may_not_be_seen(cast: Cast, strategy: Strategy) -> None:
    make_objective(cast.flo, "Sell the depot", restricted=True)
    make_priority(strategy, "Sell the depots", confidential=True)
    assert found(cast.cyd, "sell") == {}
    assert found(cast.ada, "sell") == {
        "Priorities": ["Sell the depots"],
        "Objectives": ["Sell the depot"],
    }
    assert found(cast.ben, "sell")["Objectives"] == ["Sell the depot"]


@pytest.mark.parametrize("text", ["", " ", "a", "  a  "])
def test_less_than_two_letters_find_nothing(cast: Cast, text: str) -> None:
    assert search(cast.flo, text) == []


@pytest.mark.parametrize("text", ["%", "%%", "__", "'; drop", "<b>", "x" * 5000, "\x00\x00"])
def test_signs_are_letters_like_others(client: Client, cast: Cast, named: None, text: str) -> None:
    answer = signed_in(client, cast.flo).get(reverse("search"), {"q": text})
    assert answer.status_code == 200
    assert "Sweep the station" not in answer.content.decode()
    assert "<b></" not in answer.content.decode()


def test_more_than_a_group_holds_leads_to_the_whole_list(client: Client, cast: Cast) -> None:
    for number in range(A_GROUP + 3):
        make_objective(cast.flo, f"Night train {number}")
    (group,) = search(cast.flo, "night train")
    assert len(group.hits) == A_GROUP
    text = signed_in(client, cast.flo).get(group.more_url).content.decode()
    assert all(f"Night train {number}" in text for number in range(A_GROUP + 3))


def test_the_page_works_without_a_script_and_live(client: Client, cast: Cast, named: None) -> None:
    signed_in(client, cast.flo)
    whole = client.get(reverse("search"), {"q": "station"}).content.decode()
    live = client.get(reverse("search"), {"q": "station"}, headers={"HX-Target": "found"})
    assert "<html" in whole
    assert "<html" not in live.content.decode()
    for title in ("Calm stations", "Sweep the station", "Station noise"):
        assert title in whole
        assert title in live.content.decode()


def test_it_asks_the_same_few_queries_whatever_is_found(
    client: Client, cast: Cast, named: None, assert_queries: Callable[..., Any]
) -> None:
    signed_in(client, cast.cyd)
    assert_queries("search", client.get, reverse("search"), {"q": "station"})
    for number in range(20):
        make_objective(cast.flo, f"Station {number}", restricted=number % 2 == 0)
        make_kpi(f"Station {number}")
    assert_queries("search of many", client.get, reverse("search"), {"q": "station"})
    assert Objective.objects.filter(search__contains="station").count() == 21


def test_the_person_whose_name_is_typed_stands_before_what_they_own(
    cast: Cast, cycle: Cycle
) -> None:
    make_objective(cast.flo, "Plans a week ahead")
    found = search(cast.ada, "Flo")
    assert [group.title for group in found] == ["People", "Objectives"]
    assert [group.title for group in search(cast.ada, "plans")] == ["Objectives"]
