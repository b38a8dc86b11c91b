"""Which groups of a tree may not be shown, so that no small one can be told, not by subtraction either."""

from collections.abc import Mapping, Sequence


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
