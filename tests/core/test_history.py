"""What holds is kept in batches, while others go on writing."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread

import pytest
from django.db import connection, transaction

from goldenthread.core import history
from goldenthread.core.models import Organisation
from goldenthread.people.models import Person, PersonHeld
from tests.cast import TODAY, make_organisation, make_person


@pytest.mark.django_db(transaction=True)
def test_all_that_holds_is_kept_though_others_write_between(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    organisation = make_organisation()
    people = [make_person(f"P{n}", account=False) for n in range(300)]
    Person.objects.update(end=TODAY)  # past the services
    monkeypatch.setattr(history, "BATCH", 50)

    def write() -> None:
        Organisation.objects.filter(pk=organisation.pk).update(name="Northwind Rail & Bus")
        connection.close()

    @contextmanager
    def after_somebody_else() -> Iterator[None]:
        other = Thread(target=write)
        other.start()
        other.join()
        with transaction.atomic():
            yield

    assert history.keep_all(Person, step=after_somebody_else) == len(people)
    now = PersonHeld.objects.filter(valid_to__isnull=True)
    assert set(now.values_list("end", flat=True)) == {TODAY}
