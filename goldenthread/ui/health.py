"""How health looks: a word, a shape and a colour each, so that no one of the three speaks alone."""

from typing import NamedTuple


class Look(NamedTuple):
    """The word on screen, the shape in the sprite (`h-…`) and the colour (`health-…`)."""

    word: str
    shape: str
    colour: str


HEALTHS = {
    "on_pace": Look("On pace", "pace", "pace"),
    "behind": Look("Behind", "behind", "behind"),
    "at_risk": Look("At risk", "risk", "risk"),
    "outdated": Look("Outdated", "outdated", "outdated"),
    "done": Look("Done", "done", "done"),
    "not_started": Look("Not started", "none", "none"),
    "not_measured": Look("Not measured", "missing", "none"),
    "early": Look("Too early to say", "early", "none"),
    "unconfirmed": Look("Unconfirmed", "unconfirmed", "none"),
}
