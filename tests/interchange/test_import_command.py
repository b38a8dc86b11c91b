"""`goldenthread import`: what it prints, what it leaves behind, and how it ends."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from goldenthread.interchange.models import Import
from goldenthread.objectives.models import Objective
from goldenthread.people.models import Person, Unit
from tests.cast import make_person
from tests.interchange.importing import DATA, holds

PLAN = DATA / "stratml" / "PMOAI_part1.xml"


def run(capsys: Any, *arguments: Any) -> tuple[int, str]:
    """The exit code and what was printed."""
    code = 0
    try:
        call_command("import", *(str(one) for one in arguments))
    except SystemExit as end:
        code = int(str(end.code))
    return code, capsys.readouterr().out


def refused(*arguments: Any) -> CommandError:
    with pytest.raises(CommandError) as caught:
        call_command("import", *(str(one) for one in arguments))
    assert caught.value.returncode == 2
    return caught.value


@pytest.fixture
def units(tmp_path: Path) -> Path:
    path = tmp_path / "units.csv"
    path.write_text("Unit;Parent\nWorks;\nTracks;Works\n")
    return path


def test_it_writes_and_says_what_it_wrote(capsys: Any, dee: Person, units: Path) -> None:
    code, told = run(capsys, "units", units, "--as", dee.email)
    assert code == 0
    assert told.startswith("units.csv (units): 2 created, 0 updated, 0 unchanged, 0 refused.")
    assert "line 3: unit “Tracks” (under Works)" in told
    assert Unit.objects.filter(name="Tracks").exists()
    assert Import.objects.get().author == dee


def test_some_rows_refused_is_one_and_nothing_done_is_two(
    capsys: Any, dee: Person, tmp_path: Path
) -> None:
    path = tmp_path / "units.csv"
    path.write_text("Unit;Parent\nWorks;\nNorth;South\nSouth;North\n")
    code, told = run(capsys, "units", path, "--as", dee.email)
    assert code == 1
    assert (
        "Refused\n  line 3: unit “North” (South)\n    That closes a loop: North → South → North."
        in told
    )
    path.write_text("Unit;Parent\nNorth;South\nSouth;North\n")
    code, told = run(capsys, "units", path, "--as", dee.email)
    assert code == 2
    assert told.rstrip().endswith("Nothing was written.")
    assert Import.objects.count() == 1


def test_a_second_time_changes_nothing_and_is_done(capsys: Any, ada: Person) -> None:
    assert run(capsys, "stratml", PLAN, "--as", ada.email)[0] == 0
    before = holds()
    code, told = run(capsys, "stratml", PLAN, "--as", ada.email)
    assert code == 0
    assert "0 created, 0 updated, 7 unchanged, 0 refused" in told
    assert holds() == before


def test_a_dry_run_writes_nothing(capsys: Any, ada: Person) -> None:
    code, told = run(capsys, "auto", PLAN, "--as", ada.email, "--dry-run")
    assert code == 0
    assert "8 would be created" in told
    assert "this was a dry run" in told
    assert not Objective.objects.exists()
    assert not Import.objects.exists()


def test_it_speaks_json(capsys: Any, dee: Person, units: Path) -> None:
    code, told = run(capsys, "units", units, "--as", dee.email, "--format", "json")
    data = json.loads(told)
    assert code == 0
    assert (data["created"], data["written"], data["import"]) == (2, True, Import.objects.get().pk)
    assert [one["title"] for one in data["rows"]] == ["Works", "Tracks"]


def test_a_mapping_is_saved_and_used_again(
    capsys: Any, dee: Person, tmp_path: Path, units: Path
) -> None:
    mapping = tmp_path / "mapping.json"
    run(capsys, "units", units, "--as", dee.email, "--dry-run", "--save-mapping", mapping)
    assert json.loads(mapping.read_text())["columns"] == {"name": "Unit", "parent": "Parent"}
    odd = tmp_path / "odd.csv"
    odd.write_text("Bezeichnung;Ober\nWorks;\n")
    mapping.write_text(
        json.dumps({"kind": "units", "columns": {"name": "Bezeichnung", "parent": "Ober"}})
    )
    assert run(capsys, "units", odd, "--as", dee.email, "--mapping", mapping)[0] == 0
    assert Unit.objects.filter(name="Works").exists()


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("plan.xml", b"<StrategicPlan>\n<Name></StrategicPlan>", "Line 2, column"),
        ("empty.csv", b"", "The file is empty"),
        ("deck.txt", b"Our strategy\n- be quick\n", "headings as draft priorities"),
        ("odd.csv", b"Thing,Colour\nA,red\n", "Say what the rows of this file are"),
        ("old.xls", b"\xd0\xcf\x11\xe0" + b"\0" * 600, "save it as .xlsx"),
    ],
)
def test_a_file_that_cannot_be_used_says_what_to_do(
    ada: Person, tmp_path: Path, name: str, content: bytes, says: str
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    assert says in str(refused("auto", path, "--as", ada.email))
    assert not Import.objects.exists()


def test_a_file_that_is_not_there_is_said(ada: Person) -> None:
    assert "No such file" in str(refused("auto", "nowhere.csv", "--as", ada.email))


def test_who_imports_is_named_or_the_only_one_who_could(
    capsys: Any, organisation: object, units: Path
) -> None:
    assert "Nobody here is an administrator" in str(refused("units", units))
    make_person("Ada Holm", granted_leader=True)
    assert run(capsys, "units", units)[0] == 0
    make_person("Eve Rask", is_admin=True)
    flo = make_person("Flo Dahl")
    assert "Say who with --as" in str(refused("units", units))
    assert "may not import" in str(refused("units", units, "--as", flo.email))
    assert "Nobody who works here" in str(refused("units", units, "--as", "x@x.example"))


def test_without_an_organisation_it_says_what_comes_first(db: None, units: Path) -> None:
    assert "no organisation" in str(refused("units", units))
