"""Nadia runs the programme: she keeps a template, sees who is stuck, and asks; Lena finds it on her home."""

import re

from goldenthread.core.models import Letter
from goldenthread.objectives.models import Objective
from tests.journeys.conftest import Arrive

SILENT = "Publish the 20 answers installers ask for most"


def test_hr_helps_without_writing_anybodys_work(demo: None, arrive: Arrive) -> None:
    before = set(Objective.objects.values_list("pk", "title", "state", "version"))
    nadia = arrive(width=1440)
    nadia.opens("/programme/").signs_in("Nadia Berger")
    nadia.sees("Q4 2026 is on day 54 of 92", "No check-in for long", "Withheld: too few people")
    nadia.follows("No check-in for long").sees(SILENT, "Lena Kovač")
    nadia.presses(re.compile(f"Nudge ?: {SILENT}")).sees(
        "Lena Kovač will find it on their home", "Asked today"
    )

    nadia.opens("/templates/").sees("No template yet").follows("Add the first one")
    nadia.fills_in("Name", "Better service").fills_in("Objective", "Customers wait less for …")
    nadia.fills_in("What is measured", "Median wait").presses("Add the template")
    nadia.looks_round().sees("The template “Better service” is added.", "Median wait")
    assert set(Objective.objects.values_list("pk", "title", "state", "version")) == before
    assert not Letter.objects.exists()  # a demo stands still

    lena = arrive(width=390, dark=True)
    lena.opens("/").signs_in("Lena Kovač").sees(f"Check in: {SILENT}")
    lena.opens("/objectives/new/").page.locator("summary", has_text="Begin with a template").click()
    lena.follows("Better service").sees("Begun with Better service")
    assert lena.field("Objective").input_value() == "Customers wait less for …"
    lena.opens("/account/").chooses("On Mondays")
    lena.presses("Save").sees("Reminders: On Mondays.")


def test_every_page_of_hr_holds_on_a_phone_in_the_dark(demo: None, arrive: Arrive) -> None:
    nadia = arrive(width=390, dark=True)
    nadia.opens("/programme/").signs_in("Nadia Berger").sees("Rhythm", "Adoption")
    for page in ("/programme/stuck/no-objective/", "/programme/stuck/change/", "/templates/new/"):
        nadia.opens(page)
