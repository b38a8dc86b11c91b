"""The leadership review over the API: prepared, captured, closed and corrected, by the rules of its pages."""

import datetime as dt
from typing import Any

import pytest

from goldenthread.objectives.models import Objective
from goldenthread.programme.models import LeadershipReview
from goldenthread.tradeoffs.models import Decision
from tests.api.conftest import Program
from tests.cast import TODAY, Cast, make_cycle, make_decision, make_objective

pytestmark = pytest.mark.django_db


@pytest.fixture
def late(cast: Cast) -> Decision:
    return make_decision(cast.ada, "Night trains?", due_on=TODAY - dt.timedelta(3))


@pytest.fixture
def silent(cast: Cast) -> Objective:
    return make_objective(
        cast.operations,
        "Signals",
        cycle=make_cycle(),
        critical=True,
        state="active",
        score=0.1,
        last_check_in_on=TODAY - dt.timedelta(30),
    )


def prepared(actor: Program, cast: Cast, cycle: int, **fields: Any) -> Any:
    sent = {"cycle_id": cycle, "held_on": "2026-05-13", "attendee_ids": [cast.ben.pk]}
    made = actor.post("leadership-reviews", sent | fields, Idempotency_Key="q2")
    assert made.status_code == 201
    return made


def test_a_meeting_from_preparing_to_a_correction(
    cast: Cast, silent: Objective, late: Decision
) -> None:
    ada, ben, cyd = (Program(one) for one in (cast.ada, cast.ben, cast.cyd))
    first = prepared(ada, cast, silent.cycle_id)
    again = prepared(ada, cast, silent.cycle_id)
    assert first.json() == again.json()
    review = LeadershipReview.objects.get()
    path = f"leadership-reviews/{review.pk}"
    assert first["Location"].endswith(path)
    points = {one["about"]["kind"]: one for one in ben.get(f"{path}/points").json()["items"]}
    assert points["objective"]["sentence"] == "“Signals” of Operations is outdated"
    assert points["decision"]["about"]["id"] == late.pk
    choice = {"choice": "Buy", "given_up": "Time", "look_again_on": "2026-09-01"}
    at = f"agenda-points/{points['decision']['id']}"
    assert ben.post(f"{at}/decisions", choice).status_code == 403
    decided = ada.post(f"{at}/decisions", choice)
    assert (decided.status_code, decided.json()["id"]) == (201, late.pk)
    assert ben.get(at).json()["made"] == {"id": late.pk, "name": "Night trains?"}
    about = f"agenda-points/{points['objective']['id']}"
    asked = {"question": "Hire two?", "due_on": "2026-06-01"}
    assert ada.post(f"{about}/questions", asked).json()["touches"][0]["name"] == "Signals"
    settled = ben.post(f"{about}/settle", {"outcome": "nothing", "note": ""})
    assert settled.status_code == 422
    settled = ben.post(f"{about}/settle", {"outcome": "nothing", "note": "New sensors"})
    assert settled.json()["outcome"] == "nothing"
    given = {"title": "Count", "owner_id": cast.cyd.pk, "due_on": "2026-05-20"}
    action = ben.post(f"{path}/actions", given | {"point_id": points["objective"]["id"]}).json()
    assert ben.get(about).json()["actions"] == [{"id": action["id"], "name": "Count"}]
    assert action["point_id"] == points["objective"]["id"]
    assert cyd.get(f"review-actions/{action['id']}").json()["point_id"] is None
    done = f"review-actions/{action['id']}/finish"
    assert cyd.post(done, {"outcome": "412"}).status_code == 428
    assert cyd.post(done, {"outcome": "412"}, If_Match='"9"').status_code == 412
    assert cyd.post(done, {"outcome": "412"}, If_Match="*").json()["state"] == "done"
    kept = ben.put(f"{path}/notes", {"notes": "All there"}, If_Match=f'"{review.version}"')
    assert kept.json()["notes"] == "All there"
    assert ben.put(f"{path}/notes", {"notes": ""}, If_Match='"1"').status_code == 412
    assert ben.post(f"{path}/close", If_Match="*").status_code == 403
    closed = ada.post(f"{path}/close", If_Match=kept["ETag"]).json()
    assert (closed["state"], closed["closed_by"]["name"]) == ("closed", cast.ada.name)
    assert (closed["decisions"], closed["actions"], closed["actions_open"]) == (2, 1, 0)
    assert ada.post(f"{path}/bring-up-to-date", If_Match="*").status_code == 422
    assert ben.post(f"{path}/addenda", {"text": "413"}).status_code == 201
    shown = ada.get(path)
    assert [one["text"] for one in shown.json()["addenda"]] == ["413"]
    assert ada.get(path, If_None_Match=shown["ETag"]).status_code == 304


def test_it_is_moved_and_brought_up_to_date(cast: Cast, silent: Objective) -> None:
    ada = Program(cast.ada)
    review = prepared(ada, cast, silent.cycle_id).json()
    path = f"leadership-reviews/{review['id']}"
    changes = {"held_on": "2026-05-20", "chair_id": cast.ben.pk}
    moved = ada.patch(path, changes, If_Match="*").json()
    assert (moved["chair"]["name"], moved["held_on"]) == (cast.ben.name, "2026-05-20")
    assert [one["name"] for one in moved["attendees"]] == [cast.ben.name]
    nobody = ada.patch(path, {"attendee_ids": [cast.ben.pk, 999_999]}, If_Match="*")
    assert nobody.json()["errors"][0]["field"] == "attendee_ids.1"
    make_decision(cast.ada, "Later?", due_on=TODAY)
    brought = ada.post(f"{path}/bring-up-to-date", If_Match="*")
    assert brought.status_code == 200
    assert ada.get(f"{path}/points").json()["count"] == 2


def test_what_is_hidden_on_the_page_is_hidden_here(cast: Cast, silent: Objective) -> None:
    Objective.objects.update(title="Secret merger", restricted=True)
    review = prepared(Program(cast.ada), cast, silent.cycle_id, attendee_ids=[cast.cyd.pk])
    path = f"leadership-reviews/{review.json()['id']}"
    cyd = Program(cast.cyd)
    assert cyd.get(f"{path}/points").json()["items"] == []
    point = LeadershipReview.objects.get().points.get()
    assert cyd.get(f"agenda-points/{point.pk}").status_code == 404
    given = {"title": "Call", "owner_id": cast.cyd.pk, "due_on": "2026-05-20"}
    refused = cyd.post(f"{path}/actions", given | {"point_id": point.pk})
    assert refused.status_code == 422
    assert Program(cast.flo).get(path).status_code == 404
    assert Program(cast.flo).get("leadership-reviews").json()["count"] == 0
