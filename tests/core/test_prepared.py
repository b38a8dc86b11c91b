"""A query put into SQL once answers what the query itself would."""

import threading
from collections.abc import Sequence
from typing import Any

import pytest
from django.db import connection
from django.db.models import Exists, OuterRef, QuerySet
from django.test.utils import CaptureQueriesContext

from goldenthread.core.prepared import Prepared
from goldenthread.people.models import Person, Unit

pytestmark = pytest.mark.django_db


def people_of(leads: bool, *, units: Sequence[int], but: int) -> QuerySet[Person]:
    led = Exists(Unit.objects.filter(leader=OuterRef("pk"), pk__in=units))
    rows = Person.objects.filter(unit__in=units).exclude(pk=but).filter(led if leads else ~led)
    return rows.select_related("unit").annotate(is_led=led).order_by("pk")


@pytest.fixture
def people() -> list[Person]:
    units = [Unit.objects.create(name=f"U{n}") for n in range(5)]
    made = [Person.objects.create(name=f"P{n}", unit=units[n % 5]) for n in range(15)]
    for unit, person in zip(units, made, strict=False):
        unit.leader = person
        unit.save()
    return made


def told(rows: Any) -> list[Any]:
    return [(row.pk, row.name, row.unit.name, row.is_led) for row in rows]


@pytest.mark.parametrize("leads", [True, False])
@pytest.mark.parametrize("count", range(6))
def test_it_answers_what_the_query_answers(people: list[Person], count: int, leads: bool) -> None:
    prepared = Prepared(people_of)
    units = [unit.pk for unit in Unit.objects.all()[:count]]
    for but in (people[0].pk, people[7].pk, 0):
        expected = told(people_of(leads, units=units, but=but))
        assert told(prepared(leads, units=units, but=but)) == expected
        with CaptureQueriesContext(connection) as asked:
            again = told(prepared(leads, units=units[::-1], but=but))
        assert again == expected
        assert len(asked) == (1 if units else 0)


def test_it_is_built_once_for_a_shape(people: list[Person]) -> None:
    built: list[int] = []

    def build(*, units: Sequence[int]) -> QuerySet[Person]:
        built.append(len(units))
        return Person.objects.filter(unit__in=units)

    prepared = Prepared(build)
    units = [unit.pk for unit in Unit.objects.all()]
    for some in (units[:1], units[1:2], units[:3], units[1:5], units):
        assert len(prepared(units=some)) == 3 * len(some)
    assert built == [1, 4, 8]  # rounded up: 3 and 4 share one


def test_values_and_slices_come_back(people: list[Person]) -> None:
    prepared = Prepared(
        lambda *, unit: (
            Person.objects.filter(unit=unit).order_by("-pk").values_list("pk", "name")[:2]
        )
    )
    unit = people[0].unit
    assert unit is not None
    assert prepared(unit=unit.pk) == [(people[10].pk, "P10"), (people[5].pk, "P5")]


@pytest.mark.django_db(transaction=True)
def test_threads_ask_over_their_own_connections(people: list[Person]) -> None:
    prepared = Prepared(people_of)
    units = [unit.pk for unit in Unit.objects.all()]
    expected = told(prepared(False, units=units, but=0))
    answers: list[Any] = []

    def ask() -> None:
        try:
            answers.append(told(prepared(False, units=units, but=0)))
        finally:
            connection.close()

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [expected] * 4
