"""What an export may hold: what one person sees, or, for the operator at the command line, everything."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from django.db.models import Q, QuerySet

from goldenthread.core.models import Record
from goldenthread.interchange.own import identifier, mark
from goldenthread.objectives.cascade_states import OPEN
from goldenthread.objectives.models import (
    Cascade,
    CheckIn,
    Contribution,
    Dependency,
    KeyResult,
    Objective,
)
from goldenthread.objectives.states import CLOSED
from goldenthread.people.models import Person
from goldenthread.programme.models import ReviewAction
from goldenthread.strategy.models import ExpectedResult, Priority, TradeOff
from goldenthread.tradeoffs.models import (
    TOUCHED,
    Allocation,
    Candidate,
    Decision,
    Plan,
    Touch,
    WhatGives,
)


@dataclass(frozen=True)
class Scope:
    """The records that go out. `person` None is the whole database: only somebody who holds it may say so."""

    person: Person | None = None

    @cached_property
    def own_mark(self) -> str:
        return mark()

    def name(self, record: Record | None) -> str:
        """How the export refers to a record."""
        return identifier(record, self.own_mark) if record is not None else ""

    def name_of_person(self, person: Person | None) -> str:
        """People are referred to by their e-mail, where they have one: the import finds them by it, and a reader too."""
        return (person.email or self.name(person)) if person is not None else ""

    @cached_property
    def priorities(self) -> "QuerySet[Priority]":
        everything = Priority.objects.all()
        return everything if self.person is None else everything.visible_to(self.person)

    @cached_property
    def objectives(self) -> "QuerySet[Objective]":
        """Those with an owner: one that an import left without is not known again by a table."""
        owned = Objective.objects.filter(
            Q(owner_person__isnull=False) | Q(owner_unit__isnull=False)
        )
        return owned if self.person is None else owned.visible_to(self.person)

    @cached_property
    def expected_results(self) -> "QuerySet[ExpectedResult]":
        return ExpectedResult.objects.filter(priority__in=self.priorities)

    @cached_property
    def trade_offs(self) -> "QuerySet[TradeOff]":
        return TradeOff.objects.filter(Q(priority=None) | Q(priority__in=self.priorities))

    @cached_property
    def decisions(self) -> "QuerySet[Decision]":
        """Those that nobody withdrew."""
        kept = Decision.objects.exclude(state=Decision.State.WITHDRAWN)
        return kept if self.person is None else kept.visible_to(self.person)

    @cached_property
    def allocations(self) -> "QuerySet[Allocation]":
        """Those into what goes out too."""
        rows = Allocation.objects.filter(
            Q(objective=None) | Q(objective__in=self.objectives),
            Q(priority=None) | Q(priority__in=self.priorities),
        )
        return rows if self.person is None else rows.visible_to(self.person)

    @cached_property
    def plans(self) -> "QuerySet[Plan]":
        every = Plan.objects.all()
        return every if self.person is None else every.visible_to(self.person)

    @cached_property
    def candidates(self) -> "QuerySet[Candidate]":
        """What is new, and the objectives that go out too."""
        here = Q(objective=None) | Q(objective__in=self.objectives)
        return Candidate.objects.filter(here, plan__in=self.plans)

    @cached_property
    def priority_ids(self) -> frozenset[int]:
        return frozenset(self.priorities.values_list("pk", flat=True))

    @cached_property
    def what_gives(self) -> "QuerySet[WhatGives]":
        every = WhatGives.objects.all()
        return every if self.person is None else every.visible_to(self.person)

    @cached_property
    def actions(self) -> "QuerySet[ReviewAction]":
        every = ReviewAction.objects.all()
        return every if self.person is None else every.visible_to(self.person)

    def touches(self, decisions: Sequence[Decision]) -> dict[int, list[Touch]]:
        """What each of the decisions touches and goes out too, by its id."""
        found: dict[int, list[Touch]] = {one.pk: [] for one in decisions}
        rows = Touch.objects.filter(
            Q(objective=None) | Q(objective__in=self.objectives),
            Q(priority=None) | Q(priority__in=self.priorities),
            decision__in=found,
        )
        for touch in rows.select_related(*TOUCHED):
            found[touch.decision_id].append(touch)
        return found

    @cached_property
    def key_results(self) -> "QuerySet[KeyResult]":
        return KeyResult.objects.filter(objective__in=self.objectives)

    @cached_property
    def check_ins(self) -> "QuerySet[CheckIn]":
        """Those in force: what was corrected stays in the history here."""
        in_force = CheckIn.objects.filter(corrected_by__isnull=True)
        return in_force.filter(key_result__objective__in=self.objectives)

    @cached_property
    def cascades(self) -> "QuerySet[Cascade]":
        """Those that are open, about what goes out too."""
        rows = Cascade.objects.filter(
            Q(parent_objective=None) | Q(parent_objective__in=self.objectives),
            Q(parent_priority=None) | Q(parent_priority__in=self.priorities),
            state__in=OPEN,
        )
        return rows if self.person is None else rows.visible_to(self.person)

    @cached_property
    def dependencies(self) -> "QuerySet[Dependency]":
        """Those that are open or declined; what is delivered would be asked for anew."""
        state = Dependency.State
        rows = Dependency.objects.exclude(state__in=[state.DELIVERED, state.WITHDRAWN])
        return rows.filter(objective__in=self.objectives).exclude(objective__state__in=CLOSED)

    @cached_property
    def contributions(self) -> "QuerySet[Contribution]":
        """Those that hold today, with both ends seen."""
        return Contribution.objects.filter(
            Q(child_objective=None) | Q(child_objective__in=self.objectives),
            Q(parent_objective=None) | Q(parent_objective__in=self.objectives),
            Q(child_priority=None) | Q(child_priority__in=self.priorities),
            Q(parent_priority=None) | Q(parent_priority__in=self.priorities),
            valid_to__isnull=True,
        )
