"""Reading StratML: real files, their faults, and files that must be refused."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path

import pytest

from goldenthread.interchange.readers.limits import Limits, RefusedFile
from goldenthread.interchange.readers.stratml import Plan, read_stratml

DATA = Path(__file__).parents[2] / "data" / "stratml"
FILES = sorted(DATA.rglob("*.xml"))


def read(name: str) -> Plan:
    return read_stratml((DATA / name).read_bytes())


def plan_xml(core: str) -> bytes:
    return (
        '<StrategicPlan xmlns="urn:ISO:std:iso:17469:tech:xsd:stratml_core"><Name>P</Name>'
        f"<StrategicPlanCore>{core}</StrategicPlanCore></StrategicPlan>"
    ).encode()


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_reads_every_file_the_same_way_twice(path: Path) -> None:
    first, second = read_stratml(path.read_bytes()), read_stratml(path.read_bytes())
    assert first == second
    assert first.name
    assert first.goals
    ids = [
        each.id
        for goal in first.goals
        for each in (
            goal,
            *goal.indicators,
            *goal.objectives,
            *(indicator for objective in goal.objectives for indicator in objective.indicators),
        )
    ]
    assert len(ids) == len(set(ids))


def test_reads_part_1_with_stakeholders_values_and_dates() -> None:
    plan = read("PMOAI_part1.xml")
    assert plan.part == 1
    assert plan.mission.startswith("To implement policies and scale proven private-sector models")
    assert [value.name for value in plan.values][:2] == ["Innovation", "Technological Advancement"]
    (goal,) = plan.goals
    assert [objective.name for objective in goal.objectives][:2] == [
        "Responsibilities",
        "Initiatives",
    ]
    assert goal.stakeholders[1].name == "Jared Kushner"
    assert goal.stakeholders[1].kind == "Person"
    assert (plan.start, plan.published) == (dt.date(2017, 3, 27), dt.date(2017, 4, 12))
    assert plan.submitter is not None
    assert plan.submitter.email == "Owen.Ambur@verizon.net"


def test_reads_part_2_results_and_keeps_targets_in_words() -> None:
    plan = read("SMLC2011_part2_report_pretty_bom.xml")
    assert (plan.part, plan.kind) == (2, "Performance_Report")
    published, converted = (plan.goals[0].objectives[index].indicators[0] for index in (0, 1))
    assert published.instances[0].targets[0].value is None
    assert published.instances[0].targets[0].value_text == "Publication of Part 1."
    assert converted.name == "Plans Converted"
    assert converted.instances[0].actuals[0].value == Decimal(829)
    assert converted.instances[0].actuals[0].end == dt.date(2012, 1, 26)
    assert "Publication of Part 1." in [kept.text for kept in plan.kept_as_text]


def test_gives_the_same_ids_however_the_file_is_laid_out() -> None:
    pretty = read("SMLC2011_part2_report_pretty_bom.xml")
    oneline = read("SMLC2011_part2_report_oneline.xml")
    for one, other in zip(pretty.goals, oneline.goals, strict=True):
        assert one.id == other.id
        assert [each.id for each in one.objectives] == [each.id for each in other.objectives]
        assert [each.id for o in one.objectives for each in o.indicators] == [
            each.id for o in other.objectives for each in o.indicators
        ]


def test_reports_repeated_identifiers() -> None:
    plan = read("SMLC2011_part2_report_pretty_bom.xml")
    repeated = [each for each in plan.repairs if "is used 6 times" in each.what]
    assert len(repeated) == 6
    assert repeated[0].where == "Goal Part 1 › Objective 1.1 › PerformanceIndicator"
    assert repeated[0].line == 200


def test_repairs_what_real_files_get_wrong() -> None:
    plan = read("made_up/no_namespace_swapped_dates.xml")
    told = " | ".join(f"{each.what}: {each.done}" for each in plan.repairs)
    assert "The namespace is missing" in told
    assert plan.organisations[0].name == "Harbour Trust"
    assert [value.name for value in plan.values] == ["Care"]
    goal = plan.goals[0]
    assert goal.stakeholders == ()
    indicator = goal.objectives[0].indicators[0]
    target, in_words = indicator.instances[0].targets
    baseline, unfilled = indicator.instances[0].actuals
    assert (target.value, target.start, target.end) == (
        Decimal(1200),
        dt.date(2024, 1, 1),
        dt.date(2024, 12, 31),
    )
    assert "They were swapped." in told
    assert (in_words.value, in_words.value_text) == (None, "about half")
    assert baseline.is_baseline
    assert (baseline.value, baseline.unit) == (Decimal("85.5"), "%")
    assert (baseline.start, baseline.end) == (None, dt.date(2023, 6, 30))
    assert "the start left open" in told
    assert unfilled.value is None
    assert indicator.relationships[0].referents == ()
    assert "[To_be_inserted_by_user]" in told
    assert len({goal.id, goal.objectives[0].id, "twice"}) == 3
    assert goal.objectives[1].is_blank
    assert plan.start == dt.date(2024, 3, 27)
    kept = {(each.name, each.text) for each in plan.kept_as_text}
    assert {("Colour", "Blue"), ("EndDate", "next summer"), ("NumberOfUnits", "about half")} <= kept


def test_reads_a_pre_iso_plan_inside_something_else() -> None:
    plan = read("made_up/pre_iso_wrapped.xml")
    told = " | ".join(each.what for each in plan.repairs)
    assert plan.name == "Library plan"
    assert plan.goals[0].name == "Read more\n\nRead widely"
    assert plan.goals[0].description == "Everybody reads ."
    assert plan.submitter is not None
    assert plan.submitter.name == "Lib Rarian"
    assert "stray words" in [each.text for each in plan.kept_as_text]
    for expected in (
        "before the ISO standard",
        "stands inside <export>",
        "Blank space before the XML declaration",
        "Name occurs 2 times",
    ):
        assert expected in told


def test_loses_no_word_of_a_file() -> None:
    words = (DATA / "made_up" / "no_namespace_swapped_dates.xml").read_text()
    plan = repr(read("made_up/no_namespace_swapped_dates.xml"))
    for word in ("Nobody is hurt", "Fewer injuries", "Outcome", "Serves", "Blue", "Hal Bour", "HT"):
        assert word.split()[0] in words
        assert word in plan


def test_an_id_does_not_change_when_a_neighbour_goes() -> None:
    both = read_stratml(plan_xml("<Goal><Name>A</Name></Goal><Goal><Name>B</Name></Goal>"))
    alone = read_stratml(plan_xml("<Goal><Name>B</Name></Goal>"))
    assert both.goals[1].id == alone.goals[0].id


@pytest.mark.parametrize(
    "written",
    ["<Goal><Name>A</Goal>", "<Goal>\n<Name>A & B</Name></Goal>", "<Goal", "<Goal a='1' a='2'/>"],
)
def test_malformed_xml_is_refused_with_line_and_column(written: str) -> None:
    with pytest.raises(RefusedFile) as refusal:
        read_stratml(plan_xml(written))
    assert refusal.value.line is not None
    assert refusal.value.column is not None
    assert str(refusal.value).startswith(f"Line {refusal.value.line}, column")


def test_the_place_of_a_fault_is_exact() -> None:
    with pytest.raises(RefusedFile) as refusal:
        read_stratml(b"<StrategicPlan>\n  <Name>x</Nome>\n</StrategicPlan>")
    assert (refusal.value.line, refusal.value.column) == (2, 12)


def test_entities_and_dtds_are_refused() -> None:
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10 if n else "lol"}">' for n in range(10))
    for doctype in (
        f"<!DOCTYPE x [{laughs}]>",
        '<!DOCTYPE x SYSTEM "file:///etc/passwd">',
        '<!DOCTYPE x [<!ENTITY a SYSTEM "http://127.0.0.1/">]>',
    ):
        with pytest.raises(RefusedFile, match="document type definition"):
            read_stratml(
                f"<?xml version='1.0'?>{doctype}<StrategicPlan>&l9;</StrategicPlan>".encode()
            )


def test_limits_hold() -> None:
    with pytest.raises(RefusedFile, match="nested"):
        read_stratml(b"<a>" * 100 + b"</a>" * 100)
    with pytest.raises(RefusedFile, match="elements"):
        read_stratml(plan_xml("<Goal/>" * 50), Limits(xml_elements=40))
    # Looking an attribute up takes as long as there are attributes: many of them would never end.
    with pytest.raises(RefusedFile, match="5000 attributes; at most 200"):
        attributes = " ".join(f'a{n}="x"' for n in range(5000))
        read_stratml(f"<StrategicPlan {attributes}/>".encode())
    with pytest.raises(RefusedFile, match="MB"):
        read_stratml(plan_xml(""), Limits(bytes=10))
    with pytest.raises(RefusedFile, match="empty"):
        read_stratml(b"")


def test_other_xml_is_refused_by_name() -> None:
    with pytest.raises(RefusedFile, match="<rss>"):
        read_stratml(b"<rss/>")
