"""Lena leaves: HR notes it, Jonas passes on what she holds, Samir takes an objective on."""

from goldenthread.core.jobs import run_due
from goldenthread.objectives.models import Objective
from goldenthread.people.models import Person
from goldenthread.programme.models import Handover
from tests.journeys.conftest import Arrive

QUEUE = "Answer my queue’s calls within two minutes"


def test_what_somebody_holds_gets_another_name_before_they_go(demo: None, arrive: Arrive) -> None:
    lena = Person.objects.get(name="Lena Kovač")
    objective = Objective.objects.get(title=QUEUE)
    nadia, jonas = arrive(), arrive(dark=True)
    nadia.opens(f"/people/{lena.pk}/edit/").signs_in("Nadia Berger")
    nadia.fills_in("Last day", "2026-12-11").presses("Note that they leave")
    nadia.sees("The last day of Lena Kovač is noted")
    run_due()
    handover = Handover.objects.get(person=lena)

    jonas.opens("/").signs_in("Jonas Feld").sees("Pass on what Lena Kovač holds")
    jonas.follows("Pass on what Lena Kovač holds").sees("Lena Kovač leaves", QUEUE)
    for title in ("Guide 30 installers through their first Alder 3", "Publish the 20 answers"):
        jonas.field(title).uncheck()
    jonas.picks("Who takes it on", "Samir Haddad").presses("Pass on those ticked")
    jonas.looks_round(again=True).sees("waits for Samir Haddad to take it on")

    samir = arrive(width=390)
    samir.opens("/").signs_in("Samir Haddad").sees("Handover from Lena Kovač")
    samir.follows(f"Answer Jonas Feld’s change to “{QUEUE}”").presses("Take it on")
    samir.sees("Accepted")
    objective.refresh_from_db()
    assert str(objective.owner) == "Samir Haddad"

    jonas.opens(handover.get_absolute_url()).sees_no(QUEUE)
    nadia.opens("/handovers/").sees("Lena Kovač", "Owned by nobody")
    jonas.opens(f"/people/{lena.pk}/deputies/").picks("Who stands in", "Samir Haddad")
    jonas.fills_in("First day", "2026-11-24").fills_in("Last day", "2026-12-01")
    jonas.presses("Name them").looks_round(again=True).sees("Samir Haddad stands in for Lena Kovač")
