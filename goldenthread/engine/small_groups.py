"""Which groups of a tree may not be shown, so that no small one can be told, not by subtraction either."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

Mask = NDArray[np.bool_]
Counts = NDArray[np.int64]


def withheld(
    below: Mapping[int | None, Sequence[int]],
    people: Mapping[int, int],
    minimum: int,
    whole: int | None = None,
) -> set[int]:
    """The groups whose figures stay hidden.

    Those under the minimum; and where what is left of a shown group, less the shown ones below it, is such a small
    group itself, the smallest of those as well, until nothing or enough is left. Nobody at all is no group.

    Shapes: `below` has the groups under each, the highest under None; `people` counts a group with everything under
    it; `whole` everybody, where a figure of the whole is shown too.
    Source: measures.md 10.3, complementary suppression, taken through every level of the tree.
    """
    hidden = {group for group, count in people.items() if 0 < count < minimum}
    for parent in _upward(below):
        total = whole if parent is None else people[parent]
        if total is None or parent in hidden:
            continue
        while True:
            shown = _shown_below(parent, below, people, hidden)
            rest = total - sum(people[group] for group in shown)
            if not 0 < rest < minimum or not shown:
                break
            hidden.add(min(shown, key=lambda group: (people[group], group)))
    return hidden


def withheld_cells(gives: Sequence[Mask], heads: Sequence[Counts], minimum: int) -> Mask:
    """Which cells of a table of sums stay hidden, where the sum of each row and of each column is shown.

    Hidden are cells of fewer people than the minimum; and where the hidden cells of a row or a column come from so
    few together, its smallest shown one as well, until nothing or enough is left.

    Shapes: `gives` has for each row of the table a yes or no for each who stands in it (down) and each column
    (across): whether they add to the cell. `heads` are how many people each of them counts for.
    """
    counts = np.array(
        [own @ mask.astype(np.int64) for mask, own in zip(gives, heads, strict=True)], np.int64
    )
    hidden: Mask = (counts > 0) & (counts < minimum)
    while (more := _one_more(gives, heads, counts, hidden, minimum)) is not None:
        hidden[more] = True
    return hidden


def _one_more(
    gives: Sequence[Mask], heads: Sequence[Counts], counts: Counts, hidden: Mask, minimum: int
) -> tuple[int, int] | None:
    """The smallest shown cell of a row or column of which what is hidden would tell of too few."""
    shown = (counts > 0) & ~hidden
    for row, mask in enumerate(gives):
        people = int(heads[row][mask[:, hidden[row]].any(axis=1)].sum())
        if 0 < people < minimum and shown[row].any():
            columns = np.flatnonzero(shown[row])
            return row, int(columns[counts[row, columns].argmin()])
    sums = (counts * hidden).sum(axis=0)  # nobody stands in two rows
    for column in np.flatnonzero((sums > 0) & (sums < minimum) & shown.any(axis=0)):
        rows = np.flatnonzero(shown[:, column])
        return int(rows[counts[rows, column].argmin()]), int(column)
    return None


def _upward(below: Mapping[int | None, Sequence[int]]) -> list[int | None]:
    """Every group after all that is under it; None, the whole, last."""
    order: list[int | None] = []
    waiting: list[int | None] = [None]
    while waiting:
        group = waiting.pop()
        order.append(group)
        waiting.extend(below.get(group, ()))
    return order[::-1]


def _shown_below(
    parent: int | None,
    below: Mapping[int | None, Sequence[int]],
    people: Mapping[int, int],
    hidden: set[int],
) -> list[int]:
    """The nearest groups under it that are shown and have people; a hidden one lets through what is under it."""
    shown = []
    waiting = list(below.get(parent, ()))
    while waiting:
        group = waiting.pop()
        if group in hidden:
            waiting.extend(below.get(group, ()))
        elif people[group]:
            shown.append(group)
    return shown
