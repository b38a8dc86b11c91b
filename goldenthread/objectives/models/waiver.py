"""Rules of quality set aside for one objective, with the reason."""

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q

from goldenthread.core.models import Audited
from goldenthread.objectives.models.objective import Objective
from goldenthread.people.models import Person
from goldenthread.permissions import Relation


class RuleWaiver(Audited):
    """A rule that is not to hold for an objective, and why. Taken back, it stays on record."""

    IS_WORK = True

    objective = models.ForeignKey(Objective, on_delete=models.CASCADE, related_name="waivers")
    code = models.CharField(max_length=3)  # of engine.quality.rules.RULES
    reason = models.CharField(max_length=2000)
    author = models.ForeignKey(
        Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    waived_at = models.DateTimeField()
    ended_by = models.ForeignKey(
        Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["code", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["objective", "code"],
                condition=Q(ended_at__isnull=True),
                name="objectives_one_waiver_a_rule",
            )
        ]

    def __str__(self) -> str:
        return f"{self.code} of {self.objective}"

    def relations_to(self, person: Any) -> frozenset[Relation]:
        return self.objective.relations_to(person)
