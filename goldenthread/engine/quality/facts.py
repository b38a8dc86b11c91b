"""What the rules ask about an objective and its key results. None is not known, and is not judged."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cached_property
from typing import Any, TypeAlias

from goldenthread.engine.quality.words import Words, tokens
from goldenthread.engine.result import Number


class Kind(StrEnum):
    """How a key result is judged."""

    METRIC = "metric"
    THRESHOLD = "threshold"
    MILESTONES = "milestones"
    GRADED = "graded"


class Direction(StrEnum):
    INCREASE = "increase"
    DECREASE = "decrease"


@dataclass(frozen=True)
class Goal:
    """What the objective serves; `ends` is None where it has no end."""

    title: str
    ends: date | None = None


@dataclass(frozen=True)
class Retarget:
    """The last time that a target was changed after it was agreed."""

    on: date
    by: str


@dataclass(frozen=True)
class KeyResultFacts:
    """One key result.

    `share` is its part of the weights, 0 to 1; one of share 0 no longer counts. `due_on` is the day that holds, its own or
    its objective's. `measure_by` is the day by which a baseline or a target still unknown is to be measured. `value_before` is what the
    number was when the objective was agreed, or is while it is written. `points` are dated values of its KPI in the order of
    their days, and `measured_every` the days from one measurement to the next.
    """

    key: Hashable
    title: str
    kind: Kind = Kind.METRIC
    unit: str = ""
    baseline: Number | None = None
    target: Number | None = None
    target_text: str = ""
    commit: Number | None = None
    stretch: Number | None = None
    low: Number | None = None
    high: Number | None = None
    latest: Number | None = None
    measure_by: date | None = None
    direction: Direction | None = None
    share: Number = 1
    due_on: date | None = None
    source: str = ""
    reporter: str = ""
    milestones_due: tuple[date | None, ...] = ()
    value_before: Number | None = None
    points: tuple[tuple[date, Number], ...] = ()
    measured_every: int | None = None
    retargeted: Retarget | None = None

    @property
    def is_numeric(self) -> bool:
        return self.kind is not Kind.MILESTONES

    @property
    def moves(self) -> bool:
        """Whether it goes from a baseline to a target, rather than holding a level."""
        return self.kind in {Kind.METRIC, Kind.GRADED}

    @property
    def is_judged(self) -> bool:
        """Whether its start and its target are both known."""
        if self.kind is Kind.THRESHOLD:
            return self.low is not None or self.high is not None
        return self.baseline is not None and self.target is not None

    @cached_property
    def tokens(self) -> list[str]:
        return tokens(self.title)


@dataclass(frozen=True)
class ObjectiveFacts:
    """An objective with its key results.

    `accountable` names the people who answer for it and work here. `in_line` is whether a path leads to an active priority.
    `twin` is the title of another open objective like it, "" where there is none. `effort` is what is allocated to it. `under_way` is
    whether it is agreed and has begun. `last_check_in_on` is the day of the last check-in, or its first day before any.
    `accepted` is whether its owner has agreed, `offered_on` since when they could have.
    """

    title: str
    key_results: tuple[KeyResultFacts, ...] = ()
    accountable: tuple[str, ...] = ()
    starts: date | None = None
    ends: date | None = None
    parents: tuple[Goal, ...] = ()
    in_line: bool | None = None
    run_the_business: bool = False
    twin: str | None = None
    effort: Number | None = None
    under_way: bool = False
    last_check_in_on: date | None = None
    cadence_days: int | None = None
    accepted: bool | None = None
    offered_on: date | None = None

    @cached_property
    def counting(self) -> tuple[KeyResultFacts, ...]:
        """The key results with weight; all of them where none has any."""
        return tuple(one for one in self.key_results if one.share > 0) or self.key_results

    @cached_property
    def tokens(self) -> list[str]:
        return tokens(self.title)


@dataclass(frozen=True)
class Asked:
    """What a rule is asked about: the objective, the day, the words of its language (None: none), and the key result."""

    objective: ObjectiveFacts
    as_of: date
    words: Words | None
    key_result: KeyResultFacts | None = None

    @property
    def one(self) -> KeyResultFacts:
        """The key result. Raises: ValueError for a rule about the whole objective."""
        if self.key_result is None:
            raise ValueError("this rule is about no key result")
        return self.key_result


class Verdict(StrEnum):
    """A rule that does not fire: it holds, or it cannot be judged and is left out."""

    HOLDS = "holds"
    LEFT_OUT = "left out"


Answer: TypeAlias = Verdict | Mapping[str, Any]
"""A verdict, or the figures for the message of a rule that fires."""


def fires_if(fires: bool, **figures: Any) -> Answer:
    return figures if fires else Verdict.HOLDS
