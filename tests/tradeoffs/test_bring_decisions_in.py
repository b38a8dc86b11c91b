"""Decisions as a table: out and in again without loss, unconfirmed; a second time nothing changes; taken back whole."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from goldenthread.core.models import AuditRecord
from goldenthread.interchange.models import Import
from goldenthread.interchange.services.undoing import undo
from goldenthread.people.models import Person
from goldenthread.strategy.models import Strategy
from goldenthread.tradeoffs import services
from goldenthread.tradeoffs.models import Decision, Option, Touch
from tests.cast import TODAY, Cast, make_decision, make_kpi, make_objective, make_priority
from tests.interchange.exporting import exported, rows_of
from tests.interchange.importing import brought_in

pytestmark = pytest.mark.django_db
YESTERDAY = TODAY - dt.timedelta(1)


def told(one: Decision) -> dict[str, Any]:
    """Everything that a table carries of it."""
    options = one.options.order_by("position")
    left_out = {
        "id",
        "author",
        "version",
        "created_at",
        "updated_at",
        "source",
        "state",
        "replaces",
    }
    names = [field.name for field in one._meta.concrete_fields if field.name not in left_out]
    return {
        **{name: getattr(one, name) for name in names if name != "external_id"},
        "options": [(row.title, row.speaks_for, row.speaks_against, row.chosen) for row in options],
        "touches": {(touch.name, touch.record) for touch in one.touches.all()},
        "replaces": one.replaces and one.replaces.question,
    }


def a_log(strategy: Strategy, cast: Cast) -> None:
    touched = [make_priority(strategy), make_objective(cast.flo), cast.operations, make_kpi()]
    old = make_decision(cast.ben, decided_on=YESTERDAY, freed_fte=Decimal("1.25"), state="replaced")
    new = make_decision(
        cast.ben,
        "=Lease | buy?",
        [*touched, cast.flo],
        decided_on=TODAY,
        replaces=old,
        freed_fte=Decimal(2),
        freed_until=TODAY + dt.timedelta(90),
        background="Two lines,\none more",
        looked_back_on=TODAY,
        outcome="Rates rose",
        as_expected="partly",
        state="looked_back",
    )
    Option.objects.filter(decision=new, title="Buy").update(
        speaks_for='A "fleet" | of\nour own', speaks_against="-5 %"
    )
    make_decision(cast.ada, "Sell the depot?", confidential=True)


def test_what_goes_out_comes_in_again(strategy: Strategy, cast: Cast) -> None:
    a_log(strategy, cast)
    data = exported(cast.ada)["decisions"]
    before = [told(one) for one in Decision.objects.order_by("pk")]
    assert brought_in(cast.ada, data, "decisions").unchanged == 3
    Decision.objects.all().delete()
    batch = brought_in(cast.ada, data, "decisions")
    assert (batch.created, batch.refused) == (3, 0)
    assert [told(one) for one in Decision.objects.order_by("pk")] == before
    assert set(Decision.objects.values_list("state", "author")) == {("unconfirmed", None)}
    assert brought_in(cast.ada, data, "decisions").unchanged == 3
    for one in Decision.objects.order_by("pk"):
        services.confirm_decision(actor=one.decider, decision=one)
    states = Decision.objects.order_by("pk").values_list("state", flat=True)
    assert list(states) == ["replaced", "looked_back", "open"]


def test_an_export_holds_what_its_reader_sees(strategy: Strategy, cast: Cast) -> None:
    a_log(strategy, cast)
    secret = make_objective(cast.cyd, "Close two stations", restricted=True)
    Touch.objects.create(decision=Decision.objects.earliest("pk"), objective=secret)
    seen = exported(cast.dee)["decisions"].decode()
    assert "Sell the depot" not in seen
    assert str(secret.pk) not in {row["touches"][-1:] for row in rows_of(seen.encode())}
    assert len(rows_of(seen.encode())) == 2


def table(*lines: str) -> bytes:
    head = "question;decider;options;choice;due_on;decided_on;touches;look_again_on"
    return "\n".join([head, *lines]).encode()


def reason_of(batch: Import) -> str:
    return batch.rows.get(outcome="refused").reason


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("A or B?;Ben Aske;A;;;;;", "Say by when"),
        ("A or B?;Ben Aske;A;;;2026-05-01;;", "Say what was chosen"),
        ("A or B?;Ben Aske;A;A;2026-06-01;;;", "Say when it was decided"),
        ("A or B?;Nobody;A;;2026-06-01;;;", "not among the people"),
        ("A or B?;Ben Aske;A;;2026-06-01;;unit: Nowhere;", "not among the units"),
        ("A or B?;Ben Aske;A|b|c|d;;2026-06-01;;;", "An option has a name"),
    ],
)
def test_a_row_that_cannot_stand_says_why(cast: Cast, line: str, why: str) -> None:
    batch = brought_in(cast.ada, table(line), "decisions")
    assert why in reason_of(batch)
    assert not Decision.objects.exists()


def test_hr_may_bring_in_and_decides_nothing(cast: Cast) -> None:
    line = "A or B?;Ben Aske;A | cheap | late;C;;2026-05-01;Operations;2026-08-01"
    assert brought_in(cast.dee, table(line), "decisions").created == 1
    one = Decision.objects.get()
    assert one.author is None
    assert [(row.title, row.chosen) for row in one.options.all()] == [("A", False), ("C", True)]
    assert [str(touch) for touch in one.touches.all()] == ["Operations"]
    taken = AuditRecord.objects.get(verb="import decision")
    assert taken.note == "Chosen: C"
    brought_in(cast.dee, table(line.replace(";C;", ";A;")), "decisions")
    lines = AuditRecord.objects.filter(verb="redraft decision")
    assert {"choice": "A"} in [line.after for line in lines if line.before == {"choice": "C"}]
    changed = line.replace("cheap", "dear").replace("2026-08-01", "2026-09-01")
    assert brought_in(cast.dee, table(changed), "decisions").updated == 1
    assert one.options.get(title="A").speaks_for == "dear"
    services.confirm_decision(actor=cast.ben, decision=Decision.objects.get())
    again = brought_in(cast.dee, table(line), "decisions")
    assert "taken on here" in reason_of(again)


def test_an_import_is_taken_back(cast: Cast) -> None:
    line = "A or B?;Ben Aske;A;;2026-06-01;;Operations;"
    batch = brought_in(cast.dee, table(line), "decisions")
    actor: Person = cast.dee
    assert undo(actor=actor, batch=batch).undone["removed"] == 1
    assert not Decision.objects.exists()
    assert not Touch.objects.exists()
