"""The two trees: whatever is done to them, no loop is stored and the closures stay true."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from goldenthread.core.errors import LoopRefused
from goldenthread.people import services
from goldenthread.people.models import Person, ReportingClosure, Unit, UnitClosure
from tests.cast import make_organisation
from tests.drawn import cases

SIZE = 7
MOVES = st.lists(
    st.tuples(
        st.booleans(),
        st.integers(0, SIZE - 1),
        st.none() | st.integers(0, SIZE - 1),
    ),
    max_size=25,
)


def closures() -> tuple[set[tuple[int, int, int]], set[tuple[int, int, int]]]:
    return (
        set(UnitClosure.objects.values_list("ancestor_id", "descendant_id", "depth")),
        set(ReportingClosure.objects.values_list("manager_id", "report_id", "depth")),
    )


class EveryMove(TestCase):
    @settings(max_examples=cases(40), deadline=None, suppress_health_check=list(HealthCheck))
    @given(MOVES)
    def test_moving_keeps_the_closures_as_rebuilding_makes_them(
        self, moves: list[tuple[bool, int, int | None]]
    ) -> None:
        make_organisation()
        actor = Person.objects.create(name="Dee", is_hr=True, granted_leader=True)
        people = [services.add_person(actor=actor, name=f"P{n}") for n in range(SIZE)]
        units = [services.add_unit(actor=actor, name=f"U{n}") for n in range(SIZE)]
        for of_people, lower, upper in moves:
            try:
                if of_people:
                    manager = None if upper is None else people[upper]
                    services.set_manager(actor=actor, person=people[lower], manager=manager)
                else:
                    parent = None if upper is None else units[upper]
                    services.move_unit(actor=actor, unit=units[lower], parent=parent)
            except LoopRefused:
                continue
        managers = dict(Person.objects.values_list("pk", "manager_id"))
        parents = dict(Unit.objects.values_list("pk", "parent_id"))
        assert services.find_loop(managers) is None
        assert services.find_loop(parents) is None
        kept = closures()
        services.rebuild_closures()
        assert closures() == kept


def test_a_loop_is_found_with_its_path() -> None:
    assert services.find_loop({"a": "b", "b": None, "c": "x"}) is None
    assert services.find_loop({"a": "b", "b": "c", "c": "b"}) == ["b", "c", "b"]
    assert services.find_loop({"a": "a"}) == ["a", "a"]


@pytest.mark.django_db
def test_rebuilding_refuses_a_loop_and_keeps_what_was() -> None:
    make_organisation()
    ada = Person.objects.create(name="Ada")
    ben = Person.objects.create(name="Ben", manager=ada)
    services.rebuild_closures()
    kept = closures()
    Person.objects.filter(pk=ada.pk).update(manager=ben)
    with pytest.raises(LoopRefused, match="Ada → Ben → Ada"):
        services.rebuild_closures()
    assert closures() == kept


@pytest.mark.django_db
def test_ten_thousand_people_are_rebuilt_in_a_few_statements(
    django_assert_max_num_queries: object,
) -> None:
    make_organisation()
    Person.objects.bulk_create(
        [Person(pk=n, name=f"P{n}", manager_id=(n // 6) or None) for n in range(1, 10_001)],
        batch_size=500,
    )
    with django_assert_max_num_queries(12):
        services.rebuild_closures()
    top = ReportingClosure.objects.filter(manager_id=1).count()
    assert top == Person.objects.filter(closure_above__manager_id=1).count() > 1000
