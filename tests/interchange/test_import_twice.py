"""Importing a table twice equals importing it once, whatever stands in it."""

from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from goldenthread.objectives.models import Cycle
from goldenthread.people.models import Person, ReportingClosure
from goldenthread.people.services import find_loop, rebuild_closures
from goldenthread.strategy.models import Strategy
from tests.cast import Cast, make_kpi, make_priority
from tests.drawn import cases
from tests.interchange.importing import brought_in, holds

FEW = settings(
    max_examples=cases(15),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
PEOPLE = (
    "",
    "ada@northwind.example",
    "flo@northwind.example",
    "Cyd Berg",
    "k1",
    "k2",
    "Kim Ek",
    "Nobody",
)
UNITS = ("", "Operations", "Stations", "Northwind Rail", "Works", "Tracks", "u1", "u2")
TITLES = ("", "Cleaner trains", "Punctual trains", "One", "Two", "Three", "o1", "o2")
COLUMNS: dict[str, dict[str, tuple[str, ...]]] = {
    "units": {"Code": ("", "u1", "u2", "u3"), "Unit": UNITS, "Parent": UNITS, "Leader": PEOPLE},
    "people": {
        "ID": ("", "k1", "k2", "k3"),
        "Name": ("", "Kim Ek", "Liv Moe", "Cyd Berg", "Flo Dahl"),
        "E-mail": ("", "kim@x.example", "liv@x.example", "flo@northwind.example", "odd"),
        "Department": UNITS,
        "Manager": PEOPLE,
        "FTE": ("", "1", "0.5", "3", "much"),
        "Start date": ("", "2026-01-31", "2026-02-31"),
    },
    "priorities": {
        "ID": ("", "p1", "p2"),
        "Priority": TITLES,
        "Why": ("", "Riders stay"),
        "Sponsor": PEOPLE,
        "Expected results": ("", "On time; clean", "clean"),
        "Confidential": ("", "yes", "no", "perhaps"),
    },
    "objectives": {
        "ID": ("", "o1", "o2", "o3"),
        "Objective": TITLES,
        "Owner": (*PEOPLE, "Operations"),
        "Cycle": ("", "Q2 2026", "2027", "Spring"),
        "Serves": TITLES,
        "Due": ("", "2026-06-30", "2026-05-31", "2020-01-01"),
        "Visibility": ("", "restricted", "everybody"),
    },
    "kpis": {
        "KPI": ("", "Trains on time", "Seats"),
        "Unit of measure": ("", "%"),
        "Direction": ("", "up", "down", "hold"),
        "Owner": PEOPLE,
        "Baseline": ("", "0.5", "90"),
        "Target": ("", "90", "many"),
        "Target date": ("", "2026-12-31"),
        "Priority": TITLES,
    },
    "observations": {
        "KPI": ("Trains on time", "Seats", ""),
        "Date": ("2026-04-30", "2026-05-31", "2026-05-01"),
        "Value": ("1", "2.5", ""),
        "Note": ("", "late"),
    },
}
PAIRS = {
    "key_results": {
        "Objective": TITLES,
        "Key result": ("", "Late departures", "Seats free"),
        "From": ("", "40"),
        "To": ("", "10", "40"),
        "Actual": ("", "20"),
        "Type": ("", "metric", "threshold", "milestone"),
    },
    "contributions": {
        "Child": TITLES,
        "Parent": TITLES,
        "Strength": ("", "weak", "strong", "huge"),
    },
}


def tables(columns: dict[str, tuple[str, ...]]) -> st.SearchStrategy[bytes]:
    row = st.tuples(*(st.sampled_from(values) for values in columns.values()))
    lines = st.lists(row, min_size=1, max_size=7)
    head = "\t".join(columns)
    return lines.map(lambda rows: "\n".join([head, *("\t".join(one) for one in rows)]).encode())


@pytest.fixture
def _company(cast: Cast, cycle: Cycle, strategy: Strategy) -> None:
    """What every table meets: made once, and as it was again after each table."""
    make_kpi()
    make_priority(strategy)


def check_twice(email: str, data: bytes, kind: str) -> None:
    actor = Person.objects.get(email=email)
    brought_in(actor, data, kind)
    once = holds()
    second = brought_in(actor, data, kind)
    assert holds() == once
    assert second.created == 0
    assert second.updated == 0
    assert find_loop(dict(Person.objects.values_list("pk", "manager_id"))) is None
    kept = reporting_lines()
    rebuild_closures()
    assert reporting_lines() == kept


def reporting_lines() -> set[tuple[Any, ...]]:
    """Who reports to whom, whatever the ids of the rows."""
    return set(ReportingClosure.objects.values_list("manager_id", "report_id", "depth"))


@pytest.mark.usefixtures("_company")
@pytest.mark.parametrize("kind", COLUMNS)
@pytest.mark.parametrize("by", ["eve", "dee", "ada"])
def test_importing_twice_is_importing_once(kind: str, by: str) -> None:
    @FEW
    @given(data=tables(COLUMNS[kind]))
    def check(data: bytes) -> None:
        with transaction.atomic():
            try:
                check_twice(f"{by}@northwind.example", data, kind)
            finally:
                transaction.set_rollback(True)

    check()


@pytest.mark.usefixtures("_company")
@pytest.mark.parametrize("kind", PAIRS)
def test_importing_what_hangs_on_objectives_twice_is_importing_it_once(kind: str) -> None:
    @FEW
    @given(objectives=tables(COLUMNS["objectives"]), data=tables(PAIRS[kind]))
    def check(objectives: bytes, data: bytes) -> None:
        with transaction.atomic():
            try:
                dee = Person.objects.get(email="dee@northwind.example")
                brought_in(dee, objectives, "objectives")
                check_twice("ada@northwind.example", data, kind)
            finally:
                transaction.set_rollback(True)

    check()
