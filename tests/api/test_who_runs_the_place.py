"""What HR partners and administrators do by program: pass on what somebody held, name a deputy, roles, webhooks, tokens."""

import datetime as dt
from collections.abc import Callable
from typing import Any

from goldenthread.core.models import KeptAnswer
from goldenthread.interchange.models import Delivery, Webhook
from goldenthread.interchange.webhooks.signing import opened
from goldenthread.objectives.models import Cycle
from goldenthread.people.models import AccessToken
from goldenthread.programme.services import open_due_handovers
from tests.cast import TODAY, Cast, make_kpi, make_objective

from .conftest import Program

Make = Callable[..., Program]
NEW = {"name": "Data warehouse", "url": "https://hooks.example/take", "nouns": ["unit", "cycle"]}


def done(answer: Any, status: int = 200) -> Any:
    assert answer.status_code == status, answer.content.decode()
    return answer.json()


def test_what_somebody_who_leaves_held_is_passed_on(cast: Cast, program: Make) -> None:
    draft, kpi = make_objective(cast.flo, "Fewer delays"), make_kpi("Seats", owner=cast.flo)
    dee, ben = program(cast.dee), program(cast.ben)
    day = (TODAY + dt.timedelta(7)).isoformat()
    done(dee.post(f"people/{cast.flo.pk}/leave", {"on": day}, If_Match="*"))
    open_due_handovers()
    (one,) = done(ben.get(f"handovers?person={cast.flo.pk}"))["items"]
    assert (one["reason"], one["day"], one["closed_at"]) == ("leaves", day, None)
    at = f"handovers/{one['id']}"
    held = done(ben.get(f"{at}/items"))["items"]
    assert [item["key"] for item in held] == [f"objective-{draft.pk}", f"kpi-{kpi.pk}"]

    tag = ben.get(at).headers["ETag"]
    sent = {"items": [f"kpi-{kpi.pk}", "kpi-999999"], "to_id": cast.ben.pk}
    refused = ben.post(f"{at}/pass-on", sent, If_Match=tag)
    assert refused.status_code == 422
    assert [one["field"] for one in refused.json()["errors"]] == ["items"]
    assert ben.post(f"{at}/pass-on", sent).status_code == 428
    sent["items"] = [item["key"] for item in held]
    assert program(cast.dee).post(f"{at}/pass-on", sent, If_Match=tag).status_code == 403
    closed = done(ben.post(f"{at}/pass-on", sent, If_Match=tag))
    assert closed["closed_at"]
    assert done(ben.get(f"kpis/{kpi.pk}"))["owner"]["name"] == "Ben Aske"
    assert done(ben.get(f"objectives/{draft.pk}"))["owner"]["name"] == "Ben Aske"
    assert done(ben.get(f"{at}/items"))["items"] == []
    assert done(ben.get(f"handovers?person={cast.flo.pk}"))["count"] == 0
    assert done(ben.get(f"handovers?person={cast.flo.pk}&state=closed"))["count"] == 1


def test_a_deputy_is_named_and_ended(cast: Cast, program: Make) -> None:
    flo = program(cast.flo)
    sent = {"deputy_id": cast.ben.pk, "starts_on": TODAY, "ends_on": TODAY + dt.timedelta(5)}
    made = flo.post(f"people/{cast.flo.pk}/deputies", sent)
    one = done(made, 201)
    assert done(flo.get(made.headers["Location"])) == one
    again = flo.post(f"people/{cast.flo.pk}/deputies", sent)
    assert [error["field"] for error in again.json()["errors"]] == ["starts_on"]
    assert done(flo.get(f"deputies?state=standing&deputy={cast.ben.pk}"))["count"] == 1
    end = done(flo.post(f"deputies/{one['id']}/end", If_Match=made.headers["ETag"]))
    assert end["ended_on"] == TODAY.isoformat()
    assert done(flo.get("deputies"))["count"] == 0
    assert done(flo.get("deputies?state=all"))["count"] == 1


def test_roles_are_granted_one_by_one_and_the_last_administrator_stays(
    cast: Cast, program: Make
) -> None:
    eve = program(cast.eve)
    at = f"people/{cast.ben.pk}/roles"
    read = eve.get(at)
    assert not done(read)["hr"]
    tag = read.headers["ETag"]
    granted = done(eve.patch(at, {"hr": True}, If_Match=tag))
    assert (granted["hr"], granted["administrator"]) == (True, False)
    assert eve.patch(at, {"leader": True}, If_Match=tag).status_code == 412
    mine = f"people/{cast.eve.pk}/roles"
    assert eve.patch(mine, {"administrator": False}, If_Match="*").status_code == 422
    closed = done(eve.post(f"people/{cast.ben.pk}/account/close"))
    assert not closed["signs_in"]
    assert program(cast.ben).get("me").status_code == 401
    assert done(eve.post(f"people/{cast.ben.pk}/account/open"))["signs_in"]


def test_an_invitation_is_in_its_first_answer_alone(cast: Cast, program: Make) -> None:
    eve = program(cast.eve)
    person = done(eve.post("people", {"name": "Ivo", "email": "ivo@northwind.example"}), 201)
    at = f"people/{person['id']}/invitation"
    first = done(eve.post(at, Idempotency_Key="once"), 201)
    assert program(cast.eve).client.get(first["link"]).status_code == 200
    again = done(eve.post(at, Idempotency_Key="once"), 201)
    assert again == first | {"link": None}


def test_the_secret_of_a_webhook_is_in_its_first_answer_alone(cast: Cast, program: Make) -> None:
    eve = program(cast.eve)
    made = eve.post("webhooks", NEW, Idempotency_Key="once")
    one = done(made, 201)
    webhook = Webhook.objects.get()
    assert opened(webhook.secret) == one["secret"]
    again = done(eve.post("webhooks", NEW, Idempotency_Key="once"), 201)
    assert again == one | {"secret": None}
    assert one["secret"] not in KeptAnswer.objects.get().body
    at = f"webhooks/{one['id']}"
    assert "secret" not in done(eve.get(at))

    renewed = done(eve.post(f"{at}/secret", If_Match=made.headers["ETag"]))
    assert renewed["secret"] != one["secret"]
    assert renewed["old_secret_until"]
    assert eve.post(f"{at}/secret", If_Match=made.headers["ETag"]).status_code == 412


def test_a_webhook_is_changed_paused_and_its_events_sent_again(cast: Cast, program: Make) -> None:
    eve = program(cast.eve)
    one = done(eve.post("webhooks", NEW), 201)
    at = f"webhooks/{one['id']}"
    unknown = eve.patch(at, {"nouns": ["salary"]}, If_Match="*")
    assert [error["field"] for error in unknown.json()["errors"]] == ["nouns"]
    assert done(eve.patch(at, {"nouns": ["kpi"]}, If_Match="*"))["nouns"] == ["kpi"]
    assert done(eve.post(f"{at}/pause", If_Match="*"))["state"] == "paused"
    assert eve.post(f"{at}/tests").status_code == 422, "nothing is sent while it is paused"
    assert done(eve.post(f"{at}/resume", If_Match="*"))["state"] == "on"

    event = done(eve.post(f"{at}/tests"), 201)
    assert (event["type"], event["state"]) == ("webhook.test", "waiting")
    assert eve.post(f"{at}/replay", {}).status_code == 422, "none has failed"
    Delivery.objects.update(state="failed", error="Nobody answers.")
    (failed,) = done(eve.get(f"{at}/deliveries?state=failed"))["items"]
    assert (failed["message_id"], failed["error"]) == (event["message_id"], "Nobody answers.")
    assert eve.post(f"{at}/replay", {"since": "2199-01-01"}).status_code == 422
    assert done(eve.post(f"{at}/replay", {}))["sent_again"] == 1
    assert eve.post(f"deliveries/{event['id']}/replay").status_code == 422, "it is on its way"
    Delivery.objects.update(state="delivered")
    assert done(eve.post(f"deliveries/{event['id']}/replay"))["state"] == "waiting"
    assert eve.delete(at, If_Match="*").status_code == 204
    assert not Delivery.objects.exists()


def test_a_token_revokes_itself(cast: Cast, program: Make) -> None:
    flo, eve = program(cast.flo), program(cast.eve)
    (mine,) = done(flo.get("tokens"))["items"]
    assert flo.secret.startswith(mine["prefix"])
    assert flo.post("tokens", {"name": "Another"}).status_code == 405, "made on the page alone"
    assert done(eve.get(f"tokens?person={cast.flo.pk}"))["count"] == 1
    assert done(flo.get(f"tokens?person={cast.eve.pk}"))["count"] == 0
    done(flo.post(f"tokens/{mine['id']}/revoke", If_Match="*"))
    assert flo.get("me").status_code == 401
    assert AccessToken.objects.get(pk=mine["id"]).revoked_by == cast.flo
    assert done(eve.get(f"tokens?person={cast.flo.pk}"))["count"] == 0


def test_who_is_stuck_is_listed_and_asked_once_a_week(
    cast: Cast, cycle: Cycle, program: Make
) -> None:
    dee, ben = program(cast.dee), program(cast.ben)
    whole = done(dee.get("programme"))
    count = next(one["count"] for one in whole["stuck"] if one["kind"] == "no-objective")
    assert whole["figures"][0]["n"] == 7
    units = done(dee.get("programme/units"))["items"]
    small = next(one for one in units if one["unit"]["name"] == "Operations")
    assert {one["status"] for one in small["figures"]} == {"suppressed"}
    listed = done(dee.get("programme/stuck?kind=no-objective"))
    assert listed["count"] == count == 7
    (flo,) = done(dee.get("programme/stuck?kind=no-objective&q=flo"))["items"]
    assert (flo["about"], flo["whom"]["name"], flo["asked_on"]) == (cast.flo.pk, "Ben Aske", None)
    sent = {"kind": "no-objective", "about_ids": [cast.flo.pk]}
    assert ben.post("programme/nudges", sent).status_code == 403
    assert [one["name"] for one in done(dee.post("programme/nudges", sent))["asked"]] == [
        "Ben Aske"
    ]
    assert dee.post("programme/nudges", sent).status_code == 422
    (flo,) = done(dee.get("programme/stuck?kind=no-objective&q=flo"))["items"]
    assert flo["asked_on"] == TODAY.isoformat()
    assert dee.get("programme/stuck?kind=lazy").status_code == 422
