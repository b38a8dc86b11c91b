"""A StratML plan goes in whole, unconfirmed, says what was mended, and goes in only once."""

import datetime as dt
from decimal import Decimal
from pathlib import Path

import pytest

from goldenthread.insights.reports import alignment_report
from goldenthread.interchange import services
from goldenthread.interchange.models import Import
from goldenthread.objectives.models import CheckIn, Cycle, KeyResult, Objective
from goldenthread.objectives.states import State
from goldenthread.people.models import Person
from goldenthread.strategy.models import (
    ExpectedResult,
    Kpi,
    KpiTarget,
    Observation,
    Priority,
    Strategy,
)
from tests.cast import make_person
from tests.interchange.importing import DATA, brought_in, holds, staged

PLANS = sorted((DATA / "stratml").rglob("*.xml"))
REPORT = DATA / "stratml" / "SMLC2011_part2_report_pretty_bom.xml"
UNCONFIRMED = "unconfirmed"


def plan(goal: str, dates: str = "") -> bytes:
    return f"""<PerformancePlanOrReport xmlns="urn:ISO:std:iso:17469:tech:xsd:PerformancePlanOrReport">
      <Name>Harbour plan</Name><StrategicPlanCore><Organization><Name>Harbour</Name></Organization>
      <Vision><Description>Quiet water</Description></Vision>
      <Goal><Name>Safe berths</Name><Identifier>g1</Identifier>{goal}</Goal></StrategicPlanCore>
      <AdministrativeInformation><Identifier>p1</Identifier>{dates}</AdministrativeInformation>
    </PerformancePlanOrReport>""".encode()


DATES = "<StartDate>2026-01-01</StartDate><EndDate>2026-12-31</EndDate>"
FALLING = """<PerformanceIndicator><MeasurementDimension>Injuries</MeasurementDimension>
  <UnitOfMeasurement>Count</UnitOfMeasurement><Identifier>i1</Identifier><MeasurementInstance>
  <TargetResult><EndDate>2026-12-31</EndDate><NumberOfUnits>5</NumberOfUnits></TargetResult>
  <ActualResult><EndDate>2025-12-31</EndDate><NumberOfUnits>20</NumberOfUnits>
    <Descriptor><DescriptorName>x</DescriptorName><DescriptorValue>Baseline</DescriptorValue></Descriptor></ActualResult>
  <ActualResult><EndDate>2026-03-31</EndDate><NumberOfUnits>12</NumberOfUnits></ActualResult>
  </MeasurementInstance></PerformanceIndicator>"""


def import_plan(actor: Person, data: bytes) -> Import:
    return brought_in(actor, data, filename="plan.xml")


@pytest.mark.parametrize("path", PLANS, ids=lambda path: path.stem)
def test_every_plan_goes_in_once(ada: Person, path: Path) -> None:
    first = import_plan(ada, path.read_bytes())
    assert first.created
    assert first.refused == 0
    before = holds()
    second = import_plan(ada, path.read_bytes())
    assert holds() == before
    assert (second.created, second.updated, second.refused) == (0, 0, 0)


@pytest.mark.parametrize("path", PLANS, ids=lambda path: path.stem)
def test_a_preview_writes_nothing(ada: Person, path: Path) -> None:
    before = holds()
    batch = staged(ada, path.read_bytes(), filename=path.name)
    assert holds() == before
    assert batch.created
    assert not batch.rows.filter(outcome="created", subject_id__isnull=False).exists()


def test_what_comes_in_is_unconfirmed_and_counted_nowhere(ada: Person, ben: Person) -> None:
    before = alignment_report(None).as_data()
    import_plan(ada, REPORT.read_bytes())
    strategy = Strategy.objects.get()
    assert strategy.state == Strategy.State.DRAFT
    assert strategy.leader == ada
    assert set(Priority.objects.values_list("state", flat=True)) == {UNCONFIRMED}
    assert set(Objective.objects.values_list("state", flat=True)) == {UNCONFIRMED}
    assert not Objective.objects.counted().exists()
    assert not Objective.objects.filter(in_line=True).exists()
    after = alignment_report(None).as_data()
    for told in (before, after):
        told.pop("unconfirmed", None)
    assert after == before


def test_goals_objectives_and_figures_keep_their_dates_and_links(ada: Person) -> None:
    import_plan(ada, REPORT.read_bytes())
    assert Cycle.objects.get().name == "2011"
    plans = Objective.objects.get(title="StratML Part 1 Files")
    assert (plans.starts, plans.ends) == (dt.date(2011, 1, 1), dt.date(2011, 12, 31))
    link = plans.links_up.get()
    assert link.parent_priority is not None
    assert (link.parent_priority.title, link.strength) == ("Strategic Plans", 3)
    check_in = CheckIn.objects.get(key_result__objective=plans)
    assert (check_in.value, check_in.as_of) == (Decimal(829), dt.date(2012, 1, 26))


def test_a_target_in_words_is_kept_as_words(ada: Person) -> None:
    import_plan(ada, REPORT.read_bytes())
    standard = KeyResult.objects.get(title="ISO Standard")
    assert standard.target is None
    assert standard.target_text == "Publication of Part 1 as an ISO standard."
    told = CheckIn.objects.get(key_result=standard)
    assert told.value is None
    assert told.note.startswith("StratML Part 1 has been registered at ISO")
    assert standard.score is None


def test_repairs_and_texts_without_a_field_are_told(ada: Person) -> None:
    path = DATA / "stratml" / "made_up" / "no_namespace_swapped_dates.xml"
    batch = import_plan(ada, path.read_bytes())
    repairs = " ".join(one["what"] for one in batch.detected["repairs"])
    assert "The namespace is missing" in repairs
    assert "lies after the end" in repairs
    kept = {one["name"]: one["text"] for one in batch.detected["kept"]}
    assert kept["Colour"] == "Blue"
    assert kept["EndDate"] == "next summer"
    left_out = batch.rows.get(title="Objective")
    assert left_out.reason == "An unfilled line of a template: nothing to import."


def test_malformed_xml_is_refused_with_its_place(ada: Person) -> None:
    with pytest.raises(Exception, match=r"Line 2, column \d+: The XML is malformed"):
        staged(
            ada, b"<?xml version='1.0'?>\n<StrategicPlan><Name></StrategicPlan>", filename="x.xml"
        )
    assert not Import.objects.exists()


def test_an_indicator_of_an_objective_is_a_key_result(ada: Person) -> None:
    objective = (
        f"<Objective><Name>Fewer injuries</Name><Identifier>o1</Identifier>{FALLING}</Objective>"
    )
    import_plan(ada, plan(objective, DATES))
    injuries = KeyResult.objects.get()
    assert (injuries.baseline, injuries.target, injuries.measure) == (20, 5, "Count")
    assert injuries.latest == 12
    assert injuries.score == pytest.approx(8 / 15)
    assert not Kpi.objects.exists()


def test_an_indicator_of_a_goal_is_a_kpi_that_its_priority_is_expected_to_move(ada: Person) -> None:
    import_plan(ada, plan(FALLING, DATES))
    injuries = Kpi.objects.get()
    assert (injuries.state, injuries.direction) == (UNCONFIRMED, "down")
    target = KpiTarget.objects.get()
    assert (target.baseline, target.value, target.due_on) == (20, 5, dt.date(2026, 12, 31))
    assert Observation.objects.get().value == 12
    assert ExpectedResult.objects.get().kpi == injuries


def test_an_indicator_with_targets_for_several_periods_is_a_kpi(ada: Person) -> None:
    later = (
        "<TargetResult><EndDate>2027-12-31</EndDate><NumberOfUnits>2</NumberOfUnits></TargetResult>"
    )
    several = FALLING.replace("<ActualResult>", f"{later}<ActualResult>", 1)
    import_plan(
        ada,
        plan(
            f"<Objective><Name>Fewer</Name><Identifier>o</Identifier>{several}</Objective>", DATES
        ),
    )
    assert not KeyResult.objects.exists()
    assert [one.value for one in KpiTarget.objects.order_by("due_on")] == [5, 2]
    assert ExpectedResult.objects.get().priority.title == "Safe berths"


def test_a_stakeholder_who_is_here_is_named_and_the_others_are_kept_in_words(
    ada: Person, ben: Person
) -> None:
    named = "".join(
        f"<Stakeholder><Name>{name}</Name><Role><RoleType>{role}</RoleType></Role></Stakeholder>"
        for name, role in (("Sailors", "Beneficiary"), ("Ben Aske", "Performer"))
    )
    import_plan(
        ada,
        plan(f"{named}<Objective><Name>Lights</Name><Identifier>o</Identifier>{named}</Objective>"),
    )
    lights = Objective.objects.get()
    assert lights.owner == ben
    assert "Sailors (Beneficiary)" in lights.why
    goal = Priority.objects.get()
    assert goal.sponsor == ben
    ben.refresh_from_db()
    assert not ben.sponsors  # nobody stands for it until the strategy's leader confirms


def test_goals_go_into_the_strategy_that_is_there(
    ada: Person, dee: Person, strategy: Strategy
) -> None:
    import_plan(dee, plan("", DATES))
    assert Strategy.objects.get() == strategy
    assert strategy.vision == ""
    assert Priority.objects.get().strategy == strategy


def test_where_nobody_leads_a_plan_waits_for_a_leader(organisation: object) -> None:
    hr = make_person("Hal Holt", is_hr=True)
    batch = staged(hr, plan("", DATES))
    assert batch.created == 0
    assert "A leader starts it" in batch.rows.get(kind="strategies").reason
    assert batch.rows.get(kind="priorities").outcome == "refused"


def test_who_is_named_confirms_all_with_one_click(ada: Person, dee: Person) -> None:
    batch = import_plan(dee, REPORT.read_bytes())
    mine = services.waits_for(ada, batch)
    assert (len(mine.priorities), len(mine.objectives)) == (3, 10)
    assert services.waits_for(dee, batch).count == 0
    assert services.confirm_mine(actor=ada, batch=batch) == 13
    assert set(Objective.objects.values_list("state", flat=True)) == {State.DRAFT}
    assert set(Objective.objects.values_list("in_line", flat=True)) == {True}
    before = holds()
    again = import_plan(dee, REPORT.read_bytes())
    assert holds() == before
    assert again.refused == 0
