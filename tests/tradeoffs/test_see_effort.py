"""Where effort stands: on the pages of persons and objectives, after a check-in; and for whom."""

import datetime as dt
from decimal import Decimal

import pytest
from django.test import Client

from goldenthread.objectives.models import Cycle, Objective
from goldenthread.tradeoffs.services import declare_non_routine
from tests.cast import TODAY, Cast, make_allocation, make_key_result, make_objective, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def work(cast: Cast, cycle: Cycle) -> Objective:
    return make_objective(cast.flo)


@pytest.mark.parametrize(
    ("who", "sees"),
    [
        ("flo", True),
        ("ben", True),
        ("ada", True),
        ("gus", False),
        ("cyd", False),
        ("dee", False),
        ("eve", False),
    ],
)
def test_a_person_s_effort_is_for_them_and_those_above(
    client: Client, cast: Cast, work: Objective, who: str, sees: bool
) -> None:
    make_allocation(cast.flo, "1.2", objective=work)
    page = signed_in(client, getattr(cast, who)).get(cast.flo.get_absolute_url()).content.decode()
    assert ('id="effort-here"' in page) is sees
    assert ("Overload" in page) is sees
    address = f"/effort/objectives/{work.pk}/"
    assert address in client.get(work.get_absolute_url()).content.decode()
    goal = client.get(address).content.decode()
    assert ("1.2 FTE" in goal) is sees
    assert ("The sum is not shown" in goal) is not sees


def test_what_is_inferred_of_oneself_is_confirmed_with_one_tap(
    client: Client, cast: Cast, work: Objective
) -> None:
    declare_non_routine(actor=cast.ada, share=Decimal("0.6"))
    page = signed_in(client, cast.flo).get(cast.flo.get_absolute_url()).content.decode()
    assert "Inferred" in page
    assert "That is right" in page
    answer = client.post("/effort/confirm/", headers={"HX-Request": "true"})
    assert "entered as it was inferred" in answer.content.decode()
    page = client.get(cast.flo.get_absolute_url()).content.decode()
    assert "That is right" not in page
    assert "100" in page


def test_a_check_in_asks_whether_inferred_effort_is_right(
    client: Client, cast: Cast, work: Objective
) -> None:
    key_result = make_key_result(work)
    declare_non_routine(actor=cast.ada, share=Decimal("0.6"))
    prefix = f"k{key_result.pk}"
    for who, asks in ((cast.flo, True), (cast.ben, False)):
        for place in ("row", "page"):
            answer = signed_in(client, who).post(
                f"/key-results/{key_result.pk}/check-ins/",
                {f"{prefix}-value": "30", f"{prefix}-confidence": "high", "place": place},
                headers={"HX-Request": "true"},
            )
            assert answer.status_code == 200
            assert ("Your effort here is inferred" in answer.content.decode()) is asks


def test_where_nothing_is_entered_the_list_says_what_to_do(client: Client, cast: Cast) -> None:
    url = "/effort/entries/"
    page = signed_in(client, cast.ada).get(url).content.decode()
    assert "No effort entered yet" in page
    assert "Plan effort" in page
    assert "Take a filter off" not in page
    assert "Plan effort" not in signed_in(client, cast.flo).get(url).content.decode()
    over = {"starts_on": TODAY - dt.timedelta(9), "ends_on": TODAY - dt.timedelta(2)}
    make_allocation(cast.flo, **over)
    page = client.get(url).content.decode()
    assert "Nothing holds today; look at every day." in page
    assert "Take a filter off" in client.get(f"{url}?q=nobody").content.decode()
