"""Where the thread runs beside the rows of a tree, at any depth."""

from collections.abc import Sequence


def rails(depths: Sequence[int]) -> list[list[str]]:
    """For each row, in the order shown, the classes of its rails from the outside in.

    `depths` are 0 for a root. "" carries the thread past to a later row, "rail-none" leaves the place empty,
    "rail-turn" leads to this row and goes on, "rail-last" leads to it and ends. A row may go down one level at
    most. Raises: ValueError when a row jumps deeper than that.
    """
    goes_on: list[list[bool]] = []
    open_below: dict[int, bool] = {}
    for depth in reversed(depths):
        goes_on.append([open_below.get(level, False) for level in range(1, depth + 1)])
        open_below = {level: on for level, on in open_below.items() if level < depth}
        open_below[depth] = True
    goes_on.reverse()
    found = []
    before = -1
    for depth, flags in zip(depths, goes_on, strict=True):
        if depth > before + 1:
            raise ValueError(f"a row of depth {depth} follows one of depth {before}")
        before = depth
        past = ["" if on else "rail-none" for on in flags[:-1]]
        found.append([*past, "rail-turn" if flags[-1] else "rail-last"] if flags else [])
    return found
