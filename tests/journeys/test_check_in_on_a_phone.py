"""Lena checks in at the bus stop, on the narrowest phone, with a connection that comes and goes."""

from goldenthread.objectives.models import CheckIn
from tests.journeys.conftest import Arrive


def test_a_check_in_on_320_px_outlives_a_lost_connection(demo: None, arrive: Arrive) -> None:
    lena = arrive(width=320, height=640)
    lena.opens("/").signs_in("Lena Kovač").sees("This week")
    lena.main.locator("[data-check-in]").first.click()
    form = lena.main.locator("form.checkin").first
    lena.fills_in("Value today", "14", form).chooses("Likely", form).looks_round(again=True)

    with lena.is_offline():
        form.get_by_role("button", name="Check in").click()
        lena.is_told("No connection. What you typed is kept on this device.")
    lena.opens("/").main.locator("[data-check-in]").first.click()
    lena.sees("Your draft is back.")
    assert lena.field("Value today", form).input_value() == "14"
    lena.presses("Check in", form).sees("14 answers")
    assert CheckIn.objects.latest("pk").value == 14

    lena.follows("Publish the 20 answers installers ask for most").sees("14 answers")
    latest = lena.main.locator(".chart .dot").last.bounding_box()
    assert latest, "no chart"
    assert 0 < latest["x"] < 320, "the chart begins elsewhere than at its latest value"
    for page in ("Strategy", "Objectives", "People"):
        lena.taps(page)
