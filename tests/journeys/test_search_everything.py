"""Helen looks for things by a word, with keys alone; what is confidential is found by a leader and by nobody else."""

from tests.journeys.conftest import Arrive

CONFIDENTIAL = "A second factory in Gdańsk"


def test_slash_finds_what_a_word_stands_in(demo: None, arrive: Arrive) -> None:
    helen = arrive()
    helen.opens("/strategy/").signs_in("Helen Brandt")
    helen.keys("/").waits_for_focus_on("Search everything").types("installer").keys("Enter")
    helen.sees("Certified installers", "Installer council meets monthly")
    helen.tabs_to("Keep our installers").keys("Enter").sees("Why it creates value")

    helen.keys("/").types("factory").keys("Enter")
    helen.sees(CONFIDENTIAL).looks_round(again=True)

    lena = arrive(width=390, dark=True)
    lena.opens("/search/").signs_in("Lena Kovač")
    lena.fills_in("Search everything", "factory").sees("Nothing fits “factory”")
    lena.sees_no(CONFIDENTIAL).looks_round(again=True)
