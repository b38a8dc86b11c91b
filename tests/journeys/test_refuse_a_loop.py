"""Jonas tries to let his objective serve one that already serves it."""

from goldenthread.objectives.models import Contribution, Objective
from tests.journeys.conftest import Arrive

ABOVE = "Installers reach a person who can help within two minutes"
BELOW = "Answer my queue’s calls within two minutes"


def test_a_loop_is_refused_with_the_way_round(demo: None, arrive: Arrive) -> None:
    above = Objective.objects.get(title=ABOVE, cycle__name="Q4 2026")
    held = Contribution.objects.count()
    jonas = arrive()
    jonas.opens(f"/objectives/{above.pk}/link/").signs_in("Jonas Feld")
    jonas.picks("Serves", BELOW[:16])
    with jonas.is_refused(422):
        jonas.presses("Tie it")
    jonas.sees("This link would close a loop.").looks_round(again=True)
    jonas.sees("It would make the objective contribute to itself")
    assert Contribution.objects.count() == held
