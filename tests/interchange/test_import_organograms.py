"""The published organograms of UK departments go in: their units, their posts and who reports to whom."""

from pathlib import Path

import pytest

from goldenthread.interchange.models import Import
from goldenthread.people.models import Person, ReportingClosure, Unit
from tests.interchange.importing import DATA, brought_in, holds, staged

FILES = sorted((DATA / "uk_organograms").glob("*.csv"))
SENIOR = [path for path in FILES if path.stem.endswith("senior")]
COUNTED = {
    "cabinet_office-2011-09-30-senior": (226, 1),
    "department_for_international_development-2014-09-30-senior": (92, 0),
    "the_british_library-2011-03-31-senior": (45, 0),
}


def twice(eve: Person, path: Path, kind: str) -> Import:
    first = brought_in(eve, path.read_bytes(), kind, filename=path.name)
    before = holds()
    second = brought_in(eve, path.read_bytes(), kind, filename=path.name)
    assert holds() == before
    assert (second.created, second.updated) == (0, 0)
    return first


@pytest.mark.parametrize("path", SENIOR, ids=lambda path: path.stem)
def test_posts_and_reporting_lines_go_in_once(eve: Person, path: Path) -> None:
    here = Person.objects.count()
    batch = twice(eve, path, "people")
    people, refused = COUNTED[path.stem]
    assert (Person.objects.count() - here, batch.refused) == (people, refused)
    managed = Person.objects.filter(manager__isnull=False).exclude(
        email__endswith="northwind.example"
    )
    assert managed.count() > people * 0.8
    assert (
        ReportingClosure.objects.filter(depth=1).count()
        == Person.objects.filter(manager__isnull=False).count()
    )


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_units_go_in_once(eve: Person, path: Path) -> None:
    batch = twice(eve, path, "units")
    assert batch.refused == 0
    assert Unit.objects.filter(parent__isnull=False).count() > 2


def test_vacant_posts_are_left_out_and_bridged(eve: Person) -> None:
    path = next(path for path in SENIOR if path.stem.startswith("cabinet"))
    batch = brought_in(eve, path.read_bytes(), filename=path.name)
    assert batch.kind == "people"
    assert batch.detected["preset"] == "uk_organogram"
    vacant = batch.rows.filter(reason__startswith="The post is vacant")
    assert vacant.count() == 7
    assert not Person.objects.filter(name="Vacant").exists()
    notes = " ".join(note for row in batch.rows.all() for note in row.notes)
    assert "which was left out; the next one up is" in notes


def test_groups_of_junior_posts_are_no_people(eve: Person) -> None:
    path = next(path for path in FILES if path.stem.endswith("junior"))
    batch = staged(eve, path.read_bytes(), "people", filename=path.name)
    assert "Each row is a group of junior posts" in batch.problem
    assert not batch.rows.exists()
