"""Marta looks through everything that a leader can open: on her desk, and in the evening on her phone."""

import pytest
from django.urls import reverse

from goldenthread.objectives.models import Cycle, Objective
from goldenthread.people.models import Person, Unit
from goldenthread.strategy.models import Kpi, Priority, Strategy
from goldenthread.tradeoffs.models import Decision
from tests.journeys.conftest import Arrive

PAGES = "home strategy kpis map alignment methods objectives criteria objective-new cycles people people-chart units account calendar imports export search decisions decision-new"
# Opened at a desk in the journeys that are about them.
ELSEWHERE = (
    *("home", "strategy", "weights", "objective", "objective-new", "account", "imports"),
    *("decisions", "decision", "decision-new", "decision-decide"),
)
PAGES_OF_STRATEGY = "priorities weights trade-offs strategy-edit"
PAGES_OF_PRIORITY = "priority priority-edit priority-drop"
PAGES_OF_KPI = "kpi kpi-edit kpi-target"
PAGES_OF_OBJECTIVE = "objective objective-link objective-change objective-close"
PAGES_OF_UNIT = "unit unit-strategy"
PAGES_OF_DECISION = "decision decision-edit decision-decide decision-withdraw"


@pytest.mark.parametrize(("width", "dark"), [(1440, False), (390, True)], ids=["desk", "phone"])
def test_every_page_of_a_leader_holds(demo: None, arrive: Arrive, width: int, dark: bool) -> None:
    left_out = () if dark else ELSEWHERE
    pages = [reverse(name) for name in PAGES.split() if name not in left_out]
    for names, one in (
        (PAGES_OF_STRATEGY, Strategy.objects.get(state=Strategy.State.IN_FORCE, unit=None)),
        (PAGES_OF_PRIORITY, Priority.objects.get(title="Keep our installers")),
        (PAGES_OF_KPI, Kpi.objects.get(name="Still ordering after a year")),
        (PAGES_OF_OBJECTIVE, Objective.objects.get(title="No order waits for a missing part")),
        ("cycle", Cycle.objects.get(name="Q4 2026")),
        ("person", Person.objects.get(name="Jonas Feld")),
        (PAGES_OF_UNIT, Unit.objects.get(name="Service")),
        (PAGES_OF_DECISION, Decision.objects.get(decider__name="Marta Lindqvist")),
    ):
        pages += [reverse(name, args=[one.pk]) for name in names.split() if name not in left_out]
    history = f"/history/priority/{Priority.objects.get(title='Keep our installers').pk}/"
    pages += [history, "/method/line-of-sight/"]

    marta = arrive(width=width, dark=dark)
    marta.opens("/").signs_in("Marta Lindqvist")
    for page in pages:
        marta.opens(page)


@pytest.mark.parametrize(("width", "dark"), [(1440, False), (390, True)], ids=["desk", "phone"])
def test_who_runs_the_programme_is_led_to_what_waits(
    demo: None, arrive: Arrive, width: int, dark: bool
) -> None:
    emil = arrive(width=width, dark=dark)
    emil.opens("/").signs_in("Emil Strand")
    emil.sees("One thing this week", "138 people are not invited yet").follows(
        "joiners-january.csv"
    )
    emil.sees("3 of 4 rows will change something", "Leo Marchetti")
    emil.opens("/").follows("138 people are not invited yet", within=emil.main).sees("138 people")
    with emil.is_refused(404):
        emil.opens("/objectives/99999/").sees("Nothing at this address")
    emil.follows("Search", within=emil.main)


def test_an_explanation_opens_by_keyboard(demo: None, arrive: Arrive) -> None:
    marta = arrive()
    marta.opens("/alignment/").signs_in("Marta Lindqvist")
    marta.page.locator("summary", has_text="95 % interval").first.focus()
    marta.sees_no("How far chance alone may move a share of 42")
    marta.keys("Enter").sees("How far chance alone may move a share of 42")


def test_value_beside_effort_is_loaded_into_the_strategy(demo: None, arrive: Arrive) -> None:
    marta = arrive()
    marta.opens("/strategy/").signs_in("Marta Lindqvist")
    marta.sees("Into priorities", "1.88 of effort for each part of value", "To decide")
    assert marta.page.title() == "Strategy · Goldenthread"
