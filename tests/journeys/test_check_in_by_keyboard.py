"""Lena checks in with keys alone, in under ten seconds."""

import time

from goldenthread.objectives.models import CheckIn
from tests.journeys.conftest import Arrive

SECONDS_A_KEY = 0.2  # the keystroke-level model's average typist


def test_a_check_in_takes_under_ten_seconds_of_keys(demo: None, arrive: Arrive) -> None:
    lena = arrive()
    lena.opens("/").signs_in("Lena Kovač").sees("This week")

    began, lena.pressed = time.monotonic(), 0
    lena.keys("c").waits_for_focus_on("Value today").types("14")
    lena.keys("Tab", "ArrowRight", "Enter").sees("14 answers")
    seconds = time.monotonic() - began + lena.pressed * SECONDS_A_KEY

    assert seconds < 10, f"{lena.pressed} keys, {seconds:.1f} s"
    kept = CheckIn.objects.latest("pk")
    assert (kept.value, str(kept.author)) == (14, "Lena Kovač")
    lena.looks_round(again=True)
