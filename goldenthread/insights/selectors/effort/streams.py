"""Effort from units over objectives into priorities, so that nobody's own can be told from it."""

from collections import defaultdict

import numpy as np

from goldenthread.engine.small_groups import withheld_cells
from goldenthread.insights.selectors.effort.figures import Band, Chart, Flow, Kind, Stream
from goldenthread.insights.selectors.effort.tree import (
    ROUTINE,
    UNLINKED,
    Against,
    Effort,
    Floats,
    Ints,
    Mask,
)

UNLINKED_KIND: Kind = "unlinked"
ROUTINE_KIND: Kind = "run"
MOST = 24  # bands and objectives of their own; a page shows fewer until it is asked for all


def chart_of(given: Against, unit: int | None, unseen: set[int]) -> Chart:
    """The chart of the whole, or of a unit. `unseen` are the columns of `given.table` that few people give to."""
    effort, span = given.effort, given.effort.spans[unit]
    bounds = np.searchsorted(given.worker, [span.start, span.stop])
    part = slice(int(bounds[0]), int(bounds[1]))
    worker, way, fte = given.worker[part] - span.start, given.way[part], given.fte[part]
    streams, of_way = _streams(given, worker, way, fte, effort.heads[span], unseen)
    size = (span.stop - span.start, len(streams))
    table = np.zeros(size)
    np.add.at(table, (worker, of_way[way]), fte)
    bands, of_worker = _bands(effort, unit, span, table.sum(axis=1))
    return _told(effort, span, bands, streams, of_worker, table)


def _streams(
    given: Against, worker: Ints, way: Ints, fte: Floats, heads: Ints, unseen: set[int]
) -> tuple[list[Stream], Ints]:
    """The streams, without what flows in them, and into which of them each way goes."""
    minimum = given.effort.ground.minimum
    count, size = len(given.ways), len(heads)
    sums = np.bincount(way, fte, minlength=count)
    people: dict[int, set[int]] = defaultdict(set)
    for pair in np.unique(way * size + worker).tolist():
        people[pair // size].add(pair % size)
    givers = {at: _heads(heads, [people[at]]) for at in people}
    largest = set(np.argsort(-sums, kind="stable")[: MOST + 2].tolist())
    streams: list[Stream] = []
    of_way = np.zeros(count, np.int64)

    def into(kind: Kind, ways: list[int], priority: int | None = None) -> None:
        of_way[ways] = len(streams)
        via = int(given.ways[ways[0]].via[1:]) if kind == "objective" else None
        streams.append(Stream(kind, via, len(ways), priority, 0.0))

    few: list[int] = []
    priorities = given.plan.priorities if given.plan else ()
    for place, priority in enumerate(priorities):
        own = sorted(
            (at for at in np.flatnonzero(given.columns == place).tolist() if at in people),
            key=lambda at: -sums[at],
        )
        if place in unseen:
            few += own
            continue
        apart = [at for at in own if at in largest and givers[at] >= minimum]
        rest = [at for at in own if at not in apart]
        while rest and apart and _heads(heads, [people[at] for at in rest]) < minimum:
            rest.append(apart.pop())
        for at in apart:
            is_straight = given.ways[at].via == given.ways[at].priority
            into("straight" if is_straight else "objective", [at], priority)
        if rest:
            into("others", rest, priority)
    for one, kind in ((UNLINKED, UNLINKED_KIND), (ROUTINE, ROUTINE_KIND)):
        at = given.ways.index(one)
        if int(given.columns[at]) in unseen:
            few.append(at)
        elif at in people:
            into(kind, [at])
    if few:
        into("few", few)
    return streams, of_way


def _heads(heads: Ints, people: list[set[int]]) -> int:
    return int(heads[sorted(set().union(*people))].sum())


def _bands(effort: Effort, unit: int | None, span: slice, fte: Floats) -> tuple[list[Band], Ints]:
    """The units right below that may be shown, the largest first, what is left last; and where each worker stands."""
    while len(effort.below.get(unit, ())) == 1 and effort.spans[effort.below[unit][0]] == span:
        unit = effort.below[unit][0]  # a single unit that holds everybody says nothing
    found: list[tuple[float, int, slice]] = []
    rest, left = 0, []
    for pk in effort.below.get(unit, ()):
        own = slice(effort.spans[pk].start - span.start, effort.spans[pk].stop - span.start)
        amount = float(fte[own].sum())
        if amount and pk not in effort.hidden:
            found.append((amount, pk, own))
        elif amount:
            rest += 1
    found.sort(key=lambda one: -one[0])
    left = found[MOST:]
    of_worker = np.full(span.stop - span.start, -1)
    bands: list[Band] = []
    for _, pk, own in found[:MOST]:
        of_worker[own] = len(bands)
        bands.append(Band("unit", pk, effort.ground.units[pk].name, 1, 0.0))
    of_worker[of_worker < 0] = len(bands)
    name = effort.ground.units[unit].name if unit is not None else ""
    bands.append(Band("rest", unit, name, rest + len(left), 0.0))
    return bands, of_worker


def _told(
    effort: Effort,
    span: slice,
    bands: list[Band],
    streams: list[Stream],
    of_worker: Ints,
    table: Floats,
) -> Chart:
    """The flows; those of too few people are put together in one band, so that each stream keeps its sum."""
    rows = [of_worker == place for place in range(len(bands))]
    gives: list[Mask] = [table[row] > 0 for row in rows]
    heads = [effort.heads[span][row] for row in rows]
    hidden = withheld_cells(gives, heads, effort.ground.minimum)
    sums = np.array([table[row].sum(axis=0) for row in rows])
    apart = (sums * hidden).sum(axis=0)
    shown = np.vstack([np.where(hidden, 0.0, sums), apart[None, :]])
    every = [*bands, Band("apart", None, "", 0, 0.0)]
    kept = [place for place in range(len(every)) if shown[place].sum() > 0]
    return Chart(
        bands=tuple(every[place]._replace(fte=float(shown[place].sum())) for place in kept),
        streams=tuple(
            one._replace(fte=float(amount))
            for one, amount in zip(streams, shown.sum(axis=0), strict=True)
        ),
        flows=tuple(
            Flow(at, stream, float(shown[place, stream]))
            for at, place in enumerate(kept)
            for stream in np.flatnonzero(shown[place]).tolist()
        ),
    )
