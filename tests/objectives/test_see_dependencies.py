"""Where dependencies stand: the list and its file, their page, objectives, units, home, history, events; and for whom."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from goldenthread.core.models import AuditRecord
from goldenthread.insights.selectors.due import REMINDED
from goldenthread.insights.selectors.handing_over import reports_and_handovers
from goldenthread.interchange.webhooks.events import open_to_everybody
from goldenthread.objectives.models import Cycle, Dependency
from goldenthread.objectives.services import dependencies as services
from tests.cast import TODAY, Cast, make_dependency, make_deputy, make_objective, signed_in

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(1)
NEEDS, HIDDEN = "Two drivers for the trial week", "a restricted objective"


def text(client: Client, address: str) -> str:
    answer = client.get(address)
    body = b"".join(answer) if answer.streaming else answer.content
    return body.decode()


@pytest.fixture
def one(cast: Cast) -> Dependency:
    """Flo's objective, in Operations, needs it of Stations; what it comes out of is Cyd's."""
    theirs = make_objective(cast.cyd, "Trial week")
    return make_dependency(
        make_objective(cast.flo), cast.stations, delivers=theirs, asked_by=cast.flo
    )


def test_it_stands_on_both_sides(client: Client, cast: Cast, one: Dependency) -> None:
    signed_in(client, cast.dee)
    for address in (
        f"/objectives/{one.objective_id}/dependencies/",
        f"/objectives/{one.delivers_id}/dependencies/",
        f"/units/{cast.operations.pk}/dependencies/",
        f"/units/{cast.stations.pk}/dependencies/",
        f"/units/{cast.root.pk}/dependencies/",
        "/dependencies/",
        "/dependencies/csv/",
        f"/dependencies/{one.pk}/",
    ):
        page = text(client, address)
        assert NEEDS in page, address
        assert "not met" not in page


def test_the_pages_of_objective_and_unit_load_it(
    client: Client, cast: Cast, one: Dependency
) -> None:
    signed_in(client, cast.dee)
    for address in (f"/objectives/{one.objective_id}/", f"/units/{cast.stations.pk}/"):
        assert f'hx-get="{address}dependencies/"' in text(client, address)


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"state": "declined", "reason": "No"}, "declined"),
        ({"answer_by": TODAY - DAY}, "not answered in time"),
        ({"needed_by": TODAY - DAY}, "needed by a day that is over"),
        (
            {"state": "accepted", "promised_on": TODAY + 60 * DAY},
            "promised later than it is needed",
        ),
    ],
)
def test_what_is_not_met_is_a_risk_on_both_sides(
    client: Client, cast: Cast, one: Dependency, fields: dict[str, object], words: str
) -> None:
    Dependency.objects.filter(pk=one.pk).update(**fields)
    signed_in(client, cast.dee)
    for address in (
        f"/objectives/{one.objective_id}/dependencies/",
        f"/objectives/{one.delivers_id}/dependencies/",
        f"/units/{cast.operations.pk}/dependencies/",
        f"/units/{cast.stations.pk}/dependencies/",
    ):
        page = text(client, address)
        assert "1 dependency is not met." in page, address
        assert words in page
    assert NEEDS in text(client, "/dependencies/?view=unmet")
    assert f"Not met: {words}" in text(client, f"/dependencies/{one.pk}/")


def test_the_unit_asked_does_not_learn_what_a_restricted_objective_is(
    client: Client, cast: Cast, one: Dependency
) -> None:
    one.objective.restricted = True
    one.objective.save()
    one.refresh_from_db()
    title = one.objective.title
    for who, status in ((cast.gus, 200), (cast.cyd, 200), (cast.flo, 200), (cast.dee, 404)):
        signed_in(client, who)
        answer = client.get(f"/dependencies/{one.pk}/")
        assert answer.status_code == status, who
        page = answer.content.decode()
        if status == 200:
            assert (title in page) == (who == cast.flo)
            assert (HIDDEN in page.lower()) == (who != cast.flo)
        for address in ("/dependencies/", "/dependencies/csv/", f"/dependencies/?q={title}"):
            assert (title in text(client, address).replace(f'value="{title}"', "")) == (
                who == cast.flo and "?q=" not in address
            )
    signed_in(client, cast.gus)
    assert title not in text(client, f"/dependencies/{one.pk}/accept/")
    assert title not in text(client, f"/units/{cast.stations.pk}/dependencies/")
    assert title not in text(client, f"/history/dependency/{one.pk}/")


def test_what_it_comes_out_of_may_be_hidden_too(
    client: Client, cast: Cast, one: Dependency
) -> None:
    assert one.delivers is not None
    one.delivers.restricted = True
    one.delivers.save()
    signed_in(client, cast.flo)
    page = text(client, f"/dependencies/{one.pk}/")
    assert "Trial week" not in page.replace(NEEDS, "")
    assert HIDDEN in page.lower()


def test_the_list_is_narrowed_by_its_address(client: Client, cast: Cast, one: Dependency) -> None:
    cycle = Cycle.objects.get()
    signed_in(client, cast.gus)
    found = {
        f"?unit={cast.stations.pk}": True,
        f"?unit={cast.root.pk}": True,
        f"?unit={cast.operations.pk}": False,
        f"?by={cast.operations.pk}": True,
        f"?by={cast.stations.pk}": False,
        f"?cycle={cycle.pk}": True,
        "?q=drivers": True,
        "?q=crane": False,
        "?view=waiting": True,
        "?view=unmet": False,
        "?view=delivered": False,
        "?view=all&sort=-needed": True,
    }
    for address, there in found.items():
        assert (NEEDS in text(client, f"/dependencies/{address}")) == there, address
        assert (NEEDS in text(client, f"/dependencies/csv/{address}")) == there, address


def test_home_asks_who_answers(client: Client, cast: Cast, one: Dependency) -> None:
    title = f"Accept or decline: {NEEDS}"
    assert title in text(signed_in(client, cast.gus), "/")
    assert title not in text(signed_in(client, cast.ben), "/")
    make_deputy(cast.gus, cast.dee)
    page = text(signed_in(client, cast.dee), "/")
    assert title in page
    assert "You stand in for Gus Lind" in page
    (task,) = reports_and_handovers(cast.gus, TODAY)[1]
    assert (task.kind in REMINDED, task.due) == (True, one.answer_by)
    services.decline_dependency(actor=cast.gus, dependency=one, reason="No")
    assert title not in text(signed_in(client, cast.gus), "/")


def test_it_is_asked_answered_and_delivered_on_its_pages(client: Client, cast: Cast) -> None:
    objective = make_objective(cast.flo)
    signed_in(client, cast.flo)
    sent = {"needs": NEEDS, "unit": "Stations", "needed_by": "2026-06-20", "effort_fte": "0,5"}
    answer = client.post(f"/objectives/{objective.pk}/dependencies/new/", sent)
    one = Dependency.objects.get()
    assert answer.url == f"/dependencies/{one.pk}/"
    wrong = client.post(f"/objectives/{objective.pk}/dependencies/new/", sent | {"unit": "Moon"})
    assert wrong.status_code == 422
    signed_in(client, cast.gus)
    client.post(
        f"/dependencies/{one.pk}/accept/", {"promised_on": "2026-06-10", "version": one.version}
    )
    one.refresh_from_db()
    client.post(f"/dependencies/{one.pk}/deliver/", {"version": one.version})
    one.refresh_from_db()
    assert (one.state, str(one.effort_fte)) == ("delivered", "0.50")
    history = text(client, f"/history/dependency/{one.pk}/").lower()
    assert "delivered" in history
    assert "accepted" in history


def test_an_event_leaves_only_of_what_everybody_sees(cast: Cast) -> None:
    open_one = services.ask_unit(
        actor=cast.flo,
        objective=make_objective(cast.flo),
        needs=NEEDS,
        unit=cast.stations,
        needed_by=TODAY,
    )
    services.ask_unit(
        actor=cast.flo,
        objective=make_objective(cast.flo, "Secret", restricted=True),
        needs=NEEDS,
        unit=cast.stations,
        needed_by=TODAY,
    )
    lines = AuditRecord.objects.filter(verb="ask another unit")
    assert [line.subject_id for line in open_to_everybody(lines)] == [open_one.pk]


def test_pages_ask_few_queries(
    client: Client, cast: Cast, one: Dependency, assert_queries: Callable[..., Any]
) -> None:
    for n in range(12):
        secret = make_objective(cast.cyd, f"Secret {n}", restricted=True)
        make_dependency(secret, cast.operations, needs=f"Need {n}", delivers=one.objective)
    signed_in(client, cast.ada)
    assert_queries("dependencies", client.get, "/dependencies/")
    assert_queries("dependencies.csv", lambda: text(client, "/dependencies/csv/"))
    assert_queries("dependency", client.get, f"/dependencies/{one.pk}/")
    assert_queries(
        "dependencies of an objective", client.get, f"/objectives/{one.objective_id}/dependencies/"
    )
    assert_queries(
        "dependencies of a unit", client.get, f"/units/{cast.operations.pk}/dependencies/"
    )
    assert_queries("dependencies by unit asked", client.get, "/dependencies/teams/")
