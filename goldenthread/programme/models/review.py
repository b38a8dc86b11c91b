"""The leadership review of a cycle: the meeting, its agenda with the facts as they were known, actions, addenda."""

import datetime as dt
from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import Exists, OuterRef, Q

from goldenthread.core.models import Record
from goldenthread.core.paths import path_to
from goldenthread.objectives.models import Cycle, Dependency, Objective
from goldenthread.people.models import Person, Unit
from goldenthread.permissions import Relation
from goldenthread.strategy.models import Kpi, Priority
from goldenthread.tradeoffs.models import Decision, WhatGives

ABOUT = ("action", "kpi", "objective", "priority", "decision", "dependency", "what_gives")
"""What a point of an agenda can be about: the names of its fields."""
FRESH = dt.timedelta(days=3)
"""An agenda that was brought up to date so long before its review, or later, is of its day."""


class LeadershipReviewQuerySet(models.QuerySet["LeadershipReview"]):
    def visible_to(self, person: Person | None, *, lent: bool = True) -> Self:
        """Leaders, and those named: who chairs (with `lent` also whom they stand in for), who prepared it, who is there."""
        if person is None:
            return self.none()
        if person.is_leader:
            return self.all()
        there = LeadershipReview.attendees.through.objects.filter(
            leadershipreview=OuterRef("pk"), person=person
        )
        return self.filter(
            Q(chair__in=person.self_and_lenders if lent else [person])
            | Q(author=person)
            | Exists(there)
        )

    def at_hand(self, on: dt.date) -> Self:
        """Prepared, and within `FRESH` days, today, or gone by."""
        return self.filter(state=LeadershipReview.State.PREPARED, held_on__lte=on + FRESH)


class LeadershipReview(Record):
    """One meeting of those who lead the organisation, or a unit, about a cycle.

    Its agenda is made from the data, and kept with the facts as they were when it was last brought up to date; once
    closed nothing of it changes any more, and corrections are addenda.
    """

    IS_WORK = True

    class State(models.TextChoices):
        PREPARED = "prepared", "Prepared"
        CLOSED = "closed", "Closed"

    cycle = models.ForeignKey(Cycle, on_delete=models.PROTECT, related_name="leadership_reviews")
    unit = models.ForeignKey(
        Unit, null=True, blank=True, on_delete=models.PROTECT, related_name="leadership_reviews"
    )
    held_on = models.DateField()
    chair = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="chaired_reviews")
    attendees = models.ManyToManyField(Person, blank=True, related_name="attended_reviews")
    author = models.ForeignKey(
        Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    state = models.CharField(max_length=8, choices=State.choices, default=State.PREPARED)
    notes = models.TextField(blank=True, default="")
    read_at = models.DateTimeField(null=True, blank=True)  # as of when its agenda stands
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(
        Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    objects = LeadershipReviewQuerySet.as_manager()

    class Meta(Record.Meta):
        ordering: ClassVar = ["-held_on", "-pk"]
        verbose_name = "leadership review"
        constraints: ClassVar = [
            *Record.Meta.constraints,
            models.UniqueConstraint(
                fields=["unit", "held_on"], name="programme_one_review_of_a_unit_a_day"
            ),
            models.UniqueConstraint(
                fields=["held_on"],
                condition=Q(unit__isnull=True),
                name="programme_one_review_a_day",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["state", "held_on"])]

    def __str__(self) -> str:
        whose = f" of {self.unit}" if self.unit else ""
        return f"Leadership review{whose}, {self.cycle}"

    def get_absolute_url(self) -> str:
        return path_to("leadership-review", self.pk)

    @property
    def is_closed(self) -> bool:
        return self.state == self.State.CLOSED

    def relations_to(self, person: Any) -> frozenset[Relation]:
        if person is None:
            return frozenset()
        found = {Relation.EVERYBODY} if person.is_leader else set()
        if self.chair_id == person.pk:
            found.add(Relation.DECIDER)
        if self.author_id == person.pk:
            found.add(Relation.AUTHOR)
        if self.pk is not None and self.attendees.filter(pk=person.pk).exists():
            found.add(Relation.NAMED)
        return frozenset(found)


class AgendaPointQuerySet(models.QuerySet["AgendaPoint"]):
    def seen_by(self, person: Person | None) -> Self:
        """Those about what the person may see, whoever's meeting it is: what is restricted stays so in minutes."""
        if person is None:
            return self.none()
        own = Q(action__isnull=False) & Exists(
            ReviewAction.objects.visible_to(person).filter(pk=OuterRef("action"))
        )
        return self.filter(self._about_what_is_seen(person) | own)

    def about_what_is_seen(self, person: Person) -> Self:
        """The same without those about an action."""
        return self.filter(self._about_what_is_seen(person))

    @staticmethod
    def _about_what_is_seen(person: Person) -> Q:
        seen: dict[str, Any] = {
            "objective": Objective.objects.visible_to(person),
            "priority": Priority.objects.visible_to(person),
            "decision": Decision.objects.visible_to(person),
            "dependency": Dependency.objects.visible_to(person),
            "what_gives": WhatGives.objects.visible_to(person),
        }
        may = Q(kpi__isnull=False)
        for name, rows in seen.items():
            may |= Q((f"{name}__isnull", False)) & Q(Exists(rows.filter(pk=OuterRef(name))))
        return may


class AgendaPoint(models.Model):
    """One fact on the agenda of a review, in a sentence with its figure, and what the meeting made of it.

    It is about one record. `serves` is the priority at the end of its line. `is_settled` says that the fact no longer
    held when the agenda was last brought up to date, though something had been written about it.
    """

    class Outcome(models.TextChoices):
        NOTHING = "nothing", "Nothing to do"
        NEXT_TIME = "next_time", "Next time"

    review = models.ForeignKey(LeadershipReview, on_delete=models.CASCADE, related_name="points")
    action = models.ForeignKey(
        "programme.ReviewAction",
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="asked_again",
    )
    kpi = models.ForeignKey(
        Kpi, null=True, blank=True, on_delete=models.CASCADE, related_name="agenda_points"
    )
    objective = models.ForeignKey(
        Objective, null=True, blank=True, on_delete=models.CASCADE, related_name="agenda_points"
    )
    priority = models.ForeignKey(
        Priority, null=True, blank=True, on_delete=models.CASCADE, related_name="agenda_points"
    )
    decision = models.ForeignKey(
        Decision, null=True, blank=True, on_delete=models.CASCADE, related_name="agenda_points"
    )
    dependency = models.ForeignKey(
        Dependency, null=True, blank=True, on_delete=models.CASCADE, related_name="agenda_points"
    )
    what_gives = models.ForeignKey(
        WhatGives, null=True, blank=True, on_delete=models.CASCADE, related_name="agenda_points"
    )
    position = models.PositiveSmallIntegerField(default=0)
    sentence = models.CharField(max_length=500)
    stands = models.CharField(max_length=200, blank=True, default="")
    health = models.CharField(max_length=20, blank=True, default="")
    serves = models.ForeignKey(
        Priority, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    is_settled = models.BooleanField(default=False)
    outcome = models.CharField(max_length=9, choices=Outcome.choices, blank=True, default="")
    note = models.TextField(blank=True, default="")
    made = models.ForeignKey(  # what was opened or decided about it here
        Decision, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    objects = AgendaPointQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["position", "pk"]
        verbose_name = "leadership review"  # what "is needed by" it is needed by
        verbose_name_plural = "agenda points"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(
                    *(Q(*((f"{one}__isnull", one != name) for one in ABOUT)) for name in ABOUT),
                    _connector=Q.OR,
                ),
                name="programme_point_about_one",
            ),
            *(
                models.UniqueConstraint(
                    fields=["review", name],
                    condition=Q((f"{name}__isnull", False)),
                    name=f"programme_point_{name}_once",
                )
                for name in ABOUT
            ),
        ]

    def __str__(self) -> str:
        return self.sentence

    @property
    def name(self) -> str:
        """Which kind of record it is about: a name of `ABOUT`."""
        return next(one for one in ABOUT if getattr(self, f"{one}_id") is not None)

    @property
    def record(self) -> Any:
        return getattr(self, self.name)

    @property
    def key(self) -> tuple[str, int]:
        return self.name, getattr(self, f"{self.name}_id")


def _seen(person: Person) -> Q:
    """Actions about no point, or about one whose record the person may see."""
    about = AgendaPoint.objects.about_what_is_seen(person).filter(pk=OuterRef("point"))
    return Q(point__isnull=True) | Q(Exists(about))


class ReviewActionQuerySet(models.QuerySet["ReviewAction"]):
    def visible_to(self, person: Person | None) -> Self:
        """Whose it is, who gave it, and who sees the review and what of its agenda the action is about."""
        if person is None:
            return self.none()
        may = Q(owner__in=person.self_and_lenders) | Q(author=person)
        reviews = LeadershipReview.objects.visible_to(person, lent=False)
        may |= Q(Exists(reviews.filter(pk=OuterRef("review")))) & _seen(person)
        for lender in person.stands_in_for:  # as the one who chairs, and no more than they see
            may |= Q(review__chair=lender) & _seen(lender)
        return self.filter(may)

    def open(self) -> Self:
        return self.filter(state=ReviewAction.State.OPEN)

    def overdue(self, on: dt.date) -> Self:
        return self.open().filter(due_on__lt=on)


class ReviewAction(Record):
    """What a review has somebody do, by a day. The next review of the same leaders begins with it."""

    IS_WORK = True

    class State(models.TextChoices):
        OPEN = "open", "Open"
        DONE = "done", "Done"
        DROPPED = "dropped", "Dropped"

    review = models.ForeignKey(LeadershipReview, on_delete=models.CASCADE, related_name="actions")
    point = models.ForeignKey(
        AgendaPoint, null=True, blank=True, on_delete=models.SET_NULL, related_name="actions"
    )
    title = models.CharField(max_length=200)
    owner = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="review_actions")
    author = models.ForeignKey(
        Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    due_on = models.DateField()
    state = models.CharField(max_length=7, choices=State.choices, default=State.OPEN)
    ended_on = models.DateField(null=True, blank=True)
    outcome = models.TextField(blank=True, default="")  # what came of it, or why it was dropped

    objects = ReviewActionQuerySet.as_manager()

    class Meta(Record.Meta):
        ordering: ClassVar = ["due_on", "pk"]
        verbose_name = "action"
        constraints: ClassVar = [
            *Record.Meta.constraints,
            models.CheckConstraint(
                condition=Q(state="open") | Q(ended_on__isnull=False),
                name="programme_action_ended_on_a_day",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["owner", "state", "due_on"])]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return path_to("review-action", self.pk)

    @property
    def is_open(self) -> bool:
        return self.state == self.State.OPEN

    def is_overdue(self, on: dt.date) -> bool:
        return self.is_open and self.due_on < on

    def relations_to(self, person: Any) -> frozenset[Relation]:
        if person is None:
            return frozenset()
        found: set[Relation] = set()
        if self.point_id is None or self._is_seen(person):
            found |= self.review.relations_to(person)
        if Relation.AUTHOR in found:  # of the review, not of the action
            found = (found - {Relation.AUTHOR}) | {Relation.NAMED}
        if self.author_id == person.pk:
            found.add(Relation.AUTHOR)
        if self.owner_id == person.pk:
            found.add(Relation.OWNER)
        return frozenset(found)

    def _is_seen(self, person: Any) -> bool:
        """Whether the person may see what it is about."""
        about = AgendaPoint.objects.about_what_is_seen(person)
        return self.point_id is not None and about.filter(pk=self.point_id).exists()


class Addendum(models.Model):
    """A later correction of minutes: what was kept stays as it was."""

    review = models.ForeignKey(LeadershipReview, on_delete=models.CASCADE, related_name="addenda")
    author = models.ForeignKey(
        Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    added_at = models.DateTimeField()
    text = models.TextField()

    class Meta:
        ordering: ClassVar = ["added_at", "pk"]
        verbose_name_plural = "addenda"

    def __str__(self) -> str:
        return self.text
