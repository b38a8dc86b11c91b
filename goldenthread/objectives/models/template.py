"""Templates: what HR offers to begin an objective with. They hold words only: numbers, owner and dates are the writer's."""

from typing import Any, ClassVar, Self

from django.db import models
from django.urls import reverse

from goldenthread.core.models import Record
from goldenthread.objectives.models.key_result import KeyResult
from goldenthread.objectives.models.objective import Objective
from goldenthread.people.models import Person
from goldenthread.permissions import Relation


class TemplateQuerySet(models.QuerySet["ObjectiveTemplate"]):
    def visible_to(self, person: Person | None) -> Self:
        """Everybody signed in reads templates."""
        return self.all() if person is not None else self.none()

    def offered(self) -> Self:
        """Those that an objective can be begun with."""
        return self.filter(retired_on__isnull=True)


class ObjectiveTemplate(Record):
    """Words to begin an objective with, and when to use them. Retired, it is offered no more and stays readable."""

    name = models.CharField(max_length=100)
    use = models.TextField(blank=True, default="")  # when it fits, and how to fill it in
    title = models.CharField(max_length=200)
    why = models.TextField(blank=True, default="")
    ambition = models.CharField(
        max_length=12, choices=Objective.Ambition.choices, default=Objective.Ambition.COMMITTED
    )
    retired_on = models.DateField(null=True, blank=True)

    objects = TemplateQuerySet.as_manager()

    class Meta(Record.Meta):
        ordering: ClassVar = ["name", "pk"]
        constraints: ClassVar = [
            *Record.Meta.constraints,
            models.UniqueConstraint(fields=["name"], name="objectives_template_name"),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("template", args=[self.pk])

    def relations_to(self, person: Any) -> frozenset[Relation]:
        return frozenset({Relation.EVERYBODY})


class TemplateKeyResult(models.Model):
    """One way to judge it: what is measured and how, without any number."""

    template = models.ForeignKey(
        ObjectiveTemplate, on_delete=models.CASCADE, related_name="key_results"
    )
    title = models.CharField(max_length=200)
    kind = models.CharField(
        max_length=10, choices=KeyResult.Kind.choices, default=KeyResult.Kind.METRIC
    )
    measure = models.CharField(max_length=40, blank=True, default="")
    source = models.CharField(max_length=200, blank=True, default="")
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering: ClassVar = ["position", "pk"]

    def __str__(self) -> str:
        return self.title
