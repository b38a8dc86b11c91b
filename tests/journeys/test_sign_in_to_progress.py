"""Jonas signs in, checks in on what is due, and finds the progress on the strategy page."""

from tests.journeys.conftest import Arrive


def test_check_in_reaches_the_strategy_page(demo: None, arrive: Arrive) -> None:
    jonas = arrive()
    jonas.opens("/").sees("Sign in").signs_in("Jonas Feld")
    jonas.sees("This week")
    print(jonas.main.aria_snapshot())
    jonas.presses("Check in")
    print(jonas.main.aria_snapshot())
    for p in ("/strategy/", "/people/", "/people/chart/", "/kpis/", "/units/1/", "/ui/"):
        jonas.opens(p)
        if "ui" not in p:
            print(jonas.main.aria_snapshot())
    assert 0
