"""From a strategy to a check-in by program, as the pages would do it; and the same marks in the trail."""

from collections.abc import Callable
from typing import Any

from django.test import Client
from django.urls import reverse

from goldenthread.core.jobs import run_due
from goldenthread.core.models import AuditRecord
from goldenthread.objectives.models import Cycle
from tests.cast import Cast, make_unit, signed_in

from .conftest import Program

Make = Callable[..., Program]


def made(answer: Any) -> Any:
    assert answer.status_code == 201, answer.content.decode()
    return answer.json()


def done(answer: Any) -> Any:
    assert answer.status_code == 200, answer.content.decode()
    return answer.json()


def test_from_a_strategy_to_a_check_in(cast: Cast, cycle: Cycle, program: Make) -> None:
    ada, ben, flo = program(cast.ada), program(cast.ben), program(cast.flo)
    strategy = made(ada.post("strategies", {"title": "On time, every time"}))
    at = f"strategies/{strategy['id']}"
    done(ada.post(f"{at}/put-in-force", If_Match='"1"'))
    first = made(ada.post(f"{at}/priorities", {"title": "Punctual trains"}))
    second = made(ada.post(f"{at}/priorities", {"title": "Clean trains"}))
    shares = [{"priority_id": first["id"], "weight": "62.5"}]
    shares += [{"priority_id": second["id"], "weight": 37.5}]
    tag = ada.get(f"{at}/weights").headers["ETag"]
    weights = done(ada.put(f"{at}/weights", {"weights": shares, "confirm": True}, If_Match=tag))
    assert [one["weight"] for one in weights["weights"]] == ["62.5", "37.5"]
    assert weights["confirmed_by"]["name"] == "Ada Holm"

    key_result = {"title": "Delayed departures", "baseline": 40, "target": 10, "measure": "a week"}
    draft = {"title": "Cut delays", "cycle_id": cycle.pk, "key_results": [key_result]}
    objective = made(flo.post("objectives", draft))
    assert objective["owner"] == {"kind": "person", "id": cast.flo.pk, "name": "Flo Dahl"}
    assert objective["line"]["loose"]
    at = f"objectives/{objective['id']}"
    made(flo.post(f"{at}/contributions", {"parent_priority_id": first["id"], "strength": 9}))
    done(flo.post(f"{at}/propose", If_Match=flo.get(at).headers["ETag"]))
    agreed = done(ben.post(f"{at}/agree", If_Match=ben.get(at).headers["ETag"]))
    assert (agreed["state"], agreed["agreed_by"]["name"]) == ("active", "Ben Aske")
    assert [step["title"] for step in agreed["line"]["steps"]] == ["Punctual trains"]

    (row,) = agreed["key_results"]
    tag = flo.get(at).headers["ETag"]
    told = made(flo.post(f"key-results/{row['id']}/check-ins", {"value": "25.5"}))
    assert (told["value"], round(told["score"], 4)) == ("25.5", 0.4833)
    after = flo.get(at, If_None_Match=tag)
    assert after.status_code == 200, "the score has changed, though nobody wrote the objective"
    assert after.json()["version"] == agreed["version"]
    assert after.json()["key_results"][0]["latest"] == "25.5"
    wrong = {"value": "26", "note": "Counted twice", "corrects_id": told["id"]}
    made(flo.post(f"key-results/{row['id']}/check-ins", wrong))
    listed = done(ben.get(f"check-ins?objective={objective['id']}"))
    assert {(one["value"], one["corrected"]) for one in listed["items"]} == {
        ("25.5", True),
        ("26", False),
    }

    change = {"reason": "New junction", "key_results": [{"id": row["id"], "target": "12"}]}
    proposed = made(flo.post(f"{at}/changes", change))
    assert (proposed["state"], proposed["addressee"]["name"]) == ("open", "Ben Aske")
    done(ben.post(f"changes/{proposed['id']}/answer", {"accept": True}, If_Match='"1"'))
    assert done(flo.get(f"key-results/{row['id']}"))["target"] == "12"

    figures = {one["name"]: one for one in done(ada.get("alignment"))["figures"]}
    in_line = figures["Objectives in line"]
    assert (in_line["value"], in_line["n"], in_line["status"]) == (1.0, 1, "ok")
    assert 0 < in_line["ci_low"] < in_line["ci_high"] == 1.0
    units = done(ada.get("alignment/units"))["items"]
    small = next(one for one in units if one["unit"]["name"] == "Operations")
    assert (small["by_people"]["status"], small["by_people"]["value"]) == ("suppressed", None)


def upload(who: Program, table: str, key: str) -> Any:
    """A table of units, sent as a form sends a file."""
    body = f"""--x\r
Content-Disposition: form-data; name="file"; filename="units.csv"\r
Content-Type: text/csv\r
\r
{table}\r
--x\r
Content-Disposition: form-data; name="kind"\r
\r
units\r
--x--\r
"""
    headers = {"Authorization": f"Bearer {who.secret}", "Idempotency-Key": key}
    kind = "multipart/form-data; boundary=x"
    return who.client.generic("POST", "/api/v1/imports", body, content_type=kind, headers=headers)


def test_an_import_is_looked_at_written_and_taken_back(cast: Cast, program: Make) -> None:
    dee = program(cast.dee)
    batch = made(upload(dee, "Unit\nFleet\nFleet\n", "first"))
    assert made(upload(dee, "Unit\nFleet\nFleet\n", "first")) == batch
    assert (batch["state"], batch["created"], batch["refused"]) == ("staged", 1, 1)
    at = f"imports/{batch['id']}"
    (refused,) = done(dee.get(f"{at}/rows?outcome=refused"))["items"]
    assert (refused["title"], refused["line"]) == ("Fleet", 3)
    assert "already stands" in refused["reason"]
    applied = done(dee.post(f"{at}/apply"))
    assert (applied["state"], applied["created"]) == ("applied", 1)
    unit = done(dee.get("units?q=fleet"))["items"][0]
    (line,) = done(dee.get(f"history/unit/{unit['id']}"))["items"]
    assert (line["verb"], line["who"]["name"]) == ("Added unit", "Dee Voss")
    assert dee.post(f"{at}/apply").status_code == 422
    assert done(dee.post(f"{at}/undo"))["state"] == "undone"
    assert done(dee.get("units?q=fleet"))["count"] == 0
    assert [one["id"] for one in done(dee.get("imports?state=undone"))["items"]] == [batch["id"]]


def test_a_large_import_goes_on_behind_the_request(cast: Cast, program: Make) -> None:
    dee = program(cast.dee)
    table = "\n".join(["Unit", *(f"Unit {n}" for n in range(700))])
    batch = made(upload(dee, table, "large"))
    job = f"jobs/{batch['job']}"
    assert (done(dee.get(job))["state"], batch["created"]) == ("waiting", 0)
    assert dee.post(f"imports/{batch['id']}/apply").status_code == 422, "it is not read yet"
    run_due()
    assert done(dee.get(job))["state"] == "done"
    written = done(dee.post(f"imports/{batch['id']}/apply"))
    assert (written["state"], written["created"]) == ("staged", 700)
    assert written["job"] != batch["job"]
    run_due()
    assert done(dee.get(f"imports/{batch['id']}"))["state"] == "applied"
    assert program(cast.flo).get(job).status_code == 404


def test_page_and_api_leave_the_same_marks(cast: Cast, client: Client, program: Make) -> None:
    one, other = make_unit("One"), make_unit("Other")
    signed_in(client, cast.dee)
    sent = {"name": "Fleet", "version": 1, "parent": "", "leader": ""}
    assert client.post(reverse("unit-edit", args=[one.pk]), sent).status_code == 302
    answer = program(cast.dee).patch(f"units/{other.pk}", {"name": "Fleet"}, If_Match='"1"')
    assert answer.status_code == 200
    marks = AuditRecord.objects.filter(subject_id__in=[one.pk, other.pk], verb="edit unit")
    by_page, by_api = marks.order_by("pk").values("verb", "actor_id", "subject_type", "after")
    assert by_page == by_api
