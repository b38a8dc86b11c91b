"""Helen's words outlive a lost connection and a session that has expired."""

from django.contrib.sessions.models import Session

from goldenthread.objectives.models import CheckIn
from goldenthread.strategy.models import Priority
from tests.journeys.conftest import Arrive

WORDS = "A fitter who is helped at eight in the evening stays with us."


def test_a_draft_survives_until_it_is_saved(demo: None, arrive: Arrive) -> None:
    priority = Priority.objects.get(title="Keep our installers")
    page = f"/priorities/{priority.pk}/edit/"
    helen = arrive(dark=True)
    helen.opens(page).signs_in("Helen Brandt")

    helen.fills_in("Why it creates value", WORDS)
    with helen.is_offline():
        helen.main.get_by_role("button", name="Save", exact=True).click()
        helen.page.wait_for_url("chrome-error://**")
    helen.opens(page).sees("Your draft is back.")
    assert helen.field("Why it creates value").input_value() == WORDS

    Session.objects.all().delete()
    helen.presses("Save", exact=True).sees("Sign in").signs_in("Helen Brandt")
    helen.sees("Your draft is back.")
    assert helen.path == page
    assert helen.field("Why it creates value").input_value() == WORDS

    helen.presses("Save", exact=True).sees("Saved")
    helen.opens(page).sees_no("Your draft is back.")
    priority.refresh_from_db()
    assert priority.why == WORDS


def test_a_check_in_in_place_survives_an_expired_session(demo: None, arrive: Arrive) -> None:
    lena = arrive(width=390)
    lena.opens("/").signs_in("Lena Kovač")
    lena.main.locator("[data-check-in]").first.click()
    lena.fills_in("Value today", "13").fills_in("What moved it?", WORDS)

    Session.objects.all().delete()
    lena.main.get_by_role("form").get_by_role("button", name="Check in").first.click()
    lena.sees("Sign in").signs_in("Lena Kovač").sees("This week")
    assert not CheckIn.objects.filter(note=WORDS).exists()

    lena.main.locator("[data-check-in]").first.click()
    lena.sees("Your draft is back.")
    lena.presses("Check in", within=lena.main.get_by_role("form").first).sees("13 answers")
    assert CheckIn.objects.get(note=WORDS).value == 13
