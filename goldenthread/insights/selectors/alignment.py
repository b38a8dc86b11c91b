"""The figures of alignment: how much of the work, the value and the people has a line to the strategy.

One function computes them, from what counted on a day; the page, the report and the stored figures all show
what it answers.
"""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import NamedTuple

from django.core.cache import cache

from goldenthread.core import clock
from goldenthread.core.models import Organisation
from goldenthread.engine import coverage
from goldenthread.engine.coverage import Depth
from goldenthread.engine.graph import Node, depth_to_priority
from goldenthread.engine.result import (
    MINIMUM_GROUP,
    Result,
    share,
    suppressed,
)
from goldenthread.insights.selectors.counted import Work, work_on
from goldenthread.insights.selectors.graph import (
    KEPT_SECONDS,
    structure_mark,
)


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
        return share(
            self.in_line,
            self.objectives,
            unit_of_n="objectives",
            method_version=coverage.ALIGNMENT_METHOD_VERSION,
            as_of=self.as_of,
        )

    @property
    def by_people(self) -> Result:
        if self.withheld:
            return suppressed(
                unit_of_n="people",
                method_version=coverage.PEOPLE_METHOD_VERSION,
                minimum=self.minimum,
                as_of=self.as_of,
            )
        return share(
            self.people_in_line,
            self.people,
            unit_of_n="people",
            method_version=coverage.PEOPLE_METHOD_VERSION,
            as_of=self.as_of,
        )

    @property
    def loose(self) -> int:
        return self.objectives - self.in_line


@dataclass(frozen=True)
class Alignment:
    """All figures of a day. `loose` counts open objectives without a line, `declared` those among them that
    keep the business running by their owner's word; `stranded` are priorities that nothing open serves."""

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

    Those of today are kept until a link, a state, a weight or a line of people changes.
    """
    today = clock.today()
    if day is not None and day < today:
        return measure(work_on(day))
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
    depths = depth_to_priority(work.graph, work.roots)
    linked = {node for node in work.objectives if node in depths}
    held: dict[str, list[Node]] = defaultdict(list)
    for node, one in work.objectives.items():
        if one.person is not None:
            held[str(one.person)].append(node)
    by_value = coverage.value_coverage(
        work.weights,
        covered := coverage.covered_priorities(
            work.graph, work.roots, _owned(work, work.measurable)
        ),
        as_of=work.day,
    )
    served = _served(work, linked)
    return Alignment(
        as_of=work.day,
        by_count=coverage.alignment_coverage(work.objectives, linked, as_of=work.day),
        by_value=by_value,
        by_people=coverage.people_in_line_of_sight(
            [str(pk) for pk in work.people], held, linked, as_of=work.day
        ),
        depth=coverage.depth((depths[node] for node in linked), as_of=work.day),
        loose=len(work.objectives) - len(linked),
        declared=sum(
            one.run_the_business for node, one in work.objectives.items() if node not in linked
        ),
        stranded=tuple(int(root[1:]) for root in work.roots if root not in served),
        uncovered=tuple(
            int(root[1:]) for root in work.roots if root in served and root not in covered
        ),
        units=_by_unit(work, linked),
    )


def _owned(work: Work, nodes: Iterable[Node]) -> set[Node]:
    return {node for node in nodes if work.objectives[node].person is not None}


def _served(work: Work, linked: set[Node]) -> set[Node]:
    """The priorities that an open objective serves, directly or through a unit's priority."""
    above = work.graph.parents
    served: set[Node] = set()
    waiting = [parent for node in linked for parent in above.get(node, ())]
    while waiting:
        node = waiting.pop()
        if node not in served:
            served.add(node)
            waiting.extend(above.get(node, ()))
    return served


# By unit --------------------------------------------------------------------------------------------------------


def _by_unit(work: Work, linked: set[Node]) -> tuple[UnitFigures, ...]:
    """Every unit in force with what lies below it, in the order of the tree."""
    units = work.units
    below: dict[int | None, list[int]] = defaultdict(list)
    for pk, (_, parent) in units.items():
        below[parent if parent in units else None].append(pk)
    own = _direct(work, linked)
    order = _in_order(below)
    nothing = Counted(0, 0, 0, 0)
    totals: dict[int, Counted] = {}
    for pk, _ in reversed(order):  # a unit after everything below it
        parts = [own.get(pk, nothing), *(totals[child] for child in below[pk])]
        totals[pk] = Counted(*(sum(column) for column in zip(*parts, strict=True)))
    organisation = Organisation.current()
    minimum = organisation.minimum_group if organisation else MINIMUM_GROUP
    withheld = _withheld(below, {pk: one.people for pk, one in totals.items()}, minimum)
    return tuple(
        UnitFigures(
            unit=pk,
            name=units[pk].name,
            parent=above.name if (above := units.get(units[pk].parent or 0)) else "",
            depth=depth,
            **totals[pk]._asdict(),
            withheld=pk in withheld,
            minimum=minimum,
            as_of=work.day,
        )
        for pk, depth in order
    )


class Counted(NamedTuple):
    """Objectives and people of a unit, and how many of each are in line."""

    objectives: int
    in_line: int
    people: int
    people_in_line: int


def _direct(work: Work, linked: set[Node]) -> dict[int, Counted]:
    """Objectives, those in line, people and those in line, of each unit without what is below it."""
    objectives: Counter[int] = Counter()
    in_line: Counter[int] = Counter()
    seeing: set[int] = set()
    for node, held in work.objectives.items():
        if held.unit is not None:
            objectives[held.unit] += 1
            in_line[held.unit] += node in linked
        if held.person is not None and node in linked:
            seeing.add(held.person)
    people: Counter[int] = Counter()
    people_in_line: Counter[int] = Counter()
    for person, unit in work.people.items():
        if unit is not None:
            people[unit] += 1
            people_in_line[unit] += person in seeing
    found = objectives.keys() | people.keys()
    return {
        unit: Counted(objectives[unit], in_line[unit], people[unit], people_in_line[unit])
        for unit in found
    }


def _in_order(below: Mapping[int | None, list[int]]) -> list[tuple[int, int]]:
    order = []
    waiting = [(pk, 0) for pk in reversed(below.get(None, []))]
    while waiting:
        pk, depth = waiting.pop()
        order.append((pk, depth))
        waiting.extend((child, depth + 1) for child in reversed(below.get(pk, [])))
    return order


def _withheld(
    below: Mapping[int | None, list[int]], people: Mapping[int, int], minimum: int
) -> set[int]:
    """The units whose share of people is not shown: figures count restricted work too.

    Those under the minimum group; and where the rest of the unit above them would give such a group away by
    subtraction, the smallest of those beside them as well. Nobody at all is no group.
    """
    hidden = {pk for pk, count in people.items() if 0 < count < minimum}
    for parent, children in below.items():
        if parent is None or parent in hidden:
            continue
        direct = people[parent] - sum(people[child] for child in children)
        shown = sorted(
            (child for child in children if child not in hidden and people[child]),
            key=lambda child: people[child],
            reverse=True,
        )
        rest = direct + sum(people[child] for child in children if child in hidden)
        while 0 < rest < minimum and shown:
            smallest = shown.pop()
            hidden.add(smallest)
            rest += people[smallest]
    return hidden
