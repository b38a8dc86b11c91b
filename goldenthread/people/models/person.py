"""Units, people, and the lines between them."""

import datetime as dt
from collections.abc import Sequence
from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import Q
from django.utils.functional import cached_property

from goldenthread.core import clock
from goldenthread.core.models import Record
from goldenthread.core.paths import path_to
from goldenthread.people.models.account import User
from goldenthread.permissions import Relation


class Unit(Record):
    """A part of the organisation; units form a tree, each with a leader.

    `fte` is what the unit itself has, without the units below it, in full-time equivalents, where its people are not
    entered here. It is in no figure as soon as somebody works in the unit.
    """

    HISTORY = ("people.UnitHeld",)
    IS_WORK = True

    name = models.CharField(max_length=200)
    parent = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="children"
    )
    leader = models.ForeignKey(
        "people.Person", null=True, blank=True, on_delete=models.SET_NULL, related_name="led_units"
    )
    fte = models.DecimalField(max_digits=9, decimal_places=2, null=True, blank=True)
    ended_on = models.DateField(null=True, blank=True)

    class Meta(Record.Meta):
        ordering: ClassVar = ["name"]
        constraints: ClassVar = [
            *Record.Meta.constraints,
            models.CheckConstraint(
                condition=Q(fte__isnull=True) | Q(fte__gt=0), name="people_unit_fte"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return path_to("unit", self.pk)

    def relations_to(self, person: Any) -> frozenset[Relation]:
        """Everybody sees units; its leader owns it; leaders of units above are unit heads."""
        found = {Relation.EVERYBODY}
        if person is not None:
            if self.leader_id == person.pk:
                found.add(Relation.OWNER)
            if UnitClosure.objects.filter(
                descendant=self, depth__gt=0, ancestor__leader=person
            ).exists():
                found.add(Relation.UNIT_HEAD)
        return frozenset(found)


class PersonQuerySet(models.QuerySet["Person"]):
    def visible_to(self, person: "Person | None") -> Self:
        """People are visible to everybody signed in."""
        return self.all() if person is not None else self.none()

    def working(self, on: dt.date) -> Self:
        """Who works here on that day."""
        return self.filter(Q(start__isnull=True) | Q(start__lte=on)).filter(
            Q(end__isnull=True) | Q(end__gte=on)
        )


class Person(Record):
    """Somebody who works here. May have an account; without one, their manager speaks for them.

    `heads_unit`, `sponsors` and `deputises_until` are kept true by the services that set a unit's leader, a
    priority's sponsor and a deputy.
    """

    PERSONAL = frozenset({"name", "email", "position", "level", "start", "end"})
    HISTORY = ("people.PersonHeld",)

    name = models.CharField(max_length=200)
    email = models.EmailField(blank=True, default="")
    user = models.OneToOneField(
        User, null=True, blank=True, on_delete=models.SET_NULL, related_name="person"
    )
    unit = models.ForeignKey(
        Unit, null=True, blank=True, on_delete=models.PROTECT, related_name="people"
    )
    manager = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="reports"
    )
    position = models.CharField(max_length=200, blank=True, default="")
    level = models.CharField(max_length=60, blank=True, default="")
    fte = models.DecimalField(max_digits=4, decimal_places=2, default=1)
    start = models.DateField(null=True, blank=True)
    end = models.DateField(null=True, blank=True)
    granted_leader = models.BooleanField(default=False)
    heads_unit = models.BooleanField(default=False)
    sponsors = models.BooleanField(default=False)
    is_hr = models.BooleanField(default=False)
    is_admin = models.BooleanField(default=False)
    invited_at = models.DateTimeField(
        null=True, blank=True
    )  # the newest invitation; older ones lapse

    deputises_until = models.DateField(
        null=True, blank=True
    )  # the last day on which they stand in for somebody, so that nobody else is asked

    only_reads = False  # asks for a page and changes nothing: what they may see is looked up once
    acting_for = ""  # in whose place they act just now, `core.access.require`

    objects = PersonQuerySet.as_manager()

    class Meta(Record.Meta):
        ordering: ClassVar = ["name"]
        constraints: ClassVar = [
            *Record.Meta.constraints,
            models.UniqueConstraint(
                fields=["email"], condition=~Q(email=""), name="people_person_email"
            ),
            models.CheckConstraint(
                condition=Q(end__isnull=True)
                | Q(start__isnull=True)
                | Q(end__gte=models.F("start")),
                name="people_person_dates",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["name"])]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return path_to("person", self.pk)

    @property
    def audit_person_id(self) -> int | None:
        return self.pk

    @property
    def initials(self) -> str:
        words = [word for word in self.name.split() if word[0].isalnum()]
        return "".join(word[0] for word in (words[:1] + words[-1:] if len(words) > 1 else words))

    @property
    def has_left(self) -> bool:
        return self.end is not None and self.end < clock.today()

    @property
    def is_leader(self) -> bool:
        """Head of a unit, sponsor of a priority, or granted (product.md)."""
        return self.granted_leader or self.heads_unit or self.sponsors

    @property
    def office(self) -> frozenset[Relation]:
        """The relations that come with the roles alone, whatever the record."""
        found = set()
        if self.is_leader:
            found.add(Relation.LEADER)
        if self.is_hr:
            found.add(Relation.HR)
        if self.is_admin:
            found.add(Relation.ADMIN)
        return frozenset(found)

    @cached_property
    def found_once(self) -> dict[str, list[int] | None]:
        """What was looked up for a page of theirs, to be asked again and again while it is made."""
        return {}

    @cached_property
    def stands_in_for(self) -> "tuple[Person, ...]":
        """Whose work they do today as a deputy; not that of those whom these stand in for in turn."""
        on = clock.today()
        if self.deputises_until is None or self.deputises_until < on:
            return ()
        standing = Q(
            deputies__deputy=self,
            deputies__ended_on__isnull=True,
            deputies__starts_on__lte=on,
            deputies__ends_on__gte=on,
        )
        return tuple(Person.objects.filter(standing).select_related("unit").distinct())

    @property
    def self_and_lenders(self) -> "tuple[Person, ...]":
        """They themself, and whose work is theirs today as a deputy."""
        return (self, *self.stands_in_for)

    def relations_to(self, person: Any) -> frozenset[Relation]:
        """Everybody sees a person; they themself, their manager and the line above have more."""
        found = {Relation.EVERYBODY}
        if person is not None:
            if self.pk == person.pk:
                found |= {Relation.SELF, Relation.OWNER}
            found |= line_above(self, person)
        return frozenset(found)


def stand_in(named: Sequence[int], is_leader: bool) -> Person:
    """A reader of whom nothing is known but the ids of themself and of those they stand in for, and whether they
    lead: what the rules of who sees what ask. For queries that are put into SQL once."""
    reader, *lenders = (Person(pk=pk) for pk in named)
    reader.granted_leader, reader.stands_in_for = is_leader, tuple(lenders)
    return reader


def manages(person: Person, other: Person) -> frozenset[Relation]:
    """How `other` stands above `person` by reporting lines alone."""
    if person.pk == other.pk:
        return frozenset()
    found = set()
    if person.manager_id == other.pk:
        found.add(Relation.MANAGER)
    if ReportingClosure.objects.filter(manager=other, report=person).exists():
        found.add(Relation.CHAIN)
    return frozenset(found)


def line_above(person: Person, other: Person) -> frozenset[Relation]:
    """How `other` stands above `person`: direct manager, further up the line, head of a unit they are in."""
    found = set(manages(person, other))
    if (
        person.pk != other.pk
        and person.unit_id
        and UnitClosure.objects.filter(
            descendant_id=person.unit_id, ancestor__leader=other
        ).exists()
    ):
        found.add(Relation.UNIT_HEAD)
    return frozenset(found)


class Absence(models.Model):
    """Days on which somebody is away, for planning; never why."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="absences")
    start = models.DateField()
    end = models.DateField()

    class Meta:
        ordering: ClassVar = ["start"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(end__gte=models.F("start")), name="people_absence_dates"
            )
        ]

    def __str__(self) -> str:
        return f"{self.person} {self.start}–{self.end}"


class UnitClosure(models.Model):
    """Every unit above every unit, itself included at depth 0; kept by the service that moves a unit."""

    ancestor = models.ForeignKey(Unit, on_delete=models.CASCADE, related_name="closure_below")
    descendant = models.ForeignKey(Unit, on_delete=models.CASCADE, related_name="closure_above")
    depth = models.PositiveSmallIntegerField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["ancestor", "descendant"], name="people_unit_closure")
        ]

    def __str__(self) -> str:
        return f"{self.ancestor_id}>{self.descendant_id}"


class ReportingClosure(models.Model):
    """Every manager above every person, without the person; kept by the service that sets a manager."""

    manager = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="closure_below")
    report = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="closure_above")
    depth = models.PositiveSmallIntegerField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["manager", "report"], name="people_reporting_closure")
        ]

    def __str__(self) -> str:
        return f"{self.manager_id}>{self.report_id}"
