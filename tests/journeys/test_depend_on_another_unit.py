"""Aisha asks Line engineering, which declines; that is a risk on both objectives, and a promise too late is one as well."""

import re

from goldenthread.objectives.models import Dependency, Objective
from tests.journeys.conftest import Arrive

NEEDS, WHY = "Gateways fitted on line 1 before dispatch", "Line 1 has no station for it before May."
NEEDING, GIVING = "Three in four pumps connected", "Torque recorded at every joint"


def test_what_is_asked_and_not_met_is_a_risk_on_both_objectives(demo: None, arrive: Arrive) -> None:
    needing, giving = (
        Objective.objects.get(title=title).get_absolute_url() for title in (NEEDING, GIVING)
    )
    aisha = arrive()
    aisha.opens("/").signs_in("Aisha Rahmani").opens(needing).follows("Ask another unit")
    aisha.fills_in("What is needed", NEEDS).picks("Which unit is asked", "Line engineering")
    aisha.fills_in("Needed by", "2026-12-18").fills_in("Effort", "1")
    aisha.main.locator("summary").filter(has_text="By when an answer is wanted").click()
    aisha.picks("Out of which of its objectives it comes", GIVING).presses("Ask", exact=True)
    aisha.sees("Asked", NEEDS)
    asked = Dependency.objects.get(needs=NEEDS)

    dario = arrive(width=390, dark=True)
    dario.opens("/").signs_in("Dario Conti").opens("/").follows(NEEDS)
    dario.sees("is asked for it by", "18 December").follows("Decline", exact=True)
    dario.fills_in("Why", WHY).presses("Decline", exact=True).sees("declines", WHY)
    dario.opens(giving).sees("1 dependency is not met", NEEDS)
    aisha.opens(needing).sees("1 dependency is not met", NEEDS).follows(NEEDS).sees(WHY)

    dario.opens(asked.get_absolute_url()).follows("Accept", exact=True)
    dario.fills_in("Promised for", "2027-01-08").presses("Promise it").sees("promises it for")
    aisha.opens(needing).sees("promised later than it is needed")
    dario.opens("/dependencies/teams/?show=over").sees(
        re.compile("needed by more than (it|they) can")
    )
    row = dario.row("Dario Conti", kind="row")
    dario.follows("2", within=row, exact=True).sees("2 dependencies", NEEDS)
