"""Saying where effort goes: what holds on which day, who may, what two people at once get to see, what is inferred."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from goldenthread.core.errors import DomainError, NotAllowed, SavedMeanwhile
from goldenthread.core.models import AuditRecord
from goldenthread.objectives.models import Cycle, Objective
from goldenthread.objectives.states import State
from goldenthread.people.models import Person, Unit
from goldenthread.strategy.models import Strategy
from goldenthread.tradeoffs.models import RUN, Allocation, NonRoutineShare
from goldenthread.tradeoffs.selectors.allocations import objective_effort, person_effort, stamp
from goldenthread.tradeoffs.selectors.inferring import inferred_effort
from goldenthread.tradeoffs.services import (
    allocate,
    confirm_inferred,
    declare_non_routine,
)
from tests.cast import (
    TODAY,
    Cast,
    make_cycle,
    make_deputy,
    make_objective,
    make_person,
    make_priority,
)

pytestmark = pytest.mark.django_db
YESTERDAY = TODAY - dt.timedelta(1)


@pytest.fixture
def cycle(cast: Cast) -> Cycle:
    return make_cycle()


@pytest.fixture
def work(cast: Cast, cycle: Cycle) -> Objective:
    return make_objective(cast.flo)


def held(**of: Any) -> list[tuple[str, int, dt.date, dt.date]]:
    rows = Allocation.objects.filter(**of).order_by("starts_on", "pk")
    return [(row.target_key, round(100 * row.share), row.starts_on, row.ends_on) for row in rows]


def share(per_cent: int) -> Decimal:
    return Decimal(per_cent) / 100


def test_a_share_holds_from_today_until_the_cycle_ends(
    cast: Cast, cycle: Cycle, work: Objective
) -> None:
    allocate(actor=cast.ben, whose=cast.flo, cycle=cycle, shares={work: share(60), RUN: share(20)})
    assert held(person=cast.flo) == [
        (f"o{work.pk}", 60, TODAY, cycle.ends_on),
        ("run", 20, TODAY, cycle.ends_on),
    ]


def test_a_change_leaves_what_held_before_it(cast: Cast, cycle: Cycle, work: Objective) -> None:
    given = {"actor": cast.ben, "whose": cast.flo, "cycle": cycle}
    allocate(**given, shares={work: share(60)}, on=cycle.starts_on)
    allocate(**given, shares={work: share(40)})
    assert held() == [
        (f"o{work.pk}", 60, cycle.starts_on, YESTERDAY),
        (f"o{work.pk}", 40, TODAY, cycle.ends_on),
    ]
    allocate(**given, shares={work: share(30)})  # the same day: in place
    allocate(**given, shares={work: Decimal(0)}, on=dt.date(2026, 6, 1))
    assert held() == [
        (f"o{work.pk}", 60, cycle.starts_on, YESTERDAY),
        (f"o{work.pk}", 30, TODAY, dt.date(2026, 5, 31)),
    ]


def test_a_change_that_is_planned_stays(cast: Cast, cycle: Cycle, work: Objective) -> None:
    june = dt.date(2026, 6, 1)
    given = {"actor": cast.ben, "whose": cast.flo, "cycle": cycle}
    allocate(**given, shares={work: share(80)}, on=june)
    allocate(**given, shares={work: share(50)})
    assert held() == [
        (f"o{work.pk}", 50, TODAY, dt.date(2026, 5, 31)),
        (f"o{work.pk}", 80, june, cycle.ends_on),
    ]
    allocate(**given, shares={work: share(10)}, on=TODAY, until=dt.date(2026, 5, 20))
    assert [row[1:] for row in held()] == [
        (10, TODAY, dt.date(2026, 5, 20)),
        (50, dt.date(2026, 5, 21), dt.date(2026, 5, 31)),
        (80, june, cycle.ends_on),
    ]


def test_a_cycle_to_come_is_planned_in_place(cast: Cast) -> None:
    later = make_cycle("Q3 2026", starts_on=dt.date(2026, 7, 1), ends_on=dt.date(2026, 9, 30))
    given = {"actor": cast.ben, "whose": cast.operations, "cycle": later}
    allocate(**given, shares={RUN: share(60)})
    allocate(**given, shares={RUN: share(70)})
    assert held() == [("run", 70, later.starts_on, later.ends_on)]
    allocate(**given, shares={RUN: Decimal(0)})
    assert held() == []


def test_nothing_changes_where_it_stands_so_already(
    cast: Cast, cycle: Cycle, work: Objective
) -> None:
    given = {"actor": cast.ben, "whose": cast.flo, "cycle": cycle, "shares": {work: share(60)}}
    allocate(**given)
    before = AuditRecord.objects.count()
    allocate(**given)
    assert AuditRecord.objects.count() == before


def test_every_act_is_on_record_and_the_person_s_key_guards_it(
    cast: Cast, cycle: Cycle, work: Objective
) -> None:
    allocate(actor=cast.ben, whose=cast.flo, cycle=cycle, shares={work: share(60)})
    line = AuditRecord.objects.get(verb="allocate")
    assert line.actor_id == cast.ben.pk
    assert line.after["starts_on"] == "2026-05-13"
    assert set(line.after["share"]) == {"sealed", "person"}


@pytest.mark.parametrize(
    ("who", "may"),
    [("ben", True), ("ada", True), ("flo", False), ("gus", False), ("dee", False), ("eve", False)],
)
def test_leaders_above_plan(cast: Cast, cycle: Cycle, who: str, may: bool) -> None:
    actor: Person = getattr(cast, who)
    whoses: list[Person | Unit] = [cast.flo, cast.operations]
    for whose in whoses:
        if may:
            allocate(actor=actor, whose=whose, cycle=cycle, shares={RUN: share(50)})
        else:
            with pytest.raises(NotAllowed):
                allocate(actor=actor, whose=whose, cycle=cycle, shares={RUN: share(50)})


def test_a_manager_who_does_not_lead_does_not_plan(cast: Cast, cycle: Cycle) -> None:
    ivo = make_person("Ivo Krag", unit=cast.operations, manager=cast.flo)
    with pytest.raises(NotAllowed):
        allocate(actor=cast.flo, whose=ivo, cycle=cycle, shares={RUN: share(50)})
    allocate(actor=cast.ben, whose=ivo, cycle=cycle, shares={RUN: share(50)})
    assert person_effort(cast.flo, ivo, TODAY) is not None  # they see it
    assert person_effort(cast.gus, ivo, TODAY) is None
    assert person_effort(cast.dee, ivo, TODAY) is None


def test_a_deputy_plans_in_the_place_of_a_leader_but_not_for_themself(
    cast: Cast, cycle: Cycle
) -> None:
    ivo = make_person("Ivo Krag", unit=cast.operations, manager=cast.ben)
    make_deputy(cast.ben, cast.flo)
    allocate(actor=cast.flo, whose=ivo, cycle=cycle, shares={RUN: share(50)})
    assert AuditRecord.objects.get(verb="allocate").note == "for Ben Aske"
    with pytest.raises(NotAllowed):
        allocate(actor=cast.flo, whose=cast.flo, cycle=cycle, shares={RUN: share(50)})


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({"shares": {RUN: Decimal("3.5")}}, "between 0 and 300"),
        ({"on": dt.date(2026, 7, 1)}, "a day of Q2 2026"),
        ({"until": dt.date(2026, 7, 1)}, "ends on a day of Q2 2026"),
    ],
)
def test_what_cannot_stand_says_why(
    cast: Cast, cycle: Cycle, given: dict[str, Any], why: str
) -> None:
    with pytest.raises(DomainError, match=why):
        allocate(actor=cast.ben, whose=cast.flo, cycle=cycle, **{"shares": {RUN: share(1)}} | given)
    assert not held()


def test_no_effort_into_what_is_closed_or_not_running(cast: Cast, cycle: Cycle) -> None:
    closed = make_objective(cast.flo, state=State.MISSED)
    later = make_cycle("Q3 2026", starts_on=dt.date(2026, 7, 1), ends_on=dt.date(2026, 9, 30))
    far = make_objective(cast.flo, cycle=later)
    for target, why in ((closed, "is closed"), (far, "does not run in")):
        with pytest.raises(DomainError, match=why):
            allocate(actor=cast.ben, whose=cast.flo, cycle=cycle, shares={target: share(10)})
    cycle.state = Cycle.State.CLOSED
    with pytest.raises(DomainError, match="Q2 2026 is closed"):
        allocate(actor=cast.ben, whose=cast.flo, cycle=cycle, shares={RUN: share(10)})


def test_of_two_at_once_the_second_sees_both(cast: Cast, cycle: Cycle) -> None:
    given = {"whose": cast.flo, "cycle": cycle}
    seen = stamp([])
    allocate(actor=cast.ben, **given, shares={RUN: share(40)}, seen=seen)
    with pytest.raises(SavedMeanwhile) as refused:
        allocate(actor=cast.ada, **given, shares={RUN: share(70)}, seen=seen)
    assert refused.value.mine == {"run": share(70)}
    assert [row[1] for row in held()] == [40]


def test_effort_is_inferred_only_from_a_declared_share(
    cast: Cast, cycle: Cycle, work: Objective
) -> None:
    other = make_objective(cast.flo, "Train the new planners")
    make_objective(cast.flo, "A draft", state=State.DRAFT)
    assert inferred_effort(cast.flo, TODAY) == []
    with pytest.raises(NotAllowed):
        declare_non_routine(actor=cast.flo, share=share(60))
    declare_non_routine(actor=cast.ben, share=share(50))
    declare_non_routine(actor=cast.ada, share=share(60))
    found = {one.target: one.share for one in inferred_effort(cast.flo, TODAY)}
    assert found == {work: share(30), other: share(30), RUN: share(40)}
    shown = person_effort(cast.flo, cast.flo, TODAY)
    assert shown is not None
    assert shown.inferred
    assert not Allocation.objects.exists()
    assert NonRoutineShare.objects.count() == 2


def test_one_tap_confirms_what_was_inferred(cast: Cast, cycle: Cycle, work: Objective) -> None:
    declare_non_routine(actor=cast.ada, share=share(60))
    with pytest.raises(NotAllowed):
        confirm_inferred(actor=cast.ben, person=cast.flo)
    confirm_inferred(actor=cast.flo, person=cast.flo)
    assert {row[:2] for row in held()} == {(f"o{work.pk}", 60), ("run", 40)}
    assert inferred_effort(cast.flo, TODAY) == []
    with pytest.raises(DomainError, match="nothing to confirm"):
        confirm_inferred(actor=cast.flo, person=cast.flo)


def test_what_a_reader_may_not_see_is_one_sum(
    cast: Cast, cycle: Cycle, strategy: Strategy, work: Objective
) -> None:
    secret = make_objective(cast.cyd, "Close two stations", restricted=True)
    plan = make_priority(strategy, "Sell the depot", confidential=True)
    shares = {work: share(50), secret: share(20), plan: share(10)}
    allocate(actor=cast.ada, whose=cast.flo, cycle=cycle, shares=shares)
    shown = person_effort(cast.flo, cast.flo, TODAY)
    assert shown is not None
    assert [(part.words, part.share) for part in shown.parts] == [
        (str(work), share(50)),
        ("What you may not see", share(30)),
    ]
    assert shown.look.word == "Full"


def test_effort_into_an_objective_is_summed_and_not_to_be_told_by_subtraction(
    cast: Cast, cycle: Cycle
) -> None:
    goal = make_objective(cast.operations, "Restore the timetable")
    crew = [
        make_person(f"Crew {n}", unit=cast.stations, manager=cast.gus, account=False)
        for n in range(4)
    ]
    for person in [*crew, cast.flo]:
        allocate(actor=cast.ada, whose=person, cycle=cycle, shares={goal: share(50)})
    for_ada = objective_effort(cast.ada, goal, TODAY)
    assert for_ada is not None
    assert (for_ada.fte, for_ada.people, len(for_ada.givers)) == (Decimal("2.5"), 5, 5)
    for_dee = objective_effort(cast.dee, goal, TODAY)
    assert for_dee is not None
    assert (for_dee.fte, for_dee.givers) == (Decimal("2.5"), [])
    for_flo = objective_effort(cast.flo, goal, TODAY)  # all but her own are four
    assert for_flo is not None
    assert for_flo.fte is None
    assert [one.whose for one in for_flo.givers] == [cast.flo]


def test_a_unit_s_share_speaks_of_those_of_whom_nothing_is_entered(
    cast: Cast, cycle: Cycle
) -> None:
    goal = make_objective(cast.operations, "Restore the timetable")
    allocate(actor=cast.ada, whose=cast.root, cycle=cycle, shares={goal: share(10)})
    found = objective_effort(cast.ada, goal, TODAY)
    assert found is not None
    assert (found.people, found.fte) == (7, Decimal("0.7"))
    allocate(actor=cast.ada, whose=cast.stations, cycle=cycle, shares={RUN: share(100)})
    allocate(actor=cast.ada, whose=cast.flo, cycle=cycle, shares={goal: share(50)})
    found = objective_effort(cast.ada, goal, TODAY)
    assert found is not None
    # Ada, Dee, Eve and Ben by the unit above; Gus and Cyd by their own; Flo by hers.
    assert (found.people, found.fte) == (5, Decimal("0.9"))


def test_effort_ends_with_the_objective(cast: Cast, cycle: Cycle, work: Objective) -> None:
    allocate(actor=cast.ben, whose=cast.flo, cycle=cycle, shares={work: share(60)})
    Objective.objects.filter(pk=work.pk).update(
        state=State.ACHIEVED, closed_at=dt.datetime(2026, 5, 13, 12, tzinfo=dt.UTC)
    )
    assert not Allocation.objects.in_force(TODAY).exists()
    assert objective_effort(cast.ben, work, TODAY) is None
