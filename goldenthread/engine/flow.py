"""Value goes down the thread, effort goes up it: the same links, normalised in two ways.

Value is shared over a parent's children, effort over a child's parents. The two are never mixed.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from math import fsum, isfinite
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from goldenthread.engine.bands import Band
from goldenthread.engine.graph import Edge, Graph, Node, depth_to_priority
from goldenthread.engine.result import (
    Number,
    Result,
    insufficient_data,
    invalid_input,
    measured,
    undefined,
)

METHOD_VERSION = "value-flow/1"
GAP_METHOD_VERSION = "value-effort-gap/1"
WEIGHTS_NOT_SET = "weights not set"

GAP_MINIMUM_PEOPLE = 5
GAP_MINIMUM_ALLOCATED = 0.80
GAP_BANDS = (Band("in line", 0.0), Band("watch", 0.10), Band("discuss", 0.25))

_BLOCK = 16  # priorities at a time, so that memory stays flat however many there are

Floats = NDArray[np.float64]
Indices = NDArray[np.int64]


@dataclass(frozen=True)
class ValueFlow:
    """Where the value of the priorities goes. All shares are of the whole strategy (sum 1).

    `value` is what reaches each active node, `kept` what it delivers itself;
    `kept_by_priority` splits `kept` by the priority it comes from and leaves out nodes that keep
    nothing of it; `stranded` holds the priorities that no active node serves, with their weight.
    """

    value: dict[Node, float]
    kept: dict[Node, float]
    kept_by_priority: dict[Node, dict[Node, float]]
    stranded: dict[Node, float]
    method_version: str = METHOD_VERSION


class EffortUp(NamedTuple):
    """Effort as the priorities receive it, in the unit in which it came (full-time equivalents)."""

    by_priority: dict[Node, float]
    unlinked: float
    total: float


def normalised_weights(
    priority_weights: Mapping[Node, Number] | None,
) -> dict[Node, float] | Result:
    """Weights of the priorities as shares that sum to 1.

    Missing: None (not confirmed), no priorities or nothing but zeros is "weights not set".
    A weight below 0 is invalid.
    """
    weights = {node: float(weight) for node, weight in (priority_weights or {}).items()}
    if any(weight < 0 or not isfinite(weight) for weight in weights.values()):
        return invalid_input(
            "a weight is below 0", unit_of_n="priorities", method_version=METHOD_VERSION
        )
    total = fsum(weights.values())
    if total == 0:
        return insufficient_data(
            WEIGHTS_NOT_SET, unit_of_n="priorities", method_version=METHOD_VERSION
        )
    return {node: weight / total for node, weight in weights.items()}


def value_flow(
    priority_weights: Mapping[Node, Number] | None,
    edges: Iterable[Edge],
    own_shares: Mapping[Node, Number] | None = None,
    active: Collection[Node] | None = None,
) -> ValueFlow | Result:
    """How the value of the priorities spreads over what serves them.

    Shapes: weights per priority, any scale; own shares in 0 to 1, used where a node has children.
    Missing: weights that are None answer a Result with status insufficient_data and the reason
    "weights not set", never a flow; an own share not given is 0; `active` None means every node
    named by a link. Nodes that are not active are removed first, priorities never are.
    Raises: LoopFound; ValueError for an own share outside 0 to 1.
    """
    weights = normalised_weights(priority_weights)
    if isinstance(weights, Result):
        return weights
    graph = _active_graph(edges, weights, active)
    priorities = list(weights)
    channels = _Channels(graph, own_shares or {})
    received = channels.received(weights)
    kept = received * channels.own[:, None]
    return ValueFlow(
        value=dict(zip(graph.nodes, received.sum(axis=1).tolist(), strict=True)),
        kept=dict(zip(graph.nodes, kept.sum(axis=1).tolist(), strict=True)),
        kept_by_priority={
            priority: _above_zero(kept[:, column], graph.nodes)
            for column, priority in enumerate(priorities)
        },
        stranded={p: weight for p, weight in weights.items() if p not in graph.children},
    )


def kept_shares(
    graph: Graph,
    priorities: Collection[Node],
    own_shares: Mapping[Node, Number] | None = None,
) -> Iterator[tuple[Node, dict[Node, float]]]:
    """For each priority the part of its own value that each node below it keeps, together 1.

    What `value_flow` keeps of a priority is this times its weight, so that a change of weights changes nothing
    here. Shapes: `graph` names the priorities and what is active; a priority may have others below it.
    Raises: LoopFound; ValueError for an own share outside 0 to 1.
    """
    channels = _Channels(graph, own_shares or {})
    ranked = list(dict.fromkeys(priorities))
    for start in range(0, len(ranked), _BLOCK):
        block = ranked[start : start + _BLOCK]
        kept = channels.received(dict.fromkeys(block, 1.0)) * channels.own[:, None]
        for column, priority in enumerate(block):
            yield priority, _above_zero(kept[:, column], graph.nodes)


def effort_up(
    effort: Mapping[Node, Number],
    edges: Iterable[Edge],
    priorities: Collection[Node],
    active: Collection[Node] | None = None,
) -> EffortUp:
    """How the effort on objectives adds up per priority.

    Units: whatever the effort is given in. `by_priority` names every priority, 0 included:
    nobody works on it is a finding, not a gap in the data.
    A parent that reaches no priority takes no share from a child that has a better one, so that
    `unlinked` is exactly the effort on objectives without a path to a priority, and
    sum(by_priority) + unlinked = total. Priorities are roots: a link that puts one below something
    else is left out.
    Raises: LoopFound; ValueError for effort below 0.
    """
    amounts = {node: float(amount) for node, amount in effort.items()}
    if any(amount < 0 or not isfinite(amount) for amount in amounts.values()):
        raise ValueError("effort is never below 0")
    roots = set(priorities)
    links = (edge for edge in edges if edge.child not in roots)
    graph = _active_graph(links, priorities, active)
    linked = depth_to_priority(graph, priorities)

    to_parents: dict[Node, float] = {}
    above: dict[Node, list[tuple[Node, float]]] = {}
    for parent, child, strength in graph.edges:
        if parent in linked:
            part = float(strength)
            to_parents[child] = to_parents.get(child, 0.0) + part
            above.setdefault(child, []).append((parent, part))
    up = {node: amounts.get(node, 0.0) for node in graph.nodes}
    for node in reversed(graph.order):
        for parent, strength in above.get(node, ()):
            up[parent] += up[node] * strength / to_parents[node]
    return EffortUp(
        by_priority={priority: up[priority] for priority in priorities},
        unlinked=fsum(amount for node, amount in amounts.items() if node not in linked),
        total=fsum(amounts.values()),
    )


class Way(NamedTuple):
    """How effort reaches a priority: `via` is the node right below it, the priority itself for what goes straight."""

    via: Node
    priority: Node


def ways_up(
    nodes: Iterable[Node],
    parents: Mapping[Node, Sequence[tuple[Node, Number]]],
    priorities: Collection[Node],
) -> dict[Node, dict[Way, float]]:
    """By which ways the effort on each node reaches the priorities, in parts that sum to 1; {} where it reaches none.

    Adds up to `effort_up`, for a few nodes and without its whole graph. `parents` has what each node serves, with the
    strength of the link. Raises: ValueError where a node serves itself.
    """
    found: dict[Node, dict[Way, float]] = {one: {Way(one, one): 1.0} for one in priorities}
    for start in nodes:
        waiting, open_ones = [start], set[Node]()
        while waiting:
            node = waiting[-1]
            if node in found:
                waiting.pop()
                continue
            above = parents.get(node, ())
            missing = [parent for parent, _ in above if parent not in found]
            if missing and node in open_ones:
                raise ValueError(f"{node} serves itself")
            open_ones.add(node)
            if missing:
                waiting += missing
                continue
            waiting.pop()
            found[node] = _ways_of(node, [one for one in above if found[one[0]]], found)
    return {node: found[node] for node in nodes}


def _ways_of(
    node: Node,
    above: Sequence[tuple[Node, Number]],
    found: Mapping[Node, Mapping[Way, float]],
) -> dict[Way, float]:
    total = fsum(float(strength) for _, strength in above)
    ways: dict[Way, float] = {}
    for parent, strength in above:
        for way, part in found[parent].items():
            own = Way(node, way.priority) if way.via == way.priority else way
            ways[own] = ways.get(own, 0.0) + part * float(strength) / total
    return ways


def value_effort_gap(
    priority_weights: Mapping[Node, Number] | None,
    effort: EffortUp,
    *,
    people: int,
    allocated: float | None,
    as_of: date | None = None,
) -> Result:
    """The share of effort that would have to move for effort to match value, 0 to 1.

    Missing: needs weights, at least 5 people, and 80 % of their capacity allocated (`allocated`,
    0 to 1, None when unknown; inferred effort does not count). Run-the-business effort is left
    out by the caller.
    """
    unit_of_n, version = "people", GAP_METHOD_VERSION
    weights = normalised_weights(priority_weights)
    if isinstance(weights, Result):
        return insufficient_data(
            weights.reason, n=people, unit_of_n=unit_of_n, method_version=version, as_of=as_of
        )
    if people < GAP_MINIMUM_PEOPLE or allocated is None or allocated < GAP_MINIMUM_ALLOCATED:
        return insufficient_data(
            f"needs {GAP_MINIMUM_PEOPLE} people and {GAP_MINIMUM_ALLOCATED:.0%} of capacity allocated",
            n=people,
            unit_of_n=unit_of_n,
            method_version=version,
            as_of=as_of,
        )
    if effort.total == 0:
        return undefined(
            "no effort", n=people, unit_of_n=unit_of_n, method_version=version, as_of=as_of
        )
    gaps = gap_by_priority(weights, effort)
    value = (fsum(abs(gap) for gap in gaps.values()) + effort.unlinked / effort.total) / 2
    return measured(
        value,
        n=people,
        unit_of_n=unit_of_n,
        method_version=version,
        coverage=allocated,
        as_of=as_of,
    )


def gap_by_priority(weights: Mapping[Node, float], effort: EffortUp) -> dict[Node, float]:
    """Effort share minus value share of each priority, −1 to 1. Needs effort above 0."""
    return {p: effort.by_priority.get(p, 0.0) / effort.total - weights[p] for p in weights}


def leverage(effort: float, value: float) -> float | None:
    """The effort share of a priority for each part of its value share; 1 is as much of one as of the other.

    Missing: None without value, where there is nothing to divide by.
    """
    return effort / value if value > 0 else None


def _active_graph(
    edges: Iterable[Edge], priorities: Iterable[Node], active: Collection[Node] | None
) -> Graph:
    """The graph without the nodes that are not active and without their links."""
    if active is None:
        return Graph(edges, priorities)
    nodes = dict.fromkeys([*priorities, *active])
    return Graph((edge for edge in edges if edge.parent in nodes and edge.child in nodes), nodes)


class _Channels:
    """The links of a graph as arrays, and how value passes through them."""

    def __init__(self, graph: Graph, own_shares: Mapping[Node, Number]) -> None:
        self.place = {node: index for index, node in enumerate(graph.nodes)}
        self.parent, self.child, strength = _arrays(graph, self.place)
        from_strength = np.bincount(self.parent, strength, minlength=len(self.place))
        self.own = _own_shares(own_shares, self.place, has_children=from_strength > 0)
        self.passed_on = (1 - self.own[self.parent]) * strength / from_strength[self.parent]
        self.levels = _by_level(graph, self.place, self.parent, self.child)

    def received(self, sources: Mapping[Node, float]) -> Floats:
        """What reaches each node (a row) of each source (a column), starting there with its amount."""
        received = np.zeros((len(self.place), len(sources)))
        rows = [self.place[node] for node in sources]
        received[rows, range(len(rows))] = list(sources.values())
        for links, starts in self.levels:
            flows = received[self.parent[links]] * self.passed_on[links, None]
            received[self.child[links[starts]]] += np.add.reduceat(flows, starts)
        return received


def _arrays(graph: Graph, place: Mapping[Node, int]) -> tuple[Indices, Indices, Floats]:
    count = len(graph.edges)
    return (
        np.fromiter((place[edge.parent] for edge in graph.edges), np.int64, count),
        np.fromiter((place[edge.child] for edge in graph.edges), np.int64, count),
        np.fromiter((edge.strength for edge in graph.edges), np.float64, count),
    )


def _own_shares(
    given: Mapping[Node, Number], place: Mapping[Node, int], has_children: NDArray[np.bool_]
) -> Floats:
    """1 for a node without children, else what its owner set, else 0."""
    own = np.where(has_children, 0.0, 1.0)
    for node, part in given.items():
        if not 0 <= part <= 1:
            raise ValueError(f"the own share of {node} is outside 0 to 1")
        index = place.get(node)
        if index is not None and has_children[index]:
            own[index] = float(part)
    return own


def _by_level(
    graph: Graph, place: Mapping[Node, int], parent: Indices, child: Indices
) -> list[tuple[Indices, Indices]]:
    """Links in groups that can each be computed at once, ancestors first.

    A group holds the links into all nodes of one level (the longest path from the top), sorted by
    child, with the position at which each child begins.
    """
    if not len(parent):
        return []
    depth: dict[Node, int] = {}
    for node in graph.order:
        depth[node] = 1 + max((depth[above] for above in graph.parents.get(node, ())), default=-1)
    level = np.fromiter((depth[edge.child] for edge in graph.edges), np.int64, len(graph.edges))
    links = np.lexsort((child, level))
    cuts = np.flatnonzero(np.diff(level[links])) + 1
    return [
        (group, np.flatnonzero(np.diff(child[group], prepend=-1)))
        for group in np.split(links, cuts)
    ]


def _above_zero(amounts: Floats, nodes: tuple[Node, ...]) -> dict[Node, float]:
    holding = np.flatnonzero(amounts)
    return {
        nodes[index]: amount
        for index, amount in zip(holding.tolist(), amounts[holding].tolist(), strict=True)
    }
