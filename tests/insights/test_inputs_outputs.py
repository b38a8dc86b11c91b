"""Inputs and outputs: what the night stores of a day, and the page, the file and the operation that read it."""

import csv
import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from io import StringIO
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from goldenthread.core.models import Organisation
from goldenthread.insights.models import Figure
from goldenthread.insights.selectors import inputs_outputs
from goldenthread.insights.services import store_figures
from goldenthread.objectives.models import (
    CheckIn,
    Cycle,
    KeyResult,
    Objective,
    ObjectiveHeld,
    ObjectiveScore,
)
from goldenthread.objectives.states import State
from goldenthread.people.models import PersonHeld, UnitHeld
from goldenthread.strategy.models import Kpi, KpiTarget, Observation, Strategy
from tests.cast import (
    TODAY,
    Cast,
    link,
    make_cycle,
    make_key_result,
    make_kpi,
    make_objective,
    make_priority,
    signed_in,
)

DAY = dt.timedelta(days=1)
NOON = dt.datetime(2026, 5, 13, 12, tzinfo=dt.UTC)


def agreed(cast_owner: Any, title: str, **fields: Any) -> Objective:
    """An objective that began four weeks ago with a rhythm of seven days: three check-ins were due."""
    return make_objective(
        cast_owner, title, **{"starts_on": TODAY - 28 * DAY, "looked_at_on": TODAY} | fields
    )


def check_in(key_result: KeyResult, days_ago: int, recorded: dt.datetime = NOON) -> None:
    on = TODAY - days_ago * DAY
    CheckIn.objects.create(
        key_result=key_result, as_of=on, value=1, recorded_at=recorded - days_ago * DAY
    )


def figure(measure: str, unit: int = 0, on: dt.date = TODAY) -> Figure:
    kind = "unit" if unit else "organisation"
    return Figure.objects.get(measure=measure, scope_kind=kind, scope_id=unit, as_of=on)


@pytest.fixture
def practised(cast: Cast, strategy: Strategy) -> dict[str, Any]:
    """Two agreed objectives in Operations: one keeps the rhythm and its criteria hold, one neither."""
    punctual = make_priority(strategy, "Punctual trains", weight=Decimal(100))
    kept = agreed(cast.operations, "Clear the junction")
    link(kept, punctual)
    left = agreed(cast.flo, "New timetable", open_rules=" O07 K09 ")
    for ago in (22, 15, 8):
        check_in(make_key_result(kept, f"Delays {ago}"), ago)
    check_in(make_key_result(left), 27)
    Objective.objects.update(looked_at_on=TODAY)
    for held in (ObjectiveHeld, ObjectiveScore, PersonHeld, UnitHeld):
        held.objects.update(valid_from=TODAY - 28 * DAY)
    return {"kept": kept, "left": left, "punctual": punctual}


# What the night stores ------------------------------------------------------------------------------------------


def test_criteria_hold_where_neither_error_nor_warning_is_open(
    practised: dict[str, Any], cast: Cast
) -> None:
    agreed(cast.gus, "Hints only", open_rules=" O08 O09 ")
    agreed(cast.cyd, "Nobody has looked", looked_at_on=None)
    make_objective(cast.cyd, "Not agreed", state=State.DRAFT, looked_at_on=TODAY)
    store_figures()
    found = figure("criteria-quality")
    assert (found.numerator, found.denominator, found.value) == (2, 3, pytest.approx(2 / 3))


def test_how_criteria_stood_is_not_made_up_for_a_day_long_gone(practised: dict[str, Any]) -> None:
    store_figures(TODAY - DAY)
    assert figure("criteria-quality", on=TODAY - DAY).numerator == 1
    store_figures(TODAY - 2 * DAY)
    assert not Figure.objects.filter(measure="criteria-quality", as_of=TODAY - 2 * DAY).exists()


def test_check_ins_made_count_against_those_due(practised: dict[str, Any]) -> None:
    store_figures()
    found = figure("check-in-adherence")
    assert (found.numerator, found.denominator, found.n) == (4, 6, 6)


def test_a_check_in_dated_back_later_does_not_change_a_day_gone_by(
    practised: dict[str, Any],
) -> None:
    late = practised["left"].key_results.get()
    CheckIn.objects.create(key_result=late, as_of=TODAY - 15 * DAY, value=1, recorded_at=NOON)
    store_figures(TODAY - DAY)
    assert figure("check-in-adherence", on=TODAY - DAY).numerator == 4
    store_figures()
    assert figure("check-in-adherence").numerator == 5


def test_days_away_ask_for_no_check_in(practised: dict[str, Any], cast: Cast) -> None:
    cast.flo.absences.create(start=TODAY - 27 * DAY, end=TODAY - DAY)
    store_figures()
    assert figure("check-in-adherence").denominator == 3


def test_a_unit_of_few_is_withheld(practised: dict[str, Any], cast: Cast) -> None:
    store_figures()
    found = figure("check-in-adherence", cast.operations.pk)
    assert (found.status, found.value, found.numerator) == ("suppressed", None, None)
    Organisation.objects.update(minimum_group=1)
    store_figures()
    assert figure("check-in-adherence", cast.operations.pk).numerator == 4


def kpi(name: str, value: str | None, target: str | None, **fields: Any) -> Kpi:
    made = make_kpi(name, **fields)
    if target is not None:
        KpiTarget.objects.create(
            kpi=made,
            starts_on=TODAY - 50 * DAY,
            due_on=TODAY + 50 * DAY,
            baseline=0,
            value=Decimal(target),
        )
    if value is not None:
        Observation.objects.create(kpi=made, on=TODAY - DAY, value=Decimal(value), recorded_at=NOON)
    return made


def test_kpis_in_range_are_those_with_a_target_and_a_value(cast: Cast) -> None:
    kpi("On time", "50", "100", unit=cast.operations)
    kpi("Far off", "5", "100", unit=cast.stations)
    kpi("Never measured", None, "100")
    kpi("Without a target", "7", None)
    make_kpi("In a range", direction="hold", low=1, high=3)
    store_figures()
    found = figure("kpis-in-range")
    assert (found.numerator, found.denominator, found.n) == (1, 2, 4)
    assert figure("kpis-in-range", cast.operations.pk).value == 1
    assert figure("kpis-in-range", cast.stations.pk).value == 0


def closed(owner: Any, cycle: Cycle, score: float | None, **fields: Any) -> Objective:
    given = {
        "cycle": cycle,
        "critical": True,
        "measurable": True,
        "state": State.ACHIEVED if score == 1 else State.MISSED,
        "agreed_at": NOON,
        "closed_at": dt.datetime(2026, 3, 31, 12, tzinfo=dt.UTC),
        "closing_score": score,
    }
    return make_objective(owner, f"Closed with {score}", **given | fields)


@pytest.fixture
def first_quarter(cast: Cast) -> Cycle:
    return make_cycle(
        "Q1 2026",
        starts_on=dt.date(2026, 1, 1),
        ends_on=dt.date(2026, 3, 31),
        state=Cycle.State.CLOSED,
    )


def test_critical_objectives_count_once_their_cycle_is_closed(
    cast: Cast, first_quarter: Cycle
) -> None:
    closed(cast.operations, first_quarter, 1)
    closed(cast.flo, first_quarter, 0.7, ambition=Objective.Ambition.ASPIRATIONAL)
    closed(cast.ben, first_quarter, 0.7)
    closed(cast.cyd, first_quarter, 1, state=State.DROPPED)
    closed(cast.cyd, first_quarter, 0.2, state=State.CARRIED_OVER)
    closed(cast.cyd, first_quarter, 1, critical=False)
    closed(cast.cyd, make_cycle(), 1)
    # Left out: nothing to score, and over before half of the cycle.
    closed(cast.cyd, first_quarter, None, measurable=False)
    closed(cast.gus, first_quarter, 0, closed_at=dt.datetime(2026, 2, 1, tzinfo=dt.UTC))
    store_figures()
    found = figure("critical-achieved", on=first_quarter.ends_on)
    assert (found.numerator, found.denominator, found.status) == (2, 5, "early")
    assert figure("critical-left-out", on=first_quarter.ends_on).value == 2
    few = ("critical-achieved", cast.operations.pk, first_quarter.ends_on)
    assert (figure(*few).status, figure(*few).numerator) == ("suppressed", None)
    Organisation.objects.update(minimum_group=1)
    store_figures()
    assert (figure(*few).numerator, figure(*few).denominator, figure(*few).value) == (2, 3, None)


def test_what_a_cycle_of_long_ago_came_to_stays_as_it_was_stored(
    cast: Cast, first_quarter: Cycle
) -> None:
    ended = dt.date(2025, 12, 31)
    Cycle.objects.filter(pk=first_quarter.pk).update(starts_on=dt.date(2025, 10, 1), ends_on=ended)
    one = closed(cast.ben, Cycle.objects.get(pk=first_quarter.pk), 1)
    store_figures()
    Objective.objects.filter(pk=one.pk).update(closing_score=0)
    store_figures()
    assert figure("critical-achieved", on=ended).numerator == 1


def test_critical_objectives_under_way_are_judged_as_they_stood(cast: Cast) -> None:
    for place, score in enumerate((0.5, 0.6, 0.1, 0.5, 0.5)):
        agreed(
            cast.ben,
            f"Critical {place}",
            critical=True,
            score=score,
            measured_share=1,
            last_check_in_on=TODAY,
        )
    agreed(cast.ben, "Never measured", critical=True)
    store_figures()
    assert figure("critical-on-pace", cast.operations.pk).status == "suppressed"  # of few people
    found = figure("critical-on-pace")
    assert (found.numerator, found.denominator, found.status) == (4, 5, "early")


# The page -------------------------------------------------------------------------------------------------------


def page(client: Client, person: Any, **query: Any) -> str:
    answer = signed_in(client, person).get(reverse("inputs-outputs"), query)
    assert answer.status_code == 200
    return answer.content.decode()


def test_it_sets_both_sides_beside_each_other_and_claims_nothing(
    client: Client, practised: dict[str, Any], cast: Cast
) -> None:
    kpi("On time", "50", "100")
    store_figures()
    text = page(client, cast.cyd)
    assert "<em>67\u202f%</em> of the check-ins due were made" in text
    assert "1 of 1 KPIs</em> with a target are in range" in text
    assert "Nothing on this page says that one moves the other" in text
    for slug in ("criteria-quality", "check-in-adherence", "kpis-in-range", "critical-objectives"):
        assert reverse("method", args=[slug]) in text
    assert f"{reverse('objectives')}?health=outdated" in text  # what moves it
    for causal in ("because of", "leads to", "drives", "improves", "thanks to"):
        assert causal not in text.lower()


def test_the_charts_share_one_time_axis(practised: dict[str, Any], cast: Cast) -> None:
    kpi("On time", "50", "100")
    for ago in (9, 5, 0):
        store_figures(TODAY - ago * DAY)
    found = inputs_outputs.inputs_outputs(None, TODAY, None)
    plots = [one.plot for one in (*found.inputs, *found.outputs, *found.kpis) if one.plot]
    assert len(plots) > 2
    assert len({(plot.x_ticks[0].text, plot.x_ticks[-1].text, plot.left) for plot in plots}) == 1


def test_a_line_of_years_shows_the_last_day_of_each_month(practised: dict[str, Any]) -> None:
    for back in range(120):
        Figure.objects.create(
            measure="check-in-adherence",
            scope_kind="organisation",
            as_of=TODAY - back * DAY,
            method_version="check-in-adherence/1",
            value=0.5,
            numerator=1,
            denominator=2,
            n=2,
            status="ok",
        )
    inputs, _ = inputs_outputs.both_sides(None, TODAY)
    line = next(one for one in inputs if one.key == "check-in-adherence")
    assert line.plot is not None
    assert [row[0] for row in line.plot.rows] == [
        dt.date(2026, 1, 31),
        dt.date(2026, 2, 28),
        dt.date(2026, 3, 31),
        dt.date(2026, 4, 30),
        TODAY,
    ]


def test_too_few_critical_objectives_are_counted_and_not_judged(
    client: Client, cast: Cast, first_quarter: Cycle
) -> None:
    closed(cast.ben, first_quarter, 1)
    make_objective(cast.ben, looked_at_on=TODAY)
    store_figures()
    text = page(client, cast.cyd)
    assert "1 of 1: too few closed critical objectives" in text
    assert "1 of 1, too few" in text  # by cycle


def test_closed_cycles_are_added_up(cast: Cast, first_quarter: Cycle) -> None:
    for _ in range(3):
        closed(cast.ben, first_quarter, 1)
    before = make_cycle(
        "Q4 2025",
        starts_on=dt.date(2025, 10, 1),
        ends_on=dt.date(2025, 12, 31),
        state=Cycle.State.CLOSED,
    )
    for _ in range(2):
        closed(cast.ben, before, 0.4)
    beside = make_cycle(  # over on the same day
        "H2 2025",
        starts_on=dt.date(2025, 7, 1),
        ends_on=dt.date(2025, 12, 31),
        state=Cycle.State.CLOSED,
    )
    closed(cast.ben, beside, 1)
    store_figures()
    _, outputs = inputs_outputs.both_sides(None, TODAY)
    latest = outputs[-1].latest
    assert latest is not None
    assert (latest.numerator, latest.n, outputs[-1].note) == (4, 6, "in all closed cycles")


def test_an_empty_database_says_what_will_stand_here_and_how_it_begins(
    client: Client, cast: Cast
) -> None:
    text = page(client, cast.ada)
    assert "kept at night" in text
    assert f'href="{reverse("strategy")}"' in text


def test_a_unit_has_its_own_page_and_an_unknown_one_none(
    client: Client, practised: dict[str, Any], cast: Cast
) -> None:
    Organisation.objects.update(minimum_group=1)
    store_figures()
    text = page(client, cast.cyd, unit=cast.operations.pk)
    assert f"{reverse('criteria')}?unit={cast.operations.pk}" in text
    assert "Value covered" not in text
    missing = signed_in(client, cast.cyd).get(reverse("inputs-outputs"), {"unit": 999})
    assert missing.status_code == 404


def test_the_file_has_every_stored_day(
    client: Client, practised: dict[str, Any], cast: Cast
) -> None:
    store_figures(TODAY - DAY)
    store_figures()
    answer = signed_in(client, cast.cyd).get(reverse("inputs-outputs-csv"))
    text = b"".join(answer).decode("utf-8-sig")
    rows = [row for row in csv.DictReader(StringIO(text)) if row["measure"] == "check-in-adherence"]
    assert [(row["as_of"], row["numerator"], row["denominator"]) for row in rows] == [
        ("2026-05-12", "4", "6"),
        ("2026-05-13", "4", "6"),
    ]


def test_it_asks_the_same_few_queries(
    client: Client,
    practised: dict[str, Any],
    cast: Cast,
    assert_queries: Callable[..., Any],
) -> None:
    kpi("On time", "50", "100")
    store_figures()
    signed_in(client, cast.cyd)
    assert_queries("inputs and outputs", client.get, reverse("inputs-outputs"))


def test_the_operation_answers_both_sides(
    client: Client, practised: dict[str, Any], cast: Cast
) -> None:
    kpi("On time", "50", "100")
    store_figures()
    answer = signed_in(client, cast.cyd).get("/api/v1/inputs-outputs").json()
    assert {one["name"]: one["n"] for one in answer["inputs"]}["Check-ins made of those due"] == 6
    assert [one["name"] for one in answer["outputs"]] == ["KPIs in range"]
    assert client.get("/api/v1/inputs-outputs", {"unit": 999}).status_code == 422


def test_effort_without_a_line_stands_among_the_inputs_as_it_is_stored(
    client: Client, practised: dict[str, Any], cast: Cast
) -> None:
    store_figures()
    Figure.objects.update_or_create(
        measure="overload-unaligned",
        scope_kind="organisation",
        scope_id=0,
        as_of=TODAY,
        method_version="overload/1",
        defaults={"value": 0.25, "numerator": 2, "denominator": 8, "n": 9, "status": "ok"},
    )
    inputs, _ = inputs_outputs.both_sides(None, TODAY)
    line = next(one for one in inputs if one.key == "overload-unaligned")
    assert line.latest is not None
    assert (line.latest.value, line.latest.n) == (0.25, 9)
    assert line.rows_url == reverse("effort")
    assert "Effort neither in line nor routine" in page(client, cast.cyd)
