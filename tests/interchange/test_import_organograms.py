"""The published organograms of UK departments go in: their units, their posts and who reports to whom."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db.models import Sum
from django.test import Client
from django.urls import reverse

from goldenthread.core import jobs
from goldenthread.interchange import services
from goldenthread.interchange.models import Import
from goldenthread.people.models import Person, ReportingClosure, Unit
from tests.cast import signed_in
from tests.interchange.importing import DATA, brought_in, holds, outcomes, staged, table
from tests.interchange.test_import_pages import act, drop, page

pytestmark = (
    pytest.mark.sqlite
)  # what is written is written by the import of people, which is tested on both

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


HEAD = "Organisation,Unit,Reporting Senior Post,Grade,Generic Job Title,Number of Posts in FTE"


def junior(*rows: str) -> bytes:
    """Junior posts that report to a senior post of the cast."""
    return table(HEAD, *(f"Northwind Rail,Stations,{row}" for row in rows))


@pytest.fixture
def senior(flo: Person) -> Person:
    flo.external_id = "S1"
    flo.save()
    return flo


def posts() -> dict[str, Decimal]:
    found = Person.objects.filter(external_id__startswith="post-").order_by("pk")
    return dict(found.values_list("name", "fte"))


def test_junior_posts_go_in_under_their_senior_posts(eve: Person, capsys: Any) -> None:
    path, below = (
        DATA / f"uk_organograms/cabinet_office-2011-09-30-{part}.csv"
        for part in ("senior", "junior")
    )
    brought_in(eve, path.read_bytes(), filename=path.name)
    with pytest.raises(SystemExit) as end:
        call_command("import", "auto", str(below), "--as", eve.email)
    assert end.value.code == 1
    told = capsys.readouterr().out
    assert "“COI1” is not among the people here" in told  # vacant, so it was left out
    assert "The file counts full-time equivalents, not heads: 73.03 are read as 76 posts" in told
    batch = Import.objects.first()
    assert batch is not None
    assert {row.about for row in batch.rows.filter(outcome="refused")} == {"COI1"}
    found = Person.objects.filter(external_id__startswith="post-")
    assert found.aggregate(sum=Sum("fte"))["sum"] == Decimal("71.03")
    assert not found.filter(manager=None).exists()
    assert not found.filter(unit=None).exists()
    assert not found.exclude(email="", user=None).exists()
    assert not found.filter(fte__gt=1).exists()
    once = holds()
    again = brought_in(eve, below.read_bytes(), filename=below.name)
    assert (again.created, again.updated) == (0, 0)
    assert holds() == once


def test_a_row_becomes_as_many_posts_as_it_counts(
    client: Client, eve: Person, senior: Person
) -> None:
    data = junior("S1,B,Secretary,2.6", "S1,C,Secretary,1")
    batch = staged(eve, data)
    signed_in(client, eve)
    words = "The file counts full-time equivalents, not heads: 3.6 are read as 4 posts"
    assert words in page(client, batch)
    services.apply(actor=eve, batch=batch)
    assert words in page(client, batch)
    assert (
        batch.rows.filter(
            notes=["The file counts full-time equivalents, not heads: 2.6 is read as 3 posts."]
        ).count()
        == 3
    )
    assert posts() == {
        "Secretary B, post 1": 1,
        "Secretary B, post 2": 1,
        "Secretary B, post 3": Decimal("0.6"),
        "Secretary C, post 1": 1,
    }
    post = Person.objects.get(name="Secretary B, post 3")
    assert (post.manager, post.level, post.position) == (senior, "B", "Secretary")
    assert post.unit == Unit.objects.get(name="Stations")


def test_alike_rows_are_numbered_on(eve: Person, senior: Person) -> None:
    data = junior("S1,B,Secretary,1.5", "S1,B,Clerk,1", "S1,b,Secretary,1")
    brought_in(eve, data)
    once = holds()
    assert posts() == {
        "Secretary B, post 1": 1,
        "Secretary B, post 2": Decimal("0.5"),
        "Secretary b, post 3": 1,
        "Clerk B, post 1": 1,
    }
    again = brought_in(eve, data)
    assert (again.created, again.updated, again.unchanged) == (0, 0, 4)
    assert holds() == once


def test_more_posts_are_added_and_fewer_are_told(eve: Person, senior: Person) -> None:
    brought_in(eve, junior("S1,B,Secretary,2"))
    more = brought_in(eve, junior("S1,B,Secretary,3.5"))
    assert (more.created, more.updated, more.unchanged) == (2, 0, 2)
    fewer = staged(eve, junior("S1,B,Secretary,2"))
    services.apply(actor=eve, batch=fewer)
    left = fewer.rows.filter(reason__contains="counts no such post any more")
    assert [row.title for row in left] == ["Secretary B, post 3", "Secretary B, post 4"]
    assert len(posts()) == 4
    none = brought_in(eve, junior("S1,B,Secretary,0", "S1,B,Clerk,1"))
    assert none.rows.filter(reason__contains="counts no such post any more").count() == 4


@pytest.mark.parametrize("number", ["", "0", "N/D", "-1", "1.125", "50%", "#REF!", "some"])
def test_a_row_without_a_number_of_posts_is_refused(
    eve: Person, senior: Person, number: str
) -> None:
    batch = brought_in(eve, junior(f"S1,B,Secretary,{number}", "S1,B,Clerk,1", "S1,B,Secretary,1"))
    assert outcomes(batch) == {2: "refused", 3: "created", 4: "refused"}
    assert "“Number of Posts in FTE”" in batch.rows.get(line=2).reason
    assert batch.rows.get(line=4).reason == "Line 2, which is alike, is refused."
    assert list(posts()) == ["Clerk B, post 1"]


def test_a_refused_row_comes_back_once(client: Client, eve: Person, senior: Person) -> None:
    batch = brought_in(eve, junior("S2,B,Secretary,3", "S1,B,Clerk,1"))
    assert batch.refused == 3
    assert "“S2” is not among the people here" in batch.rows.filter(line=2)[0].reason
    signed_in(client, eve)
    answer: Any = client.get(reverse("import-refused", args=[batch.pk]))
    assert len(answer.getvalue().splitlines()) == 2


def test_many_posts_of_few_rows_go_in_behind_the_page(
    client: Client, eve: Person, senior: Person
) -> None:
    signed_in(client, eve)
    drop(client, "junior.csv", junior("S1,B,Secretary,700"))
    batch = Import.objects.get()
    assert "The file is being read" in page(client, batch)
    jobs.run_due()
    act(client, "import-apply", batch)
    jobs.run_due()
    assert len(posts()) == 700


def test_junior_posts_can_go_in_as_units_instead(client: Client, eve: Person) -> None:
    path = next(path for path in FILES if "library" in path.stem and path.stem.endswith("junior"))
    signed_in(client, eve)
    drop(client, path.name, path.read_bytes())
    batch = Import.objects.get()
    jobs.run_due()
    act(client, "import-columns", batch, kind="units")
    batch.refresh_from_db()
    assert (batch.kind, batch.refused) == ("units", 0)
    assert batch.created > 30
