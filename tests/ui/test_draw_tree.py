"""The thread beside a tree: whatever the depth, it goes on exactly where a later row needs it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goldenthread.ui.tree import rails


def test_rails_of_a_small_tree():
    assert rails([0, 1, 2, 2, 1, 0]) == [
        [],
        ["rail-turn"],
        ["", "rail-turn"],
        ["", "rail-last"],
        ["rail-last"],
        [],
    ]


def test_a_row_cannot_jump_two_levels_down():
    with pytest.raises(ValueError, match="depth 2"):
        rails([0, 2])


@st.composite
def trees(draw):
    depths = [0]
    for step in draw(st.lists(st.integers(0, 20), max_size=30)):
        depths.append(step % (depths[-1] + 2))
    return depths


@given(trees())
def test_a_rail_goes_on_exactly_to_the_next_row_that_hangs_on_it(depths):
    for index, row in enumerate(rails(depths)):
        assert len(row) == depths[index]
        for level, rail in enumerate(row, 1):
            after = next((d for d in depths[index + 1 :] if d <= level), None)
            assert (rail in {"", "rail-turn"}) == (after == level)
