"""Who stands in for whom, from one day to another."""

import datetime as dt
from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import Q
from django.urls import reverse

from goldenthread.core.models import Record
from goldenthread.people.models.person import Person
from goldenthread.permissions import Relation


class DeputyQuerySet(models.QuerySet["Deputy"]):
    def visible_to(self, person: Person | None) -> Self:
        """Everybody signed in sees who stands in for whom."""
        return self.all() if person is not None else self.none()

    def standing(self, on: dt.date) -> Self:
        """Those that hold on the day."""
        return self.ahead(on).filter(starts_on__lte=on)

    def ahead(self, on: dt.date) -> Self:
        """Those that hold on the day or begin later."""
        return self.filter(ended_on__isnull=True, ends_on__gte=on)


class Deputy(Record):
    """Somebody who stands in for another between two days, in their own name (`core.access`).

    What is lent are relations of work; neither an office nor anything private. One at a time stands in for a person.
    """

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="deputies")
    deputy = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="deputises")
    starts_on = models.DateField()
    ends_on = models.DateField()  # the last day
    ended_on = models.DateField(null=True, blank=True)  # ended before its last day

    objects = DeputyQuerySet.as_manager()

    class Meta(Record.Meta):
        ordering: ClassVar = ["starts_on", "pk"]
        verbose_name_plural = "deputies"
        constraints: ClassVar = [
            *Record.Meta.constraints,
            models.CheckConstraint(
                condition=Q(ends_on__gte=models.F("starts_on")), name="people_deputy_dates"
            ),
            models.CheckConstraint(
                condition=~Q(person=models.F("deputy")), name="people_deputy_another"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.deputy} for {self.person}"

    def get_absolute_url(self) -> str:
        return reverse("person-deputies", args=[self.person_id])

    def relations_to(self, person: Any) -> frozenset[Relation]:
        return frozenset({Relation.EVERYBODY})
