"""The pages of the strategy: who may open them, what they say, and how many queries they make."""

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from goldenthread.people.models import Person
from goldenthread.strategy import services
from goldenthread.strategy.models import Kpi, Priority, Strategy
from tests.cast import TODAY, Cast, make_kpi, make_person, make_priority, signed_in

pytestmark = pytest.mark.django_db

Counted = Callable[..., Any]


@pytest.fixture
def whole(strategy: Strategy, cast: Cast) -> dict[str, int]:
    """One of each record that has a page, by the name that `PAGES` uses."""
    priority = make_priority(strategy, "Punctual trains", weight=Decimal(100))
    kpi = make_kpi(owner=cast.ada)
    result = services.add_expected_result(
        actor=cast.ada, priority=priority, text="On time", kpi=kpi, target=Decimal(90)
    )
    made = services.add_even_over(actor=cast.ada, strategy=strategy, this="On time", over="fast")
    seen = services.observe(actor=cast.ada, kpi=kpi, on=TODAY, value=Decimal(81))
    target = services.set_target(
        actor=cast.ada, kpi=kpi, due_on=strategy.ends_on, baseline=Decimal(70), value=Decimal(90)
    )
    return {
        "strategy": strategy.pk,
        "priority": priority.pk,
        "result": result.pk,
        "trade_off": made.pk,
        "kpi": kpi.pk,
        "value": seen.pk,
        "target": target.pk,
    }


READ = [("priorities", "strategy"), ("trade-offs", "strategy"), ("kpis", ""), ("kpi", "kpi")]
WRITE = [
    ("strategy-new", ""),
    ("strategy-edit", "strategy"),
    ("strategy-end", "strategy"),
    ("priority-new", "strategy"),
    ("weights", "strategy"),
    ("priority-edit", "priority"),
    ("priority-hand", "priority"),
    ("priority-drop", "priority"),
    ("result-edit", "result"),
    ("result-measure", "result"),
    ("trade-off-edit", "trade_off"),
    ("kpi-new", ""),
    ("kpi-edit", "kpi"),
    ("kpi-target", "kpi"),
    ("kpi-retire", "kpi"),
    ("observation-correct", "value"),
]
POSTS = [
    ("strategy-force", "strategy"),
    ("priorities-confirm", "strategy"),
    ("priorities-order", "strategy"),
    ("trade-offs", "strategy"),
    ("priority-confirm", "priority"),
    ("result-add", "priority"),
    ("result-remove", "result"),
    ("trade-off-remove", "trade_off"),
    ("kpi-confirm", "kpi"),
    ("kpi-observe", "kpi"),
    ("target-remove", "target"),
]


def url(page: tuple[str, str], whole: dict[str, int]) -> str:
    name, of = page
    return reverse(name, args=[whole[of]] if of else [])


@pytest.mark.parametrize("page", READ)
@pytest.mark.parametrize("name", ["ada", "ben", "dee", "eve", "flo"])
def test_everybody_reads(
    client: Client, cast: Cast, whole: dict[str, int], page: tuple[str, str], name: str
) -> None:
    answer = signed_in(client, getattr(cast, name)).get(url(page, whole))
    assert answer.status_code == 200


@pytest.mark.parametrize("page", WRITE)
def test_the_leader_opens_every_form(
    client: Client, ada: Person, whole: dict[str, int], page: tuple[str, str]
) -> None:
    assert signed_in(client, ada).get(url(page, whole)).status_code == 200


@pytest.mark.parametrize("page", WRITE)
@pytest.mark.parametrize("name", ["dee", "eve", "flo"])
def test_nobody_else_opens_a_form(
    client: Client, cast: Cast, whole: dict[str, int], page: tuple[str, str], name: str
) -> None:
    answer = signed_in(client, getattr(cast, name)).get(url(page, whole))
    assert answer.status_code == 403


@pytest.mark.sqlite
@pytest.mark.parametrize("page", [*POSTS, *WRITE])
@pytest.mark.parametrize("name", ["dee", "eve", "flo"])
def test_nobody_else_sends_one(
    client: Client, cast: Cast, whole: dict[str, int], page: tuple[str, str], name: str
) -> None:
    answer = signed_in(client, getattr(cast, name)).post(url(page, whole), {"title": "Mine"})
    assert answer.status_code == 403


@pytest.mark.parametrize("page", [one for one in POSTS if one[0] != "trade-offs"])
def test_nothing_changes_on_get(
    client: Client, ada: Person, whole: dict[str, int], page: tuple[str, str]
) -> None:
    assert signed_in(client, ada).get(url(page, whole)).status_code == 405


@pytest.mark.parametrize("page", [*READ, *WRITE, *POSTS])
def test_a_stranger_is_sent_to_sign_in(
    client: Client, whole: dict[str, int], page: tuple[str, str]
) -> None:
    answer = client.post(url(page, whole)) if page in POSTS else client.get(url(page, whole))
    assert answer.status_code in {302, 405}
    if answer.status_code == 302:
        assert answer.url.startswith(reverse("account_login"))


@pytest.mark.parametrize(
    "page",
    [(name, of) for name, of in [*WRITE, *POSTS] if of in {"priority", "result"}],
)
def test_what_is_confidential_is_not_found(
    client: Client, flo: Person, whole: dict[str, int], page: tuple[str, str]
) -> None:
    Priority.objects.update(confidential=True)
    assert signed_in(client, flo).post(url(page, whole)).status_code == 404


def test_a_confidential_priority_is_named_on_no_page(
    client: Client, flo: Person, whole: dict[str, int]
) -> None:
    Priority.objects.update(confidential=True)
    signed_in(client, flo)
    for page in READ:
        assert b"Punctual trains" not in client.get(url(page, whole)).content
    assert b"Punctual trains" not in b"".join(client.get(reverse("kpis-csv")))


def test_pages_ask_a_constant_number_of_times(
    client: Client, cast: Cast, whole: dict[str, int], strategy: Strategy, assert_queries: Counted
) -> None:
    for number in range(4):
        sponsor = make_person(f"Sponsor{number} Holm")
        priority = make_priority(strategy, f"P{number}", sponsor=sponsor)
        kpi = make_kpi(f"K{number}", owner=sponsor, unit=cast.operations)
        services.add_expected_result(actor=cast.ada, priority=priority, text="More", kpi=kpi)
        services.observe(actor=cast.ada, kpi=kpi, on=TODAY, value=Decimal(number))
    signed_in(client, cast.ada)
    for page in (*READ, ("weights", "strategy"), ("priority-edit", "priority")):
        assert_queries(f"strategy: {page[0]}", client.get, url(page, whole))
    assert_queries("strategy: kpis by health", client.get, f"{reverse('kpis')}?health=out")


# Priorities -------------------------------------------------------------------------------------------------
def test_drafts_are_hatched_and_confirmed_from_the_list(
    client: Client, ada: Person, strategy: Strategy
) -> None:
    draft = services.draft_priority(
        actor=ada, strategy=strategy, title="Night trains", source="Plan.pptx, slide 3"
    )
    page = signed_in(client, ada).get(reverse("priorities", args=[strategy.pk])).content.decode()
    assert "1 priority waits" in page
    assert "is-unconfirmed" in page
    assert "Plan.pptx, slide 3" in page
    answer = client.post(reverse("priority-confirm", args=[draft.pk]), {"in_list": "1"})
    assert answer.status_code == 302
    draft.refresh_from_db()
    assert draft.state == Priority.State.ACTIVE


def test_the_message_says_that_weights_are_to_be_confirmed_again(
    client: Client, ada: Person, strategy: Strategy
) -> None:
    one = make_priority(strategy, "A")
    services.set_weights(actor=ada, strategy=strategy, shares={one.pk: Decimal(100)})
    services.confirm_weights(actor=ada, strategy=strategy)
    answer = signed_in(client, ada).post(
        reverse("priority-new", args=[strategy.pk]), {"title": "B"}, follow=True
    )
    page = answer.content.decode()
    assert "have to be confirmed again" in page
    assert "Weights not set." in page


def test_a_refused_form_keeps_what_was_typed(
    client: Client, ada: Person, strategy: Strategy
) -> None:
    answer = signed_in(client, ada).post(
        reverse("priority-new", args=[strategy.pk]),
        {"title": "Night trains", "sponsor": "Nobody Here", "why": "They pay"},
    )
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Nobody called “Nobody Here” is here." in page
    assert "They pay" in page
    assert "Night trains" in page


def test_two_people_saving_are_shown_both_versions(
    client: Client, ada: Person, strategy: Strategy
) -> None:
    priority = make_priority(strategy, "Punctual")
    services.edit_priority(actor=ada, priority=priority, version=1, title="On the minute")
    answer = signed_in(client, ada).post(
        reverse("priority-edit", args=[priority.pk]), {"title": "On the second", "version": "1"}
    )
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "On the minute" in page
    assert "On the second" in page
    again = {"title": "On the second", "version": "2"}
    client.post(reverse("priority-edit", args=[priority.pk]), again)
    assert Priority.objects.get().title == "On the second"


def test_the_order_is_sent_as_places(client: Client, ada: Person, strategy: Strategy) -> None:
    a, b, c = (make_priority(strategy, title) for title in "ABC")
    places = {f"order-{a.pk}": "3", f"order-{b.pk}": "1", f"order-{c.pk}": "2"}
    address = reverse("priorities-order", args=[strategy.pk])
    assert signed_in(client, ada).post(address, places).status_code == 302
    assert list(strategy.priorities.all()) == [b, c, a]
    assert client.post(address, places, headers={"HX-Request": "true"}).status_code == 204


def test_dropping_can_merge(client: Client, ada: Person, strategy: Strategy) -> None:
    a, b = make_priority(strategy, "A"), make_priority(strategy, "B")
    services.add_expected_result(actor=ada, priority=b, text="Fewer delays")
    signed_in(client, ada).post(reverse("priority-drop", args=[b.pk]), {"into": a.pk})
    assert a.expected_results.get().text == "Fewer delays"
    client.post(reverse("priority-drop", args=[a.pk]), {"reason": "Done"})
    assert not strategy.priorities.active().exists()


def test_more_than_five_are_flagged_with_what_to_do(
    client: Client, cast: Cast, strategy: Strategy
) -> None:
    for number in range(6):
        make_priority(strategy, f"P{number}")
    address = reverse("priorities", args=[strategy.pk])
    page = signed_in(client, cast.ada).get(address).content.decode()
    assert "Six priorities are active." in page
    assert "Drop or merge" in page
    assert "Ada Holm can drop or merge" in signed_in(client, cast.flo).get(address).content.decode()


# Weights ----------------------------------------------------------------------------------------------------
def test_shares_and_order_are_confirmed_in_one_step(
    client: Client, ada: Person, strategy: Strategy
) -> None:
    a, b = make_priority(strategy, "A"), make_priority(strategy, "B")
    sent = {
        "version": strategy.version,
        f"share-{a.pk}": "37,5",
        f"share-{b.pk}": "62.5",
        f"order-{a.pk}": "2",
        f"order-{b.pk}": "1",
        "confirm": "1",
    }
    signed_in(client, ada).post(reverse("weights", args=[strategy.pk]), sent)
    strategy.refresh_from_db()
    assert strategy.weights_confirmed
    assert [(p.title, p.weight) for p in strategy.priorities.all()] == [
        ("B", Decimal("62.5")),
        ("A", Decimal("37.5")),
    ]


def test_a_wrong_sum_is_said_and_nothing_is_saved(
    client: Client, ada: Person, strategy: Strategy
) -> None:
    a, b = make_priority(strategy, "A"), make_priority(strategy, "B")
    sent = {"version": strategy.version, f"share-{a.pk}": "50", f"share-{b.pk}": "40"}
    answer = signed_in(client, ada).post(reverse("weights", args=[strategy.pk]), sent)
    assert answer.status_code == 422
    assert "add up to 90 %, not 100 %. Add 10 %." in answer.content.decode()
    assert not Priority.objects.exclude(weight=None).exists()


def test_equal_weights_are_never_suggested(client: Client, ada: Person, strategy: Strategy) -> None:
    make_priority(strategy, "A"), make_priority(strategy, "B")
    page = signed_in(client, ada).get(reverse("weights", args=[strategy.pk])).content.decode()
    assert "weights not set" in page
    assert 'value="50"' not in page


# KPIs -------------------------------------------------------------------------------------------------------
def test_a_value_is_recorded_and_corrected_in_place(client: Client, flo: Person) -> None:
    kpi = make_kpi(owner=flo)
    signed_in(client, flo)
    client.post(reverse("kpi-observe", args=[kpi.pk]), {"value": "62,5", "on": TODAY.isoformat()})
    wrong = kpi.observations.get()
    assert wrong.value == Decimal("62.5")
    sent = {"value": "26.5", "note": "Digits swapped"}
    client.post(reverse("observation-correct", args=[wrong.pk]), sent)
    page = client.get(reverse("kpi", args=[kpi.pk])).content.decode()
    assert "<s>62.5" in page
    assert "Digits swapped" in page


def test_the_list_is_narrowed_by_its_address(client: Client, cast: Cast) -> None:
    make_kpi("Delay minutes", owner=cast.flo, unit=cast.operations)
    make_kpi("Clean stations", owner=cast.cyd, unit=cast.stations)
    make_kpi("Old one", state=Kpi.State.RETIRED)
    make_kpi("Stock", low=Decimal(1), high=Decimal(2)).observations.create(
        on=TODAY, value=Decimal(3), recorded_at="2026-05-13T08:00Z"
    )
    signed_in(client, cast.flo)

    def names(query: str) -> set[str]:
        rows = client.get(f"{reverse('kpis')}?{query}").context["rows"]
        return {row["kpi"].name for row in rows}

    assert names("") == {"Delay minutes", "Clean stations", "Stock"}
    assert names("q=delay+flo") == {"Delay minutes"}
    assert names("owner=me") == {"Delay minutes"}
    assert names(f"unit={cast.stations.pk}") == {"Clean stations"}
    assert names("state=retired") == {"Old one"}
    assert names("health=out") == {"Stock"}
    assert names("health=not_measured") == {"Delay minutes", "Clean stations"}


def test_the_csv_holds_what_the_list_shows(client: Client, ada: Person) -> None:
    make_kpi("=Delay", owner=ada).observations.create(
        on=TODAY, value=Decimal("4.50"), recorded_at="2026-05-13T08:00Z"
    )
    make_kpi("Other")
    answer = signed_in(client, ada).get(f"{reverse('kpis-csv')}?q=delay")
    lines = b"".join(answer).decode("utf-8-sig").splitlines()
    assert len(lines) == 2
    assert lines[1].startswith(",'=Delay,%,up,,Ada Holm,active,,2026-05-13,4.5,")


def test_a_result_is_made_a_kpi_from_its_page(
    client: Client, ada: Person, whole: dict[str, int]
) -> None:
    signed_in(client, ada)
    sent = {"text": "Fewer complaints"}
    client.post(reverse("result-add", args=[whole["priority"]]), sent)
    result = Priority.objects.get().expected_results.get(kpi=None)
    made = {"name": "Complaints", "direction": "down", "baseline": "40", "target": "10"}
    answer = client.post(reverse("result-measure", args=[result.pk]), made)
    result.refresh_from_db()
    assert result.kpi is not None
    assert answer.url == reverse("kpi", args=[result.kpi.pk])
    assert result.kpi.direction == "down"


def test_an_unconfirmed_one_is_taken_on_from_its_page(client: Client, cast: Cast) -> None:
    kpi = services.draft_kpi(actor=cast.eve, name="Delays", owner=cast.flo)
    address = reverse("kpi", args=[kpi.pk])
    assert "Confirm it" not in signed_in(client, cast.cyd).get(address).content.decode()
    assert "Confirm it" in signed_in(client, cast.flo).get(address).content.decode()
    client.post(reverse("kpi-confirm", args=[kpi.pk]))
    kpi.refresh_from_db()
    assert kpi.state == Kpi.State.ACTIVE


# Strategies -------------------------------------------------------------------------------------------------
def test_the_leader_of_a_unit_starts_its_strategy(client: Client, cast: Cast) -> None:
    signed_in(client, cast.ben)
    address = f"{reverse('strategy-new')}?unit={cast.operations.pk}"
    answer = client.post(address, {"title": "Operations 2026"})
    made = Strategy.objects.get(unit=cast.operations)
    assert (made.leader, answer.url) == (cast.ben, reverse("priorities", args=[made.pk]))
    elsewhere = f"{reverse('strategy-new')}?unit={cast.stations.pk}"
    assert client.post(elsewhere, {"title": "Theirs"}).status_code == 403


def test_trade_offs_are_added_on_their_page(
    client: Client, ada: Person, strategy: Strategy
) -> None:
    address = reverse("trade-offs", args=[strategy.pk])
    signed_in(client, ada)
    client.post(address, {"kind": "even_over", "this": "On time", "over": "fast"})
    client.post(address, {"kind": "not_doing", "this": "Night trains", "frees_fte": "2,5"})
    page = client.get(address).content.decode()
    assert "even over" in page
    assert "Frees 2.5 FTE" in page
    bad = client.post(address, {"kind": "even_over", "this": "On time", "over": ""})
    assert bad.status_code == 422


def test_a_target_set_meanwhile_is_shown_before_it_is_replaced(
    client: Client, ada: Person, whole: dict[str, int]
) -> None:
    url = reverse("kpi-target", args=[whole["kpi"]])
    typed = {"value": "95", "due_on": "2027-12-31"}
    answer = signed_in(client, ada).post(url, typed)
    assert answer.status_code == 409
    assert "90" in answer.content.decode()
    assert "95" in answer.content.decode()
    [sent] = re.findall(r'name="version" value="(\d*)"', answer.content.decode())
    assert client.post(url, typed | {"version": sent}).status_code == 302
    assert Kpi.objects.get().targets.get().value == 95


def test_weights_set_meanwhile_are_shown_share_by_share(
    client: Client, ada: Person, strategy: Strategy
) -> None:
    one, two = make_priority(strategy, "Punctual trains"), make_priority(strategy, "Clean trains")
    services.set_weights(
        actor=ada, strategy=strategy, shares={one.pk: Decimal(71), two.pk: Decimal(29)}
    )
    typed = {f"share-{one.pk}": "60", f"share-{two.pk}": "40", "version": "1"}
    answer = signed_in(client, ada).post(reverse("weights", args=[strategy.pk]), typed)
    assert answer.status_code == 409
    rows = {row.label: (row.theirs, row.mine) for row in answer.context["rows"]}
    assert rows == {"Punctual trains": ("71", "60"), "Clean trains": ("29", "40")}
