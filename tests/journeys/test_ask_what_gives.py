"""Samir has more than he can do and asks; Jonas passes it on to Helen, whose priority it serves; she answers, and effort
and expectations follow."""

from decimal import Decimal

from goldenthread.demo.days import STANDS_ON
from goldenthread.objectives.models import ExpectationChange, Objective
from goldenthread.objectives.states import State
from goldenthread.people.models import Person
from goldenthread.tradeoffs.models import Allocation, Decision, WhatGives
from tests.journeys.conftest import Arrive

TITLE = "What gives for Samir Haddad?"
ROUTING, TICKETS = "Move three desks to routing by skill", "Move to the new ticket system"
CALLS = "Calls find the right desk at the first try"


def test_what_is_asked_is_passed_on_answered_and_followed(demo: None, arrive: Arrive) -> None:
    samir, jonas = arrive(width=390), arrive()
    samir.opens("/").signs_in("Samir Haddad").opens("/").follows("What gives?")
    samir.sees("120", "Overload", ROUTING, TICKETS)
    samir.fills_in("In a sentence", "Two moves at once do not fit into one week.")
    samir.presses("Ask what gives").sees("It waits for Jonas Feld")
    samir.opens("/").sees("Jonas Feld answers by")

    jonas.opens("/").signs_in("Jonas Feld").opens("/").follows(TITLE, exact=True)
    jonas.sees("Two moves at once", "Keep our installers", "Overload")
    jonas.main.get_by_text("Pass it on to a sponsor").click()
    jonas.selects("To", "Helen Brandt: Keep our installers")
    jonas.fills_in("Why it needs them", "Both are hers.").presses("Pass it on", exact=True)
    jonas.sees("It waits for Helen Brandt", "Escalated")

    helen = arrive(dark=True)
    helen.opens("/").signs_in("Helen Brandt").opens("/").follows(TITLE, exact=True)
    helen.sees("Jonas Feld passed it on", "Both are hers.")
    routing, tickets = (
        helen.main.locator(".gives-item").filter(has_text=words) for words in (ROUTING, TICKETS)
    )
    routing.get_by_text("Shrink", exact=True).click()
    helen.fills_in("Only so much time", "40", within=routing)
    helen.fills_in("Done by", "2027-02-26", within=routing)
    tickets.get_by_text("Stop", exact=True).click()
    helen.fills_in("Why", "Routing pays off first.").presses("Decide what gives")
    helen.sees("Answered", "Waits to be acknowledged", "After 65")

    one = WhatGives.objects.get(person__name="Samir Haddad")
    assert one.decision == Decision.objects.get(question=TITLE)
    person = Person.objects.get(name="Samir Haddad")
    effort = Allocation.objects.in_force(STANDS_ON).filter(person=person, objective__isnull=False)
    assert [(str(row.objective), row.share) for row in effort] == [(ROUTING, Decimal("0.4"))]
    assert Objective.objects.get(title=TICKETS).state == State.DROPPED
    change = ExpectationChange.objects.get(objective__title=ROUTING, state="open")
    assert (change.addressee, str(change.author)) == (person, "Helen Brandt")

    samir.opens("/").sees(f"Answered: {TITLE}").follows(f"Answered: {TITLE}", exact=True)
    samir.presses("I have read it").sees("Noted.")
    samir.opens("/").sees(f"Answer Helen Brandt’s change to “{ROUTING}”")
    jonas.opens("/").sees_no(f"overdue: {TITLE}").opens(one.get_absolute_url())
    jonas.sees("The decision on record", "Samir Haddad has read it", CALLS)
