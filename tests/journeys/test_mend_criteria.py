"""Lena writes an objective that says little; it is told while she types, and mended. Marta waives what does not fit."""

import re

from tests.journeys.conftest import Arrive


def test_what_is_unclear_is_told_while_it_is_written_and_mended(demo: None, arrive: Arrive) -> None:
    lena, marta = arrive(), arrive(dark=True, width=390)
    lena.opens("/objectives/new/").signs_in("Lena Kovač")
    lena.fills_in("Objective", "Improve the portal TBD").sees("A placeholder is still here")
    lena.sees("“Improve” can mean many things", "There is no way to tell")
    first = lena.main.locator("#kr0")
    lena.fills_in("Objective", "Installers find a part at the first try")
    lena.fills_in("What is measured", "Searches that end at the part", first)
    lena.fills_in("From", "22", first).sees("What value counts as success?")
    lena.sees_no("A placeholder is still here")
    lena.fills_in("To", "60", first).fills_in("Unit of measure", "%", first)
    lena.sees_no("What value counts as success?")
    lena.presses("Keep as a draft").sees("Do the criteria hold?")

    marta.opens("/objectives/criteria/?rule=K02").signs_in("Marta Lindqvist").sees("No baseline")
    marta.follows("Calls from Utrecht answered by two").sees("Where are we starting from?")
    marta.follows(re.compile(r"^Waive\s*: No baseline"))
    marta.fills_in("Why it is not to hold here", "He joined three weeks ago.").presses("Waive it")
    marta.sees("“He joined three weeks ago.”")
