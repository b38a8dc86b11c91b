"""What an objective needs of another unit."""

import datetime as dt
from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import Exists, F, OuterRef, Q

from goldenthread.core.models import Record
from goldenthread.core.paths import path_to
from goldenthread.engine.dependencies import Need
from goldenthread.objectives.models.objective import Objective
from goldenthread.objectives.states import CLOSED, State
from goldenthread.people.models import Person, Unit, UnitClosure
from goldenthread.permissions import Relation


class DependencyQuerySet(models.QuerySet["Dependency"]):
    def visible_to(self, person: Person | None) -> Self:
        """Who sees the objective that needs it; who answers for the unit asked; who asked, or is to deliver."""
        if person is None:
            return self.none()
        seen = Objective.objects.visible_to(person).filter(pk=OuterRef("objective"))
        answers = UnitClosure.objects.filter(
            ancestor__leader__in=person.self_and_lenders, descendant=OuterRef("unit")
        )
        named = (
            Q(asked_by=person)
            | Q(delivers__owner_person=person)
            | Q(delivers__owner_unit__leader=person)
        )
        return self.filter(Exists(seen) | Exists(answers) | named)

    def standing(self) -> Self:
        """Those of objectives that are open and taken on; what nobody needs any more is no risk."""
        return self.exclude(objective__state__in=[*CLOSED, State.UNCONFIRMED])

    def open(self) -> Self:
        """Asked or accepted, and not delivered yet."""
        return self.standing().filter(state__in=OPEN)

    def unmet(self, on: dt.date) -> Self:
        """As `engine.dependencies.unmet` has it on the day."""
        late = Q(needed_by__lt=on) | Q(promised_on__gt=F("needed_by"))
        return self.standing().filter(
            Q(state=Dependency.State.DECLINED)
            | Q(late, state__in=OPEN)
            | Q(state=Dependency.State.ASKED, answer_by__lt=on)
        )

    def asked_of(self, unit: Unit) -> Self:
        """Those that a unit, or one below it, is asked for."""
        below = UnitClosure.objects.filter(ancestor=unit).values("descendant")
        return self.filter(unit__in=below)

    def needed_in(self, unit: Unit) -> Self:
        """Those that objectives of a unit, of one below it, or of its people need."""
        below = UnitClosure.objects.filter(ancestor=unit).values("descendant")
        return self.filter(
            Q(objective__owner_unit__in=below) | Q(objective__owner_person__unit__in=below)
        )


class Dependency(Record):
    """What one objective needs of another unit by a day: asked, then accepted with a promise, or declined.

    `delivers` is the objective of the unit asked out of which it comes, where one is named. `effort_fte` is what it
    takes, in full-time equivalents, until it is there. `answer_by` is the day by which an answer is wanted.
    """

    IS_WORK = True

    class State(models.TextChoices):
        ASKED = "asked", "Asked"
        ACCEPTED = "accepted", "Accepted"
        DECLINED = "declined", "Declined"
        DELIVERED = "delivered", "Delivered"
        WITHDRAWN = "withdrawn", "Withdrawn"

    objective = models.ForeignKey(Objective, on_delete=models.CASCADE, related_name="dependencies")
    needs = models.CharField(max_length=300)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="asked_for")
    delivers = models.ForeignKey(
        Objective, null=True, blank=True, on_delete=models.SET_NULL, related_name="needed_by"
    )
    needed_by = models.DateField()
    effort_fte = models.DecimalField(max_digits=6, decimal_places=2, null=True, blank=True)
    answer_by = models.DateField()
    state = models.CharField(max_length=9, choices=State.choices, default=State.ASKED)
    asked_by = models.ForeignKey(
        Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    asked_on = models.DateField()
    answered_by = models.ForeignKey(
        Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    answered_on = models.DateField(null=True, blank=True)
    promised_on = models.DateField(null=True, blank=True)
    delivered_on = models.DateField(null=True, blank=True)
    reason = models.TextField(blank=True, default="")  # why it is declined, or not needed any more
    source = models.CharField(max_length=200, blank=True, default="")

    objects = DependencyQuerySet.as_manager()

    class Meta(Record.Meta):
        ordering: ClassVar = ["needed_by", "pk"]
        verbose_name_plural = "dependencies"
        constraints: ClassVar = [
            *Record.Meta.constraints,
            models.CheckConstraint(
                condition=~Q(state="accepted") | Q(promised_on__isnull=False),
                name="objectives_accepted_is_promised",
            ),
            models.CheckConstraint(
                condition=~Q(state="delivered") | Q(delivered_on__isnull=False),
                name="objectives_delivered_on_a_day",
            ),
            models.CheckConstraint(
                condition=Q(effort_fte__isnull=True) | Q(effort_fte__gte=0),
                name="objectives_dependency_effort",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["unit", "state"])]

    def __str__(self) -> str:
        return self.needs

    def get_absolute_url(self) -> str:
        return path_to("dependency", self.pk)

    @property
    def need(self) -> Need:
        """What the engine reads of it."""
        return Need(self.state, self.needed_by, self.answer_by, self.promised_on)

    @property
    def is_open(self) -> bool:
        return self.state in OPEN

    def relations_to(self, person: Any) -> frozenset[Relation]:
        """Those to the objective that needs it; who leads the unit asked, or one above it, decides."""
        found = set(self.objective.relations_to(person))
        if person is None:
            return frozenset(found)
        asked = UnitClosure.objects.filter(descendant=self.unit_id, ancestor__leader=person)
        if asked.exists():
            found.add(Relation.DECIDER)
        delivers = self.delivers
        if self.asked_by_id == person.pk or (
            delivers is not None
            and delivers.accountable is not None
            and delivers.accountable.pk == person.pk
        ):
            found.add(Relation.NAMED)
        return frozenset(found)


OPEN = frozenset({Dependency.State.ASKED, Dependency.State.ACCEPTED})
