"""Effort as a table: out and in again without loss, refused by row with its reason, taken back whole."""

import datetime as dt
from decimal import Decimal

import pytest

from goldenthread.interchange.services.undoing import undo
from goldenthread.objectives.models import Cycle
from goldenthread.objectives.services.quality import recheck
from goldenthread.people.models import Person
from goldenthread.strategy.models import Strategy
from goldenthread.tradeoffs.models import RUN, Allocation
from goldenthread.tradeoffs.services import allocate
from tests.cast import TODAY, Cast, make_objective, make_person, make_priority
from tests.interchange.exporting import exported, rows_of
from tests.interchange.importing import brought_in

pytestmark = pytest.mark.django_db
HEAD = "person;whole_unit;objective;priority;run_the_business;cycle;share;from;until"


def table(*lines: str) -> bytes:
    return "\n".join([HEAD, *lines]).encode()


def told() -> list[tuple[object, ...]]:
    return [
        (str(row), row.cycle.name, row.share, row.starts_on, row.ends_on)
        for row in Allocation.objects.order_by("starts_on", "share")
    ]


def test_what_goes_out_comes_in_again(strategy: Strategy, cast: Cast, cycle: Cycle) -> None:
    work, aim = make_objective(cast.flo, "=Cut | delays"), make_priority(strategy)
    given = {"actor": cast.ada, "cycle": cycle}
    nameless = make_person("Ivo Krag", unit=cast.operations, manager=cast.ben, account=False)
    allocate(
        **given,
        whose=cast.flo,
        shares={work: Decimal("0.6"), RUN: Decimal("0.333")},
        on=cycle.starts_on,
    )
    allocate(**given, whose=cast.flo, shares={work: Decimal("0.2")})
    allocate(**given, whose=cast.flo, shares={work: Decimal(0)}, on=dt.date(2026, 6, 20))
    allocate(**given, whose=cast.stations, shares={aim: Decimal("0.25")})
    allocate(**given, whose=nameless, shares={RUN: Decimal("1.1")})
    data, before = exported(cast.ada)["allocations"], told()
    assert len(before) == 5
    assert brought_in(cast.ada, data, "allocations").unchanged == 5
    Allocation.objects.all().delete()
    batch = brought_in(cast.ada, data, "allocations")
    assert (batch.created, batch.refused) == (5, 0)
    assert told() == before
    assert brought_in(cast.ada, data, "allocations").unchanged == 5


def test_what_a_file_moves_is_looked_at_again_once_it_is_written(cast: Cast, cycle: Cycle) -> None:
    first, second = make_objective(cast.flo, "Depots"), make_objective(cast.gus, "Sheds")
    recheck([first, second])
    data = table(
        f"flo@northwind.example;;Depots;;;{cycle};100;;",
        f"gus@northwind.example;;;;yes;{cycle};100;;",
    )
    assert brought_in(cast.ada, data, "allocations").created == 2
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.has_effort, second.has_effort) == (True, False)


def test_an_export_holds_what_its_reader_sees(cast: Cast, cycle: Cycle) -> None:
    for whose in (cast.flo, cast.cyd):
        allocate(actor=cast.ada, whose=whose, cycle=cycle, shares={RUN: Decimal("0.5")})
    rows = rows_of(exported(cast.ben)["allocations"])
    assert [row["person"] for row in rows] == ["flo@northwind.example"]
    assert rows_of(exported(cast.dee)["allocations"]) == []


@pytest.mark.parametrize(
    ("line", "why"),
    [
        (";;;;yes;Q2 2026;40;;", "Name a person, or a whole unit"),
        ("flo@northwind.example;;;;;Q2 2026;40;;", "Name one objective"),
        ("flo@northwind.example;;;;yes;Q2 2026;400;;", "between 0 and 300"),
        ("flo@northwind.example;;;;yes;Q2 2026;40;2026-07-09;", "a day of Q2 2026"),
        ("flo@northwind.example;;No such;;;Q2 2026;40;;", "not among the objectives"),
        ("cyd@northwind.example;;;;yes;Q2 2026;40;;", "You may not allocate"),
    ],
)
def test_a_row_that_cannot_stand_says_why(cast: Cast, cycle: Cycle, line: str, why: str) -> None:
    batch = brought_in(cast.ben, table(line), "allocations")
    assert why in batch.rows.get(outcome="refused").reason
    assert not Allocation.objects.exists()


def test_hr_may_not_plan_by_way_of_a_file(cast: Cast, cycle: Cycle) -> None:
    line = "flo@northwind.example;;;;yes;Q2 2026;40;;"
    batch = brought_in(cast.dee, table(line), "allocations")
    assert batch.refused == 1


def test_an_import_is_taken_back(cast: Cast, cycle: Cycle) -> None:
    work = make_objective(cast.flo)
    allocate(
        actor=cast.ben,
        whose=cast.flo,
        cycle=cycle,
        shares={work: Decimal("0.6")},
        on=cycle.starts_on,
    )
    before = told()
    lines = (
        f"flo@northwind.example;;{work.title};;;Q2 2026;30 %;;",
        ";Operations;;;yes;Q2 2026;50;;",
    )
    batch = brought_in(cast.ben, table(*lines), "allocations")
    assert (batch.created, batch.updated) == (1, 1)
    assert len(told()) == 3
    assert TODAY in {row[3] for row in told()}
    actor: Person = cast.ben
    undo(actor=actor, batch=batch)
    assert told() == before
