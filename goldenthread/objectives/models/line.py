"""The lines up, stored: kept by the linking service, read by lists and by who may see."""

from typing import ClassVar

from django.db import models

from goldenthread.strategy.models import Priority


class ObjectiveAncestor(models.Model):
    """Every objective above every objective (shortest depth); kept by the linking service."""

    objective = models.ForeignKey(
        "objectives.Objective", on_delete=models.CASCADE, related_name="above"
    )
    ancestor = models.ForeignKey(
        "objectives.Objective", on_delete=models.CASCADE, related_name="below"
    )
    depth = models.PositiveSmallIntegerField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["objective", "ancestor"], name="objectives_ancestor_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.objective_id}>{self.ancestor_id}"


class ObjectivePriority(models.Model):
    """Every priority, of the organisation or a unit, that an objective reaches; kept by the linking service."""

    objective = models.ForeignKey(
        "objectives.Objective", on_delete=models.CASCADE, related_name="reaches"
    )
    priority = models.ForeignKey(Priority, on_delete=models.CASCADE, related_name="reached_by")
    depth = models.PositiveSmallIntegerField()
    share = models.FloatField(default=0)  # of the priority's value, what it keeps: `PriorityWork`

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["objective", "priority"], name="objectives_priority_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.objective_id}>{self.priority_id}"
