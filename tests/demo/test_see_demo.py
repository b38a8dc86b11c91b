"""What a leader is shown of the demo, read on the pages on which they look for it."""

import re
from html import unescape

import pytest
from django.test import Client

from goldenthread.objectives.models import Cascade
from goldenthread.people.models import Person, Unit
from goldenthread.tradeoffs.models import Decision, Plan, WhatGives

pytestmark = pytest.mark.usefixtures("demo")

MARTA, RUI, PIOTR, HELEN, DARIO = (
    "Marta Lindqvist",
    "Rui Tavares",
    "Piotr Zielonka",
    "Helen Brandt",
    "Dario Conti",
)
WITHOUT_A_VISIT = "The first 500 Alder 3 come through their winter without a visit"
WITH_FEW = "The first 500 Alder 3 come through their winter with few visits"
POLAND = "First 400 homes in Poland"


def reads(name: str, address: str) -> str:
    """The words of a page as somebody reads them, from its main part on."""
    client = Client()
    user = Person.objects.get(name=name).user
    assert user is not None
    client.force_login(user)
    answer = client.get(address, follow=True)
    assert answer.status_code == 200, address
    markup = answer.content.decode()
    main = markup.partition("<main")[2] or markup  # what a page loads has no main part
    return in_words(re.sub(r"<svg.*?</svg>", "", main, flags=re.S))


def in_words(markup: str) -> str:
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]*>", " ", markup)))


def row(name: str, address: str, words: str) -> str:
    """The first row of a table on a page that begins with these words."""
    client = Client()
    client.force_login(Person.objects.get(name=name).user)
    markup = client.get(address).content.decode()
    rows = (in_words(one) for one in re.findall(r"<tr\b.*?</tr>", markup, flags=re.S))
    return next(one for one in rows if one.strip().startswith(words))


def thread(title: str, state: str) -> str:
    return Cascade.objects.get(title=title, state=state).get_absolute_url()


# A planning round that runs -----------------------------------------------------------------------------------


def test_planning_says_where_the_running_round_stands() -> None:
    page = reads(MARTA, "/planning/")
    assert "Planning · Q1 2027" in page
    assert "2 of 25 units have an agreed plan ; 6 wait for a word" in page
    assert "12 have nothing yet; 1 answer is overdue" in page
    assert "1 priority nobody has taken" in page
    assert "1 of 5" in page.partition("Priorities without a taker")[2][:40]
    assert POLAND in page.partition("Priorities without a taker")[2]
    assert "1 overdue" in row(MARTA, "/planning/", "Service")
    figures = reads(MARTA, "/planning/figures/")
    assert "Settled between units" in figures
    assert "1 of 7" in figures
    assert "1 plan does not add up" in figures


def test_what_nobody_answered_in_time_is_on_home() -> None:
    assert f"No answer to “{WITHOUT_A_VISIT}”" in reads(MARTA, "/")
    assert f"Aldervale Heat proposes “{WITHOUT_A_VISIT}”" in reads("Aisha Rahmani", "/")


# Counters -----------------------------------------------------------------------------------------------------


def test_a_counter_waits_on_home_and_stands_beside_what_it_answers() -> None:
    home = reads(MARTA, "/")
    assert f"Engineering counters “{WITH_FEW}”" in home
    page = reads(MARTA, thread(WITH_FEW, "countered"))
    assert "You answer by" in page
    assert "version 1 and version 2" in page
    assert "→ 40 visits" in page
    assert "→ 60 visits" in page
    assert "1.5 FTE added" in page
    assert "40 needs the second compressor" in page


def test_an_answer_that_came_too_late_is_kept_beside() -> None:
    page = reads(HELEN, thread("Each installer’s first Alder 3 is guided", "proposed"))
    assert "I wrote this before I saw yours" in page
    assert "Version 3" in page
    assert "Only the first one of each installer" in page


# A cascade that was declined ----------------------------------------------------------------------------------


def test_the_cascade_that_was_declined_is_counted_and_says_why() -> None:
    reason = "None of the first 500 stands in Poland or Benelux before March"
    markets = Unit.objects.get(name="Markets")
    cells = row(MARTA, "/planning/", "Markets")
    assert re.search(r"Still a draft – – – 1 –", cells), cells
    listed = reads(MARTA, f"/cascades/?unit={markets.pk}&view=declined")
    assert WITHOUT_A_VISIT in listed
    assert "Declined version 1" in listed
    for name in (MARTA, PIOTR):
        page = reads(name, thread(WITHOUT_A_VISIT, "declined"))
        assert "Declined by Piotr Zielonka" in page
        assert reason in page
    loaded = f"{markets.get_absolute_url()}dependencies/"  # once the page of the unit is there
    assert re.search(rf"{WITHOUT_A_VISIT} .* declined", reads(PIOTR, loaded))


# A team asked for too much ------------------------------------------------------------------------------------


def test_the_overloaded_team_is_seen_by_who_leads_it_and_by_those_above() -> None:
    team = Unit.objects.get(name="Line engineering")
    for name in (DARIO, RUI, MARTA):
        address = f"/effort/plan/?unit_id={team.pk}"
        assert "3 are asked for more than they have" in reads(name, address)
        assert "135" in row(name, address, "Dario Conti")
    effort = reads(MARTA, "/effort/")
    assert "Asked for more than they have" in effort
    assert re.search(r"\d+ of 136", effort.partition("Asked for more than they have")[2])
    assert "Who, and what gives" in effort


def test_what_gives_is_open_where_its_answer_is_awaited() -> None:
    home = reads(RUI, "/")
    assert "What gives for Dario Conti?" in home
    assert "Which of them waits until January?" in home
    assert "Rui Tavares answers by" in reads(DARIO, "/")
    one = WhatGives.objects.get()
    page = reads(RUI, one.get_absolute_url())
    assert "135 % of their time" in page
    assert "Overload" in page
    assert "Torque recorded at every joint" in page
    assert "1 question waits" in reads(MARTA, "/what-gives/")
    assert "Rui Tavares" in row(MARTA, "/what-gives/", "Dario Conti")


# Value and effort apart ---------------------------------------------------------------------------------------


def test_value_and_effort_differ_where_the_strategy_is_read_and_where_effort_goes() -> None:
    effort = reads(MARTA, "/effort/")
    assert "The quiet pump: Alder 3 has 30 % of the value and 56 % of the effort." in effort
    assert re.search(r"Would have to move .{0,20}32 % of effort Discuss", effort)
    installers = row(MARTA, "/effort/", "Keep our installers")
    assert re.search(r"Value 25 % Effort 8 % 0\.30 of effort for each part of value", installers)
    client = Client()
    client.force_login(Person.objects.get(name=MARTA).user)
    strategy = client.get("/strategy/").content.decode()
    assert 'hx-get="/effort/"' in strategy  # loads the table of that page
    assert "Value beside effort, priority by priority" in strategy


# Scenarios ----------------------------------------------------------------------------------------------------


def test_three_scenarios_stand_side_by_side() -> None:
    assert re.search(r"Q1 2027 20 3 Proposal", row(MARTA, "/planner/", "What we run"))
    page = reads(MARTA, Plan.objects.get().get_absolute_url())
    assert "“Two more in Operations” is worth most: 121.1 points" in page
    for name, points in (
        ("As things stand", "117.1 points"),
        ("Two more in Operations", "121.1 points (+4.0)"),
        ("The ticket system is finished first", "114.6 points (−2.5)"),
    ):
        assert re.search(rf"{name} {re.escape(points)}", page), name
    assert "Not worked out yet" not in page
    assert "This scenario asks for it. Forcing it costs 2.5." in page


# Decisions ----------------------------------------------------------------------------------------------------


def test_decisions_due_and_decided_are_listed_with_what_was_given_up() -> None:
    page = reads(MARTA, "/decisions/")
    assert "2 questions are open, 1 overdue ; 1 asks what happened" in page
    assert "Overdue" in row(MARTA, "/decisions/", "Which goes first in December")
    assert "Look again" in row(MARTA, "/decisions/", "Do the desks in Lyon")
    decided = row(MARTA, "/decisions/", "Do we promise the date")
    assert "The rush orders" in decided
    assert "1.5 FTE" in decided
    assert "Looked back on" in decided
    page = reads(
        MARTA, Decision.objects.get(question__startswith="Do we promise").get_absolute_url()
    )
    assert "One date in eight still moves" in page


def test_decisions_that_are_due_wait_on_home_and_on_the_strategy() -> None:
    question = "Which goes first in December: the file for Alder 3, or the older models for Poland?"
    assert question in reads("Tomas Okafor", "/")
    assert "What happened? Do the desks in Lyon and Kraków" in reads(HELEN, "/")
    assert question in reads(MARTA, "/strategy/choices/")
    assert "Do we build a second factory" in reads(MARTA, "/strategy/choices/")
    assert "Do we build a second factory" not in reads("Lena Kovač", "/decisions/")
