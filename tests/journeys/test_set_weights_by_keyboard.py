"""Marta weighs the year's priorities anew without touching the mouse, in the dark theme."""

from goldenthread.strategy.models import Priority, Strategy
from tests.journeys.conftest import Arrive

PUMP, INSTALLERS = "The quiet pump: Alder 3", "Keep our installers"


def test_weights_are_ordered_slid_and_confirmed_with_keys_alone(demo: None, arrive: Arrive) -> None:
    strategy = Strategy.objects.get(state=Strategy.State.IN_FORCE, unit=None)
    marta = arrive(dark=True)
    marta.opens(f"/strategy/{strategy.pk}/weights/").signs_in("Marta Lindqvist")

    marta.tabs_to(f"Move {INSTALLERS}").keys("ArrowUp").is_told(f"{INSTALLERS}: place 1 of 5")
    marta.tabs_to(f"Share of {INSTALLERS}").keys(*["ArrowRight"] * 15).sees("Sum 100")
    shares = marta.main.locator("[data-share-number]").evaluate_all(
        "all => all.map((one) => one.value)"
    )
    assert shares == ["40", "24", "16", "12", "8"]  # the others gave way in proportion
    marta.tabs_to(PUMP).types("22").sees("Sum 98: 2 still to give")
    marta.tabs_to("Bring to 100").keys("Enter").sees("Sum 100")
    marta.looks_round(again=True)
    marta.tabs_to("Confirm these weights").keys("Enter")

    marta.sees("The weights are confirmed.", "Confirmed by Marta Lindqvist on 23 November 2026")
    kept = list(
        strategy.priorities.filter(state=Priority.State.ACTIVE).values_list("title", "weight")
    )
    assert [title for title, _ in kept[:2]] == [INSTALLERS, PUMP]
    assert sum(weight for _, weight in kept) == 100
    marta.opens("/strategy/").sees(INSTALLERS, PUMP)
