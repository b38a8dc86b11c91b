"""Priorities: added, drafted, confirmed, handed to a sponsor, ordered, merged, dropped."""

from decimal import Decimal

import pytest

from goldenthread.core.access import can
from goldenthread.core.errors import DomainError, NotAllowed, SavedMeanwhile
from goldenthread.core.models import AuditRecord
from goldenthread.people.models import Person
from goldenthread.permissions import Action
from goldenthread.strategy import selectors, services
from goldenthread.strategy.models import Kpi, Priority, Strategy
from tests.cast import Cast, make_kpi, make_priority

pytestmark = pytest.mark.django_db


def draft(strategy: Strategy, actor: Person, title: str = "Draft", **fields: object) -> Priority:
    return services.draft_priority(actor=actor, strategy=strategy, title=title, **fields)


def test_the_strategys_leader_adds_an_active_one(strategy: Strategy, ada: Person) -> None:
    first = services.add_priority(actor=ada, strategy=strategy, title="Punctual trains")
    second = services.add_priority(actor=ada, strategy=strategy, title="Clean stations")
    assert (first.state, first.position, second.position) == ("active", 0, 1)


def test_another_leader_proposes_one(strategy: Strategy, ben: Person) -> None:
    priority = services.add_priority(actor=ben, strategy=strategy, title="Night trains")
    assert priority.state == Priority.State.UNCONFIRMED


@pytest.mark.parametrize("name", ["flo", "dee", "eve"])
def test_hr_and_administrators_author_none(strategy: Strategy, cast: Cast, name: str) -> None:
    actor = getattr(cast, name)
    with pytest.raises(NotAllowed):
        services.add_priority(actor=actor, strategy=strategy, title="Mine")
    priority = make_priority(strategy)
    for action in (
        lambda: services.edit_priority(actor=actor, priority=priority, version=1, title="Mine"),
        lambda: services.drop_priority(actor=actor, priority=priority),
        lambda: services.hand_to_sponsor(actor=actor, priority=priority, sponsor=actor),
        lambda: services.order_priorities(actor=actor, strategy=strategy, ids=[priority.pk]),
        lambda: services.confirm_all(actor=actor, strategy=strategy),
    ):
        with pytest.raises(NotAllowed):
            action()


@pytest.mark.parametrize("name", ["dee", "eve", "ben"])
def test_what_an_import_brings_waits_for_the_leader(
    strategy: Strategy, cast: Cast, name: str
) -> None:
    priority = draft(strategy, getattr(cast, name), source="Plan.pptx, slide 3")
    assert priority.state == Priority.State.UNCONFIRMED
    if name != "ben":
        with pytest.raises(NotAllowed):
            services.confirm_priority(actor=getattr(cast, name), priority=priority)
    services.confirm_priority(actor=cast.ada, priority=priority)
    assert priority.state == Priority.State.ACTIVE


def test_importing_oneself_as_sponsor_gives_no_right(strategy: Strategy, eve: Person) -> None:
    priority = draft(strategy, eve, sponsor=eve)
    with pytest.raises(NotAllowed):
        services.confirm_priority(actor=eve, priority=priority)
    result = services.draft_expected_result(
        actor=eve, priority=priority, text="Wins", kpi=make_kpi()
    )
    assert result.kpi is not None
    assert not can(eve, Action.EDIT_KPI, result.kpi)
    eve.refresh_from_db()
    assert not eve.is_leader


def test_the_sponsor_a_leader_named_may_confirm(
    strategy: Strategy, ada: Person, flo: Person
) -> None:
    priority = draft(strategy, ada)
    services.hand_to_sponsor(actor=ada, priority=priority, sponsor=flo)
    assert flo.is_leader
    services.confirm_priority(actor=flo, priority=priority)
    assert priority.state == Priority.State.ACTIVE


def test_confirming_makes_the_sponsor_a_file_named_a_leader(
    strategy: Strategy, ada: Person, flo: Person
) -> None:
    priority = draft(strategy, ada, sponsor=flo)
    assert not flo.is_leader
    services.confirm_priority(actor=ada, priority=priority)
    flo.refresh_from_db()
    assert flo.is_leader


def test_confirming_takes_its_kpis_along_but_not_those_of_others(
    strategy: Strategy, ada: Person, flo: Person
) -> None:
    priority = draft(strategy, ada)
    free = services.draft_kpi(actor=ada, name="Delays")
    owned = services.draft_kpi(actor=ada, name="Complaints", owner=flo)
    for kpi in (free, owned):
        services.draft_expected_result(actor=ada, priority=priority, text=kpi.name, kpi=kpi)
    services.confirm_priority(actor=ada, priority=priority)
    free.refresh_from_db()
    owned.refresh_from_db()
    assert (free.state, free.owner, owned.state) == ("active", ada, Kpi.State.UNCONFIRMED)


def test_confirming_all_confirms_every_draft_once(strategy: Strategy, ada: Person) -> None:
    make_priority(strategy, "Already there")
    drafts = [draft(strategy, ada, title) for title in ("A", "B")]
    confirmed = services.confirm_all(actor=ada, strategy=strategy)
    assert [p.pk for p in confirmed] == [p.pk for p in drafts]
    assert strategy.priorities.active().count() == 3
    assert services.confirm_all(actor=ada, strategy=strategy) == []


def test_a_draft_is_redrafted_until_it_is_confirmed(strategy: Strategy, cast: Cast) -> None:
    priority = draft(strategy, cast.dee)
    services.redraft_priority(actor=cast.dee, priority=priority, title="Better words")
    services.confirm_priority(actor=cast.ada, priority=priority)
    with pytest.raises(DomainError, match="is confirmed"):
        services.redraft_priority(actor=cast.dee, priority=priority, title="Other words")
    assert Priority.objects.get().title == "Better words"


def test_handing_on_makes_one_a_leader_and_ends_it_for_the_other(
    strategy: Strategy, ada: Person, flo: Person, cyd: Person
) -> None:
    priority = make_priority(strategy)
    services.hand_to_sponsor(actor=ada, priority=priority, sponsor=flo)
    services.hand_to_sponsor(actor=flo, priority=priority, sponsor=cyd)
    flo.refresh_from_db()
    cyd.refresh_from_db()
    assert (flo.sponsors, cyd.sponsors) == (False, True)
    assert AuditRecord.objects.filter(verb="hand to sponsor").count() == 2


def test_who_sponsors_another_stays_a_leader(strategy: Strategy, ada: Person, flo: Person) -> None:
    one, _ = make_priority(strategy, "A", sponsor=flo), make_priority(strategy, "B", sponsor=flo)
    services.drop_priority(actor=ada, priority=one)
    flo.refresh_from_db()
    assert flo.sponsors


def test_nobody_who_left_becomes_sponsor(strategy: Strategy, ada: Person, flo: Person) -> None:
    flo.end = strategy.starts_on
    with pytest.raises(DomainError, match="has left"):
        services.hand_to_sponsor(actor=ada, priority=make_priority(strategy), sponsor=flo)


def test_the_sponsor_edits_the_words(strategy: Strategy, flo: Person) -> None:
    priority = make_priority(strategy, sponsor=flo)
    services.edit_priority(actor=flo, priority=priority, version=1, why="People wait")
    with pytest.raises(SavedMeanwhile):
        services.edit_priority(
            actor=flo, priority=Priority.objects.get(), version=1, why="People leave"
        )
    assert Priority.objects.get().why == "People wait"


def test_a_dropped_priority_stays_on_record(strategy: Strategy, ada: Person, flo: Person) -> None:
    priority = make_priority(strategy, sponsor=flo)
    with pytest.raises(NotAllowed):
        services.drop_priority(actor=flo, priority=priority)
    services.drop_priority(actor=ada, priority=priority, reason="Too many")
    assert AuditRecord.objects.get(verb="drop priority").note == "Too many"
    assert priority not in selectors.priorities_of(strategy, ada)
    with pytest.raises(DomainError, match="was dropped"):
        services.edit_priority(
            actor=ada, priority=priority, version=priority.version, title="Back again"
        )


def test_merging_moves_what_it_expected_and_adds_the_weights(
    strategy: Strategy, ada: Person
) -> None:
    one = make_priority(strategy, "Punctual", weight=Decimal(60))
    two = make_priority(strategy, "Reliable", weight=Decimal(40))
    result = services.add_expected_result(actor=ada, priority=two, text="Fewer breakdowns")
    chosen = services.add_not_doing(actor=ada, strategy=strategy, this="Buses", priority=two)
    services.merge_priority(actor=ada, priority=two, into=one)
    [moved] = AuditRecord.objects.filter(verb="move trade-off", subject_id=chosen.pk)
    assert (moved.before, moved.after) == ({"priority": two.pk}, {"priority": one.pk})
    result.refresh_from_db()
    one.refresh_from_db()
    two.refresh_from_db()
    assert (result.priority, one.weight, two.state) == (one, Decimal(100), "dropped")
    with pytest.raises(DomainError):
        services.merge_priority(actor=ada, priority=one, into=one)


def test_the_order_names_every_priority_once(strategy: Strategy, ada: Person) -> None:
    a, b, c = (make_priority(strategy, title) for title in "ABC")
    services.order_priorities(actor=ada, strategy=strategy, ids=[c.pk, a.pk, b.pk])
    assert list(selectors.priorities_of(strategy, ada)) == [c, a, b]
    for wrong in ([a.pk, b.pk], [a.pk, a.pk, b.pk], [a.pk, b.pk, c.pk, 999]):
        with pytest.raises(DomainError):
            services.order_priorities(actor=ada, strategy=strategy, ids=wrong)


def test_a_confidential_one_is_seen_by_leaders_and_those_named(
    strategy: Strategy, cast: Cast
) -> None:
    priority = make_priority(strategy, confidential=True)
    seen_by = {
        name
        for name in ("ada", "ben", "cyd", "dee", "eve", "flo", "gus")
        if priority in Priority.objects.visible_to(getattr(cast, name))
    }
    assert seen_by == {"ada", "ben", "gus"}
    for name in ("ada", "ben", "cyd", "dee", "eve", "flo", "gus"):
        assert can(getattr(cast, name), Action.SEE, priority) == (name in seen_by)
    assert priority not in Priority.objects.visible_to(None)


def test_more_than_five_are_flagged(strategy: Strategy) -> None:
    for number in range(5):
        make_priority(strategy, f"Priority {number}")
    assert selectors.dispersion_of(strategy) is None
    make_priority(strategy, "One more")
    make_priority(strategy, "A draft", state=Priority.State.UNCONFIRMED)
    flag = selectors.dispersion_of(strategy)
    assert flag is not None
    assert (flag.count, flag.words.split(".")[0]) == (6, "Six priorities are active")
