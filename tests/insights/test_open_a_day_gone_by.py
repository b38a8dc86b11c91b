"""Pages of a day gone by: what was known then, to read only, and charts of what was stored."""

import datetime as dt
from decimal import Decimal

import pytest
from django.test import Client

from goldenthread.core.models import Organisation
from goldenthread.demo.days import standing_on
from goldenthread.insights.services import store_figures
from goldenthread.objectives.models import Objective
from goldenthread.objectives.services.check_ins import check_in
from goldenthread.people.models import Person
from goldenthread.people.services import edit_person
from goldenthread.strategy.models import Priority, Strategy
from goldenthread.strategy.services import confirm_weights, set_weights
from tests.cast import (
    TODAY,
    Cast,
    link,
    make_key_result,
    make_objective,
    make_priority,
    signed_in,
)

THEN = TODAY - dt.timedelta(days=10)
AS_OF = {"as_of": THEN.isoformat()}


@pytest.fixture
def told(cast: Cast, strategy: Strategy) -> Objective:
    """Ten days ago: one priority of weight 60 that Flo's objective served, a third of the way."""
    with standing_on(THEN):
        for one in (*Person.objects.all(), strategy, cast.root, cast.operations, cast.stations):
            one.periods.update(valid_from=THEN)  # everybody was here then
        first, second = make_priority(strategy, "Punctual trains"), make_priority(strategy, "Hush")
        set_weights(
            actor=strategy.leader,
            strategy=strategy,
            shares={first.pk: Decimal(60), second.pk: Decimal(40)},
        )
        confirm_weights(actor=strategy.leader, strategy=strategy)
        objective = make_objective(cast.flo, "Cut delays")
        link(objective, first, valid_from=THEN)
        check_in(actor=cast.flo, key_result=make_key_result(objective), value=Decimal(30))
        store_figures()
    strategy.refresh_from_db()
    set_weights(
        actor=strategy.leader,
        strategy=strategy,
        shares={first.pk: Decimal(10), second.pk: Decimal(90)},
    )
    confirm_weights(actor=strategy.leader, strategy=strategy)
    check_in(
        actor=cast.flo,
        key_result=objective.key_results.get(),
        value=Decimal(10),
        as_of=THEN,  # known today only
    )
    return objective


def sign_in(person: Person) -> Client:
    client = Client()
    signed_in(client, person)
    return client


def text(client: Client, address: str, **query: str) -> str:
    answer = client.get(address, query)
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def test_the_strategy_shows_weights_and_progress_of_then(told: Objective, cast: Cast) -> None:
    page = text(sign_in(cast.ada), "/strategy/", **AS_OF)
    assert "As it stood on 3 May 2026" in page
    assert "60 %" in page
    assert "33 %" in page
    assert "10 %" not in page


def test_the_objective_shows_what_was_known_then(told: Objective, cast: Cast) -> None:
    page = text(sign_in(cast.ada), told.get_absolute_url(), **AS_OF)
    assert "33 %</em> of the way" in page
    assert "Punctual trains" in page


def test_the_unit_shows_who_was_in_it_then(told: Objective, cast: Cast) -> None:
    edit_person(actor=cast.dee, person=cast.flo, unit=cast.stations)
    client = sign_in(cast.ada)
    assert "Cut delays" in text(client, cast.operations.get_absolute_url(), **AS_OF)
    assert "Cut delays" not in text(client, cast.operations.get_absolute_url())
    assert "Cut delays" not in text(client, cast.stations.get_absolute_url(), **AS_OF)


def test_alignment_counts_what_was_in_line_then(told: Objective, cast: Cast) -> None:
    make_objective(cast.cyd, "Came later")
    page = text(sign_in(cast.ada), "/alignment/", **AS_OF)
    assert "1 of 1 objective reached a priority" in page


@pytest.mark.parametrize("address", ["/strategy/", "/alignment/", "unit", "objective"])
def test_nothing_can_be_written_from_a_day_gone_by(
    told: Objective, cast: Cast, address: str
) -> None:
    of = {"unit": cast.operations, "objective": told}
    address = of[address].get_absolute_url() if address in of else address
    body = text(sign_in(cast.ada), address, **AS_OF).partition("<main")[2].partition("</main>")[0]
    assert 'method="post"' not in body
    assert "Back to today" in body


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ("2026-13-01", "That is not a day"),
        ("soon", "That is not a day"),
        ("2026-05-14", "14 May 2026 has not come yet"),
        ("2026-04-01", "kept from 20 April 2026 on"),
    ],
)
def test_a_day_that_cannot_be_shown_is_refused_in_words(
    told: Objective, cast: Cast, asked: str, words: str
) -> None:
    Organisation.objects.update(history_from=dt.date(2026, 4, 20))
    answer = sign_in(cast.ada).get("/strategy/", {"as_of": asked})
    assert answer.status_code == 422
    assert words in answer.content.decode()


def test_today_leads_back_to_the_page_of_today(told: Objective, cast: Cast) -> None:
    answer = sign_in(cast.ada).get("/strategy/", {"as_of": TODAY.isoformat()})
    assert (answer.status_code, answer["Location"]) == (302, "/strategy/")


def test_what_a_reader_may_not_see_stays_hidden_on_every_day(told: Objective, cast: Cast) -> None:
    Objective.objects.filter(pk=told.pk).update(restricted=True)
    Priority.objects.filter(title="Punctual trains").update(confidential=True)
    client = sign_in(cast.cyd)
    assert client.get(told.get_absolute_url(), AS_OF).status_code == 404
    assert "Cut delays" not in text(client, cast.operations.get_absolute_url(), **AS_OF)
    page = text(client, "/strategy/", **AS_OF)
    assert "Punctual trains" not in page
    assert "confidential priority is not shown" in page


def test_charts_read_what_was_stored_and_need_two_days(told: Objective, cast: Cast) -> None:
    client = sign_in(cast.ada)
    pages = ["/strategy/", cast.operations.get_absolute_url(), "/alignment/"]
    for address in pages:
        assert "A line needs two." in text(client, address)
    store_figures()
    for address in pages:
        assert 'id="over-time-' in text(client, address)
