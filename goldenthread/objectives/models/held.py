"""What held of an objective from one day to another: its frame, and apart from it what changes with a check-in."""

from typing import Any, ClassVar

from django.db import models

from goldenthread.core.held import Held, periods
from goldenthread.engine.scores import METHOD_VERSION
from goldenthread.objectives.models.objective import Objective
from goldenthread.objectives.states import State
from goldenthread.people.models import Person, Unit


class ObjectiveHeld(Held):
    """Its state, its owner and its dates, those of its cycle where it has none of its own."""

    OF = "objective"
    KEPT = (
        "state",
        "owner_person",
        "owner_unit",
        "run_the_business",
        "own_share",
        "counts_from",
        "starts_on",
        "ends_on",
        "cadence_days",
    )
    MADE_FROM = ("cycle",)
    RELATED = ("cycle",)

    objective = models.ForeignKey(Objective, on_delete=models.CASCADE, related_name="periods")
    state = models.CharField(max_length=12, choices=State.choices)
    owner_person = models.ForeignKey(
        Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )
    owner_unit = models.ForeignKey(
        Unit, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )
    run_the_business = models.BooleanField()
    own_share = models.DecimalField(max_digits=4, decimal_places=3, null=True, blank=True)
    counts_from = models.DateField()  # its cycle began
    starts_on = models.DateField()
    ends_on = models.DateField()
    cadence_days = models.PositiveSmallIntegerField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = periods("objective", "objectives_objective_held")

    @classmethod
    def values_of(cls, record: Any) -> dict[str, Any]:
        dates = {
            "counts_from": record.cycle.starts_on,
            "starts_on": record.starts,
            "ends_on": record.ends,
        }
        own = (name for name in cls.attributes() if name not in dates)
        return {name: getattr(record, name) for name in own} | dates


class ObjectiveScore(Held):
    """How far it was and what was expected: a row from each day on which that changed, none for days without.

    Between two check-ins nothing of it changes, so that the open row of a day is its figure of that day.
    """

    OF = "objective"
    KEPT = (
        "score",
        "measured_share",
        "measurable",
        "expected_fixed",
        "expected_slope",
        "last_check_in_on",
        "method_version",
    )

    objective = models.ForeignKey(Objective, on_delete=models.CASCADE, related_name="scores")
    score = models.FloatField(null=True, blank=True)
    measured_share = models.FloatField()
    measurable = models.BooleanField()
    expected_fixed = models.FloatField()
    expected_slope = models.FloatField()
    last_check_in_on = models.DateField(null=True, blank=True)
    method_version = models.CharField(max_length=60)

    class Meta:
        constraints: ClassVar = periods("objective", "objectives_objective_score")
        indexes: ClassVar = [models.Index(fields=["valid_to", "valid_from"])]

    @classmethod
    def values_of(cls, record: Any) -> dict[str, Any]:
        own = (name for name in cls.attributes() if name != "method_version")
        return {name: getattr(record, name) for name in own} | {"method_version": METHOD_VERSION}
