"""The page of exports, its downloads, and the lists as files."""

import csv
import io
import zipfile
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from lxml import etree

from goldenthread.core.models import Job, Letter
from goldenthread.strategy.services import correct, edit_priority, observe
from tests.cast import (
    TODAY,
    Cast,
    make_cycle,
    make_kpi,
    make_objective,
    make_priority,
    make_strategy,
    signed_in,
)
from tests.interchange.exporting import rows_of
from tests.interchange.importing import brought_in, table
from tests.interchange.test_export import SCHEMA


def body(answer: Any) -> bytes:
    return b"".join(answer.streaming_content) if answer.streaming else answer.content


def lines(answer: Any) -> list[list[str]]:
    assert answer.status_code == 200
    return list(csv.reader(io.StringIO(body(answer).decode("utf-8-sig"), newline="")))


def test_who_may_takes_out_what_they_see_as_one_file(client: Client, cast: Cast) -> None:
    make_objective(cast.cyd, "Plain"), make_objective(cast.cyd, "Sealed", restricted=True)
    signed_in(client, cast.dee)
    assert "Download the tables" in client.get("/export/").content.decode()
    answer = client.post("/export/tables/")
    assert "northwind-rail-2026-05-13.zip" in answer["Content-Disposition"]
    with zipfile.ZipFile(io.BytesIO(body(answer))) as archive:
        assert archive.testzip() is None
        assert "What Dee Voss sees" in archive.read("README.txt").decode()
        titles = [row["title"] for row in rows_of(archive.read("objectives.csv"))]
    assert titles == ["Plain"]


def test_the_strategy_comes_as_a_valid_report(client: Client, cast: Cast) -> None:
    signed_in(client, cast.dee)
    assert client.post("/export/plan/").status_code == 302
    assert "no strategy yet" in client.get("/export/").content.decode()
    make_priority(make_strategy(cast.ada))
    answer = client.post("/export/plan/")
    assert answer["Content-Disposition"].endswith('.xml"')
    SCHEMA.assertValid(etree.fromstring(answer.content))


def test_an_export_asks_for_as_much_whatever_the_size(
    client: Client, cast: Cast, assert_queries: Any
) -> None:
    signed_in(client, cast.dee)
    assert_queries("export", client.get, "/export/")


@pytest.mark.parametrize(
    ("address", "first"),
    [
        ("/units/csv/", ["", "Northwind Rail", "", "ada@northwind.example", "3"]),
        (
            "/cycles/csv/",
            ["", "Q2 2026", "2026-04-01", "2026-06-30", "", "", "", "Open", "1", "0", "0"],
        ),
        ("/imports/csv/", ["table.csv", "units", "Dee Voss", "Written"]),
    ],
)
def test_every_list_goes_out_as_a_table(
    client: Client, cast: Cast, address: str, first: list[str]
) -> None:
    make_cycle()
    make_objective(cast.cyd)
    brought_in(cast.dee, table("Unit", "Tracks"), "units")
    found = lines(signed_in(client, cast.dee).get(address))[1]
    assert (found if address != "/imports/csv/" else found[1:5]) == first


def test_values_jobs_and_letters_go_out(client: Client, cast: Cast) -> None:
    kpi = make_kpi(owner=cast.ada)
    first = observe(actor=cast.ada, kpi=kpi, on=TODAY, value=Decimal(80))
    correct(actor=cast.ada, observation=first, value=Decimal(81), note="A slip")
    found = lines(signed_in(client, cast.cyd).get(f"/kpis/{kpi.pk}/values.csv"))
    assert [[row[1], row[6]] for row in found[1:]] == [["81", ""], ["80", "yes"]]
    Letter.objects.create(kind="Invitation", to="new@northwind.example", message_id="<1>")
    Job.objects.create(kind="k", due_at=timezone.now())
    assert client.get("/letters/csv/").status_code == 403
    signed_in(client, cast.eve)
    assert lines(client.get("/letters/csv/"))[1][2] == "new@northwind.example"
    assert lines(client.get("/jobs/csv/"))[1][2] == "Waits"


def test_the_rows_of_an_import_go_out_as_they_are_listed(client: Client, cast: Cast) -> None:
    batch = brought_in(cast.dee, table("Unit", "Tracks", "Operations"), "units")
    signed_in(client, cast.dee)
    everything = lines(client.get(f"/imports/{batch.pk}/rows.csv"))
    assert [row[2:5:2] for row in everything[1:]] == [
        ["Tracks", "New"],
        ["Operations", "Unchanged"],
    ]
    assert len(lines(client.get(f"/imports/{batch.pk}/rows.csv?show=created"))) == 2


def test_priorities_and_those_without_work_go_out(client: Client, cast: Cast) -> None:
    strategy = make_strategy(cast.ada)
    make_priority(strategy, "=Punctual", confidential=False)
    make_priority(strategy, "Merger", confidential=True)
    signed_in(client, cast.cyd)
    listed = lines(client.get(f"/strategy/{strategy.pk}/priorities/csv/"))
    assert [row[1] for row in listed[1:]] == ["'=Punctual"]
    waiting = lines(client.get("/alignment/stranded.csv"))
    assert waiting[1][1:3] == ["'=Punctual", "On time, every time"]
    assert "Merger" not in str(waiting)


def test_a_history_goes_out_whole_for_who_may_read_it(client: Client, cast: Cast) -> None:
    priority = make_priority(make_strategy(cast.ada), "Punctual", confidential=True)
    edit_priority(actor=cast.ada, priority=priority, version=priority.version, title="On the dot")
    address = f"/history/priority/{priority.pk}/csv/"
    found = lines(signed_in(client, cast.ada).get(address))
    assert [found[1][1], found[1][5], found[1][6]] == ["Ada Holm", "Punctual", "On the dot"]
    assert signed_in(client, cast.cyd).get(address).status_code == 404
