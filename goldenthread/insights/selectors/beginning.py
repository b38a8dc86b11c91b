"""The first ten minutes of whoever leads a strategy or sponsors a priority: what is to be chosen, in order, and what of
it is done. What is done is told by the data; nobody ticks anything off."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Q, Subquery
from django.urls import reverse

from goldenthread.core import clock
from goldenthread.objectives.beside import leads_a_unit
from goldenthread.objectives.cascade_states import WAITING
from goldenthread.objectives.models import Cascade, Contribution
from goldenthread.objectives.states import CLOSED
from goldenthread.people.models import Person
from goldenthread.strategy.models import (
    MANY_PRIORITIES,
    ExpectedResult,
    Priority,
    Strategy,
    TradeOff,
    sponsored_by,
)

BEGINS_WITHIN = 90  # days after a strategy came in; later its leader is not reminded any more
ORDER, WEIGHTS, RESULTS, TRADE_OFFS, PROPOSE = (
    "order",
    "weights",
    "results",
    "trade-offs",
    "propose",
)


@dataclass(frozen=True)
class Step:
    """One choice: its words, whether it is made, and the priorities for which it is still open."""

    key: str
    title: str
    why: str
    done: bool
    left: Sequence[Any] = ()

    @property
    def is_of_each(self) -> bool:
        """Whether it is made for one priority after the other."""
        return self.key in {RESULTS, PROPOSE}


@dataclass(frozen=True)
class Path:
    """The way of one person through one strategy. `leads`: the whole of it; else the priorities that they sponsor."""

    strategy: Strategy
    leads: bool
    priorities: list[Any]
    steps: list[Step]

    @property
    def then(self) -> str:
        """What an address of a form needs so that it leads back to this path (`way_on`)."""
        return f"then=begin&strategy={self.strategy.pk}"

    @property
    def done(self) -> int:
        return sum(step.done for step in self.steps)

    @property
    def is_done(self) -> bool:
        return self.done == len(self.steps)

    @property
    def next(self) -> Step | None:
        return next((step for step in self.steps if not step.done), None)

    @property
    def drafts(self) -> list[Any]:
        return [one for one in self.priorities if one.state == Priority.State.UNCONFIRMED]

    @property
    def active(self) -> list[Any]:
        return [one for one in self.priorities if one.state == Priority.State.ACTIVE]


def is_young(strategy: Strategy, on: dt.date) -> bool:
    """Whether it came in lately, so that home may remind of what is still to be chosen."""
    return clock.day_of(strategy.created_at) >= on - dt.timedelta(days=BEGINS_WITHIN)


def beginning(person: Person, strategy: int | None = None) -> Path | None:
    """The path of the strategy that the person leads, else of the priorities that they sponsor; None without either.

    That in force before one being prepared, the organisation's before a unit's; or the `strategy` that is named.
    Two queries.
    """
    named = {} if strategy is None else {"strategy": strategy}
    in_words = ExpectedResult.objects.filter(priority=OuterRef("pk"), kpi__isnull=True)
    mine = Q(strategy__leader=person) | sponsored_by(person)
    rows = list(
        Priority.objects.filter(mine, **named)
        .exclude(state=Priority.State.DROPPED)
        .exclude(strategy__state=Strategy.State.ENDED)
        .select_related("strategy__leader", "strategy__unit", "sponsor")
        .annotate(
            measured=Exists(
                ExpectedResult.objects.filter(priority=OuterRef("pk"), kpi__isnull=False)
            ),
            in_words=Subquery(in_words.values("pk")[:1]),
            proposed=_is_proposed(),
        )
        .order_by("position", "pk")
    )
    if not rows:
        return None
    chosen = min((one.strategy for one in rows), key=lambda one: _place(one, person))
    leads = chosen.leader_id == person.pk
    own = [one for one in rows if one.strategy_id == chosen.pk]
    if leads:
        gives_up = TradeOff.objects.filter(strategy=chosen, kind=TradeOff.Kind.NOT_DOING).exists()
        return Path(chosen, True, own, _of_leader(chosen, own, gives_up))
    return Path(chosen, False, own, _of_sponsor(own))


def _is_proposed() -> Exists:
    """Whether an objective that is not closed, or an open proposal to a unit, serves the priority."""
    served = Contribution.objects.filter(
        parent_priority=OuterRef("pk"), valid_to__isnull=True, child_objective__isnull=False
    ).exclude(child_objective__state__in=CLOSED)
    put = Cascade.objects.filter(parent_priority=OuterRef("pk"), state__in=WAITING)
    return Exists(served) | Exists(put)  # type: ignore[return-value]  # two of them are one condition


def _place(strategy: Strategy, person: Person) -> tuple[bool, bool, bool, int]:
    return (
        strategy.leader_id != person.pk,
        strategy.state != Strategy.State.IN_FORCE,
        strategy.unit_id is not None,
        -strategy.pk,
    )


def _of_leader(strategy: Strategy, rows: list[Any], gives_up: bool) -> list[Step]:
    active = [one for one in rows if one.state == Priority.State.ACTIVE]
    waiting = [one for one in rows if one.state == Priority.State.UNCONFIRMED]
    return [
        Step(
            ORDER,
            "Which come first",
            "Confirm what is a priority, and put the most important first. Three to five: with more, people cannot tell"
            " what comes first.",
            bool(active) and not waiting and len(active) <= MANY_PRIORITIES,
            waiting,
        ),
        Step(
            WEIGHTS,
            "What each is worth",
            "Share out 100 by the value that you expect of each. Until you confirm, nothing is said of value.",
            bool(active) and strategy.weights_confirmed,
        ),
        *_of_results(active),
        Step(
            TRADE_OFFS,
            "What will not be done",
            "A choice shows in what is given up for it, and in the people whom that sets free.",
            gives_up,
        ),
        *_of_proposing(active, strategy),
    ]


def _of_sponsor(rows: list[Any]) -> list[Step]:
    waiting = [one for one in rows if one.state == Priority.State.UNCONFIRMED]
    active = [one for one in rows if one.state == Priority.State.ACTIVE]
    strategy = rows[0].strategy
    return [
        Step(
            ORDER,
            "Take it on",
            "You were named as sponsor: confirm that you stand for it.",
            bool(active) and not waiting,
            waiting,
        ),
        *_of_results(active),
        *_of_proposing(active, strategy),
    ]


def _of_results(active: list[Any]) -> list[Step]:
    without = [one for one in active if not one.measured]
    return [
        Step(
            RESULTS,
            "How you will know",
            "For each priority one result that a KPI shows: from where, to what, by when.",
            bool(active) and not without,
            without,
        )
    ]


def _of_proposing(active: list[Any], strategy: Strategy) -> list[Step]:
    without = [one for one in active if not one.proposed]
    in_force = strategy.state == Strategy.State.IN_FORCE
    return [
        Step(
            PROPOSE,
            "Who carries it",
            "Propose each priority to a unit. Its leader agrees, or answers with a change.",
            bool(active) and not without and in_force,
            without,
        )
    ]


def propose_address(priority: Priority, reader: Person) -> str:
    """Where the reader proposes a priority to a unit: who leads none asks its leader for an objective."""
    if leads_a_unit(reader):
        return f"{reverse('cascade-new')}?serves=p{priority.pk}"
    return reverse("alignment-propose", args=[priority.pk])
