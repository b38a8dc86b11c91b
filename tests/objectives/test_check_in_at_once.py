"""Check-ins at the same time, and while everything is counted: the sums end as a full count has them."""

import threading
from collections.abc import Callable
from decimal import Decimal

import pytest
from django.db import connection

from goldenthread.core.models import Organisation
from goldenthread.objectives.models import Objective
from goldenthread.objectives.services.check_ins import check_in
from goldenthread.objectives.services.counting import count_work
from goldenthread.people.models import Person
from tests.cast import (
    link,
    make_cast,
    make_key_result,
    make_objective,
    make_organisation,
    make_priority,
    make_strategy,
)
from tests.objectives.test_count_work import stored_as_counted_anew

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
WRITERS, EACH = 4, 8


def at_once(*work: Callable[[], None]) -> None:
    """Run each in a thread with a connection of its own, and raise what any of them raised."""
    wrong: list[BaseException] = []

    def run(one: Callable[[], None]) -> None:
        try:
            one()
        except BaseException as error:
            wrong.append(error)
        finally:
            Organisation.forget()
            connection.close()

    threads = [threading.Thread(target=run, args=[one]) for one in work]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if wrong:
        raise wrong[0]


def test_no_check_in_is_lost_or_counted_twice() -> None:
    make_organisation()
    cast = make_cast()
    priority = make_priority(make_strategy(cast.ada), weight=Decimal(100))
    objectives = [make_objective(cast.flo, f"O{place}") for place in range(3)]
    for objective in objectives:
        link(objective, priority)
        make_key_result(objective)
    count_work()

    def writer(number: int) -> Callable[[], None]:
        def write() -> None:
            flo = Person.objects.get(pk=cast.flo.pk)
            for turn in range(EACH):
                objective = Objective.objects.get(pk=objectives[(number + turn) % 3].pk)
                check_in(
                    actor=flo,
                    key_result=objective.key_results.get(),
                    value=Decimal(12 + number + turn),
                )

        return write

    def counter() -> None:
        for _ in range(4):
            count_work()

    at_once(*(writer(number) for number in range(WRITERS)), counter)
    stored_as_counted_anew()
    for objective in Objective.objects.all():
        assert objective.key_results.get().check_ins.count() >= EACH
