"""The page of a priority: who finds it, what serves it, what may be done."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from goldenthread.objectives.services.links import rebuild_lines, refresh_in_line
from goldenthread.people.models import Person
from goldenthread.strategy.models import Priority, Strategy
from tests.cast import (
    Cast,
    link,
    make_objective,
    make_priority,
    make_strategy,
    signed_in,
)


def line_up(priority: Priority) -> None:
    rebuild_lines()
    refresh_in_line(priority)


@pytest.mark.parametrize(
    ("who", "status"),
    [("ada", 200), ("ben", 200), ("flo", 404), ("cyd", 404), ("dee", 404), ("eve", 404)],
)
def test_a_confidential_priority_is_found_by_leaders_only(
    cast: Cast, strategy: Strategy, client: Client, who: str, status: int
) -> None:
    priority = make_priority(strategy, "Buy the rival", confidential=True)
    answer = signed_in(client, getattr(cast, who)).get(f"/priorities/{priority.pk}/")
    assert answer.status_code == status


def test_what_serves_it_is_listed_with_what_stands_below(
    cast: Cast, strategy: Strategy, client: Client
) -> None:
    priority = make_priority(strategy)
    top = make_objective(cast.operations, "Fewer delays")
    link(top, priority, 9)
    for number in range(3):
        link(make_objective(cast.flo, f"Part {number}"), top)
    line_up(priority)
    answer = signed_in(client, cast.cyd).get(f"/priorities/{priority.pk}/")
    page = answer.context["page"]
    (one,) = page.serving
    assert (one.node, one.below, one.strength) == (top, 3, "Strong")
    assert (page.direct, page.further) == (1, 3)
    assert "Part 0" not in answer.content.decode()


def test_a_restricted_objective_is_counted_and_not_named(
    cast: Cast, strategy: Strategy, client: Client
) -> None:
    priority = make_priority(strategy)
    link(make_objective(cast.flo, "Close the depot", restricted=True), priority)
    line_up(priority)
    address = f"/priorities/{priority.pk}/"
    text = signed_in(client, cast.cyd).get(address).content.decode()
    assert "Close the depot" not in text
    assert "1 restricted one is not shown to you" in text
    assert "1 objective serves it" in text
    assert "Close the depot" in signed_in(client, cast.ben).get(address).content.decode()


def test_a_units_priority_that_serves_it_is_shown_as_one(
    cast: Cast, strategy: Strategy, client: Client
) -> None:
    priority = make_priority(strategy)
    own = make_strategy(cast.ben, title="Operations first", unit=cast.operations)
    inner = make_priority(own, "Shorter turnarounds")
    link(inner, priority)
    link(make_objective(cast.flo), inner)
    line_up(priority)
    answer = signed_in(client, cast.cyd).get(f"/priorities/{priority.pk}/")
    page = answer.context["page"]
    assert page.serving[0].node == inner
    assert page.further == 1
    assert "priority of the unit" in answer.content.decode()


def test_actions_stand_there_for_those_who_may(
    cast: Cast, strategy: Strategy, client: Client
) -> None:
    priority = make_priority(strategy, sponsor=cast.gus)
    address = f"/priorities/{priority.pk}/"
    for who, may_edit, may_drop in (
        ("gus", True, False),
        ("ada", True, True),
        ("dee", False, False),
    ):
        text = signed_in(client, getattr(cast, who)).get(address).content.decode()
        assert (f"/priorities/{priority.pk}/edit/" in text) == may_edit, who
        assert (f"/priorities/{priority.pk}/drop/" in text) == may_drop, who


def test_a_draft_is_confirmed_from_its_page(
    cast: Cast, strategy: Strategy, client: Client, ada: Person
) -> None:
    draft = make_priority(strategy, "A draft", state=Priority.State.UNCONFIRMED, source="Plan.pptx")
    signed_in(client, ada)
    text = client.get(f"/priorities/{draft.pk}/").content.decode()
    assert "From Plan.pptx. It counts nowhere until Ada Holm takes it on." in text
    assert f'action="/priorities/{draft.pk}/confirm/"' in text


def test_the_page_asks_the_same_number_of_queries_for_5_and_for_50_objectives(
    cast: Cast, strategy: Strategy, client: Client, assert_queries: Callable[..., Any]
) -> None:
    priority = make_priority(strategy, weight=Decimal(100))
    signed_in(client, cast.flo)
    for number in range(5):
        link(make_objective(cast.flo, f"Objective {number}"), priority)
    assert_queries("priority", client.get, f"/priorities/{priority.pk}/")
    for number in range(45):
        link(make_objective(cast.cyd, f"Further {number}"), priority)
    assert_queries("priority", client.get, f"/priorities/{priority.pk}/")
