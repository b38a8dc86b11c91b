"""Strategy, priorities, trade-offs and KPIs."""

import datetime as dt
from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import Q

from goldenthread.core.models import Record
from goldenthread.people.models import Person, Unit, UnitClosure, line_above
from goldenthread.permissions import Relation

MANY_PRIORITIES = 5  # more active ones than this are flagged as dispersion


class StrategyQuerySet(models.QuerySet["Strategy"]):
    def in_force(self, on: dt.date) -> Self:
        """Strategies put in force whose horizon is not over on the day (an open end counts)."""
        return self.filter(state=Strategy.State.IN_FORCE).filter(
            Q(ends_on__isnull=True) | Q(ends_on__gte=on)
        )

    def visible_to(self, person: Person | None) -> Self:
        """Strategies are visible to everybody signed in."""
        return self.all() if person is not None else self.none()


class Strategy(Record):
    """The plan in force for a horizon: of the organisation (no unit), or of one unit."""

    HISTORY = ("strategy.StrategyHeld",)
    IS_WORK = True

    class State(models.TextChoices):
        DRAFT = "draft", "Draft"
        IN_FORCE = "in_force", "In force"
        ENDED = "ended", "Ended"

    title = models.CharField(max_length=200)
    unit = models.ForeignKey(
        Unit, null=True, blank=True, on_delete=models.PROTECT, related_name="strategies"
    )
    leader = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="led_strategies")
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT)
    starts_on = models.DateField(null=True, blank=True)
    ends_on = models.DateField(null=True, blank=True)
    vision = models.TextField(blank=True, default="")
    mission = models.TextField(blank=True, default="")
    values = models.TextField(blank=True, default="")
    weights_confirmed_at = models.DateTimeField(null=True, blank=True)
    weights_confirmed_by = models.ForeignKey(
        Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    objects = StrategyQuerySet.as_manager()

    class Meta(Record.Meta):
        ordering: ClassVar = ["-starts_on", "-pk"]
        verbose_name_plural = "strategies"
        constraints: ClassVar = [
            *Record.Meta.constraints,
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True)
                | Q(starts_on__isnull=True)
                | Q(ends_on__gte=models.F("starts_on")),
                name="strategy_strategy_dates",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def weights_confirmed(self) -> bool:
        return self.weights_confirmed_at is not None

    def relations_to(self, person: Any) -> frozenset[Relation]:
        found = {Relation.EVERYBODY}
        if person is not None and self.leader_id == person.pk:
            found.add(Relation.STRATEGY_LEADER)
        return frozenset(found)


def sponsored_by(*people: Person, priority: str = "") -> Q:
    """Priorities whose sponsor is one of them and stands (`Priority.has_sponsor`); `priority` is a prefix."""
    return Q((f"{priority}sponsor__in", people)) & (
        ~Q((f"{priority}state", Priority.State.UNCONFIRMED))
        | Q((f"{priority}sponsor_named_by__isnull", False))
    )


class PriorityQuerySet(models.QuerySet["Priority"]):
    def visible_to(self, person: Person | None) -> Self:
        """Everybody sees priorities; a confidential one: leaders and those named (sponsor, strategy's leader)."""
        if person is None:
            return self.none()
        if person.is_leader:
            return self.all()
        named = person.self_and_lenders
        return self.filter(
            Q(confidential=False) | sponsored_by(*named) | Q(strategy__leader__in=named)
        )

    def active(self) -> Self:
        return self.filter(state=Priority.State.ACTIVE)

    def in_use(self) -> Self:
        """Active, and of a strategy that has not ended: what a line of sight can lead to."""
        return self.active().exclude(strategy__state=Strategy.State.ENDED)


class Priority(Record):
    """A strategic priority: sponsor, value weight, why it creates value, expected results, trade-offs.

    `weight` is a share in per cent, meaningful once the strategy's leader has confirmed the weights. A
    priority of a unit's strategy is an inner node of the contribution graph; its weight orders it in its unit.
    """

    HISTORY = ("strategy.PriorityHeld",)
    IS_WORK = True

    class State(models.TextChoices):
        UNCONFIRMED = "unconfirmed", "Unconfirmed"
        ACTIVE = "active", "Active"
        DROPPED = "dropped", "Dropped"

    strategy = models.ForeignKey(Strategy, on_delete=models.CASCADE, related_name="priorities")
    title = models.CharField(max_length=200)
    why = models.TextField(blank=True, default="")
    sponsor = models.ForeignKey(
        Person,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="sponsored_priorities",
    )
    sponsor_named_by = (
        models.ForeignKey(  # an import names a sponsor without anybody standing for it
            Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
        )
    )
    weight = models.DecimalField(max_digits=5, decimal_places=2, null=True, blank=True)
    position = models.PositiveSmallIntegerField(default=0)
    state = models.CharField(max_length=12, choices=State.choices, default=State.UNCONFIRMED)
    confidential = models.BooleanField(default=False)
    source = models.CharField(max_length=200, blank=True, default="")  # "Plan.pptx, slide 3"

    objects = PriorityQuerySet.as_manager()

    class Meta(Record.Meta):
        ordering: ClassVar = ["position", "pk"]
        verbose_name_plural = "priorities"
        constraints: ClassVar = [
            *Record.Meta.constraints,
            models.CheckConstraint(
                condition=Q(weight__isnull=True) | Q(weight__gte=0, weight__lte=100),
                name="strategy_priority_weight",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def relations_to(self, person: Any) -> frozenset[Relation]:
        found = set() if self.confidential else {Relation.EVERYBODY}
        if person is not None:
            if self.confidential and person.is_leader:
                found.add(Relation.EVERYBODY)
            if self.has_sponsor and self.sponsor_id == person.pk:
                found.add(Relation.SPONSOR)
            if self.strategy.leader_id == person.pk:
                found.add(Relation.STRATEGY_LEADER)
        return frozenset(found)

    @property
    def has_sponsor(self) -> bool:
        """Whether its sponsor stands: a draft's counts only once a leader has named them.

        Otherwise whoever imports a plan could make themselves the sponsor, and so a leader.
        """
        return self.sponsor_id is not None and (
            self.state != self.State.UNCONFIRMED or self.sponsor_named_by_id is not None
        )


class TradeOff(Record):
    """What a strategy chose: one thing even over another, or something that will not be done."""

    IS_WORK = True

    class Kind(models.TextChoices):
        EVEN_OVER = "even_over", "Even over"
        NOT_DOING = "not_doing", "Not doing"

    strategy = models.ForeignKey(Strategy, on_delete=models.CASCADE, related_name="trade_offs")
    priority = models.ForeignKey(
        Priority, null=True, blank=True, on_delete=models.SET_NULL, related_name="trade_offs"
    )
    kind = models.CharField(max_length=10, choices=Kind.choices)
    this = models.CharField(max_length=200)
    over = models.CharField(max_length=200, blank=True, default="")
    note = models.TextField(blank=True, default="")
    frees_fte = models.DecimalField(max_digits=6, decimal_places=2, null=True, blank=True)
    decided_by = models.ForeignKey(
        Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    decided_on = models.DateField(null=True, blank=True)
    look_again_on = models.DateField(null=True, blank=True)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta(Record.Meta):
        ordering: ClassVar = ["position", "pk"]

    def __str__(self) -> str:
        return f"{self.this} even over {self.over}" if self.over else self.this

    def relations_to(self, person: Any) -> frozenset[Relation]:
        """Those to its priority, if it belongs to one: what is confidential there is so here."""
        return (self.priority or self.strategy).relations_to(person)


class KpiQuerySet(models.QuerySet["Kpi"]):
    def visible_to(self, person: Person | None) -> Self:
        """KPIs are visible to everybody signed in."""
        return self.all() if person is not None else self.none()


class Kpi(Record):
    """An outcome of the organisation measured over time: direction, targets, dated observations."""

    IS_WORK = True

    class Direction(models.TextChoices):
        UP = "up", "Higher is better"
        DOWN = "down", "Lower is better"
        HOLD = "hold", "Hold in a range"

    class State(models.TextChoices):
        UNCONFIRMED = "unconfirmed", "Unconfirmed"
        ACTIVE = "active", "Active"
        RETIRED = "retired", "Retired"

    name = models.CharField(max_length=200)
    definition = models.TextField(blank=True, default="")
    measure = models.CharField(max_length=40, blank=True, default="")  # "%", "days", "dB"
    decimals = models.PositiveSmallIntegerField(default=0)
    direction = models.CharField(max_length=4, choices=Direction.choices, default=Direction.UP)
    low = models.DecimalField(max_digits=20, decimal_places=6, null=True, blank=True)
    high = models.DecimalField(max_digits=20, decimal_places=6, null=True, blank=True)
    unit = models.ForeignKey(
        Unit, null=True, blank=True, on_delete=models.PROTECT, related_name="kpis"
    )
    owner = models.ForeignKey(
        Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="owned_kpis"
    )
    source = models.CharField(max_length=200, blank=True, default="")
    cadence_days = models.PositiveSmallIntegerField(default=30)
    state = models.CharField(max_length=12, choices=State.choices, default=State.ACTIVE)

    objects = KpiQuerySet.as_manager()

    class Meta(Record.Meta):
        ordering: ClassVar = ["name"]
        verbose_name = "KPI"
        verbose_name_plural = "KPIs"

    def __str__(self) -> str:
        return self.name

    def relations_to(self, person: Any) -> frozenset[Relation]:
        found = {Relation.EVERYBODY}
        if person is not None:
            if self.owner_id == person.pk:
                found.add(Relation.OWNER)
            if self.owner is not None:
                found |= line_above(self.owner, person)
            elif self.state == self.State.UNCONFIRMED and person.is_leader:
                found.add(Relation.ADDRESSEE)  # nobody is named: any leader may take it on
            if (
                self.unit_id
                and UnitClosure.objects.filter(
                    descendant_id=self.unit_id, ancestor__leader=person
                ).exists()
            ):
                found.add(Relation.UNIT_HEAD)
            if self._serves(person):
                found.add(Relation.SPONSOR)
        return frozenset(found)

    def _serves(self, person: Person) -> bool:
        """Whether a priority of the person's expects something of it, in the organisation's strategy in force.

        Only there: any leader may start another strategy, and could name any KPI in it to get hold of it.
        """
        return self.expected_results.filter(
            Q(priority__sponsor=person) | Q(priority__strategy__leader=person),
            priority__state=Priority.State.ACTIVE,
            priority__strategy__state=Strategy.State.IN_FORCE,
            priority__strategy__unit__isnull=True,
        ).exists()


class KpiTarget(Record):
    """What a KPI shall reach by a date, from where; for a range, its two ends. `text` keeps words as found."""

    IS_WORK = True

    kpi = models.ForeignKey(Kpi, on_delete=models.CASCADE, related_name="targets")
    starts_on = models.DateField()
    due_on = models.DateField()
    baseline = models.DecimalField(max_digits=20, decimal_places=6, null=True, blank=True)
    value = models.DecimalField(max_digits=20, decimal_places=6, null=True, blank=True)
    low = models.DecimalField(max_digits=20, decimal_places=6, null=True, blank=True)
    high = models.DecimalField(max_digits=20, decimal_places=6, null=True, blank=True)
    text = models.CharField(max_length=500, blank=True, default="")

    class Meta(Record.Meta):
        ordering: ClassVar = ["due_on"]
        constraints: ClassVar = [
            *Record.Meta.constraints,
            models.UniqueConstraint(fields=["kpi", "due_on"], name="strategy_target_due"),
        ]

    def __str__(self) -> str:
        return f"{self.kpi} by {self.due_on}"


class Observation(models.Model):
    """A dated value of a KPI. Never edited: a correction is a new row for the same day that names the old one."""

    kpi = models.ForeignKey(Kpi, on_delete=models.CASCADE, related_name="observations")
    on = models.DateField()
    value = models.DecimalField(max_digits=20, decimal_places=6, null=True, blank=True)
    text = models.CharField(max_length=500, blank=True, default="")
    note = models.TextField(blank=True, default="")
    corrects = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="corrected_by"
    )
    author = models.ForeignKey(
        Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    recorded_at = models.DateTimeField()
    external_id = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        ordering: ClassVar = ["on", "recorded_at", "pk"]
        indexes: ClassVar = [models.Index(fields=["kpi", "on"])]

    def __str__(self) -> str:
        return f"{self.kpi_id} {self.on}: {self.value}"


class ExpectedResult(Record):
    """What a priority shall bring about: words first, then the KPI that shows it, with its target by a date."""

    IS_WORK = True

    priority = models.ForeignKey(
        Priority, on_delete=models.CASCADE, related_name="expected_results"
    )
    text = models.CharField(max_length=300)
    kpi = models.ForeignKey(
        Kpi, null=True, blank=True, on_delete=models.SET_NULL, related_name="expected_results"
    )
    baseline = models.DecimalField(max_digits=20, decimal_places=6, null=True, blank=True)
    target = models.DecimalField(max_digits=20, decimal_places=6, null=True, blank=True)
    starts_on = models.DateField(null=True, blank=True)
    due_on = models.DateField(null=True, blank=True)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta(Record.Meta):
        ordering: ClassVar = ["position", "pk"]

    def __str__(self) -> str:
        return self.text

    def relations_to(self, person: Any) -> frozenset[Relation]:
        return self.priority.relations_to(person)
