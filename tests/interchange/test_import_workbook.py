"""A workbook brought in: which sheets are what, several kinds in the right order, and their columns chosen."""

import json
from typing import Any

from django.test import Client
from django.urls import reverse

from goldenthread.interchange import services
from goldenthread.interchange.models import Import
from goldenthread.interchange.reports import as_text
from goldenthread.people.models import Person, Unit
from tests.cast import signed_in
from tests.interchange.importing import outcomes, staged, workbook
from tests.interchange.test_import_pages import act, drop, page


def several() -> bytes:
    """People before the units that they work in; a sheet of notes besides."""
    return workbook(
        Staff=[
            ["Name", "E-mail", "Department", "Line manager"],
            ["Kim Ek", "kim@x.example", "Tracks", "Liv Moe"],
            ["Liv Moe", "liv@x.example", "Works", ""],
        ],
        Notes=[["Something", "Else"], ["a", "b"]],
        Departments=[["Department", "Part of"], ["Tracks", "Works"], ["Works", ""]],
    )


def test_sheets_come_in_as_what_they_are_in_the_right_order(dee: Person) -> None:
    batch = staged(dee, several(), filename="staff.xlsx")
    assert (batch.kind, batch.problem, batch.created, batch.refused) == ("workbook", "", 4, 0)
    assert [one["kind"] for one in batch.detected["sheets"]] == ["people", "", "units"]
    services.apply(actor=dee, batch=batch)
    kim = Person.objects.get(name="Kim Ek")
    assert (str(kim.unit), str(kim.unit and kim.unit.parent), str(kim.manager)) == (
        "Tracks",
        "Works",
        "Liv Moe",
    )
    told = as_text(batch, list(batch.rows.all()), dry_run=False)
    assert "Departments, line 2: unit “Tracks”" in told
    assert "Left out: nothing says what its rows are." in told
    again = staged(dee, several(), filename="staff.xlsx")
    assert (again.created, again.updated) == (0, 0)


def test_one_sheet_is_a_table_like_any_other(dee: Person) -> None:
    data = workbook(Notes=[["Something"], ["a"]], Units=[["Unit", "Parent"], ["Works", ""]])
    batch = staged(dee, data)
    assert (batch.kind, outcomes(batch)) == ("units", {2: "created"})
    assert "Not read: the sheet Notes." in batch.detected["problems"][0]["message"]
    assert staged(dee, several(), "units").created == 2  # said to be units: that sheet alone


def test_columns_of_a_sheet_are_chosen_and_kept_for_the_next_time(
    client: Client, dee: Person
) -> None:
    signed_in(client, dee)
    drop(client, "book.xlsx", several())
    batch = Import.objects.get()
    told = page(client, batch)
    assert "Notes: left out" in told
    assert "Staff: 2 rows" in told
    act(client, "import-columns", batch, kind="", sheet="Staff")
    batch.refresh_from_db()
    assert (batch.created, batch.mapping["sheets"]["Staff"]) == (2, {"kind": ""})
    columns: dict[str, Any] = {"kind": "units", "sheet": "Notes"}
    act(client, "import-columns", batch, **columns)
    columns |= {"column-name": "Something", "column-parent": "Else"}
    act(client, "import-columns", batch, **columns)
    batch.refresh_from_db()
    assert batch.rows.filter(sheet="Notes").get().title == "a"
    saved = client.get(reverse("import-mapping", args=[batch.pk])).content
    assert set(json.loads(saved)["sheets"]) == {"Staff", "Notes", "Departments"}
    again = staged(dee, several(), mapping=services.checked_mapping(json.loads(saved)))
    assert (again.created, again.mapping) == (batch.created, batch.mapping)
    act(client, "import-apply", batch)
    assert Unit.objects.filter(name="a", parent__name="b").exists()


def test_a_slip_in_one_sheet_is_put_right_there(dee: Person, cycle: object) -> None:
    data = workbook(
        Objectives=[["Objective", "Owner"], ["Fewer delays", "flo@nortwhind.example"]],
        Units=[["Unit"], ["Works"]],
    )
    batch = staged(dee, data)
    refused = batch.rows.get(outcome="refused")
    services.put_right(actor=dee, batch=batch, row=refused)
    assert (batch.created, batch.refused) == (2, 0)


def test_a_sheet_that_does_not_exist_is_nowhere(client: Client, dee: Person) -> None:
    signed_in(client, dee)
    batch = staged(dee, several())
    assert act(client, "import-columns", batch, kind="units", sheet="Other").status_code == 404
