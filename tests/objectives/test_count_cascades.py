"""What the figures of catchball are made of."""

import datetime as dt

import pytest

from goldenthread.engine.result import Status
from goldenthread.objectives.models import Cascade, CascadeSide, Cycle, Objective
from goldenthread.objectives.selectors.cascades.facts import (
    cascade_facts,
    quality_of,
)
from tests.cast import (
    TODAY,
    Cast,
    make_cascade,
    make_cascade_version,
    make_cycle,
    make_objective,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def parent(cast: Cast) -> Objective:
    return make_objective(cast.root, "Trains run on time", cycle=make_cycle())


def at(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(12), dt.UTC)


def closed(cast: Cast, parent: Objective, state: str, days: int = 4, **fields: object) -> Cascade:
    signed = at(TODAY)
    return make_cascade(
        cast.root,
        cast.operations,
        parent,
        **{
            "state": state,
            "proposed_at": at(TODAY - dt.timedelta(days)),
            "closed_at": signed,
            "giver_agreed_at": signed,
            "taker_agreed_at": signed,
            "reason": "No crews.",
        }
        | fields,
    )


def test_counts_of_a_cycle(cast: Cast, parent: Objective) -> None:
    taken = closed(cast, parent, "agreed", days=2)  # handed down and taken as it was
    talked = closed(cast, parent, "active", days=8)
    make_cascade_version(talked, 2, side=CascadeSide.TAKER, answers=1)
    refused = closed(cast, parent, "declined")
    make_cascade_version(refused, 2, side=CascadeSide.TAKER, answers=1)
    closed(cast, parent, "declined")  # refused at once: no change was proposed
    offered = closed(cast, parent, "agreed", direction="up", days=5)
    late = closed(cast, parent, "agreed", days=3)
    make_cascade_version(late, 2, side=CascadeSide.TAKER, answers=1, stale=True)
    make_cascade(cast.root, cast.stations, parent, answer_by=TODAY - dt.timedelta(1))
    make_cascade(cast.root, cast.stations, parent)
    for state in ("draft", "withdrawn"):
        make_cascade(cast.root, cast.stations, parent, state=state)
    found = cascade_facts(parent.cycle, TODAY)
    assert (found.needing, found.accepted, found.closed) == (8, 4, 6)
    assert (found.answered, found.waiting, found.overdue) == (3, 2, 1)
    assert sorted(found.days) == [2, 3, 5, 8]
    assert found.completeness(TODAY).value == 0.5
    symmetry = found.symmetry(TODAY)
    assert (symmetry.value, symmetry.status) == (0.5, Status.EARLY)
    assert found.time_to_agreement(TODAY).median.value == 4
    assert {taken.direction, offered.direction} == {"down", "up"}


def test_a_side_that_puts_its_own_offer_right_has_not_countered(
    cast: Cast, parent: Objective
) -> None:
    one = closed(cast, parent, "agreed")
    make_cascade_version(one, 2, side=CascadeSide.GIVER, answers=1)
    assert cascade_facts(parent.cycle, TODAY).answered == 0


def test_counts_of_a_unit_are_of_what_it_gave_and_took(cast: Cast, parent: Objective) -> None:
    closed(cast, parent, "agreed")
    make_cascade(cast.root, cast.stations, parent)
    facts = {
        unit: cascade_facts(parent.cycle, TODAY, unit).needing
        for unit in (cast.root, cast.operations, cast.stations)
    }
    assert facts == {cast.root: 2, cast.operations: 1, cast.stations: 1}


def test_another_cycle_has_none_and_says_so(cast: Cast, parent: Objective) -> None:
    closed(cast, parent, "agreed")
    other = Cycle.objects.create(
        name="Q3 2026", starts_on=dt.date(2026, 7, 1), ends_on=dt.date(2026, 9, 30)
    )
    found = cascade_facts(other, TODAY)
    assert found.completeness(TODAY).status == Status.UNDEFINED
    assert found.time_to_agreement(TODAY).median.value is None


def test_the_link_that_a_thread_makes_is_judged(cast: Cast, parent: Objective) -> None:
    one = make_cascade(cast.root, cast.operations, parent)
    assert quality_of(one).criteria == {
        "accepted": False,
        "typed": False,
        "overlaps": True,
        "not a copy": True,
        "ends in time": True,
        "names the key result": None,
    }
    assert quality_of(one).score == 0.6
