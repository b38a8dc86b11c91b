"""Where effort is to go: shares of a person's or a unit's capacity, for a while."""

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import Any, ClassVar, Final, Literal, Self

from django.db import models
from django.db.models import Exists, OuterRef, Q

from goldenthread.core import clock
from goldenthread.core.models import Record
from goldenthread.objectives.fields import key_of
from goldenthread.objectives.models import Cycle, Objective
from goldenthread.people.models import Person, ReportingClosure, Unit, UnitClosure, line_above
from goldenthread.permissions import ABOVE, Relation
from goldenthread.strategy.models import Priority

RUN: Final = "run"
"""Keeping the business running: legitimate effort that serves no objective."""
Target = Objective | Priority | Literal["run"]
Whose = Person | Unit

MOST = Decimal(3)  # three times what somebody has is a slip, not a plan


class AllocationQuerySet(models.QuerySet["Allocation"]):
    def visible_to(self, person: Person | None) -> Self:
        """The person's own; those of people and units below; everything for a leader who was granted."""
        return self.none() if person is None else self.filter(self.seen_by(person))

    @staticmethod
    def seen_by(person: Person) -> Q:
        """The condition of `visible_to`, so that sums can tell what of them the reader sees anyhow."""
        named = person.self_and_lenders
        if any(one.granted_leader for one in named):
            return Q(pk__isnull=False)
        below = ReportingClosure.objects.filter(manager__in=named, report=OuterRef("person"))
        heads_person = UnitClosure.objects.filter(
            ancestor__leader__in=named, descendant=OuterRef("person__unit")
        )
        heads_unit = UnitClosure.objects.filter(
            ancestor__leader__in=named, descendant=OuterRef("unit")
        )
        above = Q(Exists(below)) | Q(Exists(heads_person)) | Q(Exists(heads_unit))
        return Q(person__in=named) | above

    def in_force(self, on: dt.date) -> Self:
        """Those that hold on the day; what goes into an objective ends when that is closed."""
        goes_on = Q(objective__closed_at__isnull=True) | Q(
            objective__closed_at__gte=clock.start_of(on + dt.timedelta(1))
        )
        return self.filter(goes_on, starts_on__lte=on, ends_on__gte=on)

    def of(self, whose: Sequence[Whose]) -> Self:
        """Those of these people and units."""
        people = [one.pk for one in whose if isinstance(one, Person)]
        units = [one.pk for one in whose if isinstance(one, Unit)]
        return self.filter(Q(person__in=people) | Q(unit__in=units))


class Allocation(Record):
    """The share of somebody's capacity that is to go to one thing, from one day to another within a cycle.

    Whose is a person or a unit; what for is an objective, a priority, or `run_the_business`. `share` is a part of that
    one's own capacity, 1 all of it. A share that changes inside its cycle ends the day before, and another row begins:
    what held on a day gone by stays readable. On one day at most one row holds for whose and what for.
    """

    IS_WORK = True
    PERSONAL = frozenset({"share", "objective", "priority", "run_the_business"})

    person = models.ForeignKey(
        Person, null=True, blank=True, on_delete=models.CASCADE, related_name="allocations"
    )
    unit = models.ForeignKey(
        Unit, null=True, blank=True, on_delete=models.CASCADE, related_name="allocations"
    )
    objective = models.ForeignKey(
        Objective, null=True, blank=True, on_delete=models.CASCADE, related_name="allocations"
    )
    priority = models.ForeignKey(
        Priority, null=True, blank=True, on_delete=models.CASCADE, related_name="allocations"
    )
    run_the_business = models.BooleanField(default=False)
    cycle = models.ForeignKey(Cycle, on_delete=models.PROTECT, related_name="allocations")
    share = models.DecimalField(max_digits=5, decimal_places=4)
    starts_on = models.DateField()
    ends_on = models.DateField()  # the last day it holds
    what_gives = models.ForeignKey(  # the request whose answer set it
        "tradeoffs.WhatGives",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="allocations",
    )

    objects = AllocationQuerySet.as_manager()

    class Meta(Record.Meta):
        ordering: ClassVar = ["starts_on", "pk"]
        constraints: ClassVar = [
            *Record.Meta.constraints,
            models.CheckConstraint(
                condition=Q(person__isnull=True) ^ Q(unit__isnull=True),
                name="tradeoffs_effort_of_one",
            ),
            models.CheckConstraint(
                condition=Q(objective__isnull=False, priority__isnull=True, run_the_business=False)
                | Q(objective__isnull=True, priority__isnull=False, run_the_business=False)
                | Q(objective__isnull=True, priority__isnull=True, run_the_business=True),
                name="tradeoffs_effort_for_one",
            ),
            models.CheckConstraint(
                condition=Q(share__gt=0, share__lte=MOST), name="tradeoffs_effort_share"
            ),
            models.CheckConstraint(
                condition=Q(ends_on__gte=models.F("starts_on")), name="tradeoffs_effort_dates"
            ),
            *(
                models.UniqueConstraint(
                    fields=[whose, *({target} - {RUN}), "cycle", "starts_on"],
                    condition=Q((f"{whose}__isnull", False))
                    & (
                        Q(run_the_business=True)
                        if target == RUN
                        else Q((f"{target}__isnull", False))
                    ),
                    name=f"tradeoffs_effort_{whose}_{target}",
                )
                for whose in ("person", "unit")
                for target in ("objective", "priority", RUN)
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["starts_on", "ends_on"])]

    def __str__(self) -> str:
        return f"{self.whose}: {self.target_words}"

    def holds(self, on: dt.date) -> bool:
        """`in_force` of this one, with what it goes into at hand."""
        closed_at = self.objective.closed_at if self.objective is not None else None
        goes_on = closed_at is None or closed_at >= clock.start_of(on + dt.timedelta(1))
        return goes_on and self.starts_on <= on <= self.ends_on

    @property
    def audit_person_id(self) -> int | None:
        return self.person_id

    @property
    def whose(self) -> Whose:
        found = self.person or self.unit
        assert found is not None  # by constraint
        return found

    @property
    def target(self) -> Target:
        return self.objective or self.priority or RUN

    @property
    def target_key(self) -> str:
        """`key_of_target`, without loading what it is for."""
        if self.objective_id is not None:
            return f"o{self.objective_id}"
        return RUN if self.priority_id is None else f"p{self.priority_id}"

    @property
    def target_words(self) -> str:
        return "Run the business" if self.target == RUN else str(self.target)

    def relations_to(self, person: Any) -> frozenset[Relation]:
        """Who leads plans for themself, for those below them, and, where it was granted, for everybody."""
        if person is None:
            return frozenset()
        whose = self.whose
        if isinstance(whose, Unit):
            found = set(whose.relations_to(person) - {Relation.EVERYBODY})
        else:
            found = set(line_above(whose, person))
            if whose.pk == person.pk:
                found |= {Relation.SELF, Relation.OWNER}
        if person.granted_leader or (person.is_leader and found & (ABOVE | {Relation.OWNER})):
            found.add(Relation.PLANNER)
        return frozenset(found)


class NonRoutineShare(Record):
    """Which part of everybody's time is not routine, as a leader declares it; the newest holds.

    From it effort is inferred where nobody entered any; without one nothing is.
    """

    share = models.DecimalField(max_digits=5, decimal_places=4)
    declared_by = models.ForeignKey(
        Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    declared_on = models.DateField()

    class Meta(Record.Meta):
        ordering: ClassVar = ["-pk"]
        constraints: ClassVar = [
            *Record.Meta.constraints,
            models.CheckConstraint(
                condition=Q(share__gt=0, share__lte=1), name="tradeoffs_non_routine_share"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.share:.0%}"

    def relations_to(self, person: Any) -> frozenset[Relation]:
        return frozenset({Relation.EVERYBODY})

    @classmethod
    def now(cls) -> Decimal | None:
        """The share that holds; None where nobody has declared any."""
        return cls._default_manager.values_list("share", flat=True).first()


def key_of_target(target: Target) -> str:
    """How a target is named: "o12", "p3", "run"."""
    return RUN if target == RUN else key_of(target)
