"""What stands between units, on the pages of objectives, priorities and units: cascades, and what is needed."""

from django.db.models import Model
from django.urls import reverse

from goldenthread.core import clock
from goldenthread.objectives.fields import key_of
from goldenthread.objectives.models import Objective
from goldenthread.objectives.selectors.cascades.listing import cascades_beside
from goldenthread.people.models import Person, Unit
from goldenthread.strategy.models import Priority
from goldenthread.ui.besides import Section

SHOWN = 6


def cascades_section(reader: Person, record: Model) -> Section | None:
    """The threads around an objective; of a priority where the reader begins one and finds them, without a query.

    Those of a unit come with its dependencies, once the page is there.
    """
    if isinstance(record, Priority):
        url, words = _begin(reader, record)
        listed = f"{reverse('cascades')}?serves={key_of(record)}"
        given = {"priority": record, "url": listed, "propose_url": url, "propose_words": words}
        return Section("objectives/_cascades_of_priority.html", given)
    return cascades_around(reader, record) if isinstance(record, Objective) else None


def cascades_around(reader: Person, record: Objective | Unit) -> Section | None:
    """The threads around a record, and where the reader may begin one. A query, and one for a mandate."""
    found = cascades_beside(reader, record, SHOWN + 2)
    made = next((one for one in found if one.objective_id == record.pk), None)
    made = made if isinstance(record, Objective) else None
    rows = [one for one in found if one is not made]
    url, words = _begin(reader, record)
    if not found and not url:
        return None
    narrowed = f"unit={record.pk}" if isinstance(record, Unit) else f"serves={key_of(record)}"
    given = {
        "rows": rows[:SHOWN],
        "made": made,
        "version": made.versions.get(number=made.number) if made else None,
        "more_url": f"{reverse('cascades')}?{narrowed}" if len(rows) > SHOWN else "",
        "by_unit": isinstance(record, Unit),
        "propose_url": url,
        "propose_words": words,
        "today": clock.today(),
    }
    return Section("objectives/_cascades_beside.html", given)


def _begin(reader: Person, record: Model) -> tuple[str, str]:
    """Where the reader proposes something that serves the record, as far as a page knows without asking further."""
    if not leads_a_unit(reader) or isinstance(record, Unit):
        return "", ""
    address = f"{reverse('cascade-new')}?serves={key_of(record)}"
    if isinstance(record, Priority):
        in_force = record.state == Priority.State.ACTIVE
        return (address, "Propose to units") if in_force else ("", "")
    assert isinstance(record, Objective)
    if record.is_closed:
        return "", ""
    if record.accountable in reader.self_and_lenders:
        return address, "Propose to units"
    return f"{address}&direction=up", "Offer something that serves it"


def dependencies_beside(reader: Person, record: Model) -> Section | None:
    """The page asks for it itself, once it is there. No query."""
    if not isinstance(record, Objective | Unit):
        return None
    name = "objective" if isinstance(record, Objective) else "unit"
    url = reverse(f"{name}-dependencies", args=[record.pk])
    return Section("objectives/_dependencies_to_come.html", {"url": url})


def leads_a_unit(reader: Person) -> bool:
    """Whether somebody leads a unit, or stands in for who does: they may propose between units."""
    return reader.heads_unit or any(one.heads_unit for one in reader.stands_in_for)
