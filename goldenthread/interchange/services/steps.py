"""The milestones of a key result as lines of one cell: "Order the pumps [by 2026-10-31] [weight 2]"."""

import datetime as dt
import re
from collections.abc import Iterable
from decimal import Decimal, InvalidOperation

from goldenthread.core.errors import DomainError
from goldenthread.interchange.services.rows import fitted
from goldenthread.objectives.models import Milestone
from goldenthread.objectives.services.drafts import MilestoneDraft

_STEP = re.compile(
    r"(?P<title>.*?)(?: \[by (?P<due>\d{4}-\d\d-\d\d|–)\])?(?: \[weight (?P<weight>[\d.]+)\])?"
)


def write_steps(steps: Iterable[Milestone]) -> str:
    """The steps, a line each; day and weight always stand there, so that no title is taken for them."""
    return "\n".join(
        f"{' '.join(one.title.split())} [by {one.due_on or '–'}] [weight {one.weight.normalize():f}]"
        for one in steps
    )


def read_steps(text: str) -> list[MilestoneDraft]:
    """The steps of a cell; day and weight may be left out. Refuses what is no day or no weight."""
    found = []
    for line in text.splitlines():
        if not line.strip():
            continue
        match = _STEP.fullmatch(" ".join(line.split()))
        assert match is not None  # the title takes whatever is left
        due, weight = match["due"], match["weight"]
        try:
            day = dt.date.fromisoformat(due) if due and due != "–" else None
            share = Decimal(weight) if weight else Decimal(1)
        except (ValueError, InvalidOperation):
            raise DomainError(
                f"“{line.strip()}” is not a milestone: write “title [by 2026-12-31] [weight 2]”.",
                "milestones",
            ) from None
        if not match["title"]:
            raise DomainError("A milestone has no title.", "milestones")
        found.append(MilestoneDraft(fitted(match["title"], 200)[0], day, share))
    return found
