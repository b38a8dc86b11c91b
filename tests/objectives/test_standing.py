"""One verdict: the page of an objective and a filter over thousands say the same on every day."""

import datetime as dt
from collections import Counter

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from goldenthread.engine.pace import Health
from goldenthread.objectives.models import CheckIn, KeyResult, Objective
from goldenthread.objectives.selectors.standing import UNCONFIRMED, standing, with_health
from goldenthread.objectives.selectors.sums import summary
from goldenthread.objectives.services.figures import refresh
from goldenthread.objectives.states import CLOSED, State
from goldenthread.people.models import Person
from tests.cast import TODAY, Cast, make_cycle, make_key_result, make_objective, make_organisation
from tests.drawn import cases

DAY = dt.timedelta(days=1)
KEY_RESULTS = st.lists(
    st.tuples(
        st.sampled_from(["metric", "threshold"]),
        st.sampled_from([0, 1, 2]),  # weight
        st.none() | st.sampled_from([0, 4, 10, 22, 25, 37.5, 40]),  # value
        st.integers(0, 60),  # checked in on this day of the period
    ),
    max_size=3,
)
OBJECTIVES = st.tuples(
    st.sampled_from([State.UNCONFIRMED, State.DRAFT, State.PROPOSED, State.ACTIVE, State.ACTIVE]),
    st.integers(-20, 20),  # begins so many days from the cycle's first
    st.integers(10, 120),  # and lasts so long
    st.none() | st.sampled_from([1, 7, 30]),  # cadence
    KEY_RESULTS,
)


def observed(objective: Objective, rows: list[tuple[str, int, float | None, int]]) -> None:
    """The key results with a check-in each, written as an import would."""
    for kind, weight, value, day in rows:
        held = {"baseline": None, "target": None, "high": 25} if kind == "threshold" else {}
        row = make_key_result(objective, f"{kind} {day}", kind=kind, weight=weight, **held)
        if value is not None:
            on = objective.starts + day * DAY
            CheckIn.objects.create(
                key_result=row, as_of=on, value=value, recorded_at=dt.datetime.now(dt.UTC)
            )


class EveryObjective(TestCase):
    @settings(max_examples=cases(60), deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.lists(OBJECTIVES, min_size=1, max_size=4), st.integers(-25, 140))
    def test_a_filter_agrees_with_the_page(
        self, given_ones: list[tuple[str, int, int, int | None, list]], passed: int
    ) -> None:
        make_organisation()
        owner = Person.objects.create(name="Ada")
        cycle = make_cycle()
        for state, offset, length, cadence, rows in given_ones:
            starts = cycle.starts_on + offset * DAY
            objective = make_objective(
                owner,
                cycle=cycle,
                state=state,
                starts_on=starts,
                ends_on=starts + length * DAY,
                cadence_days=cadence,
            )
            observed(objective, rows)
        refresh(Objective.objects.all())
        on = cycle.starts_on + passed * DAY
        every = Objective.objects.select_related("cycle")
        said = {one.pk: str(standing(one, on).health) for one in every}
        for health in [*Health, UNCONFIRMED]:
            found = set(
                with_health(Objective.objects.all(), str(health), on).values_list("pk", flat=True)
            )
            assert found == {pk for pk, word in said.items() if word == str(health)}, health
        assert summary(owner, on).by_health == Counter(said.values())


@pytest.mark.django_db
class TestOneDay:
    def test_nothing_measured_is_not_measured_and_never_0(self, cast: Cast) -> None:
        objective = make_objective(cast.flo)
        make_key_result(objective)
        refresh([objective])
        objective.refresh_from_db()
        found = standing(objective, TODAY)
        assert (found.health, found.score) == (Health.NOT_MEASURED, None)

    def test_closed_ones_are_in_no_filter_and_stand_as_they_closed(self, cast: Cast) -> None:
        objective = make_objective(
            cast.flo,
            state=State.MISSED,
            closing_score=0.4,
            closed_at=dt.datetime(2026, 5, 1, tzinfo=dt.UTC),
        )
        for health in Health:
            assert not with_health(Objective.objects.all(), health, TODAY).exists()
        assert standing(objective, TODAY).score == 0.4
        assert State.MISSED in CLOSED

    def test_a_key_result_that_holds_is_expected_its_share_from_the_first_day(
        self, cast: Cast
    ) -> None:
        objective = make_objective(cast.flo, cadence_days=60)
        row = make_key_result(objective, kind="threshold", high=25, required_share="0.900")
        CheckIn.objects.create(
            key_result=row,
            as_of=objective.starts,
            value=20,
            recorded_at=dt.datetime.now(dt.UTC),
        )
        refresh([objective])
        objective.refresh_from_db()
        found = standing(objective, TODAY)
        assert (found.health, found.score) == (Health.ON_PACE, 1)
        assert found.expected == pytest.approx(0.9)
        assert KeyResult.objects.get().score == 1
