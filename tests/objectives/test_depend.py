"""What an objective needs of another unit: asked, promised, declined, delivered, taken back; by whom; when it is a risk."""

import datetime as dt
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from goldenthread.core.errors import DomainError, NotAllowed, SavedMeanwhile
from goldenthread.core.models import AuditRecord
from goldenthread.engine.dependencies import Unmet, unmet
from goldenthread.insights.selectors.depending import dependency_tasks
from goldenthread.objectives.models import Dependency, Objective
from goldenthread.objectives.selectors import dependencies as selectors
from goldenthread.objectives.services import dependencies as services
from goldenthread.people.models import Person
from tests.cast import (
    TODAY,
    Cast,
    make_dependency,
    make_deputy,
    make_objective,
    make_unit,
    signed_in,
)

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(1)
SOON, LATER = TODAY + 10 * DAY, TODAY + 40 * DAY


def asked(actor: Person, objective: Objective, cast: Cast, **fields: object) -> Dependency:
    wanted: dict[str, object] = {
        "needs": "Two  drivers",
        "unit": cast.stations,
        "needed_by": LATER,
    }
    return services.ask_unit(actor=actor, objective=objective, **wanted | fields)


def verbs(one: Dependency) -> list[str]:
    lines = AuditRecord.objects.filter(
        subject_type="objectives.dependency", subject_id=one.pk
    ).order_by("pk")
    return [line.verb for line in lines]


def test_an_owner_asks_another_unit(cast: Cast) -> None:
    one = asked(cast.flo, make_objective(cast.flo), cast, effort_fte=Decimal("0.5"))
    assert (one.needs, one.state, one.asked_by) == ("Two drivers", "asked", cast.flo)
    assert (one.asked_on, one.answer_by) == (TODAY, TODAY + 14 * DAY)
    assert verbs(one) == ["ask another unit"]


def test_an_answer_is_wanted_before_it_is_needed(cast: Cast) -> None:
    objective = make_objective(cast.flo)
    assert asked(cast.flo, objective, cast, needed_by=SOON).answer_by == SOON
    assert asked(cast.flo, objective, cast, answer_by=TODAY).answer_by == TODAY


@pytest.mark.parametrize("who", ["cyd", "gus", "dee", "eve"])
def test_whoever_neither_owns_it_nor_stands_above_asks_for_nothing(cast: Cast, who: str) -> None:
    with pytest.raises(NotAllowed):
        asked(getattr(cast, who), make_objective(cast.flo), cast)


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("needs", "  ", "empty"),
        ("needed_by", TODAY - DAY, "over"),
        ("answer_by", TODAY - DAY, "over"),
        ("effort_fte", Decimal(-1), "between"),
        ("effort_fte", Decimal("0.333"), "decimal"),
        ("effort_fte", Decimal("NaN"), "between"),
    ],
)
def test_what_cannot_be_asked(cast: Cast, field: str, value: object, words: str) -> None:
    with pytest.raises(DomainError, match=words) as told:
        asked(cast.flo, make_objective(cast.flo), cast, **{field: value})
    assert told.value.field == field


def test_another_unit_is_asked_and_one_in_force(cast: Cast) -> None:
    objective = make_objective(cast.flo)
    ended = make_unit("Freight", ended_on=TODAY - DAY)
    for unit, words in ((cast.operations, "itself"), (ended, "has ended")):
        with pytest.raises(DomainError, match=words):
            asked(cast.flo, objective, cast, unit=unit)


def test_nothing_closed_or_unconfirmed_asks(cast: Cast) -> None:
    for state, words in (("achieved", "closed"), ("unconfirmed", "Confirm")):
        with pytest.raises(DomainError, match=words):
            asked(cast.flo, make_objective(cast.flo, state, state=state), cast)


def test_it_comes_out_of_an_open_objective_of_the_unit_asked(cast: Cast) -> None:
    objective, theirs = make_objective(cast.flo), make_objective(cast.cyd, "Trial week")
    assert asked(cast.flo, objective, cast, delivers=theirs).delivers == theirs
    with pytest.raises(DomainError, match="does not belong"):
        asked(cast.flo, objective, cast, delivers=make_objective(cast.ben, "Elsewhere"))
    with pytest.raises(DomainError, match="is closed"):
        asked(
            *(cast.flo, objective, cast),
            delivers=make_objective(cast.stations, "Over", state="missed"),
        )


def test_who_leads_the_unit_promises_a_day(cast: Cast) -> None:
    one = make_dependency(make_objective(cast.flo), cast.stations)
    theirs = make_objective(cast.cyd, "Trial week")
    services.accept_dependency(
        actor=cast.gus, dependency=one, promised_on=SOON, delivers=theirs, version=1
    )
    one.refresh_from_db()
    assert (one.state, one.promised_on, one.delivers) == ("accepted", SOON, theirs)
    assert (one.answered_by, one.answered_on) == (cast.gus, TODAY)
    services.deliver_dependency(actor=cast.flo, dependency=one)
    assert (one.state, one.delivered_on) == ("delivered", TODAY)
    assert verbs(one) == ["accept dependency", "deliver dependency"]
    with pytest.raises(DomainError, match="stays as it is"):
        services.decline_dependency(actor=cast.gus, dependency=one, reason="Late")


@pytest.mark.parametrize("who", ["flo", "ben", "cyd", "dee"])
def test_the_side_that_asks_does_not_answer(cast: Cast, who: str) -> None:
    one = make_dependency(make_objective(cast.flo), cast.stations)
    with pytest.raises(NotAllowed):
        services.accept_dependency(actor=getattr(cast, who), dependency=one, promised_on=SOON)
    with pytest.raises(NotAllowed):
        services.decline_dependency(actor=getattr(cast, who), dependency=one, reason="No")


def test_a_deputy_answers_in_the_place_of_the_leader(cast: Cast) -> None:
    make_deputy(cast.gus, cast.dee)
    one = make_dependency(make_objective(cast.flo), cast.stations)
    services.decline_dependency(actor=cast.dee, dependency=one, reason="Nobody is free")
    line = AuditRecord.objects.get(subject_type="objectives.dependency", verb__startswith="decline")
    assert (line.actor_id, line.note) == (cast.dee.pk, "for Gus Lind")


def test_no_deputy_answers_what_they_ask_themself(cast: Cast) -> None:
    make_deputy(cast.gus, cast.flo)
    one = make_dependency(make_objective(cast.flo), cast.stations)
    with pytest.raises(NotAllowed):
        services.accept_dependency(actor=cast.flo, dependency=one, promised_on=SOON)


def test_what_is_declined_has_its_reason_and_may_be_promised_after_all(cast: Cast) -> None:
    one = make_dependency(make_objective(cast.flo), cast.stations)
    with pytest.raises(DomainError, match="Say why"):
        services.decline_dependency(actor=cast.gus, dependency=one, reason=" ")
    services.decline_dependency(actor=cast.gus, dependency=one, reason="Nobody is free")
    assert (one.state, one.reason) == ("declined", "Nobody is free")
    with pytest.raises(DomainError, match="declined already"):
        services.decline_dependency(actor=cast.gus, dependency=one, reason="Still")
    services.accept_dependency(actor=cast.gus, dependency=one, promised_on=LATER)
    assert (one.state, one.reason, one.promised_on) == ("accepted", "", LATER)


def test_a_promise_is_for_a_day_to_come(cast: Cast) -> None:
    one = make_dependency(make_objective(cast.flo), cast.stations)
    with pytest.raises(DomainError, match="over"):
        services.accept_dependency(actor=cast.gus, dependency=one, promised_on=TODAY - DAY)


def test_nothing_is_overwritten(cast: Cast) -> None:
    one = make_dependency(make_objective(cast.flo), cast.stations)
    services.accept_dependency(actor=cast.gus, dependency=one, promised_on=SOON, version=1)
    with pytest.raises(SavedMeanwhile):
        services.withdraw_dependency(actor=cast.flo, dependency=one, reason="No", version=1)


def test_what_is_needed_no_more_is_withdrawn_by_those_who_asked(cast: Cast) -> None:
    one = make_dependency(make_objective(cast.flo), cast.stations)
    with pytest.raises(NotAllowed):
        services.withdraw_dependency(actor=cast.gus, dependency=one, reason="No")
    services.withdraw_dependency(actor=cast.ben, dependency=one, reason="We lease them")
    assert (one.state, one.reason) == ("withdrawn", "We lease them")


def test_only_what_is_accepted_is_delivered(cast: Cast) -> None:
    one = make_dependency(make_objective(cast.flo), cast.stations)
    with pytest.raises(DomainError, match="accepted"):
        services.deliver_dependency(actor=cast.gus, dependency=one)


# When it is a risk ------------------------------------------------------------------------------------------


def test_the_database_tells_the_same_risks_as_the_engine(cast: Cast) -> None:
    objective = make_objective(cast.flo)
    days = [TODAY - DAY, TODAY, TODAY + DAY]
    for state in Dependency.State.values:
        for needed_by in days:
            for answer_by in days:
                for promised_on in [*days, None]:
                    if state == "accepted" and promised_on is None:
                        continue
                    make_dependency(
                        *(objective, cast.stations),
                        state=state,
                        needed_by=needed_by,
                        answer_by=answer_by,
                        promised_on=promised_on,
                        delivered_on=TODAY if state == "delivered" else None,
                    )
    every = list(Dependency.objects.all())
    found = set(Dependency.objects.unmet(TODAY))
    assert found == {one for one in every if unmet(one.need, TODAY) is not None}
    assert {selectors.risk_of(one, TODAY) for one in found} == set(Unmet)


def test_what_nobody_needs_any_more_is_no_risk(cast: Cast) -> None:
    over = make_objective(cast.flo, state="dropped")
    make_dependency(over, cast.stations, state="declined")
    make_dependency(make_objective(cast.flo, "Draft", state="unconfirmed"), cast.stations)
    assert not Dependency.objects.unmet(TODAY + 99 * DAY)
    assert not selectors.waiting_for(cast.gus)


def test_it_waits_for_who_leads_the_unit_or_the_one_above(cast: Cast) -> None:
    depot = make_unit("Depot", cast.stations)
    objective = make_objective(cast.flo)
    one, other = make_dependency(objective, cast.stations), make_dependency(objective, depot)
    make_dependency(objective, cast.stations, state="declined")
    assert selectors.waiting_for(cast.gus) == [one, other]
    assert not selectors.waiting_for(cast.ada)
    make_deputy(cast.gus, cast.dee)
    assert selectors.waiting_for(cast.dee) == [one, other]


def test_what_was_promised_is_confirmed_again_once_it_is_worded_anew(
    cast: Cast, client: Client
) -> None:
    one = asked(cast.flo, make_objective(cast.flo), cast)
    promised = TODAY + dt.timedelta(10)
    services.accept_dependency(actor=cast.gus, dependency=one, promised_on=promised)
    was, day = one.needs, one.needed_by
    same = services.reword_dependency(
        actor=cast.flo, dependency=one, needs=was, needed_by=day, effort_fte=one.effort_fte
    )
    assert same.state == "accepted"
    with pytest.raises(NotAllowed):
        services.reword_dependency(actor=cast.gus, dependency=one, needs="Less", needed_by=day)
    seen = one.version
    services.reword_dependency(
        actor=cast.flo, dependency=one, needs="Two crews for a week", needed_by=day, version=seen
    )
    one.refresh_from_db()
    assert (one.state, one.promised_on, one.needs) == ("asked", None, "Two crews for a week")
    with pytest.raises(SavedMeanwhile):
        services.reword_dependency(
            actor=cast.flo, dependency=one, needs="Three", needed_by=day, version=seen
        )
    found = selectors.reworded(one)
    assert found is not None
    assert (found.needs, found.needed_by, found.promised_on) == (was, day, promised)
    (task,) = dependency_tasks(cast.gus)
    assert task.title == "Reworded, to confirm again: Two crews for a week"
    page = signed_in(client, cast.gus).get(one.get_absolute_url()).content.decode()
    assert "Worded anew after" in page
    assert was in page
    services.accept_dependency(actor=cast.gus, dependency=one, promised_on=promised)
    assert selectors.reworded(one) is None
    assert verbs(one)[-2:] == ["reword dependency", "accept dependency"]


def test_it_is_worded_anew_on_its_page_and_what_was_declined_is_asked_again(
    cast: Cast, client: Client
) -> None:
    one = asked(cast.flo, make_objective(cast.flo), cast)
    services.decline_dependency(actor=cast.gus, dependency=one, reason="Too much")
    url = reverse("dependency-reword", args=[one.pk])
    page = signed_in(client, cast.flo).get(url).content.decode()
    assert one.needs in page
    given = {"needs": "Half of it", "needed_by": one.needed_by, "version": one.version}
    assert client.post(url, given | {"needs": ""}).status_code == 422
    assert client.post(url, given).status_code == 302
    one.refresh_from_db()
    assert (one.state, one.reason, one.needs) == ("asked", "", "Half of it")
    assert "declined" in client.get(one.get_absolute_url()).content.decode()
    services.withdraw_dependency(actor=cast.flo, dependency=one, reason="Settled")
    with pytest.raises(DomainError):
        services.reword_dependency(
            actor=cast.flo, dependency=one, needs="More", needed_by=one.needed_by
        )
