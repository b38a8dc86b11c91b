"""The pages of imports: from the file to the result, on what they show, to whom, and in how many queries."""

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from goldenthread.interchange.models import Import
from goldenthread.objectives.models import Objective
from goldenthread.people.models import Person, Unit
from goldenthread.strategy.models import Priority
from tests.cast import signed_in
from tests.interchange.importing import DATA, holds, staged, table

FILES = sorted([*(DATA / "stratml").rglob("*.xml"), *(DATA / "uk_organograms").glob("*senior.csv")])


def drop(client: Client, name: str, data: bytes, **sends: Any) -> Any:
    return client.post(reverse("import-new"), {"file": SimpleUploadedFile(name, data), **sends})


def page(client: Client, batch: Import, query: str = "") -> str:
    answer = client.get(f"{reverse('import', args=[batch.pk])}{query}")
    assert answer.status_code == 200
    return str(answer.content.decode())


def act(client: Client, name: str, batch: Import, *args: int, **sends: Any) -> Any:
    return client.post(reverse(name, args=[batch.pk, *args]), sends)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_file_goes_in_through_the_page_once(client: Client, ada: Person, path: Path) -> None:
    signed_in(client, ada)
    ada.is_admin = True
    ada.save()
    for _ in range(2):
        assert drop(client, path.name, path.read_bytes()).status_code == 302
        batch = Import.objects.first()
        assert batch is not None
        assert "Nothing has been written yet" in page(client, batch)
        if batch.writes:
            before = None
            assert act(client, "import-apply", batch).status_code == 302
            assert "written" in page(client, batch)
        else:
            before = holds()
            act(client, "import-discard", batch)
    assert before is not None
    assert holds() == before


def test_a_pasted_table_is_read_like_a_file(client: Client, dee: Person) -> None:
    signed_in(client, dee)
    client.post(reverse("import-new"), {"text": "Unit\tParent\nWorks\t\nTracks\tWorks"})
    batch = Import.objects.get()
    assert (batch.kind, batch.created) == ("units", 2)
    told = page(client, batch)
    assert "2 of 2 rows will change something" in told
    assert "tabs between cells" in told


@pytest.mark.parametrize(
    ("name", "data", "says"),
    [
        ("x.xml", b"<StrategicPlan>\n<Name></StrategicPlan>", "Line 2, column"),
        ("x.csv", b"", "The file is empty"),
        ("x.txt", b"Our strategy\n- be quick", "Bring in a strategy"),
    ],
)
def test_a_file_that_cannot_be_read_says_why(
    client: Client, dee: Person, name: str, data: bytes, says: str
) -> None:
    answer = drop(signed_in(client, dee), name, data)
    assert answer.status_code == 422
    assert says in answer.content.decode()
    assert not Import.objects.exists()


def test_columns_are_chosen_and_the_mapping_saved_and_used_again(
    client: Client, dee: Person
) -> None:
    signed_in(client, dee)
    data = table("Bezeichnung;Ober", "Works;", "Tracks;Works")
    drop(client, "einheiten.csv", data)
    batch = Import.objects.get()
    assert "Say what the rows of this file are" in page(client, batch)
    act(client, "import-columns", batch, kind="units")
    batch.refresh_from_db()
    assert "No column gives name" in batch.problem
    columns = {"kind": "units", "column-name": "Bezeichnung", "column-parent": "Ober"}
    act(client, "import-columns", batch, **columns)
    batch.refresh_from_db()
    assert (batch.problem, batch.created) == ("", 2)
    saved = client.get(reverse("import-mapping", args=[batch.pk])).content
    assert json.loads(saved)["columns"] == {"name": "Bezeichnung", "parent": "Ober"}
    again = SimpleUploadedFile("mapping.json", saved)
    drop(client, "einheiten.csv", data, mapping=again)
    assert Import.objects.order_by("-pk")[0].created == 2


def test_dates_that_can_be_read_both_ways_are_settled_by_a_choice(
    client: Client, eve: Person
) -> None:
    signed_in(client, eve)
    drop(client, "people.csv", table("Name;E-mail;Start date", "Kim Ek;kim@x.example;03/04/2026"))
    batch = Import.objects.get()
    assert batch.refused == 1
    columns = {
        "kind": "people",
        "date_order": "mdy",
        "column-name": "Name",
        "column-email": "E-mail",
    }
    act(client, "import-columns", batch, **columns, **{"column-start": "Start date"})
    act(client, "import-apply", batch)
    assert str(Person.objects.get(name="Kim Ek").start) == "2026-03-04"


def test_refused_rows_come_first_and_wait_as_a_file(client: Client, dee: Person) -> None:
    signed_in(client, dee)
    batch = staged(
        dee, table("Unit;Parent;Remark", "Works;;", "=North;South;old", "South;=North;"), "units"
    )
    told = page(client, batch).split("<tbody>")[-1]
    assert told.index("That closes a loop") < told.index("Works")
    assert "Works" not in page(client, batch, "?show=refused").split("<tbody>")[-1]
    act(client, "import-apply", batch)
    answer = client.get(reverse("import-refused", args=[batch.pk]))
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [row["Remark"] for row in rows] == ["old", ""]
    assert rows[0]["Unit"] == "'=North"  # a spreadsheet shall not execute it
    assert rows[0]["Reason refused"].startswith("That closes a loop")
    assert rows[0]["Line refused"] == "3"


def test_what_a_row_was_found_to_mean_is_taken_with_one_click(
    client: Client, dee: Person, cycle: object
) -> None:
    signed_in(client, dee)
    batch = staged(
        dee, table("Objective;Owner", "Fewer delays;flo@nortwhind.example"), "objectives"
    )
    refused = batch.rows.get()
    assert "Use Flo Dahl" in page(client, batch)
    act(client, "import-fix", batch, refused.pk)
    batch.refresh_from_db()
    assert (batch.created, batch.refused) == (1, 0)


def test_a_result_opens_later_and_all_of_mine_is_confirmed_there(
    client: Client, ada: Person, dee: Person
) -> None:
    signed_in(client, dee)
    drop(client, "plan.xml", (DATA / "stratml" / "PMOAI_part1.xml").read_bytes())
    batch = Import.objects.get()
    act(client, "import-apply", batch)
    assert "Confirm all of mine" not in page(client, batch)
    signed_in(client, ada)
    assert "6 proposals wait for you" in page(client, batch)
    act(client, "import-confirm", batch)
    assert Priority.objects.get().state == Priority.State.ACTIVE
    assert not Objective.objects.filter(state="unconfirmed").exists()
    assert "Confirm all of mine" not in page(client, batch)


def test_reading_an_import_changes_nothing(client: Client, dee: Person) -> None:
    signed_in(client, dee)
    batch = staged(dee, table("Unit", "Works"), "units")
    for name in ("import-apply", "import-discard", "import-columns", "import-confirm"):
        assert client.get(reverse(name, args=[batch.pk])).status_code == 405
    page(client, batch)
    assert not Unit.objects.filter(name="Works").exists()


def test_the_same_file_written_before_is_said(client: Client, dee: Person) -> None:
    signed_in(client, dee)
    data = table("Unit", "Works")
    drop(client, "units.csv", data, kind="units")
    act(client, "import-apply", Import.objects.get())
    drop(client, "units.csv", data, kind="units")
    newest = Import.objects.order_by("-pk")[0]
    told = page(client, newest)
    assert "The same file was written before" in told
    assert "Everything in the file is here already" in told


@pytest.mark.parametrize("rows", [3, 60])
def test_pages_ask_as_much_for_many_rows_as_for_few(
    client: Client, dee: Person, assert_queries: Callable[..., Any], rows: int
) -> None:
    signed_in(client, dee)
    for number in range(rows // 3):
        staged(dee, table("Unit", f"Unit {number}"), "units")
    batch = staged(dee, table("Unit", *(f"Part {number}" for number in range(rows))), "units")
    client.get(reverse("imports"))
    assert_queries("imports", client.get, reverse("imports"))
    assert_queries("import", client.get, reverse("import", args=[batch.pk]))
    act(client, "import-apply", batch)
    assert_queries("import written", client.get, reverse("import", args=[batch.pk]))
