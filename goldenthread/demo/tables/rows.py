"""How the tables write an objective. Numbers are text, so that they stay exact and carry their decimals."""

from typing import NamedTuple


class Measured(NamedTuple):
    """A key result from `start` to `target`; `now` is the value of the latest check-in.

    `commit` and `stretch` make it graded. `values` are the check-ins, oldest first; without them they run
    towards `now` in small uneven steps.
    """

    title: str
    measure: str
    start: str
    target: str
    now: str
    weight: str = "100"
    commit: str = ""
    stretch: str = ""
    values: str = ""
    source: str = ""


class Held(NamedTuple):
    """A threshold that is held at least `share` of the time: `low` and above, or `high` and below."""

    title: str
    measure: str
    low: str
    high: str
    values: str
    share: str = "1"
    weight: str = "100"
    source: str = ""


class Steps(NamedTuple):
    """Milestones with their due days, and how many of them are done."""

    title: str
    steps: tuple[tuple[str, str], ...]
    done: int
    weight: str = "100"
    due: str = ""


Result = Measured | Held | Steps


class Row(NamedTuple):
    """An objective: what it serves with which strength, and the day of its latest check-in."""

    key: str
    title: str
    owner: str  # a person or a unit
    serves: dict[str, int]
    results: tuple[Result, ...]
    last: str = ""
    note: str = ""
    why: str = ""
    critical: bool = False
    aspirational: bool = False
    starts: str = ""
    carry: bool = False  # goes on in the next cycle, under the same key
    learning: str = ""
    kind: str = ""  # the way in which it contributes, where somebody said
