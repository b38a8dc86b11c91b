"""Two people save the same record at once: the second sees both versions and chooses; nothing is lost.

Through the pages, as a browser sends them: each form is read from its page and sent as it stands, but for one word.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from lxml import html

from goldenthread.objectives.models import Cycle, Objective
from goldenthread.objectives.states import State
from goldenthread.people.models import Person, Unit
from goldenthread.strategy import services
from goldenthread.strategy.models import ExpectedResult, Kpi, Priority, Strategy, TradeOff
from tests.cast import (
    Cast,
    make_cycle,
    make_key_result,
    make_kpi,
    make_objective,
    make_priority,
    signed_in,
)

MINE, THEIRS = "What I typed", "What they typed"


@dataclass(frozen=True)
class Case:
    """A record, its page, who edits it, and a field that both change."""

    make: Callable[[Cast, Strategy], Any]
    page: str
    editor: Callable[[Cast], Person]
    field: str
    attribute: str = ""

    @property
    def kept(self) -> str:
        return self.attribute or self.field


def _draft(cast: Cast, strategy: Strategy) -> Objective:
    objective = make_objective(cast.flo, state=State.DRAFT)
    make_key_result(objective)
    return objective


def _live(cast: Cast, strategy: Strategy) -> Objective:
    return make_objective(cast.flo)


def _result(cast: Cast, strategy: Strategy) -> ExpectedResult:
    return services.add_expected_result(
        actor=cast.ada, priority=make_priority(strategy), text="On time"
    )


def _trade_off(cast: Cast, strategy: Strategy) -> TradeOff:
    return services.add_not_doing(actor=cast.ada, strategy=strategy, this="Night trains")


CASES = {
    "strategy": Case(lambda cast, s: s, "strategy-edit", lambda cast: cast.ada, "vision"),
    "priority": Case(
        lambda cast, s: make_priority(s), "priority-edit", lambda cast: cast.ada, "why"
    ),
    "expected result": Case(_result, "result-edit", lambda cast: cast.ada, "text"),
    "trade-off": Case(_trade_off, "trade-off-edit", lambda cast: cast.ada, "this"),
    "KPI": Case(
        lambda cast, s: make_kpi(owner=cast.ada), "kpi-edit", lambda cast: cast.ada, "definition"
    ),
    "person": Case(lambda cast, s: cast.flo, "person-edit", lambda cast: cast.dee, "position"),
    "unit": Case(lambda cast, s: cast.stations, "unit-edit", lambda cast: cast.dee, "name"),
    "cycle": Case(lambda cast, s: make_cycle(), "cycle-edit", lambda cast: cast.dee, "name"),
    "objective draft": Case(_draft, "objective-edit", lambda cast: cast.flo, "why"),
    "wording": Case(_live, "objective-edit", lambda cast: cast.flo, "why"),
}


def filled_in(page: Any, **fields: str) -> dict[str, str]:
    """What a browser would send from the form of the page, with these fields typed over."""
    forms = html.fromstring(page.content.decode()).xpath("//main//form[@method='post']")
    form = next(one for one in forms if all(name in one.fields for name in fields))
    return {name: value or "" for name, value in form.form_values()} | fields


@pytest.fixture(params=CASES)
def case(request: pytest.FixtureRequest) -> Case:
    return CASES[request.param]


@pytest.fixture
def conflict(
    case: Case, cast: Cast, strategy: Strategy, client: Client
) -> tuple[Case, Any, str, Any]:
    """The second of two saves: the case, the record, its address and the answer."""
    record = case.make(cast, strategy)
    url = reverse(case.page, args=[record.pk])
    signed_in(client, case.editor(cast))
    theirs, mine = client.get(url), client.get(url)
    saved = client.post(url, filled_in(theirs, **{case.field: THEIRS}))
    assert saved.status_code == 302, saved.content.decode()
    answer = client.post(
        url, filled_in(mine, **{case.field: MINE}), headers={"Referer": f"http://testserver{url}"}
    )
    return case, record, url, answer


def test_the_second_sees_both_versions_and_nothing_is_overwritten(
    conflict: tuple[Case, Any, str, Any],
) -> None:
    case, record, _, answer = conflict
    assert answer.status_code == 409
    cells = [one.text_content() for one in html.fromstring(answer.content).xpath("//td")]
    assert THEIRS in cells
    assert MINE in cells
    assert len(cells) == 2, "what both wrote alike is left out"
    record.refresh_from_db()
    assert getattr(record, case.kept) == THEIRS


def test_the_second_can_save_theirs_over_it(
    conflict: tuple[Case, Any, str, Any], client: Client
) -> None:
    case, record, url, answer = conflict
    assert client.post(url, filled_in(answer)).status_code == 302
    record.refresh_from_db()
    assert getattr(record, case.kept) == MINE


def test_the_second_can_keep_what_stands(
    conflict: tuple[Case, Any, str, Any], client: Client
) -> None:
    case, record, _, answer = conflict
    (keep,) = html.fromstring(answer.content).xpath("//main//a[text()='Keep what stands']")
    page = client.get(keep.get("href"))
    assert page.status_code == 200
    assert THEIRS in page.content.decode()
    assert MINE not in page.content.decode()
    record.refresh_from_db()
    assert getattr(record, case.kept) == THEIRS


def test_the_criteria_of_a_draft_are_shown_in_both_versions(
    cast: Cast, strategy: Strategy, client: Client
) -> None:
    objective = _draft(cast, strategy)
    url = reverse("objective-edit", args=[objective.pk])
    signed_in(client, cast.flo)
    theirs, mine = client.get(url), client.get(url)
    (name,) = (name for name in filled_in(theirs) if name.endswith("-target"))
    assert client.post(url, filled_in(theirs, **{name: "12"})).status_code == 302
    answer = client.post(url, filled_in(mine, **{name: "8"}))
    assert answer.status_code == 409
    cells = [one.text_content() for one in html.fromstring(answer.content).xpath("//td")]
    assert "40 → 12" in cells[0]
    assert "40 → 8" in cells[1]
    assert client.post(url, filled_in(answer)).status_code == 302
    assert objective.key_results.get().target == 8


def test_every_record_with_an_edit_page_is_among_the_cases() -> None:
    edited = {Strategy, Priority, ExpectedResult, TradeOff, Kpi, Person, Unit, Cycle, Objective}
    assert len(CASES) == len(edited) + 1  # an objective has two: before agreement and after
