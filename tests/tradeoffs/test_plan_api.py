"""Plans over the API: begun, written, worked out behind the request, read with reasons, adopted."""

import datetime as dt
from typing import Any

import pytest

from goldenthread.core.jobs import run_due
from goldenthread.objectives.models import Cycle, Objective
from goldenthread.strategy.models import Strategy
from goldenthread.tradeoffs.models import Plan
from tests.api.conftest import Program
from tests.cast import (
    Cast,
    link,
    make_cycle,
    make_key_result,
    make_objective,
    make_plan,
    make_priority,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def q3() -> Cycle:
    return make_cycle(
        "Q3 2026", starts_on=dt.date(2026, 7, 1), ends_on=dt.date(2026, 9, 30), state="planned"
    )


@pytest.fixture
def depots(cast: Cast) -> Objective:
    made = make_objective(cast.flo, "Clean depots", ends_on=dt.date(2026, 12, 31))
    make_key_result(made)
    return made


def begun(ben: Program, cast: Cast, q3: Cycle) -> str:
    """A plan with what runs in Operations and something new; 2 people."""
    sent = {"name": "Q3", "cycle_id": q3.pk, "unit_id": cast.operations.pk, "take_in": True}
    made = ben.post("plans", sent)
    assert made.status_code == 201
    path = f"plans/{made.json()['id']}"
    team = {"unit_id": cast.operations.pk}
    sent = {"teams": [team | {"fte": "2"}], "limits": [{"person_id": cast.flo.pk, "most": 5}]}
    teams = ben.put(f"{path}/teams", sent, If_Match=made["ETag"])
    assert teams.json()["limits"][0]["owner"]["name"] == cast.flo.name
    new = {"title": "Night trains", "owner_person_id": cast.flo.pk, "value": 9, "needs": [1]}
    rows = [
        {"number": 1, "value": "2", "effort": [team | {"fte": "1.5"}]},
        new | {"effort": [team | {"fte": "0.5"}]},
        {"title": "Wait", "value": 1, "effort": [team | {"fte": 2}]},
    ]
    written = ben.post(f"{path}/candidates", {"rows": rows}, If_Match=teams["ETag"])
    assert written.json()["candidates"] == 3
    return path


def test_a_plan_from_its_beginning_to_a_decision(
    cast: Cast, q3: Cycle, depots: Objective, strategy: Strategy
) -> None:
    ben = Program(cast.ben)
    path = begun(ben, cast, q3)
    safety, _ = (make_priority(strategy, title) for title in ("Safety", "Comfort"))
    link(depots, safety)
    listed = ben.get(f"{path}/candidates").json()["items"]
    assert [(one["title"], one["needs"], one["running"]) for one in listed] == [
        ("Clean depots", [], True),
        ("Night trains", [1], False),
        ("Wait", [], False),
    ]
    (first,) = ben.get(f"{path}/scenarios").json()["items"]
    assert (first["state"], first["total"]) == ("new", None)
    less = {"name": "Less", "capacity": [{"unit_id": cast.operations.pk, "fte": "-0.5"}]}
    more = {"forced": [{"number": 1, "runs": True}], "keeps_priorities": True}
    other = ben.post(f"{path}/scenarios", less | more)
    assert other.json()["keeps_priorities"]
    assert other["Location"].endswith(f"/scenarios/{other.json()['id']}")
    assert other.json()["capacity"][0]["fte"] == "-0.5"
    asked = ben.post(f"{path}/work-out", If_Match="*")
    assert asked.status_code == 202
    assert asked["Location"].endswith(f"/jobs/{asked.json()['job']}")
    assert ben.get(asked["Location"]).json()["state"] == "waiting"
    run_due()
    assert ben.get(asked["Location"]).json()["state"] == "done"
    result = ben.get(f"scenarios/{first['id']}/result").json()
    assert result["outcome"] == "optimal"
    assert result["total"]["value"] == 11
    assert {one["title"]: (one["verdict"], one["why"]) for one in result["candidates"]} == {
        "Clean depots": ("continue", "Worth 2; “Night trains” needs it."),
        "Night trains": ("start", "Worth 9."),
        "Wait": ("defer", "No room in Operations: it needs 2, 0 left."),
    }
    (load,) = result["teams"]
    assert (load["used"], load["capacity"], load["one_more"]["value"]) == ("2", "2", 0)
    assert (result["keeping"], result["bare"]) == (None, "")
    tight = ben.get(f"scenarios/{other.json()['id']}/result").json()
    assert (tight["keeping"]["value"], tight["bare"]) == (0, "No candidate stands under “Comfort”.")
    assert tight["candidates"][0]["price"]["value"] == 0
    assert tight["total"]["value"] == 2
    changed = ben.put(f"scenarios/{other.json()['id']}", {"name": "Less"}, If_Match="*").json()
    assert (changed["state"], changed["capacity"]) == ("outdated", [])
    seen = ben.get(f"scenarios/{first['id']}")
    assert seen.json()["total"]["value"] == 11
    given = {"given_up": "Waiting", "reason": "Trains first", "look_again_on": "2026-09-01"}
    adopt = f"scenarios/{first['id']}/adopt"
    assert ben.post(adopt, given, If_Match='"1"').status_code == 412
    decision = ben.post(adopt, given, If_Match=seen["ETag"]).json()
    assert decision["state"] == "decided"
    assert ben.get(path).json()["decision"]["id"] == decision["id"]
    drafted = ben.get(f"{path}/candidates").json()["items"][1]
    assert (drafted["proposed"], drafted["objective"]["name"]) == ("Drafted", "Night trains")
    late = ben.post(f"{path}/candidates", {"rows": [{"title": "More"}]}, If_Match="*")
    assert late.status_code == 422
    assert "adopted" in late.json()["detail"]


def test_what_is_left_out_of_a_candidate_stays(cast: Cast, q3: Cycle, depots: Objective) -> None:
    ben = Program(cast.ben)
    path = begun(ben, cast, q3)
    rows: Any = [{"number": 2, "mandatory": True}, {"number": 1, "alternative": "depots"}]
    ben.post(f"{path}/candidates", {"rows": rows, "removed": [3]}, If_Match="*")
    first, second = ben.get(f"{path}/candidates").json()["items"]
    assert (first["objective"]["id"], first["alternative"], first["value"]) == (
        depots.pk,
        "depots",
        "2",
    )
    assert (second["mandatory"], second["needs"], second["value"]) == (True, [1], "9")
    assert second["owner"]["name"] == cast.flo.name
    assert second["effort"][0]["fte"] == "0.5"
    wrong = ben.post(f"{path}/candidates", {"rows": [{"number": 3}]}, If_Match="*")
    assert (wrong.status_code, wrong.json()["detail"]) == (422, "There is no candidate #3.")
    wrong = ben.post(f"{path}/candidates", {"rows": [{"title": " "}]}, If_Match="*")
    assert wrong.json()["errors"][0]["field"] == "rows.0.title"


def test_what_somebody_may_not_see_they_neither_read_nor_write(cast: Cast) -> None:
    secret = make_objective(cast.flo, "Close the depot", restricted=True)
    plan = make_plan(cast.ben, [secret], cast.operations)
    gus = Program(cast.gus)
    (one,) = gus.get(f"plans/{plan.pk}/candidates").json()["items"]
    assert (one["title"], one["objective"], one["owner"]) == ("A restricted objective", None, None)
    for sent in ({"removed": [1]}, {"rows": [{"number": 1, "value": 0}]}):
        refused = gus.post(f"plans/{plan.pk}/candidates", sent, If_Match="*")
        assert refused.status_code == 422
    assert Plan.objects.get().candidates.count() == 1
    assert Program(cast.ben).get(f"plans/{plan.pk}").status_code == 200
    assert Program(cast.flo).get(f"plans/{plan.pk}").status_code == 404
    assert Program(cast.flo).get("plans").status_code == 403
