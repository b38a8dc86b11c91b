"""The page of a request what gives, as its reader may see it; what stands beside a record; what waits for a person."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery, Sum

from goldenthread.core import clock
from goldenthread.core.access import allowed
from goldenthread.core.paths import path_to
from goldenthread.engine.flow import WEIGHTS_NOT_SET
from goldenthread.objectives.models import (
    KeyResult,
    Objective,
    ObjectivePriority,
    StrategyWork,
)
from goldenthread.objectives.selectors.counted_work import add_up
from goldenthread.objectives.selectors.graph import of_objective
from goldenthread.objectives.selectors.lines import HIDDEN, Line, lines
from goldenthread.people.models import Person, ReportingClosure
from goldenthread.people.seen import one_seen
from goldenthread.permissions import Action
from goldenthread.strategy.models import Priority, Strategy
from goldenthread.strategy.selectors import strategy_in_force
from goldenthread.tradeoffs.models import WAITING, Allocation, CompetingItem, Decision, WhatGives
from goldenthread.tradeoffs.selectors.allocations import ZERO
from goldenthread.tradeoffs.selectors.competing import one_metric, sponsors_of
from goldenthread.tradeoffs.utilisation import look_of
from goldenthread.ui.health import Look
from goldenthread.ui.templatetags.goldenthread import number

State = WhatGives.State


@dataclass(frozen=True)
class Knot:
    """One knot of the thread as it is drawn."""

    title: str
    url: str = ""
    note: str = ""
    kind: str = "step"


@dataclass(frozen=True)
class Value:
    """What part of the strategy's value each objective keeps; without `shares`, why it cannot be said."""

    shares: dict[int, float] | None
    why_not: str = ""

    def words_of(self, objective: Objective) -> str:
        if self.shares is None:
            return self.why_not
        return f"{number(100 * self.shares.get(objective.pk, 0.0), 1)} % of all"


@dataclass(frozen=True)
class ItemShown:
    """What competes, as far as the reader may see it: without it, only its share and what becomes of it."""

    item: CompetingItem
    objective: Objective | None
    knots: list[Knot]
    value: str
    metric: KeyResult | None
    is_own: bool

    @property
    def title(self) -> str:
        return HIDDEN if self.objective is None else self.objective.title

    @property
    def is_open(self) -> bool:
        """Whether the reader can choose for it."""
        return self.objective is not None and not self.objective.is_closed


@dataclass(frozen=True)
class GivesPage:
    """A request with everything that its reader may see of it, and may do."""

    what_gives: WhatGives
    items: list[ItemShown]
    rest: Decimal  # of the person's time, for what does not compete
    sponsors: dict[Person, list[Priority]]
    sees_decision: bool  # only leaders and those named do
    may: frozenset[Action]
    on: dt.date

    @property
    def load(self) -> Decimal:
        return sum((one.item.share or ZERO for one in self.items), self.rest)

    @property
    def load_after(self) -> Decimal:
        return sum((one.item.share_after or ZERO for one in self.items), self.rest)

    @property
    def look(self) -> Look:
        return look_of(float(self.load))

    @property
    def look_after(self) -> Look:
        return look_of(float(self.load_after))

    @property
    def says_shares(self) -> bool:
        return any(one.item.share is not None for one in self.items)

    @property
    def is_overdue(self) -> bool:
        return self.what_gives.is_overdue(self.on)

    @property
    def may_answer(self) -> bool:
        return self.what_gives.is_waiting and Action.ANSWER_WHAT_GIVES in self.may

    @property
    def may_escalate(self) -> bool:
        return self.what_gives.state == State.OPEN and Action.ESCALATE_WHAT_GIVES in self.may

    @property
    def may_withdraw(self) -> bool:
        return self.what_gives.is_waiting and Action.WITHDRAW_WHAT_GIVES in self.may

    @property
    def may_acknowledge(self) -> bool:
        one = self.what_gives
        unread = one.state == State.ANSWERED and one.acknowledged_on is None
        return unread and Action.ACKNOWLEDGE_ANSWER in self.may


@one_seen
def seen_gives(reader: Person, pk: int) -> QuerySet[WhatGives]:
    """The request, where the reader may see it."""
    rows = WhatGives.objects.visible_to(reader).select_related(
        "person__unit", "author", "addressee", "escalated_by", "decision"
    )
    return rows.filter(pk=pk)


def gives_page(what_gives: WhatGives, reader: Person, on: dt.date) -> GivesPage:
    """A fixed number of queries, whatever competes."""
    items = list(
        what_gives.items.annotate(
            seen=Exists(Objective.objects.visible_to(reader).filter(pk=OuterRef("objective")))
        )
        .select_related(
            "objective__cycle", "objective__owner_person", "objective__owner_unit", "to", "change"
        )
        .prefetch_related("objective__key_results")
    )
    pks = [one.objective_id for one in items]
    shown = [one.objective for one in items if one.seen]
    found, value = lines(shown, reader), value_of(shown, on)
    others = Allocation.objects.in_force(on).filter(person=what_gives.person_id)
    rest = others.filter(~Q(objective__in=pks) | Q(objective__isnull=True))
    may = allowed(reader, what_gives)
    page = GivesPage(
        what_gives=what_gives,
        items=[
            _shown(one, found.get(one.objective_id), value, what_gives.person_id) for one in items
        ],
        rest=rest.aggregate(sum=Sum("share"))["sum"] or ZERO,
        sponsors={},
        sees_decision=what_gives.decision_id is not None
        and Decision.objects.visible_to(reader).filter(pk=what_gives.decision_id).exists(),
        may=may,
        on=on,
    )
    if page.may_escalate:
        page.sponsors.update(sponsors_of(reader, pks))
        page.sponsors.pop(what_gives.person, None)
    return page


def _shown(item: CompetingItem, line: Line | None, value: Value, person: int) -> ItemShown:
    if line is None:
        return ItemShown(item, None, [], "", None, is_own=False)
    objective = item.objective
    return ItemShown(
        item=item,
        objective=objective,
        knots=knots_of(objective, line),
        value=value.words_of(objective),
        metric=one_metric(objective) if objective.is_live else None,
        is_own=objective.owner_person_id == person,
    )


def knots_of(objective: Objective, line: Line) -> list[Knot]:
    """The thread of an objective, root first, itself last; a broken one begins with why."""
    above = [
        Knot(
            step.title,
            ""
            if step.node is None
            else path_to("priority" if step.is_priority else "objective", step.node.pk),
            step.note,
            "root" if step.is_priority and not line.loose else "step",
        )
        for step in line.steps
    ]
    here = Knot(objective.title, path_to("objective", objective.pk), "", "here")
    return [*([Knot(line.loose, kind="loose")] if line.loose else []), *above, here]


def value_of(objectives: list[Objective], on: dt.date) -> Value:
    """What each keeps of the value of the strategy in force, by the weights that its leader confirmed. Two queries at most.

    Where nothing was counted yet the organisation is small (`lines_changed`), and it is added up here.
    """
    in_force = Strategy.objects.in_force(on).filter(unit__isnull=True)
    strategy = in_force.order_by("-starts_on", "-pk").values("pk")[:1]
    rows = list(
        ObjectivePriority.objects.filter(
            objective__in=[one.pk for one in objectives],
            priority__strategy=Subquery(strategy),
            priority__state=Priority.State.ACTIVE,
        )
        .annotate(
            counted=Exists(StrategyWork.objects.filter(strategy=OuterRef("priority__strategy")))
        )
        .select_related("priority__strategy")
    )
    first = rows[0].priority.strategy if rows else strategy_in_force(on)
    if first is None or not first.weights_confirmed:
        return Value(None, WEIGHTS_NOT_SET)
    roots = {row.priority_id: row.priority for row in rows if not row.counted}
    now = dict(add_up(roots.values()).shares()) if roots else {}
    shares: dict[int, float] = {}
    for row in rows:
        kept = now.get(row.priority_id)
        share = row.share if kept is None else kept.get(of_objective(row.objective_id), 0.0)
        weight = float(row.priority.weight or 0) / 100
        shares[row.objective_id] = shares.get(row.objective_id, 0.0) + share * weight
    return Value(shares)


def gives_about(reader: Person, objective: Objective) -> WhatGives | None:
    """The newest request in which the objective competes and that the reader may see; withdrawn ones left out."""
    rows = WhatGives.objects.visible_to(reader).about(objective).exclude(state=State.WITHDRAWN)
    return rows.select_related("person", "addressee", "decision").first()


def gives_of(reader: Person, person: Person) -> WhatGives | None:
    """The newest request about the person's time that the reader may see."""
    rows = WhatGives.objects.visible_to(reader).filter(person=person)
    return rows.exclude(state=State.WITHDRAWN).select_related("person", "addressee").first()


def gives_concern(name: str, on: dt.date) -> Q:
    """What `gives_for` may find for the person whose id an outer query calls `name`."""
    who = OuterRef(name)
    theirs = Q(addressee=who) | Q(person=who) | Q(author=who) | Q(escalated_by=who)
    below = ReportingClosure.objects.filter(
        manager=OuterRef(OuterRef(name)), report=OuterRef("person")
    )
    late = Q(due_on__lt=on, state__in=WAITING) & Q(Exists(below))
    unread = Q(state=State.ANSWERED, acknowledged_on__isnull=True, person=who)
    return Q(theirs, state__in=WAITING) | unread | late


def gives_for(person: Person, on: dt.date) -> list[WhatGives]:
    """What waits for their answer, or that of those whom they stand in for; what they asked or passed on and waits;
    an answer to them that they have not read; and what is overdue below them. One query."""
    named = person.self_and_lenders
    theirs = Q(addressee__in=named) | Q(person=person) | Q(author=person) | Q(escalated_by=person)
    waits = Q(theirs, state__in=WAITING)
    unread = Q(state=State.ANSWERED, acknowledged_on__isnull=True, person=person)
    late = Q(due_on__lt=on, state__in=WAITING)
    rows = WhatGives.objects.visible_to(person).filter(waits | unread | late)
    return list(rows.select_related("person", "addressee", "escalated_by").order_by("due_on", "pk"))


def gives_context(found: WhatGives | None, ask_for: Person | None) -> dict[str, Any]:
    """What `_gives.html` shows: the request, and whom the reader may ask it for where none waits."""
    waits = found is not None and found.is_waiting
    return {
        "gives": found,
        "gives_late": found is not None and found.is_overdue(clock.today()),
        "ask_for": None if waits else ask_for,
    }
