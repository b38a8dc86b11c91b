"""What serves a priority, moved by each check-in, is what counting everything anew would give."""

import datetime as dt
from contextlib import suppress
from decimal import Decimal

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from goldenthread.core.errors import DomainError, LoopRefused
from goldenthread.core.jobs import run_due
from goldenthread.core.models import Job
from goldenthread.demo.days import standing_on
from goldenthread.engine.scores import work_done
from goldenthread.objectives.models import Objective, PriorityWork, StrategyWork
from goldenthread.objectives.selectors.counted_work import (
    COUNT_WORK,
    add_up,
    counted_work,
    is_counted,
    open_scores,
)
from goldenthread.objectives.services.check_ins import check_in
from goldenthread.objectives.services.counting import count_work
from goldenthread.strategy.models import Priority, Strategy
from tests.acts import KINDS, World, act, make_world
from tests.cast import Cast, link, make_key_result, make_objective, make_priority, make_strategy
from tests.drawn import cases

CHECKED = st.sampled_from([*KINDS, *["check in"] * 12, *["correct"] * 4, *["count"] * 8])
ACTS = st.lists(st.tuples(CHECKED, st.integers(0, 29), st.integers(0, 29)), max_size=30)


def stored_as_counted_anew() -> None:
    """The sums of every priority in use, to nine digits, and what reaches it exactly."""
    found, scores = add_up(), open_scores()
    for pk, kept in found.shares():
        row, anew = PriorityWork.objects.get(pk=pk), work_done(kept, scores)
        assert (row.objectives, row.people) == found.by_priority[pk]
        assert row.n == anew.n
        assert row.measured == pytest.approx(anew.measured, abs=1e-9)
        assert row.done == pytest.approx(anew.done, abs=1e-9)
    for pk, reached in found.by_strategy.items():
        whole = StrategyWork.objects.get(pk=pk)
        assert (whole.objectives, whole.people) == reached


class EveryAct(TestCase):
    @settings(max_examples=cases(40), deadline=None, suppress_health_check=list(HealthCheck))
    @given(ACTS)
    def test_the_sums_are_those_of_a_full_count_or_say_that_they_are_not(
        self, acts: list[tuple[str, int, int]]
    ) -> None:
        world: World = make_world()
        for kind, at, to in [("count", 0, 0), *acts, ("count", 0, 0)]:
            with standing_on(world.day):
                if kind == "next day":
                    world.day += dt.timedelta(days=1 + at % 3)
                    continue
                if kind == "count":
                    run_due()
                    count_work()
                    assert is_counted()
                else:
                    with suppress(DomainError, LoopRefused), transaction.atomic():
                        act(world, kind, at, to)
                if is_counted():
                    stored_as_counted_anew()


def test_work_below_a_unit_s_priority_counts_before_that_serves_the_organisation(
    cast: Cast, strategy: Strategy
) -> None:
    of_unit = make_priority(make_strategy(cast.ada, title="Of rails", unit=cast.stations), "Track")
    objective = make_objective(cast.cyd)
    link(objective, of_unit)
    check_in(actor=cast.cyd, key_result=make_key_result(objective), value=Decimal(20))

    counted = counted_work(of_unit.strategy, [of_unit])

    assert counted.of[of_unit.pk].n == 1
    assert counted.of[of_unit.pk].done > 0


def test_a_check_in_moves_the_sums_without_asking_for_a_count(
    cast: Cast, strategy: Strategy
) -> None:
    priority = make_priority(strategy, weight=Decimal(100))
    first, second = make_objective(cast.flo, "A"), make_objective(cast.cyd, "B")
    for one in (first, second):
        link(one, priority)
        make_key_result(one)
    count_work()
    Job.objects.all().delete()
    check_in(actor=cast.flo, key_result=first.key_results.get(), value=Decimal(25))
    row = PriorityWork.objects.get(pk=priority.pk)
    assert (row.n, row.measured, row.done) == (1, pytest.approx(0.5), pytest.approx(0.25))
    assert is_counted()


def test_lines_that_change_together_ask_for_one_count(cast: Cast, strategy: Strategy) -> None:
    priority = make_priority(strategy)
    assert not Job.objects.exists()  # nothing was counted yet, so nothing is out of date
    count_work()
    for title in "ABC":
        link(make_objective(cast.flo, title), priority)
    assert Job.objects.filter(kind=COUNT_WORK).count() == 1
    run_due()
    assert is_counted()
    assert PriorityWork.objects.get(pk=priority.pk).objectives == 3


def test_a_large_organisation_reads_what_was_counted_and_says_that_it_is_older(
    cast: Cast, strategy: Strategy, monkeypatch: pytest.MonkeyPatch
) -> None:
    priority = make_priority(strategy)
    link(make_objective(cast.flo, "A"), priority)
    count_work()
    link(make_objective(cast.flo, "B"), priority)
    here = counted_work(strategy, [priority])
    assert (here.of[priority.pk].objectives, here.is_stale) == (2, False)
    monkeypatch.setattr("goldenthread.objectives.selectors.counted_work.AT_ONCE", 1)
    stored = counted_work(strategy, [priority])
    assert (stored.of[priority.pk].objectives, stored.is_stale) == (1, True)
    run_due()
    assert counted_work(strategy, [priority]).of[priority.pk].objectives == 2


def test_what_is_no_longer_in_line_keeps_nothing(cast: Cast, strategy: Strategy) -> None:
    priority = make_priority(strategy)
    one = make_objective(cast.flo, "A", score=0.5)
    link(one, priority)
    count_work()
    assert PriorityWork.objects.get(pk=priority.pk).done == pytest.approx(0.5)
    Priority.objects.filter(pk=priority.pk).update(state=Priority.State.DROPPED)
    Objective.objects.filter(pk=one.pk).update(score=0.9)
    count_work()
    row = PriorityWork.objects.get(pk=priority.pk)
    assert (row.objectives, row.n, row.done) == (0, 0, 0.0)
