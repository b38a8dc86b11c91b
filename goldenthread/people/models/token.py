"""Personal tokens: the keys with which programs act as a person."""

import datetime as dt
from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import Q
from django.utils import timezone

from goldenthread.core.models import Record
from goldenthread.people.models.person import Person
from goldenthread.permissions import Relation


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
