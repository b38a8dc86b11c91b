"""The kinds of facts of the ledger: what only a leader can settle, whose it is, and since when it is open.

Read as the reader sees it: what is restricted or confidential to them is neither named here nor counted.
"""

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce
from django.urls import reverse

from goldenthread.core.clock import day_of
from goldenthread.engine.pace import Health
from goldenthread.objectives.models import (
    Cascade,
    CascadeSide,
    ExpectationChange,
    Objective,
)
from goldenthread.objectives.selectors.standing import long_silent, verdict
from goldenthread.objectives.states import LIVE
from goldenthread.people.models import Person
from goldenthread.strategy.models import ExpectedResult, Priority, Strategy
from goldenthread.tradeoffs.models import Decision, WhatGives
from goldenthread.ui.templatetags.goldenthread import day

Rows = Callable[[Person, dt.date, int], "QuerySet[Any]"]  # the reader, the day, the usual cadence


@dataclass(frozen=True)
class Fact:
    """One thing that is open: what it is, where it is settled, and since when it waits."""

    kind: "Kind"
    leader_id: int
    title: str
    url: str
    note: str
    since: dt.date


@dataclass(frozen=True)
class Kind:
    """One kind of fact. `owned` are the paths to whose it is: the first that leads to somebody, or where `turns` says
    when it is whose, the one whose turn it is.

    `words` are what a search looks into, besides the name of the leader.
    """

    key: str
    title: str
    icon: str
    rows: Rows
    owned: tuple[str, ...]
    words: tuple[str, ...]
    row: Callable[[Any], tuple[str, str, str, dt.date]]  # title, address, note, since
    turns: tuple[tuple[str, str], ...] = ()  # a field and its value, for each path

    def ways(self) -> Iterator[tuple[str, Q]]:
        """Each path, with what holds where it is the one that counts."""
        if self.turns:
            for path, turn in zip(self.owned, self.turns, strict=True):
                yield path, Q(turn)
            return
        for place, path in enumerate(self.owned):
            yield path, Q(*((f"{earlier}__isnull", True) for earlier in self.owned[:place]))

    def fact(self, record: Any) -> Fact:
        return Fact(self, self._whose(record), *self.row(record))

    def _whose(self, record: Any) -> int:
        paths = self.owned
        if self.turns:
            turns = zip(self.owned, self.turns, strict=True)
            paths = tuple(path for path, (name, value) in turns if getattr(record, name) == value)
        for path in paths:
            found = record
            for name in path.split("__"):
                found = getattr(found, name) if found is not None else None
            if found is not None:
                return int(found.pk)
        raise LookupError(f"{record} is nobody’s")


# Strategy ---------------------------------------------------------------------------------------------------------


def _weights(reader: Person, on: dt.date, cadence: int) -> "QuerySet[Any]":
    """Strategies in force whose priorities nobody has weighed."""
    active = Priority.objects.active().filter(strategy=OuterRef("pk"))
    rows = Strategy.objects.visible_to(reader).in_force(on)
    return rows.filter(Exists(active), weights_confirmed_at__isnull=True).select_related("leader")


def _weights_row(one: Strategy) -> tuple[str, str, str, dt.date]:
    return (
        f"Weights of “{one}”",
        reverse("priorities", args=[one.pk]),
        "Not confirmed: figures of value say nothing",
        one.starts_on or day_of(one.created_at),
    )


def _results(reader: Person, on: dt.date, cadence: int) -> "QuerySet[Any]":
    """Active priorities of strategies in force without an expected result that a KPI shows."""
    results = ExpectedResult.objects.filter(priority=OuterRef("pk"))
    return (
        Priority.objects.visible_to(reader)
        .active()
        .filter(strategy__in=Strategy.objects.in_force(on))
        .filter(~Exists(results.filter(kpi__isnull=False)))
        .annotate(says_any=Exists(results))
        .select_related("sponsor", "strategy__leader")
    )


def _results_row(one: Any) -> tuple[str, str, str, dt.date]:
    note = "Its results name no KPI" if one.says_any else "No expected result"
    return one.title, reverse("priority", args=[one.pk]), note, day_of(one.created_at)


# Objectives -------------------------------------------------------------------------------------------------------


def _silent(reader: Person, on: dt.date, cadence: int) -> "QuerySet[Any]":
    """Critical ones that run, without a check-in for more than twice the cadence."""
    rows: QuerySet[Any] = (
        Objective.objects.visible_to(reader)
        .filter(critical=True, state__in=LIVE)
        .alias(
            stands=verdict(on, cadence),
            spoke=Coalesce("last_check_in_on", "starts_on", "cycle__starts_on"),
        )
        .exclude(stands__in=[Health.DONE, Health.NOT_STARTED])
        .filter(long_silent(on, "spoke", cadence))
        .select_related("cycle", "owner_person", "owner_unit__leader")
    )
    return rows


def _silent_row(one: Objective) -> tuple[str, str, str, dt.date]:
    last = one.last_check_in_on
    note = "Critical; last check-in" if last else "Critical; never checked in on"
    return one.title, one.get_absolute_url(), note, last or one.starts


def _changes(reader: Person, on: dt.date, cadence: int) -> "QuerySet[Any]":
    seen = Objective.objects.visible_to(reader).filter(pk=OuterRef("objective"))
    rows = ExpectationChange.objects.filter(Exists(seen), state=ExpectationChange.State.OPEN)
    return rows.select_related("objective", "addressee", "author")


def _changes_row(one: ExpectationChange) -> tuple[str, str, str, dt.date]:
    return (
        f"Change to “{one.objective}”",
        reverse("change-answer", args=[one.pk]),
        f"{one.author} proposed it",
        day_of(one.created_at),
    )


def _cascades(reader: Person, on: dt.date, cadence: int) -> "QuerySet[Any]":
    """Proposals between units without an answer; where one person leads both, the next above answers."""
    rows = Cascade.objects.visible_to(reader).waiting()
    rows = rows.exclude(giver_unit__leader=F("taking_unit__leader"))
    return rows.select_related("giver_unit__leader", "taking_unit__leader")


def _cascades_row(one: Cascade) -> tuple[str, str, str, dt.date]:
    note = f"{one.unit_of(one.spoken)} waits for an answer by {day(one.answer_by)}"
    return one.title, one.get_absolute_url(), note, day_of(one.updated_at)


# Choices ----------------------------------------------------------------------------------------------------------


def _gives(reader: Person, on: dt.date, cadence: int) -> "QuerySet[Any]":
    rows = WhatGives.objects.visible_to(reader).waiting()
    return rows.select_related("person", "addressee")


def _gives_row(one: WhatGives) -> tuple[str, str, str, dt.date]:
    return str(one), one.get_absolute_url(), f"To be answered by {day(one.due_on)}", one.asked_on


def _decisions(reader: Person, on: dt.date, cadence: int) -> "QuerySet[Any]":
    """Questions past their day, and decisions whose day to look back is past."""
    late = Q(state=Decision.State.OPEN, due_on__lt=on)
    unseen = Q(state=Decision.State.DECIDED, look_again_on__lt=on)
    return Decision.objects.visible_to(reader).filter(late | unseen).select_related("decider")


def _decisions_row(one: Decision) -> tuple[str, str, str, dt.date]:
    note = "Was to be decided" if one.is_open else "Was to be looked back on"
    assert one.due is not None  # an overdue one has its day
    return one.question, one.get_absolute_url(), note, one.due


KINDS: dict[str, Kind] = {
    kind.key: kind
    for kind in (
        Kind(
            "weights",
            "Weights not confirmed",
            "equal",
            _weights,
            ("leader",),
            ("title",),
            _weights_row,
        ),
        Kind(
            "results",
            "Priorities that nothing measures",
            "compass",
            _results,
            ("sponsor", "strategy__leader"),
            ("title",),
            _results_row,
        ),
        Kind(
            "cascade",
            "Cascades to answer",
            "handshake",
            _cascades,
            ("taking_unit__leader", "giver_unit__leader"),
            ("title",),
            _cascades_row,
            turns=(("spoken", CascadeSide.GIVER), ("spoken", CascadeSide.TAKER)),
        ),
        Kind(
            "gives",
            "What gives? to answer",
            "scale",
            _gives,
            ("addressee",),
            ("person__name", "ask"),
            _gives_row,
        ),
        Kind(
            "silent",
            "Critical, and silent",
            "flag",
            _silent,
            ("owner_person", "owner_unit__leader"),
            ("title",),
            _silent_row,
        ),
        Kind(
            "decision",
            "Decisions overdue",
            "scale",
            _decisions,
            ("decider",),
            ("question",),
            _decisions_row,
        ),
        Kind(
            "change",
            "Changes to answer",
            "pencil",
            _changes,
            ("addressee",),
            ("objective__title",),
            _changes_row,
        ),
    )
}
