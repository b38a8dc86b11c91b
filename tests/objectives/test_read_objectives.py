"""The objectives as a tree, a list and a file; the page of one; the same few queries whatever the size."""

import csv
import datetime as dt
import io
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from goldenthread.engine.pace import Health
from goldenthread.objectives.models import Cycle, Objective
from goldenthread.objectives.selectors.listing import ObjectiveFilter, objective_list, waiting_for
from goldenthread.objectives.selectors.tree import FEW, OPEN_AT_ONCE, Opened, tree
from goldenthread.objectives.services.changes import Change, propose_change
from goldenthread.objectives.services.check_ins import check_in
from goldenthread.objectives.services.closing import Ending, close_objective
from goldenthread.objectives.services.links import link
from goldenthread.objectives.states import State
from goldenthread.people.models import Person, Unit
from goldenthread.strategy.models import Priority, Strategy
from tests.cast import (
    TODAY,
    Cast,
    make_cycle,
    make_key_result,
    make_objective,
    make_priority,
    make_strategy,
    make_unit,
    signed_in,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def priority(strategy: Strategy) -> Priority:
    return make_priority(strategy)


def tied(
    actor: Person, parent: Objective | Priority, title: str, owner: Person | Unit
) -> Objective:
    made = make_objective(owner, title)
    link(actor=actor, child=made, parent=parent)
    make_key_result(made)
    made.refresh_from_db()
    return made


def titles(reader: Person, **chosen: Any) -> list[str]:
    return [row.title for row in objective_list(reader, ObjectiveFilter(**chosen), TODAY)]


# Filters ------------------------------------------------------------------------------------------------------


def test_words_are_found_in_title_and_owner_in_any_case(cast: Cast) -> None:
    make_objective(cast.flo, "Élan at the junction")
    make_objective(cast.cyd, "Clean platforms")
    assert titles(cast.ada, text="éLAN") == ["Élan at the junction"]
    assert titles(cast.ada, text="cyd PLATFORMS") == ["Clean platforms"]
    assert titles(cast.ada, text="flo platforms") == []


def test_a_unit_holds_what_it_its_people_and_the_units_below_own(cast: Cast) -> None:
    lund = make_unit("Lund", cast.operations)
    for owner, title in ((cast.operations, "Own"), (cast.flo, "Of Flo"), (lund, "Below")):
        make_objective(owner, title)
    make_objective(cast.cyd, "Elsewhere")
    assert sorted(titles(cast.ada, unit=cast.operations)) == ["Below", "Of Flo", "Own"]


def test_a_priority_holds_what_reaches_it_at_any_depth(cast: Cast, priority: Priority) -> None:
    top = tied(cast.ben, priority, "Top", cast.operations)
    tied(cast.flo, top, "Below", cast.flo)
    make_objective(cast.flo, "Loose")
    assert sorted(titles(cast.ada, priority=priority)) == ["Below", "Top"]
    assert titles(cast.ada, loose=True) == ["Loose"]


def test_open_ones_stand_there_unless_another_state_is_asked_for(cast: Cast) -> None:
    make_objective(cast.flo, "Open")
    make_objective(cast.flo, "Met", state=State.ACHIEVED)
    make_objective(cast.flo, "Brought in", state=State.UNCONFIRMED)
    assert sorted(titles(cast.ada)) == ["Brought in", "Open"]
    assert titles(cast.ada, state="closed") == ["Met"]
    assert titles(cast.ada, state=State.UNCONFIRMED) == ["Brought in"]
    assert len(titles(cast.ada, state="all")) == 3


def test_mine_my_teams_and_critical(cast: Cast) -> None:
    make_objective(cast.ben, "Own")
    make_objective(cast.operations, "Of my unit", critical=True)
    make_objective(cast.flo, "Of Flo")
    make_objective(cast.cyd, "Elsewhere")
    assert sorted(titles(cast.ben, whose="me")) == ["Of my unit", "Own"]
    assert sorted(titles(cast.ben, whose="team")) == ["Of Flo", "Of my unit"]
    assert titles(cast.ben, critical=True) == ["Of my unit"]


def test_what_waits_for_whom(cast: Cast) -> None:
    by_flo = make_objective(cast.flo, "By Flo", state=State.PROPOSED, proposed_by=cast.flo)
    by_ben = make_objective(cast.flo, "By Ben", state=State.COUNTERED, proposed_by=cast.ben)
    imported = make_objective(cast.flo, "Brought in", state=State.UNCONFIRMED)
    changed = make_objective(cast.flo, "Changed")
    make_key_result(changed)
    propose_change(
        actor=cast.flo, objective=changed, change=Change({"critical": True}), reason="It is."
    )
    of_unit = make_objective(cast.operations, "Unit", state=State.PROPOSED, proposed_by=cast.ben)
    every = Objective.objects.all()
    assert set(waiting_for(cast.flo, every)) == {by_ben, imported}
    assert set(waiting_for(cast.ben, every)) == {by_flo, changed}
    assert set(waiting_for(cast.ada, every)) == {of_unit}
    assert not waiting_for(cast.cyd, every)


@pytest.mark.parametrize(
    ("sort", "first"),
    [("title", "A late one"), ("-title", "Z early"), ("pace", "A late one"), ("-pace", "Z early")],
)
def test_it_is_sorted_both_ways(cast: Cast, sort: str, first: str) -> None:
    make_objective(cast.flo, "A late one", score=0.1, measured_share=1)
    make_objective(cast.flo, "Z early", score=0.9, measured_share=1)
    assert titles(cast.ada, sort=sort)[0] == first


def test_what_needs_somebody_comes_first(cast: Cast) -> None:
    for value, title in ((38, "At risk"), (12, "On pace")):
        objective = make_objective(cast.flo, title)
        check_in(actor=cast.flo, key_result=make_key_result(objective), value=Decimal(value))
    make_objective(cast.flo, "Not measured")
    assert titles(cast.ada) == ["At risk", "Not measured", "On pace"]
    assert titles(cast.ada, health=Health.AT_RISK) == ["At risk"]


# The tree -----------------------------------------------------------------------------------------------------


def shape(reader: Person, opened: Opened | None = None, total: int = 1) -> list[tuple[int, str]]:
    found = tree(reader, ObjectiveFilter(), TODAY, opened or Opened(), total)
    return [
        (row.depth, f"{row.more} more" if row.more else row.node.title)
        for branch in found.branches
        for row in branch.rows
    ]


def test_two_levels_are_open_and_deeper_ones_on_demand(cast: Cast, priority: Priority) -> None:
    nodes: list[Objective | Priority] = [priority]
    for depth in range(1, 7):
        nodes.append(tied(cast.ben, nodes[-1], f"Level {depth}", cast.operations))
    assert shape(cast.ada) == [(1, "Level 1"), (2, "Level 2")]
    deep = Opened(open=frozenset(f"o{node.pk}" for node in nodes[2:]))
    assert shape(cast.ada, deep) == [(n, f"Level {n}") for n in range(1, 7)]
    assert shape(cast.ada, Opened(shut=frozenset({f"o{nodes[1].pk}"}))) == [(1, "Level 1")]
    assert shape(cast.ada, Opened(shut=frozenset({f"p{priority.pk}"}))) == []


def test_among_many_only_what_serves_a_priority_directly_is_open(
    cast: Cast, priority: Priority
) -> None:
    first = tied(cast.ben, priority, "Level 1", cast.operations)
    tied(cast.flo, first, "Level 2", cast.flo)
    many = OPEN_AT_ONCE + 1
    assert shape(cast.ada, total=OPEN_AT_ONCE) == [(1, "Level 1"), (2, "Level 2")]
    assert shape(cast.ada, total=many) == [(1, "Level 1")]
    asked = Opened(open=frozenset({f"o{first.pk}"}))
    assert shape(cast.ada, asked, total=many) == [(1, "Level 1"), (2, "Level 2")]


def test_an_objective_with_two_parents_stands_under_both(cast: Cast, strategy: Strategy) -> None:
    one, two = make_priority(strategy, "One"), make_priority(strategy, "Two")
    objective = tied(cast.flo, one, "Both", cast.flo)
    link(actor=cast.flo, child=objective, parent=two)
    assert shape(cast.ada) == [(1, "Both"), (1, "Both")]


def test_many_children_are_cut_and_shown_on_demand(cast: Cast, priority: Priority) -> None:
    for n in range(FEW + 3):
        tied(cast.flo, priority, f"Objective {n:02}", cast.flo)
    assert shape(cast.ada)[-1] == (1, "3 more")
    assert len(shape(cast.ada)) == FEW + 1
    whole = shape(cast.ada, Opened(whole=frozenset({f"p{priority.pk}"})))
    assert len(whole) == FEW + 3


def test_a_units_priority_stands_between(cast: Cast, priority: Priority) -> None:
    of_unit = make_priority(make_strategy(cast.ben, unit=cast.operations), "Fewer faults")
    link(actor=cast.ben, child=of_unit, parent=priority)
    tied(cast.flo, of_unit, "Below", cast.flo)
    assert shape(cast.ada) == [(1, "Fewer faults"), (2, "Below")]


def test_what_one_may_not_see_is_not_in_the_tree(cast: Cast, priority: Priority) -> None:
    hidden = tied(cast.ben, priority, "Sell the depot", cast.operations)
    Objective.objects.filter(pk=hidden.pk).update(restricted=True)
    tied(cast.ben, hidden, "Below", cast.flo)
    assert shape(cast.cyd) == []
    assert shape(cast.ada) == [(1, "Sell the depot"), (2, "Below")]


def test_every_loose_end_has_its_reason_and_what_ties_it(cast: Cast, priority: Priority) -> None:
    following = make_cycle("Q3 2026", starts_on=dt.date(2026, 7, 1), ends_on=dt.date(2026, 9, 30))
    top = tied(cast.ben, priority, "Top", cast.operations)
    orphan = tied(cast.flo, top, "Orphan", cast.flo)
    never = make_objective(cast.flo, "Never tied")
    above = make_objective(cast.operations, "Loose above")
    below = tied(cast.flo, above, "Loose below", cast.flo)
    close_objective(actor=cast.ben, objective=top, ending=Ending(carry_into=following))
    found = tree(cast.flo, ObjectiveFilter(), TODAY, Opened(), 5).loose
    ends = {end.row.objective: end for end in found.ends}
    assert set(ends) == {orphan, never, above, below}
    assert ends[orphan].to == Objective.objects.get(carried_from=top)
    assert ends[orphan].may_tie
    assert (ends[never].tie, ends[never].to, ends[never].may_tie) == (never, None, True)
    assert ends[below].tie == above
    assert not ends[above].may_tie
    assert all(end.reason for end in found.ends)


# Pages --------------------------------------------------------------------------------------------------------


def many(cast: Cast, parent: Priority, count: int) -> None:
    for n in range(count):
        top = tied(cast.ben, parent, f"Top {n} of {count}", cast.operations)
        for m in range(3):
            below = tied(cast.flo, top, f"Below {n}.{m} of {count}", cast.flo)
            check_in(
                actor=cast.flo,
                key_result=below.key_results.all()[0],
                value=Decimal(30),
            )
        make_objective(cast.flo, f"Loose {n} of {count}")


@pytest.mark.sqlite
@pytest.mark.parametrize("size", [1, 6])
@pytest.mark.parametrize(
    ("name", "address"),
    [
        ("objectives: tree", "/objectives/"),
        ("objectives: list", "/objectives/?layout=list"),
        ("objectives: waiting", "/objectives/?whose=waiting"),
        ("cycles", "/cycles/"),
    ],
)
def test_the_queries_do_not_grow(
    client: Client,
    cast: Cast,
    priority: Priority,
    assert_queries: Callable[..., Any],
    name: str,
    address: str,
    size: int,
) -> None:
    many(cast, priority, size)
    signed_in(client, cast.ben).get(address)
    assert assert_queries(name, client.get, address).status_code == 200


@pytest.mark.parametrize("size", [1, 5])
def test_the_page_of_one_takes_the_same_queries_with_more_on_it(
    client: Client,
    cast: Cast,
    priority: Priority,
    assert_queries: Callable[..., Any],
    size: int,
) -> None:
    objective = tied(cast.ben, priority, "Top", cast.operations)
    for n in range(size):
        row = make_key_result(objective, f"Key result {n}")
        for days in range(size):
            check_in(
                actor=cast.ben,
                key_result=row,
                value=Decimal(30 - days),
                as_of=TODAY - dt.timedelta(days=days),
            )
        tied(cast.flo, objective, f"Below {n}", cast.flo)
    signed_in(client, cast.ben)
    client.get(objective.get_absolute_url())
    assert_queries("objective", client.get, objective.get_absolute_url())
    assert_queries("cycle", client.get, objective.cycle.get_absolute_url())


def test_what_the_address_opens_htmx_gets_as_one_branch(
    client: Client, cast: Cast, priority: Priority
) -> None:
    top = tied(cast.ben, priority, "Top", cast.operations)
    below = tied(cast.flo, top, "Below", cast.flo)
    tied(cast.flo, below, "Deep", cast.flo)
    signed_in(client, cast.flo)
    address = f"/objectives/?open=o{below.pk}"
    assert "Deep" not in client.get("/objectives/").content.decode()
    assert "Deep" in client.get(address).content.decode()
    part = client.get(f"{address}&branch={priority.pk}", HTTP_HX_REQUEST="true")
    page = part.content.decode()
    assert page.strip().startswith(f'<tbody id="branch-{priority.pk}"')
    assert "Deep" in page
    assert part["HX-Push-Url"] == f"/objectives/?open=o{below.pk}"


@pytest.mark.parametrize(
    "address",
    [
        "/objectives/?unit=99&priority=x&cycle=-1&health=happy&state=lost&sort=nothing&page=999",
        "/objectives/?open=o1.p2.zzz.o99999999999999999999&shut=%00&whole=o",
        "/objectives/new/?serves=x9&owner_unit=99&owner_person=-1&recovers=77&cycle=abc",
    ],
)
def test_a_strange_address_is_still_a_page(client: Client, cast: Cast, address: str) -> None:
    make_objective(cast.flo)
    assert signed_in(client, cast.flo).get(address).status_code == 200


def test_the_file_holds_what_the_list_shows(client: Client, cast: Cast, priority: Priority) -> None:
    tied(cast.ben, priority, "=1+1 trains", cast.operations)
    make_objective(cast.cyd, "Elsewhere")
    answer = signed_in(client, cast.ada).get(f"/objectives/csv/?unit={cast.operations.pk}")
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [(row["title"], row["owner"], row["serves"]) for row in rows] == [
        ("'=1+1 trains", "Operations", "Punctual trains")
    ]
    assert (rows[0]["done"], rows[0]["health"]) == ("", "not_measured")


def test_nothing_there_offers_the_first_step(client: Client, cast: Cast) -> None:
    page = signed_in(client, cast.flo).get("/objectives/").content.decode()
    assert "No objective yet" in page
    assert 'href="/objectives/new/"' in page


def test_the_first_sentence_says_only_what_the_figures_say(
    client: Client, cast: Cast, priority: Priority
) -> None:
    objective = tied(cast.flo, priority, "Cut delays", cast.flo)
    make_key_result(objective, "Never measured")
    signed_in(client, cast.flo)

    def sentence() -> str:
        page = client.get(objective.get_absolute_url()).content.decode()
        return page.partition('id="sentence">')[2].partition("</p>")[0]

    assert "Not measured" in sentence()
    row = objective.key_results.all()[0]
    check_in(actor=cast.flo, key_result=row, value=Decimal(37))
    assert sentence().startswith(
        "<em>At risk</em>: 10 % done where 46 % was expected.".replace(" %", "\u202f%")
    )
    assert "1 of 2 key results is not measured yet." in sentence()
    close_objective(actor=cast.flo, objective=objective, ending=Ending())
    assert sentence().startswith("<em>Missed</em> with 5")
    assert "1 key result was never measured and count 0" in sentence()


def test_the_thread_is_drawn_up_and_down(client: Client, cast: Cast, priority: Priority) -> None:
    top = tied(cast.ben, priority, "Top", cast.operations)
    tied(cast.flo, top, "Below", cast.flo)
    page = signed_in(client, cast.cyd).get(top.get_absolute_url()).content.decode()
    thread = page.partition('aria-label="What it serves and what serves it"')[2].partition("</ol>")[
        0
    ]
    assert thread.index("Punctual trains") < thread.index("This objective") < thread.index("Below")


def test_a_cycle_names_what_is_due(client: Client, cast: Cast, cycle: Cycle) -> None:
    make_objective(cast.flo, cycle=cycle)
    Cycle.objects.filter(pk=cycle.pk).update(ends_on=dt.date(2026, 5, 1))
    page = signed_in(client, cast.dee).get(cycle.get_absolute_url()).content.decode()
    assert "waits to be closed" in page
    assert f'href="/cycles/{cycle.pk}/close/"' in page
    other = signed_in(client, cast.flo).get(cycle.get_absolute_url()).content.decode()
    assert f'href="/cycles/{cycle.pk}/close/"' not in other
