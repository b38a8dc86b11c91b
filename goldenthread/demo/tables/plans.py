"""What Marta puts side by side for the first quarter of 2027: candidates, what the units have, three scenarios."""

from typing import NamedTuple

MADE_ON = "20 Nov"
NAME = "What we run in the first quarter"
AUTHOR = "Marta Lindqvist"
CAPACITY = {
    "Engineering": "6",
    "Operations": "7",
    "Sales and Partners": "6",
    "Service": "4.5",
    "Markets": "2",
    "People and Finance": "1",
}


class CandidateLine(NamedTuple):
    """An objective by its key, or the title of something new; without a value it has that of the strategy."""

    what: str
    effort: dict[str, str]
    value: str = ""
    mandatory: bool = False
    stop_cost: str = "0"
    start_cost: str = "0"
    alternative: str = ""
    needs: tuple[str, ...] = ()  # "#3"
    owner: str = ""  # of something new


CANDIDATES = (
    CandidateLine("cert", {"Engineering": "4"}, mandatory=True),
    CandidateLine("rework", {"Operations": "3"}),
    CandidateLine("trained", {"Sales and Partners": "1.5"}),
    CandidateLine("reach", {"Sales and Partners": "2"}, stop_cost="2"),
    CandidateLine("solved", {"Sales and Partners": "1"}),
    CandidateLine("days21", {"Operations": "2"}, alternative="Days to delivery"),
    CandidateLine("parts", {"Operations": "1.5"}, stop_cost="1"),
    CandidateLine("connected", {"Service": "2"}, alternative="Pumps connected"),
    CandidateLine("alerts", {"Service": "1.5"}),
    CandidateLine("certified", {"Markets": "1"}),
    CandidateLine("tickets", {"Sales and Partners": "1"}, value="1", stop_cost="2"),
    CandidateLine("rotterdam", {"Markets": "1", "People and Finance": "0.5"}, value="1"),
    CandidateLine("brand", {"Sales and Partners": "0.5"}, value="0.5"),
    CandidateLine("n-launch", {"Engineering": "1", "Markets": "0.5"}, value="9", needs=("#1",)),
    CandidateLine("n-19", {"Operations": "2.5"}, value="8", alternative="Days to delivery"),
    CandidateLine("n-85", {"Service": "2.5"}, value="12", alternative="Pumps connected"),
    CandidateLine("n-90", {"Sales and Partners": "1.5"}, value="7", needs=("#4",)),
    CandidateLine("n-takt", {"Operations": "1"}, value="4", needs=("#2",)),
    CandidateLine(
        *("A heat pump for flats: first prototype", {"Engineering": "2"}),
        value="8",
        start_cost="1",
        owner="Engineering",
    ),
    CandidateLine(
        *("Connection paid for by the service contract", {"Service": "1"}),
        value="3",
        owner="Service",
    ),
)

# Name, capacity moved, candidates forced in or out by their numbers.
SCENARIOS: tuple[tuple[str, dict[str, str], dict[int, bool]], ...] = (
    ("As things stand", {}, {}),
    ("Two more in Operations", {"Operations": "2", "Markets": "-0.5"}, {}),
    ("The ticket system is finished first", {}, {11: True, 12: False}),
)
