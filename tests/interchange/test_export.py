"""What goes out comes in again: unchanged where it came from, the same organisation elsewhere."""

import csv
import datetime as dt
import io
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connections, transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from lxml import etree

from goldenthread.core.errors import DomainError, NotAllowed
from goldenthread.core.models import AuditRecord
from goldenthread.core.spreadsheet import EXECUTED, guarded, unguarded
from goldenthread.interchange.own import read_identifier, xml_identifier
from goldenthread.interchange.readers.kinds import KINDS, detect_kind
from goldenthread.interchange.readers.table import read_table
from goldenthread.interchange.services import exporting
from goldenthread.interchange.services.folder import ORDER
from goldenthread.interchange.services.steps import read_steps
from goldenthread.interchange.writers.scope import Scope
from goldenthread.interchange.writers.tables import TABLES, Table, cell
from goldenthread.objectives.models import Objective
from goldenthread.people.models import Person
from goldenthread.strategy.models import Kpi, Priority, TradeOff
from tests.cast import (
    Cast,
    make_cast,
    make_kpi,
    make_objective,
    make_organisation,
    make_person,
    make_priority,
    make_strategy,
)
from tests.drawn import cases
from tests.interchange.exporting import (
    Maker,
    bring_all,
    empty_the_domain,
    exported,
    found_anew,
    rows_of,
    what_arrives,
)
from tests.interchange.importing import DATA, brought_in, holds

SCHEMA = etree.XMLSchema(file=str(DATA / "stratml" / "xsd" / "PerformancePlanOrReport20160216.xsd"))
FEW = settings(
    max_examples=cases(12),
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
texts = st.one_of(
    st.text(max_size=30),
    st.text(alphabet="'=+-@\t\r\n;,\" a1", max_size=12),
)


# Cells ------------------------------------------------------------------------------------------------------


@given(text=texts)
def test_any_text_comes_back_and_no_spreadsheet_executes_it(text: str) -> None:
    written = guarded(text)
    assert not written.startswith(("=", "+", "-", "@", "\t", "\r"))
    assert unguarded(written) == text
    assert (written == text) == (EXECUTED.match(text) is None)


@given(text=texts)
def test_a_cell_comes_back_through_the_reader_of_tables(text: str) -> None:
    written = cell(text)
    file = io.StringIO(newline="")
    csv.writer(file).writerows([["one", "two"], [written, "x"]])
    found = read_table(b"\xef\xbb\xbf" + file.getvalue().encode())
    assert found.rows[0].cells["one"] == unguarded(written)
    assert unguarded(written).split() == text.translate(dict.fromkeys(range(32))).split() or any(
        ord(letter) < 32 for letter in text
    )


@given(value=st.decimals(-(10**9), 10**9, places=6), comma=st.booleans())
def test_a_number_comes_back_exactly_whatever_else_is_in_the_file(
    value: Decimal, comma: bool
) -> None:
    from goldenthread.interchange.readers.cells import parse_decimal

    assert parse_decimal(cell(value), comma) == value
    assert parse_decimal(cell(value), None) == value


@given(text=st.text(min_size=1, max_size=20))
def test_any_identifier_can_stand_in_xml(text: str) -> None:
    written = xml_identifier(text)
    assert etree.QName(written).localname == written  # a valid name
    assert read_identifier(written) == text


def test_milestones_are_lines_of_a_cell() -> None:
    one, two = read_steps("Order [by 2026-10-31] [weight 2]\n\nFit the [old] pump")
    assert (one.title, one.due_on, one.weight) == ("Order", dt.date(2026, 10, 31), 2)
    assert (two.title, two.due_on, two.weight) == ("Fit the [old] pump", None, 1)
    with pytest.raises(DomainError, match="not a milestone"):
        read_steps("Order [by 2026-02-30]")


def test_every_table_has_the_columns_that_its_import_knows() -> None:
    assert {table.kind for table in TABLES} == KINDS.keys() == set(ORDER)
    for table in TABLES:
        columns = table.columns.split()
        assert {field.name for field in KINDS[table.kind].fields} >= set(columns)
        assert detect_kind([*columns, *table.told.split()])[0] == table.kind


# There and back ---------------------------------------------------------------------------------------------


def unchanged(batches: list[Any]) -> None:
    told = [
        (batch.filename, row.outcome, row.title, row.reason, row.changes)
        for batch in batches
        for row in batch.rows.exclude(outcome="unchanged")
    ]
    assert told == []


def test_importing_ones_own_export_changes_nothing(db: None) -> None:
    @FEW
    @given(data=st.data())
    def check(data: Any) -> None:
        with transaction.atomic():
            try:
                founder = Maker(data).company()
                before = holds()
                unchanged(bring_all(founder, exported()))
                assert holds() == before
            finally:
                transaction.set_rollback(True)

    check()


def test_an_export_makes_the_same_organisation_elsewhere(db: None) -> None:
    @FEW
    @given(data=st.data())
    def check(data: Any) -> None:
        with transaction.atomic():
            try:
                founder = Maker(data).company()
                first = exported()
                empty_the_domain()
                again = found_anew(founder)
                batches = bring_all(again, first)
                assert [
                    row.reason for batch in batches for row in batch.rows.filter(outcome="refused")
                ] == []
                assert what_arrives(exported()) == what_arrives(first)
                unchanged(bring_all(again, first))
                states = {*Priority.objects.values_list("state", flat=True)}
                states |= {*Objective.objects.values_list("state", flat=True)}
                states |= {*Kpi.objects.values_list("state", flat=True)}
                assert states <= {"unconfirmed"}
            finally:
                transaction.set_rollback(True)

    check()


@pytest.mark.django_db(transaction=True)
def test_an_export_is_of_one_moment_while_others_write(monkeypatch: pytest.MonkeyPatch) -> None:
    make_organisation()
    make_cast()

    def comes_in() -> None:
        make_objective(make_person("Newcomer"), "Newcomer begins")
        connections.close_all()

    def meanwhile(scope: Scope) -> Iterator[list[str]]:
        other = Thread(target=comes_in)
        other.start()
        other.join()
        yield ["written"]

    first, *others = exporting.EVERY
    with monkeypatch.context() as patched:
        between = Table("meanwhile", "what", meanwhile)
        patched.setattr(exporting, "EVERY", (first, between, *others))
        files = exported()
    assert files["meanwhile"].endswith(b"written\r\n")
    assert [kind for kind, data in files.items() if b"Newcomer" in data] == []
    later = exported()
    assert {"people", "objectives"} <= {kind for kind, data in later.items() if b"Newcomer" in data}
    make_person("Whoever writes afterwards")  # the connection is as it was


def test_a_plan_is_valid_and_changes_nothing_where_it_came_from(db: None) -> None:
    @FEW
    @given(data=st.data())
    def check(data: Any) -> None:
        with transaction.atomic():
            try:
                founder = Maker(data).company()
                if not Priority.objects.filter(confidential=False, strategy__unit=None).exists():
                    return
                plan = exporting.export_plan(actor=None)
                SCHEMA.assertValid(etree.fromstring(plan))
                before = holds()
                unchanged([brought_in(founder, plan, "stratml", filename="plan.xml")])
                assert holds() == before
            finally:
                transaction.set_rollback(True)

    check()


def test_a_plan_makes_the_same_plan_elsewhere(db: None) -> None:
    @FEW
    @given(data=st.data())
    def check(data: Any) -> None:
        with transaction.atomic():
            try:
                founder = Maker(data).company()
                if not Priority.objects.filter(confidential=False, strategy__unit=None).exists():
                    return
                tables, plan = exported(), exporting.export_plan(actor=None)
                empty_the_domain()
                again = found_anew(founder)
                for kind in ("units", "people"):
                    brought_in(again, tables[kind], kind)
                batch = brought_in(again, plan, "stratml", filename="plan.xml")
                assert list(batch.rows.filter(outcome="refused").values_list("reason")) == []
                assert without_carriers(exporting.export_plan(actor=None)) == without_carriers(plan)
            finally:
                transaction.set_rollback(True)

    check()


def without_carriers(plan: bytes) -> bytes:
    """The plan without the identifiers of what only carries KPIs: these are the exporting organisation's own."""
    import re

    return re.sub(rb"gt-[0-9a-f]{8}-results-\d+", b"carrier", plan)


# Who gets what ----------------------------------------------------------------------------------------------


@pytest.fixture
def secrets(cast: Cast) -> Cast:
    strategy = make_strategy(cast.ada)
    make_priority(strategy, "Open"), make_priority(strategy, "Merger", confidential=True)
    secret = Priority.objects.get(title="Merger")
    TradeOff.objects.create(strategy=strategy, priority=secret, kind="not_doing", this="Partners")
    make_objective(cast.cyd, "Plain"), make_objective(cast.cyd, "Sealed", restricted=True)
    return cast


def test_a_person_takes_out_what_they_see(secrets: Cast) -> None:
    seen = exported(secrets.dee)
    assert [row["title"] for row in rows_of(seen["priorities"])] == ["Open"]
    assert [row["title"] for row in rows_of(seen["objectives"])] == ["Plain"]
    assert rows_of(seen["trade_offs"]) == []
    everything = exported()
    assert len(rows_of(everything["priorities"])) == len(rows_of(everything["objectives"])) == 2
    line = AuditRecord.objects.get(verb="export")
    assert (line.actor_id, line.subject_id) == (secrets.dee.pk, secrets.dee.pk)


def test_a_plan_never_tells_what_is_confidential(secrets: Cast) -> None:
    plan = exporting.export_plan(actor=secrets.ada).decode()
    assert "Open" in plan
    assert "Merger" not in plan


def test_only_who_may_takes_data_out(secrets: Cast, tmp_path: Path) -> None:
    with pytest.raises(NotAllowed):
        exporting.export_tables(actor=secrets.flo, folder=tmp_path / "x")
    with pytest.raises(NotAllowed):
        exporting.export_plan(actor=secrets.flo)
    assert not (tmp_path / "x").exists()


def test_an_identifier_of_another_organisation_is_never_taken_for_ones_own(cast: Cast) -> None:
    kpi = make_kpi("Trains on time")
    table = f"external_id,name\ngt-00000000-kpi-{kpi.pk},Seats\n".encode()
    batch = brought_in(cast.ada, table, "kpis")
    assert batch.created == 1
    kpi.refresh_from_db()
    assert kpi.name == "Trains on time"


# The command ------------------------------------------------------------------------------------------------


def test_the_command_writes_a_folder_once(secrets: Cast, tmp_path: Path, capsys: Any) -> None:
    call_command("export", "csv", tmp_path / "out")
    told = capsys.readouterr().out
    assert "objectives.csv: 2 rows" in told
    assert "The whole database" in told
    assert "state" in (tmp_path / "out" / "README.txt").read_text()
    with pytest.raises(CommandError, match="already"):
        call_command("export", "csv", tmp_path / "out")


def test_the_command_writes_what_one_person_sees(
    secrets: Cast, tmp_path: Path, capsys: Any
) -> None:
    call_command("export", "csv", tmp_path, email="dee@northwind.example")
    assert "As Dee Voss sees it." in capsys.readouterr().out
    assert b"Sealed" not in (tmp_path / "objectives.csv").read_bytes()
    with pytest.raises(CommandError, match="Nobody who works here"):
        call_command("export", "csv", tmp_path / "b", email="nobody@northwind.example")
    with pytest.raises(CommandError, match="may not export"):
        call_command("export", "csv", tmp_path / "c", email="flo@northwind.example")


def test_the_command_writes_a_plan(secrets: Cast, tmp_path: Path) -> None:
    call_command("export", "stratml", tmp_path / "plan.xml")
    SCHEMA.assertValid(etree.parse(str(tmp_path / "plan.xml")))


def test_without_a_strategy_there_is_no_plan(cast: Cast, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="no strategy yet"):
        call_command("export", "stratml", tmp_path / "plan.xml")
    make_strategy(cast.ada)
    with pytest.raises(CommandError, match="no priorities"):
        call_command("export", "stratml", tmp_path / "plan.xml")


def test_a_folder_is_imported_whole(secrets: Cast, tmp_path: Path, capsys: Any) -> None:
    call_command("export", "csv", tmp_path / "out")
    call_command("import", "auto", tmp_path / "out", email="ada@northwind.example")
    told = capsys.readouterr().out
    assert told.count("0 created, 0 updated") == 8
    assert "would be" not in told
    with pytest.raises(CommandError, match="none of these files"):
        call_command("import", "auto", tmp_path, email="ada@northwind.example")


def test_a_leader_sees_no_founder_but_people(secrets: Cast) -> None:
    names = {row["name"] for row in rows_of(exported(secrets.ada)["people"])}
    assert names == set(Person.objects.values_list("name", flat=True))
