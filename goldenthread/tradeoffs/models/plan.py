"""What to run in a cycle with the people there are: candidates, what they take and need, and scenarios."""

from decimal import Decimal
from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import F, Q

from goldenthread.core.models import Job, Record
from goldenthread.core.paths import path_to
from goldenthread.objectives.models import Cycle, ExpectationChange, Objective
from goldenthread.objectives.states import BEFORE_AGREEMENT
from goldenthread.people.models import Person, Unit
from goldenthread.permissions import Relation
from goldenthread.strategy.models import Priority
from goldenthread.tradeoffs.models.decision import Decision

NOT_BELOW_ZERO = "tradeoffs_{}_not_below_0"


class PlanQuerySet(models.QuerySet["Plan"]):
    def visible_to(self, person: Person | None) -> Self:
        """Leaders plan, and read each other's plans."""
        return self.all() if person is not None and person.is_leader else self.none()


class Plan(Record):
    """What could run in a cycle, put side by side in scenarios. A proposal: it changes nobody's objective.

    Adopting one of its scenarios puts `decision` on record; from then on the plan stays as it is. `unit` is whose
    teams it plans, without it those of the whole organisation.
    """

    name = models.CharField(max_length=200)
    cycle = models.ForeignKey(Cycle, on_delete=models.PROTECT, related_name="plans")
    unit = models.ForeignKey(
        Unit, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    author = models.ForeignKey(
        Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    job = models.ForeignKey(Job, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    decision = models.OneToOneField(
        Decision, null=True, blank=True, on_delete=models.PROTECT, related_name="plan"
    )

    last_number = models.PositiveSmallIntegerField(default=0)  # given to a candidate, never again

    objects = PlanQuerySet.as_manager()

    class Meta(Record.Meta):
        ordering: ClassVar = ["-pk"]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return path_to("plan", self.pk)

    @property
    def is_adopted(self) -> bool:
        return self.decision_id is not None

    def relations_to(self, person: Any) -> frozenset[Relation]:
        leads = person is not None and person.is_leader
        return frozenset({Relation.EVERYBODY}) if leads else frozenset()


class CandidateQuerySet(models.QuerySet["Candidate"]):
    def asking(self) -> Self:
        """Objectives not agreed on yet that an adopted plan asks to start or to wait, and that do not wait already."""
        moved = Q(asks="wait", objective__cycle__starts_on__gt=F("plan__cycle__ends_on"))
        rows = self.filter(objective__state__in=BEFORE_AGREEMENT, plan__decision__isnull=False)
        return rows.exclude(asks="").exclude(moved)


class Candidate(models.Model):
    """An objective, or one that does not exist yet, that could run in the cycle of the plan.

    `value` is in points: what it keeps of the value of the strategy in hundredths, where `from_strategy`, else as a
    leader typed it. `by_priority` says how many of these points come from which priority, by its id. Of those with
    the same `alternative` at most one runs. `change` and, for what is new, `objective` come of adopting the plan,
    and so does what it `asks` of an objective on which nobody has agreed yet.
    """

    class Asks(models.TextChoices):
        START = "start", "Asked to start"
        WAIT = "wait", "Asked to wait"

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="candidates")
    number = models.PositiveSmallIntegerField()  # how the plan calls it, for good
    objective = models.ForeignKey(
        Objective, null=True, blank=True, on_delete=models.CASCADE, related_name="candidacies"
    )
    title = models.CharField(max_length=200, blank=True, default="")  # of what does not exist yet
    owner_person = models.ForeignKey(
        Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    owner_unit = models.ForeignKey(
        Unit, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    priority = models.ForeignKey(
        Priority, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    value = models.DecimalField(max_digits=9, decimal_places=2, default=Decimal(0))
    from_strategy = models.BooleanField(default=False)
    by_priority = models.JSONField(default=dict, blank=True)
    running = models.BooleanField(default=False)
    mandatory = models.BooleanField(default=False)
    stop_cost = models.DecimalField(max_digits=9, decimal_places=2, default=Decimal(0))
    start_cost = models.DecimalField(max_digits=9, decimal_places=2, default=Decimal(0))
    alternative = models.CharField(max_length=40, blank=True, default="")
    needs = models.ManyToManyField("self", symmetrical=False, blank=True, related_name="needed_by")
    change = models.ForeignKey(
        ExpectationChange,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="candidacies",
    )
    asks = models.CharField(max_length=5, choices=Asks.choices, blank=True, default="")

    objects = CandidateQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["plan", "number"], name="tradeoffs_candidate_number"),
            models.UniqueConstraint(fields=["plan", "objective"], name="tradeoffs_candidate_once"),
            models.CheckConstraint(
                condition=Q(objective__isnull=False) | ~Q(title=""),
                name="tradeoffs_candidate_named",
            ),
            models.CheckConstraint(
                condition=Q(value__gte=0, stop_cost__gte=0, start_cost__gte=0),
                name=NOT_BELOW_ZERO.format("candidate"),
            ),
        ]

    def __str__(self) -> str:
        return self.title if self.objective is None else self.objective.title

    @property
    def owner(self) -> Person | Unit | None:
        if self.objective is not None:
            return self.objective.owner
        return self.owner_person or self.owner_unit


class CandidateEffort(models.Model):
    """What a candidate takes of a team, in full-time equivalents; of one skill where `skill` names it."""

    candidate = models.ForeignKey(Candidate, on_delete=models.CASCADE, related_name="effort")
    unit = models.ForeignKey(Unit, on_delete=models.CASCADE, related_name="+")
    skill = models.CharField(max_length=60, blank=True, default="")
    fte = models.DecimalField(max_digits=6, decimal_places=2)

    class Meta:
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["candidate", "unit", "skill"], name="tradeoffs_candidate_takes_once"
            ),
            models.CheckConstraint(
                condition=Q(fte__gt=0), name=NOT_BELOW_ZERO.format("candidate_effort")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit}{f' ({self.skill})' if self.skill else ''} {self.fte}"


class TeamCapacity(models.Model):
    """What a team has for the candidates of a plan, in full-time equivalents; of one skill where named."""

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="teams")
    unit = models.ForeignKey(Unit, on_delete=models.CASCADE, related_name="+")
    skill = models.CharField(max_length=60, blank=True, default="")
    fte = models.DecimalField(max_digits=8, decimal_places=2)

    class Meta:
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["plan", "unit", "skill"], name="tradeoffs_capacity_once"
            ),
            models.CheckConstraint(
                condition=Q(fte__gte=0), name=NOT_BELOW_ZERO.format("team_capacity")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit} ({self.skill})" if self.skill else str(self.unit)


class OwnerLimit(models.Model):
    """How many of the candidates one owner may run at most: a person, or a unit."""

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="owner_limits")
    person = models.ForeignKey(
        Person, null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    unit = models.ForeignKey(
        Unit, null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    most = models.PositiveSmallIntegerField()

    class Meta:
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(person__isnull=True) ^ Q(unit__isnull=True),
                name="tradeoffs_limit_of_one",
            ),
            models.UniqueConstraint(fields=["plan", "person"], name="tradeoffs_limit_of_person"),
            models.UniqueConstraint(fields=["plan", "unit"], name="tradeoffs_limit_of_unit"),
        ]

    def __str__(self) -> str:
        return f"{self.owner}: {self.most}"

    @property
    def owner(self) -> Person | Unit | None:
        return self.person or self.unit


class Scenario(models.Model):
    """The same candidates under other assumptions, and the plan that follows.

    `capacity` moves what teams have ({id of the team's row: full-time equivalents, more or fewer}), `weights` those of
    priorities ({id: new weight}), `forced` asks candidates in or out ({number: true or false}), `keeps_priorities` that
    every priority keeps at least one. `result` is what was worked out of `inputs`, which are kept with it; `stamp` tells whether what it was worked out of still holds.
    """

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="scenarios")
    name = models.CharField(max_length=80)
    position = models.PositiveSmallIntegerField(default=0)
    capacity = models.JSONField(default=dict, blank=True)
    weights = models.JSONField(default=dict, blank=True)
    forced = models.JSONField(default=dict, blank=True)
    keeps_priorities = models.BooleanField(default=False)
    inputs = models.JSONField(null=True, blank=True)
    result = models.JSONField(null=True, blank=True)
    stamp = models.CharField(max_length=64, blank=True, default="")
    worked_out_on = models.DateField(null=True, blank=True)
    adopted = models.BooleanField(default=False)

    class Meta:
        ordering: ClassVar = ["position", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["plan", "name"], name="tradeoffs_scenario_named_once"),
            models.UniqueConstraint(
                fields=["plan"], condition=Q(adopted=True), name="tradeoffs_one_adopted"
            ),
        ]

    def __str__(self) -> str:
        return self.name
