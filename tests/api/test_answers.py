"""What all operations share: pages of a list, versions, safe repeats, limits, and how each refusal is told."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from goldenthread.core.models import KeptAnswer
from goldenthread.core.versions import save
from goldenthread.people.models import Person, Unit
from tests.cast import Cast, make_cast, make_organisation, make_unit

from .conftest import Program

Make = Callable[..., Program]


@pytest.fixture
def dee(cast: Cast, program: Make) -> Program:
    """The HR partner's program."""
    return program(cast.dee)


def errors(answer: Any) -> dict[str, str]:
    assert answer.headers["Content-Type"] == "application/problem+json"
    body = answer.json()
    assert body["status"] == answer.status_code
    assert body["title"]
    assert body["detail"]
    return {one["field"]: one["detail"] for one in body.get("errors", [])}


# Lists --------------------------------------------------------------------------------------------------------
def test_a_list_comes_in_pages_that_lead_on(cast: Cast, dee: Program) -> None:
    for n in range(7):
        make_unit(f"Unit {n}")
    first = dee.get("units?limit=4&q=unit").json()
    assert [one["name"] for one in first["items"]] == [f"Unit {n}" for n in range(4)]
    assert (first["count"], first["page"], first["previous"]) == (7, 1, None)
    second = dee.get(first["next"].removeprefix("http://testserver")).json()
    assert [one["name"] for one in second["items"]] == [f"Unit {n}" for n in range(4, 7)]
    assert second["next"] is None
    assert dee.get(second["previous"].removeprefix("http://testserver")).json() == first
    beyond = dee.get("units?limit=4&q=unit&page=9").json()
    assert (beyond["items"], beyond["count"], beyond["next"]) == ([], 7, None)


@pytest.mark.parametrize(
    "query",
    ["page=0", "page=99999999999999999999", "limit=101", "limit=x", "sort=salary", "untit=3"],
)
def test_what_a_list_does_not_know(dee: Program, query: str) -> None:
    answer = dee.get(f"units?{query}")
    assert answer.status_code == 422
    assert query.partition("=")[0] in errors(answer)


# Versions -----------------------------------------------------------------------------------------------------
def test_nobody_writes_over_what_they_have_not_seen(cast: Cast, dee: Program) -> None:
    address = f"units/{cast.stations.pk}"
    read = dee.get(address)
    tag = read.headers["ETag"]
    assert dee.get(address, If_None_Match=tag).status_code == 304
    assert dee.get(address, If_None_Match=tag).content == b""
    done = dee.patch(address, {"name": "Stops"}, If_Match=tag)
    assert (done.status_code, done.json()["name"]) == (200, "Stops")
    assert done.headers["ETag"] != tag
    assert done.headers["ETag"] == dee.get(address).headers["ETag"]
    late = dee.patch(address, {"name": "Halts"}, If_Match=tag)
    assert late.status_code == 412
    assert dee.patch(address, {"name": "Halts"}).status_code == 428
    assert dee.patch(address, {"name": "Halts"}, If_Match="*").status_code == 200
    assert dee.get(address, If_None_Match=tag).status_code == 200


@pytest.mark.parametrize("tag", ['"1"', 'W/"1.abc"', '"9", "1"', "*"])
def test_tags_that_fit(cast: Cast, dee: Program, tag: str) -> None:
    assert (
        dee.patch(f"units/{cast.stations.pk}", {"name": "Stops"}, If_Match=tag).status_code == 200
    )


@pytest.mark.parametrize("tag", ["1", '"2"', '"one"', '"99999999999999999999"'])
def test_tags_that_do_not(cast: Cast, dee: Program, tag: str) -> None:
    answer = dee.patch(f"units/{cast.stations.pk}", {"name": "Stops"}, If_Match=tag)
    assert answer.status_code == 412
    assert errors(answer) == {}


def test_of_two_at_once_the_second_is_shown_both_versions(
    cast: Cast, dee: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody saves after the version was compared and before it is written."""
    from goldenthread.people.api import units

    compare = units.version_seen

    def slow(request: Any, unit: Unit) -> int:
        version = compare(request, unit)
        save(Unit.objects.get(pk=unit.pk), {"name": "Theirs"})
        return version

    monkeypatch.setattr(units, "version_seen", slow)
    answer = dee.patch(f"units/{cast.stations.pk}", {"name": "Mine"}, If_Match="*")
    assert answer.status_code == 409
    body = answer.json()
    assert (body["yours"]["name"], body["current"]["name"]) == ("Mine", "Theirs")
    assert body["current"]["version"] == 2


# Repeats ------------------------------------------------------------------------------------------------------
def test_a_create_sent_again_with_its_key_is_done_once(cast: Cast, dee: Program) -> None:
    first = dee.post("units", {"name": "Fleet"}, Idempotency_Key="a-1")
    again = dee.post("units", {"name": "Fleet"}, Idempotency_Key="a-1")
    assert first.status_code == again.status_code == 201
    assert first.content == again.content
    assert first.headers["Location"] == again.headers["Location"]
    assert dee.get(again.headers["Location"]).json()["name"] == "Fleet"
    assert Unit.objects.filter(name="Fleet").count() == 1
    assert dee.post("units", {"name": "Fleet"}, Idempotency_Key="a-2").json() != first.json()
    other = dee.post("units", {"name": "Depot"}, Idempotency_Key="a-1")
    assert other.status_code == 422
    assert not Unit.objects.filter(name="Depot").exists()


def test_a_key_is_ones_own_and_what_was_refused_may_be_sent_again(
    cast: Cast, dee: Program, program: Make
) -> None:
    assert dee.post("units", {"name": " "}, Idempotency_Key="k").status_code == 422
    assert dee.post("units", {"name": "Fleet"}, Idempotency_Key="k").status_code == 201
    assert (
        program(cast.ada).post("units", {"name": "Depot"}, Idempotency_Key="k").status_code == 201
    )
    assert dee.post("units", {"name": "Fleet"}, Idempotency_Key="k\x7f").status_code == 422


def test_after_a_day_a_key_is_free_again(cast: Cast, dee: Program) -> None:
    import datetime as dt

    dee.post("units", {"name": "Fleet"}, Idempotency_Key="k")
    kept = KeptAnswer.objects.get()
    KeptAnswer.objects.update(kept_at=kept.kept_at - dt.timedelta(hours=24))
    assert dee.post("units", {"name": "Depot"}, Idempotency_Key="k").status_code == 201
    assert KeptAnswer.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_the_same_sent_by_two_at_once_is_done_once() -> None:
    make_organisation()
    dee = Program(make_cast().dee)
    start, told = threading.Barrier(4), []

    def send() -> None:
        start.wait()
        answer = dee.post("units", {"name": "Fleet"}, Idempotency_Key="k")
        told.append((answer.status_code, answer.content))
        connection.close()

    threads = [threading.Thread(target=send) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {status for status, _ in told} == {201}
    assert len(set(told)) == 1
    assert Unit.objects.filter(name="Fleet").count() == 1


# Limits -------------------------------------------------------------------------------------------------------
def test_beyond_the_limit_one_is_told_when_to_go_on(
    cast: Cast, dee: Program, program: Make, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from goldenthread.core.api import limits

    monkeypatch.setattr(limits.time, "time", lambda: 1_000_000.0)
    settings.API_REQUESTS_A_MINUTE = 3
    left = [dee.get("me").headers["RateLimit-Remaining"] for _ in range(3)]
    assert left == ["2", "1", "0"]
    answer = dee.get("me")
    assert answer.status_code == 429
    assert errors(answer) == {}
    assert answer.headers["Retry-After"] == answer.headers["RateLimit-Reset"] == "21"
    assert answer.headers["RateLimit-Remaining"] == "0"
    assert program(cast.dee).get("me").status_code == 200, "each token has its own"
    monkeypatch.setattr(limits.time, "time", lambda: 1_000_021.0)
    assert dee.get("me").status_code == 200


# Refusals -----------------------------------------------------------------------------------------------------
def test_each_refusal_is_told_alike(cast: Cast, dee: Program, program: Make) -> None:
    flo = program(cast.flo)
    told = {
        400: dee.post("units", "{"),
        401: Client().get("/api/v1/units"),
        403: flo.post("units", {"name": "Fleet"}),
        404: dee.get("units/999999"),
        405: dee.delete("units"),
        413: dee.post("units", {"name": "x" * 7 * 2**20}),
        422: dee.post("units", {"name": "Fleet", "parent_id": 999_999}),
    }
    assert {status: answer.status_code for status, answer in told.items()} == {
        status: status for status in told
    }
    named = {status: errors(answer) for status, answer in told.items()}
    assert named.pop(422) == {"parent_id": "There is no unit 999999 here."}
    assert not any(named.values())
    assert told[405].headers["Allow"] in {"GET, POST", "POST, GET"}
    nowhere = dee.get("nowhere")
    assert (nowhere.status_code, errors(nowhere)) == (404, {})


def test_a_service_refuses_in_its_own_words_and_by_the_name_that_was_sent(
    cast: Cast, dee: Program
) -> None:
    loop = dee.patch(f"units/{cast.root.pk}", {"parent_id": cast.operations.pk}, If_Match="*")
    assert loop.status_code == 422
    assert list(errors(loop)) == ["parent_id"]
    assert loop.json()["path"] == ["Northwind Rail", "Operations", "Northwind Rail"]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "name"),
        ({"name": 5}, "name"),
        ({"name": None}, "name"),
        ({"name": "a\x00b"}, "name"),
        ('{"name": "\\ud800"}', "name"),
        ({"name": "x" * 201}, "name"),
        ({"name": "Fleet", "colour": "red"}, "colour"),
        ({"name": "Fleet", "parent_id": 2**64}, "parent_id"),
        ({"name": "Fleet", "parent_id": True}, "parent_id"),
        ({"name": "Fleet", "parent_id": "1"}, "parent_id"),
        ({"name": "Fleet", "parent_id": -1}, "parent_id"),
    ],
)
def test_only_what_a_field_takes(dee: Program, body: Any, field: str) -> None:
    answer = dee.post("units", body)
    assert answer.status_code == 422
    assert list(errors(answer)) == [field]


@pytest.mark.parametrize(
    ("fte", "status"),
    [
        ("0.5", 201),
        ("1e-1", 422),
        ('"0.50"', 201),
        ("1", 201),
        ("0.555", 422),
        ("-1", 422),
        ("NaN", 400),
        ("Infinity", 400),
        ("1e999999999", 422),
        ("1e-999999999", 422),
        ('"1e3"', 422),
        ('"٣"', 422),
        ("true", 422),
        ("null", 422),
        ("9" * 5000, 400),
    ],
)
def test_numbers_are_exact_and_bounded(dee: Program, fte: str, status: int) -> None:
    answer = dee.post("people", f'{{"name": "Ivo", "fte": {fte}}}')
    if fte == "1e-1":
        status = 201  # 0.1, written otherwise
    assert answer.status_code == status
    if status == 201:
        stored = Person.objects.get(name="Ivo").fte
        assert answer.json()["fte"] == format(stored.normalize(), "f")


@pytest.mark.parametrize(
    "day", ["2026-02-30", "26-01-01", "2026-01-01T00:00:00", 20260101, "9999-12-31", "0001-01-01"]
)
def test_days_that_are_none(dee: Program, day: Any) -> None:
    assert list(errors(dee.post("people", {"name": "Ivo", "start": day}))) == ["start"]


def test_an_empty_database_knows_nobody(db: None) -> None:
    assert Client().get("/api/v1/units").status_code == 401
    assert Client().get("/api/openapi.json").status_code == 200
