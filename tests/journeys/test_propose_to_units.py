"""Marta proposes to three units at once; Aisha counters from a phone; Marta sees both versions side by side and agrees."""

from goldenthread.objectives.models import Cascade, Objective
from goldenthread.objectives.states import State
from tests.journeys.conftest import Arrive

TITLE, ANSWER = "Every alert is read within a day", "Every alert is read within two days"
RESULT = "Alerts read within a day"


def test_proposed_to_three_units_one_counters_and_is_agreed_with(
    demo: None, arrive: Arrive
) -> None:
    marta = arrive()
    marta.opens("/").signs_in("Marta Lindqvist").opens("/strategy/")
    marta.follows("Failures found before they happen").follows("Propose to units")
    for unit in ("Service", "Engineering", "Operations"):
        marta.chooses(unit)
    marta.fills_in("Objective", TITLE)
    marta.fills_in("What is measured", RESULT, within=marta.main.locator("#kr0"))
    marta.fills_in("From", "40", within=marta.main.locator("#kr0"))
    marta.fills_in("To", "95", within=marta.main.locator("#kr0"))
    marta.fills_in("Unit of measure", "%", within=marta.main.locator("#kr0"))
    marta.fills_in("Mandate: what the unit decides alone", "Who is on duty, and when.")
    marta.fills_in("With which resources", "What it has.")
    marta.presses("Propose", exact=True).sees("Proposed to 3 units", "Service", "Engineering")
    assert Cascade.objects.filter(title=TITLE).count() == 3

    aisha = arrive(width=390, dark=True)
    aisha.opens("/").signs_in("Aisha Rahmani").opens("/").sees(TITLE)
    aisha.follows(f"Aldervale Heat proposes “{TITLE}”", exact=True)
    aisha.sees("You answer", "Mandate", "Who is on duty, and when.")
    aisha.follows("Counter", exact=True).fills_in("Objective", ANSWER)
    aisha.fills_in("With which resources", "One more technician on call.")
    aisha.fills_in("A word to the other side", "Two days hold without nights.")
    aisha.presses("Counter with this").sees("Aldervale Heat answers")

    marta.opens("/").follows(f"Service counters “{ANSWER}”", exact=True)
    marta.sees("Two days hold without nights.", "Version 1", "Version 2")
    terms = marta.main.locator(".cascade-terms")
    assert terms.locator("del").all_inner_texts()[0] == "a day"
    assert terms.locator("ins").all_inner_texts()[0] == "two days"
    marta.presses("Agree", exact=True).sees("Agreed", "Both sides")
    made = Objective.objects.get(title=ANSWER)
    assert (str(made.owner_unit), made.state) == ("Service", State.AGREED)  # begins with its cycle
    marta.follows("the objective of Service").sees("Mandate", "Who is on duty, and when.")
    others = Cascade.objects.filter(title=TITLE).values_list("state", flat=True)
    assert set(others) == {"proposed"}
