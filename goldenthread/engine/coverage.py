"""How much of the work has a line to the strategy, and where the line is missing."""

from collections.abc import Collection, Iterable, Mapping
from datetime import date
from math import fsum
from statistics import median
from typing import NamedTuple

from goldenthread.engine.bands import Band, band_of
from goldenthread.engine.flow import normalised_weights
from goldenthread.engine.graph import Graph, Node, reachable_priorities
from goldenthread.engine.result import Number, Result, insufficient_data, measured, share, undefined

ALIGNMENT_METHOD_VERSION = "alignment-coverage/1"
VALUE_METHOD_VERSION = "value-coverage/1"
PEOPLE_METHOD_VERSION = "people-in-line-of-sight/1"
DEPTH_METHOD_VERSION = "depth/1"

COVERAGE_BANDS = (Band("strong", 0.90), Band("watch", 0.70), Band("act", 0.0))


class Depth(NamedTuple):
    """Steps from an objective up to its nearest priority."""

    median: Result
    maximum: Result


def coverage_band(result: Result) -> Band | None:
    """Strong, watch or act for any of the coverage figures; None when there is no figure."""
    return band_of(result.value, COVERAGE_BANDS)


def alignment_coverage(
    objectives: Collection[Node], linked: Collection[Node], *, as_of: date | None = None
) -> Result:
    """Share of the active objectives that have a path to an active priority.

    `objectives` are all active ones; nodes of `linked` that are not among them do not count.
    """
    every = set(objectives)
    return share_in_line(len(every.intersection(linked)), len(every), as_of=as_of)


def share_in_line(linked: int, objectives: int, *, as_of: date | None = None) -> Result:
    """`alignment_coverage` of objectives that have been counted already."""
    return share(
        linked,
        objectives,
        unit_of_n="objectives",
        method_version=ALIGNMENT_METHOD_VERSION,
        as_of=as_of,
    )


def effort_coverage(
    effort: Mapping[Node, Number], linked: Collection[Node], *, as_of: date | None = None
) -> Result:
    """Share of the effort on objectives that goes to objectives with a path to a priority.

    Units: any, the same for all. Declared run-the-business effort is left out by the caller, and
    so is effort that was only inferred.
    """
    amounts = {node: float(amount) for node, amount in effort.items() if amount > 0}
    total = fsum(amounts.values())
    if not amounts:
        return undefined(
            "there is no effort to count",
            unit_of_n="objectives",
            method_version=ALIGNMENT_METHOD_VERSION,
            as_of=as_of,
        )
    reaching = fsum(amounts[node] for node in amounts.keys() & set(linked))
    return measured(
        reaching / total,
        n=len(amounts),
        unit_of_n="objectives",
        method_version=ALIGNMENT_METHOD_VERSION,
        numerator=reaching,
        denominator=total,
        as_of=as_of,
    )


def covered_priorities(
    graph: Graph, priorities: Collection[Node], measurable: Collection[Node]
) -> set[Node]:
    """The priorities with an active, owned, measurable leaf below them.

    `graph` holds active nodes only; `measurable` are the objectives that have an owner and a key
    result that can be scored. A leaf is one of them with nothing below it; a priority is none.
    """
    reached = reachable_priorities(graph, priorities)
    leaves = (set(measurable) & reached.keys()) - graph.children.keys() - set(priorities)
    return {priority for leaf in leaves for priority in reached[leaf]}


def value_coverage(
    priority_weights: Mapping[Node, Number] | None,
    covered: Collection[Node],
    *,
    as_of: date | None = None,
) -> Result:
    """Share of the strategy's value whose priorities have work below them (`covered_priorities`).

    Missing: without confirmed weights, insufficient_data with the reason "weights not set".
    """
    if priority_weights is not None and not priority_weights:
        return undefined(
            "there are no priorities to count",
            unit_of_n="priorities",
            method_version=VALUE_METHOD_VERSION,
            as_of=as_of,
        )
    weights = normalised_weights(priority_weights)
    if isinstance(weights, Result):
        return insufficient_data(
            weights.reason, unit_of_n="priorities", method_version=VALUE_METHOD_VERSION, as_of=as_of
        )
    uncovered = fsum(weight for node, weight in weights.items() if node not in covered)
    return measured(
        1 - uncovered,
        n=len(weights),
        unit_of_n="priorities",
        method_version=VALUE_METHOD_VERSION,
        numerator=1 - uncovered,
        denominator=1.0,
        as_of=as_of,
    )


def people_in_line_of_sight(
    people: Collection[str],
    holds: Mapping[str, Iterable[Node]],
    linked: Collection[Node],
    *,
    as_of: date | None = None,
) -> Result:
    """Share of people who own, or are allocated to, at least one node that reaches a priority.

    `holds` gives what each person owns or is allocated to; who is not in it holds nothing.
    """
    reaching = set(linked)
    everyone = set(people)
    seeing = sum(not reaching.isdisjoint(holds.get(person, ())) for person in everyone)
    return share_of_people(seeing, len(everyone), as_of=as_of)


def share_of_people(seeing: int, people: int, *, as_of: date | None = None) -> Result:
    """`people_in_line_of_sight` of people who have been counted already."""
    return share(
        seeing, people, unit_of_n="people", method_version=PEOPLE_METHOD_VERSION, as_of=as_of
    )


def depth(depths: Iterable[int], *, as_of: date | None = None) -> Depth:
    """Median and longest number of steps from linked objectives to their nearest priority.

    `depths` are those of `graph.depth_to_priority` for the objectives counted, each 1 or more.
    """
    steps = list(depths)
    if not steps:
        nothing = undefined(
            "no objective is linked",
            unit_of_n="objectives",
            method_version=DEPTH_METHOD_VERSION,
            as_of=as_of,
        )
        return Depth(nothing, nothing)
    middle, longest = (
        measured(
            value,
            n=len(steps),
            unit_of_n="objectives",
            method_version=DEPTH_METHOD_VERSION,
            as_of=as_of,
        )
        for value in (median(steps), max(steps))
    )
    return Depth(middle, longest)
