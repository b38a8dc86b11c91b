"""How each kind of key result reads: where it starts, stands and is to arrive, and what its confidence answers."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from goldenthread.objectives.models import Milestone
from goldenthread.objectives.selectors.criteria import criterion, pace_chart
from goldenthread.objectives.services.check_ins import check_in
from goldenthread.people.models import Person
from tests.cast import TODAY, make_key_result, make_objective

THRESHOLD: dict[str, Any] = {"kind": "threshold", "baseline": None, "target": None}


@pytest.mark.parametrize(
    ("fields", "start", "target", "detail", "question"),
    [
        ({"measure": "h"}, "40 h", "10 h", "", "Will it reach 10 h?"),
        (
            {"source": "Works log", "due_on": dt.date(2026, 6, 1)},
            *("40", "10", "Due 1 June; Works log", "Will it reach 10?"),
        ),
        (
            {"baseline": None, "target": None, "target_text": "Fewer"},
            *("", "Fewer", "", "Will it reach Fewer?"),
        ),
        ({"target_text": "a quarter"}, "40", "10", "“a quarter”", "Will it reach 10?"),
        (
            {"kind": "graded", "commit": 20, "stretch": 5},
            *("40", "10", "Commit 20, stretch 5", "Will it reach 10?"),
        ),
        (
            THRESHOLD | {"low": 95, "measure": "%", "required_share": 1},
            *("", "at least 95 %", "Held throughout", "Will it hold?"),
        ),
        (
            THRESHOLD | {"high": 3, "measure": "days", "required_share": 0.9},
            *("", "at most 3 days", "Held on 90 % of days", "Will it hold?"),
        ),
        (
            THRESHOLD | {"low": 20, "high": 22, "measure": "°C", "required_share": 1},
            *("", "20 to 22 °C", "Held throughout", "Will it hold?"),
        ),
    ],
)
def test_a_number_in_words(
    ben: Person, fields: dict[str, Any], start: str, target: str, detail: str, question: str
) -> None:
    exact = {
        name: Decimal(str(value)) if isinstance(value, int | float) else value
        for name, value in fields.items()
    }
    one = criterion(make_key_result(make_objective(ben), **exact), TODAY)
    told = (one.start, one.now, one.target, one.detail, one.question)
    assert tuple(text.replace("\u202f", " ") for text in told) == (
        *(start, "", target),
        *(detail, question),
    )


def test_milestones_in_words(ben: Person, flo: Person) -> None:
    steps = make_key_result(
        make_objective(ben), kind="milestones", baseline=None, target=None, reporter=flo
    )
    first, _ = (
        Milestone.objects.create(key_result=steps, title=title, position=n, due_on=due)
        for n, (title, due) in enumerate((("Order", None), ("Fit", dt.date(2026, 6, 1))))
    )
    assert criterion(steps, TODAY).now == ""
    check_in(actor=ben, key_result=steps, milestones_done=[first.pk])
    one = criterion(steps, TODAY)
    assert (one.start, one.now, one.target) == ("0 of 2", "1 of 2", "2 of 2")
    assert one.detail == "Done: Order; Open: Fit (due 1 Jun); Reported by Flo Dahl"
    assert one.question == "Will all be done in time?"


@pytest.mark.parametrize(
    ("fields", "drawn"),
    [
        ({}, {"pace", "goals"}),
        ({"baseline": None}, {"goals"}),
        ({"kind": "graded"}, {"goals"}),
        ({"baseline": None, "target": None}, set()),
        (THRESHOLD | {"low": Decimal(95)}, {"goals"}),
        (THRESHOLD | {"low": Decimal(20), "high": Decimal(22)}, {"ranges"}),
        ({"kind": "milestones", "baseline": None, "target": None}, {"pace", "goals"}),
    ],
)
def test_only_what_begins_somewhere_has_a_way_to_its_target(
    ben: Person, fields: dict[str, Any], drawn: set[str]
) -> None:
    key_result = make_key_result(make_objective(ben), **fields)
    if key_result.kind == "milestones":
        Milestone.objects.create(key_result=key_result, title="Order", position=0)
    plot = pace_chart(criterion(key_result, TODAY), TODAY)
    assert {name for name in ("pace", "goals", "ranges") if getattr(plot, name)} == drawn
