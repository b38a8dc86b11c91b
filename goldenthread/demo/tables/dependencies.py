"""What objectives need of other units: one is delivered, one declined, one late, one promised too late; the test bench is
asked for more than it can give, and Line engineering has still to answer."""

from typing import NamedTuple


class DependencyRow(NamedTuple):
    """`objective` and `delivers` are keys of objectives. Without `answered_on` it waits."""

    objective: str
    needs: str
    unit: str
    asked_on: str
    needed_by: str
    effort: str = ""
    answered_on: str = ""
    promised_on: str = ""
    declined: str = ""
    delivers: str = ""
    delivered_on: str = ""


DEPENDENCIES = (
    DependencyRow(
        "second", "Endurance test of two substitute valves", "Test bench", "5 Oct", "30 Oct", "0.3",
        answered_on="8 Oct", promised_on="28 Oct", delivered_on="27 Oct",
    ),
    DependencyRow(
        "gateway", "How the controllers of 2021 talk, written down", "Controls team", "19 Oct", "30 Nov", "0.5",
        answered_on="28 Oct",
        declined="Who wrote them has left. Reading it out of the code takes eight weeks, and night mode goes first.",
    ),
    DependencyRow(
        "answers", "Pictures of the new mount for the guide", "Acoustics team", "26 Oct", "13 Nov", "0.1",
        answered_on="29 Oct", promised_on="11 Nov", delivers="mount",
    ),
    DependencyRow(
        "file", "Sound report that the institute accepts", "Test bench", "2 Nov", "30 Nov", "1.5",
        answered_on="6 Nov", promised_on="7 Dec", delivers="housing",
    ),
    DependencyRow(
        "mount", "The anechoic room, three days a week", "Test bench", "9 Nov", "18 Dec", "2",
        answered_on="12 Nov", promised_on="18 Dec",
    ),
    DependencyRow(
        "night", "Sound power measured by night on six models", "Test bench", "18 Nov", "15 Dec", "2.5",
    ),
    DependencyRow(
        "van", "An Alder 3 that trainers may take apart", "Line engineering", "12 Nov", "4 Dec", "0.2",
    ),
)  # fmt: skip
