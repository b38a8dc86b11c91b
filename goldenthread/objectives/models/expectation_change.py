"""Proposed changes to what was agreed."""

from typing import Any, ClassVar

from django.db import models

from goldenthread.core.models import Record
from goldenthread.objectives.models.objective import Objective
from goldenthread.people.models import (
    Person,
)
from goldenthread.permissions import Relation


class ExpectationChange(Record):
    """A proposed change to an agreed objective, with its reason and the other side's answer.

    `changes` holds {"objective": {field: value}, "key_results": {id: {field: value}}}; `before` the same fields
    as they stood, so that the old wording stays readable.
    """

    IS_WORK = True

    class State(models.TextChoices):
        OPEN = "open", "Waits"
        ACCEPTED = "accepted", "Accepted"
        DECLINED = "declined", "Declined"
        WITHDRAWN = "withdrawn", "Withdrawn"

    objective = models.ForeignKey(
        Objective, on_delete=models.CASCADE, related_name="expectation_changes"
    )
    author = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    author_for = models.ForeignKey(  # the owner, where a deputy proposed it in their place
        Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    reason = models.TextField()
    changes = models.JSONField(default=dict)
    before = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    addressee = models.ForeignKey(
        Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="changes_to_answer"
    )
    answered_by = models.ForeignKey(
        Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    answered_at = models.DateTimeField(null=True, blank=True)
    answer = models.TextField(blank=True, default="")

    class Meta(Record.Meta):
        ordering: ClassVar = ["-created_at", "-pk"]

    def __str__(self) -> str:
        return f"Change to {self.objective}"

    def relations_to(self, person: Any) -> frozenset[Relation]:
        found = self.objective.relations_to(person)
        if person is not None and self.addressee_id == person.pk:
            found |= {Relation.ADDRESSEE}
        return found
