"""The pages of what gives: asked in one post, answered side by side, and where it shows for whom."""

import datetime as dt
import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from goldenthread.core.models import Organisation
from goldenthread.objectives.models import Objective
from goldenthread.objectives.services.counting import count_work
from goldenthread.people.models import Person
from goldenthread.strategy.models import Priority, Strategy
from goldenthread.tradeoffs import services
from goldenthread.tradeoffs.models import WhatGives
from goldenthread.tradeoffs.selectors.gives import value_of
from tests.cast import (
    TODAY,
    Cast,
    link,
    make_allocation,
    make_key_result,
    make_objective,
    make_priority,
    signed_in,
)

pytestmark = pytest.mark.django_db
NEW = "what-gives-new"


@pytest.fixture
def work(cast: Cast, strategy: Strategy) -> list[Objective]:
    """Two of Flo's: one takes 80 % and serves a priority that Gus sponsors, the other has no share entered."""
    first, second = make_objective(cast.flo, "Delays"), make_objective(cast.flo, "Signals")
    make_key_result(first)
    make_allocation(cast.flo, "0.8", objective=first)
    link(first, make_priority(strategy, sponsor=cast.gus))
    return [first, second]


def page(person: Person, name: str, *ids: int, sent: Any = None, query: str = "") -> Any:
    client, url = signed_in(Client(), person), reverse(name, args=ids) + query
    return client.get(url) if sent is None else client.post(url, sent)


def ask(cast: Cast, work: list[Objective]) -> WhatGives:
    shares = {work[1].pk: Decimal("0.4")}
    return services.ask_what_gives(
        actor=cast.flo,
        person=cast.flo,
        objectives=work,
        ask="Too much at once",
        due_on=TODAY + dt.timedelta(7),
        shares=shares,
    )


def test_it_is_asked_with_one_post(cast: Cast, work: list[Objective]) -> None:
    first, second = work
    shown = page(cast.flo, NEW)
    assert re.search(r"80\s%", shown.content.decode())
    fields = {
        f"take_{first.pk}": "on",
        f"take_{second.pk}": "on",
        f"share_{second.pk}": "16 h",
        "ask": "Too much at once",
        "due_on": "2026-05-20",
    }
    done = page(cast.flo, NEW, sent=fields)
    one = WhatGives.objects.get()
    assert done.status_code == 302
    assert done["Location"] == one.get_absolute_url()
    assert [item.share for item in one.items.all()] == [Decimal("0.8"), Decimal("0.4")]
    assert page(cast.flo, NEW).status_code == 302  # to the one that waits


def test_what_cannot_be_read_is_said_beside_it(cast: Cast, work: list[Objective]) -> None:
    fields = {f"take_{work[1].pk}": "on", f"share_{work[1].pk}": "much", "ask": "?", "due_on": ""}
    shown = page(cast.flo, NEW, sent=fields)
    assert shown.status_code == 422
    assert "hours a week" in shown.content.decode()
    assert not WhatGives.objects.exists()


def test_the_manager_sees_the_thread_the_value_and_the_load(
    cast: Cast, strategy: Strategy, work: list[Objective]
) -> None:
    one = ask(cast, work)
    shown = page(cast.ben, "what-gives", one.pk).content.decode()
    assert "Punctual trains" in shown
    assert "weights not set" in shown
    assert "120" in shown
    assert "Overload" in shown
    assert "Pass it on to a sponsor" in shown


def test_the_value_is_said_whether_it_was_counted_or_not(
    cast: Cast, strategy: Strategy, work: list[Objective], assert_queries: Callable[..., Any]
) -> None:
    Strategy.objects.update(weights_confirmed_at=timezone.now())
    Priority.objects.update(weight=40)
    shares = [value_of(work, TODAY).shares]
    one = ask(cast, work)
    client = signed_in(Client(), cast.ben)
    assert_queries("what gives, added up", client.get, one.get_absolute_url())
    count_work()
    shares.append(value_of(work, TODAY).shares)
    assert shares == [{work[0].pk: 0.4}] * 2
    assert "40.0 % of all" in page(cast.ben, "what-gives", one.pk).content.decode()


def test_the_page_asks_the_same_however_much_competes(
    cast: Cast, strategy: Strategy, work: list[Objective], assert_queries: Callable[..., Any]
) -> None:
    work += [make_objective(cast.flo, f"More {n}") for n in range(4)]
    one = ask(cast, work)
    client = signed_in(Client(), cast.ben)
    assert_queries("what gives", client.get, one.get_absolute_url())


def test_the_manager_answers_on_the_page(cast: Cast, work: list[Objective]) -> None:
    one = ask(cast, work)
    first, second = one.items.all()
    sent = {
        "version": one.version,
        f"{first.pk}-choice": "shrink",
        f"{first.pk}-new_share": "30",
        f"{second.pk}-choice": "keep",
        "reason": "Signals first",
        "look_again_on": "2026-07-01",
    }
    refused = page(cast.ben, "what-gives-answer", one.pk, sent=sent | {"reason": ""})
    assert refused.status_code == 422
    assert page(cast.ben, "what-gives-answer", one.pk, sent=sent).status_code == 302
    again = page(cast.ben, "what-gives-answer", one.pk, sent=sent)
    assert again.status_code == 409
    assert "You had chosen" in again.content.decode()
    shown = page(cast.flo, "what-gives", one.pk).content.decode()
    assert "I have read it" in shown
    assert page(cast.flo, "what-gives-acknowledge", one.pk, sent={}).status_code == 302
    one.refresh_from_db()
    assert one.acknowledged_on == TODAY


def test_it_is_passed_on_and_taken_back_on_the_page(cast: Cast, work: list[Objective]) -> None:
    one = ask(cast, work)
    sent = {"version": one.version, "sponsor": cast.gus.pk, "due_on": "2026-05-18"}
    assert page(cast.ben, "what-gives-escalate", one.pk, sent=sent).status_code == 422
    sent["reason"] = "It is yours"
    assert page(cast.ben, "what-gives-escalate", one.pk, sent=sent).status_code == 302
    assert page(cast.gus, "what-gives", one.pk).status_code == 200
    one.refresh_from_db()
    done = page(cast.flo, "what-gives-withdraw", one.pk, sent={"version": one.version})
    assert done.status_code == 302


def test_who_may_not_see_it_finds_nothing(cast: Cast, work: list[Objective]) -> None:
    one = ask(cast, work)
    for who in (cast.cyd, cast.dee, cast.eve, cast.gus):
        assert page(who, "what-gives", one.pk).status_code == 404
    assert page(cast.gus, NEW, query=f"?person={cast.flo.pk}").status_code == 403


def test_a_restricted_one_is_not_named_to_the_sponsor(cast: Cast, work: list[Objective]) -> None:
    secret = make_objective(cast.flo, "Secret merger", restricted=True)
    one = ask(cast, [work[0], secret])
    services.escalate_what_gives(
        actor=cast.ben,
        what_gives=one,
        sponsor=cast.gus,
        due_on=TODAY + dt.timedelta(3),
        reason="Yours",
    )
    shown = page(cast.gus, "what-gives", one.pk).content.decode()
    assert "merger" not in shown
    assert "A restricted objective" in shown
    assert "merger" in page(cast.ben, "what-gives", one.pk).content.decode()


def test_home_asks_who_answers_and_shows_the_asker_where_it_stands(
    cast: Cast, work: list[Objective]
) -> None:
    one = ask(cast, work)
    words = f"What gives for {cast.flo}?"
    assert words in page(cast.ben, "home").content.decode()
    assert "Ben Aske answers by" in page(cast.flo, "home").content.decode()
    assert words not in page(cast.ada, "home").content.decode()
    Organisation.objects.update(stands_on=TODAY + dt.timedelta(9))
    Organisation.forget()
    for who in (cast.ada, cast.flo, cast.ben):
        assert words in page(who, "home").content.decode()
    assert words not in page(cast.gus, "home").content.decode()
    Organisation.objects.update(stands_on=TODAY)
    Organisation.forget()
    items = {item.pk: services.Answer("stop") for item in one.items.all()}
    services.answer_what_gives(
        actor=cast.ben,
        what_gives=one,
        answers=items,
        reason="All of it",
        look_again_on=TODAY + dt.timedelta(30),
    )
    assert f"Answered: {words}" in page(cast.flo, "home").content.decode()


def test_it_stands_on_the_page_of_the_person_and_of_each_item(
    cast: Cast, work: list[Objective]
) -> None:
    assert "sk what gives" in page(cast.flo, "objective-effort", work[0].pk).content.decode()
    assert "sk what gives" in page(cast.ben, "what-gives-of", cast.flo.pk).content.decode()
    assert "sk what gives" not in page(cast.cyd, "what-gives-of", cast.flo.pk).content.decode()
    ask(cast, work)
    words = f"What gives for {cast.flo}?"
    for who, shows in ((cast.flo, True), (cast.ben, True), (cast.cyd, False), (cast.dee, False)):
        for name, pk in (("objective-effort", work[0].pk), ("what-gives-of", cast.flo.pk)):
            assert (words in page(who, name, pk).content.decode()) is shows


def test_what_happened_to_it_can_be_read(cast: Cast, work: list[Objective]) -> None:
    one = ask(cast, work)
    shown = signed_in(Client(), cast.ben).get(reverse("history", args=["what-gives", one.pk]))
    assert "Asked what gives" in shown.content.decode()
    hidden = signed_in(Client(), cast.cyd).get(reverse("history", args=["what-gives", one.pk]))
    assert hidden.status_code == 404
