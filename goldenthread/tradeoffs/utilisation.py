"""How full somebody's time is, as a word, a shape and a colour."""

from goldenthread.engine.bands import band_above
from goldenthread.engine.load import UTILISATION_BANDS
from goldenthread.ui.health import Look

LOOKS = {
    "room left": Look("Room left", "early", "none"),
    "fine": Look("Full", "pace", "pace"),
    "watch": Look("Over", "behind", "behind"),
    "act": Look("Overload", "risk", "risk"),
}
EMPTY = Look("Nothing entered", "missing", "none")
FLOORS = {band.name: round(100 * band.floor) for band in UTILISATION_BANDS}
"""Per cent above which each band begins; the first two at it. For the script of the grid."""


def look_of(utilisation: float | None) -> Look:
    """The look of a share of capacity that is asked for; of None or nothing that nothing was entered."""
    band = band_above(utilisation or None, UTILISATION_BANDS)
    return EMPTY if band is None else LOOKS[band.name]
