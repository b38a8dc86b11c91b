"""The alignment map: what is drawn for whom, what is opened, traced and filtered, and what it costs."""

import datetime as dt
import re
from collections import Counter
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from goldenthread.core.models import Organisation
from goldenthread.insights.map_drawing import draw
from goldenthread.insights.selectors.map import AlignmentMap, alignment_map
from goldenthread.insights.selectors.map_levels import MOST, MapFilter
from goldenthread.objectives.models import Contribution, Objective
from goldenthread.objectives.services.links import rebuild_lines
from goldenthread.objectives.states import State
from goldenthread.people.models import Person
from goldenthread.strategy.models import Priority, Strategy
from tests.cast import (
    TODAY,
    Cast,
    link,
    make_cycle,
    make_objective,
    make_priority,
    make_strategy,
    signed_in,
)


@pytest.fixture
def railway(cast: Cast, strategy: Strategy) -> dict[str, Any]:
    """Two priorities, a unit's objective with two below it, one of which serves both; one loose end."""
    punctual = make_priority(strategy, "Punctual trains", weight=Decimal(60))
    calm = make_priority(strategy, "Calm stations", weight=Decimal(40))
    strategy.weights_confirmed_at = timezone.now()
    strategy.save()
    junction = make_objective(cast.operations, "Clear the junction")
    plan = make_objective(cast.flo, "Plan the night shift")
    doors = make_objective(cast.cyd, "Doors close on time")
    platform = make_objective(cast.stations, "Quiet platforms")
    poster = make_objective(cast.dee, "New poster")
    link(junction, punctual, 9)
    link(platform, calm)
    link(plan, junction)
    link(doors, junction, 9)
    link(doors, platform, 1)
    return {
        "punctual": punctual,
        "calm": calm,
        "junction": junction,
        "plan": plan,
        "doors": doors,
        "platform": platform,
        "poster": poster,
    }


def shown(reader: Person, **chosen: Any) -> AlignmentMap:
    return alignment_map(reader, MapFilter(**chosen), TODAY)


def titles(found: AlignmentMap) -> list[str]:
    return [node.title for node in found.nodes[1:]]


def test_branches_come_whole_and_a_second_link_is_drawn_across(
    cast: Cast, railway: dict[str, Any]
) -> None:
    found = shown(cast.ada)
    assert titles(found) == [
        "Punctual trains",
        "Clear the junction",
        "Doors close on time",  # the stronger one first
        "Plan the night shift",
        "Calm stations",
        "Quiet platforms",
    ]
    doors = f"o{railway['doors'].pk}"
    assert [parent for parent, child in found.links if child == doors] == [
        f"o{railway['junction'].pk}",
        f"o{railway['platform'].pk}",
    ]
    drawing = draw(found, lambda key: f"?open={key}")
    assert Counter(line.kind for line in drawing.lines)["edge-further"] == 1


def test_a_loose_end_stands_in_its_lane_with_the_reason(
    cast: Cast, railway: dict[str, Any]
) -> None:
    found = shown(cast.dee)
    (end,) = found.loose
    assert (end.title, end.reason) == ("New poster", "Never linked to anything")
    assert end.action_url == reverse("objective-link", args=[railway["poster"].pk])
    assert found.loose_count == 1
    assert "New poster" not in titles(found)


def test_what_serves_something_unconfirmed_hangs_loose_and_is_drawn_once(
    cast: Cast, railway: dict[str, Any]
) -> None:
    waits = make_objective(cast.stations, "From the import", state=State.UNCONFIRMED)
    below = make_objective(cast.cyd, "Below the import")
    link(waits, railway["calm"])
    link(below, waits)
    found = shown(cast.ada)
    (node,) = [one for one in found.nodes if one.title == "From the import"]
    assert node.unconfirmed
    assert node.value is None
    assert "Below the import" not in titles(found)
    assert "Below the import" in [one.title for one in found.loose]
    lines = draw(found, str).lines
    assert "edge-loose" in {line.kind for line in lines}


def test_what_is_planned_for_a_cycle_to_come_is_not_drawn(
    cast: Cast, railway: dict[str, Any]
) -> None:
    """It is in no figure, so the boxes of the map and the sentence above it count the same."""
    coming = make_cycle("Q4 2026", starts_on=dt.date(2026, 10, 1), ends_on=dt.date(2026, 12, 31))
    planned = make_objective(cast.cyd, "Later", cycle=coming, state=State.PROPOSED)
    link(planned, railway["calm"])
    make_objective(cast.cyd, "Later and loose", cycle=coming, state=State.PROPOSED)
    found = shown(cast.ada)
    assert "Later" not in titles(found)
    assert [one.title for one in found.loose] == ["New poster"]
    assert found.figures.by_count.numerator == found.objectives == 4
    assert found.figures.loose == found.loose_count == 1


def test_unconfirmed_ones_without_a_line_wait_in_the_lane_and_are_no_loose_ends(
    cast: Cast, railway: dict[str, Any]
) -> None:
    make_objective(cast.flo, "Out of nowhere", state=State.UNCONFIRMED)
    found = shown(cast.ada)
    assert (found.loose_count, found.waiting) == (1, 1)
    assert found.loose[-1].reason == "Waits for Flo Dahl to confirm it"
    assert found.figures.by_count.n == 5


@pytest.mark.parametrize("where", ["map", "map-csv", "map-find"])
def test_no_title_is_shown_to_those_who_may_not_see_it(
    client: Client, cast: Cast, railway: dict[str, Any], where: str
) -> None:
    Objective.objects.filter(pk__in=[railway["plan"].pk, railway["poster"].pk]).update(
        restricted=True
    )
    Priority.objects.filter(pk=railway["calm"].pk).update(confidential=True)
    query = {"q": "p"} if where == "map-find" else {}
    secret = ("Plan the night shift", "New poster", "Calm stations")
    text = b"".join(signed_in(client, cast.cyd).get(reverse(where), query)).decode()
    for title in secret:
        assert title not in text
    if where == "map":
        assert "A restricted objective" in text
        assert "A confidential priority" in text
        assert reverse("objective", args=[railway["plan"].pk]) not in text
        assert "4 of 5 objectives" in text


def test_a_traced_line_is_drawn_thick_up_to_the_strategy(
    cast: Cast, railway: dict[str, Any]
) -> None:
    found = shown(cast.ada, trace=f"o{railway['doors'].pk}")
    assert found.traced == railway["doors"]
    traced = {node.title for node in found.nodes if node.traced}
    assert traced == {
        "On time, every time",
        "Punctual trains",
        "Clear the junction",
        "Doors close on time",
        "Calm stations",
        "Quiet platforms",
    }
    drawing = draw(found, str)
    thick = [line for line in drawing.lines if line.kind == "edge-traced"]
    assert len(thick) == 6


def test_what_is_traced_is_drawn_however_deep_it_lies(cast: Cast, railway: dict[str, Any]) -> None:
    parent = railway["plan"]
    for number in range(4):
        child = make_objective(cast.flo, f"Step {number}")
        link(child, parent)
        parent = child
    assert "Step 3" not in titles(shown(cast.ada))
    assert "Step 3" in titles(shown(cast.ada, trace=f"o{parent.pk}"))


def test_a_restricted_objective_cannot_be_traced_by_guessing(
    client: Client, cast: Cast, railway: dict[str, Any]
) -> None:
    Objective.objects.filter(pk=railway["plan"].pk).update(restricted=True)
    found = shown(cast.cyd, trace=f"o{railway['plan'].pk}")
    assert found.traced is None
    assert not found.traced_links


def test_more_are_opened_step_by_step(cast: Cast, railway: dict[str, Any]) -> None:
    for number in range(30):
        link(make_objective(cast.flo, f"Extra {number:02}"), railway["junction"])
    key = f"o{railway['junction'].pk}"

    def drawn(opened: int) -> tuple[int, int]:
        found = shown(cast.ada, opened=Counter({key: opened}))
        node = next(one for one in found.nodes if one.key == key)
        return sum(one.parent == key for one in found.nodes), node.more

    assert [drawn(0), drawn(1), drawn(2)] == [(2, 30), (22, 10), (32, 0)]


def test_filters_leave_what_fits_and_what_leads_to_it(cast: Cast, railway: dict[str, Any]) -> None:
    found = shown(cast.ada, unit=cast.operations)
    assert titles(found) == ["Punctual trains", "Clear the junction", "Plan the night shift"]
    assert found.loose == []
    found = shown(cast.ada, priority=railway["calm"].pk)
    assert titles(found)[:2] == ["Calm stations", "Quiet platforms"]
    Objective.objects.filter(pk=railway["plan"].pk).update(score=1.0, measured_share=1)
    Objective.objects.filter(pk=railway["plan"].pk).update(expected_fixed=0)
    found = shown(cast.ada, health="done")
    assert titles(found) == ["Punctual trains", "Clear the junction", "Plan the night shift"]


def test_a_usual_cadence_that_changes_is_followed_at_once(
    cast: Cast, railway: dict[str, Any]
) -> None:
    Objective.objects.filter(pk=railway["junction"].pk).update(
        score=0.5,
        last_check_in_on=TODAY - dt.timedelta(20),
        judged_from=TODAY - dt.timedelta(30),
        on_pace_until=TODAY + dt.timedelta(30),
    )

    def health() -> str:
        return next(
            one.health for one in shown(cast.ada).nodes if one.title == "Clear the junction"
        )

    assert health() == "outdated"
    Organisation.objects.update(cadence_days=14)
    assert health() == "on_pace"


def test_depth_hides_what_lies_below_and_counts_it(cast: Cast, railway: dict[str, Any]) -> None:
    found = shown(cast.ada, depth="units")
    assert "Plan the night shift" not in titles(found)
    (junction,) = [node for node in found.nodes if node.title == "Clear the junction"]
    assert junction.more == 2
    assert junction.below == 2
    assert titles(shown(cast.ada, depth="priorities")) == ["Punctual trains", "Calm stations"]


def test_a_units_priority_stands_between(cast: Cast, railway: dict[str, Any]) -> None:
    own = make_strategy(cast.gus, unit=cast.stations, title="Stations 2026")
    inner = make_priority(own, "Fewer crowds")
    link(inner, railway["calm"])
    link(make_objective(cast.cyd, "Open the second gate"), inner)
    found = shown(cast.ada)
    kinds = {node.title: node.kind for node in found.nodes}
    assert kinds["Fewer crowds"] == "unit_priority"
    assert "Open the second gate" in kinds


def test_the_value_that_a_box_carries_is_that_of_the_engine(
    cast: Cast, railway: dict[str, Any]
) -> None:
    values = {node.title: node.value for node in shown(cast.ada).nodes}
    assert values["Punctual trains"] == pytest.approx(0.6)
    assert values["Clear the junction"] == pytest.approx(0.6)
    assert values["Doors close on time"] == pytest.approx(0.6 * 9 / 12 + 0.4)
    assert values["Plan the night shift"] == pytest.approx(0.6 * 3 / 12)


# The page ---------------------------------------------------------------------------------------------------


def test_the_table_holds_the_same_boxes(
    client: Client, cast: Cast, railway: dict[str, Any]
) -> None:
    text = signed_in(client, cast.ada).get(reverse("map")).content.decode()
    drawing, table = text.split("map-tree", 1)
    for title in [*titles(shown(cast.ada)), "New poster"]:
        assert title in table
        assert f'aria-label="{title},' in drawing


def test_titles_are_escaped_in_the_drawing(client: Client, cast: Cast, strategy: Strategy) -> None:
    priority = make_priority(strategy, 'Say "no" & <b>mean</b> it')
    link(make_objective(cast.flo, "<script>alert(1)</script>"), priority)
    text = signed_in(client, cast.ada).get(reverse("map")).content.decode()
    assert "<b>mean" not in text
    assert "<script>alert" not in text
    assert "&lt;script&gt;alert" in text


def test_searching_finds_titles_and_people_and_one_hit_is_traced(
    client: Client, cast: Cast, railway: dict[str, Any]
) -> None:
    signed_in(client, cast.ada)
    found = client.get(reverse("map-find"), {"q": "flo dahl"}).content.decode()
    assert "Plan the night shift" in found
    assert "<html" not in found
    answer = client.get(reverse("map"), {"q": "night shift"})
    assert answer["Location"].endswith(f"?trace=o{railway['plan'].pk}#o{railway['plan'].pk}")
    several = client.get(reverse("map"), {"q": "o"}).content.decode()
    assert "map-results" in several


@pytest.mark.parametrize(
    "query",
    [
        "trace=x",
        "trace=o",
        "trace=o99999999999999999999",
        "priority=-1",
        "unit=nowhere",
        "open=o1&open=q9&open=o٣",
        "health=grand&depth=abyss",
        "trace=p1",
        "unit_id=999999",
    ],
)
def test_an_address_that_makes_no_sense_is_passed_over(
    client: Client, cast: Cast, railway: dict[str, Any], query: str
) -> None:
    assert signed_in(client, cast.ada).get(f"{reverse('map')}?{query}").status_code == 200


def test_an_empty_organisation_is_shown_where_the_thread_begins(client: Client, cast: Cast) -> None:
    text = signed_in(client, cast.ada).get(reverse("map")).content.decode()
    assert "No thread yet" in text
    assert reverse("strategy") in text


def test_the_file_holds_every_objective_with_what_it_serves(
    client: Client, cast: Cast, railway: dict[str, Any]
) -> None:
    answer = signed_in(client, cast.ada).get(reverse("map-csv"))
    text = b"".join(answer).decode()
    rows = text.strip().splitlines()
    assert len(rows) == 6
    (doors,) = [row for row in rows if "Doors close" in row]
    assert doors.endswith("Clear the junction; Quiet platforms")
    assert ",no," in next(row for row in rows if "New poster" in row)


# Size -------------------------------------------------------------------------------------------------------


def grow_to(cast: Cast, railway: dict[str, Any], count: int) -> None:
    cycle = make_cycle("Q3 2026")
    rows = Objective.objects.bulk_create(
        Objective(
            title=f"Objective {number}",
            cycle=cycle,
            owner_person=cast.flo,
            state=State.ACTIVE,
            search=f"objective {number}",
            restricted=number % 50 == 0,
        )
        for number in range(count)
    )
    heads = rows[: count // 20]
    Contribution.objects.bulk_create(
        Contribution(
            child_objective=row,
            parent_priority=railway["punctual"] if place < len(heads) else None,
            parent_objective=None if place < len(heads) else heads[place % len(heads)],
            valid_from=TODAY,
        )
        for place, row in enumerate(rows)
        if place % 11
    )
    rebuild_lines()


def test_five_thousand_objectives_cost_no_more_queries_and_few_boxes(
    client: Client, cast: Cast, railway: dict[str, Any], assert_queries: Callable[..., Any]
) -> None:
    signed_in(client, cast.cyd)
    client.get(reverse("map"))
    assert_queries("map", client.get, reverse("map"))
    Objective.objects.filter(pk=railway["plan"].pk).update(restricted=True)
    grow_to(cast, railway, 5000)
    client.get(reverse("map"))
    answer = assert_queries("map of 5,000", client.get, reverse("map"))
    boxes = len(re.findall(r'<rect class="box', answer.content.decode()))
    assert boxes < 100
    opened = Counter({f"p{railway['punctual'].pk}": 50})
    opened.update(f"o{pk}" for pk in Objective.objects.values_list("pk", flat=True))
    found = shown(cast.ada, opened=opened, depth="all")
    assert len(found.nodes) <= MOST + 1
    assert found.is_full
