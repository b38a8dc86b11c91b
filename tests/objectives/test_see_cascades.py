"""The pages of cascades: proposing, the thread with both versions, answering, the list, and what stands beside records."""

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from lxml import html

from goldenthread.objectives.models import Cascade, Objective
from goldenthread.objectives.selectors.cascades.differences import rows_of, words_apart
from goldenthread.objectives.selectors.cascades.listing import cascades_near, to_answer
from goldenthread.objectives.services.cascades import Terms, terms_of
from goldenthread.objectives.services.cascades.sides import may_answer, standing
from goldenthread.objectives.services.drafts import KeyResultDraft
from goldenthread.people.models import Person
from goldenthread.strategy.models import Strategy
from tests.cast import (
    TODAY,
    Cast,
    make_cascade,
    make_cycle,
    make_head,
    make_objective,
    make_person,
    make_priority,
    make_unit,
    signed_in,
)

pytestmark = pytest.mark.django_db
Counted = Callable[..., Any]

WAITS = {
    "kr0-title": "Minutes that passengers wait",
    "kr0-kind": "metric",
    "kr0-measure": "min",
    "kr0-baseline": "30",
    "kr0-target": "15",
}


@pytest.fixture
def parent(cast: Cast) -> Objective:
    return make_objective(cast.root, "Trains run on time", cycle=make_cycle())


def sent(**changes: Any) -> dict[str, Any]:
    """What the form of terms sends."""
    return {
        "title": "Halve the waits",
        "mandate": "How the crews are split",
        "resources": "What the unit has",
        "strength": "9",
        "kind": "driver",
        "answer_by": (TODAY + dt.timedelta(7)).isoformat(),
        **WAITS,
    } | changes


def browser(person: Person) -> Client:
    return signed_in(Client(), person)


def fresh(person: Person) -> Person:
    return Person.objects.get(pk=person.pk)


def test_proposed_to_two_units_in_one_go(cast: Cast, parent: Objective) -> None:
    client = browser(cast.ada)
    url = f"{reverse('cascade-new')}?serves=o{parent.pk}"
    page = html.fromstring(client.get(url).content)
    assert [one.get("value") for one in page.xpath("//input[@name='units']")] == [
        str(cast.operations.pk),
        str(cast.stations.pk),
    ]
    units = [str(cast.operations.pk), str(cast.stations.pk)]
    own = str(cast.root.pk)
    answer = client.post(url, sent(units=units, own=own, cycle=parent.cycle_id, together="k"))
    assert answer.status_code == 302
    first, second = Cascade.objects.order_by("pk")
    assert (first.taking_unit, second.taking_unit) == (cast.operations, cast.stations)
    kept = terms_of(first.versions.get()).key_results[0]
    assert (kept.title, kept.baseline, kept.target) == (WAITS["kr0-title"], 30, 15)


def test_what_does_not_hold_is_said_while_it_is_written(cast: Cast, parent: Objective) -> None:
    client, url = browser(cast.ada), reverse("cascade-criteria")
    assert url in client.get(f"{reverse('cascade-new')}?serves=o{parent.pk}").content.decode()
    vague = sent(title="Improve quality and service", units=cast.stations.pk) | {"kr0-measure": ""}
    given = vague | {"cycle": parent.cycle_id, "own": cast.root.pk}
    page = client.post(f"{url}?serves=o{parent.pk}", given).content.decode()
    assert "to mend" in page or "finding" in page
    assert not Cascade.objects.exists()
    one = make_cascade(cast.root, cast.stations, parent)
    page = client.post(f"{url}?cascade={one.pk}", vague).content.decode()
    assert "finding" in page
    assert url in browser(cast.gus).get(reverse("cascade-counter", args=[one.pk])).content.decode()
    assert browser(cast.flo).post(f"{url}?cascade={one.pk}", vague).status_code == 404
    assert "while you write" not in client.post(f"{url}?serves=o9999", {}).content.decode()


def test_what_is_missing_is_said_beside_its_field(cast: Cast, parent: Objective) -> None:
    client = browser(cast.ada)
    url = f"{reverse('cascade-new')}?serves=o{parent.pk}"
    given = sent(own=cast.root.pk, cycle=parent.cycle_id, mandate="", title="Kept")
    answer = client.post(url, given)
    assert answer.status_code == 422
    assert b"Kept" in answer.content
    answer = client.post(url, sent(own=cast.root.pk, cycle=parent.cycle_id))
    assert b"Choose at least one unit" in answer.content
    assert not Cascade.objects.exists()


def test_kept_as_drafts_edited_and_sent(cast: Cast, parent: Objective) -> None:
    client = browser(cast.ada)
    given = sent(own=cast.root.pk, cycle=parent.cycle_id, units=[cast.stations.pk], draft="yes")
    client.post(f"{reverse('cascade-new')}?serves=o{parent.pk}", given)
    one = Cascade.objects.get()
    assert one.state == "draft"
    assert browser(cast.gus).get(one.get_absolute_url()).status_code == 404
    page = client.get(reverse("cascade-edit", args=[one.pk]))
    assert b"Minutes that passengers wait" in page.content
    client.post(reverse("cascade-edit", args=[one.pk]), sent(title="Other", version=one.version))
    one.refresh_from_db()
    client.post(reverse("cascade-send", args=[one.pk]), {"version": one.version})
    one.refresh_from_db()
    assert (one.title, one.state) == ("Other", "proposed")
    assert browser(cast.gus).get(one.get_absolute_url()).status_code == 200


def test_a_unit_offers_upward(cast: Cast, parent: Objective) -> None:
    client = browser(cast.ben)
    url = f"{reverse('cascade-new')}?serves=o{parent.pk}"
    assert b"Offer upward" in client.get(url).content
    client.post(url, sent(own=cast.operations.pk, cycle=parent.cycle_id))
    one = Cascade.objects.get()
    assert (one.direction, one.taking_unit, one.giver_unit) == ("up", cast.operations, cast.root)


def test_first_what_it_contributes_to_is_chosen(cast: Cast, parent: Objective) -> None:
    client = browser(cast.ada)
    url = reverse("cascade-new")
    assert client.get(url).status_code == 200
    answer = client.get(url, {"what": parent.title, "what_id": f"o{parent.pk}"})
    assert answer.headers["Location"] == f"{url}?serves=o{parent.pk}"
    assert client.get(url, {"serves": "o999999"}).status_code == 404
    assert browser(cast.flo).get(url).status_code == 403


def test_the_cycle_that_is_planned_is_chosen_unless_another_is_named(
    cast: Cast, strategy: Strategy, parent: Objective
) -> None:
    coming = make_cycle(
        "Q3 2026", starts_on=dt.date(2026, 7, 1), ends_on=dt.date(2026, 9, 30), state="planned"
    )
    priority = make_priority(strategy)
    client, url = browser(cast.ada), reverse("cascade-new")

    def chosen(**query: Any) -> str:
        page = html.fromstring(client.get(url, query).content)
        (found,) = page.xpath("//select[@name='cycle']/option[@selected]/@value")
        return str(found)

    assert chosen(serves=f"p{priority.pk}") == str(coming.pk)
    assert chosen(serves=f"o{parent.pk}") == str(parent.cycle_id)
    assert chosen(serves=f"o{parent.pk}", cycle=coming.pk) == str(coming.pk)
    assert chosen(serves=f"p{priority.pk}", cycle=parent.cycle_id) == str(parent.cycle_id)


def test_both_versions_beside_each_other_with_what_differs_marked(
    cast: Cast, parent: Objective, assert_queries: Counted
) -> None:
    one = make_cascade(cast.root, cast.operations, parent)
    browser(cast.ben).post(
        reverse("cascade-counter", args=[one.pk]),
        sent(title="Halve the waits at the depot", answers=1, word="The junction is not ours."),
    )
    client = browser(cast.ada)
    page = html.fromstring(assert_queries("a cascade", client.get, one.get_absolute_url()).content)
    row = page.xpath("//table[contains(@class, 'cascade-terms')]/tbody/tr[1]")[0]
    assert [cell.text_content().strip() for cell in row.xpath("td")] == [
        "Halve the waits at the junction",
        "Halve the waits at the depot",
    ]
    assert [one.text_content() for one in row.xpath(".//del | .//ins")] == ["junction", "depot"]
    assert page.xpath("//blockquote//p")[0].text_content() == "The junction is not ours."
    agree = page.xpath(f"//form[@action='{reverse('cascade-agree', args=[one.pk])}']//button")
    assert [button.get("disabled") for button in agree] == [None]


def test_agreed_on_its_page_the_objective_says_the_mandate(cast: Cast, parent: Objective) -> None:
    one = make_cascade(cast.root, cast.operations, parent)
    client = browser(cast.ben)
    client.post(reverse("cascade-agree", args=[one.pk]), {"answers": 1})
    one.refresh_from_db()
    assert one.objective is not None
    assert one.state == "active"
    page = browser(cast.cyd).get(one.objective.get_absolute_url())
    assert b"How the crews are split." in page.content
    assert browser(cast.cyd).get(one.get_absolute_url()).status_code == 200


def test_what_refuses_is_said_before_anybody_agrees(cast: Cast, parent: Objective) -> None:
    one = make_cascade(cast.root, cast.operations, parent)
    one.versions.update(key_results=[])
    client = browser(cast.ben)
    page = client.get(one.get_absolute_url()).content.decode()
    assert "It cannot be agreed like this." in page
    answer = client.post(reverse("cascade-agree", args=[one.pk]), {"answers": 1}, follow=True)
    assert "Add a key result first" in answer.content.decode()


def test_a_stale_counter_is_kept_and_shown(cast: Cast, parent: Objective) -> None:
    one = make_cascade(cast.root, cast.operations, parent)
    client = browser(cast.ben)
    url = reverse("cascade-counter", args=[one.pk])
    client.post(url, sent(title="First", answers=1))
    answer = client.post(url, sent(title="Too late", answers=1), follow=True)
    page = answer.content.decode()
    assert "Somebody was quicker" in page
    assert "Too late" in page
    one.refresh_from_db()
    assert (one.title, one.number, one.versions.count()) == ("First", 2, 3)


def test_declined_and_taken_back_with_a_reason(cast: Cast, parent: Objective) -> None:
    first, second = (make_cascade(cast.root, cast.operations, parent) for _ in range(2))
    ben, ada = browser(cast.ben), browser(cast.ada)
    assert ben.get(reverse("cascade-decline", args=[first.pk])).status_code == 200
    assert ben.post(reverse("cascade-decline", args=[first.pk]), {"reason": ""}).status_code == 422
    ben.post(reverse("cascade-decline", args=[first.pk]), {"reason": "No crews."})
    assert "No crews." in ada.get(first.get_absolute_url()).content.decode()
    ada.post(reverse("cascade-withdraw", args=[second.pk]), {"reason": ""})
    second.refresh_from_db()
    assert second.state == "withdrawn"


def test_the_list_is_narrowed_by_its_address(
    cast: Cast, parent: Objective, assert_queries: Counted
) -> None:
    make_cascade(cast.root, cast.operations, parent, "Ours", answer_by=TODAY - dt.timedelta(1))
    make_cascade(cast.root, cast.stations, parent, "Theirs")
    client = browser(cast.ada)

    def titles(**query: Any) -> list[str]:
        page = html.fromstring(client.get(reverse("cascades"), query).content)
        return [one.text for one in page.xpath("//tbody//th/a")]

    assert_queries("cascades", client.get, reverse("cascades"))
    assert titles() == ["Ours", "Theirs"]
    assert titles(view="overdue") == ["Ours"]
    assert titles(view="mine") == []
    assert titles(unit=cast.stations.pk) == ["Theirs"]
    assert titles(q="our") == ["Ours"]
    assert titles(cycle=parent.cycle_id, sort="-title") == ["Theirs", "Ours"]
    assert titles(serves=f"o{parent.pk}", view="declined") == []
    rows = browser(cast.ben).get(reverse("cascades-csv")).getvalue().decode()
    assert "Ours" in rows
    assert "Theirs" not in rows
    versions = client.get(reverse("cascade-versions-csv")).getvalue().decode()
    assert versions.count("How the crews are split.") == 2


def test_what_it_serves_is_named_only_to_who_may_read_it(cast: Cast, parent: Objective) -> None:
    one = make_cascade(cast.root, cast.operations, parent)
    Objective.objects.update(restricted=True)
    for address in (one.get_absolute_url(), reverse("cascades"), reverse("cascades-csv")):
        answer = browser(cast.ben).get(address)
        body = b"".join(answer.streaming_content) if answer.streaming else answer.content
        assert b"Trains run on time" not in body
        assert b"a restricted objective" in body


def test_what_waits_for_whom(cast: Cast, parent: Objective) -> None:
    one = make_cascade(cast.root, cast.operations, parent, answer_by=TODAY - dt.timedelta(1))
    assert to_answer(fresh(cast.ben)) == [one]
    assert to_answer(fresh(cast.ada)) == []
    near = {
        name: cascades_near(fresh(getattr(cast, name))) for name in ("ada", "ben", "flo", "gus")
    }
    assert near == {"ada": [(one, False)], "ben": [(one, True)], "flo": [], "gus": []}
    make_head(cast.stations, cast.ben)
    both = make_cascade(cast.operations, cast.stations, make_objective(cast.operations))
    assert to_answer(fresh(cast.ada)) == [both]
    assert cascades_near(fresh(cast.ada)) == [(one, False), (both, True)]
    assert to_answer(fresh(cast.ben)) == [one]


def test_those_above_answer_for_many_units_and_nothing_more_is_asked(
    cast: Cast, parent: Objective, assert_queries: Counted
) -> None:
    """Leaders without an account, units without a leader, units below such: as `may_answer` has it of each."""

    def propose(first: int, last: int) -> None:
        above = cast.stations
        for number in range(first, last):
            unit = make_unit(f"Depot {number}", above)
            if number % 3:
                leader = make_person(
                    f"Mute {number}",
                    account=False,
                    manager=(cast.gus, cast.ada, cast.ben)[number % 3],
                    unit=unit,
                )
                make_head(unit, leader)
            make_cascade(cast.root, unit, parent, f"Halve it {number}")
            make_cascade(unit, cast.stations, parent, f"Offer {number}", author=cast.ada)
            above = unit if number % 2 else cast.stations

    propose(0, 3)
    client, home = browser(cast.gus), browser(cast.ada)
    assert_queries("cascades of the next above", client.get, reverse("cascades"))
    assert_queries("home of the next above", home.get, "/")
    propose(3, 15)
    assert_queries("cascades of the next above", client.get, reverse("cascades"))
    assert_queries("home of the next above", home.get, "/")
    for person in (cast.ada, cast.ben, cast.gus, cast.flo):
        reader = fresh(person)
        alone = {
            one.pk
            for one in Cascade.objects.visible_to(reader).waiting()
            if may_answer(one, standing(one), reader)
        }
        assert {one.pk for one in to_answer(fresh(person))} == alone
        near = cascades_near(fresh(person))
        assert {one.pk for one, is_mine in near if is_mine} == alone & {one.pk for one, _ in near}
    assert {one.pk for one in to_answer(fresh(cast.gus))}


def test_begun_where_the_need_is_seen(cast: Cast, parent: Objective, strategy: Any) -> None:
    priority = make_priority(strategy)
    make_cascade(cast.root, cast.operations, priority, "For the priority")
    page = browser(cast.ada).get(reverse("priority", args=[priority.pk])).content.decode()
    assert f"{reverse('cascade-new')}?serves=p{priority.pk}" in page
    listed = f"{reverse('cascades')}?serves=p{priority.pk}"
    assert listed in page
    assert "For the priority" in browser(cast.ada).get(listed).content.decode()
    page = browser(cast.ada).get(parent.get_absolute_url()).content.decode()
    assert "Propose to units" in page
    page = browser(cast.ben).get(parent.get_absolute_url()).content.decode()
    assert "Offer something that serves it" in page
    unit = browser(cast.ben).get(f"/units/{cast.operations.pk}/dependencies/").content.decode()
    assert "For the priority" in unit


# Differences --------------------------------------------------------------------------------------------------


def test_words_that_differ_are_marked_on_both_sides() -> None:
    was, now = words_apart("Cut waits by half", "Cut long waits by a third")
    assert [(one.text, one.differs) for one in was if one.text] == [
        ("Cut ", False),
        ("waits by ", False),
        ("half", True),
    ]
    assert [one.text for one in now if one.differs] == ["long", "a third"]
    assert "".join(one.text for one in now) == "Cut long waits by a third"


def test_key_results_are_told_apart_by_their_titles(cast: Cast, parent: Objective) -> None:
    first = KeyResultDraft("Delays a week", baseline=Decimal(40), target=Decimal(20))
    second = KeyResultDraft("Complaints", baseline=Decimal(9), target=Decimal(3))
    third = KeyResultDraft("Crews trained", baseline=Decimal(0), target=Decimal(8))
    before = Terms("T", key_results=[first, second])
    after = Terms("T", key_results=[third, replace(first, title="Delays a day")])
    rows = [row for row in rows_of(after, parent.cycle, before) if row.label == "Key result"]
    shown = [
        (
            "".join(one.text for one in row.before or ()),
            "".join(one.text for one in row.after),
        )
        for row in rows
    ]
    assert [(was[:10], now[:10]) for was, now in shown] == [
        ("", "Crews trai"),
        ("Delays a w", "Delays a d"),
        ("Complaints", ""),
    ]


def test_nobody_beside_finds_a_thread(cast: Cast, parent: Objective) -> None:
    one = make_cascade(cast.root, cast.operations, parent)
    for person in (cast.gus, cast.cyd, cast.flo, cast.dee, cast.eve):
        client = browser(person)
        assert client.get(one.get_absolute_url()).status_code == 404
        assert client.post(reverse("cascade-agree", args=[one.pk])).status_code == 404
