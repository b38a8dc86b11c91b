"""Handovers: opened when somebody leaves, moves, is away or has a new manager; passed on, taken on, closed."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from goldenthread.core.errors import DomainError, NotAllowed
from goldenthread.core.jobs import run_due
from goldenthread.core.models import AuditRecord
from goldenthread.objectives.models import ExpectationChange, Objective
from goldenthread.objectives.services.changes import Change, answer_change, propose_change
from goldenthread.objectives.states import State
from goldenthread.people.models import Absence, Person, PersonHeld
from goldenthread.people.services import edit_person, leave, name_deputy, set_manager
from goldenthread.programme.models import Handover
from goldenthread.programme.selectors import held, items_of, owned_by_nobody
from goldenthread.programme.services import (
    close_handover,
    open_due_handovers,
    pass_on,
    take_on,
)
from goldenthread.strategy.models import Kpi
from goldenthread.ui.templatetags.goldenthread import day
from tests.cast import (
    TODAY,
    Cast,
    make_cascade,
    make_key_result,
    make_kpi,
    make_objective,
    make_person,
    make_priority,
    make_strategy,
    make_unit,
    signed_in,
)

pytestmark = pytest.mark.django_db
Reason = Handover.Reason


def days(n: int) -> dt.date:
    return TODAY + dt.timedelta(n)


def leaver(cast: Cast) -> Handover:
    """Ben leaves in nine days; his handover is open."""
    leave(actor=cast.dee, person=cast.ben, on=days(9))
    run_due()
    return Handover.objects.get(person=cast.ben)


def keys(handover: Handover, *kinds: str) -> set[str]:
    return {item.key for item in items_of(handover) if not kinds or item.kind in kinds}


def yesterday(person: Person) -> None:
    """What holds of the person has held since a month ago."""
    PersonHeld.objects.filter(person=person).update(valid_from=days(-40))


def test_leaving_opens_a_handover_at_once(cast: Cast) -> None:
    make_objective(cast.ben)
    handover = leaver(cast)
    assert (handover.reason, handover.day) == (Reason.LEAVES, days(9))
    assert open_due_handovers() == []  # once
    kinds = {item.kind for item in items_of(handover)}
    assert kinds == {"objective", "unit", "report"}


def test_who_leaves_in_months_or_holds_nothing_hands_nothing_over_yet(cast: Cast) -> None:
    make_objective(cast.ben)
    leave(actor=cast.dee, person=cast.ben, on=days(90))
    leave(actor=cast.dee, person=cast.cyd, on=days(3))
    assert open_due_handovers() == []


def test_who_stays_after_all_closes_it(cast: Cast) -> None:
    handover = leaver(cast)
    edit_person(actor=cast.dee, person=cast.ben, end=None)
    open_due_handovers()
    handover.refresh_from_db()
    assert handover.closed_at is not None


def test_an_open_cascade_stands_with_the_unit_and_goes_along_with_it(cast: Cast) -> None:
    priority = make_priority(make_strategy(cast.ada))
    thread = make_cascade(cast.root, cast.operations, priority, answer_by=days(3))
    make_cascade(cast.root, cast.operations, priority, "Settled", state="declined", reason="No")
    make_cascade(cast.root, cast.operations, priority, "Not sent", state="draft")
    handover = leaver(cast)
    (item,) = [one for one in items_of(handover) if one.kind == "cascade"]
    assert (item.record, item.note) == (
        thread,
        f"Northwind Rail and Operations; Operations answers by {day(days(3))}",
    )
    page = signed_in(Client(), cast.ben).get(handover.get_absolute_url()).content.decode()
    assert "Whoever leads the unit next speaks in them." in page
    seen = signed_in(Client(), cast.dee).get(handover.get_absolute_url()).content.decode()
    assert str(thread) not in seen  # neither side, nor above one
    with pytest.raises(DomainError):
        pass_on(actor=cast.dee, handover=handover, keys={item.key}, to=cast.gus)
    pass_on(actor=cast.dee, handover=handover, keys=keys(handover, "unit"), to=cast.gus)
    assert not keys(handover, "cascade")


def test_another_manager_and_another_unit_open_theirs(cast: Cast) -> None:
    make_objective(cast.flo, agreed_by=cast.ben)
    yesterday(cast.flo)
    edit_person(actor=cast.dee, person=cast.flo, manager=cast.gus, unit=cast.stations)
    run_due()
    opened = Handover.objects.filter(person=cast.flo).values_list("reason", flat=True)
    assert set(opened) == {Reason.MOVED, Reason.MANAGER}
    manager = Handover.objects.get(reason=Reason.MANAGER)
    with pytest.raises(NotAllowed):
        take_on(actor=cast.ben, handover=manager)
    take_on(actor=cast.gus, handover=manager)
    assert manager.closed_by == cast.gus


def test_a_long_leave_opens_one_unless_somebody_stands_in(cast: Cast) -> None:
    make_objective(cast.flo)
    make_objective(cast.cyd)
    for person, last in ((cast.flo, days(28)), (cast.cyd, days(27))):
        Absence.objects.create(person=person, start=days(1), end=last)
    (opened,) = open_due_handovers()
    assert (opened.person, opened.reason) == (cast.flo, Reason.AWAY)
    name_deputy(
        actor=cast.ben, person=cast.flo, deputy=cast.cyd, starts_on=days(1), ends_on=days(28)
    )
    open_due_handovers()
    opened.refresh_from_db()
    assert opened.closed_at is not None


def test_what_is_agreed_waits_for_its_next_owner(cast: Cast) -> None:
    objective = make_objective(cast.ben, restricted=True)
    handover = leaver(cast)
    pass_on(actor=cast.ada, handover=handover, keys=keys(handover, "objective"), to=cast.cyd)
    objective.refresh_from_db()
    assert objective.owner_person == cast.ben
    (item,) = held(cast.ben, ["objective"])
    assert item.waits_for == "Cyd Berg"
    assert objective in Objective.objects.visible_to(cast.cyd)  # to know what they take on
    change = ExpectationChange.objects.get()
    for other in (cast.ada, cast.ben):
        with pytest.raises(NotAllowed):
            answer_change(actor=other, change=change, accept=True)
    answer_change(actor=cast.cyd, change=change, accept=True)
    objective.refresh_from_db()
    assert (objective.owner_person, objective.state) == (cast.cyd, State.ACTIVE)
    assert "Handover from Ben Aske" in change.reason


def test_what_is_declined_stays_and_is_offered_again(cast: Cast) -> None:
    objective = make_objective(cast.ben)
    handover = leaver(cast)
    pass_on(actor=cast.ben, handover=handover, keys=keys(handover, "objective"), to=cast.cyd)
    change = ExpectationChange.objects.get()
    with pytest.raises(DomainError, match="waits for Cyd Berg"):
        pass_on(actor=cast.ben, handover=handover, keys=keys(handover, "objective"), to=cast.gus)
    answer_change(actor=cast.cyd, change=change, accept=False, answer="Too much already")
    objective.refresh_from_db()
    assert objective.owner_person == cast.ben
    pass_on(actor=cast.ada, handover=handover, keys=keys(handover, "objective"), to=cast.ada)
    objective.refresh_from_db()
    assert objective.owner_person == cast.ada  # takes it on by choosing themself


def test_the_rest_is_theirs_at_once_and_the_last_closes_it(cast: Cast) -> None:
    draft = make_objective(cast.ben, state=State.PROPOSED, proposed_by=cast.ben)
    number = make_key_result(make_objective(cast.flo), reporter=cast.ben)
    strategy = make_strategy(cast.ben)
    priority, kpi = make_priority(strategy, sponsor=cast.ben), make_kpi(owner=cast.ben)
    handover = leaver(cast)
    work = keys(handover, "objective", "key_result", "priority", "kpi", "strategy")
    pass_on(actor=cast.ada, handover=handover, keys=work, to=cast.gus)
    for row in (draft, number, strategy, priority, kpi):
        row.refresh_from_db()
    assert (draft.owner_person, draft.proposed_for) == (cast.gus, cast.gus)
    assert {number.reporter, strategy.leader, priority.sponsor, kpi.owner} == {cast.gus}
    assert not Person.objects.get(pk=cast.ben.pk).sponsors
    assert handover.closed_at is None
    pass_on(actor=cast.dee, handover=handover, keys=keys(handover), to=cast.gus)  # unit, report
    handover.refresh_from_db()
    assert handover.closed_at is not None
    assert Person.objects.get(pk=cast.flo.pk).manager == cast.gus
    notes = AuditRecord.objects.filter(verb="hand over").values_list("note", flat=True)
    assert all("andover from Ben Aske" in note for note in notes)
    assert len(notes) == 7


def test_hr_decides_whose_work_it_becomes_only_where_nobody_else_is_left(cast: Cast) -> None:
    make_objective(cast.ben, state=State.DRAFT)
    handover = leaver(cast)
    for actor in (cast.dee, cast.eve, cast.flo):
        with pytest.raises(NotAllowed):
            pass_on(actor=actor, handover=handover, keys=keys(handover, "objective"), to=cast.gus)
    top = make_person("Tor Top")
    make_objective(top, "Alone", state=State.DRAFT)
    leave(actor=cast.dee, person=top, on=days(1))
    run_due()
    alone = Handover.objects.get(person=top)
    with pytest.raises(DomainError, match="other than yourself"):
        pass_on(actor=cast.dee, handover=alone, keys=keys(alone), to=cast.dee)
    pass_on(actor=cast.dee, handover=alone, keys=keys(alone), to=cast.gus)
    assert Objective.objects.get(title="Alone").owner_person == cast.gus


def test_all_or_nothing(cast: Cast) -> None:
    """A manager may not name who leads a unit: nothing of what was ticked with it is passed on."""
    make_objective(cast.ben, state=State.DRAFT)
    handover = leaver(cast)
    with pytest.raises(NotAllowed):
        pass_on(actor=cast.ada, handover=handover, keys=keys(handover), to=cast.gus)
    assert Objective.objects.get().owner_person == cast.ben
    gone = make_person("Liv Lund", end=days(-1))
    with pytest.raises(DomainError, match="has left"):
        pass_on(actor=cast.ada, handover=handover, keys=keys(handover, "objective"), to=gone)


def test_an_answer_that_waits_passes_to_who_speaks_for_that_side(cast: Cast) -> None:
    objective = make_objective(cast.flo, agreed_by=cast.ben)
    make_key_result(objective)
    change = propose_change(
        actor=cast.flo, objective=objective, change=Change({"title": "Fewer"}), reason="Too much"
    )
    assert change.addressee == cast.ben
    handover = leaver(cast)
    waiting = keys(handover, "change")
    with pytest.raises(DomainError, match="Choose somebody above its owner"):
        pass_on(actor=cast.ada, handover=handover, keys=waiting, to=cast.cyd)
    with pytest.raises(DomainError, match="holds it already"):
        pass_on(actor=cast.ada, handover=handover, keys=waiting, to=cast.ben)
    pass_on(actor=cast.ada, handover=handover, keys=waiting, to=cast.ada)
    change.refresh_from_db()
    assert change.addressee == cast.ada
    answer_change(actor=cast.ada, change=change, accept=True)
    objective.refresh_from_db()
    assert objective.title == "Fewer"


def test_nothing_passes_to_who_leaves_as_early(cast: Cast) -> None:
    make_objective(cast.ben, state=State.DRAFT)
    handover = leaver(cast)
    leave(actor=cast.dee, person=cast.gus, on=days(5))
    with pytest.raises(DomainError, match="leaves as well"):
        pass_on(actor=cast.ada, handover=handover, keys=keys(handover, "objective"), to=cast.gus)


def test_closing_with_something_left_takes_a_reason(cast: Cast) -> None:
    make_objective(cast.ben)
    handover = leaver(cast)
    with pytest.raises(DomainError, match="Say why"):
        close_handover(actor=cast.ada, handover=handover, reason=" ")
    with pytest.raises(NotAllowed):
        close_handover(actor=cast.dee, handover=handover, reason="Done")
    close_handover(actor=cast.ada, handover=handover, reason="Ends with the quarter")
    assert open_due_handovers() == []


def test_nothing_stays_owned_by_nobody(cast: Cast) -> None:
    """Whatever is open and has nobody here who answers for it is listed, and each way that comes about."""
    assert owned_by_nobody(cast.dee).rows == []
    left, over = make_person("Liv Lund", end=days(-1)), make_unit("Old yard", ended_on=days(-1))
    headless = make_unit("Fleet")
    make_objective(left, "Of Liv")
    make_objective(left, "Secret", restricted=True)
    make_objective(over, "Of the yard")
    make_objective(headless, "Of the fleet")
    Objective.objects.create(
        title="Of nobody", cycle=Objective.objects.all()[0].cycle, state="unconfirmed"
    )
    make_kpi("Seats", owner=None)
    make_priority(make_strategy(left, title="Plan"), "Unsponsored")
    make_person("Rik Ras", manager=left, unit=cast.root)
    make_objective(left, "Closed", state=State.ACHIEVED)
    Kpi.objects.create(name="Retired", state=Kpi.State.RETIRED)
    found = owned_by_nobody(cast.dee)
    assert {row.title for row in found.rows} == {
        *("Of Liv", "Of the yard", "Of the fleet", "Of nobody", "Seats", "Plan"),
        *("Unsponsored", "Fleet", "Rik Ras"),
    }
    assert found.hidden == 1


def test_pages_from_leaving_to_taken_on(
    client: Client, cast: Cast, assert_queries: Callable[..., Any]
) -> None:
    objective = make_objective(cast.ben)
    make_key_result(objective)
    handover = leaver(cast)
    address = handover.get_absolute_url()
    home = signed_in(client, cast.ada).get("/").text
    assert "Pass on what Ben Aske holds" in home
    assert_queries("handovers", client.get, reverse("handovers"))
    assert_queries("handover", client.get, address)
    refused = client.post(address, {"to": "Cyd Berg"})
    assert (refused.status_code, "Choose what is passed on" in refused.text) == (422, True)
    client.post(address, {"to": "Cyd Berg", "item": [f"objective-{objective.pk}"]})
    assert "waits for Cyd Berg to take it on" in client.get(address).text
    home = signed_in(client, cast.cyd).get("/").text
    change = ExpectationChange.objects.get()
    assert reverse("change-answer", args=[change.pk]) in home
    answer = client.get(reverse("change-answer", args=[change.pk]))
    assert "Take it on" in answer.text
    client.post(reverse("change-answer", args=[change.pk]), {"accept": "yes"})
    objective.refresh_from_db()
    assert objective.owner_person == cast.cyd
    assert signed_in(client, cast.gus).get(address).status_code == 404
    signed_in(client, cast.dee)
    assert_queries("handovers with what nobody owns", client.get, reverse("handovers"))


def test_a_new_manager_takes_on_what_was_agreed_with_one_click(client: Client, cast: Cast) -> None:
    make_objective(cast.flo, "Fewer gaps", agreed_by=cast.ben, agreed_at=None)
    yesterday(cast.flo)
    set_manager(actor=cast.dee, person=cast.flo, manager=cast.gus)
    run_due()
    handover = Handover.objects.get(reason=Reason.MANAGER)
    assert "Take on what is agreed with Flo Dahl" in signed_in(client, cast.gus).get("/").text
    page = client.get(handover.get_absolute_url()).text
    assert "Fewer gaps" in page
    assert "by Ben Aske" in page
    client.post(reverse("handover-take-on", args=[handover.pk]))
    assert "Take on what is agreed" not in client.get("/").text


def test_many_things_at_once(client: Client, cast: Cast) -> None:
    """As many as somebody holds, without asking for each who holds it."""
    for n in range(3):
        make_key_result(make_objective(cast.ben, f"O{n}"))
        make_objective(cast.ben, f"D{n}", state=State.DRAFT)
        make_key_result(make_objective(cast.flo, f"F{n}"), reporter=cast.ben)
        make_kpi(f"K{n}", owner=cast.ben)
        make_priority(make_strategy(cast.ben, title=f"S{n}"), f"P{n}", sponsor=cast.ben)
    handover = leaver(cast)
    work = sorted(keys(handover, "objective", "key_result", "kpi", "priority", "strategy"))
    address = handover.get_absolute_url()
    sent = {"to": "Gus Lind", "item": work}
    assert signed_in(client, cast.ada).post(address, sent).status_code == 302
    assert {item.kind for item in held(cast.ben) if not item.waits_for} == {"unit", "report"}
    make_person("Ivo Krag", manager=cast.ben)
    structure = {"to": "Gus Lind", "item": sorted(keys(handover, "unit", "report"))}
    assert signed_in(client, cast.dee).post(address, structure).status_code == 302
