"""Helen and Marta write about the same priority at the same time; neither overwrites the other unseen."""

from goldenthread.strategy.models import Priority
from tests.journeys.conftest import Arrive

HELENS = "Every second kilowatt we sell goes through an installer."
MARTAS = "Whoever loses installers loses the town."


def test_the_second_to_save_sees_both_versions_and_chooses(demo: None, arrive: Arrive) -> None:
    priority = Priority.objects.get(title="Keep our installers")
    page = f"/priorities/{priority.pk}/edit/"
    helen, marta = arrive(), arrive()
    helen.opens(page).signs_in("Helen Brandt")
    marta.opens(page).signs_in("Marta Lindqvist")

    helen.fills_in("Why it creates value", HELENS).presses("Save", exact=True).sees("Saved")
    marta.fills_in("Why it creates value", MARTAS)
    with marta.is_refused(409):
        marta.presses("Save", exact=True)
    marta.looks_round(again=True)
    marta.sees("Saved meanwhile", "Neither version is lost", HELENS, MARTAS)

    marta.presses("Save mine over it").sees("Saved")
    helen.opens(f"/priorities/{priority.pk}/").sees(MARTAS)
    priority.refresh_from_db()
    assert priority.why == MARTAS
