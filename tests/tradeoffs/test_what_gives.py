"""What gives: asked, passed on, answered in one act, taken back; by whom, and what the answer writes."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from goldenthread.core.access import can
from goldenthread.core.errors import DomainError, NotAllowed, SavedMeanwhile
from goldenthread.core.models import AuditRecord
from goldenthread.objectives.models import Cycle, ExpectationChange, Objective
from goldenthread.objectives.services.changes import answer_change
from goldenthread.objectives.states import State as ObjectiveState
from goldenthread.people.models import Person
from goldenthread.permissions import Action
from goldenthread.strategy.models import Strategy
from goldenthread.tradeoffs import services
from goldenthread.tradeoffs.models import RUN, Allocation, CompetingItem, Decision, WhatGives
from goldenthread.tradeoffs.services import Answer
from tests.cast import (
    TODAY,
    Cast,
    link,
    make_allocation,
    make_cycle,
    make_deputy,
    make_key_result,
    make_objective,
    make_person,
    make_priority,
)
from tests.drawn import cases

pytestmark = pytest.mark.django_db
SOON, LATER = TODAY + dt.timedelta(7), TODAY + dt.timedelta(30)
Choice = CompetingItem.Choice


@pytest.fixture
def cycle(cast: Cast) -> Cycle:
    return make_cycle()


@pytest.fixture
def work(cast: Cast, cycle: Cycle) -> list[Objective]:
    """Three objectives of Flo; each half of her time is entered for two of them, and 40 % for the third."""
    found = [make_objective(cast.flo, title) for title in ("Delays", "Signals", "Timetable")]
    for objective, share in zip(found, ("0.5", "0.5", "0.4"), strict=True):
        make_key_result(objective)
        make_allocation(cast.flo, share, objective=objective)
    return found


def asked(actor: Person, work: list[Objective], **fields: Any) -> WhatGives:
    fields = {"person": actor, "ask": "I cannot do all three.", "due_on": SOON} | fields
    return services.ask_what_gives(actor=actor, objectives=work, **fields)


def answered(actor: Person, one: WhatGives, *answers: Answer, **fields: Any) -> WhatGives:
    items = one.items.order_by("position")
    fields = {"reason": "Timetable first.", "look_again_on": LATER} | fields
    return services.answer_what_gives(
        actor=Person.objects.get(pk=actor.pk),
        what_gives=one,
        answers={item.pk: answer for item, answer in zip(items, answers, strict=False)},
        **fields,
    )


def effort(person: Person, on: dt.date = TODAY) -> dict[str, int]:
    rows = Allocation.objects.in_force(on).filter(person=person)
    return {str(row.target): round(100 * row.share) for row in rows}


KEEP, STOP = Answer(Choice.KEEP), Answer(Choice.STOP)


def test_it_goes_to_the_manager_with_the_shares_entered(cast: Cast, work: list[Objective]) -> None:
    one = asked(cast.flo, work)
    assert (one.state, one.addressee, one.author) == ("open", cast.ben, cast.flo)
    assert [item.share for item in one.items.all()] == [
        Decimal("0.5"),
        Decimal("0.5"),
        Decimal("0.4"),
    ]
    assert AuditRecord.objects.filter(verb="ask what gives", subject_id=one.pk).count() == 1


def test_shares_typed_count_where_nobody_entered_any(cast: Cast, cycle: Cycle) -> None:
    first, second = make_objective(cast.flo, "A"), make_objective(cast.flo, "B")
    make_allocation(cast.flo, "0.3", objective=first)
    one = asked(cast.flo, [first, second], shares={first.pk: Decimal(1), second.pk: Decimal("0.8")})
    assert [item.share for item in one.items.all()] == [Decimal("0.3"), Decimal("0.8")]


def test_proposals_compete_and_what_is_closed_or_anothers_does_not(
    cast: Cast, cycle: Cycle
) -> None:
    proposal = make_objective(cast.flo, "Proposed", state=ObjectiveState.PROPOSED)
    assert asked(cast.flo, [proposal]).items.count() == 1
    for other in (make_objective(cast.ben), make_objective(cast.cyd, state=ObjectiveState.MISSED)):
        with pytest.raises(DomainError):
            asked(cast.ben if other.owner_person != cast.ben else cast.cyd, [other])


@pytest.mark.parametrize("name", ["cyd", "gus", "dee", "eve"])
def test_nobody_else_asks_for_a_person(cast: Cast, work: list[Objective], name: str) -> None:
    with pytest.raises(NotAllowed):
        asked(getattr(cast, name), work, person=cast.flo)


def test_a_manager_asks_for_somebody_without_an_account(cast: Cast, cycle: Cycle) -> None:
    ivo = make_person("Ivo", unit=cast.operations, manager=cast.ben, account=False)
    one = asked(cast.ben, [make_objective(ivo)], person=ivo)
    assert one.addressee == cast.ben
    done = answered(cast.ben, one, STOP)
    assert done.acknowledged_on == TODAY  # spoken for


def test_one_question_waits_at_a_time(cast: Cast, work: list[Objective]) -> None:
    one = asked(cast.flo, work[:2])
    with pytest.raises(DomainError):
        asked(cast.flo, work)
    services.withdraw_what_gives(actor=cast.flo, what_gives=one)
    assert asked(cast.flo, work).state == "open"


def test_at_the_top_who_asks_answers(cast: Cast, cycle: Cycle) -> None:
    own = make_objective(cast.ada)
    one = asked(cast.ada, [own])
    assert one.addressee == cast.ada
    assert answered(cast.ada, one, STOP).acknowledged_on == TODAY


@pytest.mark.parametrize("name", ["flo", "ada", "cyd", "dee", "eve", "gus"])
def test_only_who_is_asked_answers(cast: Cast, work: list[Objective], name: str) -> None:
    one = asked(cast.flo, work)
    with pytest.raises(NotAllowed):
        answered(getattr(cast, name), one, KEEP, KEEP, STOP)
    assert not Decision.objects.exists()


def test_stopping_frees_effort_and_puts_a_decision_on_record(
    cast: Cast, work: list[Objective]
) -> None:
    one = asked(cast.flo, work)
    answered(cast.ben, one, STOP, KEEP, KEEP)
    one.refresh_from_db()
    work[0].refresh_from_db()
    assert (one.state, work[0].state) == ("answered", ObjectiveState.DROPPED)
    assert work[0].learning == "Timetable first."
    made = one.decision
    assert made is not None
    assert (made.state, made.decider, made.confidential) == ("decided", cast.ben, True)
    assert (made.given_up, made.freed_fte) == ("Stop: “Delays”", Decimal("0.50"))
    assert {touch.record for touch in made.touches.all()} == {*work, cast.flo}
    assert effort(cast.flo, TODAY + dt.timedelta(1)) == {"Signals": 50, "Timetable": 40}


def test_shrinking_sets_the_share_at_once_and_asks_the_owner_about_the_target(
    cast: Cast, work: list[Objective]
) -> None:
    one = asked(cast.flo, work)
    shrink = Answer(Choice.SHRINK, new_share=Decimal("0.1"), target=Decimal(25))
    answered(cast.ben, one, KEEP, shrink, KEEP)
    assert effort(cast.flo) == {"Delays": 50, "Signals": 10, "Timetable": 40}
    row = Allocation.objects.get(share=Decimal("0.1"))
    assert row.what_gives == one
    change = ExpectationChange.objects.get()
    assert (change.state, change.addressee) == ("open", cast.flo)
    assert one.items.get(objective=work[1]).change == change
    key_result = work[1].key_results.get()
    assert key_result.target == 10  # never silently
    answer_change(actor=cast.flo, change=change, accept=True)
    key_result.refresh_from_db()
    assert key_result.target == 25


def test_a_key_result_that_was_given_up_stands_in_the_way_of_no_target(
    cast: Cast, work: list[Objective]
) -> None:
    make_key_result(work[1], "Given up", weight=0)
    one = asked(cast.flo, work)
    answered(cast.ben, one, KEEP, Answer(Choice.SHRINK, target=Decimal(25)), KEEP)
    counting = work[1].key_results.get(weight__gt=0)
    assert ExpectationChange.objects.get().changes["key_results"] == {
        str(counting.pk): {"target": "25"}
    }


def test_what_waits_takes_no_effort_until_it_begins_again(
    cast: Cast, work: list[Objective]
) -> None:
    one = asked(cast.flo, work)
    starts = dt.date(2026, 6, 15)
    later = Answer(Choice.LATER, starts_on=starts, ends_on=dt.date(2026, 9, 30))
    answered(cast.ben, one, later, KEEP, KEEP)
    assert "Delays" not in effort(cast.flo)
    assert effort(cast.flo, starts)["Delays"] == 50
    change = ExpectationChange.objects.get()
    assert change.changes["objective"] == {"starts_on": "2026-06-15", "ends_on": "2026-09-30"}


def test_somebody_else_takes_it_on_by_their_own_word(cast: Cast, work: list[Objective]) -> None:
    """Cyd works for Gus: Ben can name her, and plans nothing of her time."""
    one = asked(cast.flo, work)
    answered(cast.ben, one, Answer(Choice.SOMEBODY_ELSE, to=cast.cyd), KEEP, KEEP)
    change = ExpectationChange.objects.get()
    assert (change.addressee, change.state) == (cast.cyd, "open")
    assert effort(cast.cyd) == {}
    assert "Delays" not in effort(cast.flo)
    assert one in WhatGives.objects.visible_to(cast.cyd)
    answer_change(actor=cast.cyd, change=change, accept=True)
    work[0].refresh_from_db()
    assert work[0].owner_person == cast.cyd


def test_capacity_added_is_planned_for_who_gives_it(cast: Cast, work: list[Objective]) -> None:
    hana = make_person("Hana", unit=cast.operations, manager=cast.ben, fte=Decimal("0.5"))
    until = dt.date(2026, 5, 31)
    add = Answer(Choice.ADD_CAPACITY, fte=Decimal("0.25"), until=until, to=hana)
    one = answered(cast.ben, asked(cast.flo, work), add, KEEP, KEEP)
    assert effort(hana) == {"Delays": 50}
    assert effort(hana, until + dt.timedelta(1)) == {}
    assert one.decision is not None
    assert one.decision.given_up == "Nothing: all of it goes on."
    with pytest.raises(DomainError):
        answered(
            cast.ben,
            asked(cast.flo, work),
            Answer(Choice.ADD_CAPACITY, fte=Decimal(1), to=cast.cyd),
            KEEP,
            KEEP,
        )


def test_who_helps_gives_it_besides_what_they_gave_already(
    cast: Cast, work: list[Objective]
) -> None:
    hana = make_person("Hana", unit=cast.operations, manager=cast.ben)
    make_allocation(hana, "0.4", objective=work[0])
    make_allocation(hana, "0.2", objective=work[1])
    until = dt.date(2026, 5, 31)
    add = Answer(Choice.ADD_CAPACITY, fte=Decimal("0.3"), until=until, to=hana)
    answered(cast.ben, asked(cast.flo, work), add, Answer(Choice.SOMEBODY_ELSE, to=hana), KEEP)
    assert effort(hana) == {"Delays": 70, "Signals": 70}
    assert effort(hana, until + dt.timedelta(1)) == {"Delays": 40, "Signals": 70}


def test_nobody_adds_capacity_out_of_their_own_full_time(cast: Cast, work: list[Objective]) -> None:
    one = asked(cast.flo, work)
    with pytest.raises(DomainError, match="somebody else"):
        answered(
            cast.ben, one, Answer(Choice.ADD_CAPACITY, fte=Decimal("0.2"), to=cast.flo), KEEP, KEEP
        )


def test_what_ends_later_leaves_the_effort_that_was_planned_meanwhile(
    cast: Cast, work: list[Objective]
) -> None:
    one = asked(cast.flo, work)
    services.allocate(
        actor=cast.ben,
        whose=cast.flo,
        cycle=work[0].cycle,
        shares={work[0]: Decimal("0.3")},
    )
    answered(cast.ben, one, Answer(Choice.LATER, ends_on=dt.date(2026, 8, 1)), KEEP, KEEP)
    assert effort(cast.flo)["Delays"] == 30


def test_of_somebody_elses_objective_only_the_effort_changes(cast: Cast, cycle: Cycle) -> None:
    shared = make_objective(cast.gus, "Shared")
    make_key_result(shared)
    make_allocation(cast.flo, "0.6", objective=shared)
    one = asked(cast.flo, [shared])
    with pytest.raises(DomainError):
        answered(cast.ben, one, Answer(Choice.LATER, ends_on=dt.date(2026, 8, 1)))
    answered(cast.ben, one, STOP)
    shared.refresh_from_db()
    assert shared.is_live
    assert effort(cast.flo) == {}
    assert not ExpectationChange.objects.exists()


def test_a_proposal_is_dropped_or_countered(cast: Cast, cycle: Cycle) -> None:
    first = make_objective(cast.flo, "First", state=ObjectiveState.PROPOSED, proposed_by=cast.ben)
    second = make_objective(cast.flo, "Second", state=ObjectiveState.PROPOSED, proposed_by=cast.ben)
    one = asked(cast.flo, [first, second])
    answered(cast.ben, one, STOP, Answer(Choice.LATER, ends_on=dt.date(2026, 9, 30)))
    first.refresh_from_db()
    second.refresh_from_db()
    assert first.state == ObjectiveState.DROPPED
    assert (second.state, second.ends_on) == (ObjectiveState.COUNTERED, dt.date(2026, 9, 30))


def test_what_was_typed_is_entered_with_the_answer(cast: Cast, cycle: Cycle) -> None:
    first, second = make_objective(cast.flo, "A"), make_objective(cast.flo, "B")
    one = asked(cast.flo, [first, second], shares={first.pk: Decimal(1), second.pk: Decimal("0.5")})
    assert effort(cast.flo) == {}
    answered(cast.ben, one, KEEP, STOP)
    assert effort(cast.flo) == {"A": 100}


@pytest.mark.parametrize(
    "answer",
    [
        Answer(Choice.SHRINK),
        Answer(Choice.SHRINK, new_share=Decimal("0.5")),
        Answer(Choice.LATER),
        Answer(Choice.SOMEBODY_ELSE),
        Answer(Choice.ADD_CAPACITY),
        Answer(Choice.ADD_CAPACITY, fte=Decimal(-1)),
        Answer("sleep"),
        Answer(Choice.LATER, starts_on=dt.date(2026, 7, 1), ends_on=dt.date(2026, 6, 1)),
    ],
)
def test_a_choice_says_what_it_needs_and_nothing_is_written(
    cast: Cast, work: list[Objective], answer: Answer
) -> None:
    one = asked(cast.flo, work)
    with pytest.raises(DomainError):
        answered(cast.ben, one, STOP, KEEP, answer)
    one.refresh_from_db()
    work[0].refresh_from_db()
    assert (one.state, work[0].is_live, Decision.objects.count()) == ("open", True, 0)
    assert effort(cast.flo) == {"Delays": 50, "Signals": 50, "Timetable": 40}


def test_every_item_gets_a_choice_and_the_answer_a_reason(
    cast: Cast, work: list[Objective]
) -> None:
    one = asked(cast.flo, work)
    with pytest.raises(DomainError):
        answered(cast.ben, one, STOP)
    with pytest.raises(DomainError):
        answered(cast.ben, one, STOP, KEEP, KEEP, reason=" ")


def test_the_second_of_two_answers_sees_both(cast: Cast, work: list[Objective]) -> None:
    one = asked(cast.flo, work)
    seen = WhatGives.objects.get(pk=one.pk)
    answered(cast.ben, one, STOP, KEEP, KEEP)
    with pytest.raises(SavedMeanwhile) as refused:
        answered(cast.ben, seen, KEEP, STOP, KEEP)
    assert refused.value.mine["answers"] == ["Delays: Keep", "Signals: Stop", "Timetable: Keep"]
    assert refused.value.theirs["answers"] == ["Delays: Stop", "Signals: Keep", "Timetable: Keep"]
    assert Decision.objects.count() == 1
    work[1].refresh_from_db()
    assert work[1].is_live


def test_a_deputy_answers_in_the_managers_place(cast: Cast, work: list[Objective]) -> None:
    make_deputy(cast.ben, cast.gus)
    one = asked(cast.flo, work)
    answered(cast.gus, one, STOP, KEEP, KEEP)
    line = AuditRecord.objects.get(verb="answer what gives")
    assert (line.actor_id, line.note) == (cast.gus.pk, "for Ben Aske")


def test_the_sponsor_answers_what_the_manager_escalates(
    cast: Cast, strategy: Strategy, work: list[Objective]
) -> None:
    link(work[0], make_priority(strategy, sponsor=cast.gus))
    one = asked(cast.flo, work)
    given_on = {"sponsor": cast.gus, "due_on": SOON, "reason": "It is yours."}
    with pytest.raises(NotAllowed):
        services.escalate_what_gives(actor=cast.flo, what_gives=one, **given_on)
    with pytest.raises(DomainError):
        services.escalate_what_gives(
            actor=cast.ben, what_gives=one, **given_on | {"sponsor": cast.ada}
        )
    services.escalate_what_gives(actor=cast.ben, what_gives=one, **given_on)
    assert (one.state, one.addressee, one.escalated_by) == ("escalated", cast.gus, cast.ben)
    with pytest.raises(NotAllowed):
        answered(cast.ben, one, STOP, KEEP, KEEP)
    shrink = Answer(Choice.SHRINK, new_share=Decimal("0.2"), ends_on=dt.date(2026, 7, 31))
    answered(cast.gus, one, STOP, shrink, KEEP)
    assert effort(cast.flo, TODAY) == {"Signals": 20, "Timetable": 40}
    change = ExpectationChange.objects.get()
    assert (change.author, change.addressee) == (cast.gus, cast.flo)
    assert one.decision is not None
    assert {touch.record for touch in one.decision.touches.all()} == {*work, cast.flo, cast.ben}
    for who in (cast.flo, cast.ben, cast.gus, cast.ada):
        assert one in WhatGives.objects.visible_to(who)
    for who in (cast.cyd, cast.dee, cast.eve):
        assert one not in WhatGives.objects.visible_to(who)


def test_what_the_sponsor_may_not_see_is_kept(cast: Cast, strategy: Strategy, cycle: Cycle) -> None:
    opened = make_objective(cast.flo, "Open")
    secret = make_objective(cast.flo, "Secret merger", restricted=True)
    link(opened, make_priority(strategy, sponsor=cast.gus))
    one = asked(cast.flo, [opened, secret])
    services.escalate_what_gives(
        actor=cast.ben, what_gives=one, sponsor=cast.gus, due_on=SOON, reason="Yours."
    )
    with pytest.raises(DomainError):
        answered(cast.gus, one, STOP, STOP)
    answered(cast.gus, one, STOP)
    assert one.items.get(objective=secret).choice == Choice.KEEP
    secret.refresh_from_db()
    assert secret.is_live


def test_a_restricted_title_stands_in_no_word_of_the_decision(cast: Cast, cycle: Cycle) -> None:
    secret = make_objective(cast.flo, "Secret merger", restricted=True)
    one = answered(cast.ben, asked(cast.flo, [secret]), STOP)
    made = one.decision
    assert made is not None
    words = (
        f"{made.question} {made.given_up} {made.background} {[o.title for o in made.options.all()]}"
    )
    assert "merger" not in words


def test_the_person_takes_note_of_the_answer(cast: Cast, work: list[Objective]) -> None:
    one = asked(cast.flo, work)
    with pytest.raises(DomainError):
        services.acknowledge_answer(actor=cast.flo, what_gives=one)
    answered(cast.ben, one, KEEP, KEEP, STOP)
    with pytest.raises(NotAllowed):
        services.acknowledge_answer(actor=cast.ben, what_gives=one)
    services.acknowledge_answer(actor=cast.flo, what_gives=one)
    assert one.acknowledged_on == TODAY


def test_a_change_that_waits_is_settled_first(cast: Cast, work: list[Objective]) -> None:
    one = asked(cast.flo, work)
    shrink = Answer(Choice.SHRINK, target=Decimal(25))
    answered(cast.ben, one, shrink, KEEP, KEEP)
    again = asked(cast.flo, work)
    with pytest.raises(DomainError):
        answered(cast.ben, again, shrink, STOP, KEEP)
    work[1].refresh_from_db()
    assert work[1].is_live


def test_routine_work_stays_with_the_answer(cast: Cast, work: list[Objective]) -> None:
    make_allocation(cast.flo, "0.2")
    answered(cast.ben, asked(cast.flo, work), STOP, KEEP, KEEP)
    assert effort(cast.flo)[RUN] == 20


def test_where_who_was_to_answer_has_left_those_above_answer(
    cast: Cast, work: list[Objective]
) -> None:
    one = asked(cast.flo, work)
    Person.objects.filter(pk=cast.ben.pk).update(end=TODAY - dt.timedelta(1))
    one = WhatGives.objects.get(pk=one.pk)
    with pytest.raises(NotAllowed):
        answered(cast.gus, one, STOP, KEEP, KEEP)
    assert answered(cast.ada, one, STOP, KEEP, KEEP).state == "answered"


ACTS = ("ask", "escalate", "answer", "withdraw", "acknowledge")
PEOPLE = ("ada", "ben", "cyd", "flo", "gus")


@settings(
    max_examples=cases(60),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(acts=st.lists(st.tuples(st.sampled_from(ACTS), st.sampled_from(PEOPLE)), max_size=14))
def test_whatever_is_done_nobody_answers_who_may_not_and_nothing_is_lost(
    cast: Cast, strategy: Strategy, acts: list[tuple[str, str]]
) -> None:
    WhatGives.objects.all().delete()
    Decision.objects.all().delete()
    Objective.objects.all().delete()
    work = [make_objective(cast.flo, title) for title in ("A", "B")]
    link(work[0], make_priority(strategy, sponsor=cast.gus))
    asks = answers = 0
    for act, name in acts:
        actor = Person.objects.get(name__istartswith=name)
        one = WhatGives.objects.filter(person=cast.flo).first()
        before = one and (one.state, one.addressee_id)
        may_answer = one is not None and can(actor, Action.ANSWER_WHAT_GIVES, one)
        waited = one is not None and one.is_waiting
        try:
            if act == "ask":
                live = [row for row in Objective.objects.all() if not row.is_closed]
                asked(actor, live, person=cast.flo)
                assert not waited
                assert actor in {cast.flo, cast.ben, cast.ada}
                asks += 1
            elif one is None:
                continue
            elif act == "escalate":
                services.escalate_what_gives(
                    actor=actor, what_gives=one, sponsor=cast.gus, due_on=SOON, reason="Yours."
                )
                assert may_answer
                assert before is not None
                assert before[0] == "open"
            elif act == "answer":
                answered(actor, one, STOP, KEEP)
                assert may_answer
                assert waited
                answers += 1
            elif act == "withdraw":
                services.withdraw_what_gives(actor=actor, what_gives=one)
                assert waited
                assert actor.pk in {one.person_id, one.author_id}
            else:
                services.acknowledge_answer(actor=actor, what_gives=one)
                assert actor == cast.flo
                assert one.state == "answered"
        except (DomainError, NotAllowed, SavedMeanwhile):
            if one is not None:
                kept = WhatGives.objects.get(pk=one.pk)
                assert (kept.state, kept.addressee_id) == before
        assert WhatGives.objects.count() == asks
        assert WhatGives.objects.waiting().count() <= 1
        assert Decision.objects.count() == answers
        assert WhatGives.objects.filter(state="answered").count() == answers
