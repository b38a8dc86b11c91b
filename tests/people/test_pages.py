"""The pages about people, units and the chart: what they show, to whom, in how many queries."""

import csv
import datetime as dt
import io
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from goldenthread.people import selectors, services
from goldenthread.people.models import Person, Unit
from tests.cast import TODAY, Cast, make_organisation, make_person, make_unit, signed_in


@pytest.fixture
def as_dee(cast: Cast, client: Client) -> Client:
    return signed_in(client, cast.dee)


def names(page: Any) -> list[str]:
    return [person.name.split()[0] for person in page.context["page"]]


def test_the_list_is_searched_narrowed_and_sorted_by_its_address(
    cast: Cast, as_dee: Client
) -> None:
    away = make_person("Élodie Krag", account=False, end=TODAY - dt.timedelta(1))
    url = reverse("people")
    assert names(as_dee.get(url)) == ["Ada", "Ben", "Cyd", "Dee", "Eve", "Flo", "Gus"]
    assert names(as_dee.get(url, {"q": "head of"})) == ["Ben", "Gus"]
    assert names(as_dee.get(url, {"q": "FLO dahl"})) == ["Flo"]
    assert names(as_dee.get(url, {"q": "élodie", "state": "all"})) == ["Élodie"]
    assert names(as_dee.get(url, {"state": "left"})) == [away.name.split()[0]]
    assert names(as_dee.get(url, {"unit": cast.root.pk})) == [
        "Ada",
        "Ben",
        "Cyd",
        "Dee",
        "Eve",
        "Flo",
        "Gus",
    ]
    assert names(as_dee.get(url, {"unit": cast.operations.pk, "sort": "-name"})) == ["Flo", "Ben"]
    assert names(as_dee.get(url, {"manager": cast.gus.pk})) == ["Cyd"]
    assert names(as_dee.get(url, {"manager": "none"})) == ["Ada"]
    assert names(as_dee.get(url, {"account": "without", "state": "all"})) == ["Élodie"]
    assert names(as_dee.get(url, {"sort": "position"}))[0] == "Ada"
    for nonsense in ({"unit": "9" * 30}, {"manager": "x"}, {"sort": "password"}, {"page": "0"}):
        assert len(names(as_dee.get(url, nonsense))) == 7


def test_a_filter_that_fits_nobody_offers_the_way_back(cast: Cast, as_dee: Client) -> None:
    words = as_dee.get(reverse("people"), {"q": "zzz"}).content.decode()
    assert "Nobody fits" in words
    assert "Show everybody" in words


def test_what_stands_in_the_list_follows_the_role(cast: Cast, client: Client) -> None:
    for person, add, edit in (
        (cast.flo, False, False),
        (cast.ben, True, False),
        (cast.dee, True, True),
    ):
        words = signed_in(client, person).get(reverse("people")).content.decode()
        assert (reverse("person-add") in words) is add
        assert (reverse("person-edit", args=[cast.flo.pk]) in words) is edit


def test_the_csv_is_what_the_page_shows_and_nothing_executes(cast: Cast, as_dee: Client) -> None:
    services.edit_person(actor=cast.dee, person=cast.flo, position="=HYPERLINK(1)")
    answer = as_dee.get(reverse("people-csv"), {"unit": cast.operations.pk})
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [row["name"] for row in rows] == ["Ben Aske", "Flo Dahl"]
    assert rows[1]["manager_email"] == "ben@northwind.example"
    assert rows[1]["position"] == "'=HYPERLINK(1)"
    assert rows[1]["fte"] == "1"


def test_pickers_find_by_name_and_nobody_who_left(cast: Cast, as_dee: Client) -> None:
    make_person("Flora Holm", account=False, end=TODAY - dt.timedelta(1))
    make_person("Hal Flock", account=False)
    words = as_dee.get(reverse("people-pick"), {"q": "flo"}).content.decode()
    assert words.index("Flo Dahl") < words.index("Hal Flock")
    assert "Flora" not in words
    assert "Train planner, Operations" in words
    assert "Stations" in as_dee.get(reverse("units-pick"), {"q": "stat"}).content.decode()


def test_somebody_is_added_by_form_with_names_as_typed(cast: Cast, as_dee: Client) -> None:
    fields = {
        "name": "Ivo Krag",
        "email": "ivo@northwind.example",
        "manager": "Ben Aske <ben@northwind.example>",
        "unit": "operations",
        "fte": "0,5",
    }
    assert as_dee.post(reverse("person-add"), fields).status_code == 302
    ivo = Person.objects.get(name="Ivo Krag")
    assert (ivo.manager, ivo.unit, str(ivo.fte)) == (cast.ben, cast.operations, "0.50")


def test_what_is_wrong_stands_beside_its_field_and_what_was_typed_stays(
    cast: Cast, as_dee: Client
) -> None:
    make_person("Ben Aske", account=False)
    fields = {"name": "Ivo Krag", "email": "flo@northwind.example", "fte": "1"}
    page = as_dee.post(reverse("person-add"), fields | {"manager": "Ben Aske"})
    assert page.status_code == 422
    assert page.context["form"].errors["manager"] == [
        "More than one is called “Ben Aske”. Choose one from the list."
    ]
    chosen = {"manager": "Ben Aske", "manager_id": str(cast.ben.pk)}
    page = as_dee.post(reverse("person-add"), fields | chosen)
    assert "Flo Dahl has the e-mail" in page.context["form"].errors["email"][0]
    assert f'name="manager_id" value="{cast.ben.pk}"' in page.content.decode()
    page = as_dee.post(reverse("person-add"), fields | {"manager": "Zed"})
    assert page.context["form"].errors["manager"] == ["Nobody called “Zed” is here."]


def test_a_loop_in_the_form_is_refused_with_its_path(cast: Cast, as_dee: Client) -> None:
    url = reverse("person-edit", args=[cast.ada.pk])
    fields = {"name": "Ada Holm", "email": cast.ada.email, "fte": "1", "manager": "Flo Dahl"}
    page = as_dee.post(url, fields | {"version": cast.ada.version})
    assert page.status_code == 422
    assert "Ada Holm → Flo Dahl → Ben Aske → Ada Holm" in page.content.decode()
    page = as_dee.post(
        reverse("unit-edit", args=[cast.root.pk]),
        {"name": "Northwind Rail", "parent": "Operations", "version": cast.root.version},
    )
    assert "Northwind Rail → Operations → Northwind Rail" in page.content.decode()


def test_the_second_of_two_who_edit_sees_both_versions(cast: Cast, as_dee: Client) -> None:
    url = reverse("person-edit", args=[cast.flo.pk])
    typed = {
        "name": "Flo Dahl",
        "email": cast.flo.email,
        "fte": "1",
        "version": cast.flo.version,
        "manager": "Ben Aske",
        "unit": "Operations",
    }
    assert as_dee.post(url, typed | {"position": "Senior planner"}).status_code == 302
    page = as_dee.post(url, typed | {"position": "Chief planner"})
    assert page.status_code == 409
    assert "Senior planner" in page.content.decode()
    assert "Chief planner" in page.content.decode()
    assert Person.objects.get(pk=cast.flo.pk).position == "Senior planner"


def test_leaving_and_staying_after_all(cast: Cast, as_dee: Client) -> None:
    url = reverse("person-leave", args=[cast.flo.pk])
    assert as_dee.post(url, {"on": "nonsense"}).status_code == 422
    as_dee.post(url, {"on": "2026-05-31"})
    assert Person.objects.get(pk=cast.flo.pk).end == dt.date(2026, 5, 31)
    as_dee.post(url, {"stay": "1"})
    assert Person.objects.get(pk=cast.flo.pk).end is None


def test_roles_and_accounts_are_the_administrators(cast: Cast, client: Client) -> None:
    url = reverse("person-roles", args=[cast.flo.pk])
    for person in (cast.ada, cast.dee, cast.flo):
        signed_in(client, person)
        assert client.get(url).status_code == 403
        assert client.post(url, {"admin": "on"}).status_code == 403
        assert client.post(reverse("person-account", args=[cast.flo.pk])).status_code == 403
    signed_in(client, cast.eve)
    assert client.post(url, {"leader": "on", "hr": "on"}).status_code == 302
    flo = Person.objects.get(pk=cast.flo.pk)
    assert (flo.granted_leader, flo.is_hr, flo.is_admin) == (True, True, False)
    last = client.post(reverse("person-roles", args=[cast.eve.pk]), {})
    assert last.status_code == 422
    assert "last administrator" in last.content.decode()
    client.post(reverse("person-account", args=[cast.flo.pk]), {"active": "no"})
    assert not Person.objects.get(pk=cast.flo.pk).user.is_active


def test_days_away_are_noted_and_taken_back(cast: Cast, client: Client) -> None:
    signed_in(client, cast.flo)
    url = reverse("person-absences", args=[cast.flo.pk])
    client.post(url, {"start": "2026-07-06", "end": "2026-07-24"})
    assert "6 July to 24 July 2026" in client.get(url).content.decode()
    absence = cast.flo.absences.get()
    signed_in(client, cast.cyd)
    assert client.get(url).status_code == 403
    assert client.post(reverse("absence-remove", args=[absence.pk])).status_code == 403
    signed_in(client, cast.ben)
    client.post(reverse("absence-remove", args=[absence.pk]))
    assert not cast.flo.absences.exists()


def test_units_stand_as_a_tree_with_their_people(cast: Cast, as_dee: Client) -> None:
    rows = as_dee.get(reverse("units")).context["rows"]
    assert [(row.unit.name, row.depth, row.people, row.people_below) for row in rows] == [
        ("Northwind Rail", 0, 3, 7),
        ("Operations", 1, 2, 2),
        ("Stations", 1, 2, 2),
    ]


def test_units_are_added_edited_and_ended_by_form(cast: Cast, as_dee: Client) -> None:
    as_dee.post(
        reverse("unit-add"), {"name": "Fleet", "parent": "Operations", "leader": "Flo Dahl"}
    )
    fleet = Unit.objects.get(name="Fleet")
    assert fleet.leader == cast.flo
    url = reverse("unit-edit", args=[fleet.pk])
    as_dee.post(url, {"name": "Fleet", "parent": "Stations", "version": fleet.version})
    assert [unit.name for unit in selectors.units_above(fleet)] == ["Northwind Rail", "Stations"]
    held = as_dee.post(reverse("unit-end", args=[cast.stations.pk]), {"on": "2026-05-13"})
    assert held.status_code == 422
    assert "Move what Stations still holds first: 2 people and 1 unit." in held.content.decode()
    as_dee.post(reverse("unit-end", args=[fleet.pk]), {"on": "2026-05-13"})
    rows = as_dee.get(reverse("units")).context["rows"]
    assert "Fleet" not in [row.unit.name for row in rows]


def test_the_chart_shows_the_top_and_loads_the_rest(cast: Cast, as_dee: Client) -> None:
    make_person("Ivo Krag", account=False)
    page = as_dee.get(reverse("people-chart"))
    words = page.content.decode()
    assert (
        words.index("Ada Holm")
        < words.index("4 direct reports, 6 in all")
        < words.index("Ben Aske")
    )
    assert "Flo Dahl" not in words
    assert [person.name for person in page.context["beside"]] == ["Ivo Krag"]
    assert "Flo Dahl" in as_dee.get(reverse("person-reports", args=[cast.ben.pk])).content.decode()
    focused = as_dee.get(reverse("people-chart"), {"from": cast.ben.pk}).content.decode()
    assert "From Ben Aske downward" in focused
    assert "Flo Dahl" in focused
    assert f"?from={cast.ada.pk}" in focused
    by_name = as_dee.get(reverse("people-chart"), {"person": "Flo Dahl"})
    assert by_name.context["focus"] == cast.flo
    assert as_dee.get(reverse("people-chart"), {"from": 9999}).status_code == 404


def test_who_reports_to_somebody_who_left_stands_at_the_top(cast: Cast, as_dee: Client) -> None:
    make_person("Ivo Krag", account=False, manager=cast.flo)
    Person.objects.filter(pk=cast.ben.pk).update(end=TODAY - dt.timedelta(1))
    level = selectors.chart_level(cast.dee, None)
    assert [person.name for person in level.people] == ["Ada Holm", "Flo Dahl"]


@pytest.fixture
def counted_afresh() -> Iterator[None]:
    """What is kept of so many people must not reach the tests after this one."""
    yield
    selectors.LARGE.kept.clear()


@pytest.mark.django_db
@pytest.mark.usefixtures("counted_afresh")
def test_ten_thousand_people_are_charted_a_level_at_a_time(
    client: Client, assert_queries: Callable[..., Any]
) -> None:
    make_organisation()
    root = make_unit("Large")
    reader = make_person("Top", unit=root, is_hr=True)
    first = reader.pk + 1  # a sequence on PostgreSQL outlives the tests before this one
    Person.objects.bulk_create(
        [
            Person(
                pk=first + n,
                name=f"P{n:05}",
                unit=root,
                manager_id=first + n // 150 - 1 if n >= 150 else reader.pk,
            )
            for n in range(10_000)
        ],
        batch_size=500,
    )
    services.rebuild_closures()
    signed_in(client, reader)
    page = assert_queries("people chart of 10,000", client.get, reverse("people-chart"))
    assert len(page.content) < 150_000
    assert "50 more" in page.content.decode()
    more = client.get(reverse("person-reports", args=[reader.pk]), {"after": 100})
    assert more.content.decode().count("<li>") == 50
    listed = assert_queries("people list of 10,000", client.get, reverse("people"))
    assert len(names(listed)) == 50


def test_pages_ask_the_same_number_of_queries_whatever_the_size(
    cast: Cast, as_dee: Client, assert_queries: Callable[..., Any]
) -> None:
    pages = {
        "people": reverse("people"),
        "units": reverse("units"),
        "people chart": reverse("people-chart"),
        "person edit": reverse("person-edit", args=[cast.flo.pk]),
        "unit edit": reverse("unit-edit", args=[cast.operations.pk]),
        "person picker": reverse("people-pick") + "?q=a",
    }
    for name, url in pages.items():
        assert assert_queries(name, as_dee.get, url).status_code == 200
    for n in range(20):
        unit = services.add_unit(
            actor=cast.dee, name=f"U{n}", parent=cast.operations, leader=cast.flo
        )
        services.add_person(actor=cast.dee, name=f"A{n}", unit=unit, manager=cast.ben)
    for name, url in pages.items():
        assert_queries(name, as_dee.get, url)


@pytest.mark.parametrize("page", ["person-edit", "unit-edit"])
def test_a_form_put_right_does_not_overwrite_what_was_saved_meanwhile(
    cast: Cast, as_dee: Client, page: str
) -> None:
    """The page that says what is wrong still belongs to the version that the form was made from."""
    record: Person | Unit = cast.flo if page == "person-edit" else cast.operations
    url = reverse(page, args=[record.pk])
    typed = {"name": record.name, "fte": "1", "version": str(record.version)}
    typed["email"] = getattr(record, "email", "")
    if isinstance(record, Person):
        services.edit_person(actor=cast.eve, person=record, position="Dispatcher")
    else:
        services.edit_unit(
            actor=cast.eve, unit=record, name="Running", parent=None, leader=None, fte=None
        )
    wrong = as_dee.post(url, typed | {"name": ""})
    assert wrong.status_code == 422
    [sent] = re.findall(r'name="version" value="(\d*)"', wrong.content.decode())
    assert as_dee.post(url, typed | {"version": sent}).status_code == 409
    del typed["version"]
    assert as_dee.post(url, typed).status_code == 409


def test_somebody_added_is_found_whatever_their_name(cast: Cast, as_dee: Client) -> None:
    answer = as_dee.post(reverse("person-add"), {"name": "Ole & Bo #2", "fte": "1"}, follow=True)
    assert answer.context["chosen"].text == "Ole & Bo #2"
