"""The sums in the first sentence of the objectives: by health, loose, and kept for a minute where there are many."""

import datetime as dt
from collections.abc import Iterator

import pytest
from django.test import Client

from goldenthread.objectives.models import Objective
from goldenthread.objectives.selectors import sums
from goldenthread.objectives.selectors.sums import Summary, summary
from goldenthread.objectives.states import State
from goldenthread.people.models import Person
from tests.cast import TODAY, Cast, make_cycle, make_objective, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def many(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """So many objectives that they are not counted for each page."""
    monkeypatch.setattr(sums, "AT_ONCE", 0)
    yield
    sums._KEPT.clear()


def seen_by(person: Person) -> Summary:
    """As a page asks, whose reader only reads."""
    reader = Person.objects.get(pk=person.pk)
    reader.only_reads = True
    return summary(reader, TODAY)


def test_what_is_still_to_begin_is_not_among_the_loose(client: Client, cast: Cast) -> None:
    make_objective(cast.flo)
    spring = make_cycle(starts_on=TODAY + dt.timedelta(days=30), name="Next")
    make_objective(cast.flo, cycle=spring)
    found = summary(cast.ada, TODAY)
    assert (found.loose, found.loose_to_come) == (1, 1)
    page = signed_in(client, cast.ada).get("/objectives/").content.decode()
    assert "1 serves no priority</a> (and 1 still to begin)" in page
    assert "One hangs loose" in client.get("/alignment/").content.decode()


def test_of_many_the_sums_stand_for_a_minute_and_say_so(
    client: Client, cast: Cast, many: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_objective(cast.flo, state=State.ACTIVE)
    first = seen_by(cast.ada)
    make_objective(cast.flo, state=State.ACTIVE)
    later = seen_by(cast.ada)
    assert (first.total, later.total) == (1, 1)
    assert later.counted_at is not None
    page = signed_in(client, cast.ada).get("/objectives/").content.decode()
    assert "counted once a minute" in page
    assert "counted once a minute" in client.get("/objectives/?layout=list").content.decode()
    monkeypatch.setattr(sums, "KEPT_SECONDS", 0)
    assert seen_by(cast.ada).total == 2


def test_what_is_kept_holds_nothing_that_another_reader_may_not_see(cast: Cast, many: None) -> None:
    make_objective(cast.flo, state=State.ACTIVE)
    make_objective(cast.flo, state=State.ACTIVE, restricted=True)
    for _ in range(2):  # whoever comes first fills it
        assert seen_by(cast.ben).total == 2  # stands above Flo
        assert seen_by(cast.cyd).total == 1
        sums._KEPT.clear()
        assert seen_by(cast.cyd).total == 1
        assert seen_by(cast.ben).total == 2


def test_one_s_own_and_what_waits_are_never_kept(cast: Cast, many: None) -> None:
    make_objective(cast.flo, state=State.ACTIVE)
    assert seen_by(cast.flo).mine == 1
    make_objective(cast.flo, state=State.PROPOSED, proposed_by=cast.ben)
    found = seen_by(cast.flo)
    assert (found.mine, found.waiting) == (2, 1)
    assert Objective.objects.count() == 2
