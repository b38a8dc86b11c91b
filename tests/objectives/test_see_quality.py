"""What a reader sees of the criteria: while writing, on the page of an objective, as a list, and over the API."""

import csv
import io
from collections.abc import Callable
from typing import Any, get_args

import pytest
from django.test import Client

from goldenthread.core import for_a_minute
from goldenthread.engine.quality.rules import RULES
from goldenthread.objectives.api.quality import Code
from goldenthread.objectives.models import KeyResult, Objective
from goldenthread.objectives.selectors import criteria_list
from goldenthread.objectives.selectors.criteria_list import CriteriaFilter
from goldenthread.objectives.services import quality, waivers
from goldenthread.objectives.states import State
from goldenthread.people.models import Person
from tests.cast import (
    TODAY,
    Cast,
    make_cycle,
    make_key_result,
    make_objective,
    make_priority,
    make_strategy,
    signed_in,
)

pytestmark = pytest.mark.django_db


def written(**fields: str) -> dict[str, str]:
    """What the form of a new objective sends, half written."""
    blank = {"title": "", "owner": "me", "cycle": "", "strength": "9", "ambition": "committed"}
    return (
        blank
        | {"kr0-kind": "metric"}
        | {name.replace("__", "-"): text for name, text in fields.items()}
    )


def unclear(cast: Cast, title: str = "Cut delays", **fields: object) -> Objective:
    """A draft whose key result has no unit and no start."""
    objective = make_objective(cast.flo, title, **{"state": State.DRAFT} | fields)
    make_key_result(objective, baseline=None)
    quality.recheck([objective])
    return objective


# While it is written ------------------------------------------------------------------------------------------


def test_it_is_judged_while_it_is_written_and_nothing_is_saved(cast: Cast, client: Client) -> None:
    signed_in(client, cast.flo)
    sent = written(title="Improve trains TBD", cycle=str(make_cycle().pk), kr0__title="Late trains")
    answer = client.post("/objectives/criteria/check/", sent | {"kr0-target": "ten"})
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "“Improve” can mean many things" in page
    assert "A placeholder is still here" in page
    assert 'href="#id_kr0-measure"' in page
    assert "Where are we starting from?" in page
    assert "cannot be agreed before that" in page
    assert not Objective.objects.exists()


def test_what_is_put_right_is_found_no_more(cast: Cast, client: Client) -> None:
    signed_in(client, cast.flo)
    priority = make_priority(make_strategy(cast.ada), "Trains on time")
    sent = written(
        title="Fewer late trains",
        cycle=str(make_cycle().pk),
        serves=priority.title,
        serves_id=f"p{priority.pk}",
        kr0__title="Late trains",
        kr0__measure="trains",
        kr0__baseline="40",
        kr0__target="10",
        kr0__source="Operations log",
    )
    page = client.post("/objectives/criteria/check/", sent).content.decode()
    assert "rules hold." in page
    assert '<li class="finding"' not in page


def test_an_empty_form_is_judged_without_falling(cast: Cast, client: Client) -> None:
    signed_in(client, cast.flo)
    for sent in ({}, {"title": "x", "kr0-kind": "none", "kr0-title": "y"}, {"kr0-m0-title": "z"}):
        assert client.post("/objectives/criteria/check/", sent).status_code == 200


def test_one_that_is_edited_is_judged_with_what_it_serves(cast: Cast, client: Client) -> None:
    signed_in(client, cast.flo)
    objective = unclear(cast)
    sent = written(title="Cut delays", cycle=str(objective.cycle.pk))
    row = objective.key_results.get()
    sent |= {"kr0-pk": str(row.pk), "kr0-title": "Late", "kr0-baseline": "40", "kr0-target": "10"}
    page = client.post(
        f"/objectives/criteria/check/?objective={objective.pk}", sent
    ).content.decode()
    assert f"/objectives/{objective.pk}/link/" in page
    assert "Where are we starting from?" not in page
    assert KeyResult.objects.get().baseline is None
    assert client.post("/objectives/criteria/check/?objective=99999", sent).status_code == 404


def test_without_script_it_is_said_when_the_form_comes_back(cast: Cast, client: Client) -> None:
    signed_in(client, cast.flo)
    answer = client.post(
        "/objectives/new/", written(title="", cycle=str(make_cycle().pk), kr0__title="Late")
    )
    assert answer.status_code == 422
    assert "What is being counted, and in what unit?" in answer.content.decode()


def test_proposed_by_who_speaks_for_both_it_is_kept_as_a_draft(cast: Cast, client: Client) -> None:
    signed_in(client, cast.ada)
    sent = written(title="Fewer late trains", cycle=str(make_cycle().pk), kr0__title="Late trains")
    answer = client.post("/objectives/new/", sent | {"propose": "1"}, follow=True)
    assert "Kept as a draft. “Fewer late trains” cannot be agreed yet" in answer.content.decode()
    assert Objective.objects.get().state == State.DRAFT


def test_more_is_said_of_a_key_result(cast: Cast, client: Client) -> None:
    signed_in(client, cast.flo)
    sent = written(
        title="Fewer late trains",
        cycle=str(make_cycle().pk),
        kr0__title="Late trains",
        kr0__not_enough="Fewer trains that run",
        kr0__measure_by="2026-05-31",
        kr0__direction="decrease",
    )
    answer = client.post("/objectives/new/", sent, follow=True)
    row = KeyResult.objects.get()
    assert (row.not_enough, str(row.measure_by), row.direction) == (
        *("Fewer trains that run", "2026-05-31"),
        "decrease",
    )
    page = answer.content.decode()
    assert "Not enough: Fewer trains that run" in page
    assert "Measured by 31 May" in page


# On its page --------------------------------------------------------------------------------------------------


def test_the_page_says_what_to_do_and_leads_there(cast: Cast, client: Client) -> None:
    objective = unclear(cast)
    signed_in(client, cast.flo)
    assert (
        "2 must be mended, 2 worth mending"
        in client.get(f"/objectives/{objective.pk}/").content.decode()
    )
    page = client.get(f"/objectives/{objective.pk}/criteria/").content.decode()
    assert "2 must be mended, 2 worth mending" in page
    assert f'href="/objectives/{objective.pk}/edit/#id_kr0-measure"' in page
    assert f'href="/objectives/{objective.pk}/link/"' in page
    assert "/waive/" not in page
    signed_in(client, cast.cyd)
    page = client.get(f"/objectives/{objective.pk}/criteria/").content.decode()
    assert "2 must be mended" in page
    assert "/edit/" not in page
    signed_in(client, cast.ben)
    assert (
        f"/objectives/{objective.pk}/waive/K01/"
        in client.get(f"/objectives/{objective.pk}/criteria/").content.decode()
    )


def test_of_an_agreed_one_the_way_is_a_change(cast: Cast, client: Client) -> None:
    objective = unclear(cast, state=State.ACTIVE)
    signed_in(client, cast.flo)
    page = client.get(f"/objectives/{objective.pk}/criteria/").content.decode()
    assert f'href="/objectives/{objective.pk}/change/#id_kr0-measure"' in page
    Objective.objects.update(state=State.ACHIEVED)
    page = client.get(f"/objectives/{objective.pk}/criteria/").content.decode()
    assert "it is closed" in page
    assert 'id="criteria"' not in client.get(f"/objectives/{objective.pk}/").content.decode()


def test_a_rule_is_waived_on_its_page_and_taken_back(cast: Cast, client: Client) -> None:
    objective = unclear(cast)
    signed_in(client, cast.ben)
    address = f"/objectives/{objective.pk}/waive/K01/"
    assert "No unit" in client.get(address).content.decode()
    assert client.post(address, {"reason": ""}).status_code == 422
    page = client.post(address, {"reason": "Everybody knows."}, follow=True).content.decode()
    assert "“Everybody knows.”" in page
    assert "1 must be mended" in page
    waiver = objective.waivers.get()
    page = client.post(f"/waivers/{waiver.pk}/end/", follow=True).content.decode()
    assert "2 must be mended" in page
    assert client.get(f"/objectives/{objective.pk}/waive/K99/").status_code == 404
    signed_in(client, cast.flo)
    assert client.get(address).status_code == 403


def test_the_page_asks_little(
    cast: Cast, client: Client, assert_queries: Callable[..., Any]
) -> None:
    objective = unclear(cast)
    waivers.waive_rule(actor=cast.ben, objective=objective, code="K01", reason="Known")
    signed_in(client, cast.flo)
    assert_queries("objective with a waiver", client.get, f"/objectives/{objective.pk}/")
    assert_queries("criteria of one", client.get, f"/objectives/{objective.pk}/criteria/")


# The list -----------------------------------------------------------------------------------------------------


def test_the_list_begins_with_what_must_be_mended_and_counts_by_rule(
    cast: Cast, client: Client
) -> None:
    sound = make_objective(cast.flo, "Sound", in_line=True, last_check_in_on=TODAY)
    make_key_result(sound, measure="trains", source="Log")
    quality.recheck([sound])
    unclear(cast, "Unclear")
    late = make_objective(cast.cyd, "Elsewhere")
    make_key_result(late, measure="trains", source="Log")
    quality.recheck([late])
    signed_in(client, cast.flo)
    page = client.get("/objectives/criteria/").content.decode()
    assert "1 of 3 open objectives has something that must be mended" in page
    assert "Sound" not in page
    assert page.index("Unclear") < page.index("Elsewhere")
    assert "Unclear" in client.get("/objectives/criteria/?rule=K02").content.decode()
    assert "Elsewhere" not in client.get("/objectives/criteria/?rule=K02").content.decode()
    assert "Sound" in client.get("/objectives/criteria/?show=all").content.decode()
    assert "Elsewhere" not in client.get("/objectives/criteria/?show=errors").content.decode()
    only = client.get(f"/objectives/criteria/?unit={cast.cyd.unit_id}").content.decode()
    assert "Elsewhere" in only
    assert "Unclear" not in only
    assert client.get("/objectives/criteria/?rule=%00&unit=x&cycle=9999&page=z").status_code == 200


def test_restricted_ones_are_neither_listed_nor_counted(cast: Cast, client: Client) -> None:
    unclear(cast, "Hush", restricted=True)
    signed_in(client, cast.cyd)
    page = client.get("/objectives/criteria/").content.decode()
    assert "Hush" not in page
    assert "No objective is open here" in page
    assert "Hush" not in client.get("/objectives/criteria/csv/").getvalue().decode()


def test_the_list_as_a_file(cast: Cast, client: Client) -> None:
    objective = unclear(cast)
    signed_in(client, cast.flo)
    data = client.get("/objectives/criteria/csv/").getvalue().decode("utf-8-sig")
    (row,) = csv.DictReader(io.StringIO(data))
    assert (row["title"], row["errors"]) == (objective.title, "2")
    assert row["open_rules"] == "K01 K02 O07 K09"


def test_the_list_asks_a_fixed_number_of_times(
    cast: Cast, client: Client, assert_queries: Callable[..., Any]
) -> None:
    for n in range(8):
        unclear(cast, f"O{n}")
    signed_in(client, cast.flo)
    assert_queries("criteria", client.get, "/objectives/criteria/")


# Over the API -------------------------------------------------------------------------------------------------


def test_the_api_names_every_rule() -> None:
    assert list(get_args(Code)) == [rule.code for rule in RULES]


def test_a_program_reads_and_waives(cast: Cast, client: Client) -> None:
    objective = unclear(cast)
    signed_in(client, cast.ben)
    told = client.get(f"/api/v1/objectives/{objective.pk}/criteria").json()
    assert (told["quality"], told["reason"]) == (None, "incomplete")
    first = told["findings"][0]
    assert (first["code"], first["severity"], first["mends"]) == ("K01", "error", "measure")
    assert first["key_result_id"] == objective.key_results.get().pk
    made = client.post(
        f"/api/v1/objectives/{objective.pk}/waivers",
        {"code": "K01", "reason": "Everybody knows."},
        content_type="application/json",
    )
    assert made.status_code == 201
    (row,) = client.get("/api/v1/criteria?show=errors").json()["items"]
    assert (row["errors"], row["waived_rules"]) == (1, ["K01"])
    told = client.get(f"/api/v1/objectives/{objective.pk}/criteria").json()
    assert [one["code"] for one in told["waived"]] == ["K01"]
    address = f"/api/v1/waivers/{made.json()['id']}/end"
    assert client.post(address, {}, content_type="application/json").status_code == 200
    assert client.get("/api/v1/criteria?rule=K01").json()["items"]
    assert client.get("/api/v1/criteria?rule=X1").status_code == 422
    (kept,) = client.get(f"/api/v1/objectives/{objective.pk}/waivers").json()["items"]
    assert kept["ended_by"]["name"] == cast.ben.name


def test_counts_of_many_are_kept_for_a_minute(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(for_a_minute, "MANY", -1)
    monkeypatch.setattr(criteria_list, "_KEPT", for_a_minute.ForAMinute())

    def counted(person: Person) -> criteria_list.Counts:
        reader = Person.objects.get(pk=person.pk)
        reader.only_reads = True
        return criteria_list.counts(reader, CriteriaFilter())

    make_objective(cast.cyd, open_rules=" O01 ", open_errors=1)
    first = counted(cast.flo)
    make_objective(cast.cyd, open_rules=" O02 ")
    assert counted(cast.flo) is first
    assert first.of(CriteriaFilter(rule="O01")) == first.of(CriteriaFilter(show="errors")) == 1
    assert first.of(CriteriaFilter(rule="O02")) == 0
    assert first.of(CriteriaFilter(show="waived")) is None
    make_objective(cast.ben, open_rules=" O03 ", restricted=True)
    assert counted(cast.ben).by_rule["O03"] == 1  # who sees another one has counts of their own
    assert "O03" not in counted(cast.flo).by_rule
