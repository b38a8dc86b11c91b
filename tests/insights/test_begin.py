"""A leader's first ten minutes: five choices, done by the data, until all are made."""

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from goldenthread.core import clock
from goldenthread.insights.selectors.beginning import Path, beginning
from goldenthread.objectives.states import State
from goldenthread.strategy.models import ExpectedResult, Priority, Strategy, TradeOff
from tests.cast import (
    Cast,
    link,
    make_kpi,
    make_objective,
    make_priority,
    make_strategy,
    signed_in,
)


@pytest.fixture
def draft(cast: Cast) -> Strategy:
    """What an import has left: a draft with two priorities to confirm."""
    strategy = make_strategy(cast.ada, state=Strategy.State.DRAFT, weights_confirmed_at=None)
    for place, title in enumerate(("Punctual trains", "Quiet trains")):
        make_priority(
            strategy, title, state=Priority.State.UNCONFIRMED, weight=None, position=place
        )
    return strategy


def path_of(person: Any) -> Path:
    found = beginning(person)
    assert found is not None
    return found


def done(person: Any) -> list[str]:
    return [step.key for step in path_of(person).steps if step.done]


def test_each_choice_is_done_once_the_data_say_so(cast: Cast, draft: Strategy) -> None:
    assert done(cast.ada) == []
    draft.priorities.update(state=Priority.State.ACTIVE)
    assert done(cast.ada) == ["order"]
    Strategy.objects.update(weights_confirmed_at=clock.now())
    assert done(cast.ada) == ["order", "weights"]
    first, second = draft.priorities.all()
    for one in (first, second):
        ExpectedResult.objects.create(priority=one, text="On time", kpi=make_kpi(f"KPI {one.pk}"))
    assert done(cast.ada) == ["order", "weights", "results"]
    TradeOff.objects.create(strategy=draft, kind=TradeOff.Kind.NOT_DOING, this="A new line")
    assert done(cast.ada) == ["order", "weights", "results", "trade-offs"]
    served = make_objective(cast.operations, state=State.DRAFT)
    link(served, first)
    link(make_objective(cast.stations, "Quiet halls"), second)
    assert path_of(cast.ada).next is path_of(cast.ada).steps[-1] or not path_of(cast.ada).is_done
    Strategy.objects.update(state=Strategy.State.IN_FORCE)
    assert path_of(cast.ada).is_done


def test_a_result_in_words_only_does_not_tell_how_one_will_know(
    cast: Cast, draft: Strategy
) -> None:
    draft.priorities.update(state=Priority.State.ACTIVE)
    one = draft.priorities.all()[0]
    result = ExpectedResult.objects.create(priority=one, text="Delays from 40 to 10")
    step = next(step for step in path_of(cast.ada).steps if step.key == "results")
    assert [left.in_words for left in step.left] == [result.pk, None]


def test_more_than_five_active_are_no_order(cast: Cast, draft: Strategy) -> None:
    for at in range(4):
        make_priority(draft, f"Another {at}")
    draft.priorities.update(state=Priority.State.ACTIVE)
    assert "order" not in done(cast.ada)


def test_what_was_given_up_for_nothing_closed_counts_as_proposed(
    cast: Cast, draft: Strategy
) -> None:
    draft.priorities.update(state=Priority.State.ACTIVE)
    one = draft.priorities.all()[0]
    link(make_objective(cast.operations, state=State.DROPPED), one)
    assert len(path_of(cast.ada).steps[-1].left) == 2


def test_a_sponsor_sees_their_part_alone(cast: Cast, draft: Strategy, client: Client) -> None:
    named = draft.priorities.get(title="Quiet trains")
    named.sponsor, named.sponsor_named_by = cast.ben, cast.ada
    named.save()
    path = path_of(cast.ben)
    assert not path.leads
    assert [one.title for one in path.priorities] == ["Quiet trains"]
    assert [step.key for step in path.steps] == ["order", "results", "propose"]
    text = signed_in(client, cast.ben).get(reverse("begin")).content.decode()
    assert "Quiet trains" in text
    assert "Punctual trains" not in text
    assert reverse("priority-confirm", args=[named.pk]) in text
    assert reverse("weights", args=[draft.pk]) not in text


def test_whoever_leads_nothing_is_told_so(cast: Cast, draft: Strategy, client: Client) -> None:
    assert beginning(cast.cyd) is None
    text = signed_in(client, cast.cyd).get(reverse("begin")).content.decode()
    assert "You lead no strategy" in text


def test_somebody_elses_strategy_is_not_walked(cast: Cast, draft: Strategy, client: Client) -> None:
    answer = signed_in(client, cast.gus).get(reverse("begin"), {"strategy": draft.pk})
    assert "Punctual trains" not in answer.content.decode()


def test_that_in_force_comes_before_one_being_prepared(
    cast: Cast, draft: Strategy, strategy: Strategy
) -> None:
    make_priority(strategy, "Now")
    assert path_of(cast.ada).strategy == strategy
    named = beginning(cast.ada, draft.pk)
    assert named is not None
    assert named.strategy == draft


# On home, and back ----------------------------------------------------------------------------------------------


def next_on_home(client: Client, person: Any) -> str:
    return signed_in(client, person).get(reverse("begin-next")).content.decode()


def test_home_names_the_next_choice_until_all_are_made(
    client: Client, cast: Cast, draft: Strategy
) -> None:
    home = signed_in(client, cast.ada).get(reverse("home")).content.decode()
    assert reverse("begin-next") in home
    assert "Which come first" in next_on_home(client, cast.ada)
    draft.priorities.all().delete()
    assert next_on_home(client, cast.ada).strip() == ""


def test_home_of_an_old_strategy_never_nags(client: Client, cast: Cast, draft: Strategy) -> None:
    Strategy.objects.update(
        created_at=clock.now() - dt.timedelta(days=91), state=Strategy.State.IN_FORCE
    )
    assert reverse("begin-next") not in signed_in(client, cast.ada).get("/").content.decode()
    assert next_on_home(client, cast.ada).strip() == ""


def test_who_leads_nothing_is_not_asked(client: Client, cast: Cast, draft: Strategy) -> None:
    assert reverse("begin-next") not in signed_in(client, cast.flo).get("/").content.decode()


def test_a_form_opened_from_the_path_leads_back_to_it(
    client: Client, cast: Cast, draft: Strategy
) -> None:
    signed_in(client, cast.ada)
    confirm = reverse("priorities-confirm", args=[draft.pk])
    assert client.post(f"{confirm}?then=begin").headers["Location"] == reverse("begin")
    draft.refresh_from_db()
    ids = draft.priorities.values_list("pk", flat=True)
    sent = {f"share-{pk}": "50" for pk in ids} | {f"order-{pk}": pk for pk in ids}
    weights = reverse("weights", args=[draft.pk])
    page = client.get(f"{weights}?then=begin").content.decode()
    assert f'href="{reverse("begin")}"' in page  # and a way back without saving
    answer = client.post(f"{weights}?then=begin", sent | {"version": draft.version, "confirm": "1"})
    assert answer.headers["Location"] == reverse("begin")
    trade_offs = reverse("trade-offs", args=[draft.pk])
    gives_up = {"kind": "not_doing", "this": "A new line"}
    assert client.post(f"{trade_offs}?then=begin", gives_up).headers["Location"] == reverse("begin")
    assert client.post(trade_offs, gives_up | {"this": "Two"}).headers["Location"] == trade_offs
    force = reverse("strategy-force", args=[draft.pk])
    assert client.post(f"{force}?then=begin").headers["Location"] == reverse("begin")
    assert done(cast.ada) == ["order", "weights", "trade-offs"]


def test_it_asks_few_queries(
    client: Client, cast: Cast, draft: Strategy, assert_queries: Callable[..., Any]
) -> None:
    make_priority(draft, "Active", weight=Decimal(10))
    signed_in(client, cast.ada)
    assert_queries("begin", client.get, reverse("begin"))
    assert_queries("begin: next on home", client.get, reverse("begin-next"))
