"""What held of people and units from one day to another."""

from typing import ClassVar

from django.db import models

from goldenthread.core.held import Held, periods
from goldenthread.people.models.person import Person, Unit


class PersonHeld(Held):
    """Where somebody stood: their unit (membership), their manager (reporting line), their first and last day."""

    OF = "person"
    KEPT = ("unit", "manager", "start", "end")

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="periods")
    unit = models.ForeignKey(
        Unit, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )
    manager = models.ForeignKey(
        Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )
    start = models.DateField(null=True, blank=True)
    end = models.DateField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = periods("person", "people_person_held")


class UnitHeld(Held):
    """Where a unit stood in the tree, who led it, and what it had where its people are not entered."""

    OF = "unit"
    KEPT = ("parent", "leader", "fte", "ended_on")

    unit = models.ForeignKey(Unit, on_delete=models.CASCADE, related_name="periods")
    parent = models.ForeignKey(
        Unit, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )
    leader = models.ForeignKey(
        Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )
    fte = models.DecimalField(max_digits=9, decimal_places=2, null=True, blank=True)
    ended_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = periods("unit", "people_unit_held")
