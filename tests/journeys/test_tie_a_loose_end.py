"""Samir finds on the map that what he works on hangs loose, and ties it; Marta sees one loose end fewer."""

from tests.journeys.conftest import Arrive

LOOSE = "Move to the new ticket system"
PARENT = "Installers reach a person who can help within two minutes"


def test_a_loose_end_is_found_on_the_map_and_tied(demo: None, arrive: Arrive) -> None:
    samir, marta = arrive(), arrive(dark=True)
    marta.opens("/alignment/").signs_in("Marta Lindqvist").sees(
        "47 of 52", "Five hang loose", LOOSE
    )

    samir.opens("/map/").signs_in("Samir Haddad").sees("Five hang loose")
    samir.follows(f"Tie it: {LOOSE}").sees("What it serves closed on 30 September")
    samir.picks("Serves", PARENT[:20]).presses("Tie it")
    samir.sees_no("Tie it").follows(PARENT).sees(LOOSE)

    marta.opens("/alignment/").sees("48 of 52", "Four hang loose").sees_no(LOOSE)
    marta.opens("/strategy/").sees("48 of 52")
