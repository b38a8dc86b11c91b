"""Trade-offs: even over, not doing; changed and taken back with their history."""

from decimal import Decimal

import pytest

from goldenthread.core.access import can
from goldenthread.core.errors import DomainError, NotAllowed, SavedMeanwhile
from goldenthread.core.models import AuditRecord
from goldenthread.core.selectors import history_of
from goldenthread.people.models import Person
from goldenthread.permissions import Action
from goldenthread.strategy import selectors, services
from goldenthread.strategy.models import Strategy, TradeOff
from tests.cast import TODAY, Cast, make_priority

pytestmark = pytest.mark.django_db


def test_the_leader_says_what_comes_first(strategy: Strategy, ada: Person) -> None:
    made = services.add_even_over(actor=ada, strategy=strategy, this="Punctual", over="fast")
    assert str(made) == "Punctual even over fast"
    assert (made.decided_by, made.decided_on) == (ada, TODAY)


def test_an_even_over_has_two_sides(strategy: Strategy, ada: Person) -> None:
    with pytest.raises(DomainError) as refused:
        services.add_even_over(actor=ada, strategy=strategy, this="Punctual", over=" ")
    assert refused.value.field == "over"


def test_what_is_not_done_may_free_people(strategy: Strategy, ada: Person) -> None:
    made = services.add_not_doing(
        actor=ada, strategy=strategy, this="Night trains", frees_fte=Decimal("2.5")
    )
    assert made.frees_fte == Decimal("2.5")
    with pytest.raises(DomainError) as refused:
        services.edit_trade_off(actor=ada, trade_off=made, version=1, frees_fte=Decimal(-1))
    assert refused.value.field == "frees_fte"


@pytest.mark.parametrize("name", ["ben", "flo", "dee", "eve"])
def test_nobody_else_trades_off(strategy: Strategy, cast: Cast, name: str) -> None:
    made = services.add_not_doing(actor=cast.ada, strategy=strategy, this="Night trains")
    actor = getattr(cast, name)
    for action in (
        lambda: services.add_not_doing(actor=actor, strategy=strategy, this="Mine"),
        lambda: services.edit_trade_off(actor=actor, trade_off=made, version=1, this="Mine"),
        lambda: services.remove_trade_off(actor=actor, trade_off=made),
    ):
        with pytest.raises(NotAllowed):
            action()


def test_one_taken_back_stays_in_the_trail(strategy: Strategy, ada: Person) -> None:
    made = services.add_even_over(actor=ada, strategy=strategy, this="Punctual", over="fast")
    services.edit_trade_off(actor=ada, trade_off=made, version=1, over="cheap")
    with pytest.raises(SavedMeanwhile):
        services.edit_trade_off(
            actor=ada, trade_off=TradeOff.objects.get(), version=1, over="early"
        )
    services.remove_trade_off(actor=ada, trade_off=made)
    assert AuditRecord.objects.get(verb="remove trade-off").before["over"] == "cheap"
    assert not TradeOff.objects.exists()


def test_one_of_a_confidential_priority_is_hidden_with_it(
    strategy: Strategy, ada: Person, flo: Person
) -> None:
    secret = make_priority(strategy, confidential=True)
    services.add_not_doing(actor=ada, strategy=strategy, this="Secret", priority=secret)
    services.add_not_doing(actor=ada, strategy=strategy, this="Open")
    assert [str(one) for one in selectors.trade_offs_of(strategy, flo)] == ["Open"]
    assert len(selectors.trade_offs_of(strategy, ada)) == 2
    hidden = TradeOff.objects.get(this="Secret")
    assert not can(flo, Action.SEE_HISTORY, hidden)
    assert can(ada, Action.SEE_HISTORY, hidden)
    services.remove_trade_off(actor=ada, trade_off=hidden)
    assert "Secret" not in str([entry.changes for entry in history_of(strategy, flo)])
    assert "Secret" in str([entry.changes for entry in history_of(secret, ada)])


def test_one_removed_while_it_was_edited_is_told(strategy: Strategy, ada: Person) -> None:
    made = services.add_even_over(actor=ada, strategy=strategy, this="Punctual", over="fast")
    services.remove_trade_off(actor=ada, trade_off=TradeOff.objects.get())
    with pytest.raises(DomainError, match="was removed"):
        services.edit_trade_off(actor=ada, trade_off=made, version=1, over="cheap")
