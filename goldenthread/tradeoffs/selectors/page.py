"""Everything that the page of a decision shows."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from goldenthread.core.access import allowed
from goldenthread.people.models import Person
from goldenthread.people.seen import one_seen
from goldenthread.permissions import Action
from goldenthread.tradeoffs.models import Decision, Option, Touch
from goldenthread.tradeoffs.selectors.touches import seen_touches

State = Decision.State


@dataclass(frozen=True)
class Rights:
    """What the reader may do with it as it stands."""

    edit: bool
    correct: bool
    confirm: bool
    decide: bool
    look_back: bool
    replace: bool
    withdraw: bool


@dataclass(frozen=True)
class DecisionPage:
    """A decision with its options, what it touches, and what came before and after it, as the reader sees them."""

    decision: Decision
    options: list[Option]
    touches: list[Touch]
    earlier: Decision | None
    later: Decision | None
    rights: Rights
    on: dt.date

    @property
    def chosen(self) -> Option | None:
        return next((one for one in self.options if one.chosen), None)

    @property
    def is_overdue(self) -> bool:
        return self.decision.is_open and self.decision.due_on < self.on  # type: ignore[operator]  # an open one has its day

    @property
    def is_due(self) -> bool:
        """Whether the day has come to ask what happened."""
        look = self.decision.look_again_on
        return self.decision.state == State.DECIDED and look is not None and look <= self.on


@one_seen
def seen_decision(reader: Person, pk: int) -> QuerySet[Decision]:
    """The decision, where the reader may see it."""
    rows = Decision.objects.visible_to(reader).select_related("decider", "author", "plan")
    return rows.filter(pk=pk)


def decision_page(decision: Decision, reader: Person, on: dt.date) -> DecisionPage:
    """Four queries, and those of what the reader may do."""
    around = Decision.objects.visible_to(reader).filter(
        Q(pk=decision.replaces_id) | Q(replaces=decision)
    )
    linked = {one.pk: one for one in around.exclude(state=State.WITHDRAWN)}
    earlier = linked.pop(decision.replaces_id or 0, None)
    return DecisionPage(
        decision=decision,
        options=list(decision.options.all()),
        touches=seen_touches(decision, reader),
        earlier=earlier,
        later=next(iter(linked.values()), None),
        rights=rights(decision, reader),
        on=on,
    )


def rights(decision: Decision, reader: Person) -> Rights:
    may = allowed(reader, decision)
    state, edits = decision.state, Action.EDIT_DECISION in may
    stands = state in {State.DECIDED, State.LOOKED_BACK}
    asked_again = (
        stands and decision.replacements.exclude(state=State.WITHDRAWN).exists() if edits else True
    )
    return Rights(
        edit=edits and decision.is_open,
        correct=edits and decision.is_made,
        confirm=Action.CONFIRM_DECISION in may and state == State.UNCONFIRMED,
        decide=Action.DECIDE in may and decision.is_open,
        look_back=Action.LOOK_BACK in may and state == State.DECIDED,
        replace=edits and Action.OPEN_DECISION in may and stands and not asked_again,
        withdraw=edits and state in {State.OPEN, State.UNCONFIRMED},
    )
