"""Samir finds on the map that what he works on hangs loose, and ties it; Marta sees one loose end fewer."""

import re

from tests.journeys.conftest import Arrive
from tests.journeys.visitor import Visitor

LOOSE = "Move to the new ticket system"
PARENT = "Installers reach a person who can help within two minutes"


def test_a_loose_end_is_found_on_the_map_and_tied(demo: None, arrive: Arrive) -> None:
    samir, marta = arrive(), arrive(dark=True)
    marta.opens("/alignment/").signs_in("Marta Lindqvist").sees(LOOSE)
    in_line, counted = objectives_in_line(marta)

    samir.opens("/map/").signs_in("Samir Haddad").sees("hang loose")
    samir.follows(f"Tie it: {LOOSE}").sees("What it serves closed on 30 September")
    samir.picks("Serves", PARENT[:20]).presses("Tie it")
    samir.sees_no("Tie it").follows(PARENT).sees(LOOSE)

    marta.opens("/alignment/").sees_no(LOOSE)
    assert objectives_in_line(marta) == (in_line + 1, counted)
    marta.opens("/strategy/").sees(f"{in_line + 1} of {counted}")


def objectives_in_line(visitor: Visitor) -> tuple[int, int]:
    """The first sentence of the page: so many of so many."""
    said = re.search(r"(\d+)\sof\s(\d+)\sobjectives", visitor.main.inner_text())
    assert said, visitor.main.inner_text()
    return int(said[1]), int(said[2])
