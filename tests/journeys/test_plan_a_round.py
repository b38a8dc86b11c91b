"""Marta sees where the round stands, finds the priority that nobody took, proposes it to a unit and sees it counted."""

from goldenthread.objectives.models import Cascade
from tests.journeys.conftest import Arrive

PRIORITY, TITLE = "First 400 homes in Poland", "150 homes in Poland by spring"


def test_a_priority_without_a_taker_is_proposed_and_counted(demo: None, arrive: Arrive) -> None:
    marta = arrive()
    marta.opens("/").signs_in("Marta Lindqvist").opens("/planning/")
    marta.sees("2 of 25 units have an agreed plan", "1 priority nobody has taken", "1 overdue")
    stands = {
        "Aisha Rahmani": "Waits for a word",
        "Tomas Okafor": "Waits for a word",
        "Henrik Vang": "Nothing yet",
        "Piotr Zielonka": "Still a draft",
    }
    for leader, words in stands.items():
        assert words in marta.row(leader, kind="row").inner_text(), leader
    marta.sees("Settled between units", "Days to agreement, half of them within")
    marta.sees("1 plan does not add up", "The parts of 1 other key result add up")
    marta.follows(PRIORITY, exact=True).sees(PRIORITY)
    marta.page.go_back()
    marta.follows("Propose to a unit", within=marta.row(PRIORITY)).sees(PRIORITY)
    assert marta.field("Cycle").locator(":checked").inner_text() == "Q1 2027"
    marta.chooses("Markets").fills_in("Objective", TITLE)
    marta.fills_in("Mandate: what the unit decides alone", "Which towns come first.")
    marta.fills_in("With which resources", "What it has.").presses("Propose", exact=True)
    marta.sees("Proposed", "Markets")
    assert Cascade.objects.get(title=TITLE).cycle.name == "Q1 2027"

    piotr = arrive(width=390, dark=True)
    piotr.opens("/").signs_in("Piotr Zielonka").opens("/planning/?q=markets")
    piotr.sees("Waits for a word", "1 here").sees_no(PRIORITY, "nobody has taken")
    piotr.opens("/planning/figures/").sees("Settled between units", "1 of 8")
