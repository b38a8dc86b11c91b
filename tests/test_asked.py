"""What runs again on a second database asks there whatever all the tests ask."""

import subprocess
import sys
from collections.abc import Callable
from threading import Thread

import pytest
from django.db import IntegrityError, connection, transaction
from hypothesis import given
from hypothesis import strategies as st

from goldenthread.people.models import Unit
from goldenthread.people.selectors import find_units, unit_tree
from tests.asked import NOT_ALONE, Noted, enough, note, note_statements, noted, statement
from tests.cast import Cast

ASKS = st.frozensets(st.sampled_from("abcdefgh"))
NOTES = st.dictionaries(st.text(max_size=2), st.builds(Noted, st.floats(0, 9), ASKS))


@given(notes=NOTES)
def test_those_chosen_ask_all_that_is_asked(notes: dict[str, Noted]) -> None:
    chosen = enough(notes)
    every = frozenset[str]().union(*(one.asks for one in notes.values()))
    assert frozenset[str]().union(*(notes[test].asks for test in chosen)) == every
    assert len(chosen) <= len(every)


def test_the_quickest_of_those_who_ask_the_same_is_chosen() -> None:
    assert enough({"slow": Noted(2, frozenset("ab")), "quick": Noted(1, frozenset("ab"))}) == {
        "quick"
    }


def test_a_statement_is_the_same_for_however_many_values() -> None:
    def of(sql: str, place: str = "/a.py:1") -> str:
        return statement(sql, place)

    assert of("SELECT 1 WHERE a IN (%s, %s)") == of("SELECT 1 WHERE a IN (%s)")
    assert of("INSERT INTO t VALUES (%s, %s), (%s, %s)") == of("INSERT INTO t VALUES (%s, %s)")
    assert of('SAVEPOINT "s1_x2"') == of('SAVEPOINT "s1_x31"')
    assert of("SELECT 1") != of("SELECT 2")
    assert of("SELECT 1") != of("SELECT 1", "/a.py:2")


def test_a_statement_is_noted_with_the_line_that_asks_it_and_with_its_failure(cast: Cast) -> None:
    def asks(act: Callable[[], object]) -> set[str]:
        with connection.execute_wrapper(note), noted() as found:
            act()
        return found

    def twice() -> None:
        with pytest.raises(IntegrityError), transaction.atomic():
            Unit.objects.bulk_create([Unit(pk=cast.flo.unit_id, name="Again")])

    assert asks(unit_tree)
    assert asks(unit_tree) == asks(unit_tree)
    assert asks(lambda: find_units("Ope")) == asks(lambda: find_units("Sta"))
    assert not asks(unit_tree) & asks(lambda: find_units("Ope"))
    assert asks(twice) != asks(lambda: Unit.objects.bulk_create([Unit(name="Anew")]))


def test_whose_threads_ask_or_who_starts_a_process_is_not_alone() -> None:
    def asks(act: Callable[[], object]) -> set[str]:
        with noted() as found:
            act()
        return found

    def in_a_thread() -> None:
        thread = Thread(target=lambda: note(lambda sql: sql, "SELECT 1"))
        thread.start()
        thread.join()

    note_statements()
    assert NOT_ALONE in asks(in_a_thread)
    assert NOT_ALONE in asks(lambda: subprocess.run([sys.executable, "-c", ""], check=True))
    assert NOT_ALONE not in asks(lambda: note(lambda sql: sql, "SELECT 1"))
