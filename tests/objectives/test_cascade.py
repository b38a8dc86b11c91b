"""Cascades between units: proposed to several at once, countered, agreed by both sides, declined, taken back."""

import datetime as dt
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from goldenthread.core.access import can
from goldenthread.core.errors import DomainError, NotAllowed, SavedMeanwhile
from goldenthread.core.models import AuditRecord
from goldenthread.objectives.cascade_states import CASCADE_MOVES, cascade_move
from goldenthread.objectives.models import (
    Cascade,
    CascadeSide,
    CascadeVersion,
    Contribution,
    Cycle,
    Objective,
)
from goldenthread.objectives.services import cascades as services
from goldenthread.objectives.services.cascades import Terms, terms_of
from goldenthread.objectives.services.check_ins import check_in
from goldenthread.objectives.services.drafts import KeyResultDraft, MilestoneDraft
from goldenthread.objectives.services.quality import CriteriaOpen
from goldenthread.objectives.states import State
from goldenthread.people.models import Person, Unit
from goldenthread.permissions import Action
from goldenthread.strategy.models import Priority
from tests.cast import (
    TODAY,
    Cast,
    make_cycle,
    make_deputy,
    make_head,
    make_objective,
    make_person,
    make_priority,
    make_unit,
)

pytestmark = pytest.mark.django_db
SOON = TODAY + dt.timedelta(7)

WAITS = KeyResultDraft(
    "Minutes that passengers wait", measure="min", baseline=Decimal(30), target=Decimal(15)
)
TERMS = Terms(
    "Halve the waits at the junction",
    why="Passengers miss their trains.",
    strength=9,
    kind="driver",
    key_results=[WAITS],
    mandate="How the crews are split.",
    resources="What the unit has, and two more planners.",
    fte=Decimal(2),
    word="Please tell me what stands in the way.",
    answer_by=SOON,
)


@pytest.fixture
def cycle(cast: Cast) -> Cycle:
    return make_cycle()


@pytest.fixture
def parent(cast: Cast, cycle: Cycle) -> Objective:
    return make_objective(cast.root, "Trains run on time")


def fresh(person: Person) -> Person:
    return Person.objects.get(pk=person.pk)


def proposed(cast: Cast, parent: Objective | Priority, *units: Unit, **fields: Any) -> Cascade:
    """What Ada proposes to Operations, or to these units; the first thread."""
    made = services.propose_to_units(
        actor=cast.ada,
        parent=parent,
        giver=cast.root,
        units=units or [cast.operations],
        cycle=Cycle.objects.get(),
        **{"terms": TERMS} | fields,
    )
    return made[0]


def countered(actor: Person, one: Cascade, answers: int = 1, **changes: Any) -> CascadeVersion:
    changes = changes or {"title": "Cut the waits by a third"}
    terms = replace(TERMS, **changes)
    return services.counter_cascade(actor=fresh(actor), cascade=one, terms=terms, answers=answers)


def agreed(actor: Person, one: Cascade, answers: int | None = None) -> Cascade:
    one.refresh_from_db()
    answers = one.number if answers is None else answers
    return services.agree_cascade(actor=fresh(actor), cascade=one, answers=answers)


# Proposing ----------------------------------------------------------------------------------------------------


def test_a_leader_proposes_to_several_units_each_with_its_own_thread(
    cast: Cast, parent: Objective
) -> None:
    proposed(cast, parent, cast.operations, cast.stations)
    first, second = Cascade.objects.order_by("pk")
    assert (first.taking_unit, second.taking_unit) == (cast.operations, cast.stations)
    assert first.together == second.together != ""
    assert {one.state for one in (first, second)} == {"proposed"}
    countered(cast.ben, first)
    second.refresh_from_db()
    assert (second.state, second.title) == ("proposed", TERMS.title)


def test_what_was_typed_is_kept_whole(cast: Cast, parent: Objective) -> None:
    steps = [MilestoneDraft("Plan", SOON, Decimal(2)), MilestoneDraft("Test")]
    results = [
        WAITS,
        KeyResultDraft("Timetable", kind="milestones", milestones=steps, reporter=cast.flo),
    ]
    one = proposed(cast, parent, terms=replace(TERMS, key_results=results, ends_on=SOON))
    kept = terms_of(one.versions.get())
    assert replace(kept, key_results=()) == replace(TERMS, key_results=(), ends_on=SOON)
    assert kept.key_results[0] == WAITS
    assert kept.key_results[1].reporter == cast.flo
    assert list(kept.key_results[1].milestones) == steps


def test_sent_twice_it_is_proposed_once(cast: Cast, parent: Objective) -> None:
    first = proposed(cast, parent, together="k")
    assert proposed(cast, parent, together="k") == first
    assert Cascade.objects.count() == 1


@pytest.mark.parametrize("name", ["ben", "flo", "gus", "cyd", "dee", "eve"])
def test_nobody_proposes_for_a_unit_that_is_not_theirs(
    cast: Cast, parent: Objective, name: str
) -> None:
    with pytest.raises(NotAllowed):
        services.propose_to_units(
            actor=getattr(cast, name),
            parent=parent,
            giver=cast.root,
            units=[cast.stations],
            cycle=Cycle.objects.get(),
            terms=TERMS,
        )
    assert not Cascade.objects.exists()


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"title": " "}, "title"),
        ({"title": "x" * 201}, "title"),
        ({"mandate": " "}, "mandate"),
        ({"resources": ""}, "resources"),
        ({"word": "x" * 5001}, "word"),
        ({"fte": Decimal(-1)}, "fte"),
        ({"fte": Decimal("0.001")}, "fte"),
        ({"strength": 2}, "strength"),
        ({"kind": "reason"}, "kind"),
        ({"answer_by": TODAY - dt.timedelta(1)}, "answer_by"),
        ({"ends_on": dt.date(2026, 1, 1)}, "ends_on"),
        ({"key_results": [replace(WAITS, baseline=WAITS.target)]}, "key_results-0-target"),
    ],
)
def test_what_could_not_be_answered_is_not_proposed(
    cast: Cast, parent: Objective, changes: dict[str, Any], field: str
) -> None:
    with pytest.raises(DomainError) as refused:
        proposed(cast, parent, terms=replace(TERMS, **changes))
    assert refused.value.field == field
    assert not Cascade.objects.exists()


def test_it_is_refused_where_it_makes_no_sense(cast: Cast, parent: Objective) -> None:
    over = make_unit("Night trains", cast.root, ended_on=TODAY - dt.timedelta(1))
    for units in ([], [cast.root], [over]):
        with pytest.raises(DomainError):
            proposed(cast, parent, *units) if units else services.propose_to_units(
                actor=cast.ada,
                parent=parent,
                giver=cast.root,
                units=[],
                cycle=Cycle.objects.get(),
                terms=TERMS,
            )
    with pytest.raises(DomainError, match="not an objective of"):
        proposed(cast, make_objective(cast.stations, "Clean stations"))
    with pytest.raises(DomainError, match="closed"):
        proposed(cast, make_objective(cast.root, "Old", state=State.MISSED))


def test_what_the_unit_may_not_read_is_not_proposed_to_it(cast: Cast, cycle: Cycle) -> None:
    secret = make_objective(cast.root, "Sell the depot", restricted=True)
    with pytest.raises(DomainError, match="may not read"):
        proposed(cast, secret)


def test_drafts_can_differ_before_they_are_sent(cast: Cast, parent: Objective) -> None:
    first = proposed(cast, parent, cast.operations, cast.stations, send=False)
    other = Cascade.objects.get(taking_unit=cast.stations)
    terms = replace(TERMS, title="Waits at stations", mandate="Staffing of desks")
    services.edit_cascade_draft(actor=cast.ada, cascade=other, terms=terms, version=1)
    with pytest.raises(SavedMeanwhile):
        services.edit_cascade_draft(actor=cast.ada, cascade=other, terms=TERMS, version=1)
    for one in (first, other):
        assert not can(fresh(cast.ben), Action.SEE, one)
        services.send_cascade(actor=cast.ada, cascade=one)
    assert [one.title for one in Cascade.objects.order_by("pk")] == [TERMS.title, terms.title]
    assert CascadeVersion.objects.count() == 2
    with pytest.raises(DomainError, match="already"):
        services.edit_cascade_draft(actor=cast.ada, cascade=other, terms=TERMS)
    with pytest.raises(DomainError, match="already"):
        services.send_cascade(actor=cast.ada, cascade=other)


def test_a_draft_lacks_what_only_its_sending_needs(cast: Cast, parent: Objective) -> None:
    one = proposed(cast, parent, terms=Terms("Halve the waits"), send=False)
    with pytest.raises(DomainError) as refused:
        services.send_cascade(actor=cast.ada, cascade=one)
    assert refused.value.field == "mandate"
    with pytest.raises(DomainError, match="not sent"):
        countered(cast.ada, one)


# Upward -------------------------------------------------------------------------------------------------------


def test_a_unit_offers_upward_and_the_unit_above_agrees(cast: Cast, parent: Objective) -> None:
    one = services.offer_upward(
        actor=cast.ben, unit=cast.operations, parent=parent, cycle=parent.cycle, terms=TERMS
    )
    assert (one.giver_unit, one.direction, one.answering_side) == (cast.root, "up", "giver")
    with pytest.raises(NotAllowed):
        agreed(cast.ben, one)
    made = agreed(cast.ada, one).objective
    assert made is not None
    assert (made.owner_unit, made.state) == (cast.operations, State.ACTIVE)


def test_an_offer_for_a_priority_goes_to_the_unit_above(
    cast: Cast, cycle: Cycle, strategy: Any
) -> None:
    priority = make_priority(strategy, sponsor=cast.gus)
    one = services.offer_upward(
        actor=cast.ben, unit=cast.operations, parent=priority, cycle=cycle, terms=TERMS
    )
    assert one.giver_unit == cast.root
    top = services.offer_upward(
        actor=cast.ada, unit=cast.root, parent=priority, cycle=cycle, terms=TERMS
    )
    assert top.giver_unit == cast.stations  # nobody above: whoever sponsors it


# Countering ---------------------------------------------------------------------------------------------------


def test_both_counter_any_number_of_times_and_every_version_stays(
    cast: Cast, parent: Objective
) -> None:
    one = proposed(cast, parent)
    for number, actor in enumerate([cast.ben, cast.ada, cast.ben], start=1):
        countered(actor, one, number, title=f"Version {number + 1}")
    one.refresh_from_db()
    assert (one.state, one.number, one.title) == ("countered", 4, "Version 4")
    rows = one.versions.all()
    assert [(row.number, row.side, row.answers) for row in rows] == [
        (1, "giver", None),
        (2, "taker", 1),
        (3, "giver", 2),
        (4, "taker", 3),
    ]
    assert [row.title for row in rows] == [TERMS.title, "Version 2", "Version 3", "Version 4"]


def test_a_stale_counter_is_kept_beside_and_changes_nothing(cast: Cast, parent: Objective) -> None:
    one = proposed(cast, parent)
    countered(cast.ben, one, 1, title="First")
    before = Cascade.objects.values().get()
    late = countered(cast.ben, one, 1, title="Second", word="I had not seen it.")
    assert (late.stale, late.number, late.answers) == (True, 3, 1)
    assert Cascade.objects.values().get() == before
    assert (late.title, late.word) == ("Second", "I had not seen it.")
    assert AuditRecord.objects.filter(verb="counter cascade too late").count() == 1


def test_what_changes_nothing_is_no_counter(cast: Cast, parent: Objective) -> None:
    one = proposed(cast, parent)
    with pytest.raises(DomainError, match="Nothing is changed"):
        countered(cast.ben, one, word="As it is", answer_by=SOON + dt.timedelta(1))


def test_a_side_puts_its_own_proposal_right_before_it_is_answered(
    cast: Cast, parent: Objective
) -> None:
    one = proposed(cast, parent)
    countered(cast.ada, one, 1, title="Halve the waits")
    one.refresh_from_db()
    assert (one.state, one.number, one.spoken) == ("proposed", 2, "giver")
    with pytest.raises(DomainError, match="Version 2 stands"):
        agreed(cast.ben, one, answers=1)
    assert countered(cast.ben, one, 1).stale


@pytest.mark.parametrize("name", ["flo", "gus", "cyd", "dee", "eve"])
def test_nobody_beside_answers(cast: Cast, parent: Objective, name: str) -> None:
    one = proposed(cast, parent)
    actor = getattr(cast, name)
    with pytest.raises(NotAllowed):
        countered(actor, one)
    with pytest.raises(NotAllowed):
        agreed(actor, one)
    with pytest.raises(NotAllowed):
        services.decline_cascade(actor=actor, cascade=one, reason="No")
    with pytest.raises(NotAllowed):
        services.withdraw_cascade(actor=actor, cascade=one)


# Agreeing -----------------------------------------------------------------------------------------------------


def test_agreement_makes_the_objective_with_all_that_was_agreed(
    cast: Cast, parent: Objective
) -> None:
    one = proposed(cast, parent)
    countered(cast.ben, one, 1, title="Cut the waits", ends_on=dt.date(2026, 6, 15))
    done = agreed(cast.ada, one)
    made = done.objective
    assert made is not None
    assert (done.state, made.state) == ("active", State.ACTIVE)
    assert (made.title, made.owner_unit, made.ends) == (
        "Cut the waits",
        cast.operations,
        dt.date(2026, 6, 15),
    )
    result = made.key_results.get()
    assert (result.title, result.baseline, result.target) == (WAITS.title, 30, 15)
    link = Contribution.objects.get(child_objective=made)
    assert (link.parent_objective, link.strength, link.kind) == (parent, 9, "driver")
    assert (done.taker_agreed_by, done.giver_agreed_by) == (cast.ben, cast.ada)
    assert (done.alone, done.closed_by) == ("", cast.ada)
    verbs = AuditRecord.objects.filter(subject_type="objectives.objective", subject_id=made.pk)
    assert {row.verb for row in verbs} >= {"draft objective", "link", "agreed"}


def test_nobody_agrees_to_their_own_proposal(cast: Cast, parent: Objective) -> None:
    one = proposed(cast, parent)
    with pytest.raises(NotAllowed):
        agreed(cast.ada, one)
    countered(cast.ben, one)
    with pytest.raises(NotAllowed):
        agreed(cast.ben, one)


def test_an_open_error_refuses_agreement_and_nothing_is_made(cast: Cast, parent: Objective) -> None:
    loose = replace(WAITS, target=None)
    one = proposed(cast, parent, terms=replace(TERMS, key_results=[loose]))
    with pytest.raises(CriteriaOpen):
        agreed(cast.ben, one)
    without = proposed(cast, parent, terms=replace(TERMS, key_results=[]))
    with pytest.raises(DomainError, match="key result"):
        agreed(cast.ben, without)
    assert set(Cascade.objects.values_list("state", flat=True)) == {"proposed"}
    assert Objective.objects.get() == parent


def test_what_is_served_may_have_closed_meanwhile(cast: Cast, parent: Objective) -> None:
    one = proposed(cast, parent)
    Objective.objects.update(state=State.MISSED)
    with pytest.raises(DomainError, match="closed"):
        agreed(cast.ben, one)


def test_agreed_before_its_period_it_becomes_active_as_the_objective_does(
    cast: Cast, cycle: Cycle
) -> None:
    parent = make_objective(cast.root, "Trains run on time")
    one = proposed(cast, parent, terms=replace(TERMS, starts_on=TODAY + dt.timedelta(3)))
    done = agreed(cast.ben, one)
    assert (done.state, done.objective and done.objective.state) == ("agreed", State.AGREED)
    made = done.objective
    assert made is not None
    Objective.objects.filter(pk=made.pk).update(starts_on=TODAY)
    made.refresh_from_db()
    result = made.key_results.get()
    check_in(actor=fresh(cast.ben), key_result=result, value=Decimal(28), as_of=TODAY)
    done.refresh_from_db()
    assert done.state == "active"


def test_what_serves_something_confidential_is_restricted(
    cast: Cast, cycle: Cycle, strategy: Any
) -> None:
    priority = make_priority(strategy, confidential=True)
    done = agreed(cast.ben, proposed(cast, priority))
    assert done.objective is not None
    assert done.objective.restricted
    assert not can(fresh(cast.cyd), Action.SEE, done)


# One person on both sides -------------------------------------------------------------------------------------


def leads_both(cast: Cast, parent: Objective) -> Cascade:
    """Ben leads Stations too, and proposes to it an objective that serves one of Operations."""
    make_head(cast.stations, cast.ben)
    own = make_objective(cast.operations, "Timetable holds")
    made = services.propose_to_units(
        actor=fresh(cast.ben),
        parent=own,
        giver=cast.operations,
        units=[cast.stations],
        cycle=parent.cycle,
        terms=TERMS,
    )
    return made[0]


def test_where_one_leads_both_units_the_next_manager_agrees(cast: Cast, parent: Objective) -> None:
    one = leads_both(cast, parent)
    with pytest.raises(NotAllowed):
        agreed(cast.ben, one)
    done = agreed(cast.ada, one)
    assert (done.giver_agreed_by, done.taker_agreed_by) == (cast.ben, cast.ada)
    assert done.alone == ""


def test_at_the_top_one_agrees_alone_and_the_record_says_so(cast: Cast, parent: Objective) -> None:
    make_head(cast.operations, cast.ada)
    one = proposed(cast, parent)
    done = agreed(cast.ada, one)
    assert done.alone.startswith("agreed alone")
    line = AuditRecord.objects.get(verb="agree cascade")
    assert line.note == done.alone


def test_the_next_above_answers_for_a_unit_whose_leader_has_no_account(
    cast: Cast, parent: Objective
) -> None:
    depot = make_unit("Depot", cast.operations)
    ivo = make_person("Ivo Krag", unit=depot, manager=cast.ben, account=False)
    make_head(depot, ivo)
    one = proposed(cast, parent, depot)
    with pytest.raises(NotAllowed):
        agreed(cast.ada, one)
    assert agreed(cast.ben, one).taker_agreed_by == cast.ben


# Deputies -----------------------------------------------------------------------------------------------------


def test_a_deputy_answers_in_the_leaders_place(cast: Cast, parent: Objective) -> None:
    make_deputy(cast.ben, cast.cyd)
    one = proposed(cast, parent)
    made = countered(cast.cyd, one)
    assert (made.author, made.author_for, made.side) == (cast.cyd, cast.ben, "taker")
    for actor in (cast.cyd, cast.ben):
        with pytest.raises(NotAllowed):
            agreed(actor, one)
    assert agreed(cast.ada, one).state == "active"


def test_who_stands_in_for_the_other_side_does_not_agree_with_themself(
    cast: Cast, parent: Objective
) -> None:
    make_deputy(cast.ada, cast.ben)
    one = proposed(cast, parent)
    countered(cast.ben, one)
    with pytest.raises(NotAllowed):
        agreed(cast.ben, one)
    make_deputy(cast.ada, cast.cyd)
    make_deputy(cast.ben, cast.cyd)
    countered(cast.cyd, one, 2, title="By one who stands in for both")
    with pytest.raises(NotAllowed):
        agreed(cast.cyd, one)


# Saying no ----------------------------------------------------------------------------------------------------


def test_declining_needs_a_reason(cast: Cast, parent: Objective) -> None:
    one = proposed(cast, parent)
    with pytest.raises(DomainError) as refused:
        services.decline_cascade(actor=cast.ben, cascade=one, reason=" ")
    assert refused.value.field == "reason"
    with pytest.raises(NotAllowed):
        services.decline_cascade(actor=cast.ada, cascade=one, reason="No")
    done = services.decline_cascade(actor=cast.ben, cascade=one, reason="No crews.")
    assert (done.state, done.reason, done.closed_by) == ("declined", "No crews.", cast.ben)
    with pytest.raises(DomainError, match="declined by Ben Aske: No crews"):
        countered(cast.ada, one)
    with pytest.raises(DomainError, match="declined"):
        agreed(cast.ada, one)


def test_the_giver_declines_a_counter(cast: Cast, parent: Objective) -> None:
    one = proposed(cast, parent)
    countered(cast.ben, one)
    done = services.decline_cascade(actor=cast.ada, cascade=one, reason="Too little.")
    assert done.state == "declined"


def test_who_opened_it_takes_it_back(cast: Cast, parent: Objective) -> None:
    one = proposed(cast, parent)
    with pytest.raises(NotAllowed):
        services.withdraw_cascade(actor=cast.ben, cascade=one)
    countered(cast.ben, one)
    done = services.withdraw_cascade(actor=cast.ada, cascade=one, reason="Later.")
    assert (done.state, done.reason) == ("withdrawn", "Later.")
    with pytest.raises(DomainError, match="withdrawn"):
        services.withdraw_cascade(actor=cast.ada, cascade=one)


def test_a_draft_that_is_taken_back_stays_with_the_side_that_wrote_it(
    cast: Cast, parent: Objective
) -> None:
    one = proposed(cast, parent, send=False)
    services.withdraw_cascade(actor=cast.ada, cascade=one)
    one.refresh_from_db()
    for reader, sees in ((cast.ada, True), (cast.ben, False), (cast.flo, False)):
        assert (one in Cascade.objects.visible_to(reader)) is sees
        assert can(fresh(reader), Action.SEE, one) is sees
    sent = proposed(cast, parent, cast.stations)
    services.withdraw_cascade(actor=cast.ada, cascade=sent)
    assert sent in Cascade.objects.visible_to(cast.gus)


def test_silence_is_never_consent(cast: Cast, parent: Objective) -> None:
    one = proposed(cast, parent)
    Cascade.objects.update(answer_by=TODAY - dt.timedelta(30))
    assert list(Cascade.objects.overdue(TODAY)) == [one]
    assert list(Cascade.objects.waiting_for(cast.ben)) == [one]
    one.refresh_from_db()
    assert (one.state, one.objective) == ("proposed", None)
    assert agreed(cast.ben, one).state == "active"


# The table ----------------------------------------------------------------------------------------------------


def test_every_open_state_can_be_left_and_no_settled_one() -> None:
    assert {one.source for one in CASCADE_MOVES} == {"draft", "proposed", "countered", "agreed"}
    assert cascade_move("draft", "agreed") is None
    assert cascade_move("declined", "agreed") is None


def test_sides_are_each_others_other() -> None:
    assert CascadeSide.GIVER.other is CascadeSide.TAKER
    assert CascadeSide.TAKER.other is CascadeSide.GIVER
