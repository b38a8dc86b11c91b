"""What is needed of other units, on the pages of objectives and units."""

from django.db.models import Model
from django.urls import reverse

from goldenthread.objectives.models import Objective
from goldenthread.people.models import Person, Unit
from goldenthread.ui.besides import Section


def dependencies_beside(reader: Person, record: Model) -> Section | None:
    """The page asks for it itself, once it is there. No query."""
    if not isinstance(record, Objective | Unit):
        return None
    name = "objective" if isinstance(record, Objective) else "unit"
    url = reverse(f"{name}-dependencies", args=[record.pk])
    return Section("objectives/_dependencies_to_come.html", {"url": url})
