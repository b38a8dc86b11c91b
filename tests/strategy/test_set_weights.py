"""Weights: shares that add up, confirmed by the leader, unconfirmed by any later change."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goldenthread.core.errors import DomainError, NotAllowed, SavedMeanwhile
from goldenthread.core.models import AuditRecord
from goldenthread.people.models import Person
from goldenthread.strategy import selectors, services
from goldenthread.strategy.models import Priority, Strategy
from goldenthread.strategy.services.weights import normalised
from tests.cast import Cast, make_priority

pytestmark = pytest.mark.django_db


@pytest.fixture
def two(strategy: Strategy) -> tuple[Priority, Priority]:
    return make_priority(strategy, "A"), make_priority(strategy, "B")


def confirmed(strategy: Strategy, ada: Person, shares: dict[int, Decimal]) -> Strategy:
    services.set_weights(actor=ada, strategy=strategy, shares=shares, version=strategy.version)
    return services.confirm_weights(actor=ada, strategy=strategy, version=strategy.version)


def test_set_and_confirmed_they_can_be_read(
    strategy: Strategy, ada: Person, two: tuple[Priority, Priority]
) -> None:
    a, b = two
    assert selectors.weights_of(strategy) is None
    services.set_weights(
        actor=ada, strategy=strategy, shares={a.pk: Decimal(70), b.pk: Decimal(30)}
    )
    assert selectors.weights_of(strategy) is None
    services.confirm_weights(actor=ada, strategy=strategy)
    assert selectors.weights_of(Strategy.objects.get()) == {a.pk: Decimal(70), b.pk: Decimal(30)}
    assert Strategy.objects.get().weights_confirmed_by == ada


def test_thirds_become_exactly_a_hundred(strategy: Strategy, ada: Person) -> None:
    keys = [make_priority(strategy, title).pk for title in "ABC"]
    services.set_weights(actor=ada, strategy=strategy, shares=dict.fromkeys(keys, Decimal("33.33")))
    assert sum(p.weight or 0 for p in strategy.priorities.all()) == 100


@given(st.lists(st.integers(0, 10_000), min_size=1, max_size=12), st.integers(-1, 1))
def test_what_is_close_enough_is_made_exact(parts: list[int], off: int) -> None:
    total = sum(parts)
    shares = {
        n: Decimal(part * 10_000 // total) / 100 if total else Decimal(0)
        for n, part in enumerate(parts)
    }
    shares[0] += 100 - sum(shares.values()) + Decimal(off) / 100
    if shares[0] < 0:
        return
    weights = normalised(shares)
    assert sum(weights.values()) == 100
    assert all(abs(weights[n] - shares[n]) <= Decimal("0.01") for n in shares)


@pytest.mark.parametrize(
    ("first", "second", "said"),
    [
        (Decimal(70), Decimal(20), r"add up to 90 %, not 100 %. Add 10 %"),
        (Decimal(70), Decimal("30.02"), r"add up to 100.02 %, not 100 %. Take away 0.02 %"),
        (Decimal(110), Decimal(-10), "between 0 and 100"),
        (Decimal("NaN"), Decimal(100), "between 0 and 100"),
    ],
)
def test_shares_that_do_not_add_up_are_refused(
    strategy: Strategy,
    ada: Person,
    two: tuple[Priority, Priority],
    first: Decimal,
    second: Decimal,
    said: str,
) -> None:
    shares = {two[0].pk: first, two[1].pk: second}
    with pytest.raises(DomainError, match=said):
        services.set_weights(actor=ada, strategy=strategy, shares=shares)


def test_every_active_priority_has_a_share_and_no_other(
    strategy: Strategy, ada: Person, two: tuple[Priority, Priority]
) -> None:
    draft = make_priority(strategy, "Draft", state=Priority.State.UNCONFIRMED)
    for shares in (
        {two[0].pk: Decimal(100)},
        {two[0].pk: Decimal(50), two[1].pk: Decimal(50), draft.pk: Decimal(0)},
    ):
        with pytest.raises(DomainError, match="have changed"):
            services.set_weights(actor=ada, strategy=strategy, shares=shares)


def test_weights_never_set_are_not_confirmed(
    strategy: Strategy, ada: Person, two: tuple[Priority, Priority]
) -> None:
    with pytest.raises(DomainError, match="has no weight yet"):
        services.confirm_weights(actor=ada, strategy=strategy)


@pytest.mark.parametrize("name", ["ben", "dee", "eve", "flo"])
def test_only_the_leader_sets_and_confirms(
    strategy: Strategy, cast: Cast, two: tuple[Priority, Priority], name: str
) -> None:
    actor = getattr(cast, name)
    with pytest.raises(NotAllowed):
        services.set_weights(
            actor=actor, strategy=strategy, shares={two[0].pk: Decimal(50), two[1].pk: Decimal(50)}
        )
    with pytest.raises(NotAllowed):
        services.confirm_weights(actor=actor, strategy=strategy)


Change = Callable[[Person, Strategy, Priority, Priority], Any]


@pytest.mark.parametrize(
    "change",
    [
        lambda ada, s, a, b: services.drop_priority(actor=ada, priority=a),
        lambda ada, s, a, b: services.add_priority(actor=ada, strategy=s, title="C"),
        lambda ada, s, a, b: services.confirm_priority(
            actor=ada, priority=make_priority(s, "D", state=Priority.State.UNCONFIRMED)
        ),
        lambda ada, s, a, b: services.merge_priority(actor=ada, priority=a, into=b),
        lambda ada, s, a, b: services.set_weights(
            actor=ada, strategy=s, shares={a.pk: Decimal(55), b.pk: Decimal(45)}
        ),
    ],
    ids=["drop", "add", "confirm a draft", "merge", "other weights"],
)
def test_any_later_change_takes_the_confirmation_back(
    strategy: Strategy, ada: Person, two: tuple[Priority, Priority], change: Change
) -> None:
    a, b = two
    confirmed(strategy, ada, {a.pk: Decimal(60), b.pk: Decimal(40)})
    change(ada, strategy, Priority.objects.get(pk=a.pk), Priority.objects.get(pk=b.pk))
    assert selectors.weights_of(Strategy.objects.get()) is None


def test_a_priority_read_before_the_confirmation_takes_it_back_too(
    strategy: Strategy, ada: Person, two: tuple[Priority, Priority]
) -> None:
    stale = Priority.objects.select_related("strategy").get(pk=two[0].pk)
    confirmed(strategy, ada, {two[0].pk: Decimal(60), two[1].pk: Decimal(40)})
    services.drop_priority(actor=ada, priority=stale)
    assert selectors.weights_of(Strategy.objects.get()) is None
    assert AuditRecord.objects.get(verb="unconfirm weights").note == "a priority was dropped"


def test_wording_and_order_leave_the_weights_confirmed(
    strategy: Strategy, ada: Person, two: tuple[Priority, Priority]
) -> None:
    a, b = two
    confirmed(strategy, ada, {a.pk: Decimal(60), b.pk: Decimal(40)})
    services.order_priorities(actor=ada, strategy=strategy, ids=[b.pk, a.pk])
    services.edit_priority(
        actor=ada, priority=Priority.objects.get(pk=a.pk), version=1, title="Better"
    )
    assert selectors.weights_of(Strategy.objects.get()) is not None


def test_the_second_to_save_is_told(
    strategy: Strategy, ada: Person, two: tuple[Priority, Priority]
) -> None:
    a, b = two
    opened_with = strategy.version
    services.set_weights(
        actor=ada, strategy=strategy, shares={a.pk: Decimal(60), b.pk: Decimal(40)}
    )
    with pytest.raises(SavedMeanwhile):
        services.set_weights(
            actor=ada,
            strategy=Strategy.objects.get(),
            shares={a.pk: Decimal(10), b.pk: Decimal(90)},
            version=opened_with,
        )
    assert Priority.objects.get(pk=a.pk).weight == 60
