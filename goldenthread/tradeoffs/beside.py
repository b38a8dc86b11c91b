"""The decisions on the page of what they touch, and effort on the pages of persons and objectives."""

import datetime as dt

from django.db.models import Model
from django.urls import reverse

from goldenthread.core import clock
from goldenthread.objectives.fields import key_of
from goldenthread.objectives.models import CheckIn, Objective
from goldenthread.objectives.states import BEFORE_AGREEMENT
from goldenthread.people.models import Person
from goldenthread.tradeoffs.models import TOUCHED, Candidate, Decision, touched_by
from goldenthread.tradeoffs.selectors.allocations import person_effort
from goldenthread.tradeoffs.selectors.inferring import inferred_effort
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


def plan_beside(reader: Person, record: Model) -> Section | None:
    """What an adopted plan asks of an objective on which nobody has agreed yet. One query, of such an objective."""
    if not isinstance(record, Objective) or record.state not in BEFORE_AGREEMENT:
        return None
    asking = Candidate.objects.asking().filter(
        objective=record, plan__decision__in=Decision.objects.visible_to(reader)
    )
    one = asking.select_related("plan__cycle", "plan__decision").order_by("-plan").first()
    return None if one is None else Section("tradeoffs/_asked_by_plan.html", {"one": one})


def effort_beside(reader: Person, record: Model) -> Section | None:
    """Where a person's time goes, what goes into an objective, and after a check-in whether one's own effort, which
    is inferred, is right. An objective's is asked for by the page itself, once it is there."""
    on = clock.today()
    if isinstance(record, Person):
        return _of_person(reader, record, on)
    if isinstance(record, Objective):
        return Section("tradeoffs/_effort_to_come.html", {"objective": record})
    if isinstance(record, CheckIn) and record.key_result.objective.owner_person_id == reader.pk:
        own = record.key_result.objective
        parts = [one for one in inferred_effort(reader, on) if one.target == own]
        if parts:
            return Section("tradeoffs/_confirm_effort.html", {"part": parts[0]})
    return None


def _of_person(reader: Person, person: Person, on: dt.date) -> Section | None:
    found = person_effort(reader, person, on)
    if found is None:
        return None
    given = {"effort": found, "is_me": person == reader, "person": person, "on": on}
    return Section("tradeoffs/_person_effort.html", given)


def gives_beside(reader: Person, record: Model) -> Section | None:
    """What gives about a person's time: the page asks for it itself, once it is there. No query."""
    if not isinstance(record, Person) or record.has_left:
        return None
    return Section("tradeoffs/_gives_to_come.html", {"person": record})
