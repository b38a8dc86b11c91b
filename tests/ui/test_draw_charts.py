"""Geometry of the charts: nothing missing is drawn, axes are honest, words do not overlap."""

import datetime as dt
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goldenthread.ui import charts
from goldenthread.ui.charts import Forecast, Goal, Path, Point

START, END = dt.date(2026, 10, 1), dt.date(2026, 12, 31)
finite = st.floats(-1e6, 1e6, allow_nan=False)


def day(number: int) -> dt.date:
    return START + dt.timedelta(days=number)


def chart(values, **more):
    return charts.line_chart(
        "Calls",
        [Point(day(7 * index), value) for index, value in enumerate(values)],
        start=START,
        end=END,
        **more,
    )


def test_a_missing_value_leaves_a_gap():
    plot = chart([60, 61, None, 64, 66])
    assert len(plot.runs) == 2
    assert len(plot.dots) == 4
    assert plot.rows[2][1] == "–"
    spark = charts.spark([1, 2, None, 3])
    assert len(spark.runs) == 1
    assert spark.last is not None


def test_nothing_known_draws_nothing_and_says_so():
    plot = chart([None, None])
    assert (plot.runs, plot.dots, plot.y_ticks) == ([], [], [])
    assert "no values" in plot.words
    assert charts.spark([None, None], 5).last is None
    assert charts.spark_words("Returns", []) == "Returns: not measured yet"


def test_higher_values_stand_higher_and_later_ones_further_right():
    plot = chart([60, 70, 80])
    assert [y for _, y in plot.dots] == sorted((y for _, y in plot.dots), reverse=True)
    assert [x for x, _ in plot.dots] == sorted(x for x, _ in plot.dots)


def test_a_share_is_drawn_from_0_to_100():
    plot = chart([61, 64, 90], at_least=0, at_most=100)
    assert plot.y_ticks[0].text == "0"
    assert plot.y_ticks[-1].text == "100"


def test_the_axis_holds_every_value_goal_and_forecast():
    plot = chart(
        [60, 61, 62],
        path=Path(START, END, 60, 85),
        forecast=Forecast(END, 76, 58, 95),
        today=day(50),
    )
    heights = [
        *(y for _, y in plot.dots),
        *(y for _, _, y in plot.goals),
        *plot.whisker[1:],
        plot.mean[3],
    ]
    assert all(plot.top <= height <= plot.bottom for height in heights)
    assert plot.today is not None
    assert plot.left < plot.today < plot.right


def test_the_expected_value_runs_from_baseline_to_target():
    path = Path(START, END, 60, 85)
    assert charts.expected(path, START) == 60
    assert charts.expected(path, END) == 85
    assert charts.expected(path, END + dt.timedelta(days=9)) == 85
    assert 72 < charts.expected(path, day(46)) < 73
    falling = Path(START, END, 41, 21)
    assert charts.expected(falling, day(46)) < 41


@pytest.mark.parametrize("goal", [Goal(START, END, 95), Goal(START, END, 80, 90)])
def test_a_value_at_the_end_stands_beside_its_target_clear_of_both_lines(goal):
    values = [Point(START, 86), Point(END - dt.timedelta(days=1), 93.9)]
    plot = charts.line_chart("Built right", values, start=START, end=END, unit="%", goals=[goal])
    told = [label for label in plot.labels if label.kind == "t-strong"]
    assert sum("93.9" in label.text for label in told) == 1
    assert all(label.x > plot.right and label.anchor == "start" for label in told)
    assert abs(told[0].y - told[1].y) >= 14


def test_a_value_with_time_to_come_stands_at_its_dot():
    plot = chart([60, 61, 62], goals=[Goal(START, END, 85)], today=day(50))
    (told,) = [label for label in plot.labels if label.text.startswith("62")]
    assert told.x < plot.right


def test_targets_by_period_are_steps_and_ranges_are_bands():
    plot = charts.line_chart(
        "Stock",
        [Point(day(3), 44)],
        start=START,
        end=END,
        goals=[Goal(START, day(45), 42, 50), Goal(day(46), END, 40)],
    )
    (left, right, high, low) = plot.ranges[0]
    assert left < right
    assert high < low
    assert len(plot.goals) == 1


@given(st.lists(finite, min_size=1, max_size=40), st.none() | finite)
def test_every_dot_lies_inside_its_axes(values, target):
    points = [Point(day(index), value) for index, value in enumerate(values)]
    goals = [] if target is None else [Goal(START, END, target)]
    plot = charts.line_chart("x", points, start=START, end=END, goals=goals)
    for x, y in plot.dots:
        assert plot.left - 0.1 <= x <= plot.right + 0.1
        assert plot.top - 0.1 <= y <= plot.bottom + 0.1


@given(finite, finite)
def test_ticks_enclose_what_is_drawn_and_rise_evenly(one, other):
    low, high = sorted((one, other))
    ticks = charts.nice_ticks(low, high)
    margin = max(abs(low), abs(high), 1) * 1e-6
    assert ticks[0] <= low + margin
    assert ticks[-1] >= high - margin
    assert 2 <= len(ticks) <= 8
    assert all(a < b for a, b in pairwise(ticks))


@given(st.lists(st.floats(0, 300), max_size=8))
def test_labels_keep_their_distance_and_their_order(wanted):
    placed = charts.spread_labels(wanted, 14, 20, 250)
    in_order = sorted(range(len(wanted)), key=lambda index: wanted[index])
    assert all(placed[after] - placed[before] >= 13.8 for before, after in pairwise(in_order))


@pytest.mark.parametrize(
    ("start", "days"), [(START, 3), (START, 30), (START, 91), (START, 364), (START, 1500)]
)
def test_labels_of_days_do_not_touch(start, days):
    end = start + dt.timedelta(days=days)
    plot = charts.line_chart("x", [Point(start, 1)], start=start, end=end)
    places = [tick.at for tick in plot.x_ticks]
    assert all(after - before >= 28 for before, after in pairwise(places))
    assert places[0] == plot.left


def test_the_heavier_the_priority_the_larger_its_knot():
    radii = [charts.knot(weight).radius for weight in (5, 10, 20, 30)]
    assert radii == sorted(set(radii))
    unset = charts.knot(None)
    assert not unset.is_set
    assert unset.words == "Weight not set"
    assert charts.knot(100).radius <= 20


def test_bars_start_at_nothing_and_share_one_scale():
    assert charts.bar(0, 0.4) == 0
    assert charts.bar(0.4, 0.4) == 100
    assert charts.bar(0.1, 0.4) == 25
    assert charts.bar(None, 0.4) is None


def test_a_missing_period_is_hatched_not_pale():
    cells = charts.heat([("Week 1", 0.0), ("Week 2", None), ("Week 3", 1.0)])
    assert [cell.step for cell in cells] == [0, None, 4]
    assert "no figure" in cells[1].words


def test_an_interval_beyond_the_scale_is_cut_off():
    plot = charts.dot(0.9, 0.77, 1.4)
    assert plot.low < plot.x < plot.high <= plot.width
    assert charts.dot(None).x is None


def test_a_last_value_on_the_floor_stands_where_neither_its_line_nor_today_crosses_it():
    months = [dt.date(2026, month, 1) for month in range(1, 7)]
    falls = [Point(day, value) for day, value in zip(months, (7, 7, 6, 5, 4, 3), strict=True)]
    path = Path(months[0], dt.date(2026, 12, 31), baseline=7, target=3)
    for today in (None, dt.date(2026, 6, 4)):
        plot = charts.line_chart(
            "Accidents", falls, start=months[0], end=path.end, path=path, today=today
        )
        label = next(one for one in plot.labels if one.text == "3")
        x, y = plot.dots[-1]
        assert (label.anchor, label.y < y) == ("start", True)
        assert label.x > max(x, plot.today or 0)


def test_a_chart_with_room_beside_it_has_its_last_value_there():
    days = [dt.date(2026, month, 1) for month in range(1, 7)]
    shares = [Point(day, 90) for day in days]
    plot = charts.line_chart("In line", shares, start=days[0], end=days[-1], unit="%", aligned=True)
    label = next(one for one in plot.labels if one.kind == "t-strong")
    assert label.x > plot.right
    assert label.anchor == "start"
