"""Cells of a table of sums: no small group can be told from it, also not from what is left of a row or column."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from goldenthread.engine.small_groups import withheld_cells

MINIMUM = 5


@st.composite
def tables(draw: st.DrawFn) -> tuple[list[np.ndarray], list[np.ndarray]]:
    columns = draw(st.integers(1, 5))
    rows = draw(st.lists(st.integers(0, 12), min_size=1, max_size=5))
    gives = [
        np.array(
            draw(
                st.lists(
                    st.lists(st.booleans(), min_size=columns, max_size=columns),
                    min_size=size,
                    max_size=size,
                )
            ),
            np.bool_,
        ).reshape(size, columns)
        for size in rows
    ]
    heads = [
        np.array(draw(st.lists(st.sampled_from([1, 1, 8]), min_size=size, max_size=size)), np.int64)
        for size in rows
    ]
    return gives, heads


@given(tables())
def test_nobody_can_be_told_from_a_row_or_a_column(
    table: tuple[list[np.ndarray], list[np.ndarray]],
) -> None:
    gives, heads = table
    hidden = withheld_cells(gives, heads, MINIMUM)
    counts = np.array([own @ mask.astype(np.int64) for mask, own in zip(gives, heads, strict=True)])
    shown = (counts > 0) & ~hidden
    assert not ((counts < MINIMUM) & shown).any()
    for row, mask in enumerate(gives):
        left = heads[row][mask[:, hidden[row]].any(axis=1)].sum()
        assert left == 0 or left >= MINIMUM or not shown[row].any()
    for column in range(hidden.shape[1]):
        left = counts[hidden[:, column], column].sum()
        assert left == 0 or left >= MINIMUM or not shown[:, column].any()


def test_a_table_of_large_groups_is_shown_whole() -> None:
    everybody = np.ones((5, 3), np.bool_)
    assert not withheld_cells([everybody, everybody], [np.ones(5, np.int64)] * 2, MINIMUM).any()


def test_one_who_counts_for_many_is_no_small_group() -> None:
    alone = np.ones((1, 1), np.bool_)
    assert withheld_cells([alone], [np.array([4])], MINIMUM).all()
    assert not withheld_cells([alone], [np.array([5])], MINIMUM).any()
