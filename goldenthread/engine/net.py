"""The contribution graph of a whole organisation as arrays: the walks of `graph`, without an object for each node.

A node is its position, from 0. A test holds these walks to those of `graph`.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Indices = NDArray[np.int64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Net:
    """`count` nodes, and links: the node `parents[i]` is served by the node `children[i]`."""

    count: int
    parents: Indices
    children: Indices

    def mask(self, nodes: Indices) -> Mask:
        """These nodes, as a yes for each."""
        found = np.zeros(self.count, np.bool_)
        found[nodes] = True
        return found


def depths(net: Net, priorities: Indices) -> Indices:
    """Steps on the shortest path of each node to one of the priorities: 0 for one of them.

    Missing: −1 for a node without a path.
    """
    found = np.where(net.mask(priorities), 0, -1)
    step = 0
    while True:
        reached = net.children[found[net.parents] == step]
        step += 1
        further = reached[found[reached] < 0]
        if not len(further):
            return found
        found[further] = step


def above(net: Net, nodes: Mask) -> Mask:
    """Everything that at least one of these nodes serves, directly or through others."""
    served = net.mask(net.parents[nodes[net.children]])
    while True:
        further = net.parents[served[net.children]]
        if served[further].all():
            return served
        served[further] = True


def covered(net: Net, priorities: Indices, measurable: Mask) -> Mask:
    """Which of the priorities have a measurable leaf below them (`coverage.covered_priorities`)."""
    leaves = measurable & ~net.mask(net.parents) & ~net.mask(priorities)
    return above(net, leaves)[priorities]
