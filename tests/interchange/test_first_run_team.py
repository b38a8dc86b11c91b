"""Colleagues pasted on the first run: looked at row by row, the good ones added, the others mended."""

import pytest
from django.test import Client

from goldenthread.core.models import Organisation
from goldenthread.people.models import Person
from goldenthread.people.services import add_person, found_organisation
from tests.cast import TODAY, signed_in
from tests.interchange.test_first_run import FOUNDING

ROWS = "Ben Aske, ben@northwind.example, Ada Holm\nFlo Dahl; flo@northwind.example; Ben Aske"


@pytest.fixture
def founder(db: None) -> Person:
    person = found_organisation(**FOUNDING)
    Organisation.objects.update(stands_on=TODAY)
    return person


@pytest.fixture
def team(client: Client, founder: Person) -> Client:
    return signed_in(client, founder)


def rows_of(*rows: tuple[str, str, str]) -> dict[str, str]:
    """The preview as its form sends it."""
    names = ("name", "email", "manager")
    return {"act": "add"} | {
        f"{name}-{number}": text
        for number, row in enumerate(rows)
        for name, text in zip(names, row, strict=True)
    }


def test_a_pasted_list_is_shown_before_anybody_is_added(team: Client) -> None:
    page = team.post("/welcome/team/", {"act": "read", "rows": ROWS})
    assert page.status_code == 200
    assert b'value="flo@northwind.example"' in page.content
    assert Person.objects.count() == 1


def test_adding_ties_the_reporting_lines_and_goes_on(team: Client, founder: Person) -> None:
    answer = team.post(
        "/welcome/team/",
        rows_of(
            ("Flo Dahl", "flo@northwind.example", "Ben Aske"),
            ("Ben Aske", "ben@northwind.example", "Ada Holm"),
        ),
    )
    assert answer["Location"] == "/welcome/objective/"
    flo = Person.objects.get(name="Flo Dahl")
    assert flo.manager is not None
    assert (flo.manager.name, flo.manager.manager, flo.user) == ("Ben Aske", founder, None)


def test_the_good_rows_go_in_and_the_others_stay_to_be_mended(team: Client) -> None:
    page = team.post(
        "/welcome/team/",
        rows_of(
            ("Ben Aske", "ben@northwind.example", "Ada Holm"),
            ("Cyd Moss", "not-an-address", ""),
            ("", "gus@northwind.example", ""),
            ("Ivo Krag", "ivo@northwind.example", "Nobody Known"),
        ),
    )
    assert page.status_code == 422
    assert [row.name for row in page.context["rows"]] == ["Cyd Moss", "", "Ivo Krag"]
    assert b'value="not-an-address"' in page.content
    assert {person.name for person in Person.objects.all()} == {"Ada Holm", "Ben Aske"}
    answer = team.post("/welcome/team/", rows_of(("Cyd Moss", "", ""), ("", "", "")))
    assert answer["Location"] == "/welcome/objective/"
    assert Person.objects.filter(name="Cyd Moss").exists()


def test_people_who_would_report_in_a_circle_are_told_so(team: Client) -> None:
    page = team.post(
        "/welcome/team/", rows_of(("Ben Aske", "", "Flo Dahl"), ("Flo Dahl", "", "Ben Aske"))
    )
    assert page.status_code == 422
    assert b"report in a circle" in page.content
    assert Person.objects.count() == 1


def test_a_sponsor_known_by_name_alone_is_the_same_person(team: Client, founder: Person) -> None:
    ben = add_person(actor=founder, name="Ben Aske")
    team.post("/welcome/team/", rows_of(("ben aske", "ben@northwind.example", "Ada Holm")))
    ben.refresh_from_db()
    assert (ben.email, ben.manager) == ("ben@northwind.example", founder)
    assert Person.objects.count() == 2


def test_adding_the_same_rows_twice_doubles_nobody(team: Client) -> None:
    rows = rows_of(("Ben Aske", "ben@northwind.example", "Ada Holm"), ("Flo Dahl", "", "Ben Aske"))
    for _ in range(2):
        assert team.post("/welcome/team/", rows).status_code == 302
    assert Person.objects.count() == 3


def test_the_step_can_be_left_for_later(team: Client) -> None:
    team.post("/welcome/strategy/", {"text": "Punctual trains\nSafe stations"})
    strategy_page = team.get("/welcome/priorities/").context["form"]
    sent = {f"title-{one.pk}": one.title for one in strategy_page.priorities}
    team.post("/welcome/priorities/", sent | {"act": "confirm"})
    assert team.get("/welcome/")["Location"] == "/welcome/team/"
    assert team.post("/welcome/team/", {"act": "pass"})["Location"] == "/welcome/objective/"
    assert team.get("/welcome/")["Location"] == "/welcome/objective/"


@pytest.mark.parametrize("text", ["", "   \n  "])
def test_nobody_pasted_is_said(team: Client, text: str) -> None:
    assert team.post("/welcome/team/", {"act": "read", "rows": text}).status_code == 422
