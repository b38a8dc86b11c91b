"""Weights: set as shares, confirmed by the strategy's leader, and unconfirmed by any later change."""

from collections.abc import Mapping
from decimal import ROUND_HALF_EVEN, Decimal

from django.db import transaction

from goldenthread.core import audit, clock, history, versions
from goldenthread.core.access import require
from goldenthread.core.errors import DomainError, SavedMeanwhile
from goldenthread.people.models import Person
from goldenthread.permissions import Action
from goldenthread.strategy.models import Priority, Strategy
from goldenthread.strategy.services.checks import still_open

WHOLE = Decimal(100)
CLOSE_ENOUGH = Decimal("0.01")
HUNDREDTH = Decimal("0.01")


@transaction.atomic
def set_weights(
    *, actor: Person, strategy: Strategy, shares: Mapping[int, Decimal], version: int | None = None
) -> Strategy:
    """Set the share of value, in per cent, of each active priority; they are then to be confirmed.

    Shapes: one share for each active priority, by its id; together 100 ± 0.01, stored as exactly 100.
    Permission: the strategy's leader. Raises `SavedMeanwhile`, and `DomainError` for a share outside 0 to 100,
    a missing or foreign priority, or another sum.
    """
    require(actor, Action.SET_WEIGHTS, strategy)
    still_open(strategy)
    active = {priority.pk: priority for priority in strategy.priorities.active()}
    if not active:
        raise DomainError("There is no active priority to weigh. Confirm one first.")
    if set(shares) != set(active):
        raise DomainError(
            "The active priorities have changed since this page was opened. Look at them again."
        )
    for share in shares.values():
        if not share.is_finite() or not 0 <= share <= WHOLE:
            raise DomainError("A share lies between 0 and 100 %.", "shares")
    total = sum(shares.values(), Decimal(0))
    if abs(total - WHOLE) > CLOSE_ENOUGH:
        raise DomainError(
            f"The shares add up to {total.normalize():f} %, not 100 %. {_how_to_mend(total)}",
            "shares",
        )
    weights = normalised(shares)
    before = {str(key): priority.weight for key, priority in active.items()}
    after = {str(key): weight for key, weight in weights.items()}
    unconfirmed = {"weights_confirmed_at": None, "weights_confirmed_by": None}
    try:
        versions.save(strategy, unconfirmed, version=version)
    except SavedMeanwhile as meanwhile:  # both versions are the shares
        mine = {str(active[key]): weight for key, weight in weights.items()}
        theirs = {str(priority): priority.weight for priority in active.values()}
        raise SavedMeanwhile(meanwhile.current, mine, theirs) from None
    for key, priority in active.items():
        priority.weight = weights[key]
    Priority.objects.bulk_update(active.values(), ["weight"])
    history.keep(active.values(), ["weight"])
    audit.record(
        actor,
        "set weights",
        strategy,
        before={key: weight for key, weight in before.items() if weight != after[key]},
        after={key: weight for key, weight in after.items() if weight != before[key]},
    )
    return strategy


@transaction.atomic
def confirm_weights(*, actor: Person, strategy: Strategy, version: int | None = None) -> Strategy:
    """Stand for the weights: from now on figures of value are worked out with them.

    Permission: the strategy's leader. Raises `SavedMeanwhile`, and `DomainError` while an active priority has
    no weight or the weights do not add up to 100 %.
    """
    require(actor, Action.SET_WEIGHTS, strategy)
    still_open(strategy)
    weights = list(strategy.priorities.active().values_list("weight", flat=True))
    if not weights or None in weights:
        raise DomainError("An active priority has no weight yet. Set the weights first.", "shares")
    total = sum((weight for weight in weights if weight is not None), Decimal(0))
    if total != WHOLE:
        raise DomainError(
            f"The weights add up to {total.normalize():f} %. {_how_to_mend(total)}", "shares"
        )
    versions.save(
        strategy,
        {"weights_confirmed_at": clock.now(), "weights_confirmed_by": actor},
        version=version,
    )
    audit.record(actor, "confirm weights", strategy)
    return strategy


def unconfirm_weights(actor: Person, strategy: Strategy, priority: Priority, why: str) -> None:
    """Take the confirmation back because the set of active priorities has changed by this one.

    The trail names the priority, never its title: not everybody who sees the strategy may see it.
    """
    stands = Strategy.objects.filter(pk=strategy.pk)[0]  # the one passed may be older
    if stands.weights_confirmed:
        versions.save(stands, {"weights_confirmed_at": None, "weights_confirmed_by": None})
        audit.record(actor, "unconfirm weights", stands, after={"priority": priority}, note=why)
    for name in ("weights_confirmed_at", "weights_confirmed_by", "version"):
        setattr(strategy, name, getattr(stands, name))


def normalised(shares: Mapping[int, Decimal]) -> dict[int, Decimal]:
    """Shares that are close to 100 in sum, in hundredths that are exactly 100; the largest takes the rest."""
    weights = {key: share.quantize(HUNDREDTH, ROUND_HALF_EVEN) for key, share in shares.items()}
    largest = max(weights, key=lambda key: weights[key])
    weights[largest] += WHOLE - sum(weights.values())
    return weights


def _how_to_mend(total: Decimal) -> str:
    off = abs(WHOLE - total).normalize()
    return f"Add {off:f} %." if total < WHOLE else f"Take away {off:f} %."
