"""What gives? The request that a leader choose what stops, shrinks or waits."""

import datetime as dt
from decimal import Decimal
from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import Exists, OuterRef, Q

from goldenthread.core.models import Record
from goldenthread.core.paths import path_to
from goldenthread.objectives.models import ExpectationChange, Objective
from goldenthread.people.models import Person, ReportingClosure, UnitClosure, line_above
from goldenthread.permissions import ABOVE, Relation
from goldenthread.tradeoffs.models.allocation import MOST
from goldenthread.tradeoffs.models.decision import Decision


class WhatGivesQuerySet(models.QuerySet["WhatGives"]):
    def visible_to(self, person: Person | None) -> Self:
        """Whose time it is, who asked, those above them, who answers or passed it on, and who is named in the answer."""
        if person is None:
            return self.none()
        named = person.self_and_lenders
        below = ReportingClosure.objects.filter(manager__in=named, report=OuterRef("person"))
        heads = UnitClosure.objects.filter(
            ancestor__leader__in=named, descendant=OuterRef("person__unit")
        )
        taken = CompetingItem.objects.filter(what_gives=OuterRef("pk"), to=person)
        return self.filter(
            Q(person__in=named)
            | Q(author=person)
            | Q(addressee__in=named)
            | Q(escalated_by=person)
            | Exists(below)
            | Exists(heads)
            | Exists(taken)
        )

    def waiting(self) -> Self:
        """Not answered yet, and not withdrawn."""
        return self.filter(state__in=WAITING)

    def about(self, objective: Objective) -> Self:
        """Those in which the objective competes."""
        items = CompetingItem.objects.filter(what_gives=OuterRef("pk"), objective=objective)
        return self.filter(Exists(items))


class WhatGives(Record):
    """Somebody has more asked of them than they have: which of it stops, shrinks or waits?

    `person` is whose time it is, `author` who asked. `addressee` answers: their manager, and once it is escalated the
    sponsor of what an item serves. The answer makes a decision; what each item becomes stands with the item.
    """

    IS_WORK = True
    PERSONAL = frozenset({"ask", "escalation_reason", "withdrawal_reason"})

    class State(models.TextChoices):
        OPEN = "open", "Asked"
        ESCALATED = "escalated", "Escalated"
        ANSWERED = "answered", "Answered"
        WITHDRAWN = "withdrawn", "Withdrawn"

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="what_gives")
    author = models.ForeignKey(
        Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    ask = models.CharField(max_length=500)
    state = models.CharField(max_length=9, choices=State.choices, default=State.OPEN)
    addressee = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="asked_what_gives")
    asked_on = models.DateField()
    due_on = models.DateField()
    escalated_by = models.ForeignKey(
        Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    escalated_on = models.DateField(null=True, blank=True)
    escalation_reason = models.TextField(blank=True, default="")
    decision = models.OneToOneField(
        Decision, null=True, blank=True, on_delete=models.PROTECT, related_name="what_gives"
    )
    acknowledged_on = models.DateField(null=True, blank=True)
    withdrawal_reason = models.TextField(blank=True, default="")

    objects = WhatGivesQuerySet.as_manager()

    class Meta(Record.Meta):
        ordering: ClassVar = ["-pk"]
        verbose_name = "what gives?"
        verbose_name_plural = "what gives?"
        constraints: ClassVar = [
            *Record.Meta.constraints,
            models.CheckConstraint(
                condition=Q(state="answered") ^ Q(decision__isnull=True),
                name="tradeoffs_answer_is_a_decision",
            ),
            models.UniqueConstraint(
                fields=["person"],
                condition=Q(state__in=["open", "escalated"]),
                name="tradeoffs_one_waits",
            ),
            models.CheckConstraint(
                condition=~Q(state="escalated") | Q(escalated_on__isnull=False),
                name="tradeoffs_escalated_on_a_day",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["addressee", "state"]),
            models.Index(fields=["person", "state"]),
        ]

    def __str__(self) -> str:
        return f"What gives for {self.person}?"

    def get_absolute_url(self) -> str:
        return path_to("what-gives", self.pk)

    @property
    def audit_person_id(self) -> int | None:
        return self.person_id

    @property
    def is_waiting(self) -> bool:
        return self.state in WAITING

    def is_overdue(self, on: dt.date) -> bool:
        return self.is_waiting and self.due_on < on

    def relations_to(self, person: Any) -> frozenset[Relation]:
        if person is None:
            return frozenset()
        found = set(line_above(self.person, person))
        if self.person_id == person.pk:
            found |= {Relation.SELF, Relation.OWNER}
        if self.author_id == person.pk:
            found.add(Relation.AUTHOR)
        # Where who was to answer has left, everybody above the person may.
        if self.addressee_id == person.pk or (found & ABOVE and self.addressee.has_left):
            found.add(Relation.DECIDER)
        named = self.escalated_by_id == person.pk or (
            self.pk is not None and self.items.filter(to=person).exists()
        )
        if named:
            found.add(Relation.NAMED)
        return frozenset(found)


WAITING = frozenset({WhatGives.State.OPEN, WhatGives.State.ESCALATED})


class CompetingItem(models.Model):
    """An objective that competes for somebody's time, and what becomes of it.

    `share` is of the person's time as it was when they asked. `new_share`, the dates and so on are the answer's.
    """

    class Choice(models.TextChoices):
        KEEP = "keep", "Keep"
        STOP = "stop", "Stop"
        SHRINK = "shrink", "Shrink"
        LATER = "later", "Later"
        SOMEBODY_ELSE = "somebody_else", "Somebody else"
        ADD_CAPACITY = "add_capacity", "Add capacity"

    what_gives = models.ForeignKey(WhatGives, on_delete=models.CASCADE, related_name="items")
    objective = models.ForeignKey(
        Objective, on_delete=models.CASCADE, related_name="competing_items"
    )
    position = models.PositiveSmallIntegerField(default=0)
    share = models.DecimalField(max_digits=5, decimal_places=4, null=True, blank=True)
    choice = models.CharField(max_length=13, choices=Choice.choices, blank=True, default="")
    new_share = models.DecimalField(max_digits=5, decimal_places=4, null=True, blank=True)
    starts_on = models.DateField(null=True, blank=True)
    ends_on = models.DateField(null=True, blank=True)
    target = models.DecimalField(max_digits=24, decimal_places=6, null=True, blank=True)
    to = models.ForeignKey(
        Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    fte = models.DecimalField(max_digits=6, decimal_places=2, null=True, blank=True)
    until = models.DateField(null=True, blank=True)
    change = models.ForeignKey(
        ExpectationChange,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="competing_items",
    )

    class Meta:
        ordering: ClassVar = ["position", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["what_gives", "objective"], name="tradeoffs_competes_once"
            ),
            models.CheckConstraint(
                condition=Q(share__isnull=True) | Q(share__gte=0, share__lte=MOST),
                name="tradeoffs_competing_share",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.what_gives_id}: {self.objective_id}"

    @property
    def share_after(self) -> Decimal | None:
        """Of the person's time, once the answer holds: nothing while it waits. None where nobody said what it takes."""
        waits = self.choice == self.Choice.LATER and self.starts_on is not None
        if waits or self.choice in {self.Choice.STOP, self.Choice.SOMEBODY_ELSE}:
            return Decimal(0)
        return self.share if self.new_share is None else self.new_share
