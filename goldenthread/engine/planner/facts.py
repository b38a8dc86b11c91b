"""What the planner is given and what it answers."""

from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Final, TypeAlias

from goldenthread.engine.result import Result

METHOD_VERSION = "planner/1"

Key: TypeAlias = int | str
"""Names a candidate, a team, an owner or a priority; within one portfolio the keys of candidates can be put in order, and
those of priorities."""
Cell: TypeAlias = tuple[Key, str]
"""A team and a skill; the skill is "" where people of the team can stand in for each other."""

STEP: Final = Decimal("0.01")
"""Values, costs and effort are counted in hundredths, so that the answer is exact."""
MOST: Final = Decimal(1_000_000)
ZERO: Final = Decimal(0)


class NotAPortfolio(ValueError):
    """What was given cannot be planned; the message says what is wrong and whose it is."""


@dataclass(frozen=True)
class Candidate:
    """Something that could run in the next cycle.

    `value` and the costs are in one unit of value, `effort` in full-time equivalents. `mandatory` holds in every
    scenario; `forced` is what one scenario asks: True to run it, False to leave it out.
    """

    key: Key
    value: Decimal
    effort: Mapping[Cell, Decimal] = field(default_factory=dict)
    running: bool = False
    mandatory: bool = False
    forced: bool | None = None
    stop_cost: Decimal = ZERO
    start_cost: Decimal = ZERO
    owner: Key | None = None

    @property
    def must_run(self) -> bool:
        return self.mandatory or self.forced is True

    @property
    def gain(self) -> Decimal:
        """What running it adds to the whole, against leaving it."""
        return self.value + (self.stop_cost if self.running else -self.start_cost)


@dataclass(frozen=True)
class Portfolio:
    """Everything that is planned together.

    `needs` are pairs: the first runs only if the second does. Of each group in `alternatives` at most one runs, and
    of an owner's candidates at most their limit. What a candidate takes of a cell has to have a capacity there. Of the
    candidates under each priority in `keeps` at least one runs; one that none stands under asks nothing.
    """

    candidates: tuple[Candidate, ...]
    capacity: Mapping[Cell, Decimal]
    needs: frozenset[tuple[Key, Key]] = frozenset()
    alternatives: tuple[frozenset[Key], ...] = ()
    owner_limits: Mapping[Key, int] = field(default_factory=dict)
    keeps: Mapping[Key, frozenset[Key]] = field(default_factory=dict)

    def unmet(self, runs: Set[Key]) -> tuple[Key, ...]:
        """The priorities that could keep a candidate, and keep none of these."""
        return tuple(key for key, under in self.keeps.items() if under and not under & runs)

    def checked(self) -> "Portfolio":
        """The same in the order of its keys. Raises `NotAPortfolio`."""
        keys = {one.key for one in self.candidates}
        if len(keys) < len(self.candidates):
            raise NotAPortfolio("A candidate is in the plan twice.")
        if len({type(key) for key in keys}) > 1:
            raise NotAPortfolio("The keys of candidates are all numbers or all words.")
        for one in self.candidates:
            amounts = (one.value, one.stop_cost, one.start_cost, *one.effort.values())
            _check_amounts(f"candidate {one.key}", amounts)
            if unknown := set(one.effort) - set(self.capacity):
                raise NotAPortfolio(
                    f"Candidate {one.key} takes {min(map(str, unknown))}: no capacity."
                )
        _check_amounts("capacity", self.capacity.values())
        named = {key for pair in self.needs for key in pair}
        named = named.union(*self.alternatives, *self.keeps.values())
        if named - keys:
            raise NotAPortfolio(f"{min(map(str, named - keys))} is not among the candidates.")
        if any(one == other for one, other in self.needs):
            raise NotAPortfolio("A candidate cannot need itself.")
        if any(len(group) < 2 for group in self.alternatives):
            raise NotAPortfolio("Alternatives are two candidates or more.")
        if any(limit < 0 for limit in self.owner_limits.values()):
            raise NotAPortfolio("An owner's limit is not below 0.")
        return Portfolio(
            tuple(sorted(self.candidates, key=lambda one: one.key)),
            dict(sorted(self.capacity.items(), key=str)),
            self.needs,
            tuple(sorted(self.alternatives, key=lambda group: sorted(map(str, group)))),
            self.owner_limits,
            dict(sorted(self.keeps.items(), key=lambda item: item[0])),
        )


def _check_amounts(whose: str, amounts: Iterable[Decimal]) -> None:
    for amount in amounts:
        if not amount.is_finite() or not 0 <= amount <= MOST:
            raise NotAPortfolio(f"{whose}: {amount} is not between 0 and {MOST}.")
        if amount % STEP:
            raise NotAPortfolio(f"{whose}: {amount} has more than two decimals.")


class Outcome(StrEnum):
    """How far the plan can be trusted."""

    OPTIMAL = "optimal"  # proven: nothing else gives more
    BEST_FOUND = "best_found"  # the time was over before it was proven
    OVERLOADED = "overloaded"  # what must run does not fit the capacity
    CONTRADICTORY = "contradictory"  # what must run excludes itself
    NOT_FOUND = "not_found"  # the time was over before any plan was found


class Verdict(StrEnum):
    """What the plan proposes for one candidate."""

    CONTINUE = "continue"
    STOP = "stop"
    START = "start"
    DEFER = "defer"


class Why(StrEnum):
    """The fact that says most of why a candidate runs or does not."""

    MANDATORY = "mandatory"
    FORCED_IN = "forced_in"
    FORCED_OUT = "forced_out"
    NEEDED_BY = "needed_by"  # others: what runs and needs it
    WORTH = "worth"  # it gives more than it costs, and there is room
    KEEPS_PRIORITY = (
        "keeps_priority"  # priorities: where nothing else runs; it gives nothing itself
    )
    STOPPING_COSTS = "stopping_costs"  # it runs on because stopping costs more than it gives
    GIVES_NOTHING = "gives_nothing"  # no more than starting it costs
    NEEDS = "needs"  # others: what it needs and does not run
    ALTERNATIVE = "alternative"  # others: what runs in its place
    OWNER_LIMIT = "owner_limit"  # others: what the owner runs
    NO_ROOM = "no_room"  # cell, asked, left
    NEEDS_COST_MORE = "needs_cost_more"  # with what it needs it gives less than that costs


@dataclass(frozen=True)
class Reason:
    """Facts, not words: titles are the reader's to see or not."""

    why: Why
    others: tuple[Key, ...] = ()
    cell: Cell | None = None
    asked: Decimal | None = None
    left: Decimal | None = None
    worth_more: bool = False  # of an alternative: whether it gives more on its own
    with_needs: tuple[Key, ...] = ()  # what it would bring along
    priorities: tuple[
        Key, ...
    ] = ()  # of what runs: those that it alone keeps, where each is to keep one


@dataclass(frozen=True)
class Line:
    """One candidate in the plan."""

    key: Key
    verdict: Verdict
    reason: Reason

    @property
    def runs(self) -> bool:
        return self.verdict in {Verdict.CONTINUE, Verdict.START}


@dataclass(frozen=True)
class Load:
    """What the plan takes of a cell, in full-time equivalents."""

    cell: Cell
    capacity: Decimal
    used: Decimal

    @property
    def excess(self) -> Decimal:
        return max(self.used - self.capacity, ZERO)


@dataclass(frozen=True)
class Marginal:
    """How the optimum would change with one full-time equivalent more, and with one fewer."""

    cell: Cell
    more: Result
    fewer: Result


@dataclass(frozen=True)
class Price:
    """How much more the optimum would be if the candidate were not forced. `fits_without`: only where what must run
    does not fit; whether it would without this one."""

    key: Key
    forced_in: bool
    price: Result
    fits_without: bool | None = None


@dataclass(frozen=True)
class Keeping:
    """What it costs that every priority keeps a candidate: how much more the optimum would be otherwise.

    `fits_without`: only where what must run does not fit; whether it would if no priority had to keep one.
    `bare` are the priorities that no candidate stands under.
    """

    price: Result
    fits_without: bool | None = None
    bare: tuple[Key, ...] = ()


class ConflictKind(StrEnum):
    """Why what must run cannot be, whatever the capacity."""

    OUT = "out"  # it must run, or is needed by what must, and is forced out
    ALTERNATIVES = "alternatives"  # two of one group must run
    OWNER_LIMIT = "owner_limit"  # an owner must run more than their limit
    PRIORITIES = "priorities"  # a priority cannot keep a candidate; of several: not all of them can


@dataclass(frozen=True)
class Conflict:
    kind: ConflictKind
    keys: tuple[Key, ...]
    owner: Key | None = None
    priorities: tuple[Key, ...] = ()


@dataclass(frozen=True)
class Plan:
    """The proposal. `total` is the value less what stopping and starting costs; `bound` what nothing can exceed."""

    outcome: Outcome
    total: Result
    bound: Decimal | None = None
    lines: tuple[Line, ...] = ()
    loads: tuple[Load, ...] = ()
    marginals: tuple[Marginal, ...] = ()
    prices: tuple[Price, ...] = ()
    conflicts: tuple[Conflict, ...] = ()
    keeping: Keeping | None = None  # where every priority is to keep a candidate
    method_version: str = METHOD_VERSION

    @property
    def chosen(self) -> frozenset[Key]:
        return frozenset(line.key for line in self.lines if line.runs)

    @property
    def overloaded(self) -> tuple[Load, ...]:
        """Those asked for more than they have, the most first."""
        over = [load for load in self.loads if load.excess]
        return tuple(sorted(over, key=lambda load: (-load.excess, str(load.cell))))
