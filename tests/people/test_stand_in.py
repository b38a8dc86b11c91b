"""Deputies: naming one, what they do in their own name, and what is not lent."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from goldenthread.core.access import can
from goldenthread.core.errors import DomainError, NotAllowed
from goldenthread.core.models import AuditRecord
from goldenthread.objectives.models import ExpectationChange, Objective
from goldenthread.objectives.services import agreement, changes
from goldenthread.objectives.services.check_ins import check_in
from goldenthread.objectives.states import State
from goldenthread.people.models import Person
from goldenthread.people.services import end_deputy, name_deputy
from goldenthread.permissions import Action
from goldenthread.strategy.models import Priority
from goldenthread.strategy.services import hand_to_sponsor
from tests.cast import (
    TODAY,
    Cast,
    make_deputy,
    make_key_result,
    make_kpi,
    make_objective,
    make_priority,
    make_strategy,
    signed_in,
)

pytestmark = pytest.mark.django_db
UNTIL = TODAY + dt.timedelta(13)


def name(actor: Person, person: Person, deputy: Person, **days: Any) -> Any:
    given = {"starts_on": TODAY, "ends_on": UNTIL} | days
    return name_deputy(actor=actor, person=person, deputy=deputy, **given)


def test_the_person_their_line_and_hr_name_a_deputy(cast: Cast) -> None:
    for actor in (cast.ben, cast.ada, cast.dee):
        end_deputy(actor=actor, deputy=name(actor, cast.ben, cast.flo))
    for actor in (cast.cyd, cast.flo, cast.eve):
        with pytest.raises(NotAllowed):
            name(actor, cast.ben, cast.gus)
    told = AuditRecord.objects.filter(verb="name deputy", subject_id=cast.ben.pk).order_by("pk")
    assert [row.actor_id for row in told] == [cast.ben.pk, cast.ada.pk, cast.dee.pk]


def test_nobody_gets_hold_of_work_by_naming_themself(cast: Cast) -> None:
    with pytest.raises(DomainError, match="manager name you"):
        name(cast.dee, cast.ben, cast.dee)
    name(cast.ada, cast.ben, cast.ada)  # stands above anyway


def test_days_and_people_have_to_fit(cast: Cast) -> None:
    name(cast.ben, cast.ben, cast.flo)
    for deputy, days, field in (
        (cast.ben, {}, "deputy"),
        (cast.gus, {}, "starts_on"),  # Flo stands in already
        (cast.gus, {"starts_on": UNTIL, "ends_on": TODAY}, "ends_on"),
        (
            cast.gus,
            {"starts_on": TODAY - dt.timedelta(9), "ends_on": TODAY - dt.timedelta(1)},
            "ends_on",
        ),
    ):
        with pytest.raises(DomainError) as refused:
            name(cast.ben, cast.ben, deputy, **days)
        assert refused.value.field == field
    cast.gus.end = TODAY + dt.timedelta(2)
    cast.gus.save()
    with pytest.raises(DomainError, match="leaves"):
        name(cast.ada, cast.ada, cast.gus)


def test_a_deputy_acts_in_their_own_name(cast: Cast) -> None:
    """Cyd stands in for Ben: checks in on his objective and agrees Flo's, and the trail says for whom."""
    mine = make_key_result(make_objective(cast.ben))
    flos = make_objective(cast.flo, "Fewer gaps", state=State.PROPOSED, proposed_by=cast.flo)
    make_key_result(flos, measure="gaps")
    with pytest.raises(NotAllowed):
        check_in(actor=cast.cyd, key_result=mine, value=Decimal(30), as_of=TODAY)
    name(cast.ben, cast.ben, cast.cyd)
    check_in(actor=cast.cyd, key_result=mine, value=Decimal(30), as_of=TODAY)
    agreement.agree(actor=cast.cyd, objective=flos)
    flos.refresh_from_db()
    assert flos.agreed_by == cast.cyd
    told = AuditRecord.objects.filter(verb__in=["check in", "agreed"])
    assert {(row.actor_id, row.note) for row in told} >= {(cast.cyd.pk, "for Ben Aske")}


def test_who_stands_in_for_their_manager_does_not_agree_their_own_objectives(cast: Cast) -> None:
    objective = make_objective(cast.flo, state=State.PROPOSED, proposed_by=cast.flo)
    name(cast.ben, cast.ben, cast.flo)
    with pytest.raises(NotAllowed, match="other side"):
        agreement.agree(actor=cast.flo, objective=objective)
    objective.refresh_from_db()
    assert objective.state == State.PROPOSED


def test_who_stands_above_does_not_speak_for_the_owner_too(cast: Cast) -> None:
    """Ben stands in for Flo, who reports to him: what he proposes to her waits for her word, not for his."""
    objective = make_objective(cast.flo, state=State.DRAFT)
    make_key_result(objective)
    name(cast.flo, cast.flo, cast.ben)
    agreement.propose(actor=cast.ben, objective=objective)
    with pytest.raises(NotAllowed, match="other side"):
        agreement.agree(actor=cast.ben, objective=objective)


def test_who_stands_in_for_both_sides_speaks_for_one(cast: Cast) -> None:
    objective = make_objective(cast.flo, state=State.DRAFT)
    make_key_result(objective, measure="trains")
    make_deputy(cast.flo, cast.cyd)
    make_deputy(cast.ben, cast.cyd)
    agreement.propose(actor=cast.cyd, objective=objective)
    with pytest.raises(NotAllowed, match="other side"):
        agreement.agree(actor=cast.cyd, objective=objective)
    agreement.agree(actor=cast.flo, objective=objective)


def test_what_a_deputy_proposes_for_the_owner_waits_for_the_line(cast: Cast) -> None:
    objective = make_objective(cast.flo, state=State.DRAFT)
    make_key_result(objective, measure="trains")
    name(cast.flo, cast.flo, cast.cyd)
    agreement.propose(actor=cast.cyd, objective=objective)
    assert (objective.proposed_by, objective.proposed_for) == (cast.cyd, cast.flo)
    for one in (cast.cyd, cast.flo):
        with pytest.raises(NotAllowed, match="other side"):
            agreement.agree(actor=one, objective=objective)
    agreement.agree(actor=cast.ben, objective=objective)

    change = changes.propose_change(
        actor=cast.cyd, objective=objective, change=changes.Change({"critical": True}), reason="So"
    )
    assert (change.addressee, change.author_for) == (cast.ben, cast.flo)
    with pytest.raises(NotAllowed, match="other side"):
        changes.answer_change(actor=cast.cyd, change=change, accept=True)
    changes.withdraw_change(actor=cast.flo, change=change)
    assert change.state == ExpectationChange.State.WITHDRAWN


def test_a_deputy_of_a_deputy_stands_in_for_nobody_but_the_deputy(cast: Cast) -> None:
    make_deputy(cast.ben, cast.cyd)
    make_deputy(cast.cyd, cast.gus)
    objective = make_objective(cast.ben, restricted=True)
    assert can(cast.cyd, Action.CHECK_IN, objective)
    lonely = Person.objects.create(name="Liv")
    make_deputy(cast.cyd, lonely)
    assert not can(lonely, Action.CHECK_IN, objective)
    assert not Objective.objects.visible_to(lonely).filter(pk=objective.pk).exists()


def test_no_office_and_nothing_private_is_lent(cast: Cast) -> None:
    for person in (cast.ada, cast.dee, cast.eve):
        make_deputy(person, cast.cyd)
    assert not cast.cyd.office
    for action in (
        Action.START_STRATEGY,
        Action.GRANT_ROLES,
        Action.EDIT_PERSON,
        Action.RUN_CYCLES,
    ):
        assert not can(cast.cyd, action)
    for action in (
        Action.SECURE_ACCOUNT,
        Action.MAKE_TOKEN,
        Action.SEE_PERSONAL,
        Action.RECORD_ABSENCE,
    ):
        assert not can(cast.cyd, action, cast.ada)
        assert not can(cast.cyd, action, cast.flo)


def test_a_deputy_gives_nothing_away(cast: Cast) -> None:
    """Else who stands in for a sponsor could become one, and a leader by that, for good."""
    priority = make_priority(make_strategy(cast.ada), sponsor=cast.gus, confidential=True)
    make_deputy(cast.gus, cast.flo)
    assert priority in Priority.objects.visible_to(cast.flo)
    assert can(cast.flo, Action.EDIT_PRIORITY, priority)
    with pytest.raises(DomainError, match="Gus Lind, who names"):
        hand_to_sponsor(actor=cast.flo, priority=priority, sponsor=cast.flo)
    assert can(cast.flo, Action.OBSERVE, make_kpi(owner=cast.gus))


def test_it_ends_on_its_day_or_early(cast: Cast) -> None:
    objective = make_objective(cast.ben, restricted=True)
    row = name(cast.ben, cast.ben, cast.cyd)
    assert can(cast.cyd, Action.CHECK_IN, objective)
    end_deputy(actor=cast.ben, deputy=row)
    for person in (row.deputy, Person.objects.get(pk=cast.cyd.pk)):
        assert not can(person, Action.CHECK_IN, objective)
    over = {"starts_on": TODAY - dt.timedelta(9), "ends_on": TODAY - dt.timedelta(1)}
    make_deputy(cast.ben, cast.gus, **over)
    assert not can(Person.objects.get(pk=cast.cyd.pk), Action.CHECK_IN, objective)


def test_pages_name_a_deputy_and_tell_them_what_waits(client: Client, cast: Cast) -> None:
    make_objective(cast.flo, "Fewer gaps", state=State.PROPOSED, proposed_by=cast.flo)
    make_objective(cast.cyd, "Of Cyd", state=State.PROPOSED, proposed_by=cast.ben)
    address = reverse("person-deputies", args=[cast.ben.pk])
    sent = {"deputy": "Cyd Berg", "starts_on": TODAY.isoformat(), "ends_on": UNTIL.isoformat()}
    refused = signed_in(client, cast.ben).post(address, sent | {"ends_on": "2026-01-01"})
    assert refused.status_code == 422
    assert client.post(address, sent).status_code == 302
    assert "Cyd Berg stands in until" in client.get(cast.ben.get_absolute_url()).text
    home = signed_in(client, cast.cyd).get("/").text
    assert "You stand in for Ben Aske" in home
    assert "Give your word on “Fewer gaps”" in home
    assert "Stands in for Ben Aske until" in client.get(cast.cyd.get_absolute_url()).text
