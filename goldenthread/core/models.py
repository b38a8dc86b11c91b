"""The organisation, the base of every record, and the audit trail."""

from contextvars import ContextVar
from typing import ClassVar, Self

from django.db import models
from django.db.models import Q

_current: ContextVar["Organisation | None"] = ContextVar("organisation", default=None)


class Organisation(models.Model):
    """The one organisation that this installation serves, and the defaults it has chosen."""

    # Always 1, whatever a sequence has given out before: there is one row, or none.
    id = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)
    name = models.CharField(max_length=200)
    time_zone = models.CharField(max_length=64, default="UTC")
    currency = models.CharField(max_length=3, default="EUR")
    minimum_group = models.PositiveSmallIntegerField(default=5)
    cadence_days = models.PositiveSmallIntegerField(
        default=7, help_text="Days between two check-ins, unless an objective says otherwise."
    )
    stands_on = models.DateField(
        null=True, blank=True, help_text="A demo stands still on this day; empty for a real one."
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(pk=1), name="one_organisation")]

    def __str__(self) -> str:
        return self.name

    @classmethod
    def current(cls) -> "Organisation | None":
        """The organisation, read once a request (`remember`), or None in an empty database."""
        return _current.get() or cls.objects.first()

    def remember(self) -> None:
        """Keep this one for the rest of the request."""
        _current.set(self)

    @staticmethod
    def forget() -> None:
        """Drop what `remember` kept, at the end of the request."""
        _current.set(None)


class Record(models.Model):
    """What every record of the domain has: a name from elsewhere, a version for safe saving, its dates.

    `external_id` is how another system or a file names it: a second import finds it by this and updates it.
    `version` rises with each save through `core.versions.save`, so that two people never overwrite each other.
    """

    external_id = models.CharField(max_length=200, blank=True, default="")
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    PERSONAL: ClassVar[frozenset[str]] = frozenset()  # fields that the audit trail keeps encrypted

    class Meta:
        abstract = True
        constraints = [
            models.UniqueConstraint(
                fields=["external_id"],
                condition=~Q(external_id=""),
                name="%(app_label)s_%(class)s_external_id",
            )
        ]

    @property
    def audit_person_id(self) -> int | None:
        """The person whose key protects the personal values of this record, if it has any."""
        return None


class AuditRecord(models.Model):
    """Who did what, when, with the values before and after. Append only: the database refuses anything else.

    Values of personal fields are stored encrypted with a key per person (`PersonKey`); destroying the key
    erases them while the chain stays whole.
    """

    at = models.DateTimeField(auto_now_add=True)
    actor_id = models.BigIntegerField(null=True)  # a people.Person; null for the system itself
    verb = models.CharField(max_length=60)
    subject_type = models.CharField(max_length=60)
    subject_id = models.BigIntegerField()
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    note = models.TextField(blank=True, default="")

    class Meta:
        indexes = [models.Index(fields=["subject_type", "subject_id", "id"])]

    def __str__(self) -> str:
        return f"{self.verb} {self.subject_type} {self.subject_id}"


class AuditSeal(models.Model):
    """One link of the hash chain: the digest over a batch of audit records and the digest before it."""

    first_id = models.BigIntegerField()
    last_id = models.BigIntegerField(unique=True)
    previous = models.CharField(max_length=64)
    digest = models.CharField(max_length=64)
    at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"{self.first_id}–{self.last_id}"


class PersonKey(models.Model):
    """The key that protects one person's values in the audit trail. Deleting the row erases them."""

    person_id = models.BigIntegerField(unique=True)
    key = models.BinaryField()

    def __str__(self) -> str:
        return str(self.person_id)

    @classmethod
    def of(cls, person_id: int) -> Self:
        """The person's key, made at first need."""
        from cryptography.fernet import Fernet

        found, _ = cls.objects.get_or_create(
            person_id=person_id, defaults={"key": Fernet.generate_key()}
        )
        return found
