"""The figures of alignment: as the engine gives them, on a day gone by as they were known, stored, printed."""

import datetime as dt
import json
from decimal import Decimal
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from goldenthread.engine.result import Status
from goldenthread.insights.models import Figure
from goldenthread.insights.reports import alignment_report, as_text, lines_of
from goldenthread.insights.selectors.alignment import Alignment, UnitFigures, alignment
from goldenthread.insights.selectors.loose_ends import (
    loose_ends,
    loose_objectives,
    stranded_priorities,
)
from goldenthread.insights.selectors.over_time import alignment_over_time
from goldenthread.insights.services import store_figures
from goldenthread.objectives.models import Objective
from goldenthread.objectives.services import links
from goldenthread.objectives.services.check_ins import check_in
from goldenthread.objectives.states import State
from goldenthread.strategy.models import Priority, Strategy
from tests.cast import (
    TODAY,
    Cast,
    link,
    make_key_result,
    make_objective,
    make_person,
    make_priority,
    make_strategy,
    make_unit,
)


def confirm_weights(strategy: Strategy) -> None:
    strategy.weights_confirmed_at = timezone.now()
    strategy.save()


@pytest.fixture
def worked(cast: Cast, strategy: Strategy) -> dict[str, Any]:
    """The worked example of the method with its people: A to E hang on P1 and P2, P3 is stranded, F is loose."""
    found: dict[str, Any] = {
        name: make_priority(strategy, name, weight=Decimal(weight))
        for name, weight in (("P1", 60), ("P2", 30), ("P3", 10))
    }
    owners = {
        "A": cast.operations,
        "B": cast.stations,
        "C": cast.flo,
        "D": cast.cyd,
        "E": cast.ben,
        "F": cast.dee,
    }
    for name, owner in owners.items():
        found[name] = make_objective(owner, name)
        make_key_result(found[name])
    for pair in ("P1 A", "P1 B", "P2 B", "A C", "A D", "B D", "B E"):
        parent, child = pair.split()
        link(found[child], found[parent])
    confirm_weights(strategy)
    return found


def test_the_worked_example_gives_the_figures_of_its_method_page(worked: dict[str, Any]) -> None:
    found = alignment()
    assert (found.by_count.numerator, found.by_count.denominator) == (5, 6)
    assert found.by_value.value == pytest.approx(0.9)
    assert found.by_people.n == 7
    assert found.by_people.numerator == 4  # Ben (A as its leader, and E), Gus (B), Flo (C), Cyd (D)
    assert (found.depth.median.value, found.depth.maximum.value) == (2, 2)
    assert found.loose == 1
    assert found.stranded == (worked["P3"].pk,)


def test_the_figures_count_what_the_stored_lines_say(worked: dict[str, Any]) -> None:
    assert alignment().by_count.numerator == Objective.objects.filter(in_line=True).count()


def test_without_confirmed_weights_there_is_no_value_figure(
    worked: dict[str, Any], strategy: Strategy
) -> None:
    strategy.weights_confirmed_at = None
    strategy.save()
    found = alignment()
    assert found.by_value.value is None
    assert found.by_value.reason == "weights not set"
    assert found.by_count.value is not None


def test_nothing_unconfirmed_and_nothing_closed_is_counted(worked: dict[str, Any]) -> None:
    make_objective(make_person("Ida Ny"), "From an import", state=State.UNCONFIRMED)
    make_objective(make_person("Ole Far"), "Long ago", state=State.ACHIEVED)
    assert alignment().by_count.n == 6


def test_a_priority_whose_work_cannot_be_measured_is_not_covered(
    cast: Cast, strategy: Strategy
) -> None:
    punctual = make_priority(strategy, "Punctual", weight=Decimal(100))
    link(make_objective(cast.flo, "No criterion"), punctual)
    confirm_weights(strategy)
    found = alignment()
    assert found.by_value.value == 0
    assert found.stranded == ()
    assert found.uncovered == (punctual.pk,)


def test_an_empty_organisation_has_no_figures_and_says_so(organisation: object) -> None:
    found = alignment()
    assert [result.status for _, result in found.figures] == [
        Status.UNDEFINED,
        Status.INSUFFICIENT_DATA,
        Status.UNDEFINED,
        Status.UNDEFINED,
        Status.UNDEFINED,
    ]
    assert all(line.value for line in lines_of(found))


def test_a_new_link_shows_at_once_and_a_check_in_costs_no_new_measuring(
    worked: dict[str, Any], cast: Cast, django_assert_max_num_queries: Any
) -> None:
    alignment()
    key_result = worked["C"].key_results.get()
    check_in(actor=cast.flo, key_result=key_result, value=Decimal(30))
    with django_assert_max_num_queries(
        5
    ):  # what is kept, the mark of the structure; the rest is the organisation
        alignment()
    links.link(actor=cast.dee, child=worked["F"], parent=worked["P3"])
    assert alignment().by_count.numerator == 6


# By unit --------------------------------------------------------------------------------------------------------


def by_name(found: Alignment) -> dict[str, UnitFigures]:
    return {unit.name: unit for unit in found.units}


def test_a_unit_counts_what_is_done_below_it(worked: dict[str, Any], cast: Cast) -> None:
    units = by_name(alignment())
    whole, operations = units["Northwind Rail"], units["Operations"]
    assert (whole.objectives, whole.in_line, whole.people) == (6, 5, 7)
    assert (operations.objectives, operations.in_line, operations.people) == (3, 3, 2)
    assert (operations.parent, operations.depth) == ("Northwind Rail", 1)


def test_few_people_are_withheld_and_cannot_be_told_by_subtraction(cast: Cast) -> None:
    """A team of two, beside one of five and one of nine: the five are withheld with them, the nine are not."""
    region = make_unit("Region", cast.root)
    for size, name in ((2, "Small"), (5, "Middle"), (9, "Large")):
        team = make_unit(name, region)
        for number in range(size):
            make_person(f"{name} {number}", unit=team, account=False)
    units = by_name(alignment())
    assert units["Small"].by_people.status is Status.SUPPRESSED
    assert units["Small"].by_people.n == 0
    assert units["Middle"].by_people.status is Status.SUPPRESSED
    assert units["Large"].by_people.n == 9
    assert units["Region"].by_people.n == 16


@pytest.mark.parametrize("sizes", [(1, 1), (2, 7, 8), (1, 2, 9), (3, 4), (4, 6, 6, 20)])
def test_no_unit_under_the_minimum_is_left_alone_behind_a_shown_sum(
    cast: Cast, sizes: tuple[int, ...]
) -> None:
    region = make_unit("Region", cast.root)
    for place, size in enumerate(sizes):
        team = make_unit(f"Team {place}", region)
        for number in range(size):
            make_person(f"P{place} {number}", unit=team, account=False)
    units = by_name(alignment())
    if units["Region"].withheld:
        return
    hidden = sum(
        unit.people for unit in units.values() if unit.parent == "Region" and unit.withheld
    )
    assert (
        hidden == 0
        or hidden >= 5
        or all(unit.withheld for unit in units.values() if unit.parent == "Region")
    )


# Loose ends and stranded priorities -----------------------------------------------------------------------------


def test_each_loose_end_says_why(worked: dict[str, Any], cast: Cast) -> None:
    ends = loose_ends(list(loose_objectives()), cast.ada)
    assert [(end.title, end.reason) for end in ends] == [("F", "Never linked to anything")]


def test_what_keeps_the_business_running_is_counted_but_no_loose_end(
    worked: dict[str, Any], cast: Cast
) -> None:
    Objective.objects.filter(pk=worked["F"].pk).update(run_the_business=True)
    found = alignment()
    assert (found.loose, found.declared) == (1, 1)
    assert not loose_objectives().exists()


def test_a_restricted_loose_end_keeps_its_title_from_those_who_may_not_see_it(
    worked: dict[str, Any], cast: Cast
) -> None:
    Objective.objects.filter(pk=worked["F"].pk).update(restricted=True, title="Close the depot")
    for reader, title in ((cast.cyd, "A restricted objective"), (cast.ada, "Close the depot")):
        (end,) = loose_ends(list(loose_objectives()), reader)
        assert end.title == title
    (printed,) = alignment_report().loose
    assert (printed.title, printed.owner) == ("A restricted objective", "")


def test_a_confidential_stranded_priority_keeps_its_title(
    worked: dict[str, Any], cast: Cast
) -> None:
    Priority.objects.filter(pk=worked["P3"].pk).update(confidential=True)
    for reader, title in ((cast.cyd, "A confidential priority"), (cast.ada, "P3")):
        (one,) = stranded_priorities(alignment(), reader)
        assert one.title == title
        assert one.weight == pytest.approx(0.1)


def test_a_units_own_priority_without_work_is_stranded_too(
    worked: dict[str, Any], cast: Cast
) -> None:
    of_unit = Strategy.objects.create(
        title="Operations, 2026",
        unit=cast.operations,
        leader=cast.ben,
        state=Strategy.State.IN_FORCE,
        starts_on=TODAY,
        ends_on=TODAY + dt.timedelta(days=200),
    )
    served, alone = make_priority(of_unit, "Served"), make_priority(of_unit, "Alone")
    link(worked["F"], served)
    found = [(one.title, one.unit, one.weight) for one in stranded_priorities(alignment(), None)]
    assert found == [("P3", "", pytest.approx(0.1)), ("Alone", "Operations", None)]
    assert "Alone (Operations): Nothing open serves it" in as_text(alignment_report())
    alone.strategy.state = Strategy.State.ENDED
    alone.strategy.save()
    assert [one.title for one in stranded_priorities(alignment(), None)] == ["P3"]


# A day gone by, and over time -----------------------------------------------------------------------------------


def test_storing_twice_stores_once(worked: dict[str, Any]) -> None:
    count = store_figures()
    assert Figure.objects.count() == count
    links.rebuild_lines()
    assert store_figures() == count
    assert Figure.objects.count() == count
    stored = Figure.objects.get(measure="alignment-coverage", scope_kind="organisation")
    assert (stored.value, stored.numerator, stored.n) == (pytest.approx(5 / 6), 5, 6)
    assert (stored.as_of, stored.method_version) == (TODAY, "alignment-coverage/1")


def test_a_withheld_figure_is_stored_without_its_value(worked: dict[str, Any], cast: Cast) -> None:
    store_figures()
    of_unit = Figure.objects.get(
        measure="people-in-line-of-sight", scope_kind="unit", scope_id=cast.operations.pk
    )
    assert (of_unit.status, of_unit.value, of_unit.numerator, of_unit.n) == (
        "suppressed",
        None,
        None,
        0,
    )


def test_a_chart_needs_two_days_and_reads_only_what_was_stored(worked: dict[str, Any]) -> None:
    in_line = alignment_over_time(TODAY)[0]
    assert (in_line.days, in_line.plot) == (0, None)
    store_figures()
    in_line = alignment_over_time(TODAY)[0]
    assert (in_line.days, in_line.plot) == (1, None)
    Figure.objects.create(
        measure="alignment-coverage",
        scope_kind="organisation",
        as_of=TODAY - dt.timedelta(days=7),
        method_version="alignment-coverage/1",
        value=0.5,
        numerator=3,
        denominator=6,
        n=6,
        status="ok",
    )
    plot = alignment_over_time(TODAY)[0].plot
    assert plot is not None
    assert [row[1] for row in plot.rows] == ["50\u202f%", "83.3\u202f%"]
    assert plot.rows[0][3] == "3 of 6"


def test_a_figure_by_another_method_is_another_line(worked: dict[str, Any]) -> None:
    store_figures()
    Figure.objects.filter(measure="alignment-coverage").update(
        method_version="alignment-coverage/0"
    )
    store_figures()
    assert alignment_over_time(TODAY)[0].days == 1
    assert (
        Figure.objects.filter(scope_kind="organisation", measure="alignment-coverage").count() == 2
    )


def test_the_command_stores_a_day_and_refuses_one_to_come(worked: dict[str, Any]) -> None:
    out = StringIO()
    call_command("store_figures", "--as-of", "2026-05-01", stdout=out)
    assert "2026-05-01" in out.getvalue()
    assert Figure.objects.filter(as_of=dt.date(2026, 5, 1)).exists()
    with pytest.raises(CommandError, match="has not come"):
        call_command("store_figures", "--as-of", "2030-01-01")


# The report -----------------------------------------------------------------------------------------------------


def printed(kind: str) -> str:
    out = StringIO()
    call_command("report", "alignment", "--format", kind, stdout=out)
    return out.getvalue()


def test_text_json_and_page_say_the_same(worked: dict[str, Any], cast: Cast) -> None:
    text, page, data = printed("text"), printed("html"), json.loads(printed("json"))
    for line, figure in zip(lines_of(alignment()), data["figures"], strict=True):
        assert figure["name"] == line.name
        assert figure["value"] == line.result.value
        assert (figure["numerator"], figure["n"]) == (line.result.numerator, line.result.n)
        for words in (line.name, line.value, line.count, line.interval, line.band):
            assert words in text
            assert words in page
    for kind in (text, page):
        assert "P3" in kind
        assert "Never linked to anything" in kind
    assert [one["title"] for one in data["stranded_priorities"]] == ["P3"]
    assert [one["title"] for one in data["loose_ends"]] == ["F"]
    assert {one["unit"] for one in data["units"]} == {"Northwind Rail", "Operations", "Stations"}


def test_the_printed_page_stands_alone(worked: dict[str, Any]) -> None:
    page = printed("html")
    assert "<script" not in page
    assert "http" not in page
    assert page.startswith("<!doctype html>")


def test_a_report_of_an_empty_database_says_that_there_is_nothing(db: None) -> None:
    with pytest.raises(CommandError, match="no organisation"):
        printed("text")


def test_a_title_is_escaped_on_the_printed_page(cast: Cast) -> None:
    make_strategy(cast.ada)
    make_objective(cast.flo, "<b>Loud</b>")
    page = printed("html")
    assert "&lt;b&gt;Loud" in page
    assert "<b>Loud" not in page
