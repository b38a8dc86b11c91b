"""The audit trail: what it keeps, what it refuses, and how it shows that somebody has tampered with it."""

from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from threading import Event, Thread

import pytest
from django.core.management import CommandError, call_command
from django.db import Error, connection, models, transaction
from django.test.utils import CaptureQueriesContext

from goldenthread.core import audit, triggers
from goldenthread.core.errors import NotAllowed
from goldenthread.core.models import AuditRecord, AuditSeal, PersonKey
from goldenthread.core.selectors import Change, history_of
from goldenthread.people.models import Person, Unit
from tests.cast import Cast, make_key_result, make_objective, make_person, make_unit

pytestmark = pytest.mark.django_db


@contextmanager
def triggers_dropped() -> Iterator[None]:
    """What somebody who holds the database itself could do."""
    with connection.cursor() as cursor:
        for statement in triggers.drop(connection.vendor):
            cursor.execute(statement)
        yield
        for statement in triggers.create(connection.vendor):
            cursor.execute(statement)


def three_lines(ben: Person, unit: Unit) -> list[AuditRecord]:
    return [
        audit.record(
            ben,
            "renamed unit",
            unit,
            before={"name": f"Fleet {n}"},
            after={"name": f"Fleet {n + 1}"},
        )
        for n in range(3)
    ]


def test_a_line_tells_who_did_what_to_which_record(ben: Person) -> None:
    unit = make_unit()
    line = audit.record(
        ben, "renamed unit", unit, before={"name": "Trains"}, after={"name": "Fleet"}
    )
    assert (line.actor_id, line.subject_type, line.subject_id) == (ben.pk, "people.unit", unit.pk)
    assert (line.before, line.after) == ({"name": "Trains"}, {"name": "Fleet"})


@pytest.mark.parametrize("model", [AuditRecord, AuditSeal])
def test_the_database_refuses_to_change_or_delete_a_line(
    ben: Person, model: type[models.Model]
) -> None:
    three_lines(ben, make_unit())
    audit.seal()
    table = model._meta.db_table
    for statement in (f"UPDATE {table} SET id = id + 1000", f"DELETE FROM {table}"):
        with (
            pytest.raises(Error, match=triggers.MESSAGE),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)
    assert model._default_manager.exists()


def test_the_tables_can_be_emptied_between_tests_only_by_the_tests(
    transactional_db: None,
) -> None:
    audit.record(None, "made", make_unit())
    call_command("flush", interactive=False, verbosity=0)
    assert not AuditRecord.objects.exists()
    audit.record(None, "made", make_unit())
    with pytest.raises(Error, match=triggers.MESSAGE), connection.cursor() as cursor:
        cursor.execute("DELETE FROM core_auditrecord")


def test_the_chain_holds_over_several_seals(ben: Person) -> None:
    unit = make_unit()
    for _ in range(2):
        three_lines(ben, unit)
        call_command("seal_audit")
    assert audit.seal() == 0
    assert AuditSeal.objects.count() == 2
    assert audit.verify() is None


@pytest.mark.postgres
def test_sealing_waits_for_whoever_is_still_writing(
    transactional_db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A line numbered before the last one sealed, and committed after it, would look like tampering."""
    monkeypatch.setattr(audit, "WAIT", "100ms")
    unit = make_unit()
    written, may_commit = Event(), Event()

    def write_slowly() -> None:
        with transaction.atomic():
            audit.record(None, "written first", unit)
            written.set()
            may_commit.wait(timeout=10)
        connection.close()

    slow = Thread(target=write_slowly)
    slow.start()
    written.wait(timeout=10)
    audit.record(None, "committed first", unit)
    with pytest.raises(CommandError, match="run this again"):
        call_command("seal_audit")
    may_commit.set()
    slow.join()
    assert audit.seal() == 2
    assert audit.verify() is None


@pytest.mark.parametrize(
    "tamper",
    [
        lambda lines: AuditRecord.objects.filter(pk=lines[1].pk).update(verb="did nothing"),
        lambda lines: AuditRecord.objects.filter(pk=lines[1].pk).update(after={"name": "Rolling"}),
        lambda lines: AuditRecord.objects.filter(pk=lines[1].pk).delete(),
        lambda lines: AuditSeal.objects.filter(first_id=lines[0].pk).delete(),
        lambda lines: AuditSeal.objects.filter(first_id=lines[0].pk).update(digest="0" * 64),
    ],
    ids=["verb", "value", "line taken out", "seal taken out", "digest"],
)
def test_tampering_is_found_and_named(ben: Person, tamper: object) -> None:
    unit = make_unit()
    lines = three_lines(ben, unit)
    audit.seal()
    three_lines(ben, unit)
    audit.seal()
    with triggers_dropped():
        tamper(lines)
    with pytest.raises(CommandError, match=r"no longer fit") as refused:
        call_command("verify_audit")
    assert refused.value.returncode == 1


def test_personal_values_are_stored_encrypted_and_read_back(ada: Person, flo: Person) -> None:
    audit.record(ada, "edited person", flo, before={"name": "Flo Dal"}, after={"name": "Flo Dahl"})
    line = AuditRecord.objects.get()
    assert "Dal" not in str(line.before) + str(line.after)
    assert audit.opened(line.before) == {"name": "Flo Dal"}


def test_history_of_a_record_and_its_parts_latest_first(cast: Cast) -> None:
    objective = make_objective(cast.flo)
    key_result, other = make_key_result(objective), make_objective(cast.ben)
    audit.record(cast.flo, "drafted objective", objective, after={"title": objective.title})
    audit.record(cast.flo, "added key result", key_result, after={"target": Decimal("10.50")})
    audit.record(cast.ben, "drafted objective", other)
    audit.record(
        cast.ben, "edited", objective, before={"critical": False}, after={"critical": True}
    )
    entries = history_of(objective, cast.cyd, [key_result])
    assert [(entry.actor_id, entry.verb) for entry in entries] == [
        (cast.ben.pk, "edited"),
        (cast.flo.pk, "added key result"),
        (cast.flo.pk, "drafted objective"),
    ]
    assert entries[0].changes == (Change("critical", False, True),)
    assert entries[1].changes == (Change("target", None, "10.5"),)


def test_a_long_history_takes_no_more_queries_than_a_short_one(cast: Cast) -> None:
    counts = []
    for _ in range(2):
        for n in range(5):
            audit.record(cast.ada, "edited person", cast.flo, after={"level": str(n)})
        with CaptureQueriesContext(connection) as asked:
            history_of(cast.flo, cast.ada)
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_history_of_somebody_reads_their_values_and_shows_erased_ones(cast: Cast) -> None:
    audit.record(cast.ada, "edited person", cast.flo, before={"level": "3"}, after={"level": "4"})
    (entry,) = history_of(cast.flo, cast.ben)
    assert entry.changes == (Change("level", "3", "4"),)
    PersonKey.objects.all().delete()
    (entry,) = history_of(cast.flo, cast.ben)
    assert entry.changes == (Change("level", audit.ERASED, audit.ERASED),)


def test_history_is_refused_to_whoever_may_not_see_the_record(cast: Cast) -> None:
    objective = make_objective(cast.flo, restricted=True)
    with pytest.raises(NotAllowed):
        history_of(objective, cast.cyd)
    assert history_of(objective, cast.ben) == []


def test_destroying_the_key_erases_one_person_and_leaves_the_chain_whole(cast: Cast) -> None:
    for person in (cast.flo, cast.cyd):
        audit.record(cast.ada, "edited person", person, after={"name": person.name, "fte": 1})
    audit.seal()
    PersonKey.objects.filter(person_id=cast.flo.pk).delete()
    flo, cyd = AuditRecord.objects.order_by("pk")
    assert audit.opened(flo.after) == {"name": audit.ERASED, "fte": 1}
    assert audit.opened(cyd.after)["name"] == "Cyd Berg"
    assert audit.verify() is None


def test_a_second_person_made_later_has_another_key(ada: Person) -> None:
    first, second = make_person("Ivo Krag"), make_person("Ole Bach")
    for person in (first, second):
        audit.record(ada, "added person", person, after={"name": person.name})
    assert PersonKey.of(first.pk).key != PersonKey.of(second.pk).key
