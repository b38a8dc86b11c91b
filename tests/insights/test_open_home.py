"""Home: what waits, in its order; my thread; and what a manager and a leader see besides."""

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from goldenthread.insights.selectors.held import held_by
from goldenthread.insights.selectors.home import home_page
from goldenthread.interchange.services import stage
from goldenthread.objectives.models import (
    CheckIn,
    Cycle,
    ExpectationChange,
    KeyResult,
    Objective,
)
from goldenthread.objectives.services.agreement import waits_for
from goldenthread.objectives.services.figures import refresh
from goldenthread.objectives.services.links import rebuild_lines, refresh_in_line
from goldenthread.objectives.states import State
from goldenthread.people.models import Person
from goldenthread.strategy.models import Kpi, Priority, Strategy
from tests.cast import (
    TODAY,
    Cast,
    link,
    make_key_result,
    make_kpi,
    make_objective,
    make_person,
    make_priority,
    make_strategy,
    signed_in,
)


def measured(owner: Any, title: str, value: int, days_ago: int, **fields: Any) -> Objective:
    """An objective from 40 down to 10, last checked in some days ago."""
    objective = make_objective(owner, title, **fields)
    key_result = make_key_result(objective, measure="%")
    check_in(key_result, value, days_ago)
    return objective


def check_in(key_result: KeyResult, value: int, days_ago: int) -> None:
    on = TODAY - dt.timedelta(days=days_ago)
    CheckIn.objects.create(
        key_result=key_result,
        as_of=on,
        value=Decimal(value),
        recorded_at=dt.datetime.combine(on, dt.time(9), dt.UTC),
    )
    refresh([key_result.objective])


def kinds(person: Person) -> list[str]:
    return [task.kind for task in home_page(person).tasks]


def test_a_stranger_is_led_to_the_sign_in_page(cast: Cast, client: Client) -> None:
    answer = client.get("/")
    assert answer.status_code == 302
    assert "/accounts/login/" in answer["Location"]


def test_an_empty_installation_leads_to_the_first_run(db: None, client: Client) -> None:
    assert client.get("/")["Location"] == "/welcome/"


def test_the_first_sentence_names_the_most_worrying_objective(
    flo: Person, client: Client, cycle: Cycle
) -> None:
    measured(flo, "Runs on time", 25, 1)
    measured(flo, "Plans a week ahead", 38, 2)
    page = signed_in(client, flo).get("/").content.decode()
    lede = page.split('class="lede')[1].split("</p>")[0]
    assert "Plans a week ahead" in lede
    assert "at risk" in lede
    assert "7\u202f% done where 46\u202f% was expected" in lede.replace("\n", "")


def test_a_check_in_is_due_this_week_and_gone_once_it_is_made(
    flo: Person, client: Client, cycle: Cycle
) -> None:
    objective = measured(flo, "Plans a week ahead", 30, 6)
    assert kinds(flo) == ["check-in", "tie"]
    check_in(objective.key_results.get(), 28, 0)
    assert kinds(flo) == ["tie"]


def test_what_is_overdue_comes_first_then_what_others_wait_for_then_what_is_due(
    flo: Person, ben: Person, cycle: Cycle, strategy: Strategy
) -> None:
    root = make_priority(strategy)
    late = measured(flo, "Overdue", 30, 12)
    soon = measured(flo, "Due on Friday", 30, 5)
    for one in (late, soon):
        link(one, root)
    link(make_objective(flo, "Asked", state=State.PROPOSED, proposed_by=ben), root)
    rebuild_lines()
    refresh_in_line(root)
    assert [task.title for task in home_page(flo).tasks] == [
        "Check in: Overdue",
        "Give your word on “Asked”",
        "Check in: Due on Friday",
    ]


def test_a_manager_checks_in_for_who_has_no_account(ben: Person, cast: Cast, cycle: Cycle) -> None:
    ivo = make_person("Ivo Krag", unit=cast.operations, manager=ben, account=False)
    measured(ivo, "Sweeps the yard", 30, 7)
    (task,) = [task for task in home_page(ben).tasks if task.kind == "check-in"]
    assert task.note.startswith("For Ivo Krag")


def test_who_reports_a_number_of_others_is_asked_for_it_alone(
    client: Client, cast: Cast, flo: Person, cycle: Cycle
) -> None:
    objective = measured(flo, "Plans a week ahead", 30, 0)
    make_key_result(objective, "Trains cancelled", reporter=cast.cyd)
    make_key_result(objective, "No longer counts", reporter=cast.cyd, weight=0)
    waits = make_objective(flo, "Not agreed yet", state=State.PROPOSED, proposed_by=flo)
    make_key_result(waits, reporter=cast.cyd)
    (task,) = home_page(cast.cyd).tasks
    assert (task.title, task.kind) == ("Check in: Plans a week ahead", "check-in")
    assert task.note.startswith("For Flo Dahl: Trains cancelled · Not measured yet")
    page = signed_in(client, cast.cyd).get("/").content.decode()
    assert f"/objectives/{objective.pk}/check-ins/" in page
    check_in(objective.key_results.get(title="Trains cancelled"), 3, 0)
    assert kinds(cast.cyd) == []


@pytest.mark.parametrize("state", [State.PROPOSED, State.COUNTERED])
@pytest.mark.parametrize("proposer", ["flo", "ben", "ada", None])
@pytest.mark.parametrize("has_account", [True, False])
def test_home_asks_for_a_word_exactly_where_the_rule_of_agreement_does(
    cast: Cast, cycle: Cycle, state: str, proposer: str | None, has_account: bool
) -> None:
    flo = cast.flo
    if not has_account:
        flo.user = None
        flo.save()
    objective = make_objective(
        flo, state=state, proposed_by=getattr(cast, proposer) if proposer else None
    )
    for reader in (cast.flo, cast.ben):
        asked = [one.objective for one in held_by(reader) if one.waits_for_my_word]
        if reader == cast.flo and not has_account:
            continue  # cannot sign in
        assert (asked == [objective]) == waits_for(objective, reader), reader


def test_what_came_in_waits_for_whom_it_names(
    flo: Person, ada: Person, gus: Person, strategy: Strategy, cycle: Cycle
) -> None:
    make_objective(flo, "From the plan", state=State.UNCONFIRMED, source="Plan.pptx")
    make_kpi(owner=flo, state=Kpi.State.UNCONFIRMED)
    make_priority(strategy, state=Priority.State.UNCONFIRMED, sponsor=gus, sponsor_named_by=ada)
    assert kinds(flo) == ["confirm", "kpi"]
    assert kinds(gus) == ["priority"]
    assert "priority" not in kinds(ada)


def test_an_expectation_change_waits_for_its_addressee(
    flo: Person, ben: Person, client: Client, strategy: Strategy, cycle: Cycle
) -> None:
    objective = measured(flo, "Plans a week ahead", 20, 0, run_the_business=True)
    change = ExpectationChange.objects.create(
        objective=objective, author=ben, addressee=flo, reason="The depot opens later."
    )
    assert kinds(flo) == ["change"]
    assert kinds(ben) == []
    page = signed_in(client, flo).get("/").content.decode()
    assert f"/changes/{change.pk}/" in page
    assert "The depot opens later." in page


def test_the_leader_of_the_strategy_is_asked_for_weights_and_told_of_dispersion(
    ada: Person, gus: Person, strategy: Strategy
) -> None:
    for number in range(6):
        make_priority(strategy, f"Priority {number}")
    assert {"weights", "dispersion"} <= set(kinds(ada))
    assert not {"weights", "dispersion"} & set(kinds(gus))


def test_a_sponsor_hears_that_nothing_serves_their_priority(
    gus: Person, flo: Person, strategy: Strategy, cycle: Cycle
) -> None:
    priority = make_priority(strategy, sponsor=gus)
    assert kinds(gus) == ["stranded"]
    objective = make_objective(flo)
    link(objective, priority)
    rebuild_lines()
    refresh_in_line(priority)
    assert kinds(gus) == []


def test_objectives_without_an_owner_are_one_row_for_leaders(
    ada: Person, flo: Person, strategy: Strategy, cycle: Cycle
) -> None:
    make_priority(strategy)
    for number in range(3):
        Objective.objects.create(title=f"Nobody's {number}", cycle=cycle, state=State.UNCONFIRMED)
    titles = [task.title for task in home_page(ada).tasks]
    assert "3 objectives came in without an owner" in titles
    assert kinds(flo) == []


def test_a_manager_sees_the_team_and_the_others_do_not(
    ben: Person, flo: Person, client: Client, cycle: Cycle
) -> None:
    measured(flo, "Plans a week ahead", 38, 2)
    page = signed_in(client, ben).get("/").content.decode()
    team = page.split('id="team"')[1]
    assert "Flo Dahl" in team
    assert "at risk" in team
    assert 'id="team"' not in signed_in(client, flo).get("/").content.decode()


def test_a_leader_sees_the_strategy_in_a_strip_without_drafts(
    ada: Person, client: Client, strategy: Strategy
) -> None:
    make_priority(strategy, "Punctual trains")
    make_priority(strategy, "A draft", state=Priority.State.UNCONFIRMED)
    page = signed_in(client, ada).get("/").content.decode()
    strip = page.split('id="strip"')[1].split("</section>")[0]
    assert "Punctual trains" in strip
    assert "A draft" not in strip


def test_the_line_stands_beside_the_objective_and_says_where_it_is_broken(
    flo: Person, client: Client, strategy: Strategy, cycle: Cycle
) -> None:
    priority = make_priority(strategy, "Punctual trains")
    whole, loose = make_objective(flo, "Whole"), make_objective(flo, "Broken")
    link(whole, priority)
    rebuild_lines()
    refresh_in_line(priority)
    page = signed_in(client, flo).get("/").content.decode()
    mine = page.split('id="mine"')[1]
    assert (
        f'<li class="thread-root"><a href="/priorities/{priority.pk}/">Punctual trains</a>' in mine
    )
    assert "Never linked to anything" in mine
    assert f"/objectives/{loose.pk}/link/" in mine
    assert f"/objectives/{whole.pk}/link/" not in mine


def test_titles_above_that_are_not_open_to_the_reader_stay_hidden(
    flo: Person, gus: Person, client: Client, strategy: Strategy, cycle: Cycle
) -> None:
    secret = make_priority(strategy, "Buy the rival", confidential=True)
    middle = make_objective(gus, "Due diligence", restricted=True)
    own = make_objective(flo, "Count the rolling stock")
    link(own, middle)
    link(middle, secret)
    rebuild_lines()
    refresh_in_line(secret)
    page = signed_in(client, flo).get("/").content.decode()
    assert "Count the rolling stock" in page
    assert "Due diligence" not in page
    assert "Buy the rival" not in page
    assert "A restricted objective" in page


def test_without_a_strategy_leaders_are_asked_for_one_first(ada: Person, flo: Person) -> None:
    assert kinds(ada) == ["strategy"]
    assert kinds(flo) == []


def test_an_empty_home_says_what_belongs_there_and_offers_the_first_step(
    cyd: Person, client: Client
) -> None:
    page = signed_in(client, cyd).get("/").content.decode()
    assert "Your objectives, each with its line up to the strategy" in page
    assert "/objectives/new/" in page


def test_home_asks_the_same_number_of_queries_for_5_and_for_50_objectives(
    ben: Person,
    flo: Person,
    client: Client,
    strategy: Strategy,
    cycle: Cycle,
    assert_queries: Callable[..., Any],
) -> None:
    priority = make_priority(strategy, sponsor=ben)

    def hold(count: int) -> None:
        for number in range(count):
            for owner in (ben, flo):
                objective = make_objective(owner, f"{owner} {number}", cycle=cycle)
                make_key_result(objective)
                link(objective, priority)

    signed_in(client, ben)
    hold(5)
    assert_queries("home", client.get, "/")
    hold(45)
    assert assert_queries("home", client.get, "/").status_code == 200


# Who runs the programme and the accounts -------------------------------------------------------------------------
def test_hr_and_administrator_see_who_has_no_account_manager_or_unit(
    cast: Cast, client: Client
) -> None:
    make_person("Ivo Krag", account=False)
    make_person("Jan Moe", account=False, unit=cast.operations, manager=cast.ben)
    make_person("Kai Ny", account=False, unit=cast.root, end=TODAY - dt.timedelta(days=1))
    for reader in (cast.dee, cast.eve):
        page = signed_in(client, reader).get("/").content.decode()
        assert "2 people are not invited yet" in page
        assert "2 people report to nobody" in page  # Ada, who leads everybody, and Ivo
        assert "1 person stands in no unit" in page
    people = client.get("/people/?unit=none").content.decode()
    assert "Ivo Krag" in people
    assert "Jan Moe" not in people
    assert home_page(cast.ben).gaps is None
    assert home_page(cast.ada).gaps is None


def test_where_everybody_has_an_account_a_manager_and_a_unit_home_says_so(
    cast: Cast, client: Client
) -> None:
    page = signed_in(client, cast.dee).get("/").content.decode()
    assert "People and accounts are in order." in page
    assert "report to nobody" not in page


def test_a_cycle_that_is_over_and_one_that_is_missing_wait_for_who_runs_them(
    cast: Cast, strategy: Strategy
) -> None:
    gone = Cycle.objects.create(
        name="Spring", starts_on=TODAY - dt.timedelta(150), ends_on=TODAY - dt.timedelta(70)
    )
    asked = [(task.title, task.due) for task in home_page(cast.dee).tasks]
    assert asked == [("Close Spring", gone.ends_on), ("Add a cycle", None)]
    assert [one for one in kinds(cast.ada) if one == "cycle"] == ["cycle", "cycle"]  # leads it
    for person in (cast.eve, cast.gus, cast.flo):
        assert "cycle" not in kinds(person)
    gone.state = Cycle.State.CLOSED
    gone.save()
    summer = Cycle.objects.create(
        name="Summer", starts_on=TODAY - dt.timedelta(20), ends_on=TODAY + dt.timedelta(30)
    )
    assert [task.title for task in home_page(cast.dee).tasks] == ["Add the next cycle"]
    summer.ends_on = TODAY + dt.timedelta(80)
    summer.save()
    assert kinds(cast.dee) == []


def test_an_import_that_was_read_and_not_written_waits_on_home(cast: Cast, client: Client) -> None:
    rows = b"Name;E-mail\nIvo Krag;ivo@northwind.example\n"
    stage(actor=cast.ben, filename="staff.csv", data=rows, kind="people")
    for reader, sees in ((cast.ben, True), (cast.dee, True), (cast.eve, True), (cast.gus, False)):
        page = signed_in(client, reader).get("/").content.decode()
        assert ("Finish the import of “staff.csv”" in page) is sees, reader
        assert ("Ben Aske read it in" in page) is (sees and reader != cast.ben)
    assert "1 new" in signed_in(client, cast.ben).get("/").content.decode()


def test_drafts_of_another_strategy_wait_for_whom_they_name_in_one_row(
    ada: Person, gus: Person, client: Client, strategy: Strategy
) -> None:
    coming = Strategy.objects.create(
        title="Next year",
        leader=ada,
        starts_on=TODAY + dt.timedelta(200),
        ends_on=TODAY + dt.timedelta(500),
    )
    for title in ("Night trains", "Quiet carriages"):
        make_priority(coming, title=title, state=Priority.State.UNCONFIRMED)
    make_priority(
        coming,
        title="Open doors",
        state=Priority.State.UNCONFIRMED,
        sponsor=gus,
        sponsor_named_by=ada,
    )
    (task,) = [one for one in home_page(ada).tasks if one.kind == "priorities"]
    assert task.title == "Confirm 2 priorities of “Next year”"
    assert task.url == f"/strategy/{coming.pk}/priorities/"
    (task,) = [one for one in home_page(gus).tasks if one.kind == "priority"]
    assert task.title == "Confirm the priority “Open doors” of “Next year”"
    page = signed_in(client, gus).get("/strategy/").content.decode()
    assert "Being prepared" in page
    assert "3 priorities wait for Ada Holm to confirm" in page


def test_home_of_the_programme_stays_within_the_queries(
    dee: Person, cycle: Cycle, client: Client, assert_queries: Callable[..., Any]
) -> None:
    signed_in(client, dee)
    assert_queries("home of an HR partner", client.get, "/")
    for number in range(20):
        name = f"{number}.csv"
        stage(actor=dee, filename=name, data=f"Name\nPerson {number}\n".encode(), kind="people")
    assert_queries("home of an HR partner", client.get, "/")


def test_home_of_who_is_everything_at_once_stays_within_the_queries(
    cast: Cast, cycle: Cycle, client: Client, assert_queries: Callable[..., Any]
) -> None:
    """The founder of a small organisation leads, manages, keeps the accounts and reports numbers of their own."""
    ada = cast.ada
    ada.is_hr = ada.is_admin = True
    ada.save()
    objective = make_objective(ada, cycle=cycle)
    make_key_result(objective)
    signed_in(client, ada)
    assert_queries("home of a founder without a strategy", client.get, "/")
    strategy = make_strategy(leader=ada)
    priority = make_priority(strategy, sponsor=ada)
    link(objective, priority)
    assert_queries("home of a founder", client.get, "/")
