"""Nudges: HR asks whoever has the next step; it never writes the work of anybody."""

import datetime as dt
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from goldenthread.core.errors import DomainError, NotAllowed
from goldenthread.core.models import AuditRecord
from goldenthread.objectives.models import Objective
from goldenthread.objectives.states import State
from goldenthread.people.models import Person
from goldenthread.programme.models import Nudge
from goldenthread.programme.selectors.nudges import asked_of
from goldenthread.programme.selectors.stuck import KINDS
from goldenthread.programme.services import nudge
from tests.cast import TODAY, Cast, make_key_result, make_objective, make_person, signed_in

pytestmark = pytest.mark.django_db


def waiting(owner: Person, by: Person, title: str = "Fewer gaps") -> Objective:
    long_ago = dt.datetime(2026, 4, 15, 12, tzinfo=dt.UTC)
    made = make_objective(owner, title, state=State.PROPOSED, proposed_by=by, proposed_at=long_ago)
    make_key_result(made)
    return made


def asks(cast: Cast, key: str, *about: Any) -> list[Nudge]:
    return nudge(actor=cast.dee, kind=KINDS[key], about={one.pk for one in about})


def test_who_has_the_next_step_is_asked(cast: Cast) -> None:
    [to_line] = asks(cast, "waiting", waiting(cast.flo, by=cast.flo))
    [to_owner] = asks(cast, "waiting", waiting(cast.cyd, by=cast.gus))
    ivo = make_person("Ivo Krag", manager=cast.ben, unit=cast.operations, account=False)
    [for_ivo] = asks(cast, "silent", silent := waiting_no_more(ivo))
    [no_objective] = asks(cast, "no-objective", cast.flo)
    assert [one.to for one in (to_line, to_owner, for_ivo, no_objective)] == [
        cast.ben,
        cast.cyd,
        cast.ben,
        cast.ben,
    ]
    assert silent.owner == ivo
    told = AuditRecord.objects.filter(verb="nudge", actor_id=cast.dee.pk)
    assert told.count() == 4


def waiting_no_more(owner: Person) -> Objective:
    made = make_objective(owner, "Fewer complaints")
    make_key_result(made)
    return made


def test_nobody_but_hr_nudges(cast: Cast) -> None:
    objective = waiting(cast.flo, by=cast.flo)
    for actor in (cast.ada, cast.ben, cast.eve, cast.flo):
        with pytest.raises(NotAllowed):
            nudge(actor=actor, kind=KINDS["waiting"], about={objective.pk})


def test_the_same_is_asked_once_a_week_and_only_while_it_is_stuck(cast: Cast) -> None:
    objective = waiting(cast.flo, by=cast.flo)
    asks(cast, "waiting", objective)
    with pytest.raises(DomainError, match="nobody to ask"):
        asks(cast, "waiting", objective)
    Nudge.objects.update(day=TODAY - dt.timedelta(7))
    asks(cast, "waiting", objective)
    assert len(asked_of(cast.ben, TODAY)) == 1
    Objective.objects.update(state=State.ACTIVE)
    assert asked_of(cast.ben, TODAY) == []
    with pytest.raises(DomainError):
        asks(cast, "waiting", objective)


def test_hr_nudges_about_nothing_that_it_does_not_see(cast: Cast) -> None:
    objective = waiting(cast.flo, by=cast.flo)
    Objective.objects.update(restricted=True)
    with pytest.raises(DomainError):
        asks(cast, "waiting", objective)
    with pytest.raises(DomainError):
        asks(cast, "no-manager", cast.flo)


def test_a_nudge_stands_on_home_once_and_settles_itself(client: Client, cast: Cast) -> None:
    objective = waiting(cast.flo, by=cast.flo)
    asks(cast, "waiting", objective)
    asks(cast, "no-objective", cast.flo)
    home = signed_in(client, cast.ben).get("/").text
    assert "Give your word on “Fewer gaps”" in home
    assert "Waits to be agreed: Fewer gaps" not in home  # the thing itself stands there
    assert "No agreed objective: Flo Dahl" in home
    assert f"?owner_person={cast.flo.pk}" in home
    assert "Dee Voss, HR, asks." in home
    make_objective(cast.flo, restricted=True)  # Ben sees it, HR does not
    assert "No agreed objective" not in client.get("/").text


def test_pages_of_a_nudge(client: Client, cast: Cast) -> None:
    first, second = waiting(cast.flo, by=cast.flo, title="A"), waiting(cast.cyd, by=cast.cyd)
    address = reverse("programme-stuck", args=["waiting"])
    send = reverse("programme-nudge", args=["waiting"])
    assert "Nudge all 2 on this page" in signed_in(client, cast.dee).get(address).text
    page = client.post(f"{send}?q=A", {"item": first.pk}, follow=True)
    assert "Ben Aske will find it on their home" in page.text
    assert "Asked today" in page.text
    page = client.post(send, {"item": [first.pk, second.pk, "nothing"]}, follow=True)
    assert "Gus Lind will find it" in page.text
    assert "Nudge" not in signed_in(client, cast.eve).get(address).text  # an administrator


def test_hr_writes_nobodys_work(client: Client, cast: Cast) -> None:
    """By no address: what HR sees answers 403, what it does not see 404."""
    objective = waiting(cast.flo, by=cast.flo)
    hidden = make_objective(cast.flo, "Secret", restricted=True)
    signed_in(client, cast.dee)
    for name in ("objective-edit", "objective-link", "objective-close", "objective-change"):
        for one, status in ((objective, 403), (hidden, 404)):
            answer = client.get(reverse(name, args=[one.pk]))
            assert answer.status_code == status, (name, one)
    sent = {"title": "Written by HR", "owner": "Flo Dahl", "cycle": objective.cycle_id}
    client.post(reverse("objective-new"), sent)
    assert not Objective.objects.filter(title="Written by HR", owner_person=cast.flo).exists()
