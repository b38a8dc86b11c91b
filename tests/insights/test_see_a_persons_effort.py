"""A person's own effort: how it is spread, what is under way, and for whose eyes."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from goldenthread.insights.selectors.effort.person import persons_effort
from goldenthread.objectives.models import Cycle, Objective
from goldenthread.strategy.models import Strategy
from tests.cast import (
    TODAY,
    Cast,
    link,
    make_allocation,
    make_objective,
    make_priority,
    signed_in,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def goal(cast: Cast, cycle: Cycle, strategy: Strategy) -> Objective:
    """Flo: 60 % into what serves Punctual through another, 30 % loose, 20 % routine; owns two, works on three."""
    Strategy.objects.update(weights_confirmed_at=timezone.now())
    punctual = make_priority(strategy, "Punctual", weight=Decimal(100))
    goal = make_objective(cast.operations, "Restore the timetable")
    part = make_objective(cast.flo, "Turn trains faster")
    loose = make_objective(cast.ben, "Repaint the hall")
    make_objective(cast.flo, "Write the handbook")
    link(goal, punctual)
    link(part, goal)
    make_allocation(cast.flo, "0.6", objective=part)
    make_allocation(cast.flo, "0.3", objective=loose)
    make_allocation(cast.flo, "0.2")
    return goal


def test_effort_of_one_goes_up_the_thread(cast: Cast, goal: Objective) -> None:
    found = persons_effort(cast.flo, cast.flo, TODAY)
    assert found.load.utilisation == pytest.approx(1.1)
    assert found.overcommitted == pytest.approx(0.1)
    assert [(str(one.priority), one.effort) for one in found.into] == [
        ("Punctual", pytest.approx(2 / 3))
    ]
    assert found.unlinked == pytest.approx(1 / 3)
    assert found.unaligned.value == pytest.approx(0.3 / 1.1)
    assert found.spread.value == pytest.approx(1.8899, abs=1e-4)
    assert found.wip == 3
    assert found.wip_band is not None
    assert found.wip_band.name == "fine"


@pytest.mark.parametrize(
    ("who", "status"),
    [("flo", 200), ("ben", 200), ("ada", 200), ("gus", 403), ("dee", 403), ("eve", 403)],
)
def test_it_is_for_them_and_those_above(
    client: Client,
    cast: Cast,
    goal: Objective,
    who: str,
    status: int,
    assert_queries: Callable[..., Any],
) -> None:
    address = f"/people/{cast.flo.pk}/effort/"
    signed_in(client, getattr(cast, who))
    if who == "ben":
        page = assert_queries("a person’s effort", client.get, address).content.decode()
        assert "What gives?" in page
        assert "Repaint the hall" in page
    answer = client.get(address)
    assert answer.status_code == status
    beside = client.get(cast.flo.get_absolute_url()).content.decode()
    assert (address in beside) is (status == 200)


def test_restricted_work_of_another_has_no_name(
    client: Client, cast: Cast, goal: Objective
) -> None:
    Objective.objects.filter(title="Repaint the hall").update(
        restricted=True, owner_person=cast.gus
    )
    page = signed_in(client, cast.ben).get(f"/people/{cast.flo.pk}/effort/").content.decode()
    assert "Repaint the hall" not in page
    assert "What you may not see" in page
