"""Nadia brings in a plan as StratML; it waits, in no figure, until Marta has taken it on; again, it brings nothing."""

import re
from pathlib import Path

from goldenthread.objectives.models import Objective
from goldenthread.objectives.states import State
from tests.journeys.conftest import Arrive

PLAN = Path(__file__).parents[1] / "data" / "stratml" / "SMLC2011_part2_report_pretty_bom.xml"
GOAL, OBJECTIVE = "Performance Plans and Reports", "StratML Part 2 Files"


def test_an_imported_plan_waits_until_its_leader_confirms(demo: None, arrive: Arrive) -> None:
    nadia, marta = arrive(), arrive(dark=True)
    nadia.opens("/imports/").signs_in("Nadia Berger").follows("Import a file")
    nadia.drops(PLAN.name, PLAN.read_bytes())
    nadia.sees("Nothing has been written yet.", GOAL, OBJECTIVE)
    assert not Objective.objects.filter(title=OBJECTIVE).exists()
    nadia.presses(re.compile(r"Write \d+ rows")).sees(re.compile(r"\d+ rows are written."))

    marta.opens("/strategy/").signs_in("Marta Lindqvist").sees("of five priorities")
    marta.opens(nadia.path).sees("13 proposals wait for you").presses("Confirm all of mine")
    marta.sees("13 things are confirmed")
    marta.opens("/strategy/").sees("of eight priorities", "Weights not set.")
    marta.follows(GOAL).follows(OBJECTIVE)
    assert Objective.objects.get(title=OBJECTIVE).state != State.UNCONFIRMED

    nadia.opens("/imports/new/").drops(PLAN.name, PLAN.read_bytes())
    nadia.sees("The same file was written before", re.compile(r"0 of \d+ rows will change"))
