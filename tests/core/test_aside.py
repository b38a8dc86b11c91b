"""Long work aside: invisible until its flip, there at once, and never on top of what somebody changed meanwhile."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from decimal import Decimal

import pytest
from django.db import connection, transaction

from goldenthread.core import aside, audit
from goldenthread.core.errors import DomainError
from goldenthread.core.jobs import Cancelled, enqueue
from goldenthread.core.models import AuditRecord, Job
from goldenthread.objectives.models import CheckIn
from goldenthread.objectives.services import check_ins
from goldenthread.people import services
from goldenthread.people.models import Person, ReportingClosure, Unit
from tests.cast import Cast, make_key_result, make_objective

pytestmark = pytest.mark.django_db(transaction=True)
only_sqlite = pytest.mark.sqlite  # PostgreSQL has a transaction for this


def add(dee: Person, *names: str) -> list[Person]:
    """People, each reporting to the one before."""
    above: Person | None = None
    made = []
    for name in names:
        above = services.add_person(actor=dee, name=name, manager=above)
        made.append(above)
    return made


def meanwhile(write: Callable[[], object]) -> None:
    """What somebody else does in the middle of the work, on the database that everybody sees."""

    def run() -> None:
        write()
        connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()


def test_a_rehearsal_answers_and_leaves_nothing(dee: Person) -> None:
    before = Person.objects.count()
    made = aside.rehearse(lambda: add(dee, "Kim Ek", "Liv Moe"))
    assert [str(one) for one in made] == ["Kim Ek", "Liv Moe"]
    assert Person.objects.count() == before


def test_what_was_done_aside_is_there_at_once_and_whole(dee: Person, ben: Person) -> None:
    def work() -> list[Person]:
        services.set_manager(actor=dee, person=ben, manager=None)
        return add(dee, "Kim Ek", "Liv Moe", "Ola Lie")

    seen: list[int] = []

    @contextmanager
    def around() -> Iterator[None]:
        seen.append(Person.objects.filter(name__in=["Kim Ek", "Ola Lie"]).count())
        yield
        seen.append(Person.objects.filter(name__in=["Kim Ek", "Ola Lie"]).count())

    made = aside.flip(work, around=around)
    assert seen == [0, 2]
    kim = Person.objects.get(name="Kim Ek")
    assert kim.pk == made[0].pk
    assert ReportingClosure.objects.get(manager=kim, report__name="Ola Lie").depth == 2
    ben.refresh_from_db()
    assert ben.manager is None
    told = AuditRecord.objects.filter(verb="add person").order_by("pk")
    assert [audit.opened(one.after)["name"] for one in told] == ["Kim Ek", "Liv Moe", "Ola Lie"]
    assert audit.verify() is None


def test_a_step_that_refuses_leaves_nothing(dee: Person) -> None:
    @contextmanager
    def cancelled() -> Iterator[None]:
        with transaction.atomic():
            raise Cancelled
            yield

    with pytest.raises(Cancelled):
        aside.flip(lambda: add(dee, "Kim Ek"), cancelled)
    assert not Person.objects.filter(name="Kim Ek").exists()


def test_a_refusal_in_the_work_leaves_nothing(dee: Person) -> None:
    def work() -> None:
        add(dee, "Kim Ek")
        raise DomainError("No.")

    with pytest.raises(DomainError):
        aside.flip(work)
    assert not Person.objects.filter(name="Kim Ek").exists()


def test_a_job_asked_for_aside_waits_though_one_waits_already(dee: Person) -> None:
    enqueue("seal audit", key="x")
    aside.flip(lambda: enqueue("seal audit", key="x"))
    assert Job.objects.filter(kind="seal audit").count() == 1
    Job.objects.update(state="done")
    aside.flip(lambda: enqueue("seal audit", key="x"))
    assert Job.objects.filter(kind="seal audit", state="waiting").count() == 1


@only_sqlite
def test_what_somebody_does_meanwhile_is_never_overwritten(cast: Cast) -> None:
    """The work is done again where it was made from what has changed; a check-in alone does not make it."""
    key_result = make_key_result(make_objective(cast.ben))
    others = [
        lambda: services.add_person(actor=cast.dee, name="Meanwhile"),
        lambda: check_ins.check_in(actor=cast.ben, key_result=key_result, value=Decimal(45)),
    ]
    times = 0

    def work() -> None:
        nonlocal times
        times += 1
        add(cast.dee, "Kim Ek")
        services.edit_person(actor=cast.dee, person=cast.flo, position="Head")
        meanwhile(others.pop(0))

    def again() -> None:
        cast.flo.refresh_from_db()
        work()

    aside.flip(again)
    assert times == 2
    for name in ("Meanwhile", "Kim Ek"):
        assert Person.objects.filter(name=name).count() == 1
    assert CheckIn.objects.count() == 1
    cast.flo.refresh_from_db()
    assert cast.flo.position == "Head"
    assert len(set(AuditRecord.objects.values_list("verb", flat=True))) == 3


@only_sqlite
def test_where_others_never_stop_they_wait_once(cast: Cast) -> None:
    tries: list[bool] = []

    def work() -> None:
        add(cast.dee, "Kim Ek")
        tries.append(connection.settings_dict["NAME"] == "aside")
        if tries[-1]:
            meanwhile(lambda: Unit.objects.create(name=f"Other {len(tries)}"))

    aside.flip(work)
    assert tries == [True, True, True, False]
    assert Unit.objects.filter(name__startswith="Other").count() == 3
    assert Person.objects.filter(name="Kim Ek").count() == 1
