"""Why a candidate runs or not, from the facts of the plan."""

from collections.abc import Mapping, Set
from decimal import Decimal

from goldenthread.engine.planner.facts import Candidate, Cell, Key, Portfolio, Reason, Why

ZERO = Decimal(0)


def reason_for(
    one: Candidate,
    portfolio: Portfolio,
    runs: Set[Key],
    with_needs: Set[Key],
    left: Mapping[Cell, Decimal],
) -> Reason:
    """The first fact that explains it. `with_needs` is the candidate and all that it needs; `left` the room that the
    plan leaves in each cell."""
    if one.key in runs:
        return _why_it_runs(one, portfolio, runs)
    brings = [other for other in portfolio.candidates if other.key in with_needs - runs]
    return _why_not(one, portfolio, runs, brings, left)


def _why_it_runs(one: Candidate, portfolio: Portfolio, runs: Set[Key]) -> Reason:
    if one.mandatory:
        return Reason(Why.MANDATORY)
    if one.forced:
        return Reason(Why.FORCED_IN)
    ask = {other for other, needed in portfolio.needs if needed == one.key} & runs
    needed_by = [other.key for other in portfolio.candidates if other.key in ask]
    alone = tuple(key for key, under in portfolio.keeps.items() if under & runs == {one.key})
    if needed_by and one.gain <= 0:
        return Reason(Why.NEEDED_BY, tuple(needed_by), priorities=alone)
    if alone and one.gain <= 0:
        return Reason(Why.KEEPS_PRIORITY, priorities=alone)
    if one.running and one.value <= one.stop_cost and one.stop_cost:
        return Reason(Why.STOPPING_COSTS, tuple(needed_by), priorities=alone)
    return Reason(Why.WORTH, tuple(needed_by), priorities=alone)


def _why_not(
    one: Candidate,
    portfolio: Portfolio,
    runs: Set[Key],
    brings: list[Candidate],
    left: Mapping[Cell, Decimal],
) -> Reason:
    others = tuple(other.key for other in brings if other is not one)
    if one.forced is False:
        return Reason(Why.FORCED_OUT)
    if out := tuple(other.key for other in brings if other.forced is False):
        return Reason(Why.NEEDS, out)
    if one.gain <= 0:
        return Reason(Why.GIVES_NOTHING)
    gains = {candidate.key: candidate.gain for candidate in portfolio.candidates}
    for other in brings:
        for group in portfolio.alternatives:
            if other.key in group and (
                instead := [o.key for o in portfolio.candidates if o.key in group & runs]
            ):
                better = gains[instead[0]] > other.gain
                return Reason(Why.ALTERNATIVE, (instead[0],), worth_more=better, with_needs=others)
    for owner, limit in portfolio.owner_limits.items():
        theirs = [o.key for o in portfolio.candidates if o.owner == owner and o.key in runs]
        if len(theirs) + sum(other.owner == owner for other in brings) > limit:
            return Reason(Why.OWNER_LIMIT, tuple(theirs), with_needs=others)
    asked: dict[Cell, Decimal] = {}
    for other in brings:
        for cell, fte in other.effort.items():
            asked[cell] = asked.get(cell, ZERO) + fte
    short = [
        (left[cell] - fte, str(cell), cell)
        for cell, fte in asked.items()
        if fte > max(left[cell], ZERO)
    ]
    if short:
        cell = min(short)[2]
        return Reason(
            Why.NO_ROOM,
            cell=cell,
            asked=asked[cell],
            left=max(left[cell], ZERO),
            with_needs=others,
        )
    return Reason(Why.NEEDS_COST_MORE, others)
