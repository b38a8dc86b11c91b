"""Decisions: a question, its options, the choice, what it gives up, and what came of it."""

import datetime as dt
from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import Exists, OuterRef, Q

from goldenthread.core.models import Record
from goldenthread.core.paths import path_to
from goldenthread.objectives.models import Objective
from goldenthread.people.models import Person, Unit
from goldenthread.permissions import Relation
from goldenthread.strategy.models import Kpi, Priority

TOUCHED = ("priority", "objective", "unit", "kpi", "person")


class DecisionQuerySet(models.QuerySet["Decision"]):
    def visible_to(self, person: Person | None) -> Self:
        """Everybody sees decisions; a confidential one: leaders and those named in it."""
        if person is None:
            return self.none()
        if person.is_leader:
            return self.all()
        named = Touch.objects.filter(decision=OuterRef("pk"), person=person)
        return self.filter(
            Q(confidential=False)
            | Q(author=person)
            | Q(decider__in=person.self_and_lenders)
            | Exists(named)
        )

    def touching(self, record: models.Model) -> Self:
        """Those that touch a priority, an objective, a unit, a KPI or a person."""
        return self.touching_one(touched_by(record), record.pk)

    def touching_one(self, name: str, pk: int) -> Self:
        """`touching` of a record known by its name in `TOUCHED` and its id."""
        touch = Touch.objects.filter(**{"decision": OuterRef("pk"), name: pk})
        return self.filter(Exists(touch))

    def to_look_at(self, on: dt.date) -> Self:
        """Decided, and the day has come to ask what happened."""
        return self.filter(state=Decision.State.DECIDED, look_again_on__lte=on)

    def overdue(self, on: dt.date) -> Self:
        """Still open after the day by which they were to be decided."""
        return self.filter(state=Decision.State.OPEN, due_on__lt=on)


class Decision(Record):
    """A trade-off made, or to be made: the options, the choice, what is given up, who decides, when to look again.

    What was decided stays as it was: another decision replaces it (`replaces`), and looking back adds what happened.
    Capacity freed is in full-time equivalents from `decided_on` until `freed_until`, without it for good.
    """

    IS_WORK = True

    class State(models.TextChoices):
        UNCONFIRMED = "unconfirmed", "Unconfirmed"
        OPEN = "open", "Open"
        DECIDED = "decided", "Decided"
        LOOKED_BACK = "looked_back", "Looked back on"
        REPLACED = "replaced", "Replaced"
        WITHDRAWN = "withdrawn", "Withdrawn"

    class AsExpected(models.TextChoices):
        YES = "yes", "As expected"
        PARTLY = "partly", "Partly"
        NO = "no", "Not as expected"

    question = models.CharField(max_length=200)
    background = models.TextField(blank=True, default="")
    state = models.CharField(max_length=11, choices=State.choices, default=State.OPEN)
    confidential = models.BooleanField(default=False)
    author = models.ForeignKey(
        Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    decider = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="decisions")
    due_on = models.DateField(null=True, blank=True)
    decided_on = models.DateField(null=True, blank=True)
    reason = models.TextField(blank=True, default="")  # why this option
    given_up = models.TextField(blank=True, default="")
    freed_fte = models.DecimalField(max_digits=6, decimal_places=2, null=True, blank=True)
    freed_until = models.DateField(null=True, blank=True)
    expected = models.TextField(blank=True, default="")
    look_again_on = models.DateField(null=True, blank=True)
    looked_back_on = models.DateField(null=True, blank=True)
    outcome = models.TextField(blank=True, default="")  # what happened
    as_expected = models.CharField(max_length=6, choices=AsExpected.choices, blank=True, default="")
    learnt = models.TextField(blank=True, default="")
    replaces = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="replacements"
    )
    source = models.CharField(max_length=200, blank=True, default="")

    objects = DecisionQuerySet.as_manager()

    class Meta(Record.Meta):
        ordering: ClassVar = ["-decided_on", "-pk"]
        constraints: ClassVar = [
            *Record.Meta.constraints,
            models.CheckConstraint(
                condition=~Q(state="open") | Q(due_on__isnull=False),
                name="tradeoffs_open_is_due",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["decided", "looked_back", "replaced"])
                | Q(decided_on__isnull=False),
                name="tradeoffs_decided_on_a_day",
            ),
            models.CheckConstraint(
                condition=Q(freed_fte__isnull=True) | Q(freed_fte__gte=0),
                name="tradeoffs_freed_fte",
            ),
            models.UniqueConstraint(
                fields=["replaces"],
                condition=~Q(state="withdrawn"),
                name="tradeoffs_replaced_once",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["decider", "state"]),
            models.Index(fields=["state", "look_again_on"]),
        ]

    def __str__(self) -> str:
        return self.question

    def get_absolute_url(self) -> str:
        return path_to("decision", self.pk)

    @property
    def is_open(self) -> bool:
        return self.state == self.State.OPEN

    @property
    def is_made(self) -> bool:
        """Whether a choice stands in it, whatever came of it."""
        return self.state in MADE

    @property
    def due(self) -> dt.date | None:
        """The day of its next step: to decide, or to look again."""
        if self.state == self.State.DECIDED:
            return self.look_again_on
        return self.due_on if self.state in {self.State.OPEN, self.State.UNCONFIRMED} else None

    @property
    def own_state(self) -> "Decision.State":
        """The state that its own words and days make, once it is confirmed."""
        if self.looked_back_on is not None:
            return self.State.LOOKED_BACK
        return self.State.OPEN if self.decided_on is None else self.State.DECIDED

    def relations_to(self, person: Any) -> frozenset[Relation]:
        found = set() if self.confidential else {Relation.EVERYBODY}
        if person is None:
            return frozenset(found)
        if self.confidential and person.is_leader:
            found.add(Relation.EVERYBODY)
        if self.author_id == person.pk:
            found.add(Relation.AUTHOR)
        if self.decider_id == person.pk:
            found.add(Relation.DECIDER)
        if self.pk is not None and self.touches.filter(person=person).exists():
            found.add(Relation.NAMED)
        return frozenset(found)


MADE = frozenset({Decision.State.DECIDED, Decision.State.LOOKED_BACK, Decision.State.REPLACED})


TO_COME = frozenset({Decision.State.UNCONFIRMED, Decision.State.OPEN, Decision.State.DECIDED})


class Option(models.Model):
    """One of the answers to the question, with what speaks for and against it; one at most is chosen."""

    decision = models.ForeignKey(Decision, on_delete=models.CASCADE, related_name="options")
    title = models.CharField(max_length=200)
    speaks_for = models.TextField(blank=True, default="")
    speaks_against = models.TextField(blank=True, default="")
    chosen = models.BooleanField(default=False)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering: ClassVar = ["position", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["decision"], condition=Q(chosen=True), name="tradeoffs_one_choice"
            ),
            models.UniqueConstraint(fields=["decision", "title"], name="tradeoffs_option_title"),
        ]

    def __str__(self) -> str:
        return self.title


class Touch(models.Model):
    """One thing that a decision touches, on whose page it stands; a person so named may see it."""

    decision = models.ForeignKey(Decision, on_delete=models.CASCADE, related_name="touches")
    priority = models.ForeignKey(
        Priority, null=True, blank=True, on_delete=models.CASCADE, related_name="touched_by"
    )
    objective = models.ForeignKey(
        Objective, null=True, blank=True, on_delete=models.CASCADE, related_name="touched_by"
    )
    unit = models.ForeignKey(
        Unit, null=True, blank=True, on_delete=models.CASCADE, related_name="touched_by"
    )
    kpi = models.ForeignKey(
        Kpi, null=True, blank=True, on_delete=models.CASCADE, related_name="touched_by"
    )
    person = models.ForeignKey(
        Person, null=True, blank=True, on_delete=models.CASCADE, related_name="touched_by"
    )

    class Meta:
        ordering: ClassVar = ["pk"]
        verbose_name = "decision"  # what "is needed by" it is needed by
        verbose_name_plural = "touches"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(
                    *(Q(*((f"{one}__isnull", one != name) for one in TOUCHED)) for name in TOUCHED),
                    _connector=Q.OR,
                ),
                name="tradeoffs_touches_one",
            ),
            *(
                models.UniqueConstraint(
                    fields=["decision", name],
                    condition=Q((f"{name}__isnull", False)),
                    name=f"tradeoffs_touches_{name}_once",
                )
                for name in TOUCHED
            ),
        ]

    def __str__(self) -> str:
        return str(self.record)

    @property
    def name(self) -> str:
        """Which kind of record it is: a name of `TOUCHED`."""
        return next(one for one in TOUCHED if getattr(self, f"{one}_id") is not None)

    @property
    def word(self) -> str:
        """What it is, for readers."""
        return str(self.record._meta.verbose_name)

    @property
    def record(self) -> Any:
        return getattr(self, self.name)


def touched_by(record: models.Model) -> str:
    """The name in `TOUCHED` of such a record."""
    return record._meta.model_name or ""
