"""Key results, their milestones and the check-ins on them."""

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q

from goldenthread.core.models import Record
from goldenthread.people.models import (
    Person,
)
from goldenthread.permissions import Relation
from goldenthread.strategy.models import Kpi


class KeyResult(Record):
    """One success criterion of an objective. Which of the numbers count depends on its kind."""

    IS_WORK = True

    class Kind(models.TextChoices):
        METRIC = "metric", "Metric: from a baseline to a target"
        THRESHOLD = "threshold", "Threshold: held over the period"
        MILESTONES = "milestones", "Milestones: dated steps"
        GRADED = "graded", "Graded: commit, target, stretch"

    class Direction(models.TextChoices):
        INCREASE = "increase", "It shall rise"
        DECREASE = "decrease", "It shall fall"

    objective = models.ForeignKey(
        "objectives.Objective", on_delete=models.CASCADE, related_name="key_results"
    )
    title = models.CharField(max_length=200)
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.METRIC)
    measure = models.CharField(max_length=40, blank=True, default="")
    decimals = models.PositiveSmallIntegerField(default=0)
    weight = models.DecimalField(max_digits=7, decimal_places=4, default=1)
    baseline = models.DecimalField(null=True, blank=True, max_digits=20, decimal_places=6)
    target = models.DecimalField(null=True, blank=True, max_digits=20, decimal_places=6)
    target_text = models.CharField(max_length=500, blank=True, default="")
    not_enough = models.CharField(max_length=300, blank=True, default="")  # what would not count
    measure_by = models.DateField(null=True, blank=True)  # when start or target will be known
    direction = models.CharField(  # as declared; else the numbers say it
        max_length=8, choices=Direction.choices, blank=True, default=""
    )
    kpi = models.ForeignKey(  # the KPI whose values it follows
        Kpi, null=True, blank=True, on_delete=models.SET_NULL, related_name="key_results"
    )
    commit = models.DecimalField(null=True, blank=True, max_digits=20, decimal_places=6)
    stretch = models.DecimalField(null=True, blank=True, max_digits=20, decimal_places=6)
    low = models.DecimalField(
        null=True, blank=True, max_digits=20, decimal_places=6
    )  # threshold: at or above
    high = models.DecimalField(
        null=True, blank=True, max_digits=20, decimal_places=6
    )  # threshold: at or below
    required_share = models.DecimalField(max_digits=4, decimal_places=3, default=1)
    due_on = models.DateField(null=True, blank=True)
    source = models.CharField(max_length=200, blank=True, default="")  # where the number comes from
    reporter = models.ForeignKey(
        Person,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="reported_key_results",
    )
    position = models.PositiveSmallIntegerField(default=0)

    score = models.FloatField(null=True, blank=True)
    unclamped = models.FloatField(null=True, blank=True)
    latest = models.DecimalField(null=True, blank=True, max_digits=20, decimal_places=6)
    last_check_in_on = models.DateField(null=True, blank=True)

    class Meta(Record.Meta):
        ordering: ClassVar = ["position", "pk"]
        constraints: ClassVar = [
            *Record.Meta.constraints,
            models.CheckConstraint(condition=Q(weight__gte=0), name="objectives_kr_weight"),
        ]

    def __str__(self) -> str:
        return self.title

    def relations_to(self, person: Any) -> frozenset[Relation]:
        found = self.objective.relations_to(person)
        if person is not None and self.reporter_id == person.pk:
            found |= {Relation.OWNER}
        return found


class Milestone(models.Model):
    """One dated, weighted step of a milestones key result."""

    key_result = models.ForeignKey(KeyResult, on_delete=models.CASCADE, related_name="milestones")
    title = models.CharField(max_length=200)
    weight = models.DecimalField(max_digits=7, decimal_places=4, default=1)
    due_on = models.DateField(null=True, blank=True)
    done_on = models.DateField(null=True, blank=True)  # as of the latest check-in
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering: ClassVar = ["position", "pk"]

    def __str__(self) -> str:
        return self.title


class CheckIn(models.Model):
    """A dated value, confidence and note on a key result. Never edited: a correction is a new one."""

    class Confidence(models.TextChoices):
        LOW = "low", "Unlikely"
        MEDIUM = "medium", "Open"
        HIGH = "high", "Likely"

    key_result = models.ForeignKey(KeyResult, on_delete=models.CASCADE, related_name="check_ins")
    as_of = models.DateField()
    value = models.DecimalField(null=True, blank=True, max_digits=20, decimal_places=6)
    milestones_done = models.JSONField(default=list, blank=True)  # ids done as of the day
    confidence = models.CharField(max_length=6, choices=Confidence.choices, blank=True, default="")
    note = models.TextField(blank=True, default="")
    author = models.ForeignKey(
        Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="check_ins"
    )
    recorded_at = models.DateTimeField()
    corrects = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="corrected_by"
    )
    score = models.FloatField(null=True, blank=True)  # of the key result, as it stood with this
    external_id = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        ordering: ClassVar = ["as_of", "recorded_at", "pk"]
        indexes: ClassVar = [models.Index(fields=["key_result", "as_of"])]

    def __str__(self) -> str:
        return f"{self.key_result_id} {self.as_of}: {self.value}"
