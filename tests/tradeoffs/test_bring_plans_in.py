"""Plans as tables: out and in again without loss, refused by row with its reason, taken back whole, worked out anew."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from goldenthread.core.jobs import run_due
from goldenthread.interchange.models import Import
from goldenthread.interchange.services.undoing import undo
from goldenthread.objectives.models import Cycle
from goldenthread.people.models import Person
from goldenthread.strategy.models import Strategy
from goldenthread.tradeoffs.models import Plan
from goldenthread.tradeoffs.selectors.plan_page import plan_page
from goldenthread.tradeoffs.services import planning
from goldenthread.tradeoffs.services.plan_rows import CandidateRow
from goldenthread.tradeoffs.services.planning import Moves
from tests.cast import Cast, make_cycle, make_objective, make_priority
from tests.interchange.exporting import exported, rows_of
from tests.interchange.importing import brought_in

pytestmark = pytest.mark.django_db
KINDS = ("plans", "plan_teams", "plan_candidates", "plan_scenarios")


@pytest.fixture
def q3() -> Cycle:
    return make_cycle(
        "Q3 2026", starts_on=dt.date(2026, 7, 1), ends_on=dt.date(2026, 9, 30), state="planned"
    )


@pytest.fixture
def plan(cast: Cast, q3: Cycle, strategy: Strategy) -> Plan:
    """One with something of everything; what is #2 was taken out."""
    aim = make_priority(strategy, "Punctual trains", weight=Decimal(60))
    work = make_objective(cast.flo, "Clean | depots")
    made = planning.begin_plan(actor=cast.ada, name="=Q3", cycle=q3, unit=cast.root)
    one, welding = (cast.operations, ""), (cast.stations, "weld|ing")
    rows = [
        CandidateRow(objective=work, value=Decimal("2.5"), running=True, mandatory=True),
        CandidateRow(title="Gone"),
        CandidateRow(
            title="Night trains",
            owner=cast.flo,
            priority=aim,
            value=Decimal(9),
            start_cost=Decimal("0.25"),
            alternative="night",
            needs=["#1"],
            effort={one: Decimal("1.5"), welding: Decimal(1)},
        ),
        CandidateRow(title="Buffet", owner=cast.stations, value=Decimal(1), needs=["#3"]),
    ]
    planning.write_candidates(actor=cast.ada, plan=made, rows=rows)
    planning.write_candidates(actor=cast.ada, plan=made, rows=[], removed=[2])
    capacity = {one: Decimal(3), welding: Decimal("1.25"), (cast.stations, ""): Decimal(0)}
    limits: dict[Any, int] = {cast.flo: 2, cast.stations: 1}
    planning.set_teams(actor=cast.ada, plan=made, capacity=capacity, limits=limits)
    moves = Moves({one: Decimal("-0.5")}, {aim: Decimal(30)}, {1: False, 4: True}, True)
    planning.write_scenario(actor=cast.ada, plan=made, name="Less", moves=moves)
    return made


def bring(actor: Person, files: dict[str, bytes]) -> list[Import]:
    return [brought_in(actor, files[kind], kind) for kind in KINDS]


def told(batches: list[Import]) -> list[tuple[str, str, str]]:
    return [
        (row.kind, row.outcome, row.reason)
        for batch in batches
        for row in batch.rows.all()
        if row.outcome != "unchanged"
    ]


def test_what_goes_out_comes_in_again(cast: Cast, plan: Plan) -> None:
    files = exported(cast.ada)
    before = {kind: rows_of(files[kind]) for kind in KINDS}
    assert told(bring(cast.ada, files)) == []
    plan.delete()
    batches = bring(cast.ada, files)
    assert [batch.refused for batch in batches] == [0, 0, 0, 0]
    after = exported(cast.ada)
    for kind in KINDS:
        rows = [
            {k: v for k, v in row.items() if k != "external_id"} for row in rows_of(after[kind])
        ]
        was = [{k: v for k, v in row.items() if k != "external_id"} for row in before[kind]]
        assert rows == was, kind
    assert told(bring(cast.ada, files)) == []
    made = Plan.objects.get()
    assert [one.number for one in made.candidates.all()] == [1, 3, 4]
    assert all(one.result is None for one in made.scenarios.all())
    planning.work_out(actor=cast.ada, plan=made)
    run_due()
    assert plan_page(cast.ada, Plan.objects.get()).is_ready


def test_only_what_differs_is_written(cast: Cast, plan: Plan) -> None:
    files = exported(cast.ada)
    files["plan_candidates"] = files["plan_candidates"].replace(b"2.5", b"3.5")
    files["plan_scenarios"] = files["plan_scenarios"].replace(b"-0.5", b"-1.5")
    assert plan.scenarios.get(name="Less").keeps_priorities
    changed = told(bring(cast.ada, files))
    assert [(kind, outcome) for kind, outcome, _ in changed] == [
        ("plan_candidates", "updated"),
        ("plan_scenarios", "updated"),
    ]
    assert plan.candidates.get(number=1).value == Decimal("3.5")
    assert plan.scenarios.get(name="Less").keeps_priorities
    again = "plan;scenario;keeps_priorities\n=Q3;Less;no\n"
    assert brought_in(cast.ada, again.encode(), "plan_scenarios").refused == 0
    less = plan.scenarios.get(name="Less")
    assert (less.keeps_priorities, less.forced) == (False, {"1": False, "4": True})
    assert told([brought_in(cast.ada, again.encode(), "plan_scenarios")]) == []
    assert plan.scenarios.get(name="Less").forced == {"1": False, "4": True}


def test_a_row_that_cannot_be_is_refused_with_its_reason(cast: Cast, plan: Plan) -> None:
    head = "plan;number;title;effort;needs"
    lines = (
        "=Q3;1;Other;;",
        "=Q3;;New;Nowhere|1;",
        "Nothing;;New;;",
        "=Q3;;Newer;;#99",
        ";;Nameless;;",
    )
    batch = brought_in(cast.ada, "\n".join([head, *lines]).encode(), "plan_candidates")
    rows = {row.title: (row.outcome, row.reason, row.notes) for row in batch.rows.all()}
    assert rows["Other"][1] == "#1 is another one in this plan."
    assert batch.refused == 4
    assert rows["Newer"][0] == "created"
    assert "#99" in str(rows["Newer"][2])


def test_only_leaders_bring_plans_in_and_an_export_holds_what_its_reader_sees(
    cast: Cast, plan: Plan
) -> None:
    files = exported(cast.ada)
    assert rows_of(exported(cast.dee)["plans"]) == []
    plan.delete()
    assert brought_in(cast.dee, files["plans"], "plans").refused == 1
    assert not Plan.objects.exists()


def test_what_somebody_does_not_see_neither_goes_out_nor_is_lost(cast: Cast, plan: Plan) -> None:
    work = plan.candidates.get(number=1).objective
    assert work is not None
    work.restricted = True
    work.save()
    files = exported(cast.gus)
    assert [row["number"] for row in rows_of(files["plan_candidates"])] == ["3", "4"]
    assert told(bring(cast.gus, files)) == []
    assert plan.scenarios.get(name="Less").forced == {"1": False, "4": True}
    assert [one.number for one in plan.candidates.get(number=3).needs.all()] == [1]


def test_an_import_of_a_plan_is_taken_back(cast: Cast, plan: Plan) -> None:
    files = exported(cast.ada)
    plan.delete()
    batches = bring(cast.ada, files)
    scenarios = undo(actor=cast.ada, batch=batches[3])
    assert "A leader changes them" in scenarios.undone["stays"][0]["why"]
    Plan.objects.all().delete()
    batch = brought_in(cast.ada, files["plans"], "plans")
    undo(actor=cast.ada, batch=batch)
    assert not Plan.objects.exists()
