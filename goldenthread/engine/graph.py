"""The contribution graph: what serves what, from the organisation's priorities down.

An edge runs from a parent (a priority or an objective) to the child that contributes to it.
The graph has no loops; `find_loop` is asked before a link is stored, `topological_order` proves
the whole. Nodes are identifiers such as "p12" and "o7".
"""

from collections import deque
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple, TypeAlias

Node: TypeAlias = str

WEAK, MEDIUM, STRONG = 1.0, 3.0, 9.0
"""The strengths of a contribution."""


class Edge(NamedTuple):
    """A contribution of `child` to `parent`; the strength is above 0."""

    parent: Node
    child: Node
    strength: float = MEDIUM


class LoopFound(ValueError):
    """The links run in a circle; `path` lists it from parent to child, its start not repeated."""

    def __init__(self, path: list[Node]) -> None:
        super().__init__("links run in a loop: " + " → ".join([*path, path[0]]))
        self.path = path


@dataclass(frozen=True)
class Graph:
    """Links, and nodes that may have none."""

    edges: tuple[Edge, ...]
    nodes: tuple[Node, ...]

    def __init__(self, edges: Iterable[Edge], nodes: Iterable[Node] = ()) -> None:
        """Nodes come in the order given, then in the order in which links name them.

        Raises: ValueError when a strength is not above 0.
        """
        linked = tuple(edges)
        every = dict.fromkeys(nodes)
        for parent, child, strength in linked:
            if not 0 < strength < float("inf"):
                raise ValueError(f"the strength of {parent} → {child} must be above 0")
            every[parent] = every[child] = None
        object.__setattr__(self, "edges", linked)
        object.__setattr__(self, "nodes", tuple(every))

    @cached_property
    def children(self) -> Mapping[Node, list[Node]]:
        """The direct children of every node that has some."""
        below: dict[Node, list[Node]] = {}
        for parent, child, _ in self.edges:
            below.setdefault(parent, []).append(child)
        return below

    @cached_property
    def parents(self) -> Mapping[Node, list[Node]]:
        """The direct parents of every node that has some."""
        above: dict[Node, list[Node]] = {}
        for parent, child, _ in self.edges:
            above.setdefault(child, []).append(parent)
        return above

    @cached_property
    def order(self) -> tuple[Node, ...]:
        """All nodes, parents before children (Kahn). Raises: LoopFound."""
        waiting_for = {node: len(self.parents.get(node, ())) for node in self.nodes}
        ready = deque(node for node, count in waiting_for.items() if count == 0)
        order: list[Node] = []
        while ready:
            node = ready.popleft()
            order.append(node)
            for child in self.children.get(node, ()):
                waiting_for[child] -= 1
                if waiting_for[child] == 0:
                    ready.append(child)
        if len(order) < len(self.nodes):
            raise LoopFound(self._loop_among({n for n, count in waiting_for.items() if count}))
        return tuple(order)

    def restricted_to(self, keep: Collection[Node]) -> "Graph":
        """The graph of the nodes kept: a link goes when either of its ends does."""
        kept = keep if isinstance(keep, set | frozenset | dict) else set(keep)
        return Graph(
            (edge for edge in self.edges if edge.parent in kept and edge.child in kept),
            (node for node in self.nodes if node in kept),
        )

    def _loop_among(self, left: set[Node]) -> list[Node]:
        """A loop among nodes that each wait for another of them: walk up until one comes twice."""
        node = min(left)
        seen: dict[Node, int] = {}
        while node not in seen:
            seen[node] = len(seen)
            node = next(parent for parent in self.parents[node] if parent in left)
        upward = list(seen)[seen[node] :]
        return upward[::-1]


def find_loop(
    links: Graph | Iterable[Edge] | Mapping[Node, Iterable[Node]], parent: Node, child: Node
) -> list[Node] | None:
    """The loop that a new link parent → child would close, or None when it may be made.

    Missing: nodes without links need not be known. `links` is a graph, edges, or the parents of
    each node (enough: those of `parent` and of its ancestors).
    Answers the shortest path from `child` down to `parent`, both named; a link of a node to
    itself answers that one node.
    """
    above = _parents_of(links)
    came_from: dict[Node, Node | None] = {parent: None}
    queue = deque([parent])
    while queue:
        node = queue.popleft()
        if node == child:
            return list(_steps(came_from, node))
        for higher in above.get(node, ()):
            if higher not in came_from:
                came_from[higher] = node
                queue.append(higher)
    return None


def topological_order(graph: Graph) -> tuple[Node, ...]:
    """All nodes, parents before children, which exists exactly when there is no loop.

    Raises: LoopFound, with the path of a loop.
    """
    return graph.order


def ancestors(graph: Graph, node: Node) -> set[Node]:
    """Everything that the node serves, directly or through others; without the node itself."""
    return _closure(graph.parents, node)


def descendants(graph: Graph, node: Node) -> set[Node]:
    """Everything that serves the node, directly or through others; without the node itself."""
    return _closure(graph.children, node)


def reachable_priorities(graph: Graph, priorities: Collection[Node]) -> dict[Node, frozenset[Node]]:
    """The priorities that each node of the graph serves; a priority serves itself.

    A node with none is a loose end. Raises: LoopFound.
    """
    ranked = list(dict.fromkeys(priorities))
    bits = {priority: 1 << place for place, priority in enumerate(ranked)}
    reached: dict[Node, int] = {}
    for node in graph.order:
        mask = bits.get(node, 0)
        for parent in graph.parents.get(node, ()):
            mask |= reached[parent]
        reached[node] = mask
    sets = {
        mask: frozenset(priority for priority, bit in bits.items() if mask & bit)
        for mask in set(reached.values())
    }
    return {node: sets[mask] for node, mask in reached.items()}


def linked_nodes(graph: Graph, priorities: Collection[Node]) -> set[Node]:
    """The nodes with a path to a priority, the priorities themselves left out."""
    return set(depth_to_priority(graph, priorities)) - set(priorities)


def depth_to_priority(graph: Graph, priorities: Collection[Node]) -> dict[Node, int]:
    """Steps on the shortest path to a priority: 0 for a priority, 1 right below, and so on.

    Missing: a node without a path is not in the answer.
    """
    known = set(graph.nodes)
    depth = {priority: 0 for priority in priorities if priority in known}
    queue = deque(depth)
    while queue:
        node = queue.popleft()
        for child in graph.children.get(node, ()):
            if child not in depth:
                depth[child] = depth[node] + 1
                queue.append(child)
    return depth


def _parents_of(
    links: Graph | Iterable[Edge] | Mapping[Node, Iterable[Node]],
) -> Mapping[Node, Iterable[Node]]:
    if isinstance(links, Graph):
        return links.parents
    if isinstance(links, Mapping):
        return links
    return Graph(links).parents


def _closure(neighbours: Mapping[Node, list[Node]], start: Node) -> set[Node]:
    found: set[Node] = set()
    stack = list(neighbours.get(start, ()))
    while stack:
        node = stack.pop()
        if node not in found:
            found.add(node)
            stack.extend(neighbours.get(node, ()))
    return found


def _steps(came_from: Mapping[Node, Node | None], node: Node | None) -> Iterator[Node]:
    while node is not None:
        yield node
        node = came_from[node]
