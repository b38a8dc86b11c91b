"""Units, people, reporting lines and accounts."""

import datetime as dt
from typing import Any, ClassVar, Self

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import salted_hmac

from goldenthread.core.held import Held, periods
from goldenthread.core.models import Audited, Record
from goldenthread.permissions import Relation


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None) -> "User":
        """An account; without a password it can be signed in to only through an invitation or reset."""
        user = self.model(email=self.normalize_email(email).lower())
        user.set_password(password)
        user.save()
        return user


class User(Audited, AbstractBaseUser):
    """An account: how somebody signs in. Who they are is the `Person` it belongs to."""

    email = models.EmailField(unique=True)
    is_active = models.BooleanField(default=True)
    date_joined = models.DateTimeField(auto_now_add=True)
    sessions_key = models.CharField(max_length=32, blank=True, default="")

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    objects: ClassVar[UserManager] = UserManager()

    def __str__(self) -> str:
        return self.email

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """What every session of the account must carry: a new `sessions_key` ends them all, listed or not."""
        if not self.sessions_key:
            return str(super()._get_session_auth_hash(secret))  # type: ignore[misc]  # Django's own hook
        return salted_hmac(
            "goldenthread.people.models.User.sessions",
            self.password + self.sessions_key,
            secret=secret,
            algorithm="sha256",
        ).hexdigest()


class SignIn(models.Model):
    """A browser in which somebody is signed in: when it began, from where, and what the browser calls itself."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="sign_ins")
    session_key = models.CharField(max_length=40, unique=True)
    at = models.DateTimeField(auto_now_add=True)
    browser = models.CharField(max_length=60)
    address = models.GenericIPAddressField()

    def __str__(self) -> str:
        return self.browser


class Unit(Record):
    """A part of the organisation; units form a tree, each with a leader."""

    HISTORY = ("people.UnitHeld",)

    name = models.CharField(max_length=200)
    parent = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="children"
    )
    leader = models.ForeignKey(
        "people.Person", null=True, blank=True, on_delete=models.SET_NULL, related_name="led_units"
    )
    ended_on = models.DateField(null=True, blank=True)

    class Meta(Record.Meta):
        ordering: ClassVar = ["name"]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("unit", args=[self.pk])

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

    `heads_unit` and `sponsors` are kept true by the services that set a unit's leader and a priority's sponsor.
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
        return reverse("person", args=[self.pk])

    @property
    def audit_person_id(self) -> int | None:
        return self.pk

    @property
    def initials(self) -> str:
        words = [word for word in self.name.split() if word[0].isalnum()]
        return "".join(word[0] for word in (words[:1] + words[-1:] if len(words) > 1 else words))

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

    def relations_to(self, person: Any) -> frozenset[Relation]:
        """Everybody sees a person; they themself, their manager and the line above have more."""
        found = {Relation.EVERYBODY}
        if person is not None:
            if self.pk == person.pk:
                found |= {Relation.SELF, Relation.OWNER}
            found |= line_above(self, person)
        return frozenset(found)


def manages(person: Person, other: Person) -> frozenset[Relation]:
    """How `other` stands above `person` by reporting lines alone."""
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


class AccessTokenQuerySet(models.QuerySet["AccessToken"]):
    def visible_to(self, person: Person | None) -> Self:
        """One's own; an administrator sees that they exist."""
        if person is None:
            return self.none()
        return self.all() if person.is_admin else self.filter(person=person)

    def good(self, at: dt.datetime, on: dt.date) -> Self:
        """Those that open the API: not revoked or expired, of somebody with an account who works here."""
        working = Q(person__end__isnull=True) | Q(person__end__gte=on)
        return self.filter(
            working, revoked_at__isnull=True, expires_at__gt=at, person__user__is_active=True
        )


class AccessToken(Record):
    """A key with which a program acts as a person. Its secret is shown once and kept as a digest only.

    The secret is 256 random bits, so that a plain digest is as good as a slow one. `prefix` is its beginning, by
    which its owner knows it again.
    """

    PERSONAL = frozenset({"name"})

    class Scope(models.TextChoices):
        READ = "read", "Read only"
        WRITE = "write", "Read and write"

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="tokens")
    name = models.CharField(max_length=100)
    prefix = models.CharField(max_length=12)
    digest = models.CharField(max_length=64, unique=True)
    scope = models.CharField(max_length=5, choices=Scope.choices, default=Scope.READ)
    expires_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True, blank=True)  # to the minute
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_by = models.ForeignKey(
        Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    objects = AccessTokenQuerySet.as_manager()

    class Meta(Record.Meta):
        ordering: ClassVar = ["-created_at", "-pk"]

    def __str__(self) -> str:
        return self.name

    @property
    def audit_person_id(self) -> int | None:
        return self.person_id

    @property
    def has_expired(self) -> bool:
        return self.expires_at <= timezone.now()

    @property
    def is_good(self) -> bool:
        return self.revoked_at is None and not self.has_expired

    def relations_to(self, person: Any) -> frozenset[Relation]:
        """Its owner; to an administrator it is open that it exists."""
        found = set()
        if person is not None:
            if self.person_id == person.pk:
                found |= {Relation.SELF, Relation.OWNER}
            if person.is_admin:
                found.add(Relation.EVERYBODY)
        return frozenset(found)


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


class PersonHeld(Held):
    """Where somebody stood: their unit (membership), their manager (reporting line), their first and last day."""

    OF = "person"
    KEPT = ("unit", "manager", "start", "end")

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="periods")
    unit = models.ForeignKey(
        Unit, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )
    manager = models.ForeignKey(
        Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )
    start = models.DateField(null=True, blank=True)
    end = models.DateField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = periods("person", "people_person_held")


class UnitHeld(Held):
    """Where a unit stood in the tree, and who led it."""

    OF = "unit"
    KEPT = ("parent", "leader", "ended_on")

    unit = models.ForeignKey(Unit, on_delete=models.CASCADE, related_name="periods")
    parent = models.ForeignKey(
        Unit, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )
    leader = models.ForeignKey(
        Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )
    ended_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = periods("unit", "people_unit_held")
