"""Samir signs in, ticks off what is done, and the leader finds the progress on the strategy page."""

import re

from tests.journeys.conftest import Arrive
from tests.journeys.visitor import Visitor

PRIORITY = "Keep our installers"
ABOVE = "Installers reach a person who can help within two minutes"
OBJECTIVE = "Move three desks to routing by skill"


def test_a_check_in_moves_the_strategy_page(demo: None, arrive: Arrive) -> None:
    samir, marta = arrive(), arrive(dark=True)
    marta.opens("/strategy/").signs_in("Marta Lindqvist")
    before = done_by_value(marta)

    samir.opens("/").sees("Sign in").signs_in("Samir Haddad")
    samir.sees("This week", OBJECTIVE).presses(f"Check in : {OBJECTIVE}").looks_round(again=True)
    form = samir.main.get_by_role("form", name="Check in: Steps to the third desk")
    samir.chooses("Skills of Utrecht entered", form).chooses("Utrecht live", form)
    samir.chooses("Likely", form).fills_in("What moved it?", "Utrecht went live on Friday", form)
    samir.presses("Check in", form).is_told("Checked in: 3 of 5").looks_round(again=True)

    samir.follows(OBJECTIVE).sees("3 of 5", "Utrecht went live on Friday")
    assert done_by_value(marta.opens("/strategy/")) > before
    marta.follows(PRIORITY).follows(ABOVE).follows(OBJECTIVE).sees("Utrecht went live on Friday")


def done_by_value(visitor: Visitor) -> int:
    """How far the priority's objectives have come, as its row on the strategy page says."""
    row = visitor.main.get_by_role("listitem").filter(
        has=visitor.page.get_by_role("heading", name=PRIORITY)
    )
    said = re.search(r"(\d+)\s%\sdone", row.inner_text())
    assert said, row.inner_text()
    return int(said[1])
