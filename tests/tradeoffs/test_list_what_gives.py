"""The list of requests what gives: who sees which, how it is narrowed, as a file, and on the team table."""

import csv
import datetime as dt
import io
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from goldenthread.people.models import Person
from goldenthread.people.services import leave
from goldenthread.programme.models import Handover
from goldenthread.programme.selectors import held
from goldenthread.programme.services import open_due_handovers, pass_on
from goldenthread.tradeoffs.models import WhatGives
from tests.cast import TODAY, Cast, make_objective, make_person, make_what_gives, signed_in
from tests.interchange.exporting import exported, rows_of

pytestmark = pytest.mark.django_db
LIST = "what-gives-list"


@pytest.fixture
def asked(cast: Cast) -> list[WhatGives]:
    """Flo's waits for Ben and is overdue; Cyd's waits for Gus."""
    late = TODAY - dt.timedelta(2)
    secret = make_objective(cast.flo, "Secret merger", restricted=True)
    return [
        make_what_gives(
            cast.flo, cast.ben, [make_objective(cast.flo, "Delays"), secret], due_on=late
        ),
        make_what_gives(cast.cyd, cast.gus, [make_objective(cast.cyd, "Signs")]),
    ]


def shown(person: Person, query: str = "", name: str = LIST) -> str:
    response = signed_in(Client(), person).get(reverse(name) + query)
    if response.streaming:
        return b"".join(response.streaming_content).decode()
    return str(response.content.decode())


def titles(person: Person, query: str = "") -> list[str]:
    """Whose time each row is about, of the file: what the page shows is the same rows."""
    text = shown(person, query, "what-gives-csv")
    return [row["person"] for row in csv.DictReader(io.StringIO(text.lstrip("\ufeff")))]


def test_each_sees_their_own_and_those_below(cast: Cast, asked: list[WhatGives]) -> None:
    assert titles(cast.ada) == ["Flo Dahl", "Cyd Berg"]
    assert titles(cast.ben) == titles(cast.flo) == ["Flo Dahl"]
    assert titles(cast.gus) == ["Cyd Berg"]
    for office in (cast.dee, cast.eve):
        assert titles(office) == []
        assert "Flo Dahl" not in shown(office)


def test_it_is_narrowed_by_the_address(cast: Cast, asked: list[WhatGives]) -> None:
    assert titles(cast.ada, "?view=overdue") == ["Flo Dahl"]
    assert titles(cast.ada, "?view=answered") == []
    assert titles(cast.ada, "?view=mine") == []
    assert titles(cast.ben, "?view=mine") == ["Flo Dahl"]
    assert titles(cast.ada, f"?unit={cast.stations.pk}") == ["Cyd Berg"]
    assert titles(cast.ada, "?q=gus") == ["Cyd Berg"]
    assert titles(cast.ada, "?sort=person") == ["Cyd Berg", "Flo Dahl"]
    page = shown(cast.ada, "?view=overdue")
    assert "Flo Dahl" in page
    assert "Cyd Berg" not in page
    assert "None like this" in shown(cast.ada, "?q=nobody")


def test_a_restricted_objective_stays_unnamed(cast: Cast, asked: list[WhatGives]) -> None:
    asked[0].addressee = cast.gus  # passed on to a sponsor, say
    asked[0].save()
    for text in (shown(cast.gus), shown(cast.gus, name="what-gives-csv")):
        assert "Delays" in text
        assert "merger" not in text
    assert "merger" in shown(cast.ben)


def test_the_list_asks_the_same_however_many(
    cast: Cast, asked: list[WhatGives], assert_queries: Callable[..., Any]
) -> None:
    for number in range(6):
        one = make_person(f"Mo{number} Rehn", manager=cast.ben, unit=cast.operations)
        make_what_gives(one, cast.ben, [make_objective(one, f"Work {number}")])
    client = signed_in(Client(), cast.ada)
    assert_queries("what gives: list", client.get, reverse(LIST))


def test_what_somebody_was_to_answer_is_handed_over(cast: Cast, asked: list[WhatGives]) -> None:
    leave(actor=cast.dee, person=cast.ben, on=TODAY + dt.timedelta(9))
    open_due_handovers()
    handover = Handover.objects.get(person=cast.ben)
    (item,) = held(cast.ben, ["what_gives"])
    pass_on(actor=cast.ada, handover=handover, keys={item.key}, to=cast.ada)
    asked[0].refresh_from_db()
    assert asked[0].addressee == cast.ada
    assert titles(cast.ada, "?view=mine") == ["Flo Dahl"]
    page = signed_in(Client(), cast.dee).get(handover.get_absolute_url()).content.decode()
    assert "What gives for" not in page  # HR sees none of it


def test_it_goes_out_as_a_table_to_who_sees_it(cast: Cast, asked: list[WhatGives]) -> None:
    (row,) = rows_of(exported(cast.ben)["what_gives"])
    assert row["person"] == "flo@northwind.example"
    assert row["items"].splitlines() == ["Delays", "Secret merger"]
    assert [one["addressee"] for one in rows_of(exported()["what_gives"])] == [
        "ben@northwind.example",
        "gus@northwind.example",
    ]
    assert rows_of(exported(cast.dee)["what_gives"]) == []


def test_the_team_table_offers_it_to_who_may_ask(cast: Cast) -> None:
    link = f"{reverse('what-gives-new')}?person={cast.flo.pk}"
    assert link in shown(cast.ben, name="home")
    unit = cast.operations.get_absolute_url()
    for person, offered in ((cast.ben, True), (cast.ada, True), (cast.cyd, False)):
        page = signed_in(Client(), person).get(unit).content.decode()
        assert (link in page) is offered
        assert f"?person={cast.ben.pk}" not in page or person == cast.ada
