"""Where decisions stand: the log, their page, the pages of what they touch, home, search, history, webhooks; and for whom."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from goldenthread.core.access import can
from goldenthread.core.models import AuditRecord
from goldenthread.insights.selectors.deciding import decision_tasks
from goldenthread.insights.selectors.due import REMINDED
from goldenthread.interchange.webhooks.events import body_of, open_to_everybody
from goldenthread.people.models import Person
from goldenthread.permissions import Action
from goldenthread.strategy.models import Strategy
from goldenthread.tradeoffs import services
from goldenthread.tradeoffs.models import Decision
from tests.cast import (
    TODAY,
    Cast,
    make_decision,
    make_deputy,
    make_kpi,
    make_objective,
    make_priority,
    signed_in,
)

pytestmark = pytest.mark.django_db
YESTERDAY, SOON = TODAY - dt.timedelta(1), TODAY + dt.timedelta(7)
QUESTION = "Do we lease or buy?"


def shows(client: Client, address: str, words: str = QUESTION) -> bool:
    answer = client.get(address)
    body = b"".join(answer) if answer.streaming else answer.content
    return words.replace("'", "&#x27;") in body.decode()


def test_a_decision_stands_on_the_page_of_everything_it_touches(
    client: Client, strategy: Strategy, cast: Cast
) -> None:
    kpi, objective = make_kpi(), make_objective(cast.flo)
    touched = [make_priority(strategy), objective, cast.operations, kpi, cast.flo]
    make_decision(cast.ben, touches=touched, decided_on=YESTERDAY, freed_fte=2)
    signed_in(client, cast.cyd)
    for record, address in zip(
        touched, ("priorities", "objectives", "units", "kpis", "people"), strict=True
    ):
        page = client.get(f"/{address}/{record.pk}/").content.decode()
        assert QUESTION in page
        assert "Given up: The new depot" in page
        assert "2 FTE" in page
    untouched = make_objective(cast.cyd)
    assert "Given up" not in client.get(f"/objectives/{untouched.pk}/").content.decode()


@pytest.mark.parametrize("reader", ["cyd", "dee", "eve"])
def test_a_confidential_one_leaks_nowhere(
    client: Client, strategy: Strategy, cast: Cast, reader: str
) -> None:
    """Neither on a page, nor in a count, a file, a search, a history, or an event."""
    objective = make_objective(cast.cyd)
    one = make_decision(cast.ben, touches=[objective, cast.stations], confidential=True)
    signed_in(client, getattr(cast, reader))
    for address in (
        "/decisions/",
        "/decisions/csv/",
        f"/objectives/{objective.pk}/",
        f"/units/{cast.stations.pk}/",
        "/search/?q=lease",
        "/",
    ):
        assert not shows(client, address), address
    assert shows(client, "/decisions/", "No decision on record yet")
    for address in (f"/decisions/{one.pk}/", f"/history/decision/{one.pk}/"):
        assert client.get(address).status_code == 404
    signed_in(client, cast.gus)  # a leader
    assert shows(client, f"/objectives/{objective.pk}/")


def test_those_named_see_a_confidential_one(cast: Cast) -> None:
    one = make_decision(cast.ben, touches=[cast.cyd], confidential=True)
    author = make_decision(cast.ben, author=cast.flo, confidential=True)
    assert list(Decision.objects.visible_to(cast.cyd)) == [one]
    assert list(Decision.objects.visible_to(cast.flo)) == [author]
    assert not can(cast.flo, Action.SEE, one)


def test_a_restricted_objective_is_named_to_nobody_else(client: Client, cast: Cast) -> None:
    secret = make_objective(cast.flo, "Close two stations", restricted=True)
    one = services.open_decision(
        actor=cast.ben, question=QUESTION, due_on=SOON, touches=[secret, cast.stations]
    )
    signed_in(client, cast.cyd)
    for address in (
        "/decisions/",
        "/decisions/csv/",
        f"/decisions/{one.pk}/",
        f"/history/decision/{one.pk}/",
        f"/history/decision/{one.pk}/csv/",
        "/decisions/pick/?q=close",
        f"/decisions/?touches=o{secret.pk}",
        f"/api/v1/decisions/{one.pk}",
    ):
        assert not shows(client, address, secret.title), address
    assert client.get(f"/api/v1/decisions?objective_id={secret.pk}").json()["count"] == 0
    signed_in(client, cast.ben)
    for address in ("/decisions/", f"/decisions/{one.pk}/", f"/history/decision/{one.pk}/"):
        assert shows(client, address, secret.title), address
    assert client.get(f"/api/v1/decisions?objective_id={secret.pk}").json()["count"] == 1


def test_the_confidential_one_that_takes_its_place_is_not_named(client: Client, cast: Cast) -> None:
    old = make_decision(cast.ben, decided_on=YESTERDAY)
    make_decision(cast.ben, "Sell the depot?", replaces=old, confidential=True)
    signed_in(client, cast.cyd)
    assert not shows(client, f"/decisions/{old.pk}/", "Sell the depot?")
    signed_in(client, cast.ada)
    assert shows(client, f"/decisions/{old.pk}/", "Sell the depot?")


def test_events_tell_nothing_confidential_and_nothing_restricted(cast: Cast) -> None:
    secret = make_objective(cast.flo, restricted=True)
    plain = services.open_decision(
        actor=cast.ben, question=QUESTION, due_on=SOON, touches=[secret, cast.stations]
    )
    services.open_decision(actor=cast.ben, question="Sell?", due_on=SOON, confidential=True)
    records = AuditRecord.objects.filter(subject_type="tradeoffs.decision").order_by("pk")
    told = open_to_everybody(records)
    assert {one.subject_id for one in told} == {plain.pk}
    assert [one.after.get("unit") for one in told] == [None, cast.stations.pk]
    assert b'"type":"decision.open"' in body_of(told[0])


def test_the_log_is_narrowed(client: Client, cast: Cast) -> None:
    signed_in(client, cast.ben)
    late = make_decision(cast.ben, "Late?", due_on=YESTERDAY)
    make_decision(cast.ben, "Soon?", [cast.operations])
    make_decision(cast.ada, "Due?", decided_on=YESTERDAY, look_again_on=TODAY)
    make_decision(cast.ada, "Done?", decided_on=YESTERDAY)

    def found(query: str) -> list[str]:
        rows = client.get(f"/decisions/?{query}").context["rows"]
        return [one.question for one, _ in rows]

    assert found("") == ["Late?", "Soon?", "Due?", "Done?"]
    assert found("view=open") == ["Late?", "Soon?"]
    assert found("view=overdue") == ["Late?"]
    assert found("view=due") == ["Due?"]
    assert found("view=mine") == ["Late?", "Soon?"]
    assert found(f"touches=u{cast.operations.pk}") == ["Soon?"]
    assert found(f"decider={cast.ada.pk}&sort=question") == ["Done?", "Due?"]
    assert found("q=depot") == ["Due?", "Done?"]
    assert found("q=lease&view=open") == ["Late?", "Soon?"]
    assert found("touches=x9&view=nothing&decider=0") == found("")
    assert late.get_absolute_url() in client.get("/decisions/").content.decode()


def test_home_asks_at_the_date(cast: Cast) -> None:
    """What is overdue, due by the end of the week, or to be looked back on; by mail too."""
    make_decision(cast.ben, "Late?", due_on=YESTERDAY)
    make_decision(cast.ben, "Next month?", due_on=TODAY + dt.timedelta(30))
    make_decision(cast.ben, "Held?", decided_on=YESTERDAY, look_again_on=TODAY, expected="Less")
    make_decision(cast.ben, "Still?", decided_on=YESTERDAY, look_again_on=SOON)
    brought = make_decision(cast.ben, "Brought?", state="unconfirmed", source="log.csv")
    tasks = {one.title: one for one in decision_tasks(cast.ben, TODAY)}
    assert list(tasks) == [
        "Decide: Late?",
        "What happened? Held?",
        "Confirm the decision “Brought?”",
    ]
    assert tasks["Decide: Late?"].due == YESTERDAY
    assert tasks["What happened? Held?"].note == "Expected: Less"
    assert tasks["Confirm the decision “Brought?”"].url == brought.get_absolute_url()
    assert {one.kind for one in tasks.values()} <= REMINDED
    make_deputy(cast.ben, cast.gus)
    assert decision_tasks(cast.gus, TODAY)[0].note == "You stand in for Ben Aske"


def test_a_leader_writes_one_and_decides_it_in_two_steps(client: Client, cast: Cast) -> None:
    """As a page without script sends it: rows that stay empty are none."""
    objective = make_objective(cast.flo)
    signed_in(client, cast.ben)
    page = client.get(f"/decisions/new/?touches=o{objective.pk}").content.decode()
    assert objective.title in page
    sent = {
        "question": QUESTION,
        "due_on": SOON.isoformat(),
        "option0-title": "Lease",
        "option0-speaks_for": "Cheap now",
        "option1-title": "Buy",
        "touch0": objective.title,
        "touch0_id": f"o{objective.pk}",
        "decide": "1",
    }
    answer = client.post("/decisions/new/", sent)
    one = Decision.objects.get()
    assert answer["Location"] == f"/decisions/{one.pk}/decide/"
    lease = one.options.get(title="Lease")
    answer = client.post(
        f"/decisions/{one.pk}/decide/",
        {
            "version": one.version,
            "choice": lease.pk,
            "given_up": "The new depot",
            "freed_fte": "1,5",
            "look_again_on": TODAY + dt.timedelta(90),
        },
        follow=True,
    )
    assert answer.status_code == 200
    one.refresh_from_db()
    assert (one.state, str(one.freed_fte)) == ("decided", "1.50")
    assert shows(client, f"/objectives/{objective.pk}/", "The new depot")


def test_what_is_wrong_stands_beside_its_option(client: Client, cast: Cast) -> None:
    signed_in(client, cast.ben)
    sent = {
        "question": QUESTION,
        "due_on": SOON.isoformat(),
        "option0-title": "Lease",
        "option1-title": "lease",
        "option2-speaks_for": "Nobody named it",
    }
    answer = client.post("/decisions/new/", sent)
    assert answer.status_code == 422
    assert "Name the option" in answer.content.decode()
    sent.pop("option2-speaks_for")
    answer = client.post("/decisions/new/", sent)
    assert 'href="#id_option1-title"' in answer.content.decode()
    assert not Decision.objects.exists()


def test_the_forms_lead_through_its_life(client: Client, cast: Cast) -> None:
    one = make_decision(cast.ben, touches=[cast.operations])
    signed_in(client, cast.ben)
    page = client.get(f"/decisions/{one.pk}/edit/").context["form"]
    rows = {
        f"option{n}-{name}": row[name].value() or ""
        for n, row in enumerate(page.options)
        for name in row.fields
    }
    sent = {**rows, "version": 1, "question": "Lease?", "due_on": SOON, "background": "Rates"}
    answer = client.post(f"/decisions/{one.pk}/edit/", sent, follow=True)
    assert answer.redirect_chain[-1][0] == one.get_absolute_url()
    answer = client.post(f"/decisions/{one.pk}/edit/", sent | {"background": "Law"})
    assert answer.status_code == 409
    one.refresh_from_db()
    assert (one.question, one.options.count(), one.touches.count()) == ("Lease?", 2, 0)
    decide = {"version": one.version, "choice": "another", "look_again_on": SOON, "given_up": "X"}
    assert client.post(f"/decisions/{one.pk}/decide/", decide).status_code == 422
    assert (
        client.post(f"/decisions/{one.pk}/decide/", decide | {"other": "Rent"}).status_code == 302
    )
    later = {"version": one.version + 1, "on": SOON + dt.timedelta(30), "reason": "No figures yet"}
    assert client.post(f"/decisions/{one.pk}/look-later/", later | {"on": ""}).status_code == 422
    assert client.post(f"/decisions/{one.pk}/look-later/", later).status_code == 302
    one.refresh_from_db()
    back = {"version": one.version, "outcome": "Rates rose", "as_expected": "no"}
    assert client.post(f"/decisions/{one.pk}/look-back/", back).status_code == 302
    one.refresh_from_db()
    form = client.get(f"/decisions/{one.pk}/wording/").context["form"]
    rows = {
        f"option{n}-{name}": row[name].value() or ""
        for n, row in enumerate(form.options)
        for name in row.fields
    }
    words = {**rows, "version": one.version, "question": "Lease?", "given_up": "The depot"}
    words |= {"outcome": "Rates rose twice"}
    assert client.post(f"/decisions/{one.pk}/wording/", words).status_code == 302
    page = client.get(f"/decisions/{one.pk}/").content.decode()
    assert "Rates rose twice" in page
    assert "Decide anew" in page
    begun = client.get(f"/decisions/new/?replaces={one.pk}").content.decode()
    assert "Rent" in begun
    history = client.get(f"/history/decision/{one.pk}/").content.decode()
    assert "Looked back" in history


def test_one_that_is_withdrawn_stays_readable(client: Client, cast: Cast) -> None:
    one = make_decision(cast.ben, touches=[cast.operations])
    signed_in(client, cast.ben)
    sent = {"version": 1, "reason": "Settled by law"}
    assert client.post(f"/decisions/{one.pk}/withdraw/", sent).status_code == 302
    assert shows(client, f"/decisions/{one.pk}/", "Settled by law")
    assert not shows(client, f"/units/{cast.operations.pk}/")


def test_what_was_brought_in_is_taken_on_with_one_click(client: Client, cast: Cast) -> None:
    one = make_decision(cast.ben, state="unconfirmed", source="log.csv")
    signed_in(client, cast.ben)
    assert shows(client, f"/decisions/{one.pk}/", "Brought in from log.csv")
    client.post(f"/decisions/{one.pk}/confirm/")
    one.refresh_from_db()
    assert one.state == "open"


def test_the_picker_finds_what_can_be_touched(
    client: Client, strategy: Strategy, cast: Cast
) -> None:
    make_priority(strategy, "Operate on time")
    make_kpi("Operating cost")
    signed_in(client, cast.ben)
    page = client.get("/decisions/pick/?q=operat").content.decode()
    for words in ("Operate on time", "Operating cost", "Operations"):
        assert words in page
    assert "Operat" not in client.get("/decisions/pick/?q=").content.decode()


def test_pages_ask_the_same_whatever_they_show(
    client: Client, strategy: Strategy, cast: Cast, assert_queries: Callable[..., Any]
) -> None:
    priority, objective = make_priority(strategy), make_objective(cast.flo)
    for n in range(12):
        make_decision(cast.ben, f"D{n}?", [priority, objective, cast.flo], decided_on=YESTERDAY)
    one = make_decision(cast.ben, touches=[priority, objective, cast.operations])
    signed_in(client, cast.ben)
    assert_queries("decisions", client.get, "/decisions/")
    assert_queries("decisions.csv", client.get, "/decisions/csv/")
    assert_queries("decision", client.get, f"/decisions/{one.pk}/")
    assert_queries("decision edit", client.get, f"/decisions/{one.pk}/edit/")
    assert shows(client, f"/objectives/{objective.pk}/", f"?touches=o{objective.pk}")


def test_who_reads_is_told_where_to_begin(client: Client, cast: Cast) -> None:
    signed_in(client, cast.ben)
    assert shows(client, "/decisions/", "Write the first one")
    signed_in(client, cast.cyd)
    assert not shows(client, "/decisions/", "Write the first one")
    reader: Person = cast.cyd
    assert not can(reader, Action.OPEN_DECISION)
