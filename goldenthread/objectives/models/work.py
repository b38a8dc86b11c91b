"""What serves a priority, added up: read by pages, moved by each check-in, counted anew when a line changes."""

from typing import ClassVar

from django.db import models

from goldenthread.engine.scores import WorkDone
from goldenthread.strategy.models import Priority, Strategy


class PriorityWork(models.Model):
    """The work below a priority. `measured` and `done` are parts of its own value, whatever that weighs."""

    priority = models.OneToOneField(
        Priority, primary_key=True, on_delete=models.CASCADE, related_name="work"
    )
    objectives = models.PositiveIntegerField(default=0)
    people = models.PositiveIntegerField(default=0)  # who answer for them
    n = models.PositiveIntegerField(default=0)  # measured, and keeping some of its value
    measured = models.FloatField(default=0)
    done = models.FloatField(default=0)  # the same, times the scores

    class Meta:
        ordering: ClassVar = ["pk"]  # the order in which rows are locked

    def __str__(self) -> str:
        return f"work below {self.priority_id}"

    @property
    def work_done(self) -> WorkDone:
        return WorkDone(1.0, self.measured, self.done, self.n)


class StrategyWork(models.Model):
    """The work below all priorities of a strategy, each objective and person once; when it was counted."""

    strategy = models.OneToOneField(
        Strategy, primary_key=True, on_delete=models.CASCADE, related_name="work"
    )
    objectives = models.PositiveIntegerField(default=0)
    people = models.PositiveIntegerField(default=0)
    open_objectives = models.PositiveIntegerField(default=0)  # of the whole organisation
    counted_on = models.DateField()  # as the organisation has it: with each day cycles begin
    counted_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"work below strategy {self.strategy_id}"
