"""Kinds of table, the mapping of columns, and rows as typed values."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goldenthread.interchange.readers.kinds import (
    KINDS,
    Mapping,
    detect_kind,
    detect_preset,
    dump_mapping,
    load_mapping,
    load_preset,
    map_columns,
    preset_names,
)
from goldenthread.interchange.readers.limits import RefusedFile
from goldenthread.interchange.readers.rows import Reading, ReadRow, read_rows
from goldenthread.interchange.readers.table import Table, read_table

ORGANOGRAMS = Path(__file__).parents[2] / "data" / "uk_organograms"


def organogram(name: str) -> Table:
    return read_table((ORGANOGRAMS / name).read_bytes())


def rows_of(text: str, kind: str) -> Reading:
    table = read_table(text.encode())
    return read_rows(table, map_columns(table.headers, kind))


def problems(row: ReadRow) -> str:
    return " | ".join(each.message for each in row.problems)


@pytest.mark.parametrize("kind", list(KINDS))
def test_recognises_its_own_column_names(kind: str) -> None:
    names = [field.name for field in KINDS[kind].fields]
    found, confidence = detect_kind(names)
    assert found == kind
    assert confidence >= 0.5
    assert map_columns(names, kind).columns == {name: name for name in names}


@pytest.mark.parametrize(
    ("headers", "kind"),
    [
        (["Full name", "E-mail", "Line Manager", "Department"], "people"),
        (["First name", "Last name", "Work email"], "people"),
        (["Strategic priority", "Sponsor", "Weight (%)"], "priorities"),
        (["Objective", "Owner", "Due date"], "objectives"),
        (["Objective", "Key result", "Baseline", "Target"], "key_results"),
        (["Child", "Parent", "Strength"], "contributions"),
        (["KPI", "Unit of measure", "Target", "Direction"], "kpis"),
        (["KPI", "Date", "Value"], "observations"),
        (["Department", "Parent department", "Head of unit"], "units"),
    ],
)
def test_recognises_what_people_call_their_columns(headers: list[str], kind: str) -> None:
    assert detect_kind(headers)[0] == kind


def test_says_when_it_does_not_know() -> None:
    assert detect_kind(["Colour", "Shape"]) == (None, 0.0)
    assert detect_kind([]) == (None, 0.0)


def test_reads_people_with_types_and_problems_by_row() -> None:
    reading = rows_of(
        "Full name;E-mail;FTE;Start date;Pet\n"
        "Ada;ada@a.example;0,8;1.2.2024;cat\n"
        "Ben;ben at b;3;31.02.2024;\n"
        ";cyd@a.example;50 %;;\n"
        "Eve;ADA@a.example;1;;\n",
        "people",
    )
    ada, ben, cyd, eve = reading.rows
    assert ada.values == {
        "name": "Ada",
        "email": "ada@a.example",
        "fte": Decimal("0.8"),
        "start": dt.date(2024, 2, 1),
    }
    assert ada.problems == ()
    assert reading.unused == ("Pet",)
    assert "is not an e-mail address" in problems(ben)
    assert "is not an FTE" in problems(ben)
    assert "31.02.2024 does not exist" in problems(ben)
    assert cyd.values["fte"] == Decimal("0.5")
    assert problems(cyd) == "name is empty."
    assert "already stands in line 2" in problems(eve)


def test_joins_first_and_last_names() -> None:
    (row,) = rows_of("First name,Last name,E-mail\nAda,Lovelace,a@b.example\n", "people").rows
    assert row.values["name"] == "Ada Lovelace"
    assert row.notes == ()


def test_reads_choices_and_yes_or_no() -> None:
    good, bad = rows_of(
        "Title,Owner,Critical,Ambition,Strength\nGrow,Ada,yes,Stretch,9\nKeep,Ada,maybe,big,7\n",
        "objectives",
    ).rows
    assert (good.values["critical"], good.values["ambition"], good.values["strength"]) == (
        True,
        "aspirational",
        "strong",
    )
    assert len(bad.problems) == 3


def test_a_shifted_row_is_refused() -> None:
    (row,) = rows_of("KPI,Date,Value\nNPS,2024-01-01,3,5\n", "observations").rows
    assert "columns may be shifted" in problems(row)


def test_missing_columns_are_asked_for_by_name() -> None:
    with pytest.raises(RefusedFile, match="owner"):
        rows_of("Objective\nGrow\n", "objectives")
    table = read_table(b"a,b\n1,2\n")
    with pytest.raises(RefusedFile, match="Nom"):
        read_rows(table, Mapping("people", {"name": "Nom"}))


def test_a_mapping_survives_its_file() -> None:
    mapping = Mapping(
        "people",
        {"name": "Nom", "manager": "Chef"},
        date_order="dmy",
        decimal_comma=False,
        values={"manager": {"XX": ""}},
        fallback={"name": "position"},
        leave_out={"name": {"Vacant": "Nobody there."}},
        distinct=True,
        posts=("Nom", "Chef"),
    )
    assert load_mapping(dump_mapping(mapping)) == mapping
    assert load_mapping(dump_mapping(Mapping("units", {"name": "N"}))) == Mapping(
        "units", {"name": "N"}
    )


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("{", "not valid JSON"),
        ("[]", "object"),
        ("{}", "kind"),
        ('{"kind": "pets", "columns": {}}', "one of"),
        ('{"kind": "people"}', 'no "columns"'),
        ('{"kind": "people", "columns": {"pet": "Pet"}}', "pet"),
        ('{"kind": "people", "columns": {"name": 1}}', "columns"),
        ('{"kind": "people", "columns": {}, "extra": 1}', "extra"),
        ('{"kind": "people", "columns": {}, "date_order": "ydm"}', "date_order"),
        ('{"kind": "people", "columns": {}, "decimal_comma": "yes"}', "decimal_comma"),
        ('{"kind": "people", "columns": {}, "values": {"name": "x"}}', "values"),
        ('{"kind": "people", "columns": {}, "fallback": {"name": "pet"}}', "pet"),
        ('{"kind": "people", "columns": {}, "posts": "Unit"}', "posts"),
        ('{"kind": "units", "columns": {}, "posts": ["Unit"]}', "people only"),
    ],
)
def test_a_wrong_mapping_is_refused_with_the_part(text: str, says: str) -> None:
    with pytest.raises(RefusedFile, match=says):
        load_mapping(text)


def test_every_preset_loads() -> None:
    assert [load_preset(name).kind for name in preset_names()] == ["people", "people", "units"]
    with pytest.raises(RefusedFile, match="no preset"):
        load_preset("../kinds")


def test_posts_and_reporting_lines_of_an_organogram_are_read() -> None:
    table = organogram("department_for_international_development-2014-09-30-senior.csv")
    assert detect_preset(table.headers, "people") == "uk_organogram"
    reading = read_rows(table, load_preset("uk_organogram"))
    assert len(reading.rows) == 92
    assert not any(row.problems for row in reading.rows)
    posts = {row.values["external_id"] for row in reading.rows}
    managers = {row.values["manager"] for row in reading.rows}
    assert managers <= posts | {None}
    first = reading.rows[0].values
    assert first["position"] == "Director, International Finance"
    assert (first["manager"], first["level"], first["fte"]) == ("A7", "SCS2", Decimal(1))


def test_vacant_posts_are_left_out_and_bridged() -> None:
    table = organogram("cabinet_office-2011-09-30-senior.csv")
    reading = read_rows(table, load_preset("uk_organogram"))
    assert len(reading.left_out) == 8
    assert len(reading.rows) == 227
    bridged = [row for row in reading.rows if any("left out" in note for note in row.notes)]
    assert bridged
    assert all(row.values["manager"] == "3" for row in bridged if "COI1" in row.notes[-1])
    (job_share,) = [row for row in reading.rows if row.problems]
    assert "external_id 103 already stands in line 207" in problems(job_share)
    unnamed = next(row for row in reading.rows if row.notes)
    assert unnamed.values["name"] == unnamed.values["position"]


@given(st.lists(st.decimals("0.01", 40, places=2), min_size=1, max_size=12))
def test_posts_keep_the_full_time_equivalents_exactly(numbers: list[Decimal]) -> None:
    lines = (f"Clerk;{number}" for number in numbers)
    table = read_table("\n".join(["Title;FTE", *lines]).encode())
    columns = {"position": "Title", "fte": "FTE"}
    mapping = Mapping(
        "people", columns, decimal_comma=False, fallback={"name": "position"}, posts=("Title",)
    )
    rows = read_rows(table, mapping).rows
    shares = [(row.line, row.values["fte"]) for row in rows]
    assert all(isinstance(fte, Decimal) and 0 < fte <= 1 for _, fte in shares)
    for line, number in enumerate(numbers, start=2):
        of_line = [fte for at, fte in shares if at == line]
        assert sum(of_line) == number
        assert sum(fte != 1 for fte in of_line) <= 1
    assert len({row.values["external_id"] for row in rows}) == len(rows)


def test_a_number_of_posts_beyond_reason_is_refused() -> None:
    table = read_table(b"Title;FTE\nClerk;150000\nSmith;60000\n")
    columns = {"name": "Title", "fte": "FTE"}
    with pytest.raises(RefusedFile, match="Line 3: The rows count more than 200,000 posts"):
        read_rows(table, Mapping("people", columns, posts=("Title",)))
    with pytest.raises(RefusedFile, match="No column gives fte"):
        read_rows(table, Mapping("people", {"name": "Title"}, posts=("Title",)))


def test_junior_posts_are_split_or_name_units() -> None:
    table = organogram("the_british_library-2011-03-31-junior.csv")
    assert detect_preset(table.headers) == "uk_organogram_junior"
    posts = read_rows(table, load_preset("uk_organogram_junior"))
    assert posts.posts.endswith(": 1,685 are read as 1,685 posts, each of one or less.")
    assert len({row.values["external_id"] for row in posts.rows}) == 1685
    units = read_rows(table, load_preset("uk_organogram_units"))
    assert len(units.rows) == 38
    assert units.rows[0].values == {
        "name": "Chief Executive's Office",
        "parent": "The British Library",
    }
    assert len(units.rows) + len(units.left_out) == len(table.rows)
