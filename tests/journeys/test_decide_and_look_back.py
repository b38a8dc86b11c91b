"""Aisha decides what she gives up for it, everybody reads it on the objective, and at the date home asks her what happened."""

import datetime as dt

from goldenthread.core.models import Organisation
from goldenthread.demo.days import STANDS_ON
from goldenthread.objectives.models import Objective
from goldenthread.tradeoffs.models import Decision
from tests.journeys.conftest import Arrive

QUESTION = "Do technicians or the desk answer alerts at night?"
ROTA = "Alert rota covers weekends"
GIVEN_UP = "The second van in the north, until the spring."


def test_what_is_given_up_stands_where_it_is_felt_and_is_asked_about(
    demo: None, arrive: Arrive
) -> None:
    objective = Objective.objects.get(title=ROTA)
    aisha, samir = arrive(), arrive(width=390, dark=True)
    aisha.opens("/").signs_in("Aisha Rahmani").opens("/decisions/").follows("New decision")
    aisha.fills_in("Question", QUESTION)
    aisha.fills_in("Option 1", "The desk").fills_in("Option 2", "Technicians")
    aisha.fills_in("What speaks for it", "Nobody is woken")
    aisha.picks("What it touches", ROTA).presses("Go on and decide")
    aisha.chooses("The desk").fills_in("What is given up", GIVEN_UP).fills_in("Sets free", "1.5")
    aisha.fills_in("What is expected", "Fewer than ten calls a night")
    aisha.fills_in("Look again on", "2026-12-14").presses("Decide", exact=True)
    aisha.sees("Decided. It stands on the page", GIVEN_UP)

    samir.opens("/").signs_in("Samir Haddad").opens(objective.get_absolute_url())
    samir.sees("Decisions", f"Given up: {GIVEN_UP}", "1.5 FTE").follows(QUESTION)
    samir.sees("Nobody is woken").sees_no("Correct the words")

    Organisation.objects.update(stands_on=STANDS_ON + dt.timedelta(days=21))
    aisha.opens("/").sees(f"What happened? {QUESTION}")
    aisha.follows(f"What happened? {QUESTION}", exact=True)
    aisha.fills_in("What happened", "Four calls a night, most of them at six.")
    aisha.chooses("As expected").presses("Save").sees("Looked back on")
    assert Decision.objects.get(question=QUESTION).state == Decision.State.LOOKED_BACK
    aisha.follows("Correct the words").sees("The choice, the figures").opens("/")
    aisha.sees_no(f"What happened? {QUESTION}")
