"""What is shown of the effort of the organisation or a unit, the same for every reader; and how it is kept."""

import datetime as dt
from dataclasses import dataclass
from typing import Literal, NamedTuple

from pydantic import TypeAdapter

from goldenthread.engine.load import UnderWay
from goldenthread.engine.result import Result


class Band(NamedTuple):
    """A band at the left of the chart: a unit below; what is left, with the people of the unit itself; or what may
    not be told apart by unit, because too few people stand behind each part."""

    kind: Literal["unit", "rest", "apart"]
    unit: int | None
    name: str
    units: int  # how many a rest stands for
    fte: float


Kind = Literal["objective", "others", "straight", "unlinked", "run", "few"]


class Stream(NamedTuple):
    """What effort flows through: an objective right below a priority, others of it, straight to the priority; loose,
    routine, or what may not be told apart because of too few people."""

    kind: Kind
    objective: int | None
    ways: int  # how many of these flow together
    priority: int | None
    fte: float


class Flow(NamedTuple):
    """Full-time equivalents from a band, by its place, into a stream, by its place."""

    band: int
    stream: int
    fte: float


@dataclass(frozen=True)
class Chart:
    """Effort from units over objectives into priorities. What few people give is in no flow of its own."""

    bands: tuple[Band, ...]
    streams: tuple[Stream, ...]
    flows: tuple[Flow, ...]


class IntoPriority(NamedTuple):
    """What goes into one priority; None where it would tell of too few people."""

    priority: int
    share: float | None  # its part of the value; None while weights are not set
    fte: float | None
    people: int | None


class Part(NamedTuple):
    """A unit right below."""

    unit: int
    name: str


@dataclass(frozen=True)
class EffortFigures:
    """The effort of the organisation (`unit` None) or of a unit with everything below it, entered and never inferred.

    `withheld` where sums would tell of too few people, here or by subtraction; then only the counts of people are
    set. `declared` full-time equivalents are those of units whose people are not entered. `measured_at` is set while
    something has changed since.
    """

    unit: int | None
    as_of: dt.date
    parts: tuple[Part, ...]
    strategy: int | None
    in_force: bool
    people: int  # with effort entered
    everybody: int
    capacity: float
    covered: float  # of it entered
    declared: float
    total: float  # without what keeps the business running
    into: tuple[IntoPriority, ...]
    unlinked: float | None
    run_the_business: float | None
    gap: Result
    spread: Result
    spread_2: float | None  # of order 2, which reacts less to small side work
    excess: Result
    within: Result  # alpha: within each person
    between: Result  # beta
    overload: Result
    overcommitted: float | None
    unaligned: Result
    wip: Result
    under_way: UnderWay | None
    overactivity: Result
    cycle_time: Result
    open_now: int
    started: int  # within `periods`, as are the next two
    finished: int
    dropped: int  # of the finished
    periods: int
    chart: Chart | None
    minimum: int
    withheld: bool
    measured_at: dt.datetime | None = None

    @property
    def coverage(self) -> float | None:
        return self.covered / self.capacity if self.capacity else None

    @property
    def weighted(self) -> bool:
        return any(one.share is not None for one in self.into)

    def share_of(self, fte: float | None) -> float | None:
        """An amount as a part of all effort that is not routine."""
        return None if fte is None or not self.total else fte / self.total

    @property
    def measures(self) -> tuple[tuple[str, Result], ...]:
        """What is stored each day, by the name of the measure: several come from one method."""
        return (
            ("value-effort-gap", self.gap),
            ("dispersion", self.spread),
            ("dispersion-excess", self.excess),
            ("dispersion-within", self.within),
            ("overload", self.overload),
            ("overload-unaligned", self.unaligned),
            ("overload-under-way", self.wip),
            ("overactivity", self.overactivity),
        )

    @property
    def results(self) -> tuple[tuple[str, Result], ...]:
        """The figures with their names, in the order in which they are told."""
        return (
            ("Would have to move", self.gap),
            ("Effective number of priorities", self.spread),
            ("Spread against what is meant", self.excess),
            ("Priorities within each person", self.within),
            ("Priorities between people", self.between),
            ("Asked for more than they have", self.overload),
            ("Neither in line nor routine", self.unaligned),
            ("Objectives under way per person", self.wip),
            ("Started against finished", self.overactivity),
            ("Time from start to finish", self.cycle_time),
        )


_KEPT = TypeAdapter(EffortFigures)


def packed_effort(found: EffortFigures) -> bytes:
    """As it is kept, to be read by `unpacked_effort`."""
    return _KEPT.dump_json(found)


def unpacked_effort(content: bytes) -> EffortFigures:
    return _KEPT.validate_json(content)
