"""Scores and pace: within range, monotone, order-independent; and what dates and gaps do to them."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from goldenthread.engine.pace import (
    Expectation,
    Health,
    elapsed_fraction,
    expected,
    health,
    health_cuts,
    verdict_dates,
)
from goldenthread.engine.result import Result, Status, share, suppressed
from goldenthread.engine.scores import (
    Ambition,
    achieved,
    closing_part,
    closing_score,
    graded_score,
    maintain_score,
    metric_score,
    milestone_score,
    objective_score,
)

START = date(2025, 1, 1)
NUMBERS = st.floats(-1e6, 1e6)
SCORES = st.floats(0, 1)
KEY_RESULTS = st.lists(st.tuples(st.floats(0.01, 100), st.none() | SCORES), max_size=8)


@given(NUMBERS, NUMBERS, NUMBERS, NUMBERS)
def test_metric_score_is_within_range_and_monotone(
    baseline: float, target: float, one: float, other: float
) -> None:
    assume(abs(target - baseline) > 1e-6)
    nearer_target = sorted([one, other], reverse=target < baseline)
    low, high = (metric_score(baseline, target, value).clamped for value in nearer_target)
    assert low is not None
    assert high is not None
    assert 0 <= low <= high <= 1


def graded(steps: list[int], value: float) -> float | None:
    baseline, commit, target, stretch = steps
    return graded_score(baseline, commit, target, stretch, value).clamped


@given(st.lists(st.integers(-1000, 1000), min_size=4, max_size=4, unique=True), NUMBERS, NUMBERS)
def test_graded_score_is_within_range_and_monotone(
    steps: list[int], one: float, other: float
) -> None:
    rising = sorted(steps)
    up_low, up_high = (graded(rising, value) for value in sorted([one, other]))
    assert up_low is not None
    assert up_high is not None
    assert 0 <= up_low <= up_high <= 1
    mirrored = graded([-step for step in rising], -max(one, other))
    assert mirrored == pytest.approx(up_high, abs=1e-9)


@given(KEY_RESULTS)
def test_objective_score_is_within_range_and_order_independent(
    key_results: list[tuple[float, float | None]],
) -> None:
    score = objective_score(key_results)
    backwards = objective_score(key_results[::-1])
    assert backwards.clamped == pytest.approx(score.clamped, abs=1e-12)
    measured = [value for _, value in key_results if value is not None]
    if not measured:
        assert (score.clamped, score.coverage, score.reason) == (None, 0, "not measured")
        return
    assert score.clamped is not None
    assert min(measured) - 1e-9 <= score.clamped <= max(measured) + 1e-9
    assert 0 < score.coverage <= 1
    closed = closing_score([(weight, value, 1) for weight, value in key_results]).clamped
    assert closed is not None
    assert 0 <= closed <= score.clamped + 1e-9


@given(
    st.lists(st.tuples(st.integers(-10, 60), NUMBERS), max_size=12, unique_by=lambda o: o[0]),
    st.integers(0, 60),
    st.integers(1, 30),
    NUMBERS,
)
def test_threshold_score_is_within_range_monotone_and_order_independent(
    observed: list[tuple[int, float]], today: int, cadence: int, bound: float
) -> None:
    observations = [(START + timedelta(days=day), value) for day, value in observed]
    as_of = START + timedelta(days=today)
    score = maintain_score(observations, (bound, None), START, as_of, cadence)
    assert score == maintain_score(observations[::-1], (bound, None), START, as_of, cadence)
    assert 0 <= score.coverage <= 1
    if score.clamped is None:
        assert score.coverage == 0
        return
    easier = maintain_score(observations, (bound - 1, None), START, as_of, cadence)
    assert easier.clamped is not None
    assert 0 <= score.clamped <= easier.clamped <= 1


def test_threshold_counts_today_and_ignores_what_comes_after() -> None:
    tomorrow = START + timedelta(days=1)
    score = maintain_score([(START, 5), (tomorrow, 1)], (4, None), START, START, 7)
    assert (score.clamped, score.coverage) == (1, 1)


def test_threshold_carries_a_value_in_from_before_the_start() -> None:
    before = START - timedelta(days=2)
    score = maintain_score([(before, 5)], (None, 5), START, START + timedelta(days=3), 1)
    assert (score.clamped, score.coverage) == (1, 1 / 4)


def test_threshold_bounds_the_wrong_way_round_are_invalid() -> None:
    score = maintain_score([(START, 5)], (6, 4), START, START, 7)
    assert (score.clamped, score.status) == (None, Status.INVALID_INPUT)


def test_decimals_reach_the_target_exactly() -> None:
    target = Decimal("0.3")
    score = metric_score(Decimal("0.1"), target, target)
    assert score.clamped == 1
    assert achieved(Ambition.COMMITTED, score.clamped) is True


def test_weighted_scores_that_meet_a_limit_are_achieved_whatever_floats_make_of_them() -> None:
    score = objective_score([(0.1, 0.7), (0.2, 0.7), (0.7, 0.7)]).clamped
    assert achieved(Ambition.ASPIRATIONAL, score) is True
    assert achieved(Ambition.ASPIRATIONAL, None) is None


@given(st.one_of(st.none(), st.floats(0, 1)), st.floats(0, 1), st.floats(0.01, 1))
def test_closing_part_is_within_range_rises_and_is_whole_from_the_bar_on(
    score: float | None, more: float, bar: float
) -> None:
    part = closing_part(score, bar)
    assert (score or 0) <= part + 1e-9 <= 1 + 1e-9
    assert part <= closing_part((score or 0) + more, bar)
    assert closing_part(bar, bar) == 1
    with pytest.raises(ValueError, match="bar"):
        closing_part(score, 0)


def test_weights_that_say_nothing_give_no_score() -> None:
    assert milestone_score([0, 0], [True, False]).status is Status.INVALID_INPUT
    assert milestone_score([], []).status is Status.INSUFFICIENT_DATA
    assert objective_score([(0, 0.5)]).status is Status.UNDEFINED
    assert objective_score([(-1, 0.5)]).status is Status.INVALID_INPUT
    assert closing_score([]).clamped is None


@given(st.integers(0, 400), st.integers(-50, 500), st.integers(0, 50))
def test_elapsed_fraction_is_within_range_and_never_goes_back(
    length: int, day: int, later: int
) -> None:
    end = START + timedelta(days=length)
    early, late = (
        elapsed_fraction(START, end, START + timedelta(days=d)) for d in (day, day + later)
    )
    assert 0 <= early <= late <= 1


def test_periods_and_plans_that_make_no_sense_are_refused() -> None:
    with pytest.raises(ValueError, match="ends before"):
        elapsed_fraction(START, START - timedelta(days=1), START)
    with pytest.raises(ValueError, match="plan point"):
        expected(START, START + timedelta(days=9), START, [(START, 1.5)])


@given(SCORES, SCORES)
def test_health_and_its_cuts_agree(score: float, expectation: float) -> None:
    assume(score < 1 - 1e-6)
    verdict = health(score, expectation, 0.5, START, 7, START, START)
    cuts = health_cuts(expectation)
    assert (verdict is Health.ON_PACE) == (score >= cuts.on_pace)
    assert (verdict is Health.AT_RISK) == (score < cuts.behind)


@pytest.mark.parametrize("hundredths", range(10, 101))
def test_a_gap_of_exactly_a_tenth_is_on_pace_at_every_expectation(hundredths: int) -> None:
    score = (hundredths - 10) / 100
    assert health(score, hundredths / 100, 0.5, START, 7, START, START) is Health.ON_PACE


@given(SCORES, SCORES, SCORES, st.integers(0, 100), st.integers(0, 110))
def test_stored_dates_give_the_same_verdict_as_the_day_itself(
    score: float, required: float, part: float, length: int, day: int
) -> None:
    assume(score < 1 - 1e-6)
    end, as_of = START + timedelta(days=length), START + timedelta(days=day)
    expectation = Expectation(required * part, 1 - part)
    tau = elapsed_fraction(START, end, as_of)
    verdict = health(score, expectation.at(tau), tau, as_of, 7, as_of, START)
    dates = verdict_dates(score, expectation, START, end)
    assert (verdict is Health.EARLY) == (as_of < dates.judged_from)
    if verdict is not Health.EARLY:
        assert (verdict is Health.ON_PACE) == (as_of <= dates.on_pace_until)
        assert (verdict is Health.AT_RISK) == (as_of > dates.behind_until)


def test_a_score_without_a_check_in_ages_from_the_start() -> None:
    as_of = START + timedelta(days=15)
    assert health(0.5, 0.5, 0.5, None, 7, as_of, START) is Health.OUTDATED
    assert health(0.5, 0.5, 0.5, None, 8, as_of, START) is Health.ON_PACE


def test_a_result_cannot_pretend() -> None:
    with pytest.raises(ValueError, match="has a value"):
        Result(value=None, status=Status.OK, n=1, unit_of_n="x", method_version="x/1")
    with pytest.raises(ValueError, match="has no value"):
        Result(value=0, status=Status.SUPPRESSED, n=1, unit_of_n="x", method_version="x/1")
    with pytest.raises(ValueError, match="not a share"):
        share(3, 2, unit_of_n="x", method_version="x/1")


def test_a_suppressed_result_tells_neither_value_nor_count() -> None:
    withheld = suppressed(unit_of_n="people", method_version="x/1")
    assert (withheld.value, withheld.n, withheld.numerator, withheld.denominator) == (
        None,
        0,
        None,
        None,
    )
    assert withheld.reason == "fewer than 5 people"
