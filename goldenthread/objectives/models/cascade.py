"""Cascades: one unit proposes an objective to another, both change it until both agree, or one declines."""

import datetime as dt
from dataclasses import dataclass
from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import Exists, F, OuterRef, Q

from goldenthread.core.models import Record
from goldenthread.core.paths import path_to
from goldenthread.objectives.cascade_states import OPEN, SETTLED, WAITING, CascadeState
from goldenthread.objectives.models.contribution import Contribution
from goldenthread.objectives.models.cycle import Cycle
from goldenthread.objectives.models.objective import Objective
from goldenthread.people.models import Person, ReportingClosure, Unit, UnitClosure, manages
from goldenthread.permissions import Relation
from goldenthread.strategy.models import Priority


class CascadeSide(models.TextChoices):
    """Who speaks: the unit that answers for what is served, or the one that would do it."""

    GIVER = "giver", "Hands it down"
    TAKER = "taker", "Takes it on"

    @property
    def other(self) -> "CascadeSide":
        return CascadeSide.TAKER if self is CascadeSide.GIVER else CascadeSide.GIVER

    @property
    def relation(self) -> Relation:
        return Relation.GIVER if self is CascadeSide.GIVER else Relation.TAKER


class CascadeQuerySet(models.QuerySet["Cascade"]):
    def visible_to(self, person: Person | None) -> Self:
        """Both sides and whoever stands above them; once agreed, whoever sees the objective made.

        What was never sent, also once it is taken back: its author and who leads the unit that would have proposed it.
        """
        if person is None:
            return self.none()
        named = person.self_and_lenders
        leads_giver, leads_taker = (
            Q(giver_unit__leader__in=named),
            Q(taking_unit__leader__in=named),
        )
        draft = Q(direction=Cascade.Direction.DOWN) & leads_giver
        draft |= Q(direction=Cascade.Direction.UP) & leads_taker
        above = [
            Exists(
                UnitClosure.objects.filter(ancestor__leader__in=named, descendant=OuterRef(unit))
            )
            for unit in SIDE_UNITS
        ] + [
            Exists(ReportingClosure.objects.filter(manager__in=named, report=OuterRef(leader)))
            for leader in ("giver_unit__leader", "taking_unit__leader")
        ]
        put = leads_giver | leads_taker | Q(objective__restricted=False)
        for one in above:
            put |= Q(one)
        unsent = Q(state=CascadeState.DRAFT) | Q(
            state=CascadeState.WITHDRAWN, proposed_at__isnull=True
        )
        return self.filter(Q(author=person) | (unsent & draft) | (~unsent & put))

    def waiting(self) -> Self:
        """Put to the other side, and not settled."""
        return self.filter(state__in=WAITING)

    def overdue(self, on: dt.date) -> Self:
        """Without an answer after its day."""
        return self.waiting().filter(answer_by__lt=on)

    def waiting_for(self, person: Person) -> Self:
        """Those where the next word is with a unit that the person leads, or leads today as a deputy.

        Where one person leads both units, or a leader cannot answer, `services.cascades.sides.answerer` says who does.
        """
        named = person.self_and_lenders
        mine = Q(spoken=CascadeSide.TAKER, giver_unit__leader__in=named)
        mine |= Q(spoken=CascadeSide.GIVER, taking_unit__leader__in=named)
        own = CascadeVersion.objects.filter(
            cascade=OuterRef("pk"), number=OuterRef("number"), author=person
        )
        rows = self.waiting().filter(mine).exclude(giver_unit__leader=F("taking_unit__leader"))
        return rows.filter(~Exists(own))


class Cascade(Record):
    """One thread between two units about an objective that the taking unit would have, and what it serves.

    What is proposed stands in its versions; `number` is the one that stands, `spoken` the side that wrote it, so that
    the other answers by `answer_by`. Threads proposed at once share `together`. `objective` is made on agreement.
    """

    IS_WORK = True

    class Direction(models.TextChoices):
        DOWN = "down", "Handed down"
        UP = "up", "Offered upward"

    parent_objective = models.ForeignKey(
        Objective, null=True, blank=True, on_delete=models.CASCADE, related_name="cascades_below"
    )
    parent_priority = models.ForeignKey(
        Priority, null=True, blank=True, on_delete=models.CASCADE, related_name="cascades_below"
    )
    giver_unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="cascades_given")
    taking_unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="cascades_taken")
    direction = models.CharField(max_length=4, choices=Direction.choices, default=Direction.DOWN)
    cycle = models.ForeignKey(Cycle, on_delete=models.PROTECT, related_name="cascades")
    state = models.CharField(max_length=9, choices=CascadeState.choices, default=CascadeState.DRAFT)
    title = models.CharField(max_length=200)  # of the version that stands
    number = models.PositiveSmallIntegerField(default=1)
    spoken = models.CharField(max_length=5, choices=CascadeSide.choices)
    answer_by = models.DateField()
    together = models.CharField(max_length=36, blank=True, default="")
    author = models.ForeignKey(
        Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    proposed_at = models.DateTimeField(null=True, blank=True)
    giver_agreed_by = models.ForeignKey(
        Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    giver_agreed_at = models.DateTimeField(null=True, blank=True)
    taker_agreed_by = models.ForeignKey(
        Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    taker_agreed_at = models.DateTimeField(null=True, blank=True)
    alone = models.CharField(max_length=300, blank=True, default="")  # why one agreed for both
    objective = models.OneToOneField(
        Objective, null=True, blank=True, on_delete=models.SET_NULL, related_name="cascade"
    )
    closed_by = models.ForeignKey(
        Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    closed_at = models.DateTimeField(null=True, blank=True)  # agreed, declined or withdrawn
    reason = models.TextField(blank=True, default="")  # of declining, or of taking it back
    source = models.CharField(max_length=200, blank=True, default="")

    objects = CascadeQuerySet.as_manager()

    class Meta(Record.Meta):
        ordering: ClassVar = ["-pk"]
        constraints: ClassVar = [
            *Record.Meta.constraints,
            models.CheckConstraint(
                condition=Q(parent_objective__isnull=False) ^ Q(parent_priority__isnull=False),
                name="objectives_cascade_serves_one",
            ),
            models.CheckConstraint(
                condition=~Q(giver_unit=F("taking_unit")), name="objectives_cascade_two_units"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=SETTLED)
                | Q(giver_agreed_at__isnull=False, taker_agreed_at__isnull=False),
                name="objectives_cascade_both_agreed",
            ),
            models.CheckConstraint(
                condition=~Q(state=CascadeState.DECLINED) | ~Q(reason=""),
                name="objectives_cascade_declined_why",
            ),
            models.UniqueConstraint(
                fields=["together", "taking_unit"],
                condition=~Q(together=""),
                name="objectives_cascade_once_together",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["cycle", "state"], name="objectives_cascade_cycle"),
            models.Index(
                fields=["state", "answer_by"],
                condition=Q(state__in=WAITING),
                name="objectives_cascade_waits",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return path_to("cascade", self.pk)

    @property
    def parent(self) -> Objective | Priority:
        """What the objective would serve. Its title is not everybody's to read."""
        parent = self.parent_objective or self.parent_priority
        assert parent is not None  # a constraint
        return parent

    @property
    def is_open(self) -> bool:
        return self.state in OPEN

    @property
    def is_unsent(self) -> bool:
        """Whether the other side was never asked: a draft, or one that was taken back."""
        taken_back = self.state == CascadeState.WITHDRAWN and self.proposed_at is None
        return self.state == CascadeState.DRAFT or taken_back

    @property
    def is_waiting(self) -> bool:
        return self.state in WAITING

    @property
    def is_settled(self) -> bool:
        return self.state in SETTLED

    def is_overdue(self, on: dt.date) -> bool:
        return self.is_waiting and self.answer_by < on

    def unit_of(self, side: str) -> Unit:
        return self.giver_unit if side == CascadeSide.GIVER else self.taking_unit

    @property
    def opening_side(self) -> CascadeSide:
        """The side that opened the thread."""
        down = self.direction == self.Direction.DOWN
        return CascadeSide.GIVER if down else CascadeSide.TAKER

    @property
    def answering_side(self) -> CascadeSide:
        return CascadeSide(self.spoken).other

    @property
    def answering_unit(self) -> Unit:
        return self.unit_of(self.answering_side)

    def relations_to(self, person: Any) -> frozenset[Relation]:
        found = set()
        made = self.objective
        if made is not None and not made.restricted and not self.is_unsent:
            found.add(Relation.EVERYBODY)
        if person is None:
            return frozenset(found)
        if self.author_id == person.pk:
            found.add(Relation.AUTHOR)
        if self.is_unsent:
            if self.unit_of(self.opening_side).leader_id == person.pk:
                found.add(self.opening_side.relation)
            return frozenset(found)
        for side in CascadeSide:
            unit = self.unit_of(side)
            above = above_unit(unit, person)
            found |= above
            if unit.leader_id == person.pk or (above and not has_voice(unit)):
                found.add(side.relation)
        return frozenset(found)


SIDE_UNITS = ("giver_unit", "taking_unit")


def has_voice(unit: Unit) -> bool:
    """Whether its leader can answer for it; else whoever stands above does."""
    leader = unit.leader
    return leader is not None and leader.user_id is not None and not leader.has_left


@dataclass(frozen=True)
class Above:
    """Who stands above a unit, by id, where that was loaded for many at once: `services.cascades.sides.load_above`."""

    managers: frozenset[int]  # of its leader, however far up
    heads: frozenset[int]  # of the units that it is part of

    def relations(self, unit: Unit, person: Person) -> frozenset[Relation]:
        found = set()
        if unit.leader is not None and unit.leader.manager_id == person.pk:
            found.add(Relation.MANAGER)
        if person.pk in self.managers:
            found.add(Relation.CHAIN)
        if person.pk in self.heads:
            found.add(Relation.UNIT_HEAD)
        return frozenset(found)


def above_unit(unit: Unit, person: Person) -> frozenset[Relation]:
    """How somebody stands above a unit: above its leader, or as head of a unit that it is part of."""
    if unit.leader_id == person.pk:
        return frozenset()
    known: Above | None = getattr(unit, "known_above", None)
    if known is not None:
        return known.relations(unit, person)
    found = set() if unit.leader is None else set(manages(unit.leader, person))
    over = UnitClosure.objects.filter(descendant=unit, depth__gt=0, ancestor__leader=person)
    if over.exists():
        found.add(Relation.UNIT_HEAD)
    return frozenset(found)


class CascadeVersion(models.Model):
    """What one side proposed, as it was sent: numbered and never changed after that.

    `answers` is the version that its writer had before them. Where another stood by then it is `stale`: it is shown
    beside the one that stands, and changes nothing. `key_results` holds key results as `services.changes` keeps them.
    """

    cascade = models.ForeignKey(Cascade, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveSmallIntegerField()
    answers = models.PositiveSmallIntegerField(null=True, blank=True)
    stale = models.BooleanField(default=False)
    side = models.CharField(max_length=5, choices=CascadeSide.choices)
    author = models.ForeignKey(
        Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    author_for = models.ForeignKey(  # in whose place a deputy wrote it
        Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    recorded_at = models.DateTimeField()
    title = models.CharField(max_length=200)
    why = models.TextField(blank=True, default="")
    strength = models.PositiveSmallIntegerField(
        choices=Contribution.Strength.choices, default=Contribution.Strength.MEDIUM
    )
    kind = models.CharField(
        max_length=10, choices=Contribution.Kind.choices, blank=True, default=""
    )
    starts_on = models.DateField(null=True, blank=True)  # the cycle's, unless its own
    ends_on = models.DateField(null=True, blank=True)
    key_results = models.JSONField(default=list, blank=True)
    mandate = models.TextField(blank=True, default="")  # what the taker may decide alone
    resources = models.TextField(blank=True, default="")
    fte = models.DecimalField(max_digits=6, decimal_places=2, null=True, blank=True)
    answer_by = models.DateField()
    word = models.TextField(blank=True, default="")  # to the other side

    class Meta:
        ordering: ClassVar = ["number"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["cascade", "number"], name="objectives_cascade_version"
            ),
            models.CheckConstraint(
                condition=Q(strength__in=[1, 3, 9]), name="objectives_cascade_strength"
            ),
            models.CheckConstraint(
                condition=Q(fte__isnull=True) | Q(fte__gte=0), name="objectives_cascade_fte"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title}, version {self.number}"
