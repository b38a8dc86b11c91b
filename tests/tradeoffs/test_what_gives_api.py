"""What gives over the API: asked, read, passed on, answered by two at once, acknowledged."""

import datetime as dt
from typing import Any

import pytest

from goldenthread.objectives.models import Objective
from goldenthread.strategy.models import Strategy
from goldenthread.tradeoffs.api.gives import item_out
from goldenthread.tradeoffs.models import WhatGives
from goldenthread.tradeoffs.services import Answer, answer_what_gives
from tests.api.conftest import Program
from tests.cast import (
    TODAY,
    Cast,
    link,
    make_allocation,
    make_objective,
    make_person,
    make_priority,
    make_what_gives,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def work(cast: Cast, strategy: Strategy) -> Objective:
    """Flo's, with 80 % of her time, serving a priority that Gus sponsors."""
    made = make_objective(cast.flo, "Delays")
    make_allocation(cast.flo, "0.8", objective=made)
    link(made, make_priority(strategy, sponsor=cast.gus))
    return made


def test_it_goes_the_whole_way_over_the_api(cast: Cast, work: Objective) -> None:
    flo, ben, gus = (Program(one) for one in (cast.flo, cast.ben, cast.gus))
    sent: dict[str, Any] = {"ask": "What stops?", "due_on": "2026-05-20"}
    made = flo.post("what-gives", sent | {"items": [{"objective_id": work.pk}]})
    assert made.status_code == 201
    one = WhatGives.objects.get()
    path = f"what-gives/{one.pk}"
    assert made.json()["items"][0]["share"] == "0.8"
    assert gus.get(path).status_code == 404
    assert ben.get("what-gives?overdue=true").json()["count"] == 0
    passed = {"sponsor_id": cast.gus.pk, "due_on": "2026-05-18", "reason": "Yours"}
    assert ben.post(f"{path}/escalate", passed, If_Match="*").json()["state"] == "escalated"
    item = one.items.get()
    answer = {
        "items": [{"id": item.pk, "choice": "shrink", "new_share": 0.2}],
        "reason": "Less of it",
        "look_again_on": "2026-07-01",
    }
    assert ben.post(f"{path}/answer", answer, If_Match="*").status_code == 403
    done = gus.post(f"{path}/answer", answer, If_Match="*").json()
    assert (done["state"], done["items"][0]["new_share"]) == ("answered", "0.2")
    assert done["decision"]["name"] == f"What gives for {cast.flo}?"
    assert gus.post(f"{path}/answer", answer, If_Match="*").status_code == 409
    assert flo.post(f"{path}/acknowledge", If_Match="*").json()["acknowledged_on"] == "2026-05-13"


def test_what_is_asked_of_a_hidden_objective_is_not_told(cast: Cast, work: Objective) -> None:
    asked = WhatGives.objects.create(
        person=cast.flo, ask="Both", addressee=cast.ben, asked_on=TODAY, due_on=TODAY
    )
    row = asked.items.create(
        objective=work, choice="later", share="0.8", ends_on=TODAY, starts_on=TODAY
    )
    shown, hidden = item_out(row, {work.pk}), item_out(row, set())
    assert (shown.ends_on, shown.share) == (TODAY, hidden.share)
    assert (hidden.objective, hidden.starts_on, hidden.ends_on, hidden.target) == (None,) * 4


def test_the_decision_is_named_to_who_may_see_it(cast: Cast) -> None:
    """Kim stands above Ivo, who answers: she reads what became of it, and not the confidential decision."""
    kim = make_person("Kim Roe", unit=cast.operations, manager=cast.ben)
    ivo = make_person("Ivo Krag", unit=cast.operations, manager=kim)
    jon = make_person("Jon Vik", unit=cast.operations, manager=ivo)
    one = make_what_gives(jon, ivo, [make_objective(jon, "Delays")])
    answer_what_gives(
        actor=ivo,
        what_gives=one,
        answers={one.items.get().pk: Answer("stop")},
        reason="Too much",
        look_again_on=TODAY + dt.timedelta(30),
    )
    told = Program(kim).get(f"what-gives/{one.pk}").json()
    assert (told["state"], told["decision"]) == ("answered", None)
    assert Program(jon).get(f"what-gives/{one.pk}").json()["decision"] is not None
