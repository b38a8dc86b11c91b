"""The decisions on the page of what they touch."""

from django.db.models import Model
from django.urls import reverse

from goldenthread.core import clock
from goldenthread.objectives.fields import key_of
from goldenthread.people.models import Person
from goldenthread.tradeoffs.models import TOUCHED, touched_by
from goldenthread.tradeoffs.selectors.listing import decisions_touching
from goldenthread.ui.besides import Section

SHOWN = 5


def decisions_beside(reader: Person, record: Model) -> Section | None:
    """The newest that touch the record; none says nothing. One query."""
    if touched_by(record) not in TOUCHED:
        return None
    found = decisions_touching(reader, record, SHOWN + 1)
    if not found:
        return None
    more = f"{reverse('decisions')}?touches={key_of(record)}" if len(found) > SHOWN else ""
    given = {"rows": found[:SHOWN], "more_url": more, "today": clock.today()}
    return Section("tradeoffs/_beside.html", given)
