"""Where KPIs and priorities stand: figures worked by hand, pace, ranges, and what is missing and why."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from goldenthread.engine.pace import Health
from goldenthread.strategy import selectors
from goldenthread.strategy.models import ExpectedResult, Kpi, Observation, Priority, Strategy
from tests.cast import TODAY, make_kpi, make_priority

pytestmark = pytest.mark.django_db

JANUARY, DECEMBER = dt.date(2026, 1, 1), dt.date(2026, 12, 31)
NOVEMBER = dt.date(2026, 11, 23)


def seen(kpi: Kpi, **values: str) -> Kpi:
    """`seen(kpi, m5_13="51.2")`: observations by month and day of 2026."""
    for day, value in values.items():
        month, number = map(int, day[1:].split("_"))
        on = dt.date(2026, month, number)
        Observation.objects.create(kpi=kpi, on=on, value=Decimal(value), recorded_at=timezone.now())
    return kpi


def aimed(kpi: Kpi, **fields: Any) -> Kpi:
    kpi.targets.create(**{"starts_on": JANUARY, "due_on": DECEMBER} | fields)
    return kpi


def stands(kpi: Kpi, on: dt.date = TODAY) -> selectors.Standing:
    return selectors.kpi_standings([kpi], on)[kpi.pk]


def expects(priority: Priority, kpi: Kpi | None, baseline: str = "", target: str = "") -> None:
    priority.expected_results.create(
        text=kpi.name if kpi else "In words",
        kpi=kpi,
        baseline=Decimal(baseline) if baseline else None,
        target=Decimal(target) if target else None,
        starts_on=JANUARY,
        due_on=DECEMBER,
    )


def test_a_priority_is_the_mean_of_its_results(strategy: Strategy) -> None:
    quiet, keep = make_priority(strategy, "The quiet pump"), make_priority(strategy, "Installers")
    expects(quiet, seen(make_kpi("Sound", direction="down"), m11_20="51.2"), "58", "50")
    expects(quiet, seen(make_kpi("Efficiency"), m11_20="4.86"), "4.2", "5.0")
    expects(keep, seen(make_kpi("Ordering"), m11_20="76"), "71", "85")
    expects(keep, seen(make_kpi("Calls"), m11_20="68"), "48", "90")
    found = selectors.priority_standings([quiet, keep], NOVEMBER)
    assert found[quiet.pk].score == pytest.approx(0.8375)
    assert round(found[quiet.pk].expected or 0, 2) == 0.89
    assert found[quiet.pk].health == Health.ON_PACE
    assert found[keep.pk].score == pytest.approx((5 / 14 + 20 / 42) / 2)
    assert found[keep.pk].health == Health.AT_RISK


def test_results_in_words_or_without_values_are_left_out_and_counted(strategy: Strategy) -> None:
    priority = make_priority(strategy)
    expects(priority, None)
    expects(priority, make_kpi("Never seen"), "0", "10")
    found = selectors.priority_standings([priority], TODAY)[priority.pk]
    assert (found.score, found.reason) == (None, "none of its results is measured")
    expects(priority, seen(make_kpi("Seen"), m5_1="5"), "0", "10")
    found = selectors.priority_standings([priority], TODAY)[priority.pk]
    assert (found.score, found.measured, found.count) == (0.5, 1, 3)
    assert [one.reason for one in found.results] == ["no KPI shows it yet", "not measured", ""]


def test_an_unconfirmed_kpi_stays_out_of_the_figure(strategy: Strategy) -> None:
    priority = make_priority(strategy)
    kpi = seen(make_kpi(state=Kpi.State.UNCONFIRMED), m5_1="5")
    expects(priority, kpi, "0", "10")
    found = selectors.priority_standings([priority], TODAY)[priority.pk]
    assert (found.score, found.results[0].reason) == (None, "its KPI is unconfirmed")


def test_a_kpi_with_a_range_and_no_target_is_judged_by_the_range() -> None:
    kpi = seen(make_kpi(low=Decimal(1), high=Decimal(2)), m5_12="3")
    assert (stands(kpi).health, stands(kpi).out_of_range) == (Health.AT_RISK, "above its range")


def test_a_priority_without_results_says_so(strategy: Strategy) -> None:
    priority = make_priority(strategy)
    found = selectors.priority_standings([priority], TODAY)[priority.pk]
    assert (found.score, found.reason) == (None, "it has no expected results")


def test_a_result_without_a_target_takes_the_kpis(strategy: Strategy) -> None:
    priority = make_priority(strategy)
    kpi = aimed(seen(make_kpi(), m5_1="5"), baseline=Decimal(0), value=Decimal(20))
    expects(priority, kpi)
    assert selectors.priority_standings([priority], TODAY)[priority.pk].score == 0.25


@pytest.mark.parametrize(
    ("value", "health", "wrong"),
    [
        ("36", Health.ON_PACE, ""),
        ("20", Health.BEHIND, ""),
        ("5", Health.AT_RISK, "far from its target"),
        ("100", Health.DONE, ""),
    ],
)
def test_pace_is_judged_against_the_elapsed_part(value: str, health: Health, wrong: str) -> None:
    kpi = aimed(seen(make_kpi(), m5_12=value), baseline=Decimal(0), value=Decimal(100))
    standing = stands(kpi)
    assert standing.expected == pytest.approx(132 / 365)
    assert (standing.health, standing.out_of_range) == (health, wrong)


def test_a_missed_date_is_out_of_range() -> None:
    kpi = aimed(
        seen(make_kpi(), m5_12="95"),
        baseline=Decimal(0),
        value=Decimal(100),
        due_on=dt.date(2026, 4, 30),
    )
    assert stands(kpi).out_of_range == "short of its target, whose date has passed"


@pytest.mark.parametrize(
    ("value", "health", "wrong"),
    [
        ("4", Health.ON_PACE, ""),
        ("6", Health.ON_PACE, ""),
        ("6.01", Health.AT_RISK, "above its range"),
        ("3.9", Health.AT_RISK, "below its range"),
    ],
)
def test_a_range_counts_its_ends(value: str, health: Health, wrong: str) -> None:
    kpi = seen(make_kpi(direction="hold", low=Decimal(4), high=Decimal(6)), m5_12=value)
    standing = stands(kpi)
    assert (standing.health, standing.out_of_range) == (health, wrong)


def test_the_score_of_a_range_is_the_share_of_days_within_it() -> None:
    kpi = aimed(
        make_kpi(direction="hold"), low=Decimal(4), high=Decimal(6), starts_on=dt.date(2026, 5, 4)
    )
    seen(kpi, m5_4="5", m5_9="7")
    assert stands(kpi).score.clamped == 0.5


def test_an_old_value_is_outdated() -> None:
    kpi = aimed(
        seen(make_kpi(cadence_days=30), m3_13="36"), baseline=Decimal(0), value=Decimal(100)
    )
    assert stands(kpi).health == Health.OUTDATED
    kpi.cadence_days = 31
    assert stands(kpi).health == Health.ON_PACE


def test_the_target_in_force_is_the_next_one_due() -> None:
    kpi = seen(make_kpi(), m5_12="5")
    aimed(kpi, due_on=dt.date(2026, 3, 31), value=Decimal(4), baseline=Decimal(0))
    aimed(kpi, due_on=dt.date(2026, 6, 30), value=Decimal(8), baseline=Decimal(0))
    aimed(kpi, due_on=DECEMBER, value=Decimal(16), baseline=Decimal(0))
    assert stands(kpi).aim.target == Decimal(8)
    assert stands(kpi, dt.date(2027, 2, 1)).aim.target == Decimal(16)


def test_a_missing_baseline_is_the_value_at_the_start_and_never_invented() -> None:
    kpi = aimed(make_kpi(), value=Decimal(20), starts_on=dt.date(2026, 2, 1))
    seen(kpi, m5_12="15")
    assert stands(kpi).score.reason == "no baseline"
    seen(kpi, m1_31="10")
    assert stands(kpi).score.clamped == 0.5


def test_a_target_in_words_gives_no_score() -> None:
    kpi = aimed(seen(make_kpi(), m5_12="15"), text="noticeably better")
    assert (stands(kpi).score.clamped, stands(kpi).score.reason) == (
        None,
        "the target is in words only",
    )


def test_the_future_is_not_read() -> None:
    kpi = aimed(seen(make_kpi(), m5_12="36", m6_1="90"), baseline=Decimal(0), value=Decimal(100))
    assert stands(kpi).score.clamped == pytest.approx(0.36)


def test_the_reads_do_not_grow_with_the_rows(
    strategy: Strategy, django_assert_num_queries: Any
) -> None:
    for number in range(6):
        priority = make_priority(strategy, f"P{number}")
        expects(priority, seen(make_kpi(f"K{number}"), m5_12="5"), "0", "10")
    priorities = list(Priority.objects.select_related("strategy"))
    with django_assert_num_queries(2):  # each result has a target of its own
        selectors.priority_standings(priorities, TODAY)
    ExpectedResult.objects.filter(priority=priorities[0]).update(target=None)
    with django_assert_num_queries(3):
        selectors.priority_standings(priorities, TODAY)
    kpis = list(Kpi.objects.all())
    with django_assert_num_queries(2):
        selectors.kpi_standings(kpis, TODAY)
