"""Ada has brought the strategy in; now she makes its choices, from the order to the proposal to a unit, and home lets go."""

import pytest

from goldenthread.objectives.models import Objective
from goldenthread.people.models import Unit
from goldenthread.strategy.models import Priority, Strategy
from tests.cast import PASSWORD, link, make_cast, make_cycle, make_objective, make_organisation
from tests.journeys.conftest import Arrive

OUTLINE = """Punctual trains
- Delays from 40 to 10 a week
Quiet trains
- Noise from 80 to 72 dB"""


@pytest.fixture
def northwind(transactional_db: None) -> None:
    """An organisation with people and a cycle, and no strategy yet."""
    make_organisation()
    make_cast()
    make_cycle()


def test_an_imported_strategy_ends_as_proposals_to_units(northwind: None, arrive: Arrive) -> None:
    ada = arrive()
    ada.opens("/strategy/from-outline/").signs_in("Ada Holm", PASSWORD)
    ada.fills_in("Your strategy as text", OUTLINE).presses("Find the priorities")
    ada.presses("Save for later")

    ada.opens("/").sees("Your first ten minutes", "Which come first")
    ada.follows("Go on").sees("Five choices", "2 wait to be confirmed")
    ada.presses("Move Quiet trains up").presses("Confirm all 2")

    ada.sees("One of five choices is made", "what each is worth")
    ada.follows("Set and confirm the weights")
    ada.fills_in("Quiet trains", "60").fills_in("Punctual trains", "40")
    ada.presses("Confirm these weights")

    ada.sees("Two of five choices are made", "2 priorities left")
    for title, unit in (("Quiet trains", "dB"), ("Punctual trains", "trains")):
        ada.follows("Give it a number", within=ada.row(title))
        ada.fills_in("Unit of measure", unit).chooses("Lower is better").presses("Make the KPI")

    ada.sees("Three of five choices are made").follows("Say what will not be done")
    ada.follows("Your first ten minutes").follows("Say what will not be done")  # left, and back
    ada.fills_in("We will not do", "A line to the coast").presses("Add to not doing")

    ada.sees("Four of five choices are made").presses("Put it in force")
    ada.follows("Propose to a unit", within=ada.row("Quiet trains")).sees("Quiet trains")

    # What the units answer with ties the last two.
    strategy = Strategy.objects.get()
    quiet, punctual = strategy.priorities.order_by("position")
    assert (quiet.title, punctual.title) == ("Quiet trains", "Punctual trains")
    assert (quiet.weight, punctual.weight) == (60, 40)
    for priority in (quiet, punctual):
        serve(priority)
    ada.opens("/begin/").sees("All five choices are made")
    ada.opens("/").sees_no("Your first ten minutes")


def serve(priority: Priority) -> Objective:
    """An objective of a unit that serves the priority."""
    made = make_objective(Unit.objects.get(name="Operations"), f"For {priority}")
    link(made, priority)
    return made
