"""What held of a strategy and its priorities from one day to another."""

from typing import ClassVar

from django.db import models

from goldenthread.core.held import Held, periods
from goldenthread.people.models import Person
from goldenthread.strategy.models.plan import Priority, Strategy


class StrategyHeld(Held):
    """Whether a strategy was in force, for which horizon, and whether its weights were confirmed."""

    OF = "strategy"
    KEPT = ("state", "starts_on", "ends_on", "weights_confirmed_at")

    strategy = models.ForeignKey(Strategy, on_delete=models.CASCADE, related_name="periods")
    state = models.CharField(max_length=10, choices=Strategy.State.choices)
    starts_on = models.DateField(null=True, blank=True)
    ends_on = models.DateField(null=True, blank=True)
    weights_confirmed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = periods("strategy", "strategy_strategy_held")


class PriorityHeld(Held):
    """Whether a priority was in use, its weight, and who sponsored it."""

    OF = "priority"
    KEPT = ("state", "weight", "sponsor", "sponsor_named_by")

    priority = models.ForeignKey(Priority, on_delete=models.CASCADE, related_name="periods")
    state = models.CharField(max_length=12, choices=Priority.State.choices)
    weight = models.DecimalField(max_digits=5, decimal_places=2, null=True, blank=True)
    sponsor = models.ForeignKey(
        Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    sponsor_named_by = models.ForeignKey(
        Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        constraints: ClassVar = periods("priority", "strategy_priority_held")
