"""From an empty database to the first gold line: every step, left and come back to, sent twice, and got wrong."""

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from goldenthread.core.models import Organisation
from goldenthread.interchange.first_run.objective import quarter_of
from goldenthread.objectives.models import CheckIn, Cycle, Objective
from goldenthread.objectives.states import State
from goldenthread.people.models import Person, User
from goldenthread.people.services import found_organisation
from goldenthread.strategy.models import Priority, Strategy
from tests.cast import TODAY, Cast, make_person, signed_in

FOUNDING = {
    "name": "Northwind Rail",
    "person_name": "Ada Holm",
    "email": "ada@northwind.example",
    "password": "a-long-train-journey",
    "time_zone": "Europe/Copenhagen",
}
PASTED = "Punctual trains\n- Delays from 40 to 10 a week by 2027\nSafe stations\nQuiet nights"


@pytest.fixture
def founder(db: None) -> Person:
    """Ada, who has just founded the organisation; the day is `TODAY`."""
    person = found_organisation(**FOUNDING)
    Organisation.objects.update(stands_on=TODAY)
    return person


@pytest.fixture
def ada_signed_in(client: Client, founder: Person) -> Client:
    return signed_in(client, founder)


def paste(client: Client, text: str = PASTED) -> Strategy:
    """What is pasted, as drafts."""
    assert client.post("/welcome/strategy/", {"text": text}).status_code == 302
    return Strategy.objects.get()


def shown(client: Client) -> dict[str, Any]:
    """The form of the drafts as the page has it, ready to be sent back."""
    form = client.get("/welcome/priorities/").context["form"]
    sent = {name: form[name].value() for name in form.fields}
    sent = {name: text for name, text in sent.items() if text not in (None, False)}
    sent |= {name: "on" for name, text in sent.items() if text is True}
    for place, priority in enumerate(form.priorities, start=1):
        sent[f"order-{priority.pk}"] = str(place)
        sent[f"version-{priority.pk}"] = str(priority.version)
    return sent | {"act": "confirm"}


def confirm(client: Client, **changes: str) -> Any:
    return client.post("/welcome/priorities/", shown(client) | changes)


def set_objective(client: Client, **changes: Any) -> Any:
    given = {
        "title": "Cut delays at the junction",
        "priority": Priority.objects.active().first().pk,
        "key_result": "Delayed departures a week",
        "baseline": "40",
        "target": "10",
        "measure": "trains",
    }
    return client.post("/welcome/objective/", given | changes)


# The organisation -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("address", ["/", "/people/", "/accounts/login/", "/welcome/strategy/"])
def test_in_an_empty_database_every_address_leads_to_the_welcome(
    db: None, client: Client, address: str
) -> None:
    answer = client.get(address)
    assert (answer.status_code, answer["Location"]) == (302, "/welcome/")


def test_founding_makes_the_first_leader_and_administrator_and_signs_them_in(
    db: None, client: Client
) -> None:
    answer = client.post("/welcome/", FOUNDING)
    assert answer["Location"] == "/welcome/strategy/"
    person = Person.objects.get()
    assert (person.granted_leader, person.is_admin) == (True, True)
    assert Organisation.objects.get().time_zone == "Europe/Copenhagen"
    assert client.get("/welcome/strategy/").status_code == 200


def test_what_was_typed_survives_a_weak_password(db: None, client: Client) -> None:
    answer = client.post("/welcome/", FOUNDING | {"password": "short"})
    assert answer.status_code == 422
    assert b'value="Northwind Rail"' in answer.content
    assert b"too short" in answer.content
    assert not User.objects.exists()


def test_a_second_founding_is_not_possible(founder: Person, client: Client) -> None:
    answer = client.post("/welcome/", FOUNDING | {"email": "eve@evil.example"})
    assert answer["Location"].startswith("/accounts/login/")
    assert Person.objects.get() == founder


def test_only_the_founder_sees_the_way(cast: Cast, client: Client) -> None:
    for address in ("/welcome/", "/welcome/strategy/", "/welcome/line/"):
        answer = signed_in(client, cast.eve).get(address)
        assert (answer.status_code, answer["Location"]) == (302, "/")
    client.logout()
    assert client.get("/welcome/team/")["Location"].startswith("/accounts/login/")


def test_a_step_waits_for_what_it_builds_on(ada_signed_in: Client) -> None:
    for step in ("", "priorities/", "objective/", "check-in/", "line/"):
        answer = ada_signed_in.get(f"/welcome/{step}")
        assert answer["Location"] == "/welcome/strategy/", step


# The priorities ---------------------------------------------------------------------------------------------


def test_pasted_text_becomes_drafts_that_count_nowhere(ada_signed_in: Client) -> None:
    strategy = paste(ada_signed_in)
    drafts = list(strategy.priorities.all())
    assert [one.title for one in drafts] == ["Punctual trains", "Safe stations", "Quiet nights"]
    assert {one.state for one in drafts} == {Priority.State.UNCONFIRMED}
    assert strategy.state == Strategy.State.DRAFT
    result = drafts[0].expected_results.get()
    assert (result.baseline, result.target) == (Decimal(40), Decimal(10))
    assert result.due_on == dt.date(2027, 12, 31)
    page = ada_signed_in.get("/welcome/priorities/").content
    assert page.count(b'class="draft is-unconfirmed"') == 3


def test_pasting_again_and_reloading_doubles_nothing(ada_signed_in: Client) -> None:
    paste(ada_signed_in)
    strategy = paste(ada_signed_in, PASTED + "\nMore freight")
    assert strategy.priorities.count() == 4
    assert strategy.priorities.get(title="Punctual trains").expected_results.count() == 1


def test_confirming_takes_on_the_words_the_order_and_the_sponsors(ada_signed_in: Client) -> None:
    strategy = paste(ada_signed_in)
    first, second, third = strategy.priorities.all()
    result = first.expected_results.get()
    answer = confirm(
        ada_signed_in,
        **{
            f"title-{first.pk}": "Trains on time",
            f"result-{result.pk}": "Delays from 40 to 5 a week by 2027",
            f"more-{first.pk}": "Passengers from 80 to 100 million",
            f"sponsor-{first.pk}": "Ben Aske",
            f"sponsor-{second.pk}": "Ada Holm",
            f"out-{third.pk}": "on",
            f"order-{second.pk}": "1",
            f"order-{first.pk}": "2",
            "another": "More freight",
        },
    )
    assert answer["Location"] == "/welcome/team/"
    strategy.refresh_from_db()
    assert strategy.state == Strategy.State.IN_FORCE
    active = list(strategy.priorities.active())
    assert [one.title for one in active] == ["Safe stations", "Trains on time", "More freight"]
    ben = Person.objects.get(name="Ben Aske")
    assert (active[1].sponsor, ben.user, ben.is_leader) == (ben, None, True)
    texts = [(one.text, one.target) for one in active[1].expected_results.all()]
    assert texts[0] == ("Delays from 40 to 5 a week by 2027", Decimal(5))
    assert texts[1][0] == "Passengers from 80 to 100 million"
    third.refresh_from_db()
    assert third.state == Priority.State.DROPPED


def test_sending_the_confirmed_page_again_changes_nothing(ada_signed_in: Client) -> None:
    strategy = paste(ada_signed_in)
    first = strategy.priorities.all()[0]
    sent = shown(ada_signed_in) | {
        f"sponsor-{first.pk}": "Ben Aske",
        f"more-{first.pk}": "Fewer complaints",
        "another": "More freight",
    }
    for _ in range(2):
        assert ada_signed_in.post("/welcome/priorities/", sent).status_code == 302
    assert strategy.priorities.count() == 4
    assert first.expected_results.count() == 2
    assert Person.objects.count() == 2


def test_saving_for_later_confirms_nothing_and_remembers_what_is_left_out(
    ada_signed_in: Client,
) -> None:
    strategy = paste(ada_signed_in)
    last = strategy.priorities.last()
    assert last is not None
    confirm(ada_signed_in, **{f"out-{last.pk}": "on", "act": "save"})
    assert not strategy.priorities.active().exists()
    form = ada_signed_in.get("/welcome/priorities/").context["form"]
    assert form[f"out-{last.pk}"].value() is True


def test_a_name_that_two_people_have_is_asked_for_and_nothing_is_half_written(
    ada_signed_in: Client,
) -> None:
    make_person("Ben Aske", account=False)
    make_person("Ben Aske", account=False)
    strategy = paste(ada_signed_in)
    first = strategy.priorities.all()[0]
    answer = confirm(
        ada_signed_in, **{f"title-{first.pk}": "Other words", f"sponsor-{first.pk}": "Ben Aske"}
    )
    assert answer.status_code == 422
    assert b"More than one is called" in answer.content
    assert b"Other words</textarea>" in answer.content
    first.refresh_from_db()
    assert (first.title, first.state) == ("Punctual trains", Priority.State.UNCONFIRMED)


def test_a_refused_sponsor_takes_everything_back(ada_signed_in: Client) -> None:
    strategy = paste(ada_signed_in)
    first, second, _ = strategy.priorities.all()
    answer = confirm(
        ada_signed_in,
        **{f"title-{first.pk}": "Other words", f"sponsor-{second.pk}": "Ben Aske <ben at home>"},
    )
    assert answer.status_code == 422
    first.refresh_from_db()
    assert first.title == "Punctual trains"
    assert not Person.objects.filter(name="Ben Aske").exists()


def test_nothing_left_is_refused(ada_signed_in: Client) -> None:
    strategy = paste(ada_signed_in)
    out = {f"out-{one.pk}": "on" for one in strategy.priorities.all()}
    answer = confirm(ada_signed_in, **out)
    assert answer.status_code == 422
    assert b"Keep at least one priority" in answer.content


def test_more_than_five_are_flagged_and_not_blocked(ada_signed_in: Client) -> None:
    paste(
        ada_signed_in,
        "\n".join(f"Priority of {name}" for name in ["sea", "air", "land", "rail", "road", "sky"]),
    )
    page = ada_signed_in.get("/welcome/priorities/").content.decode()
    assert "data-many role" in page
    assert confirm(ada_signed_in)["Location"] == "/welcome/team/"
    assert Priority.objects.active().count() == 6


def test_what_a_colleague_saved_meanwhile_is_not_written_over(ada_signed_in: Client) -> None:
    strategy = paste(ada_signed_in)
    first = strategy.priorities.all()[0]
    stale = shown(ada_signed_in)
    Priority.objects.filter(pk=first.pk).update(title="Somebody’s words", version=first.version + 1)
    answer = ada_signed_in.post("/welcome/priorities/", stale | {f"title-{first.pk}": "My words"})
    assert answer.status_code == 409
    first.refresh_from_db()
    assert first.title == "Somebody’s words"


def test_a_database_error_page_never_meets_odd_input(ada_signed_in: Client) -> None:
    strategy = paste(ada_signed_in)
    first = strategy.priorities.all()[0]
    odd = {f"order-{first.pk}": "9" * 40, f"version-{first.pk}": "x", f"sponsor-{first.pk}": "#77"}
    assert confirm(ada_signed_in, **odd).status_code == 422


# Objective, check-in, line ----------------------------------------------------------------------------------


def test_the_objective_is_agreed_at_once_in_a_cycle_made_for_it(ada_signed_in: Client) -> None:
    paste(ada_signed_in)
    confirm(ada_signed_in)
    assert set_objective(ada_signed_in)["Location"] == "/welcome/check-in/"
    objective = Objective.objects.get()
    assert (objective.state, objective.in_line) == (State.ACTIVE, True)
    assert (objective.cycle.name, objective.cycle.ends_on) == ("Q2 2026", dt.date(2026, 6, 30))
    set_objective(ada_signed_in)
    assert (Objective.objects.count(), Cycle.objects.count()) == (1, 1)


def test_where_somebody_stands_above_the_objective_waits_for_them(
    ada_signed_in: Client, founder: Person
) -> None:
    paste(ada_signed_in)
    confirm(ada_signed_in)
    Person.objects.filter(pk=founder.pk).update(manager=make_person("Gus Lind"))
    set_objective(ada_signed_in)
    assert Objective.objects.get().state == State.PROPOSED
    assert b"waits for Gus Lind to agree" in ada_signed_in.get("/welcome/check-in/").content


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"target": "40"}, b"Equal to the start"),
        ({"title": ""}, b"This is needed"),
        ({"priority": "999"}, b"Select a valid choice"),
        ({"baseline": "many"}, b"Write a number"),
    ],
)
def test_an_objective_that_cannot_be_is_refused_beside_its_field(
    ada_signed_in: Client, changes: dict[str, str], words: bytes
) -> None:
    paste(ada_signed_in)
    confirm(ada_signed_in)
    answer = set_objective(ada_signed_in, **changes)
    assert answer.status_code == 422
    assert words in answer.content
    assert not Objective.objects.exists()
    assert not Cycle.objects.exists()


def test_one_check_in_ties_the_line_and_a_second_post_doubles_nothing(
    ada_signed_in: Client,
) -> None:
    paste(ada_signed_in)
    confirm(ada_signed_in)
    set_objective(ada_signed_in)
    assert ada_signed_in.post("/welcome/check-in/", {"value": ""}).status_code == 422
    for _ in range(2):
        answer = ada_signed_in.post("/welcome/check-in/", {"value": "32.5", "confidence": "high"})
        assert answer["Location"] == "/welcome/line/"
    assert CheckIn.objects.count() == 1
    page = ada_signed_in.get("/welcome/line/").content.decode()
    for words in ("Punctual trains", "Cut delays at the junction", "32.5", "13 May 2026"):
        assert words in page
    assert ada_signed_in.get("/welcome/")["Location"] == "/welcome/line/"


def test_going_back_shows_what_there_is_and_asks_for_nothing_twice(ada_signed_in: Client) -> None:
    paste(ada_signed_in)
    confirm(ada_signed_in)
    set_objective(ada_signed_in)
    assert b"Your objective stands" in ada_signed_in.get("/welcome/objective/").content
    assert b"confirmed and in force" in ada_signed_in.get("/welcome/priorities/").content
    assert ada_signed_in.get("/welcome/")["Location"] == "/welcome/check-in/"


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (dt.date(2026, 1, 1), ("Q1 2026", dt.date(2026, 1, 1), dt.date(2026, 3, 31))),
        (dt.date(2028, 2, 29), ("Q1 2028", dt.date(2028, 1, 1), dt.date(2028, 3, 31))),
        (dt.date(2026, 9, 30), ("Q3 2026", dt.date(2026, 7, 1), dt.date(2026, 9, 30))),
        (dt.date(2026, 12, 31), ("Q4 2026", dt.date(2026, 10, 1), dt.date(2026, 12, 31))),
    ],
)
def test_the_quarter_is_that_of_the_calendar(
    day: dt.date, expected: tuple[str, dt.date, dt.date]
) -> None:
    assert quarter_of(day) == expected


def test_the_pages_ask_the_database_a_fixed_number_of_times(
    ada_signed_in: Client, assert_queries: Callable[..., Any]
) -> None:
    paste(ada_signed_in, "\n".join(f"{word} {PASTED}" for word in ("One", "Two", "Three")))
    assert_queries("first run: drafts", ada_signed_in.get, "/welcome/priorities/")
    confirm(ada_signed_in)
    assert_queries("first run: objective", ada_signed_in.get, "/welcome/objective/")
    set_objective(ada_signed_in)
    ada_signed_in.post("/welcome/check-in/", {"value": "32"})
    assert_queries("first run: line", ada_signed_in.get, "/welcome/line/")
