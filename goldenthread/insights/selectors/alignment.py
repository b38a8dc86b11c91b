"""The figures of alignment: how much of the work, the value and the people has a line to the strategy.

One function computes them, from what counted on a day; the page, the report and the stored figures all show
what it answers.
"""

import datetime as dt
import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
from django.core.cache import cache

from goldenthread.core import clock
from goldenthread.core.models import Organisation
from goldenthread.engine import coverage, net
from goldenthread.engine.coverage import Depth
from goldenthread.engine.graph import Node
from goldenthread.engine.net import Indices, Mask
from goldenthread.engine.result import (
    MINIMUM_GROUP,
    Result,
    Status,
    suppressed,
)
from goldenthread.engine.small_groups import withheld
from goldenthread.insights.selectors.counted import Work, work_on
from goldenthread.insights.selectors.graph import (
    KEPT_SECONDS,
    structure_mark,
)
from goldenthread.insights.selectors.kept import kept


@dataclass(frozen=True)
class UnitFigures:
    """A unit with every unit below it: objectives and people, and how many of them are in line."""

    unit: int
    name: str
    parent: str
    depth: int
    objectives: int
    in_line: int
    people: int
    people_in_line: int
    withheld: bool  # too few people, or what a reader could work such a group out from
    minimum: int
    as_of: dt.date

    @property
    def by_count(self) -> Result:
        return coverage.share_in_line(self.in_line, self.objectives, as_of=self.as_of)

    @property
    def by_people(self) -> Result:
        if self.withheld:
            return suppressed(
                unit_of_n="people",
                method_version=coverage.PEOPLE_METHOD_VERSION,
                minimum=self.minimum,
                as_of=self.as_of,
            )
        return coverage.share_of_people(self.people_in_line, self.people, as_of=self.as_of)

    @property
    def loose(self) -> int:
        return self.objectives - self.in_line


@dataclass(frozen=True)
class Alignment:
    """All figures of a day. `loose` counts open objectives without a line, `declared` those among them that
    keep the business running by their owner's word; `stranded` are priorities that nothing open serves. `measured_at`
    is set while lines have changed since: the figures stand as of then."""

    as_of: dt.date
    by_count: Result
    by_value: Result
    by_people: Result
    depth: Depth
    loose: int
    declared: int
    stranded: tuple[int, ...]
    uncovered: tuple[int, ...]  # served, but by nothing that is owned and can be measured
    units: tuple[UnitFigures, ...]
    measured_at: dt.datetime | None = None

    @cached_property
    def units_by_loose(self) -> list[UnitFigures]:
        """Those with most loose ends first; units without work come last."""
        return sorted(
            self.units, key=lambda one: (-one.loose, -one.objectives, one.name.casefold())
        )

    @property
    def figures(self) -> tuple[tuple[str, Result], ...]:
        """The figures of the whole with their names, in the order in which they are shown and stored."""
        return (
            ("Objectives in line", self.by_count),
            ("Value covered", self.by_value),
            ("People in line of sight", self.by_people),
            ("Steps to a priority, median", self.depth.median),
            ("Steps to a priority, longest", self.depth.maximum),
        )


def alignment(day: dt.date | None = None) -> Alignment:
    """The figures of today, or as they were known on a day gone by.

    Those of today are kept until a link, a state, a weight or a line of people changes; in a large organisation they
    are measured behind the page then, and stand as they were until that is done.
    """
    today = clock.today()
    if day is not None and day < today:
        return measure(work_on(day))
    if (found := _kept()) is not None:
        return found
    key = f"{today:%Y%m%d}-{structure()}"
    whole: Alignment | None = cache.get(f"alignment-{key}")
    units: tuple[UnitFigures, ...] | None = cache.get(f"alignment-units-{key}")
    if whole is None or units is None:
        return _measured(key, today)
    return replace(whole, units=units)


def alignment_of_the_whole(mark: str) -> Alignment:
    """The figures of today without those by unit. `mark` is `structure()`; no query while nothing has changed."""
    today = clock.today()
    key = f"{today:%Y%m%d}-{mark}"
    kept: Alignment | None = cache.get(f"alignment-{key}")
    return kept or replace(_measured(key, today), units=())


ALIGNMENT = "alignment"


def _kept() -> Alignment | None:
    """None too where the minimum group is another since: what is withheld by the old one may not be shown."""
    stored = kept(ALIGNMENT, _unpacked)
    if stored is None or any(one.minimum != _minimum() for one in stored[0].units[:1]):
        return None
    found, measured_at = stored
    return replace(found, measured_at=measured_at) if measured_at else found


def packed_alignment(found: Alignment) -> bytes:
    """As it is kept, to be read by `_unpacked`."""
    return json.dumps(asdict(found), default=str).encode()


def _unpacked(content: bytes) -> Alignment:
    raw = json.loads(content)
    day = dt.date.fromisoformat(raw["as_of"])

    def result(one: dict[str, Any]) -> Result:
        return Result(**one | {"status": Status(one["status"]), "as_of": day})

    shares = {name: result(raw[name]) for name in ("by_count", "by_value", "by_people")}
    lists = {name: tuple(raw[name]) for name in ("stranded", "uncovered")}
    units = tuple(UnitFigures(**one | {"as_of": day}) for one in raw["units"])
    steps = Depth(*map(result, raw["depth"]))
    return Alignment(**raw | shares | lists | {"as_of": day, "depth": steps, "units": units})


def _measured(key: str, today: dt.date) -> Alignment:
    """Measure and keep; the units apart, because most readers do not need them."""
    found = measure(work_on(today))
    cache.set_many(
        {f"alignment-{key}": replace(found, units=()), f"alignment-units-{key}": found.units},
        KEPT_SECONDS,
    )
    return found


def structure() -> str:
    """A name for the links, states, weights and people as they stand; another one once any has changed."""
    return "-".join(str(part) for part in structure_mark()[0])


def measure(work: Work) -> Alignment:
    """The figures that the engine gives for this work."""
    day, found, roots = work.day, work.objectives, work.root_places
    seats = work.places(found.ids)
    depths = net.depths(work.net, roots)[seats]
    linked = depths >= 0
    seeing = np.isin(work.people, found.person[linked])
    owned = work.net.mask(seats[found.measurable & (found.person > 0)])
    covered = _named(work.roots, net.covered(work.net, roots, owned))
    served = _named(work.roots, net.above(work.net, work.net.mask(seats[linked]))[roots])
    in_line = int(linked.sum())
    return Alignment(
        as_of=day,
        by_count=coverage.share_in_line(in_line, len(linked), as_of=day),
        by_value=coverage.value_coverage(work.weights, covered, as_of=day),
        by_people=coverage.share_of_people(int(seeing.sum()), len(seeing), as_of=day),
        depth=coverage.depth(depths[linked].tolist(), as_of=day),
        loose=len(linked) - in_line,
        declared=int((found.declared & ~linked).sum()),
        stranded=tuple(int(root[1:]) for root in work.roots if root not in served),
        uncovered=tuple(
            int(root[1:]) for root in work.roots if root in served and root not in covered
        ),
        units=_by_unit(work, linked, seeing),
    )


def _named(roots: Sequence[Node], which: Mask) -> set[Node]:
    return {root for root, is_one in zip(roots, which.tolist(), strict=True) if is_one}


# By unit --------------------------------------------------------------------------------------------------------


def _by_unit(work: Work, linked: Mask, seeing: Mask) -> tuple[UnitFigures, ...]:
    """Every unit in force with what lies below it, in the order of the tree."""
    units = work.units
    below: dict[int | None, list[int]] = defaultdict(list)
    for pk, (_, parent, _) in units.items():
        below[parent if parent in units else None].append(pk)
    own = _direct(work, linked, seeing)
    order = _in_order(below)
    totals: dict[int, Counted] = {}
    for pk, _ in reversed(order):  # a unit after everything below it
        parts = [own[pk], *(totals[child] for child in below[pk])]
        totals[pk] = Counted(*(sum(column) for column in zip(*parts, strict=True)))
    minimum = _minimum()
    hidden = withheld(
        below, {pk: one.people for pk, one in totals.items()}, minimum, len(work.people)
    )
    return tuple(
        UnitFigures(
            unit=pk,
            name=units[pk].name,
            parent=above.name if (above := units.get(units[pk].parent or 0)) else "",
            depth=depth,
            **totals[pk]._asdict(),
            withheld=pk in hidden,
            minimum=minimum,
            as_of=work.day,
        )
        for pk, depth in order
    )


def _minimum() -> int:
    organisation = Organisation.current()
    return organisation.minimum_group if organisation else MINIMUM_GROUP


class Counted(NamedTuple):
    """Objectives and people of a unit, and how many of each are in line."""

    objectives: int
    in_line: int
    people: int
    people_in_line: int


def _direct(work: Work, linked: Mask, seeing: Mask) -> dict[int, Counted]:
    """Objectives, those in line, people and those in line, of each unit without what is below it."""
    units = np.array(sorted(work.units), np.int64)

    def count(where: Indices) -> Indices:
        found = np.searchsorted(units, where[np.isin(where, units)])
        return np.bincount(found, minlength=len(units))

    of_objective, of_person = work.objectives.unit, work.their_units
    columns = (of_objective, of_objective[linked], of_person, of_person[seeing])
    rows = zip(*(count(where).tolist() for where in columns), strict=True)
    return {unit: Counted(*row) for unit, row in zip(units.tolist(), rows, strict=True)}


def _in_order(below: Mapping[int | None, list[int]]) -> list[tuple[int, int]]:
    order = []
    waiting = [(pk, 0) for pk in reversed(below.get(None, []))]
    while waiting:
        pk, depth = waiting.pop()
        order.append((pk, depth))
        waiting.extend((child, depth + 1) for child in reversed(below.get(pk, [])))
    return order
