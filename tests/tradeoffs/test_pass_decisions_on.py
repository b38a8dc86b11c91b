"""Who leaves passes on what they were to decide; nothing confidential is named to others; the calendar has its days."""

import datetime as dt

import pytest

from goldenthread.interchange.calendar import due_dates
from goldenthread.people.services import leave
from goldenthread.programme.models import Handover
from goldenthread.programme.selectors import items_of, owned_by_nobody, seen_by
from goldenthread.programme.services import open_due_handovers, pass_on
from tests.cast import TODAY, Cast, make_decision, make_person

pytestmark = pytest.mark.django_db
SOON = TODAY + dt.timedelta(14)


def test_who_leaves_passes_on_what_they_decide(cast: Cast) -> None:
    ivo = make_person("Ivo Krag", unit=cast.operations, manager=cast.ben, granted_leader=True)
    waits = make_decision(ivo)
    stands = make_decision(ivo, "Buy?", decided_on=TODAY)
    make_decision(ivo, "Old?", state="looked_back", decided_on=TODAY, looked_back_on=TODAY)
    leave(actor=cast.dee, person=ivo, on=SOON)
    open_due_handovers()
    handover = Handover.objects.get(person=ivo)
    items = items_of(handover)
    assert [(one.title, one.note) for one in items] == [
        ("Do we lease or buy?", "To be decided by 20 May"),
        ("Buy?", "Look again 12 July"),
    ]
    pass_on(actor=cast.ben, handover=handover, keys={one.key for one in items}, to=cast.gus)
    handover.refresh_from_db()
    assert handover.closed_at is not None
    for one in (waits, stands):
        one.refresh_from_db()
        assert one.decider == cast.gus


def test_hr_reads_nothing_confidential_in_a_handover(cast: Cast) -> None:
    make_decision(cast.ben, "Sell the depot?", confidential=True)
    make_decision(cast.ben)
    handover = Handover(person=cast.ben, reason=Handover.Reason.LEAVES, day=SOON)
    items = [one for one in items_of(handover) if one.kind == "decision"]
    assert len(items) == 2
    assert [one.title for one in seen_by(cast.dee, items)] == ["Do we lease or buy?"]
    assert len(seen_by(cast.ada, items)) == 2


def test_a_decision_of_somebody_who_has_left_is_owned_by_nobody(cast: Cast) -> None:
    left = make_person("Ivo Krag", unit=cast.operations, end=TODAY - dt.timedelta(1))
    make_decision(left)
    make_decision(left, "Sell the depot?", confidential=True)
    found = owned_by_nobody(cast.dee)
    assert ("Do we lease or buy?", "Decision of Ivo Krag, who has left") in {
        (one.title, one.why) for one in found.rows
    }
    assert found.hidden == 1


def test_the_calendar_has_the_days(cast: Cast) -> None:
    make_decision(cast.ben)
    make_decision(cast.ben, "Buy?", decided_on=TODAY, expected="Cheaper")
    make_decision(cast.ada, "Not mine?")
    assert [(one.on, one.words, one.about) for one in due_dates(cast.ben, TODAY)] == [
        (TODAY + dt.timedelta(7), "Decide: Do we lease or buy?", ""),
        (TODAY + dt.timedelta(60), "What happened? Buy?", "Cheaper"),
    ]
