"""Cycles, objectives, key results, contributions, check-ins and expectation changes."""

import datetime as dt
from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.urls import reverse

from goldenthread.core.models import Organisation, Record
from goldenthread.objectives.states import CLOSED, COUNTED, LIVE, State
from goldenthread.people.models import (
    Person,
    ReportingClosure,
    Unit,
    UnitClosure,
    line_above,
    manages,
)
from goldenthread.permissions import Relation
from goldenthread.strategy.models import Priority, sponsored_by


class Cycle(Record):
    """A period in which objectives are set and closed: planning opens, it runs, its landmark, it closes."""

    class State(models.TextChoices):
        PLANNED = "planned", "Planned"
        OPEN = "open", "Open"
        CLOSED = "closed", "Closed"

    name = models.CharField(max_length=60)
    starts_on = models.DateField()
    ends_on = models.DateField()
    opens_on = models.DateField(null=True, blank=True)  # objectives may be proposed from here
    landmark_on = models.DateField(null=True, blank=True)  # half-way unless set
    closes_on = models.DateField(null=True, blank=True)  # last day to score
    state = models.CharField(max_length=8, choices=State.choices, default=State.OPEN)

    class Meta(Record.Meta):
        ordering: ClassVar = ["-starts_on", "-pk"]
        constraints: ClassVar = [
            *Record.Meta.constraints,
            models.UniqueConstraint(fields=["name"], name="objectives_cycle_name"),
            models.CheckConstraint(
                condition=Q(ends_on__gt=F("starts_on")), name="objectives_cycle_dates"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("cycle", args=[self.pk])

    def relations_to(self, person: Any) -> frozenset[Relation]:
        return frozenset({Relation.EVERYBODY})

    @property
    def landmark(self) -> dt.date:
        return self.landmark_on or self.starts_on + (self.ends_on - self.starts_on) / 2


# Brought in without an owner: any leader may take it on.
UNOWNED = Q(owner_person__isnull=True, owner_unit__isnull=True, state=State.UNCONFIRMED)


class ObjectiveQuerySet(models.QuerySet["Objective"]):
    def visible_to(self, person: Person | None) -> Self:
        """Open ones: everybody. Restricted ones: owner, the lines above, sponsor of a priority it serves."""
        if person is None:
            return self.none()
        sponsors = ObjectivePriority.objects.filter(
            sponsored_by(person, "priority__"), objective=OuterRef("pk")
        )
        reports = KeyResult.objects.filter(objective=OuterRef("pk"), reporter=person)
        open_to = Q(restricted=False) | Q(author=person) | Exists(sponsors) | Exists(reports)
        if person.is_leader:
            open_to |= UNOWNED
        return self.filter(open_to | self._in_charge(person))

    def in_charge(self, person: Person) -> Self:
        """Those that the person answers for, or stands above: the *owner* and the line of the permissions."""
        return self.filter(self._in_charge(person))

    @staticmethod
    def _in_charge(person: Person) -> Q:
        below = ReportingClosure.objects.filter(manager=person, report=OuterRef("owner_person"))
        heads_person = UnitClosure.objects.filter(
            ancestor__leader=person, descendant=OuterRef("owner_person__unit")
        )
        heads_unit = UnitClosure.objects.filter(
            ancestor__leader=person, descendant=OuterRef("owner_unit")
        )
        leads_leader = ReportingClosure.objects.filter(
            manager=person, report=OuterRef("owner_unit__leader")
        )
        return (
            Q(owner_person=person)
            | Exists(below)
            | Exists(heads_person)
            | Exists(heads_unit)
            | Exists(leads_leader)
        )

    def live(self) -> Self:
        """Agreed and running."""
        return self.filter(state__in=LIVE)

    def counted(self) -> Self:
        """What figures count: open and confirmed by its owner. Unconfirmed and closed ones stay out."""
        return self.filter(state__in=COUNTED)


class Objective(Record):
    """What an owner, a unit or a person, commits to achieve in a cycle, and why.

    The stored figures (`score` and so on) are refreshed by the services that touch its key results; health
    is worked out from them and the day when it is shown.
    """

    class Ambition(models.TextChoices):
        COMMITTED = "committed", "Committed"
        ASPIRATIONAL = "aspirational", "Aspirational"

    title = models.CharField(max_length=200)
    why = models.TextField(blank=True, default="")
    cycle = models.ForeignKey(Cycle, on_delete=models.PROTECT, related_name="objectives")
    owner_person = models.ForeignKey(
        Person, null=True, blank=True, on_delete=models.PROTECT, related_name="objectives"
    )
    owner_unit = models.ForeignKey(
        Unit, null=True, blank=True, on_delete=models.PROTECT, related_name="objectives"
    )
    author = models.ForeignKey(
        Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    ambition = models.CharField(max_length=12, choices=Ambition.choices, default=Ambition.COMMITTED)
    critical = models.BooleanField(default=False)
    restricted = models.BooleanField(default=False)
    run_the_business = models.BooleanField(default=False)
    state = models.CharField(max_length=12, choices=State.choices, default=State.DRAFT)
    starts_on = models.DateField(null=True, blank=True)  # the cycle's, unless its own
    ends_on = models.DateField(null=True, blank=True)
    cadence_days = models.PositiveSmallIntegerField(null=True, blank=True)
    own_share = models.DecimalField(max_digits=4, decimal_places=3, null=True, blank=True)
    recovers = models.ForeignKey(
        "strategy.Kpi", null=True, blank=True, on_delete=models.SET_NULL, related_name="recoveries"
    )
    source = models.CharField(max_length=200, blank=True, default="")

    proposed_by = models.ForeignKey(
        Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    proposed_at = models.DateTimeField(null=True, blank=True)
    agreed_by = models.ForeignKey(
        Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    agreed_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    closing_score = models.FloatField(null=True, blank=True)
    learning = models.TextField(blank=True, default="")
    carried_from = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="successor"
    )

    score = models.FloatField(null=True, blank=True)
    measured_share = models.FloatField(default=0)  # weight of measured key results, 0 to 1
    expected_fixed = models.FloatField(default=0)  # expectation = fixed + slope x elapsed
    expected_slope = models.FloatField(default=1)
    judged_from = models.DateField(null=True, blank=True)  # engine.pace.VerdictDates
    on_pace_until = models.DateField(null=True, blank=True)
    behind_until = models.DateField(null=True, blank=True)
    last_check_in_on = models.DateField(null=True, blank=True)
    in_line = models.BooleanField(default=False)  # reaches an active priority through open work
    search = models.TextField(blank=True, default="")  # title and owner, folded, for finding

    objects = ObjectiveQuerySet.as_manager()

    class Meta(Record.Meta):
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            *Record.Meta.constraints,
            models.CheckConstraint(
                condition=Q(owner_person__isnull=True) | Q(owner_unit__isnull=True),
                name="objectives_one_owner",
            ),
            models.CheckConstraint(
                condition=Q(state=State.UNCONFIRMED)
                | Q(owner_person__isnull=False)
                | Q(owner_unit__isnull=False),
                name="objectives_has_owner",
            ),
            models.CheckConstraint(
                condition=Q(own_share__isnull=True) | Q(own_share__gte=0, own_share__lte=1),
                name="objectives_own_share",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["cycle", "state"])]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("objective", args=[self.pk])

    @property
    def starts(self) -> dt.date:
        return self.starts_on or self.cycle.starts_on

    @property
    def ends(self) -> dt.date:
        return self.ends_on or self.cycle.ends_on

    @property
    def cadence(self) -> int:
        """Days between two check-ins."""
        if self.cadence_days:
            return self.cadence_days
        organisation = Organisation.current()
        return organisation.cadence_days if organisation else 7

    @property
    def owner(self) -> Person | Unit | None:
        return self.owner_person or self.owner_unit

    @property
    def accountable(self) -> Person | None:
        """The one person who answers for it: the owner, or the leader of the owning unit."""
        if self.owner_person is not None:
            return self.owner_person
        return self.owner_unit.leader if self.owner_unit is not None else None

    @property
    def is_closed(self) -> bool:
        return self.state in CLOSED

    @property
    def is_live(self) -> bool:
        return self.state in LIVE

    def relations_to(self, person: Any) -> frozenset[Relation]:
        found = set() if self.restricted else {Relation.EVERYBODY}
        if person is None:
            return frozenset(found)
        if self.author_id == person.pk:
            found.add(Relation.AUTHOR)
        accountable = self.accountable
        if accountable is not None:
            if accountable.pk == person.pk:
                found.add(Relation.OWNER)
            # Of a unit's objective its own tree decides, not the unit that its leader sits in.
            found |= (
                manages(accountable, person)
                if self.owner_unit_id
                else line_above(accountable, person)
            )
        if (
            self.owner_unit_id
            and UnitClosure.objects.filter(
                descendant_id=self.owner_unit_id, depth__gt=0, ancestor__leader=person
            ).exists()
        ):
            found.add(Relation.UNIT_HEAD)
        if self.pk is None:
            return frozenset(found)
        sponsors = sponsored_by(person, "priority__")
        if ObjectivePriority.objects.filter(sponsors, objective=self).exists():
            found.add(Relation.SPONSOR)
        if any(row.reporter_id == person.pk for row in self.key_results.all()):
            found.add(Relation.ADDRESSEE)
        if self.owner is None and self.state == State.UNCONFIRMED and person.is_leader:
            found.add(Relation.ADDRESSEE)
        return frozenset(found)


class KeyResult(Record):
    """One success criterion of an objective. Which of the numbers count depends on its kind."""

    class Kind(models.TextChoices):
        METRIC = "metric", "Metric: from a baseline to a target"
        THRESHOLD = "threshold", "Threshold: held over the period"
        MILESTONES = "milestones", "Milestones: dated steps"
        GRADED = "graded", "Graded: commit, target, stretch"

    objective = models.ForeignKey(Objective, on_delete=models.CASCADE, related_name="key_results")
    title = models.CharField(max_length=200)
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.METRIC)
    measure = models.CharField(max_length=40, blank=True, default="")
    decimals = models.PositiveSmallIntegerField(default=0)
    weight = models.DecimalField(max_digits=7, decimal_places=4, default=1)
    baseline = models.DecimalField(null=True, blank=True, max_digits=20, decimal_places=6)
    target = models.DecimalField(null=True, blank=True, max_digits=20, decimal_places=6)
    target_text = models.CharField(max_length=500, blank=True, default="")
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


class Contribution(models.Model):
    """The link from an objective, or a unit's priority, to what it serves. Ended, never deleted.

    Strength 1, 3 or 9. Together they form a directed acyclic graph with the organisation's priorities as roots.
    """

    class Strength(models.IntegerChoices):
        WEAK = 1, "Weak"
        MEDIUM = 3, "Medium"
        STRONG = 9, "Strong"

    class Kind(models.TextChoices):
        COMPONENT = "component", "Part of it"
        DRIVER = "driver", "Drives it"
        ENABLER = "enabler", "Makes it possible"

    child_objective = models.ForeignKey(
        Objective, null=True, blank=True, on_delete=models.CASCADE, related_name="links_up"
    )
    child_priority = models.ForeignKey(
        Priority, null=True, blank=True, on_delete=models.CASCADE, related_name="links_up"
    )
    parent_objective = models.ForeignKey(
        Objective, null=True, blank=True, on_delete=models.CASCADE, related_name="links_down"
    )
    parent_priority = models.ForeignKey(
        Priority, null=True, blank=True, on_delete=models.CASCADE, related_name="links_down"
    )
    strength = models.PositiveSmallIntegerField(choices=Strength.choices, default=Strength.MEDIUM)
    kind = models.CharField(max_length=10, choices=Kind.choices, blank=True, default="")
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)  # the last day it held
    author = models.ForeignKey(
        Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    external_id = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=(
                    Q(child_objective__isnull=False, child_priority__isnull=True)
                    | Q(child_objective__isnull=True, child_priority__isnull=False)
                )
                & (
                    Q(parent_objective__isnull=False, parent_priority__isnull=True)
                    | Q(parent_objective__isnull=True, parent_priority__isnull=False)
                ),
                name="objectives_link_ends",
            ),
            models.CheckConstraint(
                condition=Q(strength__in=[1, 3, 9]), name="objectives_link_strength"
            ),
            models.CheckConstraint(
                condition=~Q(child_objective=F("parent_objective"))
                & ~Q(child_priority=F("parent_priority")),
                name="objectives_no_self_link",
            ),
            *(
                models.UniqueConstraint(
                    fields=[f"child_{child}", f"parent_{parent}"],
                    condition=Q(valid_to__isnull=True),
                    name=f"objectives_one_link_{child[0]}{parent[0]}",
                )
                for child in ("objective", "priority")
                for parent in ("objective", "priority")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.child} serves {self.parent}"

    @property
    def child(self) -> Objective | Priority | None:
        return self.child_objective or self.child_priority

    @property
    def parent(self) -> Objective | Priority | None:
        return self.parent_objective or self.parent_priority


class ObjectiveAncestor(models.Model):
    """Every objective above every objective (shortest depth); kept by the linking service."""

    objective = models.ForeignKey(Objective, on_delete=models.CASCADE, related_name="above")
    ancestor = models.ForeignKey(Objective, on_delete=models.CASCADE, related_name="below")
    depth = models.PositiveSmallIntegerField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["objective", "ancestor"], name="objectives_ancestor_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.objective_id}>{self.ancestor_id}"


class ObjectivePriority(models.Model):
    """Every priority, of the organisation or a unit, that an objective reaches; kept by the linking service."""

    objective = models.ForeignKey(Objective, on_delete=models.CASCADE, related_name="reaches")
    priority = models.ForeignKey(Priority, on_delete=models.CASCADE, related_name="reached_by")
    depth = models.PositiveSmallIntegerField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["objective", "priority"], name="objectives_priority_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.objective_id}>{self.priority_id}"


class ExpectationChange(Record):
    """A proposed change to an agreed objective, with its reason and the other side's answer.

    `changes` holds {"objective": {field: value}, "key_results": {id: {field: value}}}; `before` the same fields
    as they stood, so that the old wording stays readable.
    """

    class State(models.TextChoices):
        OPEN = "open", "Waits"
        ACCEPTED = "accepted", "Accepted"
        DECLINED = "declined", "Declined"
        WITHDRAWN = "withdrawn", "Withdrawn"

    objective = models.ForeignKey(
        Objective, on_delete=models.CASCADE, related_name="expectation_changes"
    )
    author = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
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
