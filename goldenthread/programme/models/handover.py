"""Handovers; what HR has asked somebody to look at; and what mail told each person last."""

from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import Q
from django.urls import reverse

from goldenthread.core.models import Record
from goldenthread.people.models import Person, ReportingClosure, UnitClosure, line_above
from goldenthread.permissions import Relation


class HandoverQuerySet(models.QuerySet["Handover"]):
    def visible_to(self, person: Person | None) -> Self:
        """Whom it is about, the lines above them, and by office HR partners and administrators."""
        if person is None:
            return self.none()
        if person.is_hr or person.is_admin:
            return self.all()
        below = ReportingClosure.objects.filter(manager=person).values("report")
        headed = UnitClosure.objects.filter(ancestor__leader=person).values("descendant")
        direct = Q(person__manager=person)
        return self.filter(
            Q(person=person) | direct | Q(person__in=below) | Q(person__unit__in=headed)
        )

    def open(self) -> Self:
        return self.filter(closed_at__isnull=True)


class Handover(Record):
    """Why, and from which day, what somebody holds is passed on. What it is, is read from what they hold.

    Opened by a job from what is known of people; closed when nothing is left, or by somebody with a reason.
    """

    class Reason(models.TextChoices):
        LEAVES = "leaves", "Leaves"
        MOVED = "moved", "Moved to another unit"
        AWAY = "away", "Away for long"
        MANAGER = "manager", "Has a new manager"

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="handovers")
    reason = models.CharField(max_length=7, choices=Reason.choices)
    day = models.DateField()  # the last day, the day of the move, the first day away
    until = models.DateField(null=True, blank=True)  # the last day away
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(
        Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    note = models.TextField(blank=True, default="")  # why it was closed with something left

    objects = HandoverQuerySet.as_manager()

    class Meta(Record.Meta):
        ordering: ClassVar = ["day", "pk"]
        constraints: ClassVar = [
            *Record.Meta.constraints,
            models.UniqueConstraint(
                fields=["person", "reason", "day"], name="programme_one_handover"
            ),
        ]

    def __str__(self) -> str:
        return f"Handover from {self.person}"

    def get_absolute_url(self) -> str:
        return reverse("handover", args=[self.pk])

    def relations_to(self, person: Any) -> frozenset[Relation]:
        found: set[Relation] = set()
        if person is None:
            return frozenset(found)
        if self.person_id == person.pk:
            found |= {Relation.SELF, Relation.OWNER}
        found |= line_above(self.person, person)
        if person.is_hr or person.is_admin:
            found.add(Relation.EVERYBODY)
        return frozenset(found)


class Nudge(models.Model):
    """That HR asked whoever has the next step to look at something stuck. It writes nothing of the work itself.

    `kind` and `about` name the row of `selectors.stuck`; once that is no longer stuck, the nudge says nothing any more.
    """

    kind = models.CharField(max_length=20)
    about = models.BigIntegerField()  # the person, objective or change, as the kind has it
    to = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="nudges")
    by = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    day = models.DateField()

    class Meta:
        ordering: ClassVar = ["-day", "-pk"]
        indexes: ClassVar = [
            models.Index(fields=["to", "day"]),
            models.Index(fields=["kind", "about"]),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.about} to {self.to}"


class Reminder(models.Model):
    """What the last letter to a person told of, and on which day: so that there is one a day, and only of something new."""

    person = models.OneToOneField(Person, on_delete=models.CASCADE, related_name="reminder")
    day = models.DateField()
    told = models.JSONField(default=list)

    def __str__(self) -> str:
        return f"{self.person} {self.day}"
