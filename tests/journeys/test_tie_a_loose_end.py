"""Samir finds that what he works on hangs loose, and ties it."""

from tests.journeys.conftest import Arrive

LOOSE = "Move to the new ticket system"
PARENT = "Installers reach a person who can help within two minutes"


def test_a_loose_end_is_found_and_tied(demo: None, arrive: Arrive) -> None:
    samir, marta = arrive(), arrive()
    marta.opens("/strategy/").signs_in("Marta Lindqvist").sees("47 of 52")

    samir.opens("/objectives/?loose=1").signs_in("Samir Haddad").sees(LOOSE)
    samir.follows(LOOSE).sees("Tie it")
    samir.follows("Tie it")
    samir.picks("Serves", PARENT[:20]).presses("Tie it")
    samir.sees_no("Tie it").follows("Keep our installers")

    marta.opens("/strategy/").sees("48 of 52")
