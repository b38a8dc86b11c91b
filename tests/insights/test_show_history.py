"""The history of a record: in words, to whoever may see the record, and no more than they may see."""

import datetime as dt
import re
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.test import Client
from django.urls import reverse

from goldenthread.core import audit
from goldenthread.core.models import PersonKey, Record
from goldenthread.insights.selectors.record_history import FIELDS_OF, KINDS
from goldenthread.insights.selectors.verbs import DONE
from goldenthread.objectives.services import links
from goldenthread.objectives.services.changes import Change, propose_change
from goldenthread.objectives.services.check_ins import check_in
from goldenthread.objectives.services.drafts import correct_wording
from goldenthread.people import services as people
from goldenthread.people.models import Person
from goldenthread.programme.models import LeadershipReview, ReviewAction
from goldenthread.strategy import services
from goldenthread.strategy.models import Strategy
from goldenthread.ui.labels import label
from tests.cast import (
    TODAY,
    Cast,
    make_cascade,
    make_decision,
    make_dependency,
    make_key_result,
    make_kpi,
    make_objective,
    make_person,
    make_plan,
    make_priority,
    make_template,
    make_what_gives,
    signed_in,
)

PACKAGE = Path(audit.__file__).parent.parent


def words(client: Client, reader: Person, kind: str, record: Any, page: int = 1) -> str:
    """The page as text, spaces folded."""
    url = reverse("history", args=[kind, record.pk])
    answer = signed_in(client, reader).get(url, {"page": page})
    assert answer.status_code == 200
    main = answer.content.decode().split('id="main"')[1].split("tabs-bottom")[0]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", main))


def test_each_change_says_who_when_and_what_in_words(cast: Cast, client: Client) -> None:
    objective = make_objective(cast.flo, why="Because")
    key_result = make_key_result(objective)
    correct_wording(
        actor=cast.ben, objective=objective, title="Cut waits", why="Because", version=1
    )
    check_in(actor=cast.flo, key_result=key_result, value=Decimal(31), as_of=TODAY)
    text = words(client, cast.cyd, "objective", objective)
    assert text.index("Checked in") < text.index("Corrected wording")
    assert "Checked in : Delayed departures a week · Flo Dahl" in text
    assert "Value 31" in text
    assert "As of 13 May 2026" in text
    assert "Title Before: Cut delays at the junction After: Cut waits" in text
    assert "as_of" not in text


def test_what_is_linked_and_named_reads_as_names(
    cast: Cast, strategy: Strategy, client: Client
) -> None:
    objective = make_objective(cast.flo)
    link = links.link(actor=cast.flo, child=objective, parent=make_priority(strategy))
    links.unlink(actor=cast.ben, contribution=link)
    text = words(client, cast.cyd, "objective", objective)
    assert "Serves Punctual trains" in text
    assert "Serves Before: Punctual trains After: –" in text
    people.edit_unit(
        actor=cast.dee,
        unit=cast.operations,
        name="Operations",
        parent=cast.root,
        leader=cast.flo,
        fte=None,
    )
    text = words(client, cast.cyd, "unit", cast.operations)
    assert "Leader Before: Ben Aske After: Flo Dahl" in text


def test_a_proposed_change_shows_both_wordings(cast: Cast, client: Client) -> None:
    objective = make_objective(cast.flo)
    key_result = make_key_result(objective)
    propose_change(
        actor=cast.flo,
        objective=objective,
        change=Change({"critical": True}, {key_result.pk: {"target": Decimal(15)}}, (), ()),
        reason="The line closes in June",
    )
    text = words(client, cast.ben, "objective", objective)
    assert "Critical Before: No After: Yes" in text
    assert "Key result, target Before: 10 After: 15" in text
    assert "The line closes in June" in text


def test_weights_and_order_name_their_priorities(
    cast: Cast, strategy: Strategy, client: Client
) -> None:
    first, second = make_priority(strategy, "Punctual"), make_priority(strategy, "Clean")
    shares = {first.pk: Decimal(70), second.pk: Decimal(30)}
    services.set_weights(actor=cast.ada, strategy=strategy, shares=shares, version=strategy.version)
    services.order_priorities(actor=cast.ada, strategy=strategy, ids=[second.pk, first.pk])
    text = words(client, cast.cyd, "strategy", strategy)
    assert "Weight of “Punctual” 70 %" in text
    assert "Order Before: Punctual, Clean After: Clean, Punctual" in text


def test_what_one_may_not_see_stays_unsaid(cast: Cast, strategy: Strategy, client: Client) -> None:
    secret = make_priority(strategy, "Sell the night trains", confidential=True)
    plain = make_priority(strategy, "Punctual")
    objective = make_objective(cast.flo)
    hidden = make_objective(cast.flo, "Find a buyer", restricted=True)
    links.link(actor=cast.flo, child=objective, parent=secret)
    links.link(actor=cast.flo, child=objective, parent=hidden)
    shares = {secret.pk: Decimal(70), plain.pk: Decimal(30)}
    services.set_weights(actor=cast.ada, strategy=strategy, shares=shares, version=strategy.version)
    services.confirm_weights(actor=cast.ada, strategy=strategy)
    trade_off = services.add_even_over(
        actor=cast.ada, strategy=strategy, this="Cash", over="night trains", priority=secret
    )
    services.remove_trade_off(actor=cast.ada, trade_off=trade_off)
    services.merge_priority(actor=cast.ada, priority=plain, into=secret)
    pages = [
        words(client, cast.cyd, "objective", objective),
        words(client, cast.cyd, "strategy", strategy),
        words(client, cast.cyd, "priority", plain),
    ]
    for text in pages:
        assert "night trains" not in text
        assert "Find a buyer" not in text
    assert pages[0].count("It concerns something that you may not see") == 2
    assert "Weight of “Punctual”" in pages[1]
    assert "Sell the night trains" in words(client, cast.ada, "strategy", strategy)


@pytest.mark.parametrize("kind", ["objective", "priority"])
def test_the_history_of_what_one_may_not_see_is_not_found(
    kind: str, cast: Cast, strategy: Strategy, client: Client
) -> None:
    record: Any = make_priority(strategy, confidential=True)
    if kind == "objective":
        record = make_objective(cast.flo, restricted=True)
    url = reverse("history", args=[kind, record.pk])
    assert signed_in(client, cast.cyd).get(url).status_code == 404
    assert signed_in(client, cast.ada).get(url).status_code == 200
    assert client.get(reverse("history", args=["auditrecord", 1])).status_code == 404


def test_personal_values_are_for_the_person_their_line_and_those_in_office(
    cast: Cast, client: Client
) -> None:
    people.edit_person(
        actor=cast.dee, person=cast.flo, position="Chief planner", fte=Decimal("0.8")
    )
    for reader in (cast.flo, cast.ben, cast.ada, cast.dee, cast.eve):
        text = words(client, reader, "person", cast.flo)
        assert "Position Before: Train planner After: Chief planner" in text
    for reader in (cast.cyd, cast.gus):
        text = words(client, reader, "person", cast.flo)
        assert "Chief planner" not in text.split("Edited person")[1]
        assert "Position not shown to you" in text
        assert "Full-time equivalent Before: 1 After: 0.8" in text


def test_erased_values_read_erased(cast: Cast, client: Client) -> None:
    people.edit_person(actor=cast.dee, person=cast.flo, position="Chief planner")
    PersonKey.objects.filter(person_id=cast.flo.pk).delete()
    assert "Position erased" in words(client, cast.dee, "person", cast.flo)


def test_a_long_history_is_paged_in_a_fixed_number_of_queries(
    cast: Cast, client: Client, assert_queries: Callable[..., Any]
) -> None:
    kpi = make_kpi(owner=cast.flo)
    objective = make_objective(cast.flo)
    key_result = make_key_result(objective)
    signed_in(client, cast.ada)
    addresses = {
        "history of a KPI": reverse("history", args=["kpi", kpi.pk]),
        "history of an objective": reverse("history", args=["objective", objective.pk]),
    }
    for size in (2, 40):
        for n in range(size):
            on = TODAY - dt.timedelta(n + (0 if size == 2 else 3))
            services.observe(actor=cast.flo, kpi=kpi, on=on, value=Decimal(n))
            check_in(actor=cast.flo, key_result=key_result, value=Decimal(n), as_of=TODAY)
        for name, url in addresses.items():
            page = assert_queries(name, client.get, url)
    assert page.context["page"].paginator.num_pages == 2
    assert client.get(f"{url}?page=2").context["page"].number == 2


def test_an_actor_without_a_name_is_the_product_itself(cast: Cast, client: Client) -> None:
    audit.record(None, "edit unit", cast.stations, after={"name": "Stations"})
    assert "Edited unit · Goldenthread itself" in words(client, cast.cyd, "unit", cast.stations)


def test_every_record_with_a_history_leads_to_it(
    cast: Cast, strategy: Strategy, client: Client
) -> None:
    objective, priority = make_objective(cast.flo), make_priority(strategy)
    review = LeadershipReview.objects.create(cycle=objective.cycle, held_on=TODAY, chair=cast.cyd)
    records = {
        "objective": objective,
        "priority": priority,
        "dependency": make_dependency(objective, cast.stations),
        "cascade": make_cascade(cast.root, cast.stations, priority, author=cast.cyd),
        "leadership-review": review,
        "review-action": ReviewAction.objects.create(
            review=review, title="Ask", owner=cast.cyd, due_on=TODAY
        ),
        "kpi": make_kpi(),
        "strategy": strategy,
        "person": make_person("Ivo Krag"),
        "unit": cast.operations,
        "cycle": objective.cycle,
        "template": make_template(),
        "decision": make_decision(cast.ben),
        "what-gives": make_what_gives(cast.cyd, cast.gus),
        "plan": make_plan(cast.ben),
    }
    assert records.keys() == KINDS.keys()
    for kind, record in records.items():
        signed_in(client, cast.ben if kind == "plan" else cast.cyd)  # leaders alone see plans
        page = client.get(reverse(KINDS[kind].page, args=[record.pk])).content.decode()
        assert reverse("history", args=[kind, record.pk]) in page, kind


def test_every_verb_of_the_trail_is_told_in_the_past() -> None:
    pattern = re.compile(r'(?:audit\.record|write|record_all)\(\s*\w+,\s*"([a-z]+)[^"]*"')
    first = {
        verb
        for path in PACKAGE.rglob("services/**/*.py")
        for verb in pattern.findall(path.read_text())
    }
    assert len(first) > 15
    assert first - DONE.keys() == set()


def test_no_field_shows_as_a_column() -> None:
    recorded = {
        field.name
        for models in FIELDS_OF.values()
        for model in models
        for field in model._meta.get_fields()
        if getattr(field, "column", None)
    }
    told = {name: label(name) for name in recorded}
    columns = re.compile(r"_|\b(on|at|id|by|fte|is)$", re.IGNORECASE)
    known = {
        "Answered on",
        "Decided on",
        "Delivered on",
        "Ended on",
        "Look again on",
        "Looked back on",
        "Planning opens on",
        "Retired on",
    }
    known |= {text for text in told.values() if text.endswith((" by", " at"))}
    assert {name for name, text in told.items() if columns.search(text)} - {
        name for name, text in told.items() if text in known
    } == {"id"}
    kinds = {model._meta.label_lower for model in apps.get_models() if issubclass(model, Record)}
    assert FIELDS_OF.keys() <= kinds
