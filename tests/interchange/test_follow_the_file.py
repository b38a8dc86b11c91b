"""A file brought in a second time with other words: drafts follow it, what somebody took on is left to them."""

import datetime as dt
from decimal import Decimal

import pytest

from goldenthread.core.errors import DomainError, NotAllowed
from goldenthread.interchange import services
from goldenthread.objectives.models import Cycle
from goldenthread.people.models import Person
from goldenthread.strategy.models import ExpectedResult, Kpi, Priority, Strategy, TradeOff
from tests.cast import Cast, make_kpi, make_priority
from tests.interchange.importing import brought_in, row, staged, table


def test_a_drafted_strategy_follows_until_it_is_in_force(dee: Person, ada: Person) -> None:
    head = "external_id;title;starts_on;ends_on;vision"
    brought_in(dee, table(head, "s1;On time;2026-01-01;2028-12-31;Rail first"), "strategies")
    strategy = Strategy.objects.get()
    assert (strategy.leader, strategy.state) == (ada, Strategy.State.DRAFT)
    again = table(head, "s1;Every train on time;2026-01-01;2027-12-31;")
    assert brought_in(dee, again, "strategies").updated == 1
    strategy.refresh_from_db()
    assert (strategy.title, strategy.vision) == ("Every train on time", "Rail first")
    assert strategy.ends_on == dt.date(2027, 12, 31)
    turned = row(brought_in(dee, table(head, "s1;On time;2029-01-01;2027-12-31;"), "strategies"), 2)
    assert turned.outcome == "refused"
    Strategy.objects.update(state=Strategy.State.IN_FORCE)
    refused = row(brought_in(dee, table(head, "s1;Taken back;;;"), "strategies"), 2)
    assert refused.outcome == "refused"
    assert "You may not" in refused.reason


def test_an_expected_result_follows_until_its_priority_is_confirmed(
    dee: Person, strategy: Strategy
) -> None:
    priority = make_priority(strategy, "Punctual trains", state=Priority.State.UNCONFIRMED)
    head = "external_id;priority;expected_result;kpi;baseline;target;due_on"
    brought_in(dee, table(head, "r1;Punctual trains;On time;;81;90;2026-12-31"), "expected_results")
    result = ExpectedResult.objects.get(priority=priority)
    assert (result.baseline, result.target) == (81, 90)
    later = table(head, "r1;Punctual trains;On time each day;;81;92;2026-12-31")
    assert brought_in(dee, later, "expected_results").updated == 1
    result.refresh_from_db()
    assert (result.text, result.target) == ("On time each day", 92)
    Priority.objects.update(state=Priority.State.ACTIVE)
    assert brought_in(dee, table(head, "r1;Punctual trains;Never;;;;"), "expected_results")
    result.refresh_from_db()
    assert result.text == "On time each day"


def test_a_kpi_follows_until_somebody_confirms_it(dee: Person) -> None:
    head = "ID;KPI;Unit of measure;Direction;Description"
    brought_in(dee, table(head, "k1;Seats;;up;As counted"), "kpis")
    again = table(head, "k1;Free seats;%;down;As counted at noon")
    assert brought_in(dee, again, "kpis").updated == 1
    kpi = Kpi.objects.get()
    assert (kpi.name, kpi.measure, kpi.direction) == ("Free seats", "%", "down")
    Kpi.objects.update(state=Kpi.State.ACTIVE)
    refused = row(brought_in(dee, table(head, "k1;Seats;;up;"), "kpis"), 2)
    assert refused.outcome == "refused"
    kpi.refresh_from_db()
    assert kpi.name == "Free seats"


def test_trade_offs_in_a_priority_are_its_strategys_leaders(
    dee: Person, ada: Person, strategy: Strategy
) -> None:
    lines = table("title\ttrade_offs", "Punctual trains\tOn time even over fast; Night trains")
    told = row(brought_in(dee, lines, "priorities"), 2)
    assert TradeOff.objects.count() == 0
    assert any("Ada Holm adds it" in note for note in told.notes)
    brought_in(ada, lines, "priorities")
    assert {(one.kind, one.this, one.over) for one in TradeOff.objects.all()} == {
        ("even_over", "On time", "fast"),
        ("not_doing", "Night trains", ""),
    }
    assert brought_in(ada, lines, "priorities").updated == 0


def test_trade_offs_of_a_table_follow_their_leaders_file(
    dee: Person, ada: Person, strategy: Strategy
) -> None:
    make_priority(strategy, "Punctual trains")
    head = "external_id;this;over;priority;note"
    lines = table(head, "t1;On time;fast;Punctual trains;Board", "t2;Night trains;;;")
    refused = brought_in(dee, lines, "trade_offs")
    assert row(refused, 2).reason.startswith("Ada Holm leads")
    assert brought_in(ada, lines, "trade_offs").created == 2
    again = table(head, "t1;On time;fast;Punctual trains;Board of May")
    assert brought_in(ada, again, "trade_offs").updated == 1
    assert TradeOff.objects.get(this="On time").note == "Board of May"


def test_a_cycle_follows_the_file_of_who_may(dee: Person, flo: Person, cycle: Cycle) -> None:
    head = "name;starts_on;ends_on"
    assert brought_in(dee, table(head, "Q3 2026;2026-07-01;2026-09-30"), "cycles").created == 1
    again = table(head, "Q3 2026;2026-07-01;2026-10-31")
    assert brought_in(dee, again, "cycles").updated == 1
    assert Cycle.objects.get(name="Q3 2026").ends_on == dt.date(2026, 10, 31)
    turned = row(brought_in(dee, table(head, "Q4 2026;2026-12-31;2026-10-01"), "cycles"), 2)
    assert turned.outcome == "refused"


def test_targets_are_its_kpis_owners(dee: Person, ada: Person, strategy: Strategy) -> None:
    kpi = make_kpi("Seats", owner=ada)
    head = "kpi;due_on;value"
    told = row(brought_in(dee, table(head, "Seats;2026-12-31;90"), "targets"), 2)
    assert told.outcome == "refused"
    assert brought_in(ada, table(head, "Seats;2026-12-31;90"), "targets").created == 1
    assert brought_in(ada, table(head, "Seats;2026-12-31;95"), "targets").updated == 1
    assert kpi.targets.get().value == Decimal(95)


def test_only_what_was_written_and_stands_is_taken_back(cast: Cast) -> None:
    lines = table("Unit;Parent", "Tracks;Northwind Rail")
    waiting = staged(cast.dee, lines, "units")
    with pytest.raises(DomainError, match="Nothing of this import was written"):
        services.undo(actor=cast.dee, batch=waiting)
    written = services.apply(actor=cast.dee, batch=waiting)
    with pytest.raises(NotAllowed):
        services.undo(actor=cast.flo, batch=written)
    services.undo(actor=cast.dee, batch=written)
    with pytest.raises(DomainError, match="taken back before"):
        services.undo(actor=cast.dee, batch=written)
    nothing = brought_in(cast.dee, table("Unit", "Northwind Rail"), "units")
    with pytest.raises(DomainError, match="It wrote nothing"):
        services.undo(actor=cast.dee, batch=nothing)
