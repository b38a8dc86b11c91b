"""Each example of the guide, from published data to pages: nothing is refused, nothing invented."""

import csv
import datetime as dt
import importlib.util
import sqlite3
from collections import Counter
from decimal import Decimal
from math import exp, log
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client

from goldenthread.core import clock
from goldenthread.insights.selectors.effort import effort_figures
from goldenthread.interchange.models import Import
from goldenthread.interchange.services.confirming import confirm_mine
from goldenthread.objectives.models import CheckIn, Contribution, KeyResult, Objective
from goldenthread.people.models import Person, Unit
from goldenthread.strategy.models import Priority, Strategy
from tests.cast import signed_in
from tests.interchange.importing import DATA, holds

EXAMPLES = Path(__file__).parents[2] / "examples"


def script(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, EXAMPLES / name / "prepare.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def bring(folder: Path, ada: Person) -> None:
    call_command("import", "auto", folder, email=ada.email)
    refused = [
        row.reason for one in Import.objects.all() for row in one.rows.filter(outcome="refused")
    ]
    assert refused == []


def test_gc_infobase(tmp_path: Path, ada: Person, client: Client, capsys: Any) -> None:
    """Departments, programs, core responsibilities and results of four years; no people, weights or indicators."""
    script("gc_infobase").main(DATA / "gc_infobase", tmp_path)
    bring(tmp_path, ada)
    agency = Unit.objects.get(external_id="ACOA")
    assert str(agency.parent) == "Government of Canada"
    assert agency.children.count() > 5
    plan = Strategy.objects.get(unit=agency)
    assert (plan.state, plan.leader) == ("draft", ada)
    assert set(plan.priorities.values_list("state", flat=True)) == {"unconfirmed"}
    years = Counter(Objective.objects.values_list("cycle__name", flat=True))
    assert years.keys() == {"2023-24", "2024-25", "2025-26", "2026-27"}
    # The same result in four years: four objectives whose identifiers begin alike.
    names = Counter(
        one.rsplit("-", 1)[0] for one in Objective.objects.values_list("external_id", flat=True)
    )
    assert max(names.values()) == 4
    linked = Contribution.objects.filter(child_objective__isnull=False)
    assert linked.filter(parent_priority__isnull=False).exists()
    assert linked.filter(parent_objective__isnull=False).exists()
    assert not KeyResult.objects.exists()
    assert Unit.objects.get(external_id="ACOA-BED01").fte == 30
    # What the data does not say reads so.
    signed_in(client, ada)
    page = client.get("/alignment/").content.decode()
    assert "Weights not set" in page
    assert "wait to be confirmed and are in no figure" in page
    one = Objective.objects.filter(owner_unit=agency).first()
    assert one is not None
    page = client.get(one.get_absolute_url()).content.decode()
    assert "No key result yet" in page
    assert "nobody leads it" in page
    priority = plan.priorities.first()
    assert priority is not None
    assert "No expected result yet" in client.get(f"/priorities/{priority.pk}/").content.decode()
    before = holds()
    bring(tmp_path, ada)
    assert holds() == before


def test_gc_infobase_tells_where_effort_goes(
    tmp_path: Path, ada: Person, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Once a department's core responsibilities are taken on; its weights nobody has published."""
    monkeypatch.setattr(clock, "today", lambda: dt.date(2026, 10, 1))
    script("gc_infobase").main(DATA / "gc_infobase", tmp_path)
    bring(tmp_path, ada)
    agency = Unit.objects.get(external_id="ACOA")
    for batch in Import.objects.all():
        confirm_mine(actor=ada, batch=batch)
    with (DATA / "gc_infobase" / "program_ftes.csv").open() as file:
        rows = [row for row in csv.DictReader(file) if row["dept_code"] == "ACOA"]
    whole = sum(float(row["planning_year_1"] or 0) for row in rows)
    found = effort_figures(agency.pk)
    assert found.declared == found.capacity == found.total == pytest.approx(whole)
    shares = [one.fte / whole for one in found.into if one.fte]
    assert sum(shares) == pytest.approx(1)
    assert found.spread.value == pytest.approx(exp(-sum(one * log(one) for one in shares)))
    assert found.gap.value is None
    signed_in(client, ada)
    page = client.get(f"/effort/?unit={agency.pk}").content.decode()
    assert "Weights not set" in page
    assert "No people are entered" in page


def test_performance_gov(tmp_path: Path, ada: Person, client: Client) -> None:
    """Goals with quarterly values, and what a spreadsheet left in them."""
    script("performance_gov").main(DATA / "performance_gov", tmp_path)
    told = (tmp_path / "told.txt").read_text()
    for words in (
        "#REF!",
        "the target is undefined",
        "stands twice",
        "has no value",
        "has no years",
    ):
        assert words in told
    bring(tmp_path, ada)
    kinds = Counter(KeyResult.objects.values_list("kind", flat=True))
    assert kinds.keys() == {"metric", "threshold", "milestones"}
    assert Priority.objects.filter(strategy__unit__external_id="USDA").count() == 2
    exporters = KeyResult.objects.get(title="Number of export and investment clients assisted")
    quarters = exporters.check_ins.values_list("as_of", "value")
    assert [str(day) for day, _ in quarters] == ["2021-12-31", "2022-03-31", "2022-09-30"]
    assert "quarter 3 has no value" in told
    assert exporters.target == 76000
    small = KeyResult.objects.get(title="SME percentage of U.S. exporter clients assisted")
    assert (small.kind, small.low, small.baseline) == ("threshold", 80, None)
    words = KeyResult.objects.filter(target=None, kind="metric").exclude(target_text="")
    assert words.exists()
    assert all(one.score is None for one in words)
    assert CheckIn.objects.filter(value=Decimal(1)).exists()
    before = holds()
    bring(tmp_path, ada)
    assert holds() == before


def employees(path: Path) -> None:
    """A database as the published one is made, with people made up for this test."""
    database = sqlite3.connect(path)
    database.executescript(
        """
        CREATE TABLE department (dept_no TEXT, dept_name TEXT);
        CREATE TABLE employee (emp_no INTEGER, first_name TEXT, last_name TEXT, hire_date DATE);
        CREATE TABLE dept_emp (emp_no INTEGER, dept_no TEXT, from_date DATE, to_date DATE);
        CREATE TABLE dept_manager (emp_no INTEGER, dept_no TEXT, from_date DATE, to_date DATE);
        CREATE TABLE title (emp_no INTEGER, title TEXT, from_date DATE, to_date DATE);
        INSERT INTO department VALUES ('d001', 'Sales'), ('d002', 'Works'), ('d003', 'Stores');
        INSERT INTO employee VALUES (1, 'Kim', 'Ek', '1990-01-01'), (2, 'Liv', 'Moe', '1991-01-01'),
            (3, 'Odd', 'Nes', '1992-01-01'), (4, 'Pia', 'Ros', '1993-01-01'), (5, 'Per', 'Lie', '1994-01-01');
        INSERT INTO dept_emp VALUES (1, 'd002', '1990-01-01', '9999-01-01'), (2, 'd001', '1991-01-01', '9999-01-01'),
            (3, 'd001', '1992-01-01', '1995-05-05'), (3, 'd002', '1995-05-05', '9999-01-01'),
            (4, 'd001', '1993-01-01', '1999-12-31'), (5, 'd003', '1994-01-01', '2001-01-01');
        INSERT INTO dept_manager VALUES (4, 'd001', '1994-01-01', '1996-01-01'),
            (1, 'd001', '1996-01-01', '9999-01-01'), (2, 'd002', '1996-01-01', '9999-01-01'),
            (5, 'd003', '1996-01-01', '9999-01-01');
        INSERT INTO title VALUES (3, 'Clerk', '1992-01-01', '1996-01-01'), (3, 'Buyer', '1996-01-01', '9999-01-01');
        """
    )
    database.commit()


def test_employees(tmp_path: Path, dee: Person, capsys: Any) -> None:
    """Ends that are open, heads who work in each other's departments, and one who has left."""
    employees(tmp_path / "employee.db")
    script("employees").main(tmp_path / "employee.db", tmp_path)
    told = capsys.readouterr().out
    assert "1 leads d001 and works in d002" in told
    assert "5 leads d003 and has left" in told
    bring(tmp_path, dee)
    people = {one.name: one for one in Person.objects.exclude(external_id="")}
    assert people["Kim Ek"].end is None
    assert str(people["Pia Ros"].end) == "1999-12-31"
    assert str(people["Odd Nes"].unit) == "Works"
    assert (people["Odd Nes"].position, people["Odd Nes"].manager) == ("Buyer", people["Liv Moe"])
    assert people["Kim Ek"].manager is None
    sales, stores = Unit.objects.get(name="Sales"), Unit.objects.get(name="Stores")
    assert (sales.leader, stores.leader) == (people["Kim Ek"], None)
    before = holds()
    bring(tmp_path, dee)
    assert holds() == before


@pytest.mark.parametrize("name", ["gc_infobase", "performance_gov", "employees"])
def test_an_example_says_how_it_is_called(name: str) -> None:
    assert "python prepare.py" in str(script(name).__doc__)
    guide = Path(__file__).parents[2] / "docs" / "guide" / f"{name.replace('_', '-')}.md"
    assert f"examples/{name}/prepare.py" in guide.read_text()
