"""Figures as they stood on a day, so that charts over time need not compute the past again."""

from typing import ClassVar

from django.db import models

from goldenthread.engine.result import Status


class Figure(models.Model):
    """One measure of one scope on one day. Stored again for the same day, it takes the place of the old one.

    `measure` and `method_version` name the page that defines it; a new method version is a row of its own, so
    that a changed formula never rewrites the past. `value` is empty whenever `status` is neither ok nor early.
    """

    class Scope(models.TextChoices):
        ORGANISATION = "organisation", "The organisation"
        UNIT = "unit", "A unit with those below it"
        PRIORITY = "priority", "The work below a priority"

    measure = models.CharField(max_length=60)
    scope_kind = models.CharField(max_length=12, choices=Scope.choices)
    scope_id = models.PositiveBigIntegerField(default=0)  # the unit's; 0 for the organisation
    as_of = models.DateField()
    method_version = models.CharField(max_length=60)
    value = models.FloatField(null=True, blank=True)
    numerator = models.FloatField(null=True, blank=True)
    denominator = models.FloatField(null=True, blank=True)
    n = models.PositiveIntegerField(default=0)
    status = models.CharField(
        max_length=20, choices=[(status.value, status.value) for status in Status]
    )
    stored_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering: ClassVar = ["measure", "scope_kind", "scope_id", "as_of"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["measure", "scope_kind", "scope_id", "as_of", "method_version"],
                name="insights_one_figure_a_day",
            )
        ]

    def __str__(self) -> str:
        return f"{self.measure} of {self.scope_kind} {self.scope_id} on {self.as_of}"


class Measured(models.Model):
    """What pages show of a whole large organisation, one row each; measured by the job that counts the work, after
    the lines have changed, and only read by pages."""

    name = models.CharField(max_length=20, primary_key=True)
    measured_on = models.DateField()  # as the organisation has it
    measured_at = models.DateTimeField()
    content = models.BinaryField()

    def __str__(self) -> str:
        return f"{self.name} of {self.measured_at}"
