"""Two people saving the same record: the second is told, and nothing of theirs or the first's is lost."""

import pytest
from django.db import transaction

from goldenthread.core import versions
from goldenthread.core.errors import SavedMeanwhile
from goldenthread.people.models import Person, Unit
from tests.cast import make_unit

pytestmark = pytest.mark.django_db


def test_a_save_writes_raises_the_version_and_updates_the_record() -> None:
    unit = make_unit("Fleet")
    before = unit.updated_at
    saved = versions.save(unit, {"name": "Rolling stock"})
    stored = Unit.objects.get(pk=unit.pk)
    assert (saved.name, saved.version) == (stored.name, stored.version) == ("Rolling stock", 2)
    assert stored.updated_at > before


def test_the_second_to_save_is_told_and_writes_nothing() -> None:
    unit = make_unit("Fleet")
    first, second = Unit.objects.get(pk=unit.pk), Unit.objects.get(pk=unit.pk)
    versions.save(first, {"name": "Rolling stock"})
    with pytest.raises(SavedMeanwhile) as refused:
        versions.save(second, {"name": "Trains"})
    assert (refused.value.current.name, refused.value.mine) == ("Rolling stock", {"name": "Trains"})
    stored = Unit.objects.get(pk=unit.pk)
    assert (stored.name, stored.version) == ("Rolling stock", 2)


def test_a_form_opened_before_names_the_version_it_was_opened_with(flo: Person) -> None:
    opened_with = flo.version
    versions.save(flo, {"position": "Senior planner"})
    with pytest.raises(SavedMeanwhile):
        versions.save(Person.objects.get(pk=flo.pk), {"position": "Planner"}, version=opened_with)


def test_what_came_before_in_the_transaction_is_undone_too() -> None:
    fleet, stations = make_unit("Fleet"), make_unit("Stations")
    versions.save(Unit.objects.get(pk=stations.pk), {"name": "Stops"})
    with pytest.raises(SavedMeanwhile), transaction.atomic():
        versions.save(fleet, {"name": "Rolling stock"})
        versions.save(stations, {"name": "Halts"})
    assert Unit.objects.get(pk=fleet.pk).name == "Fleet"
