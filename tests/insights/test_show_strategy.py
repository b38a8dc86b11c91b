"""The strategy on a page: figures as the engine gives them, words from the figures, and who sees what."""

import datetime as dt
import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from goldenthread.core import audit
from goldenthread.engine.flow import value_flow
from goldenthread.engine.graph import Edge
from goldenthread.engine.scores import priority_progress
from goldenthread.insights.selectors.strategy_page import StrategyPage, strategy_page
from goldenthread.objectives.models import Objective
from goldenthread.objectives.services.links import rebuild_lines, refresh_in_line
from goldenthread.objectives.states import State
from goldenthread.people.models import Person
from goldenthread.strategy.models import ExpectedResult, Observation, Priority, Strategy, TradeOff
from tests.cast import (
    TODAY,
    Cast,
    link,
    make_kpi,
    make_objective,
    make_priority,
    make_strategy,
    signed_in,
)


def confirm_weights(strategy: Strategy) -> None:
    strategy.weights_confirmed_at = timezone.now()
    strategy.weights_confirmed_by = strategy.leader
    strategy.save()


def expect(priority: Priority, name: str, now: str | None, target: str = "90") -> None:
    """An expected result from 50 to the target over 2026, with its value of yesterday."""
    kpi = make_kpi(name, owner=priority.sponsor)
    ExpectedResult.objects.create(
        priority=priority,
        text=name,
        kpi=kpi,
        baseline=Decimal(50),
        target=Decimal(target),
        starts_on=dt.date(2026, 1, 1),
        due_on=dt.date(2026, 12, 31),
    )
    if now is not None:
        Observation.objects.create(
            kpi=kpi,
            on=TODAY - dt.timedelta(days=1),
            value=Decimal(now),
            recorded_at=timezone.now(),
        )


def line_up(child: Objective, parent: Objective | Priority, strength: int = 3) -> None:
    link(child, parent, strength)
    rebuild_lines()
    for priority in Priority.objects.filter(strategy__unit=None):
        refresh_in_line(priority)


def scored(owner: Any, title: str, score: float | None, **fields: Any) -> Objective:
    return make_objective(owner, title, score=score, **fields)


def page_of(strategy: Strategy, reader: Person) -> StrategyPage:
    return strategy_page(strategy, reader, TODAY)


def test_figures_of_a_priority_agree_with_the_engine(
    cast: Cast, strategy: Strategy, ada: Person
) -> None:
    first = make_priority(strategy, "First", weight=Decimal(75))
    second = make_priority(strategy, "Second", weight=Decimal(25))
    confirm_weights(strategy)
    one = scored(cast.operations, "One", 0.5)
    two = scored(cast.flo, "Two", 0.9)
    three = scored(cast.cyd, "Three", None)
    line_up(one, first, 9)
    line_up(two, first, 3)
    line_up(two, second, 1)
    line_up(three, one, 3)
    edges = [
        Edge("first", "one", 9),
        Edge("first", "two", 3),
        Edge("second", "two", 1),
        Edge("one", "three", 3),
    ]
    flow = value_flow({"first": 75, "second": 25}, edges)
    expected = priority_progress(
        flow.kept_by_priority["first"],
        {"one": 0.5, "two": 0.9, "three": None},
    )
    page = page_of(strategy, ada)
    row = page.rows[0]
    assert row.share == 0.75
    assert row.progress is not None
    assert row.progress.value == pytest.approx(expected.value)
    assert row.progress.coverage == pytest.approx(expected.coverage)
    assert row.reach is not None
    assert (row.reach.objectives, row.reach.people) == (3, 3)
    assert page.rows[1].reach is not None
    assert page.rows[1].reach.objectives == 1
    assert (page.in_line.numerator, page.in_line.denominator) == (3, 3)


def test_progress_of_results_is_their_mean_against_the_elapsed_part(
    strategy: Strategy, ada: Person
) -> None:
    priority = make_priority(strategy)
    expect(priority, "Trains on time", "70")
    expect(priority, "Seats free", "54")
    expect(priority, "Never measured", None)
    row = page_of(strategy, ada).rows[0]
    assert row.standing.score == pytest.approx((0.5 + 0.1) / 2)
    assert row.standing.expected == pytest.approx(132 / 365)
    assert row.standing.health == "on_pace"
    assert (row.standing.measured, row.standing.count) == (2, 3)


def test_without_confirmed_weights_there_is_no_share_and_no_progress_by_value(
    cast: Cast, strategy: Strategy, client: Client, ada: Person, flo: Person
) -> None:
    priority = make_priority(strategy, "First", weight=Decimal(100))
    line_up(scored(flo, "One", 0.5), priority)
    row = page_of(strategy, ada).rows[0]
    assert row.share is None
    assert row.progress is not None
    assert row.progress.value is None
    assert row.progress.reason == "weights not set"
    leader = signed_in(client, ada).get("/strategy/").content.decode()
    assert "Weights not set." in leader
    assert f"/strategy/{strategy.pk}/weights/" in leader
    reader = signed_in(client, flo).get("/strategy/").content.decode()
    assert "Weights not set." in reader
    assert f"/strategy/{strategy.pk}/weights/" not in reader


def test_only_open_and_confirmed_work_counts(cast: Cast, strategy: Strategy, ada: Person) -> None:
    priority = make_priority(strategy)
    for state in (State.ACTIVE, State.DRAFT, State.UNCONFIRMED, State.ACHIEVED, State.DROPPED):
        closed_at = timezone.now() if state in {State.ACHIEVED, State.DROPPED} else None
        line_up(scored(cast.flo, state, 0.5, state=state, closed_at=closed_at), priority)
    page = page_of(strategy, ada)
    assert page.rows[0].reach is not None
    assert page.rows[0].reach.objectives == 2
    assert page.in_line.denominator == 2


def test_figures_follow_a_check_in_and_a_new_link_at_once(
    cast: Cast, strategy: Strategy, ada: Person
) -> None:
    priority = make_priority(strategy, weight=Decimal(100))
    confirm_weights(strategy)
    one = scored(cast.flo, "One", 0.2)
    line_up(one, priority)
    first = page_of(strategy, ada).rows[0]
    assert first.progress is not None
    assert first.progress.value == pytest.approx(0.2)
    Objective.objects.filter(pk=one.pk).update(score=0.6)
    audit.record(cast.flo, "check in", one)
    after = page_of(strategy, ada).rows[0]
    assert after.progress is not None
    assert after.progress.value == pytest.approx(0.6)
    line_up(scored(cast.cyd, "Two", 1.0), priority)
    linked = page_of(strategy, ada).rows[0]
    assert linked.progress is not None
    assert linked.progress.value == pytest.approx(0.8)


def test_the_first_sentence_speaks_of_the_priority_most_at_risk(
    strategy: Strategy, client: Client, ada: Person
) -> None:
    good = make_priority(strategy, "Clean stations", weight=Decimal(60))
    bad = make_priority(strategy, "Punctual trains", weight=Decimal(40))
    confirm_weights(strategy)
    expect(good, "Stations cleaned", "80")
    expect(bad, "Trains on time", "54")
    lede = _lede(signed_in(client, ada).get("/strategy/"))
    assert lede.startswith(
        "One of two priorities is on pace; Punctual trains has weight 40 and is at risk:"
    )
    assert "10\u202f% of the way where 36\u202f% was expected" in lede


def test_a_priority_that_nothing_serves_is_named_as_stranded(
    cast: Cast, strategy: Strategy, client: Client
) -> None:
    served, alone = make_priority(strategy, "Served"), make_priority(strategy, "Alone")
    line_up(make_objective(cast.flo), served)
    answer = signed_in(client, cast.flo).get("/strategy/")
    assert [row.priority for row in answer.context["page"].stranded] == [alone]
    assert "Nothing serves it yet" in answer.content.decode()


def test_more_than_five_active_priorities_are_flagged(
    strategy: Strategy, client: Client, ada: Person, flo: Person
) -> None:
    for number in range(5):
        make_priority(strategy, f"Priority {number}")
    signed_in(client, ada)
    assert "effort disperses" not in client.get("/strategy/").content.decode()
    make_priority(strategy, "One too many")
    assert "Drop or merge a priority" in client.get("/strategy/").content.decode()
    assert (
        "Drop or merge a priority" not in signed_in(client, flo).get("/strategy/").content.decode()
    )


def test_a_draft_is_hatched_and_confirmed_by_whom_it_waits_for(
    strategy: Strategy, client: Client, ada: Person, gus: Person, flo: Person
) -> None:
    draft = make_priority(
        strategy, "A draft", state=Priority.State.UNCONFIRMED, sponsor=gus, sponsor_named_by=ada
    )
    confirm = f'action="/priorities/{draft.pk}/confirm/"'
    for person, may in ((gus, True), (ada, True), (flo, False)):
        page = signed_in(client, person).get("/strategy/").content.decode()
        assert "prio-draft is-unconfirmed" in page
        assert (confirm in page) == may, person


def test_a_confidential_priority_counts_and_is_not_named(
    cast: Cast, strategy: Strategy, client: Client
) -> None:
    make_priority(strategy, "Punctual trains")
    secret = make_priority(strategy, "Buy the rival", confidential=True)
    line_up(make_objective(cast.flo, "Count the rolling stock"), secret)
    TradeOff.objects.create(
        strategy=strategy, priority=secret, kind="even_over", this="Rival", over="Growth"
    )
    page = signed_in(client, cast.flo).get("/strategy/")
    text = page.content.decode()
    assert "Buy the rival" not in text
    assert "Rival" not in text
    assert "1 confidential priority is not shown to you" in text
    assert page.context["page"].in_line.numerator == 1
    assert "Buy the rival" in signed_in(client, cast.ada).get("/strategy/").content.decode()


def test_a_unit_has_a_page_of_its_own_strategy(
    cast: Cast, strategy: Strategy, client: Client
) -> None:
    signed_in(client, cast.flo)
    address = f"/units/{cast.operations.pk}/strategy/"
    assert "has no strategy of its own" in client.get(address).content.decode()
    own = make_strategy(cast.ben, title="Operations first", unit=cast.operations)
    priority = make_priority(own, "Shorter turnarounds")
    line_up(make_objective(cast.flo), priority)
    answer = client.get(address)
    assert "Shorter turnarounds" in answer.content.decode()
    assert answer.context["page"].rows[0].reach.objectives == 1


def test_without_a_strategy_a_leader_gets_the_first_step_and_others_an_explanation(
    client: Client, ada: Person, flo: Person
) -> None:
    assert "/strategy/new/" in signed_in(client, ada).get("/strategy/").content.decode()
    text = signed_in(client, flo).get("/strategy/").content.decode()
    assert "No strategy is in force yet" in text
    assert "/strategy/new/" not in text


def test_the_page_asks_the_same_number_of_queries_for_5_and_for_50_objectives(
    cast: Cast,
    strategy: Strategy,
    client: Client,
    ada: Person,
    assert_queries: Callable[..., Any],
) -> None:
    priority = make_priority(strategy, weight=Decimal(100))
    confirm_weights(strategy)
    expect(priority, "Trains on time", "70")
    signed_in(client, ada)
    for number in range(5):
        link(make_objective(cast.flo, f"Objective {number}"), priority)
    assert_queries("strategy", client.get, "/strategy/")
    for number in range(45):
        link(make_objective(cast.cyd, f"Further {number}"), priority)
    assert_queries("strategy", client.get, "/strategy/")


def _lede(answer: Any) -> str:
    inside = answer.content.decode().split('class="lede')[1].split(">", 1)[1].split("</p>")[0]
    words = "".join(part.split(">", 1)[-1] for part in inside.split("<"))
    return " ".join(words.replace("\u202f", "~").split()).replace("~", "\u202f")


def test_a_units_strategy_counts_what_reaches_it_and_not_a_share_of_everybodys_work(
    cast: Cast, strategy: Strategy, client: Client
) -> None:
    of_unit = Strategy.objects.create(
        title="Operations, 2026",
        unit=cast.operations,
        leader=cast.ben,
        state=Strategy.State.IN_FORCE,
        starts_on=TODAY,
        ends_on=TODAY + dt.timedelta(days=200),
    )
    line_up(make_objective(cast.flo), make_priority(of_unit, "Served"))
    make_objective(cast.cyd)
    page = signed_in(client, cast.flo).get(f"/units/{cast.operations.pk}/strategy/")
    figure = page.content.decode().split("<dt>Objectives in line</dt>")[1].split("</div>")[0]
    said = re.sub(r"<[^>]+>", " ", figure).split()
    assert " ".join(said) == "1 reach one of its priorities"
