"""The organisation, the base of every record, the audit trail, jobs and letters."""

import datetime as dt
from contextvars import ContextVar
from typing import Any, ClassVar, Self
from zoneinfo import ZoneInfo

from django.db import models
from django.db.models import Q

from goldenthread.core.access import can
from goldenthread.permissions import Action, Relation

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
    history_from = models.DateField(
        null=True, blank=True, help_text="What held before this day was not kept; empty: all was."
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

    def day_at(self, moment: dt.datetime) -> dt.date:
        """Which day a moment belongs to here; always the same one in a demo, which stands still."""
        return self.stands_on or moment.astimezone(ZoneInfo(self.time_zone)).date()

    def remember(self) -> None:
        """Keep this one for the rest of the request."""
        _current.set(self)

    @staticmethod
    def forget() -> None:
        """Drop what `remember` kept, at the end of the request."""
        _current.set(None)


class Audited(models.Model):
    """What the audit trail can tell of."""

    PERSONAL: ClassVar[frozenset[str]] = frozenset()  # fields that the audit trail keeps encrypted
    IS_WORK: ClassVar[bool] = False  # a deputy does it in the place of another, `core.access`

    class Meta:
        abstract = True

    @property
    def audit_person_id(self) -> int | None:
        """The person whose key protects the personal values of this record, if it has any."""
        return None


class Record(Audited):
    """What every record of the domain has: a name from elsewhere, a version for safe saving, its dates.

    `external_id` is how another system or a file names it: a second import finds it by this and updates it.
    `version` rises with each save through `core.versions.save`, so that two people never overwrite each other.
    """

    external_id = models.CharField(max_length=200, blank=True, default="")
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    HISTORY: ClassVar[tuple[str, ...]] = ()  # the models that keep what held of it, `core.history`

    class Meta:
        abstract = True
        constraints = [
            models.UniqueConstraint(
                fields=["external_id"],
                condition=~Q(external_id=""),
                name="%(app_label)s_%(class)s_external_id",
            )
        ]

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Write the record; what held of it until now stays on record (`core.history`)."""
        super().save(*args, **kwargs)
        if self.HISTORY:
            from goldenthread.core import history

            history.keep([self], kwargs.get("update_fields"))


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


class JobQuerySet(models.QuerySet["Job"]):
    def visible_to(self, person: Any) -> Self:
        """Whoever asked for a job sees it; who looks after the jobs sees all."""
        if person is None:
            return self.none()
        return self.all() if can(person, Action.SEE_JOBS) else self.filter(actor_id=person.pk)


class Job(Audited):
    """Work that happens behind the page: what, for whom, how far, and what went wrong.

    Written in the transaction of its cause (`core.jobs.enqueue`). A worker that takes it gets a `token` and a
    lease; every write of its effects asks whether the token still stands. `checkpoint` is what a job in steps
    has done so far, `attempts` how often it began since it last got on.
    """

    class State(models.TextChoices):
        WAITING = "waiting", "Waits"
        RUNNING = "running", "Runs"
        DONE = "done", "Done"
        FAILED = "failed", "Failed"
        CANCELLED = "cancelled", "Cancelled"

    kind = models.CharField(max_length=60)
    arguments = models.JSONField(default=dict)
    key = models.CharField(max_length=200, blank=True, default="")
    state = models.CharField(max_length=9, choices=State.choices, default=State.WAITING)
    due_at = models.DateTimeField()
    actor_id = models.BigIntegerField(null=True)  # a people.Person; null for the system itself
    attempts = models.PositiveIntegerField(default=0)
    token = models.UUIDField(null=True)
    leased_until = models.DateTimeField(null=True)
    checkpoint = models.JSONField(default=dict)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(null=True)
    words = models.CharField(max_length=200, blank=True, default="")
    cancel_asked = models.BooleanField(default=False)
    error = models.TextField(blank=True, default="")
    refused = models.BooleanField(default=False)  # by a rule, in words for whoever asked
    created_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    objects = JobQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["pk"]
        indexes: ClassVar = [
            models.Index(fields=["state", "due_at"]),
            models.Index(fields=["kind", "key", "state"]),
        ]
        constraints: ClassVar = [
            # One that failed and waits to try again has begun: what comes after it needs a job of its own.
            models.UniqueConstraint(
                fields=["kind", "key"],
                condition=Q(state="waiting", attempts=0) & ~Q(key=""),
                name="core_one_waiting_job_a_key",
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"

    @property
    def is_active(self) -> bool:
        """Whether it waits or runs: whether its page is worth another look."""
        return self.state in {self.State.WAITING, self.State.RUNNING}

    @property
    def fraction(self) -> float | None:
        """The share that is done; None where nobody knows how much there is."""
        return min(1.0, self.done / self.total) if self.total else None

    def error_for(self, person: Any) -> str:
        """Why it failed; what a rule said may name what only whoever asked may see."""
        mine = self.actor_id is None or (person is not None and self.actor_id == person.pk)
        if self.refused and not mine:
            return "A rule refuses it. Whoever asked for it reads why."
        return self.error

    def relations_to(self, person: Any) -> frozenset[Relation]:
        found = set()
        if person is not None:
            if self.actor_id == person.pk:
                found.add(Relation.AUTHOR)
            if can(person, Action.SEE_JOBS):
                found.add(Relation.EVERYBODY)
        return frozenset(found)


class Period(models.Model):
    """When a periodic job is due next; whoever moves the date on is the one who enqueues it."""

    kind = models.CharField(max_length=60, primary_key=True)
    due_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.kind} at {self.due_at}"


class Worker(models.Model):
    """A worker process that is here, or was: the page of jobs says when one was last seen."""

    name = models.CharField(max_length=120, primary_key=True)  # machine and process
    threads = models.PositiveSmallIntegerField(default=1)
    started_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    stopped = models.BooleanField(default=False)

    def __str__(self) -> str:
        return self.name


class LetterQuerySet(models.QuerySet["Letter"]):
    def visible_to(self, person: Any) -> Self:
        """Only who looks after the jobs sees the outbox; nobody sees what a letter says."""
        return self.all() if can(person, Action.SEE_JOBS) else self.none()


class Letter(Audited):
    """A mail on its way: written in the transaction of its cause, sent by a job, at most once.

    `body` is emptied once it was sent: an invitation or a reset link must not stay readable here. `message_id` is
    the same however often sending is tried. A letter whose worker died between the server's *yes* and ours stays
    `unsure`: the administrator decides.
    """

    class State(models.TextChoices):
        WAITING = "waiting", "Waits"
        SENDING = "sending", "Being sent"
        SENT = "sent", "Sent"
        UNSURE = "unsure", "Unsure"
        FAILED = "failed", "Not sent"

    kind = models.CharField(max_length=60)  # what it is, in words: "Invitation"
    to = models.EmailField(max_length=320)
    subject = models.CharField(max_length=300)
    body = models.TextField(blank=True, default="")
    message_id = models.CharField(max_length=200, unique=True)
    state = models.CharField(max_length=7, choices=State.choices, default=State.WAITING)
    tries = models.PositiveSmallIntegerField(default=0)
    error = models.TextField(blank=True, default="")
    created_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(auto_now=True)

    objects = LetterQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-pk"]
        indexes: ClassVar = [models.Index(fields=["state", "id"])]

    def __str__(self) -> str:
        return f"{self.kind} to {self.to}"

    def relations_to(self, person: Any) -> frozenset[Relation]:
        return frozenset({Relation.EVERYBODY}) if can(person, Action.SEE_JOBS) else frozenset()


class KeptAnswer(models.Model):
    """What a create with an `Idempotency-Key` answered, kept for a day for whoever sends it again.

    Written in the transaction of the create; `person_id` is a people.Person, and only they are answered from it.
    """

    person_id = models.BigIntegerField()
    key = models.CharField(max_length=200)
    digest = models.CharField(max_length=64)  # of the request that it answered
    status = models.PositiveSmallIntegerField(default=0)
    body = models.TextField(blank=True, default="")
    headers = models.JSONField(default=dict, blank=True)
    kept_at = models.DateTimeField(auto_now_add=True, db_index=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person_id", "key"], name="core_kept_answer_key")
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.key}"
