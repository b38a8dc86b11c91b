"""Dispersion and load: laws that hold for whatever effort there is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goldenthread.engine.dispersion import effective_number, focus_index, partition
from goldenthread.engine.load import Load, overcommitted_fte, overload_share

NEAR = 1e-9
parts = st.lists(st.floats(0, 100).map(lambda x: round(x, 3)), min_size=1, max_size=12)
some = parts.filter(any)


@given(some)
def test_the_second_order_is_never_above_the_first_nor_that_above_the_count(
    amounts: list[float],
) -> None:
    first, second = effective_number(amounts), effective_number(amounts, order=2)
    assert first is not None
    assert second is not None
    count = sum(1 for amount in amounts if amount)
    assert 1 - NEAR <= second <= first + NEAR
    assert first <= count + 1e-6
    focus = focus_index(amounts)
    assert focus is not None
    assert -1e-6 <= focus <= 1


@given(some, st.floats(0.01, 1000), st.randoms())
def test_neither_scale_nor_order_matters(amounts: list[float], scale: float, mix: object) -> None:
    shuffled = [amount * scale for amount in amounts]
    mix.shuffle(shuffled)
    assert effective_number(shuffled) == pytest.approx(effective_number(amounts))


@given(
    st.integers(1, 6).flatmap(
        lambda k: st.lists(st.lists(st.floats(0, 1), min_size=k, max_size=k), max_size=8)
    )
)
def test_within_and_between_people_make_the_whole(people: list[list[float]]) -> None:
    found = partition(people)
    if found is None:
        assert not any(any(row) for row in people)
        return
    assert found.alpha * found.beta == pytest.approx(found.gamma)
    assert 1 - 1e-6 <= found.alpha <= found.gamma + 1e-6


def test_effort_below_0_and_rows_of_other_lengths_are_refused() -> None:
    with pytest.raises(ValueError, match="below 0"):
        effective_number([0.5, -0.1])
    with pytest.raises(ValueError, match="same priorities"):
        partition([[1, 0], [1]])
    with pytest.raises(ValueError, match="1 or 2"):
        effective_number([1], order=3)


@given(st.lists(st.builds(Load, st.floats(0, 3), st.floats(0, 1)), min_size=5, max_size=20))
def test_overload_counts_those_that_overcommit(loads: list[Load]) -> None:
    found = overload_share(loads)
    if found.value is not None and found.value > 0:
        assert overcommitted_fte(loads) > 0
    if found.value is None:
        assert sum(one.capacity_fte > 0 for one in loads) < 5
