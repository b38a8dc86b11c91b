"""What serves what, and the lines that follow from it."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from goldenthread.objectives.models.objective import Objective
from goldenthread.people.models import (
    Person,
)
from goldenthread.strategy.models import Priority


class Contribution(models.Model):
    """The link from an objective, or a unit's priority, to what it serves. Ended, never deleted.

    Strength 1, 3 or 9. Together they form a directed acyclic graph with the organisation's priorities as roots.
    """

    class Strength(models.IntegerChoices):
        WEAK = 1, "Weak"
        MEDIUM = 3, "Medium"
        STRONG = 9, "Strong"

    class Kind(models.TextChoices):
        COMPONENT = "component", "Part of it"
        DRIVER = "driver", "Drives it"
        ENABLER = "enabler", "Makes it possible"

    child_objective = models.ForeignKey(
        Objective, null=True, blank=True, on_delete=models.CASCADE, related_name="links_up"
    )
    child_priority = models.ForeignKey(
        Priority, null=True, blank=True, on_delete=models.CASCADE, related_name="links_up"
    )
    parent_objective = models.ForeignKey(
        Objective, null=True, blank=True, on_delete=models.CASCADE, related_name="links_down"
    )
    parent_priority = models.ForeignKey(
        Priority, null=True, blank=True, on_delete=models.CASCADE, related_name="links_down"
    )
    strength = models.PositiveSmallIntegerField(choices=Strength.choices, default=Strength.MEDIUM)
    kind = models.CharField(max_length=10, choices=Kind.choices, blank=True, default="")
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)  # the last day it held
    author = models.ForeignKey(
        Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    external_id = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=(
                    Q(child_objective__isnull=False, child_priority__isnull=True)
                    | Q(child_objective__isnull=True, child_priority__isnull=False)
                )
                & (
                    Q(parent_objective__isnull=False, parent_priority__isnull=True)
                    | Q(parent_objective__isnull=True, parent_priority__isnull=False)
                ),
                name="objectives_link_ends",
            ),
            models.CheckConstraint(
                condition=Q(strength__in=[1, 3, 9]), name="objectives_link_strength"
            ),
            models.CheckConstraint(
                condition=~Q(child_objective=F("parent_objective"))
                & ~Q(child_priority=F("parent_priority")),
                name="objectives_no_self_link",
            ),
            *(
                models.UniqueConstraint(
                    fields=[f"child_{child}", f"parent_{parent}"],
                    condition=Q(valid_to__isnull=True),
                    name=f"objectives_one_link_{child[0]}{parent[0]}",
                )
                for child in ("objective", "priority")
                for parent in ("objective", "priority")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.child} serves {self.parent}"

    @property
    def child(self) -> Objective | Priority | None:
        return self.child_objective or self.child_priority

    @property
    def parent(self) -> Objective | Priority | None:
        return self.parent_objective or self.parent_priority
