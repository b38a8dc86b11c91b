"""Decisions: opened, decided, corrected, replaced, looked back on; by whom; and what stays on record."""

import datetime as dt
from decimal import Decimal
from threading import Barrier, Thread

import pytest
from django.db import connection
from zeal import zeal_context

from goldenthread.core.errors import DomainError, NotAllowed, SavedMeanwhile
from goldenthread.core.models import AuditRecord
from goldenthread.people.models import Person
from goldenthread.strategy.models import Strategy
from goldenthread.tradeoffs import services
from goldenthread.tradeoffs.models import Decision, Touch
from goldenthread.tradeoffs.selectors.touches import seen_touches
from goldenthread.tradeoffs.services import OptionWords
from tests.cast import (
    TODAY,
    Cast,
    make_cast,
    make_decision,
    make_deputy,
    make_kpi,
    make_objective,
    make_organisation,
    make_priority,
)

pytestmark = pytest.mark.django_db
SOON, LATER = TODAY + dt.timedelta(7), TODAY + dt.timedelta(90)


def opened(actor: Person, **fields: object) -> Decision:
    given: dict[str, object] = {
        "question": "Do we lease or buy?",
        "due_on": SOON,
        "options": [OptionWords("Lease", "Cheap now"), OptionWords("Buy", "", "Dear now")],
    }
    return services.open_decision(actor=actor, **given | fields)


def decided(decision: Decision, **fields: object) -> Decision:
    given: dict[str, object] = {
        "actor": decision.decider,
        "choice": "Lease",
        "given_up": "The new depot",
        "look_again_on": LATER,
    }
    return services.decide(decision=decision, **given | fields)


def verbs(decision: Decision) -> list[str]:
    lines = AuditRecord.objects.filter(subject_type="tradeoffs.decision", subject_id=decision.pk)
    return [line.verb for line in lines.order_by("pk")]


def test_two_options_change_places(cast: Cast) -> None:
    one = opened(cast.ben)
    first, second = one.options.all()
    words = [OptionWords("Buy", pk=first.pk), OptionWords("Lease", pk=second.pk)]
    services.edit_decision(actor=cast.ben, decision=one, options=words)
    assert [(row.pk, row.title) for row in one.options.all()] == [
        (first.pk, "Buy"),
        (second.pk, "Lease"),
    ]


def test_a_leader_opens_a_question(strategy: Strategy, cast: Cast) -> None:
    priority, objective = make_priority(strategy), make_objective(cast.flo)
    one = opened(cast.ben, touches=[priority, objective, cast.operations, make_kpi(), cast.flo])
    assert (one.state, one.decider, one.author) == ("open", cast.ben, cast.ben)
    assert [option.title for option in one.options.all()] == ["Lease", "Buy"]
    assert {touch.name for touch in one.touches.all()} == {
        "priority",
        "objective",
        "unit",
        "kpi",
        "person",
    }
    assert verbs(one) == ["open decision", *["name what it touches"] * 5]


@pytest.mark.parametrize("name", ["flo", "dee", "eve"])
def test_nobody_else_opens_one(cast: Cast, name: str) -> None:
    with pytest.raises(NotAllowed):
        opened(getattr(cast, name))


def test_the_decider_named_is_a_leader(cast: Cast) -> None:
    assert opened(cast.ben, decider=cast.ada).decider == cast.ada
    with pytest.raises(DomainError) as refused:
        opened(cast.ben, decider=cast.flo)
    assert refused.value.field == "decider"


def test_a_question_is_due_on_a_day_to_come(cast: Cast) -> None:
    with pytest.raises(DomainError) as refused:
        opened(cast.ben, due_on=TODAY - dt.timedelta(1))
    assert refused.value.field == "due_on"


def test_two_options_have_two_names(cast: Cast) -> None:
    with pytest.raises(DomainError) as refused:
        opened(cast.ben, options=[OptionWords("Lease"), OptionWords(" lease ")])
    assert refused.value.field == "options-1-title"


def test_the_choice_gives_something_up(cast: Cast) -> None:
    one = decided(opened(cast.ben), freed_fte=Decimal("1.5"), freed_until=LATER)
    assert (one.state, one.decided_on, one.freed_fte) == ("decided", TODAY, Decimal("1.5"))
    assert [option.title for option in one.options.filter(chosen=True)] == ["Lease"]
    line = AuditRecord.objects.get(verb="decide")
    assert (line.note, line.after["given_up"]) == ("Chosen: Lease", "The new depot")


def test_another_answer_becomes_an_option(cast: Cast) -> None:
    one = decided(opened(cast.ben), choice="Neither")
    assert [(option.title, option.chosen) for option in one.options.all()] == [
        ("Lease", False),
        ("Buy", False),
        ("Neither", True),
    ]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("given_up", " "),
        ("choice", ""),
        ("look_again_on", TODAY),
        ("freed_fte", Decimal(-1)),
        ("decided_on", TODAY + dt.timedelta(1)),
    ],
)
def test_what_is_refused_says_where(cast: Cast, field: str, value: object) -> None:
    with pytest.raises(DomainError) as refused:
        decided(opened(cast.ben), **{field: value})
    assert refused.value.field == field


def test_capacity_is_free_until_a_day_only_where_it_is_known(cast: Cast) -> None:
    with pytest.raises(DomainError) as refused:
        decided(opened(cast.ben), freed_until=LATER)
    assert refused.value.field == "freed_fte"


def test_only_the_one_named_decides(cast: Cast) -> None:
    one = opened(cast.ben, decider=cast.ada)
    for name in ("ben", "gus", "dee", "eve", "flo"):
        with pytest.raises(NotAllowed):
            decided(one, actor=getattr(cast, name))


def test_a_deputy_decides_in_the_place_of_another(cast: Cast) -> None:
    make_deputy(cast.ben, cast.gus)
    one = decided(opened(cast.ben), actor=cast.gus)
    assert one.decider == cast.ben
    assert "for Ben Aske" in AuditRecord.objects.get(verb="decide").note


def test_a_deputy_names_nobody_else_to_decide(cast: Cast) -> None:
    one = opened(cast.ben)
    make_deputy(cast.ben, cast.gus)
    with pytest.raises(DomainError):
        services.edit_decision(actor=cast.gus, decision=one, decider=cast.ada)


def test_while_it_is_open_it_is_written_on(cast: Cast) -> None:
    one = opened(cast.ben, touches=[cast.operations, cast.flo])
    lease = one.options.get(title="Lease")
    services.edit_decision(
        actor=cast.ben,
        decision=one,
        version=1,
        question="Lease, buy, or neither?",
        options=[OptionWords("Rent", "Cheap now", pk=lease.pk), OptionWords("Neither")],
        touches=[cast.operations],
    )
    assert [(row.pk == lease.pk, row.title) for row in one.options.all()] == [
        (True, "Rent"),
        (False, "Neither"),
    ]
    assert [str(touch) for touch in one.touches.all()] == ["Operations"]
    assert verbs(one)[-2:] == ["edit decision", "remove what it touches"]


def test_what_it_touches_goes_together_without_a_query_for_each(cast: Cast) -> None:
    one = opened(cast.ben, touches=[cast.operations, cast.flo, cast.gus])
    with zeal_context():
        services.edit_decision(actor=cast.ben, decision=one, touches=[])
    assert not one.touches.exists()
    assert verbs(one)[-3:] == ["remove what it touches"] * 3


def test_the_second_of_two_writers_is_shown_both(cast: Cast) -> None:
    one = opened(cast.ben)
    services.edit_decision(actor=cast.ben, decision=one, version=1, options=[OptionWords("Rent")])
    with pytest.raises(SavedMeanwhile) as meanwhile:
        services.edit_decision(
            actor=cast.ben,
            decision=Decision.objects.get(),
            version=1,
            question="Lease?",
            options=[OptionWords("Buy")],
        )
    assert meanwhile.value.mine == {"question": "Lease?", "options": ["Buy"]}
    assert meanwhile.value.theirs == {"options": ["Rent"]}
    assert [row.title for row in one.options.all()] == ["Rent"]


def test_what_is_decided_is_not_edited_but_corrected(cast: Cast) -> None:
    one = decided(opened(cast.ben))
    with pytest.raises(DomainError):
        services.edit_decision(actor=cast.ben, decision=one, question="Buy?")
    words = [OptionWords(row.title, "Cheap at first", pk=row.pk) for row in one.options.all()]
    services.correct_decision(
        actor=cast.ben, decision=one, given_up="The depot in Aarhus", options=words
    )
    assert one.given_up == "The depot in Aarhus"
    assert one.options.get(chosen=True).speaks_for == "Cheap at first"
    with pytest.raises(DomainError):
        services.correct_decision(actor=cast.ben, decision=one, options=words[:1])
    with pytest.raises(DomainError):
        services.correct_decision(actor=cast.ben, decision=one, given_up="")


def test_another_decision_replaces_it_once_it_is_decided(cast: Cast) -> None:
    old = decided(opened(cast.ben))
    new = opened(cast.ben, question="Buy after all?", replaces=old)
    old.refresh_from_db()
    assert old.state == "decided"
    with pytest.raises(DomainError):
        opened(cast.ben, replaces=old)
    decided(new, choice="Buy")
    old.refresh_from_db()
    assert old.state == "replaced"
    assert verbs(old)[-1] == "replace decision"
    with pytest.raises(DomainError):
        services.look_back(actor=cast.ben, decision=old, outcome="It held", as_expected="yes")


def test_a_withdrawn_question_leaves_the_earlier_one_to_be_asked_again(cast: Cast) -> None:
    old = decided(opened(cast.ben))
    new = opened(cast.ben, replaces=old)
    services.withdraw_decision(actor=cast.ben, decision=new, reason="No money for it")
    assert (new.state, new.reason) == ("withdrawn", "No money for it")
    assert opened(cast.ben, replaces=old).replaces == old


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_who_ask_anew_at_one_moment_ask_once() -> None:
    make_organisation()
    cast = make_cast()
    old = decided(opened(cast.ben))
    at_once, refused = Barrier(2, timeout=10), []

    def ask_anew() -> None:
        actor, replaced = Person.objects.get(pk=cast.ben.pk), Decision.objects.get(pk=old.pk)
        at_once.wait()
        try:
            opened(actor, replaces=replaced)
        except DomainError as error:
            refused.append(error)
        connection.close()

    threads = [Thread(target=ask_anew) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [error.message for error in refused] == ["This is asked again already."]
    assert old.replacements.count() == 1


def test_nobody_replaces_the_decision_of_another_leader(cast: Cast) -> None:
    old = decided(opened(cast.ben))
    with pytest.raises(NotAllowed):
        opened(cast.gus, replaces=old)


def test_looking_back_says_what_happened(cast: Cast) -> None:
    one = decided(opened(cast.ben))
    with pytest.raises(DomainError) as refused:
        services.look_back(actor=cast.ben, decision=one, outcome="", as_expected="yes")
    assert refused.value.field == "outcome"
    services.look_back(
        actor=cast.ben, decision=one, outcome="Rates rose", as_expected="partly", learnt="Fix them"
    )
    assert (one.state, one.looked_back_on, one.learnt) == ("looked_back", TODAY, "Fix them")
    with pytest.raises(DomainError):
        services.look_back(actor=cast.ben, decision=one, outcome="Again", as_expected="no")


def test_where_it_is_too_early_it_is_put_off_with_a_reason(cast: Cast) -> None:
    one = decided(opened(cast.ben))
    services.look_again_later(actor=cast.ben, decision=one, on=LATER, reason="No figures yet")
    with pytest.raises(DomainError):
        services.look_again_later(actor=cast.ben, decision=one, on=SOON, reason=" ")
    assert (one.state, one.look_again_on) == ("decided", LATER)


def test_what_an_import_brought_in_counts_once_its_decider_takes_it_on(cast: Cast) -> None:
    one = make_decision(cast.ben, state="unconfirmed", decided_on=TODAY, author=None)
    with pytest.raises(NotAllowed):
        services.confirm_decision(actor=cast.ada, decision=one)
    assert services.confirm_decision(actor=cast.ben, decision=one).state == "decided"
    with pytest.raises(DomainError):
        services.confirm_decision(actor=cast.ben, decision=one)


def test_a_room_above_puts_a_decision_of_its_own_on_record(cast: Cast) -> None:
    """A manager who is no leader answers what one of their reports asks."""
    one = services.put_on_record(
        actor=cast.flo,
        question="What gives?",
        choice="The audit waits",
        given_up="The audit in May",
        look_again_on=SOON,
        touches=[cast.flo],
    )
    assert (one.state, one.decider) == ("decided", cast.flo)
    assert verbs(one) == ["open decision", "name what it touches", "decide"]


def test_the_line_above_names_who_decides_next(cast: Cast) -> None:
    one = opened(cast.ben)
    with pytest.raises(NotAllowed):
        services.pass_decision(actor=cast.gus, decision=one, to=cast.gus)
    with pytest.raises(DomainError):
        services.pass_decision(actor=cast.ada, decision=one, to=cast.flo)
    assert services.pass_decision(actor=cast.ada, decision=one, to=cast.gus).decider == cast.gus


def test_who_may_not_see_what_it_touches_keeps_it_when_editing(
    strategy: Strategy, cast: Cast
) -> None:
    secret = make_objective(cast.cyd, "Close two stations", restricted=True)
    one = make_decision(cast.ben, touches=[secret, cast.operations])
    assert [str(touch) for touch in seen_touches(one, cast.ben)] == ["Operations"]
    services.edit_decision(actor=cast.ben, decision=one, touches=[])
    assert list(Touch.objects.values_list("objective", flat=True)) == [secret.pk]
