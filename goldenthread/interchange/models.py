"""What comes in and goes out, and what is kept of it: imports with their rows, calendars, webhooks with deliveries."""

from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import Q
from django.urls import reverse

from goldenthread.core.access import can
from goldenthread.core.models import Audited, Record
from goldenthread.people.models import Person
from goldenthread.permissions import Action, Relation


class ImportQuerySet(models.QuerySet["Import"]):
    def visible_to(self, person: Person | None) -> Self:
        """Its author, and everybody who may import; one with confidential rows is its author's alone."""
        if person is None:
            return self.none()
        seen = Q(author=person)
        if can(person, Action.IMPORT):
            seen |= Q(confidential=False)
        return self.filter(seen)


class Import(models.Model):
    """One file as it was read: staged, then applied or discarded. The file is kept only while it is staged.

    `kind` is "stratml", the kind of a table, "workbook" for one with several sheets, or empty while nobody has said what its rows are. `detected` holds how
    the file is written, what the reader repaired and what text no field takes; `problem` why no row was read. `job`
    is the last one that worked on it. `marks` are the numbers of the rows that writing it added, by which it is taken
    back; `undone` is what became of that.
    """

    IS_WORK: ClassVar[bool] = False

    class State(models.TextChoices):
        STAGED = "staged", "Waits"
        APPLIED = "applied", "Written"
        DISCARDED = "discarded", "Discarded"
        UNDONE = "undone", "Taken back"

    filename = models.CharField(max_length=200)
    kind = models.CharField(max_length=20, blank=True, default="")
    digest = models.CharField(max_length=64)
    data = models.BinaryField(null=True)
    mapping = models.JSONField(default=dict, blank=True)
    detected = models.JSONField(default=dict, blank=True)
    problem = models.TextField(blank=True, default="")
    state = models.CharField(max_length=9, choices=State.choices, default=State.STAGED)
    confidential = models.BooleanField(default=False)
    created = models.PositiveIntegerField(default=0)
    updated = models.PositiveIntegerField(default=0)
    unchanged = models.PositiveIntegerField(default=0)
    refused = models.PositiveIntegerField(default=0)
    proposed = models.PositiveIntegerField(default=0)  # of the updated: as expectation changes
    author = models.ForeignKey(
        Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="imports"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    job = models.BigIntegerField(null=True, blank=True)  # a core.Job, while it is kept
    applied_at = models.DateTimeField(null=True, blank=True)
    applied_by = models.ForeignKey(
        Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    marks = models.JSONField(
        default=dict, blank=True
    )  # table -> [number before, last number] of what it wrote
    undone = models.JSONField(default=dict, blank=True)
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.ForeignKey(
        Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    objects = ImportQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-created_at", "-pk"]

    def __str__(self) -> str:
        return self.filename

    def get_absolute_url(self) -> str:
        return reverse("import", args=[self.pk])

    def relations_to(self, person: Any) -> frozenset[Relation]:
        found = set()
        if person is not None:
            if self.author_id == person.pk:
                found.add(Relation.AUTHOR)
            if not self.confidential and can(person, Action.IMPORT):
                found.add(Relation.EVERYBODY)
        return frozenset(found)

    @property
    def is_staged(self) -> bool:
        return self.state == self.State.STAGED

    @property
    def total(self) -> int:
        """How many rows there are."""
        return self.created + self.updated + self.unchanged + self.refused

    @property
    def writes(self) -> int:
        """How many rows change something."""
        return self.created + self.updated


class ImportRowQuerySet(models.QuerySet["ImportRow"]):
    def visible_to(self, person: Person | None) -> Self:
        """The rows of the imports that the person sees."""
        return self.filter(file__in=Import.objects.visible_to(person))


class ImportRow(models.Model):
    """One row: what it says, what becomes of it, and why not.

    `payload` holds the cells as they stand in the file; of a written row about a person it is emptied, because the
    audit trail keeps those values under that person's key. `changes` is a list of [what, before, after] in words;
    `fix` what would put a refused row right: {"field", "text", "instead", "words"}.
    """

    IS_WORK: ClassVar[bool] = False

    class Outcome(models.TextChoices):
        REFUSED = "refused", "Refused"
        UPDATED = "updated", "Updated"
        CREATED = "created", "New"
        UNCHANGED = "unchanged", "Unchanged"

    file = models.ForeignKey(Import, on_delete=models.CASCADE, related_name="rows")
    line = models.PositiveIntegerField()
    sheet = models.CharField(max_length=100, blank=True, default="")  # of a workbook with several
    kind = models.CharField(max_length=20)
    title = models.CharField(max_length=300)
    about = models.CharField(max_length=300, blank=True, default="")
    outcome = models.CharField(max_length=9, choices=Outcome.choices)
    reason = models.TextField(blank=True, default="")
    notes = models.JSONField(default=list, blank=True)
    changes = models.JSONField(default=list, blank=True)
    payload = models.JSONField(default=dict, blank=True)
    fix = models.JSONField(default=dict, blank=True)
    subject_type = models.CharField(max_length=60, blank=True, default="")
    subject_id = models.BigIntegerField(null=True, blank=True)

    objects = ImportRowQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["line", "pk"]
        indexes: ClassVar = [models.Index(fields=["file", "outcome", "line"])]

    def __str__(self) -> str:
        return f"{self.line}: {self.title}"

    def relations_to(self, person: Any) -> frozenset[Relation]:
        return self.file.relations_to(person)


class CalendarFeedQuerySet(models.QuerySet["CalendarFeed"]):
    def visible_to(self, person: Person | None) -> Self:
        """One's own."""
        return self.filter(person=person) if person is not None else self.none()


class CalendarFeed(models.Model):
    """The secret address of one person's calendar, of which only a digest is kept."""

    IS_WORK: ClassVar[bool] = False  # a deputy has one of their own

    person = models.OneToOneField(Person, on_delete=models.CASCADE, related_name="calendar_feed")
    digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = CalendarFeedQuerySet.as_manager()

    def __str__(self) -> str:
        return f"Calendar of {self.person}"

    def relations_to(self, person: Any) -> frozenset[Relation]:
        own = person is not None and self.person_id == person.pk
        return frozenset({Relation.SELF}) if own else frozenset()


def _for_administrators(person: Any) -> frozenset[Relation]:
    may = can(person, Action.RUN_WEBHOOKS)
    return frozenset({Relation.EVERYBODY}) if may else frozenset()


class WebhookQuerySet(models.QuerySet["Webhook"]):
    def visible_to(self, person: Person | None) -> Self:
        """Only who looks after webhooks."""
        return self.all() if can(person, Action.RUN_WEBHOOKS) else self.none()


class Webhook(Record):
    """Another system that is told of changes to some nouns: where, and whether just now.

    `relayed_to` is the last line of the audit trail that was looked at; it is moved on together with the rows that the
    lines before it make, so none is lost and none doubled. Secrets are kept encrypted; an old one signs as well until
    `previous_until`.
    """

    class State(models.TextChoices):
        ON = "on", "On"
        PAUSED = "paused", "Paused"
        OFF = "off", "Switched off"

    name = models.CharField(max_length=100)
    url = models.CharField(max_length=500)
    nouns = models.JSONField(default=list)
    state = models.CharField(max_length=6, choices=State.choices, default=State.ON)
    secret = models.TextField()
    previous_secret = models.TextField(blank=True, default="")
    previous_until = models.DateTimeField(null=True, blank=True)
    relayed_to = models.BigIntegerField(default=0)
    failing_since = models.DateTimeField(null=True, blank=True)

    objects = WebhookQuerySet.as_manager()

    class Meta(Record.Meta):
        ordering: ClassVar = ["name", "pk"]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("webhook", args=[self.pk])

    def relations_to(self, person: Any) -> frozenset[Relation]:
        return _for_administrators(person)


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    def visible_to(self, person: Person | None) -> Self:
        """Those of the webhooks that the person sees."""
        return self.all() if can(person, Action.RUN_WEBHOOKS) else self.none()


class Delivery(Audited):
    """One event on its way to one webhook; what it says is written anew from the audit trail at each try.

    `message_id` stays the same however often it is sent, so that a receiver can drop what it has. `event` is the line
    of the audit trail, None for a test.
    """

    class State(models.TextChoices):
        WAITING = "waiting", "Waits"
        SENDING = "sending", "Being sent"
        DELIVERED = "delivered", "Delivered"
        FAILED = "failed", "Failed"
        WITHHELD = "withheld", "Held back"

    webhook = models.ForeignKey(Webhook, on_delete=models.CASCADE, related_name="deliveries")
    event = models.BigIntegerField(null=True)
    type = models.CharField(max_length=100)
    message_id = models.CharField(max_length=40, unique=True)
    state = models.CharField(max_length=9, choices=State.choices, default=State.WAITING)
    tries = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField()
    status = models.PositiveSmallIntegerField(null=True)
    answer = models.TextField(blank=True, default="")
    error = models.TextField(blank=True, default="")
    created_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(auto_now=True)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-pk"]
        verbose_name_plural = "deliveries"
        indexes: ClassVar = [models.Index(fields=["webhook", "state", "due_at"])]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["webhook", "event"], name="interchange_one_delivery_an_event"
            )
        ]

    def __str__(self) -> str:
        return f"{self.type} to {self.webhook_id}"

    def relations_to(self, person: Any) -> frozenset[Relation]:
        return _for_administrators(person)
