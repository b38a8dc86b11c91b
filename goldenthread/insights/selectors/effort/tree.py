"""Effort in the order of the tree of units, so that everybody in a unit and below is one stretch of each array."""

import datetime as dt
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import ceil

import numpy as np
from numpy.typing import NDArray

from goldenthread.engine import load
from goldenthread.engine.flow import Way, ways_up
from goldenthread.engine.graph import Node
from goldenthread.engine.small_groups import withheld
from goldenthread.insights.selectors.effort.ground import Given, Goal, Ground, Plan, Worker
from goldenthread.objectives.selectors.graph import of_priority
from goldenthread.tradeoffs.models import RUN

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]
UNLINKED, ROUTINE = Way("unlinked", "unlinked"), Way(RUN, RUN)


@dataclass(frozen=True)
class Effort:
    """The ground in the order of the tree. `spans` has where each unit with everything below it begins and ends among
    the workers, `goal_spans` among the objectives; None is the whole."""

    ground: Ground
    workers: Sequence[Worker]
    given: Sequence[Given]  # their `worker` is the place in `workers`
    goals: Sequence[Goal]
    below: Mapping[int | None, Sequence[int]]
    spans: Mapping[int | None, slice]
    goal_spans: Mapping[int | None, slice]

    @cached_property
    def heads(self) -> Ints:
        """1 for each: by it the people behind a sum are counted. Nobody gives more than one full-time equivalent, as
        far as is known, so that a unit whose people are not entered counts for as many as it has of these."""
        counts = [1 if one.person is not None else ceil(one.fte) for one in self.workers]
        return np.array(counts, np.int64)

    @cached_property
    def fte(self) -> Floats:
        return np.array([one.fte for one in self.workers], np.float64)

    @cached_property
    def is_person(self) -> Mask:
        return np.array([one.person is not None for one in self.workers], np.bool_)

    @cached_property
    def known_from(self) -> dt.date:
        """The first day of any objective: how far back the records of work reach."""
        return min((one.starts for one in self.goals), default=self.ground.on)

    def declared_only(self, span: slice) -> bool:
        """Whether nobody there is entered as a person, though their units say what they have."""
        rows = self.is_person[span]
        return len(rows) > 0 and not rows.any()

    @cached_property
    def asked(self) -> Floats:
        """What each is asked for, in full-time equivalents."""
        found = np.zeros(len(self.workers))
        for one in self.given:
            found[one.worker] += one.share * self.workers[one.worker].fte
        return found

    @cached_property
    def by_name(self) -> Mask:
        """Of whom effort is entered for themselves, not for their unit."""
        found = np.zeros(len(self.workers), np.bool_)
        found[[one.worker for one in self.given if one.by_name]] = True
        return found

    @cached_property
    def entered(self) -> Ints:
        """The people of whom effort is entered, for themselves or for their unit."""
        return np.where(self.asked > 0, self.heads, 0)

    @cached_property
    def hidden(self) -> set[int]:
        """The units whose sums stay hidden, by the people in them of whom anything is entered."""
        return self._hidden(self.entered)

    @cached_property
    def few(self) -> set[int]:
        """The units that have too few people at all."""
        return self._hidden(np.where(self.is_person, 1, 0))

    def _hidden(self, heads: Ints) -> set[int]:
        people = {unit: int(heads[self.spans[unit]].sum()) for unit in self.ground.units}
        return withheld(self.below, people, self.ground.minimum, int(heads.sum()))

    @cached_property
    def wip(self) -> Ints:
        """How many objectives each has under way: those they own, and those that get enough of their time."""
        open_ones = {one.pk: one for one in self.goals if one.closed is None}
        places = {one.person: place for place, one in enumerate(self.workers) if one.person}
        held = {(places[one.person], pk) for pk, one in open_ones.items() if one.person in places}
        for one in self.given:
            pk = int(one.target[1:]) if one.target[0] == "o" else 0
            if one.by_name and one.share >= load.WIP_FROM_SHARE and pk in open_ones:
                held.add((one.worker, pk))
        found = np.zeros(len(self.workers), np.int64)
        for place, _ in held:
            found[place] += 1
        return found


def effort_of(ground: Ground) -> Effort:
    """The ground put in the order of the tree; who stands in no unit comes last."""
    below: dict[int | None, list[int]] = defaultdict(list)
    for pk, (_, parent, _) in ground.units.items():
        below[parent if parent in ground.units else None].append(pk)
    ranks = _ranks(below)
    last = (len(ranks), 0)
    places = [ranks.get(one.unit or 0, last)[0] for one in ground.workers]
    order = sorted(range(len(places)), key=places.__getitem__)
    seats = {place: seat for seat, place in enumerate(order)}
    goal_places = [ranks.get(one.unit or 0, last)[0] for one in ground.goals]
    goal_order = sorted(range(len(goal_places)), key=goal_places.__getitem__)
    return Effort(
        ground=ground,
        workers=[ground.workers[place] for place in order],
        given=sorted(one._replace(worker=seats[one.worker]) for one in ground.given),
        goals=[ground.goals[place] for place in goal_order],
        below=below,
        spans=_spans(ranks, sorted(places)),
        goal_spans=_spans(ranks, sorted(goal_places)),
    )


def _ranks(below: Mapping[int | None, Sequence[int]]) -> dict[int, tuple[int, int]]:
    """Of each unit its place in the tree, and the place after the last one below it; the same whatever their names."""
    first: dict[int, int] = {}
    ranks: dict[int, tuple[int, int]] = {}
    waiting = sorted(below.get(None, ()), reverse=True)
    while waiting:
        pk = waiting.pop()
        if pk in first:
            ranks[pk] = (first[pk], len(first))
            continue
        first[pk] = len(first)
        waiting += [pk, *sorted(below.get(pk, ()), reverse=True)]
    return ranks


def _spans(ranks: Mapping[int, tuple[int, int]], places: Sequence[int]) -> dict[int | None, slice]:
    found: dict[int | None, slice] = {None: slice(0, len(places))}
    for unit, (first, after) in ranks.items():
        found[unit] = slice(bisect_left(places, first), bisect_left(places, after))
    return found


@dataclass(frozen=True)
class Against:
    """All effort over the ways on which it reaches a strategy: arrays in the order of workers; `ways` names them."""

    effort: Effort
    plan: Plan | None
    worker: Ints
    way: Ints
    fte: Floats
    ways: tuple[Way, ...]

    @cached_property
    def columns(self) -> Ints:
        """Of each way the place of its priority in the plan; after them come what is unlinked, and routine."""
        own = self.plan.priorities if self.plan else ()
        places: dict[Node, int] = {of_priority(pk): place for place, pk in enumerate(own)}
        places |= {UNLINKED.priority: len(own), ROUTINE.priority: len(own) + 1}
        return np.array([places[way.priority] for way in self.ways], np.int64)

    @cached_property
    def table(self) -> Floats:
        """What each gives to each priority, to what is unlinked, and to routine."""
        width = len(self.plan.priorities if self.plan else ()) + 2
        found = np.zeros((len(self.effort.workers), width))
        np.add.at(found, (self.worker, self.columns[self.way]), self.fte)
        return found


def against(effort: Effort, plan: Plan | None) -> Against:
    roots = [of_priority(pk) for pk in plan.priorities] if plan else []
    targets = sorted({one.target for one in effort.given} - {RUN})
    over = {
        target: ways or {UNLINKED: 1.0}
        for target, ways in ways_up(targets, effort.ground.parents, roots).items()
    } | {RUN: {ROUTINE: 1.0}}
    places: dict[Way, int] = {UNLINKED: 0, ROUTINE: 1}
    rows = [
        (one.worker, places.setdefault(way, len(places)), _fte(effort, one) * part)
        for one in effort.given
        for way, part in over[one.target].items()
    ]
    table = np.array(rows, np.dtype("i8,i8,f8"))
    worker, way, fte = (np.ascontiguousarray(table[name]) for name in ("f0", "f1", "f2"))
    return Against(effort, plan, worker, way, fte, tuple(places))


def _fte(effort: Effort, one: Given) -> float:
    return one.share * effort.workers[one.worker].fte
