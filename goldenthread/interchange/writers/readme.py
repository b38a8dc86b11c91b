"""The note that lies beside the tables of an export."""

from collections.abc import Mapping

from goldenthread.core import clock
from goldenthread.core.models import Organisation
from goldenthread.objectives.models import Objective
from goldenthread.people.models import Person

IN_IT = "The whole database, what is confidential or restricted included."
SEEN = "What {} sees; what is hidden from them is not in it."


def readme(actor: Person | None, counts: Mapping[str, int]) -> str:
    """What is in the export, for whom, and what is not."""
    left_out = Objective.objects.filter(owner_person=None, owner_unit=None)
    if actor is not None:
        left_out = left_out.visible_to(actor)
    unowned = left_out.count()
    lines = [
        f"{Organisation.current()}, {clock.today():%-d %B %Y}",
        "",
        SEEN.format(actor) if actor is not None else IN_IT,
        "",
        *(f"{name + '.csv':24}{count:>9,} rows" for name, count in counts.items()),
        "",
        "UTF-8, commas between cells, dates as 2026-12-31, a point before decimals. A text that a spreadsheet",
        "would execute has an apostrophe before it; the import takes exactly that away again.",
        "",
        "goldenthread import auto FOLDER brings all of it in, in the right order. Where it came from, nothing",
        "changes. Elsewhere strategies arrive as drafts, and priorities, KPIs and objectives unconfirmed, whatever",
        "stands in the columns “state” and “weight”: these are for readers alone, and so are the last two tables.",
        "",
        "Not in it: accounts and roles, days away, the history, corrected values, links that have ended, proposed",
        "changes, and what objectives were closed with. For all of that make a backup.",
    ]
    if unowned:
        lines += ["", f"{unowned} objectives without an owner are not in it: give them one first."]
    return "\n".join(lines) + "\n"
