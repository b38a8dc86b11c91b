"""A period in which objectives are set and closed."""

import datetime as dt
from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from goldenthread.core.models import Record
from goldenthread.permissions import Relation


class Cycle(Record):
    """A period in which objectives are set and closed: planning opens, it runs, its landmark, it closes."""

    class State(models.TextChoices):
        PLANNED = "planned", "Planned"
        OPEN = "open", "Open"
        CLOSED = "closed", "Closed"

    name = models.CharField(max_length=60)
    starts_on = models.DateField()
    ends_on = models.DateField()
    opens_on = models.DateField(null=True, blank=True)  # objectives may be proposed from here
    landmark_on = models.DateField(null=True, blank=True)  # half-way unless set
    closes_on = models.DateField(null=True, blank=True)  # last day to score
    state = models.CharField(max_length=8, choices=State.choices, default=State.OPEN)

    class Meta(Record.Meta):
        ordering: ClassVar = ["-starts_on", "-pk"]
        constraints: ClassVar = [
            *Record.Meta.constraints,
            models.UniqueConstraint(fields=["name"], name="objectives_cycle_name"),
            models.CheckConstraint(
                condition=Q(ends_on__gt=F("starts_on")), name="objectives_cycle_dates"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("cycle", args=[self.pk])

    def relations_to(self, person: Any) -> frozenset[Relation]:
        return frozenset({Relation.EVERYBODY})

    @property
    def landmark(self) -> dt.date:
        return self.landmark_on or self.starts_on + (self.ends_on - self.starts_on) / 2
